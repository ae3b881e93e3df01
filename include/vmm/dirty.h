/* SPDX-License-Identifier: GPL-2.0-only */
/* Which guest pages were written. */
#ifndef VMM_DIRTY_H
#define VMM_DIRTY_H

#include <linux/types.h>

#include <vmm/addr.h>

struct vmm_slot;
struct vmm_vm;

/**
 * vmm_dirty_mark() - Note a write to a guest page, if its slot logs.
 * @slot: The slot that holds the page.
 * @gfn:  The page.
 *
 * Context: Any; RCU or vm->slots.srcu read side.
 */
void vmm_dirty_mark(struct vmm_slot *slot, gfn_t gfn);

/* How logs behave, for all slots of a VM; the bits of KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2. */
#define VMM_DIRTY_MANUAL	1U	/* reading a log leaves the marks: userspace clears them */
#define VMM_DIRTY_INITIALLY_SET	2U	/* a new log has all pages marked, and protects none */

/**
 * vmm_dirty_log_set_mode() - Choose how logs behave from now on.
 * @vm:   The VM.
 * @mode: VMM_DIRTY_* bits, unchecked.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0 or -EINVAL.
 */
int vmm_dirty_log_set_mode(struct vmm_vm *vm, u64 mode);

/* Marks that were read out of a log: one bit for each page of the slot. */
struct vmm_dirty_log {
	unsigned long	*bitmap;
	size_t		bytes;
	u64		npages;
};

/**
 * vmm_dirty_log_read() - Read the marks of a slot.
 * @vm:  The VM.
 * @id:  Slot number with address space, unchecked.
 * @log: Filled on success; the caller frees @log->bitmap with kvfree().
 *
 * The marks are taken, so that later writes mark again, unless the mode is VMM_DIRTY_MANUAL.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0; -EINVAL no such number; -ENOENT no such slot, or it does not log; -ENOMEM.
 */
int vmm_dirty_log_read(struct vmm_vm *vm, u32 id, struct vmm_dirty_log *log);

/**
 * vmm_dirty_log_give_back() - Undo vmm_dirty_log_read(): userspace could not be told of the marks.
 * @vm:  The VM.
 * @id:  As for vmm_dirty_log_read().
 * @log: What that gave. Still the caller's to free.
 *
 * Nothing happens when the slot is not there any more. Marks that were only read, and have been
 * cleared since, come back.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 */
void vmm_dirty_log_give_back(struct vmm_vm *vm, u32 id, const struct vmm_dirty_log *log);

/* Pages of a slot, relative to its first. */
struct vmm_dirty_range {
	u32	slot;			/* number with address space */
	u64	first;
	u64	count;
};

/**
 * vmm_dirty_log_check() - Can the marks of these pages be cleared?
 * @vm:    The VM.
 * @range: Unchecked. @range->count is bounded by the slot's size when this succeeds.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0; -EINVAL no such number, not whole words, or not in the slot; -ENOENT no such slot, or
 *          it does not log.
 */
int vmm_dirty_log_check(struct vmm_vm *vm, const struct vmm_dirty_range *range);

/**
 * vmm_dirty_log_clear() - Clear marks; later writes to these pages mark again.
 * @vm:     The VM.
 * @range:  Unchecked.
 * @bitmap: A bit for each page of @range, whole words; which marks to clear. Overwritten.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  As for vmm_dirty_log_check().
 */
int vmm_dirty_log_clear(struct vmm_vm *vm, const struct vmm_dirty_range *range,
			unsigned long *bitmap);

#endif
