/* SPDX-License-Identifier: GPL-2.0-only */
/* Following changes of the owner's address space (MMU notifier). */
#ifndef VMM_NOTIFIER_H
#define VMM_NOTIFIER_H

#include <linux/mmu_notifier.h>
#include <linux/rcuwait.h>
#include <linux/spinlock.h>

struct vmm_vm;

/*
 * Protocol: a fault reads @seq, looks the host page up, takes the G-stage lock and maps only when
 * vmm_notifier_unchanged() still holds there. An invalidation raises @active under the G-stage lock
 * before it unmaps, and ends by raising @seq before it lowers @active.
 */
struct vmm_notifier {
	struct mmu_notifier	mn;
	unsigned long		seq;		/* READ_ONCE/WRITE_ONCE, written under lock */
	unsigned int		active;		/* invalidations under way; likewise */
	spinlock_t		lock;		/* counts only; taken inside no other lock of ours */
};

int vmm_notifier_init(struct vmm_vm *vm);
void vmm_notifier_destroy(struct vmm_vm *vm);

/**
 * vmm_notifier_begin() - Start a host page look-up.
 * @vm: The VM.
 *
 * Context: Any.
 * Return:  The count to hand to vmm_notifier_unchanged().
 */
unsigned long vmm_notifier_begin(struct vmm_vm *vm);

/**
 * vmm_notifier_unchanged() - May what was looked up still be mapped?
 * @vm:  The VM.
 * @seq: From vmm_notifier_begin().
 *
 * Context: Under the G-stage lock that invalidations take to unmap.
 * Return:  False when an invalidation ran or is running since: look it up again.
 */
bool vmm_notifier_unchanged(struct vmm_vm *vm, unsigned long seq);

#endif
