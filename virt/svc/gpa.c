// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory by guest-physical address, and the fault's half of the notifier protocol. */
#include <vmm/dirty.h>
#include <vmm/gpa.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/highmem.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/signal.h>
#include <linux/srcu.h>
#include <linux/string.h>

static notrace struct vmm_slot *gfn_search(const struct vmm_slots *slots, gfn_t gfn)
{
	struct rb_node *node = rcu_dereference_raw(slots->by_gfn.rb_node);

	while (node) {
		struct vmm_slot *slot = rb_entry(node, struct vmm_slot, gfn_node);

		if (gfn - slot->info.gfn < slot->info.npages)
			return slot;
		if (gfn < slot->info.gfn)
			node = rcu_dereference_raw(node->rb_left);
		else
			node = rcu_dereference_raw(node->rb_right);
	}
	return NULL;
}

notrace struct vmm_slot *vmm_slot_find(struct vmm_vm *vm, gfn_t gfn)
{
	const struct vmm_slots *slots = &vm->slots;
	struct vmm_slot *slot;
	unsigned int seq;

	/* A change may hide slots from one who looks at that moment, but shows him no wrong one. */
	do {
		seq = raw_read_seqcount_begin(&slots->gfn_seq);
		slot = gfn_search(slots, gfn);
	} while (!slot && read_seqcount_retry(&slots->gfn_seq, seq));
	return slot;
}

notrace struct vmm_slot *vmm_slot_find_hinted(struct vmm_vm *vm, gfn_t gfn,
					      struct vmm_slot_hint *hint)
{
	/*
	 * Pairs with gfn_store(): while the generation is the same nothing was taken out, so what
	 * is taken out later is freed after this reader left.
	 */
	unsigned long generation = smp_load_acquire(&vm->slots.generation);
	struct vmm_slot *slot = hint->slot;

	if (generation != hint->generation)
		*hint = (struct vmm_slot_hint) { .hole = VMM_NO_GFN, .generation = generation };
	else if (slot && gfn - slot->info.gfn < slot->info.npages)
		return slot;
	slot = vmm_slot_find(vm, gfn);
	if (slot)
		hint->slot = slot;
	else
		hint->hole = gfn;
	return slot;
}

unsigned long vmm_notifier_begin(struct vmm_vm *vm)
{
	unsigned long seq = READ_ONCE(vm->notifier.seq);

	/* The look-up comes after; pairs with the first smp_wmb() in vmm_notifier_unblock(). */
	smp_rmb();
	return seq;
}

notrace bool vmm_notifier_covers(struct vmm_vm *vm, hva_t start, hva_t end)
{
	const struct vmm_notifier *n = &vm->notifier;
	bool covers = READ_ONCE(n->active) && start < READ_ONCE(n->end) &&
		      end > READ_ONCE(n->start);

	/* Pairs with the second smp_wmb() in vmm_notifier_unblock(). */
	smp_rmb();
	return covers;
}

bool vmm_notifier_unchanged(struct vmm_vm *vm, unsigned long seq, hva_t hva)
{
	if (vmm_notifier_covers(vm, hva, hva + VMM_PAGE_SIZE))
		return false;
	return READ_ONCE(vm->notifier.seq) == seq;
}

void vmm_notifier_block(struct vmm_vm *vm, hva_t start, hva_t end)
{
	struct vmm_notifier *n = &vm->notifier;

	/* The G-stage lock, taken next, orders this for those who take it later. */
	guard(spinlock)(&n->lock);
	WRITE_ONCE(n->start, n->active ? min(n->start, start) : start);
	WRITE_ONCE(n->end, n->active ? max(n->end, end) : end);
	WRITE_ONCE(n->active, n->active + 1);
}

void vmm_notifier_unblock(struct vmm_vm *vm)
{
	struct vmm_notifier *n = &vm->notifier;

	scoped_guard(spinlock, &n->lock) {
		/* Who sees the new count also sees what changed; for vmm_notifier_begin(). */
		smp_wmb();
		WRITE_ONCE(n->seq, n->seq + 1);
		/* Who sees nothing active sees the new count; for vmm_notifier_unchanged(). */
		smp_wmb();
		WRITE_ONCE(n->active, n->active - 1);
	}
	if (wq_has_sleeper(&n->waiters))
		wake_up_all(&n->waiters);
}

void vmm_notifier_wait(struct vmm_vm *vm, unsigned long seq)
{
	struct vmm_notifier *n = &vm->notifier;

	wait_event_interruptible_timeout(n->waiters,
					 !READ_ONCE(n->active) || READ_ONCE(n->seq) != seq, 1);
}

const void *vmm_gpa_host_tables(const struct vmm_vm *vm)
{
	return vm->mm->pgd;
}

/*
 * Look the host page up, faulting it in if need be. The reference is dropped as soon as the page is
 * mapped: from then on the MMU notifier keeps the mapping honest. So this is not a pin in the sense
 * of FOLL_PIN, which would forbid migration and needs no such notifier.
 */
static int gpa_host_page(hva_t hva, bool write, bool try_writable, struct vmm_pin *pin)
{
	unsigned int flags = FOLL_HWPOISON | FOLL_INTERRUPTIBLE;
	long ret;

	/* A page the host has present and writable spares the guest a second fault. */
	if (try_writable && get_user_pages_fast_only(hva, 1, FOLL_WRITE, &pin->page) == 1) {
		pin->writable = true;
		return 0;
	}

	if (write)
		flags |= FOLL_WRITE;
	ret = get_user_pages_unlocked(hva, 1, &pin->page, flags);
	if (ret != 1)
		return ret ? ret : -EFAULT;
	pin->writable = write;
	return 0;
}

int vmm_gpa_touch(struct vmm_vm *vm, gpa_t gpa, enum gpa_access access)
{
	const unsigned int flags = access == GPA_WRITE ? FAULT_FLAG_WRITE : 0;
	struct vmm_slot *slot = vmm_slot_find(vm, gpa_to_gfn(gpa));
	struct vm_area_struct *vma;
	int err = -EFAULT;
	hva_t hva;

	lockdep_assert(srcu_read_lock_held(&vm->slots.srcu));

	if (!slot)
		return -ENOENT;
	hva = vmm_slot_hva(slot, gpa_to_gfn(gpa));
	mmap_read_lock(vm->mm);
	vma = vma_lookup(vm->mm, hva);
	if (vma && vma->vm_flags & (VM_IO | VM_PFNMAP))
		err = fixup_user_fault(vm->mm, hva, flags, NULL);
	mmap_read_unlock(vm->mm);
	return err;
}

/* log2 of what is lost with a byte there: what the host maps as one. */
static short host_unit_shift(struct mm_struct *mm, hva_t hva)
{
	unsigned long size = VMM_PAGE_SIZE;
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, hva);
	if (vma && vma->vm_ops && vma->vm_ops->pagesize)
		size = vma->vm_ops->pagesize(vma);
	mmap_read_unlock(mm);
	return ilog2(size);
}

int vmm_gpa_poisoned(struct vmm_vm *vm, gpa_t gpa)
{
	struct vmm_slot *slot;
	hva_t hva;

	lockdep_assert(srcu_read_lock_held(&vm->slots.srcu));

	slot = vmm_slot_find(vm, gpa_to_gfn(gpa));
	if (!slot)
		return 0;
	hva = vmm_slot_hva(slot, gpa_to_gfn(gpa));
	send_sig_mceerr(BUS_MCEERR_AR, (void __user *)hva, host_unit_shift(vm->mm, hva), current);
	return signal_pending(current) ? -EINTR : -EHWPOISON;
}

/* @absent: there is no use in a look for what the host has present. */
static int gpa_pin(struct vmm_vm *vm, gpa_t gpa, enum gpa_access access, bool absent,
		   struct vmm_pin *pin)
{
	bool write = access == GPA_WRITE;
	bool may_write;
	int err;

	lockdep_assert(srcu_read_lock_held(&vm->slots.srcu));

	pin->seq = vmm_notifier_begin(vm);
	pin->gfn = gpa_to_gfn(gpa);
	pin->slot = vmm_slot_find(vm, pin->gfn);
	if (!pin->slot)
		return -ENOENT;
	if (write && vmm_slot_is_readonly(pin->slot))
		return -EROFS;

	/* While a slot logs, a page becomes writable only by a write, which is then noted. */
	may_write = write || !(vmm_slot_is_readonly(pin->slot) || vmm_slot_is_logging(pin->slot));
	err = gpa_host_page(vmm_slot_hva(pin->slot, pin->gfn), write, may_write && !absent, pin);
	if (err)
		return err;
	pin->hpa = page_to_phys(pin->page);
	return 0;
}

int vmm_gpa_pin(struct vmm_vm *vm, gpa_t gpa, enum gpa_access access, struct vmm_pin *pin)
{
	return gpa_pin(vm, gpa, access, false, pin);
}

int vmm_gpa_bring_in(struct vmm_vm *vm, gpa_t gpa, enum gpa_access access, struct vmm_pin *pin)
{
	return gpa_pin(vm, gpa, access, true, pin);
}

void vmm_gpa_unpin(struct vmm_pin *pin, bool written)
{
	if (written) {
		/*
		 * The host's own page-table entry may be clean, and the guest's writes do not
		 * dirty it. Locked: the page's file could be truncated at this moment.
		 */
		if (!PageDirty(pin->page))
			set_page_dirty_lock(pin->page);
	}
	put_page(pin->page);
}

int vmm_gpa_read(struct vmm_vm *vm, gpa_t gpa, void *to, unsigned int len)
{
	struct vmm_pin pin;
	void *page;
	int err;

	guard(srcu)(&vm->slots.srcu);

	err = vmm_gpa_pin(vm, gpa, GPA_READ, &pin);
	if (err)
		return err;
	page = kmap_local_page(pin.page);
	memcpy(to, page + offset_in_page(gpa), len);
	kunmap_local(page);
	vmm_gpa_unpin(&pin, false);
	return 0;
}

int vmm_gpa_open(struct vmm_vcpu *vcpu, gpa_t gpa, struct vmm_window *window)
{
	struct srcu_struct *srcu = &vcpu->vm->slots.srcu;
	int err;

	window->srcu = srcu_read_lock(srcu);
	err = vmm_gpa_pin(vcpu->vm, gpa, GPA_WRITE, &window->pin);
	if (err) {
		srcu_read_unlock(srcu, window->srcu);
		return err;
	}
	window->at = kmap_local_page(window->pin.page) + offset_in_page(gpa);
	return 0;
}

void vmm_gpa_close(struct vmm_vcpu *vcpu, struct vmm_window *window, bool written)
{
	kunmap_local(window->at);
	if (written)
		vmm_dirty_mark(vcpu, window->pin.slot, window->pin.gfn);
	vmm_gpa_unpin(&window->pin, written);
	srcu_read_unlock(&vcpu->vm->slots.srcu, window->srcu);
}

int vmm_gpa_write(struct vmm_vcpu *vcpu, gpa_t gpa, const void *from, unsigned int len)
{
	struct vmm_window window;
	int err;

	err = vmm_gpa_open(vcpu, gpa, &window);
	if (err)
		return err;
	memcpy(window.at, from, len);
	vmm_gpa_close(vcpu, &window, len);
	return 0;
}

int vmm_gpa_replace16(struct vmm_vcpu *vcpu, gpa_t gpa, u16 old, u16 new)
{
	struct vmm_window window;
	u16 *place;
	int err;

	err = vmm_gpa_open(vcpu, gpa, &window);
	if (err)
		return err;
	place = window.at;
	if (READ_ONCE(*place) == old)
		WRITE_ONCE(*place, new);
	else
		err = -EAGAIN;
	vmm_gpa_close(vcpu, &window, !err);
	return err;
}
