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
	mt_init_flags(&slots->by_gfn, MT_FLAGS_USE_RCU | MT_FLAGS_LOCK_EXTERN);
	mt_set_external_lock(&slots->by_gfn, &slots->lock);
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

	mutex_lock(&slots->lock);
	/*
	 * Nobody reads any more. Left for RCU to free, a deep tree crashes the kernels of today: it
	 * takes the metadata of a node with 15 children for a 16th (mt_free_walk()).
	 */
	mt_clear_in_rcu(&slots->by_gfn);
	__mt_destroy(&slots->by_gfn);
	mutex_unlock(&slots->lock);
	mutex_destroy(&slots->lock);
	srcu_barrier(&slots->srcu);
	cleanup_srcu_struct(&slots->srcu);
}

/* ---- by guest frame ------------------------------------------------------------------------ */

static unsigned long last_gfn(const struct slot_info *info)
{
	return info->gfn + info->npages - 1;
}

/* Is there anything but @self and reserved ranges where @info is to lie? */
static bool gfn_is_taken(struct vmm_slots *slots, const struct slot_info *info,
			 const struct vmm_slot *self)
{
	MA_STATE(mas, &slots->by_gfn, info->gfn, info->gfn);
	void *entry;

	mas_for_each(&mas, entry, last_gfn(info)) {
		if (entry != self && !xa_is_zero(entry))
			return true;
	}
	return false;
}

static int gfn_store(struct vmm_slots *slots, const struct slot_info *info, void *entry)
{
	MA_STATE(mas, &slots->by_gfn, info->gfn, last_gfn(info));
	int err;

	err = mas_store_gfp(&mas, entry, GFP_KERNEL_ACCOUNT);
	/* Hints are void before what was stored here is freed: vmm_slot_find_hinted(). */
	smp_store_release(&slots->generation, slots->generation + 1);
	return err;
}

/*
 * Put something else exactly where a slot is stored: needs no memory, so it cannot fail. Faults
 * that found the slot before see that it is stale, once the G-stage lock was taken to unmap.
 */
static void gfn_replace(struct vmm_vm *vm, struct vmm_slot *slot, void *entry)
{
	WRITE_ONCE(slot->stale, entry != slot);
	if (WARN_ON_ONCE(gfn_store(&vm->slots, &slot->info, entry)))
		vmm_vm_kill(vm);
}

/* Forget reserved ranges. Out of memory they stay: they read as empty and may be overwritten. */
static void gfn_clean(struct vmm_slots *slots, const struct slot_info *info)
{
	MA_STATE(mas, &slots->by_gfn, info->gfn, info->gfn);
	void *entry;

	mas_for_each(&mas, entry, last_gfn(info)) {
		if (!xa_is_zero(entry))
			continue;
		if (mas_store_gfp(&mas, NULL, GFP_KERNEL_ACCOUNT))
			return;
		mas_set(&mas, info->gfn);
	}
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
	err = gfn_store(slots, &slot->info, slot);
	if (err) {
		/* No fault found it, but the notifier may have. */
		hva_remove(slots, slot);
		xa_erase(&slots->by_id, slot->info.id);
		slot_retire(vm, slot, slot->dirty);
	}
	return err;
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
	gfn_replace(vm, old, XA_ZERO_ENTRY);
	vmm_unmap_in_steps(vm, gfn_to_gpa(old->info.gfn), gfn_to_gpa(last_gfn(&old->info) + 1));
	vmm_notifier_unblock(vm);

	hva_remove(slots, old);
	xa_erase(&slots->by_id, old->info.id);
	gfn_clean(slots, &old->info);
	slot_retire(vm, old, old->dirty);
	return 0;
}

/* The old range becomes reserved first, so that the new one may overlap it. */
static int slots_move(struct vmm_vm *vm, struct vmm_slot *old, struct vmm_slot *next)
{
	struct vmm_slots *slots = &vm->slots;
	int err;

	if (gfn_is_taken(slots, &next->info, old))
		return -EEXIST;

	block_faults(vm, &old->info);
	gfn_replace(vm, old, XA_ZERO_ENTRY);
	hva_insert(slots, next);
	err = gfn_store(slots, &next->info, next);
	if (err) {
		gfn_replace(vm, old, old);
		hva_remove(slots, next);
		vmm_notifier_unblock(vm);
		return err;
	}
	vmm_unmap_in_steps(vm, gfn_to_gpa(old->info.gfn), gfn_to_gpa(last_gfn(&old->info) + 1));
	vmm_notifier_unblock(vm);

	gfn_clean(slots, &old->info);
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
	gfn_replace(vm, old, next);
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
	if (err)
		return err;
	return slots_apply(vm, old, &plan);
}
