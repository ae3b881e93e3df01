/* SPDX-License-Identifier: GPL-2.0-only */
/* Which guest pages were written. */
#ifndef VMM_DIRTY_H
#define VMM_DIRTY_H

#include <vmm/addr.h>

struct vmm_slot;

/**
 * vmm_dirty_mark() - Note a write to a guest page, if its slot logs.
 * @slot: The slot that holds the page.
 * @gfn:  The page.
 *
 * Context: Any; RCU or vm->slots.srcu read side.
 */
void vmm_dirty_mark(struct vmm_slot *slot, gfn_t gfn);

#endif
