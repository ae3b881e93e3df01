// SPDX-License-Identifier: GPL-2.0-only
/* Marks of written guest pages. */
#include <vmm/dirty.h>
#include <vmm/slots.h>

#include <linux/bitops.h>

void vmm_dirty_mark(struct vmm_slot *slot, gfn_t gfn)
{
	unsigned long nr = gfn - slot->info.gfn;

	if (!slot->dirty)
		return;
	/* Most pages are written many times: leave the cache line shared. */
	if (!test_bit(nr, slot->dirty))
		set_bit(nr, slot->dirty);
}
