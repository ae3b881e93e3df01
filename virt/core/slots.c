// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of memory slots. model/slotset.c says what a request means; here are the storage and the
 * order of steps.
 *
 * A slot object is never modified while it can be found: a change of flags or of place replaces it.
 * Removing or replacing one happens between vmm_notifier_block() and _unblock(), so a fault that
 * found the old object before cannot map after the G-stage was cleaned, and nobody has to wait for
 * such faults. Waiting is for freeing the object only.
 *
 * The host's notifier finds slots by host address: a slot enters that tree before faults can find
 * it, and leaves it after its translations are gone.
 */
#include <vmm/arch.h>
#include <vmm/dirty.h>
#include <vmm/trace.h>
#include <vmm/vm.h>

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "core.h"

#define SLOT_FLAGS_ALL	(SLOT_FLAG_LOG_DIRTY | SLOT_FLAG_READONLY)

int vmm_slots_init(struct vmm_vm *vm)
{
	struct vmm_slots *slots = &vm->slots;
	int err;

	err = init_srcu_struct(&slots->srcu);
	if (err)
		return err;
	mutex_init(&slots->lock);
	spin_lock_init(&slots->hva_lock);
	raw_spin_lock_init(&slots->gfn_lock);
	seqcount_raw_spinlock_init(&slots->gfn_seq, &slots->gfn_lock);
	slots->by_gfn = RB_ROOT;
	xa_init(&slots->by_id);
	slots->by_hva = RB_ROOT_CACHED;
	return 0;
}

static struct vmm_slot *slot_new(const struct slot_info *info)
{
	struct vmm_slot *slot = kzalloc(sizeof(*slot), GFP_KERNEL_ACCOUNT);

	if (!slot)
		return NULL;
	slot->info = *info;
	slot->hva_node.start = info->hva;
	slot->hva_node.last = info->hva + (info->npages << VMM_PAGE_SHIFT) - 1;
	return slot;
}

/* A log begins empty, or with all pages in it: then none needs protection until it is cleared. */
static bool log_begins_full(const struct vmm_slots *slots)
{
	return slots->log_mode & VMM_DIRTY_INITIALLY_SET && !slots->ring_entries;
}

static int slot_log(struct vmm_vm *vm, struct vmm_slot *slot)
{
	if (vm->slots.ring_entries && !vm->slots.ring_bitmap)
		return 0;
	slot->dirty = kvcalloc(BITS_TO_LONGS(slot->info.npages), sizeof(long), GFP_KERNEL_ACCOUNT);
	if (!slot->dirty)
		return -ENOMEM;
	if (log_begins_full(&vm->slots))
		bitmap_set(slot->dirty, 0, slot->info.npages);
	return 0;
}

static void slot_free(struct vmm_slot *slot)
{
	kvfree(slot->dirty);
	kfree(slot);
}

/* No reader that sleeps is left; then those with interrupts off. */
static void slot_free_srcu(struct rcu_head *head)
{
	struct vmm_slot *slot = container_of(head, struct vmm_slot, rcu);

	kfree_rcu(slot, rcu);
}

/*
 * Free a slot that cannot be found any more; @dirty is its bitmap unless another slot took it. Only
 * that may be large: then the caller waits, so that userspace cannot have many of them on the way.
 */
static void slot_retire(struct vmm_vm *vm, struct vmm_slot *slot, unsigned long *dirty)
{
	if (dirty) {
		synchronize_srcu_expedited(&vm->slots.srcu);
		kvfree_rcu_mightsleep(dirty);
	}
	call_srcu(&vm->slots.srcu, &slot->rcu, slot_free_srcu);
}

void vmm_slots_destroy(struct vmm_vm *vm)
{
	struct vmm_slots *slots = &vm->slots;
	struct vmm_slot *slot;
	unsigned long id;

	xa_for_each(&slots->by_id, id, slot)
		slot_free(slot);
	xa_destroy(&slots->by_id);
	mutex_destroy(&slots->lock);
	srcu_barrier(&slots->srcu);
	cleanup_srcu_struct(&slots->srcu);
}

/* ---- by guest frame ------------------------------------------------------------------------ */

static unsigned long last_gfn(const struct slot_info *info)
{
	return info->gfn + info->npages - 1;
}

static struct vmm_slot *gfn_to_slot(struct rb_node *node)
{
	return rb_entry_safe(node, struct vmm_slot, gfn_node);
}

/* The lowest slot that ends behind @gfn. */
static struct vmm_slot *gfn_first(const struct vmm_slots *slots, gfn_t gfn)
{
	struct rb_node *node = slots->by_gfn.rb_node;
	struct vmm_slot *first = NULL;

	while (node) {
		struct vmm_slot *slot = gfn_to_slot(node);

		if (last_gfn(&slot->info) < gfn) {
			node = node->rb_right;
		} else {
			first = slot;
			node = node->rb_left;
		}
	}
	return first;
}

/* Is there anything but @self where @info is to lie? */
static bool gfn_is_taken(const struct vmm_slots *slots, const struct slot_info *info,
			 const struct vmm_slot *self)
{
	struct vmm_slot *slot = gfn_first(slots, info->gfn);

	if (slot && slot == self)
		slot = gfn_to_slot(rb_next(&slot->gfn_node));
	return slot && slot->info.gfn <= last_gfn(info);
}

static void gfn_changed(struct vmm_slots *slots)
{
	/* Hints are void before what they name is freed; pairs with vmm_slot_find_hinted(). */
	smp_store_release(&slots->generation, slots->generation + 1);
}

static void gfn_insert(struct vmm_slots *slots, struct vmm_slot *slot)
{
	struct rb_node **link = &slots->by_gfn.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = slot->info.gfn < gfn_to_slot(parent)->info.gfn ? &parent->rb_left :
									&parent->rb_right;
	}
	scoped_guard(raw_spinlock_irq, &slots->gfn_lock) {
		write_seqcount_begin(&slots->gfn_seq);
		rb_link_node_rcu(&slot->gfn_node, parent, link);
		rb_insert_color(&slot->gfn_node, &slots->by_gfn);
		write_seqcount_end(&slots->gfn_seq);
	}
	gfn_changed(slots);
}

/* Faults that found it before see that it is stale, once the G-stage lock was taken to unmap. */
static void gfn_remove(struct vmm_slots *slots, struct vmm_slot *slot)
{
	WRITE_ONCE(slot->stale, true);
	scoped_guard(raw_spinlock_irq, &slots->gfn_lock) {
		write_seqcount_begin(&slots->gfn_seq);
		rb_erase(&slot->gfn_node, &slots->by_gfn);
		write_seqcount_end(&slots->gfn_seq);
	}
	gfn_changed(slots);
}

/* The same, with another slot for the same range. Who looks finds one of the two. */
static void gfn_replace(struct vmm_slots *slots, struct vmm_slot *slot, struct vmm_slot *next)
{
	WRITE_ONCE(slot->stale, true);
	rb_replace_node_rcu(&slot->gfn_node, &next->gfn_node, &slots->by_gfn);
	gfn_changed(slots);
}

/* ---- by host address ----------------------------------------------------------------------- */

static void hva_insert(struct vmm_slots *slots, struct vmm_slot *slot)
{
	guard(spinlock)(&slots->hva_lock);
	interval_tree_insert(&slot->hva_node, &slots->by_hva);
}

static void hva_remove(struct vmm_slots *slots, struct vmm_slot *slot)
{
	guard(spinlock)(&slots->hva_lock);
	interval_tree_remove(&slot->hva_node, &slots->by_hva);
	/* For the notifier, which may be standing on it. */
	RB_CLEAR_NODE(&slot->hva_node.rb);
}

/*
 * What lies at the host addresses now. That is a courtesy to userspace: the mappings may change
 * later, and then faults fail.
 */
static int check_host_mapping(const struct slot_info *info)
{
	struct mm_struct *mm = current->mm;
	hva_t end = info->hva + (info->npages << VMM_PAGE_SHIFT);
	VMA_ITERATOR(vmi, mm, info->hva);
	struct vm_area_struct *vma;
	int err = 0;

	mmap_read_lock(mm);
	for_each_vma_range(vmi, vma, end) {
		if (!(info->flags & SLOT_FLAG_READONLY) && !(vma->vm_flags & VM_WRITE))
			err = -EPERM;
		else if ((info->flags & SLOT_FLAG_LOG_DIRTY) && (vma->vm_flags & VM_PFNMAP))
			err = -EINVAL;
		if (err)
			break;
	}
	mmap_read_unlock(mm);
	return err;
}

/* ---- the four changes ---------------------------------------------------------------------- */

static int slots_create(struct vmm_vm *vm, const struct slot_plan *plan)
{
	struct vmm_slots *slots = &vm->slots;
	struct vmm_slot *slot;
	int err;

	if (gfn_is_taken(slots, &plan->next, NULL))
		return -EEXIST;
	err = check_host_mapping(&plan->next);
	if (err)
		return err;
	slot = slot_new(&plan->next);
	if (!slot)
		return -ENOMEM;
	err = vmm_slot_is_logging(slot) ? slot_log(vm, slot) : 0;
	if (!err)
		err = xa_insert(&slots->by_id, slot->info.id, slot, GFP_KERNEL_ACCOUNT);
	if (err) {
		slot_free(slot);
		return err;
	}

	hva_insert(slots, slot);
	gfn_insert(slots, slot);
	return 0;
}

/* Faults that found the slot before must not map its pages any more. */
static void block_faults(struct vmm_vm *vm, const struct slot_info *info)
{
	vmm_notifier_block(vm, info->hva, info->hva + (info->npages << VMM_PAGE_SHIFT));
}

static int slots_delete(struct vmm_vm *vm, struct vmm_slot *old)
{
	struct vmm_slots *slots = &vm->slots;

	block_faults(vm, &old->info);
	gfn_remove(slots, old);
	vmm_unmap_in_steps(vm, gfn_to_gpa(old->info.gfn), gfn_to_gpa(last_gfn(&old->info) + 1));
	vmm_notifier_unblock(vm);

	hva_remove(slots, old);
	xa_erase(&slots->by_id, old->info.id);
	slot_retire(vm, old, old->dirty);
	return 0;
}

/* The old one goes out first: the new one may overlap it. */
static int slots_move(struct vmm_vm *vm, struct vmm_slot *old, struct vmm_slot *next)
{
	struct vmm_slots *slots = &vm->slots;

	if (gfn_is_taken(slots, &next->info, old))
		return -EEXIST;

	block_faults(vm, &old->info);
	gfn_remove(slots, old);
	hva_insert(slots, next);
	gfn_insert(slots, next);
	vmm_unmap_in_steps(vm, gfn_to_gpa(old->info.gfn), gfn_to_gpa(last_gfn(&old->info) + 1));
	vmm_notifier_unblock(vm);
	return 0;
}

static void slots_reflag(struct vmm_vm *vm, struct vmm_slot *old, struct vmm_slot *next,
			 bool wrprotect)
{
	gpa_t start = gfn_to_gpa(next->info.gfn);
	gpa_t end = gfn_to_gpa(last_gfn(&next->info) + 1);
	struct vmm_slots *slots = &vm->slots;

	block_faults(vm, &old->info);
	hva_insert(slots, next);
	gfn_replace(slots, old, next);
	if (wrprotect)
		vmm_arch_gpt_wrprotect(vm, start, end);
	/* While it logged, pages were mapped one by one: let faults map large ones again. */
	if (vmm_slot_is_logging(old) && !vmm_slot_is_logging(next))
		vmm_unmap_in_steps(vm, start, end);
	vmm_notifier_unblock(vm);
}

/* Put another object in the place of a slot that exists; a log goes on in the same bitmap. */
static int slots_replace(struct vmm_vm *vm, struct vmm_slot *old, const struct slot_plan *plan)
{
	struct vmm_slots *slots = &vm->slots;
	struct vmm_slot *next = slot_new(&plan->next);
	bool inherit;
	int err = 0;

	if (!next)
		return -ENOMEM;
	inherit = old->dirty && vmm_slot_is_logging(next);
	if (inherit)
		next->dirty = old->dirty;
	else if (vmm_slot_is_logging(next))
		err = slot_log(vm, next);

	if (!err && plan->change == SLOT_MOVE)
		err = slots_move(vm, old, next);
	else if (!err)
		slots_reflag(vm, old, next, plan->wrprotect && !log_begins_full(slots));

	if (err) {
		/* The notifier may have found it. */
		slot_retire(vm, next, inherit ? NULL : next->dirty);
		return err;
	}
	/* No allocation: the place is taken. */
	xa_store(&slots->by_id, next->info.id, next, GFP_NOWAIT);
	hva_remove(slots, old);
	slot_retire(vm, old, inherit ? NULL : old->dirty);
	return 0;
}

static int slots_apply(struct vmm_vm *vm, struct vmm_slot *old, const struct slot_plan *plan)
{
	int err;

	switch (plan->change) {
	case SLOT_NOTHING:
		return 0;
	case SLOT_CREATE:
		return slots_create(vm, plan);
	case SLOT_DELETE:
		return slots_delete(vm, old);
	case SLOT_FLAGS:
		err = check_host_mapping(&plan->next);
		if (err)
			return err;
		fallthrough;
	case SLOT_MOVE:
		return slots_replace(vm, old, plan);
	}
	return -EINVAL;
}

int vmm_slots_change(struct vmm_vm *vm, const struct slot_request *req)
{
	struct slot_limits limits = {
		.hva_limit	= TASK_SIZE,
		.max_pages	= VMM_MAX_SLOT_PAGES,
		.max_slots	= VMM_MAX_SLOTS,
		.allowed_flags	= SLOT_FLAGS_ALL,
	};
	struct slot_plan plan;
	struct vmm_slot *old;
	int err;

	guard(mutex)(&vm->slots.lock);

	/* Can change as long as there is no slot. */
	limits.gpa_limit = vmm_arch_gpa_limit(vm);
	err = slotset_check(req, &limits);
	if (err)
		return err;

	old = xa_load(&vm->slots.by_id, req->id & 0xffff);
	err = slotset_plan(req, old ? &old->info : NULL, &plan);
	if (!err)
		err = slots_apply(vm, old, &plan);
	trace_kvm_set_slot(req->id, req->flags, req->gpa, req->size, err);
	return err;
}
