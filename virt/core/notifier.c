// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's memory management moves, ages and takes away the pages behind guest memory; whatever
 * it does is done to the G-stage first. See include/vmm/notifier.h for the protocol with faults.
 */
#include <vmm/arch.h>
#include <vmm/trace.h>
#include <vmm/vm.h>

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include <compat/kshim.h>

#include "core.h"

/* So much is unmapped before others get a chance: some ten thousand leaves. */
#define UNMAP_STEP	(64UL << 20)

typedef bool (*range_op)(struct vmm_vm *vm, gpa_t start, gpa_t end);

static struct vmm_vm *mn_to_vm(struct mmu_notifier *mn)
{
	return container_of(mn, struct vmm_vm, notifier.mn);
}

/*
 * The slot behind @prev that maps some of the host addresses [start, end), or the first one. When
 * @prev was taken out of the tree meanwhile, it is the first one that does not begin before @prev:
 * slots come in that order, so the walk gets on whatever userspace does.
 */
static struct vmm_slot *next_slot(struct vmm_vm *vm, struct vmm_slot *prev, hva_t start, hva_t end)
{
	struct interval_tree_node *node;

	guard(spinlock)(&vm->slots.hva_lock);

	if (prev && !RB_EMPTY_NODE(&prev->hva_node.rb))
		node = interval_tree_iter_next(&prev->hva_node, start, end - 1);
	else
		node = interval_tree_iter_first(&vm->slots.by_hva, start, end - 1);
	while (node && prev && RB_EMPTY_NODE(&prev->hva_node.rb) &&
	       node->start < prev->hva_node.start)
		node = interval_tree_iter_next(node, start, end - 1);
	return node ? container_of(node, struct vmm_slot, hva_node) : NULL;
}

/*
 * Host addresses [start, end) may be mapped by several slots. No lock is held over the operation,
 * which may take long. A slot that comes meanwhile is of no concern to it: while pages are taken
 * away, faults cannot map.
 */
static bool on_guest_ranges(struct vmm_vm *vm, hva_t start, hva_t end, range_op op)
{
	struct vmm_slot *slot = NULL;
	bool any = false;

	guard(srcu)(&vm->slots.srcu);

	while ((slot = next_slot(vm, slot, start, end))) {
		struct slot_range range;

		if (slotset_gpa_range(&slot->info, start, end, &range))
			any |= op(vm, range.start, range.end);
	}
	return any;
}

void vmm_unmap_in_steps(struct vmm_vm *vm, gpa_t start, gpa_t end)
{
	while (start < end) {
		gpa_t next = min(end, start + UNMAP_STEP);

		vmm_arch_gpt_unmap(vm, start, next);
		start = next;
		cond_resched();
	}
}

static bool op_unmap(struct vmm_vm *vm, gpa_t start, gpa_t end)
{
	vmm_unmap_in_steps(vm, start, end);
	return false;
}

static bool op_unmap_atomic(struct vmm_vm *vm, gpa_t start, gpa_t end)
{
	vmm_arch_gpt_unmap(vm, start, end);
	return false;
}

static bool op_clear_young(struct vmm_vm *vm, gpa_t start, gpa_t end)
{
	return vmm_arch_gpt_age(vm, start, end, true);
}

static bool op_test_young(struct vmm_vm *vm, gpa_t start, gpa_t end)
{
	return vmm_arch_gpt_age(vm, start, end, false);
}

static int mn_invalidate_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	struct vmm_vm *vm = mn_to_vm(mn);

	trace_kvm_unmap_hva_range(range->start, range->end);
	/*
	 * Every range counts, also one that hits no slot: a slot over it may be created before the
	 * invalidation ends. Blocked before slots are looked at, so that such a slot's faults see
	 * it.
	 */
	vmm_notifier_block(vm, range->start, range->end);
	on_guest_ranges(vm, range->start, range->end,
			mmu_notifier_range_blockable(range) ? op_unmap : op_unmap_atomic);
	return 0;
}

static void mn_invalidate_end(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	vmm_notifier_unblock(mn_to_vm(mn));
}

/* Aging does not have to be exact, so translations that harts remember are left alone. */
static kshim_age_t mn_clear_young(struct mmu_notifier *mn, struct mm_struct *mm,
				  unsigned long start, unsigned long end)
{
	trace_kvm_age_hva(start, end);
	return on_guest_ranges(mn_to_vm(mn), start, end, op_clear_young);
}

static kshim_age_t mn_test_young(struct mmu_notifier *mn, struct mm_struct *mm,
				 unsigned long address)
{
	trace_kvm_test_age_hva(address, address + PAGE_SIZE);
	return on_guest_ranges(mn_to_vm(mn), address, address + PAGE_SIZE, op_test_young);
}

/*
 * The address space goes away. KVM_RUN needs it as current->mm, so no vCPU runs and none will; only
 * the translations have to go before the pages do.
 */
static void mn_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct vmm_vm *vm = mn_to_vm(mn);

	vmm_arch_gpt_unmap(vm, 0, vmm_arch_gpa_limit(vm));
}

static const struct mmu_notifier_ops mn_ops = {
	.invalidate_range_start	= mn_invalidate_start,
	.invalidate_range_end	= mn_invalidate_end,
	.clear_flush_young	= mn_clear_young,
	.clear_young		= mn_clear_young,
	.test_young		= mn_test_young,
	.release		= mn_release,
};

int vmm_notifier_init(struct vmm_vm *vm)
{
	spin_lock_init(&vm->notifier.lock);
	init_waitqueue_head(&vm->notifier.waiters);
	vm->notifier.mn.ops = &mn_ops;
	return mmu_notifier_register(&vm->notifier.mn, vm->mm);
}

void vmm_notifier_destroy(struct vmm_vm *vm)
{
	/* Waits for callbacks under way, and calls mn_release() unless the mm is gone already. */
	mmu_notifier_unregister(&vm->notifier.mn, vm->mm);
}
