/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the page tables by which the host maps a VMM's memory (Sv39, Sv48, Sv57), while the host
 * may change them. The caller keeps the tables themselves from being freed. What a hart would not
 * follow or use is not there.
 */
#ifndef RVH_MODEL_HOSTPT_H
#define RVH_MODEL_HOSTPT_H

#include <linux/types.h>

struct hostpt {
	const u64	*root;
	u64		va_offset;	/* virtual address = physical address + va_offset */
	u64		known;		/* bits of a leaf that are understood on this host */
	u8		levels;		/* 3, 4 or 5 */
};

/* The table whose entry for an address is no pointer to another table. */
struct hostpt_table {
	const u64	*entries;
	u8		level;		/* of a leaf in it: 0 is 4 KiB, 1 is 2 MiB, and so on */
};

/* What the host maps at an address. */
struct hostpt_page {
	u64		pa;		/* of the 4 KiB page with the address */
	u64		pbmt;		/* memory type, as in the entry: GSTAGE_PTE_PBMT */
	bool		writable;	/* and dirty already: writing needs no further mark */
	bool		young;
};

/* Pages around one that are mapped along with it. */
struct hostpt_around {
	u64		gpa;		/* of the first */
	u64		hva;
	unsigned int	count;
};

/**
 * hostpt_known() - Bits of a leaf that may be understood.
 * @svpbmt:  The host has Svpbmt.
 * @svnapot: The host has Svnapot.
 */
u64 hostpt_known(bool svpbmt, bool svnapot);

/**
 * hostpt_find() - Find the table that maps an address.
 * @pt:    The tables.
 * @va:    Address in bytes, any.
 * @table: Filled in.
 *
 * Return: false when @va is none that these tables can map.
 */
bool hostpt_find(const struct hostpt *pt, u64 va, struct hostpt_table *table);

/**
 * hostpt_page() - What a user's access to an address would reach.
 * @pt:    The tables.
 * @table: From hostpt_find(), for an address in the same (2 MiB << 9 * level) bytes.
 * @va:    Address in bytes.
 * @page:  Filled in when there is a page.
 *
 * Return: false when nothing is there, when a user cannot read it, or when the entry has bits that
 *         are not understood.
 */
bool hostpt_page(const struct hostpt *pt, const struct hostpt_table *table, u64 va,
		 struct hostpt_page *page);

/**
 * hostpt_around() - Choose the pages around one.
 * @gpa:    Guest-physical address of the page.
 * @hva:    Its host address.
 * @start:  First guest-physical byte that @hva and what is around it are for.
 * @end:    First byte behind.
 * @window: Pages; a power of two, at most 512.
 * @around: Filled in: the aligned @window around the page, as far as it is between @start and @end
 *          and in the same last table of the host.
 */
void hostpt_around(u64 gpa, u64 hva, u64 start, u64 end, unsigned int window,
		   struct hostpt_around *around);

#endif
