/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * G-stage page tables (Sv39x4, Sv48x4, Sv57x4) as a pure data structure: no locks, no allocation,
 * no fences. The caller owns all of those; every function says in *flush what must be fenced
 * before memory is reused.
 */
#ifndef RVH_MODEL_GSTAGE_H
#define RVH_MODEL_GSTAGE_H

#include <linux/types.h>

/* Page-table entry, Priv. v1.12 §4.4.1 (Addressing and Memory Protection) and §8.5 (G-stage) */
#define GSTAGE_PTE_V		BIT_ULL(0)
#define GSTAGE_PTE_R		BIT_ULL(1)
#define GSTAGE_PTE_W		BIT_ULL(2)
#define GSTAGE_PTE_X		BIT_ULL(3)
#define GSTAGE_PTE_U		BIT_ULL(4)	/* G-stage leaves are always checked as U-mode */
#define GSTAGE_PTE_A		BIT_ULL(6)
#define GSTAGE_PTE_D		BIT_ULL(7)
#define GSTAGE_PTE_PPN		GENMASK_ULL(53, 10)
#define GSTAGE_PTE_PBMT		GENMASK_ULL(62, 61)

#define GSTAGE_MIN_LEVELS	3
#define GSTAGE_MAX_LEVELS	5
#define GSTAGE_ROOT_ORDER	2	/* the root is four pages, 16 KiB aligned */

/* Level of a leaf: 0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB, 3 is 512 GiB, 4 is 256 TiB. */
static inline unsigned int gstage_level_shift(unsigned int level)
{
	return 12 + 9 * level;
}

/* Tables on a list are linked through their first word; the last one holds 0. */
struct gstage_pages {
	u64		*head;
	unsigned int	count;
};

struct gstage {
	u64		*root;
	u64		va_offset;	/* virtual address = physical address + va_offset */
	u8		levels;		/* 3, 4 or 5 */
};

/* What the caller has to fence: [start, end) in guest-physical bytes; empty when start >= end. */
struct gstage_flush {
	u64		start;
	u64		end;
};

struct gstage_leaf {
	u64		pte;
	u64		pa;		/* of the leaf's first byte */
	u64		gpa;		/* of the leaf's first byte */
	u8		level;
};

void gstage_init(struct gstage *g, u64 *root, unsigned int levels, u64 va_offset);
u64 gstage_gpa_limit(const struct gstage *g);
int gstage_map(struct gstage *g, u64 gpa, u64 pa, unsigned int level, u64 prot,
	       struct gstage_pages *spare, struct gstage_pages *freed, struct gstage_flush *flush);
bool gstage_lookup(const struct gstage *g, u64 gpa, struct gstage_leaf *leaf);
bool gstage_relax(struct gstage *g, u64 gpa, u64 prot, struct gstage_leaf *leaf);
u64 gstage_unmap(struct gstage *g, u64 start, u64 end, unsigned int budget,
		 struct gstage_pages *freed, struct gstage_flush *flush);
u64 gstage_wrprotect(struct gstage *g, u64 start, u64 end, unsigned int budget,
		     struct gstage_flush *flush);
void gstage_wrprotect_mask(struct gstage *g, u64 gfn, u64 mask, struct gstage_flush *flush);
int gstage_split(struct gstage *g, u64 gpa, struct gstage_pages *spare,
		 struct gstage_flush *flush);
bool gstage_test_young(const struct gstage *g, u64 start, u64 end);
bool gstage_clear_young(struct gstage *g, u64 start, u64 end, struct gstage_flush *flush);
void gstage_free_tables(struct gstage *g, struct gstage_pages *freed);

#endif
