// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings of written pages, one for each vCPU, in place of a bitmap for each slot.
 *
 * A vCPU pushes the page that it is about to write, userspace marks entries as harvested, and
 * resetting protects these pages and gives the entries back. Userspace reads a page only after
 * that, so a write between the harvest and the protection is in what it reads.
 */
#include <vmm/arch.h>
#include <vmm/dirty.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>

#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

#include <uapi/kvm_abi.h>

static_assert(sizeof(struct dirtyring_entry) == sizeof(struct kvm_dirty_gfn));
static_assert(offsetof(struct dirtyring_entry, slot) == offsetof(struct kvm_dirty_gfn, slot));
static_assert(offsetof(struct dirtyring_entry, offset) == offsetof(struct kvm_dirty_gfn, offset));
static_assert(DIRTYRING_DIRTY == KVM_DIRTY_GFN_F_DIRTY);
static_assert(DIRTYRING_HARVESTED == KVM_DIRTY_GFN_F_RESET);

int vmm_dirty_ring_enable(struct vmm_vm *vm, u64 bytes)
{
	int err = dirtyring_check(bytes, VMM_DIRTY_RING_MAX);

	lockdep_assert_held(&vm->lock);

	if (err)
		return err;
	guard(mutex)(&vm->slots.lock);
	if (vm->slots.ring_entries || vm->nr_vcpus)
		return -EINVAL;
	vm->slots.ring_entries = bytes / sizeof(struct dirtyring_entry);
	return 0;
}

int vmm_dirty_ring_add_bitmap(struct vmm_vm *vm)
{
	guard(mutex)(&vm->slots.lock);
	if (!vm->slots.ring_entries || !xa_empty(&vm->slots.by_id))
		return -EINVAL;
	vm->slots.ring_bitmap = true;
	return 0;
}

int vmm_dirty_ring_init(struct vmm_vcpu *vcpu)
{
	u32 entries = vcpu->vm->slots.ring_entries;

	lockdep_assert_held(&vcpu->vm->lock);

	if (!entries)
		return 0;
	vcpu->ring.entry = __vmalloc(entries * sizeof(*vcpu->ring.entry),
				     GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	vcpu->ring.size = entries;
	return vcpu->ring.entry ? 0 : -ENOMEM;
}

void vmm_dirty_ring_destroy(struct vmm_vcpu *vcpu)
{
	vfree(vcpu->ring.entry);
}

struct page *vmm_dirty_ring_page(struct vmm_vcpu *vcpu, unsigned long index)
{
	if (index >= vcpu->ring.size * sizeof(*vcpu->ring.entry) / PAGE_SIZE)
		return NULL;
	return vmalloc_to_page((void *)vcpu->ring.entry + index * PAGE_SIZE);
}

int vmm_dirty_ring_leave(struct vmm_vcpu *vcpu)
{
	if (!dirtyring_is_full(&vcpu->ring)) {
		vmm_req_take(vcpu, VMM_REQ_RING);
		return VMM_STEP_AGAIN;
	}
	vcpu->run->exit_reason = KVM_EXIT_DIRTY_RING_FULL;
	trace_kvm_dirty_ring_exit(vcpu->id);
	return VMM_STEP_USER;
}

/* ---- resetting ----------------------------------------------------------------------------- */

/* Words of pages that are protected at once, with one fence. */
#define RING_BATCH	32

struct ring_batch {
	struct dirtyring_word	word[RING_BATCH];
	struct vmm_gfn_mask	mask[RING_BATCH];
	unsigned int		count;
};

/* Userspace may have written anything there: what is no page of a slot that logs is left out. */
static bool ring_word_mask(struct vmm_vm *vm, const struct dirtyring_word *word,
			   struct vmm_gfn_mask *mask)
{
	struct vmm_slot *slot;

	if (word->slot >= VMM_MAX_SLOTS)
		return false;
	slot = xa_load(&vm->slots.by_id, word->slot);
	if (!slot || !vmm_slot_is_logging(slot) || word->offset >= slot->info.npages)
		return false;
	mask->gfn = slot->info.gfn + word->offset;
	mask->mask = word->mask;
	if (slot->info.npages - word->offset < BITS_PER_LONG)
		mask->mask &= BIT(slot->info.npages - word->offset) - 1;
	return true;
}

static void ring_protect(struct vmm_vm *vm, struct ring_batch *batch)
{
	unsigned int i, n = 0;

	for (i = 0; i < batch->count; i++)
		n += ring_word_mask(vm, &batch->word[i], &batch->mask[n]);
	vmm_arch_gpt_wrprotect_masks(vm, batch->mask, n);
	batch->count = 0;
}

/* Not more than the ring holds: userspace may harvest, and the vCPU push, without an end. */
static int ring_reset(struct vmm_vcpu *vcpu, struct ring_batch *batch, u32 *entries)
{
	u32 budget = vcpu->ring.size;

	while (dirtyring_take(&vcpu->ring, &budget, batch->word, &batch->count, RING_BATCH)) {
		ring_protect(vcpu->vm, batch);
		cond_resched();
		if (fatal_signal_pending(current))
			break;
	}
	*entries += vcpu->ring.size - budget;
	return fatal_signal_pending(current) ? -EINTR : 0;
}

long vmm_dirty_ring_reset(struct vmm_vm *vm)
{
	struct ring_batch *batch __free(kfree) = NULL;
	struct vmm_vcpu *vcpu;
	u32 entries = 0;
	unsigned long id;
	int err = 0;

	if (!READ_ONCE(vm->slots.ring_entries))
		return -EINVAL;
	batch = kzalloc(sizeof(*batch), GFP_KERNEL_ACCOUNT);
	if (!batch)
		return -ENOMEM;

	guard(mutex)(&vm->slots.lock);
	vmm_for_each_vcpu(vm, id, vcpu) {
		err = ring_reset(vcpu, batch, &entries);
		if (err)
			break;
	}
	ring_protect(vm, batch);
	trace_kvm_dirty_ring_reset(entries);
	return err ? err : entries;
}
