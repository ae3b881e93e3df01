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

/* Marks that were taken out of a log: one bit for each page of the slot. */
struct vmm_dirty_log {
	unsigned long	*bitmap;
	size_t		bytes;
};

/**
 * vmm_dirty_log_take() - Take the marks of a slot; later writes mark again.
 * @vm:  The VM.
 * @id:  Slot number with address space, unchecked.
 * @log: Filled on success; the caller frees @log->bitmap with kvfree().
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0; -EINVAL no such number; -ENOENT no such slot, or it does not log; -ENOMEM.
 */
int vmm_dirty_log_take(struct vmm_vm *vm, u32 id, struct vmm_dirty_log *log);

#endif
