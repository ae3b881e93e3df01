/* SPDX-License-Identifier: GPL-2.0-only */
/* Following changes of the owner's address space (MMU notifier). */
#ifndef VMM_NOTIFIER_H
#define VMM_NOTIFIER_H

#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct vmm_vm;

/*
 * Protocol between a fault and a change of what a guest frame stands for (by the host's memory
 * management, or by a change of slots). The fault:
 *	vmm_notifier_begin(), find the slot, look the host page up, take the G-stage lock,
 *	vmm_notifier_unchanged()?, map, drop the G-stage lock.
 * The change:
 *	vmm_notifier_block(), change what faults look up, unmap under the G-stage lock,
 *	vmm_notifier_unblock().
 * Either the fault maps before the unmap, which then finds its leaf; or it takes the G-stage lock
 * after it and sees @active or a new @seq. Both are read without @lock, so unblock raises @seq
 * before it lowers @active, and a fault reads them in the other order.
 */
struct vmm_notifier {
	struct mmu_notifier	mn;
	spinlock_t		lock;		/* of the counts for writing; innermost */
	unsigned long		seq;		/* changes completed; READ_ONCE */
	unsigned int		active;		/* changes under way; READ_ONCE */
};

int vmm_notifier_init(struct vmm_vm *vm);
void vmm_notifier_destroy(struct vmm_vm *vm);

/**
 * vmm_notifier_begin() - Start to look up what a guest frame stands for.
 * @vm: The VM.
 *
 * Context: Any; before the slot is looked up.
 * Return:  The count to hand to vmm_notifier_unchanged().
 */
unsigned long vmm_notifier_begin(struct vmm_vm *vm);

/**
 * vmm_notifier_unchanged() - May what was looked up still be mapped?
 * @vm:  The VM.
 * @seq: From vmm_notifier_begin().
 *
 * Context: Under the G-stage lock that changes take to unmap.
 * Return:  False when a change ran or is running since: look it up again.
 */
bool vmm_notifier_unchanged(struct vmm_vm *vm, unsigned long seq);

/**
 * vmm_notifier_block() - From here to vmm_notifier_unblock() no fault maps anything.
 * @vm: The VM.
 *
 * Context: Any but hard interrupts. Several may overlap.
 */
void vmm_notifier_block(struct vmm_vm *vm);
void vmm_notifier_unblock(struct vmm_vm *vm);

#endif
