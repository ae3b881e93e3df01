/* SPDX-License-Identifier: GPL-2.0-only */
/* Following changes of the owner's address space (MMU notifier). */
#ifndef VMM_NOTIFIER_H
#define VMM_NOTIFIER_H

#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <vmm/addr.h>

struct vmm_vm;

/*
 * Protocol between a fault and a change of what a guest frame stands for (by the host's memory
 * management, or by a change of slots). The change:
 *	vmm_notifier_block(), change what faults look up, unmap under the G-stage lock,
 *	vmm_notifier_unblock().
 * A fault that looks everything up under the G-stage lock:
 *	take the G-stage lock, find the slot, vmm_notifier_covers() its host address? read the
 *	host's page table, map, drop the G-stage lock.
 * A fault that has to sleep for the host's page:
 *	vmm_notifier_begin(), find the slot, look the host page up, take the G-stage lock,
 *	vmm_notifier_unchanged()?, map, drop the G-stage lock.
 * Either the fault maps before the unmap, which then finds its leaf; or it takes the G-stage
 * lock after it and sees @active with the range, or a new @seq, or what it looks up is new
 * already. All are read without @lock, so unblock raises @seq before it lowers @active, and a
 * fault reads them in the other order. The range may be read while it grows; it always has what
 * it had when the fault took the G-stage lock, as long as that is active.
 */
struct vmm_notifier {
	struct mmu_notifier	mn;
	spinlock_t		lock;		/* of the rest for writing; innermost */
	unsigned long		seq;		/* changes completed; READ_ONCE */
	unsigned int		active;		/* changes under way; READ_ONCE */
	hva_t			start;		/* of all changes under way together; READ_ONCE */
	hva_t			end;		/* first byte behind them */
	wait_queue_head_t	waiters;	/* for a change to complete */
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
 * vmm_notifier_covers() - Is a change of host addresses under way?
 * @vm:    The VM.
 * @start: First host byte.
 * @end:   First byte behind.
 *
 * Context: Under the G-stage lock that changes take to unmap; what depends on the answer is read
 *          after it.
 */
bool vmm_notifier_covers(struct vmm_vm *vm, hva_t start, hva_t end);

/**
 * vmm_notifier_unchanged() - May what was looked up still be mapped?
 * @vm:  The VM.
 * @seq: From vmm_notifier_begin().
 * @hva: The page that was looked up.
 *
 * Context: Under the G-stage lock that changes take to unmap.
 * Return:  False when a change ran since, or is running there: look it up again.
 */
bool vmm_notifier_unchanged(struct vmm_vm *vm, unsigned long seq, hva_t hva);

/**
 * vmm_notifier_block() - From here to vmm_notifier_unblock() no fault maps these host addresses.
 * @vm:    The VM.
 * @start: First host byte.
 * @end:   First byte behind.
 *
 * Context: Any but hard interrupts. Several may overlap.
 */
void vmm_notifier_block(struct vmm_vm *vm, hva_t start, hva_t end);
void vmm_notifier_unblock(struct vmm_vm *vm);

/**
 * vmm_notifier_wait() - Leave the hart to who makes the change that is in the way.
 * @vm:  The VM.
 * @seq: From vmm_notifier_begin(), before the change was met.
 *
 * Who makes it may have a low priority, as khugepaged has: vCPUs that fault again and again instead
 * keep it from getting to the end. Returns when a change is complete that was not then, or there is
 * none, or a signal is pending; after a tick in any case, as the guest may have an interrupt to
 * take.
 *
 * Context: May sleep; no lock that a change needs is held.
 */
void vmm_notifier_wait(struct vmm_vm *vm, unsigned long seq);

#endif
