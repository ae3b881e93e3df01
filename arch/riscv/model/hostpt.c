// SPDX-License-Identifier: GPL-2.0-only
#include "hostpt.h"

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/minmax.h>

#include "gstage.h"

#define PTE_N		BIT_ULL(63)		/* Svnapot */
#define PTE_G		BIT_ULL(5)
#define PTE_SOFTWARE	GENMASK_ULL(9, 8)
/*
 * V, R, W, X, U, G, A, D, two bits for software, and the page number. With Svrsw60t59b a leaf has
 * two more bits for software, and without it no hart takes a leaf that has one of them.
 */
#define PTE_BASE	(GENMASK_ULL(60, 59) | GENMASK_ULL(53, 0))
/* Priv. v1.12 §4.4.1: what may be set in a pointer to a table; it has V, and the rest is clear. */
#define POINTER_FREE	(GSTAGE_PTE_PPN | PTE_SOFTWARE | PTE_G)
/* Priv. v1.12 §5.1 (Svnapot): the only size that is defined is 64 KiB, written as ppn[3:0] = 8. */
#define NAPOT_MASK	0xfULL
#define NAPOT_64K	0x8ULL

u64 hostpt_known(bool svpbmt, bool svnapot)
{
	return PTE_BASE | (svpbmt ? GSTAGE_PTE_PBMT : 0) | (svnapot ? PTE_N : 0);
}

static unsigned int entry_index(u64 va, unsigned int level)
{
	return (va >> gstage_level_shift(level)) & 511;
}

bool hostpt_find(const struct hostpt *pt, u64 va, struct hostpt_table *table)
{
	if (va >> gstage_level_shift(pt->levels))
		return false;
	table->entries = pt->root;
	table->level = pt->levels - 1;
	while (table->level) {
		u64 pte = READ_ONCE(table->entries[entry_index(va, table->level)]);

		if ((pte & ~POINTER_FREE) != GSTAGE_PTE_V)
			break;
		table->entries = (const u64 *)(unsigned long)
			((FIELD_GET(GSTAGE_PTE_PPN, pte) << 12) + pt->va_offset);
		table->level--;
	}
	return true;
}

/* leaf_ppn() for what is not just one page of ordinary memory */
static bool special_leaf_ppn(u64 pte, unsigned int level, u64 va, u64 *ppn)
{
	u64 inside = (va & ((1ULL << gstage_level_shift(level)) - 1)) >> 12;

	if ((pte & GSTAGE_PTE_PBMT) == GSTAGE_PTE_PBMT)
		return false;
	if (pte & PTE_N) {
		if (level || (*ppn & NAPOT_MASK) != NAPOT_64K)
			return false;
		*ppn &= ~NAPOT_MASK;
		inside = (va >> 12) & NAPOT_MASK;
	}
	/* Priv. v1.12 §4.3.2, step 6: a large leaf has to be aligned. */
	if (*ppn & (BIT_ULL(9 * level) - 1))
		return false;
	*ppn += inside;
	return true;
}

/* The page number of the 4 KiB page at @va in the leaf @pte; false for a form that is reserved. */
static bool leaf_ppn(u64 pte, unsigned int level, u64 va, u64 *ppn)
{
	*ppn = FIELD_GET(GSTAGE_PTE_PPN, pte);
	return likely(!level && !(pte & (PTE_N | GSTAGE_PTE_PBMT))) ||
	       special_leaf_ppn(pte, level, va, ppn);
}

bool hostpt_page(const struct hostpt *pt, const struct hostpt_table *table, u64 va,
		 struct hostpt_page *page)
{
	const u64 needed = GSTAGE_PTE_V | GSTAGE_PTE_R | GSTAGE_PTE_U;
	const u64 written = GSTAGE_PTE_W | GSTAGE_PTE_D;
	u64 pte = READ_ONCE(table->entries[entry_index(va, table->level)]);
	u64 ppn;

	/* A pointer to a table, which came in between, has no R. */
	if ((pte & needed) != needed || pte & ~pt->known ||
	    !leaf_ppn(pte, table->level, va, &ppn))
		return false;
	page->pa = ppn << 12;
	page->pbmt = pte & GSTAGE_PTE_PBMT;
	page->writable = (pte & written) == written;
	page->young = pte & GSTAGE_PTE_A;
	return true;
}

void hostpt_around(u64 gpa, u64 hva, u64 start, u64 end, unsigned int window,
		   struct hostpt_around *around)
{
	const u64 table = 1ULL << gstage_level_shift(1);
	u64 bytes = (u64)window << gstage_level_shift(0);
	u64 first = max(ALIGN_DOWN(gpa, bytes), start);
	u64 last = min(ALIGN_DOWN(gpa, bytes) + bytes, end);

	/* How far the host's table reaches to either side of @hva */
	first = max(first, gpa - min(gpa, hva & (table - 1)));
	last = min(last, gpa + (table - (hva & (table - 1))));
	around->gpa = first;
	around->hva = hva - (gpa - first);
	around->count = (last - first) >> gstage_level_shift(0);
}
