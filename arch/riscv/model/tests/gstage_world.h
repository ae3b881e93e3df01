/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * G-stage tables beside a naive model of them, for the unit tests and the fuzzer: a flat list of a
 * few 4 KiB pages, each with what maps it. gworld_step() does one operation on both and compares.
 */
#ifndef RVH_MODEL_TESTS_GSTAGE_WORLD_H
#define RVH_MODEL_TESTS_GSTAGE_WORLD_H

#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../gstage.h"

#define GWORLD_TABLES	96
#define GWORLD_ROOT	(1U << GSTAGE_ROOT_ORDER)
#define GWORLD_BYTES	((GWORLD_TABLES + GWORLD_ROOT + 1) * SZ_4K)
#define GWORLD_PAGES	40
#define GWORLD_PA	0x80000000ULL	/* where the tables lie, as the hardware sees it */
#define GWORLD_GRANTS	(GSTAGE_PTE_R | GSTAGE_PTE_W | GSTAGE_PTE_X | GSTAGE_PTE_A | GSTAGE_PTE_D)

/* One page of the flat model. */
struct gpage {
	u64	gpa;
	bool	mapped;
	u8	level;		/* of the leaf around it */
	u64	pa;		/* of this page, not of the leaf */
	u64	bits;		/* of the entry */
};

struct gworld {
	struct gstage		g;
	u64			*tables;
	struct gstage_pages	spare;
	struct gpage		page[GWORLD_PAGES];
	struct gpage		before[GWORLD_PAGES];
	s64			leaves[GSTAGE_MAX_LEVELS];	/* as the tables tell changes */
	s64			found[GSTAGE_MAX_LEVELS];	/* as they are */
	DECLARE_BITMAP(counted, GWORLD_TABLES);
};

/* One operation, each field taken modulo what there is. */
struct gop {
	u8	kind;
	u8	page;
	u8	other;
	u8	level;
	u8	bits;
	u8	budget;
};

enum gop_kind {
	GOP_MAP,
	GOP_MAP_SHARED,
	GOP_UNMAP,
	GOP_UNMAP_PAGE,
	GOP_WRPROTECT,
	GOP_WRPROTECT_MASK,
	GOP_RELAX,
	GOP_SPLIT,
	GOP_YOUNG,
	GOP_CLEAR_YOUNG,
	GOP_FREE,
	GOP_KINDS,
};

static inline u64 gworld_size(unsigned int level)
{
	return 1ULL << gstage_level_shift(level);
}

/* @memory: GWORLD_BYTES zeroed bytes, any alignment. */
static inline void gworld_init(struct gworld *w, void *memory, unsigned int levels)
{
	u64 *root = (u64 *)ALIGN((unsigned long)memory, SZ_4K);
	unsigned int i, n = 0;
	u64 limit;

	memset(w, 0, sizeof(*w));
	w->tables = root + GWORLD_ROOT * 512;
	gstage_init(&w->g, root, levels, (unsigned long)w->tables - GWORLD_PA);
	for (i = 0; i < GWORLD_TABLES; i++)
		gstage_pages_push(&w->spare, w->tables + i * 512);

	limit = gstage_gpa_limit(&w->g);
	for (i = 0; i < GWORLD_PAGES / 4; i++) {
		const u64 chunk[] = {
			0, SZ_2M, SZ_1G - SZ_2M, SZ_1G, 3ULL * SZ_1G + 8 * SZ_2M, 512ULL * SZ_1G,
			limit / 4, limit / 2 + SZ_1G, limit - SZ_1G, limit - SZ_2M,
		};

		w->page[n++].gpa = chunk[i];
		w->page[n++].gpa = chunk[i] + SZ_4K;
		w->page[n++].gpa = chunk[i] + 70 * SZ_4K;
		w->page[n++].gpa = chunk[i] + SZ_2M - SZ_4K;
	}
}

static inline bool gpage_in_leaf(const struct gpage *p, u64 gpa, unsigned int level)
{
	return ALIGN_DOWN(p->gpa, gworld_size(level)) == ALIGN_DOWN(gpa, gworld_size(level));
}

/* The leaf around @p has a byte in [start, end). */
static inline bool gpage_hit(const struct gpage *p, u64 start, u64 end)
{
	u64 first = ALIGN_DOWN(p->gpa, gworld_size(p->level));

	return p->mapped && start < end && first < end && start < first + gworld_size(p->level);
}

static inline const char *gworld_compare_page(const struct gworld *w, const struct gpage *p)
{
	struct gstage_leaf leaf;

	if (!gstage_lookup(&w->g, p->gpa, &leaf))
		return p->mapped ? "a page was lost" : NULL;
	if (!p->mapped)
		return "a page is mapped that should not be";
	if (leaf.level != p->level)
		return "a leaf has another level";
	if (leaf.gpa != ALIGN_DOWN(p->gpa, gworld_size(p->level)))
		return "a leaf begins elsewhere";
	if (leaf.pa + (p->gpa - leaf.gpa) != p->pa)
		return "a page leads to another address";
	if ((leaf.pte & ~GSTAGE_PTE_PPN) != (p->bits | GSTAGE_PTE_V | GSTAGE_PTE_U))
		return "a leaf has other bits";
	return NULL;
}

/* Whether @flush names every page whose old translation must no longer be used. */
static inline const char *gworld_compare_flush(const struct gworld *w,
					       const struct gstage_flush *flush)
{
	unsigned int i;

	for (i = 0; i < GWORLD_PAGES; i++) {
		const struct gpage *old = &w->before[i];
		const struct gpage *new = &w->page[i];

		if (!old->mapped)
			continue;
		if (new->mapped && new->pa == old->pa && !(old->bits & ~new->bits))
			continue;
		if (old->gpa < flush->start || old->gpa >= flush->end)
			return "a stale page is missing from the flush";
	}
	return NULL;
}

static inline const char *gworld_count_table(struct gworld *w, const u64 *table)
{
	unsigned int n = (table - w->tables) / 512;

	if (table < w->tables || n >= GWORLD_TABLES || (table - w->tables) % 512)
		return "a table is not one of ours";
	if (__test_and_set_bit(n, w->counted))
		return "a table is in two places";
	return NULL;
}

static inline const char *gworld_count_below(struct gworld *w, const u64 *table, unsigned int n,
					     unsigned int level)
{
	const char *fault = NULL;
	unsigned int i;

	for (i = 0; i < n && !fault; i++) {
		const u64 *child;

		if (table[i] & GWORLD_GRANTS)
			w->found[level]++;
		if (table[i] & GWORLD_GRANTS || !table[i])
			continue;
		if (!(table[i] & GSTAGE_PTE_V))
			return "an empty entry is not zero";
		if (!level || table[i] & ~(GSTAGE_PTE_PPN | GSTAGE_PTE_V))
			return "a pointer to a table has other bits";
		child = (u64 *)(unsigned long)((table[i] >> 10 << 12) + w->g.va_offset);
		fault = gworld_count_table(w, child);
		if (!fault)
			fault = gworld_count_below(w, child, 512, level - 1);
	}
	return fault;
}

/* Every table has to be in the tree or in the list of spare ones, and once. */
static inline const char *gworld_count(struct gworld *w)
{
	const char *fault;
	const u64 *page;

	bitmap_zero(w->counted, GWORLD_TABLES);
	memset(w->found, 0, sizeof(w->found));
	fault = gworld_count_below(w, w->g.root, GWORLD_ROOT * 512, w->g.levels - 1);
	for (page = w->spare.head; page && !fault; page = (u64 *)(unsigned long)page[0])
		fault = gworld_count_table(w, page);
	if (!fault && bitmap_weight(w->counted, GWORLD_TABLES) != GWORLD_TABLES)
		fault = "a table was lost";
	return fault;
}

/* For a world that only gworld_step() changed: are there as many leaves as it was told? */
static inline const char *gworld_count_leaves(struct gworld *w)
{
	const char *fault = gworld_count(w);

	if (!fault && memcmp(w->leaves, w->found, sizeof(w->found)))
		fault = "the count of leaves is wrong";
	return fault;
}

/* Give freed tables back, as one does after the fence. */
static inline const char *gworld_recycle(struct gworld *w, struct gstage_pages *freed,
					 const struct gstage_flush *flush)
{
	if (freed->head && !flush->tables)
		return "tables were freed without a fence for them";
	while (freed->head) {
		u64 *page = freed->head;

		if (page[0] & GSTAGE_PTE_V)
			return "a link looks like a valid entry";
		gstage_pages_pop(freed);
		memset(page, 0, SZ_4K);
		gstage_pages_push(&w->spare, page);
	}
	return freed->count ? "the count of freed tables is wrong" : NULL;
}

/* What a leaf put at @gpa does to a page that a huge leaf around @gpa maps. */
static inline void gpage_split_around(struct gpage *p, u64 gpa, unsigned int level)
{
	while (p->level > level && gpage_in_leaf(p, gpa, p->level))
		p->level--;
}

static inline void gworld_expect_map(struct gworld *w, u64 gpa, u64 pa, unsigned int level,
				     u64 bits)
{
	struct gpage *p, *around = NULL;

	for (p = w->page; p < w->page + GWORLD_PAGES; p++)
		if (p->mapped && p->level > level && gpage_in_leaf(p, gpa, p->level))
			around = p;
	if (around && around->pa - around->gpa == pa - gpa &&
	    !((around->bits ^ bits) & GSTAGE_PTE_PBMT) && !(bits & GWORLD_GRANTS & ~around->bits))
		return;
	for (p = w->page; p < w->page + GWORLD_PAGES; p++) {
		u64 mine = pa + (p->gpa - gpa);

		if (p->mapped)
			gpage_split_around(p, gpa, level);
		if (!gpage_in_leaf(p, gpa, level))
			continue;
		if (p->mapped && p->level == level && p->pa == mine &&
		    !((p->bits ^ bits) & GSTAGE_PTE_PBMT)) {
			p->bits |= bits;
			continue;
		}
		*p = (struct gpage) {
			.gpa = p->gpa, .mapped = true, .level = level, .pa = mine, .bits = bits,
		};
	}
}

static inline u64 gop_prot(const struct gop *op)
{
	u64 prot = GSTAGE_PTE_R;

	/* One in eight can only be executed. */
	if (op->bits >= 7 << 5)
		return GSTAGE_PTE_X | (op->bits & 4 ? GSTAGE_PTE_A : 0);
	prot |= op->bits & 1 ? GSTAGE_PTE_W : 0;
	prot |= op->bits & 2 ? GSTAGE_PTE_X : 0;
	prot |= op->bits & 4 ? GSTAGE_PTE_A : 0;
	prot |= op->bits & 8 ? GSTAGE_PTE_D : 0;
	prot |= op->bits & 16 ? 1ULL << 61 : 0;
	return prot;
}

static inline const char *gworld_map(struct gworld *w, const struct gop *op, struct gpage *p,
				     struct gstage_pages *freed, struct gstage_flush *flush)
{
	unsigned int level = op->level % w->g.levels;
	u64 gpa = ALIGN_DOWN(p->gpa, gworld_size(level));
	/* One of four places, each of which suits every level */
	u64 pa = (gpa & ((1ULL << 54) - 1)) | (u64)(op->other & 3) << 54;
	int err = gstage_map(&w->g, gpa, pa, level, gop_prot(op), &w->spare, freed, flush);

	if (err == -EBUSY && !freed && level)
		return NULL;
	if (err)
		return "a mapping failed";
	gworld_expect_map(w, gpa, pa, level, gop_prot(op));
	return NULL;
}

/* Unmap, write-protect or age [start, end), in steps where that is possible. */
static inline const char *gworld_range(struct gworld *w, const struct gop *op, u64 start, u64 end,
				       struct gstage_pages *freed, struct gstage_flush *flush)
{
	u64 at = start, bit = op->kind == GOP_CLEAR_YOUNG ? GSTAGE_PTE_A : GSTAGE_PTE_W;
	struct gpage *p;

	if (op->kind == GOP_CLEAR_YOUNG) {
		gstage_clear_young(&w->g, start, end, flush);
		at = end;
	}
	while (at < end) {
		u64 next = op->kind == GOP_WRPROTECT ?
			   gstage_wrprotect(&w->g, at, end, op->budget, flush) :
			   gstage_unmap(&w->g, at, end, op->budget, freed, flush);

		if (next <= at || next > end)
			return "a walk does not get on";
		at = next;
	}
	for (p = w->page; p < w->page + GWORLD_PAGES; p++) {
		if (!gpage_hit(p, start, end))
			continue;
		if (op->kind == GOP_WRPROTECT || op->kind == GOP_CLEAR_YOUNG)
			p->bits &= ~bit;
		else
			p->mapped = false;
	}
	return NULL;
}

static inline void gworld_mask(struct gworld *w, const struct gop *op, struct gpage *from,
			       struct gstage_flush *flush)
{
	u64 mask = (u64)op->bits << 56 | (u64)op->budget << 2 | op->other;
	unsigned int bit;
	struct gpage *p;

	gstage_wrprotect_mask(&w->g, from->gpa >> 12, mask, flush);
	for (p = w->page; p < w->page + GWORLD_PAGES; p++)
		for (bit = 0; bit < 64; bit++) {
			u64 gpa = from->gpa + bit * SZ_4K;

			if (mask & 1ULL << bit && gpage_hit(p, gpa, gpa + SZ_4K))
				p->bits &= ~GSTAGE_PTE_W;
		}
}

static inline const char *gworld_relax(struct gworld *w, const struct gop *op, struct gpage *at)
{
	u64 prot = gop_prot(op) & GWORLD_GRANTS;
	struct gstage_leaf leaf;
	unsigned int level = at->level;
	struct gpage *p;

	if (gstage_relax(&w->g, at->gpa, prot, &leaf) != at->mapped)
		return "relaxing found something else";
	for (p = w->page; at->mapped && p < w->page + GWORLD_PAGES; p++)
		if (p->mapped && p->level == level && gpage_in_leaf(p, at->gpa, level))
			p->bits |= prot;
	return NULL;
}

static inline const char *gworld_split(struct gworld *w, struct gpage *at,
				       struct gstage_flush *flush)
{
	int err = gstage_split(&w->g, at->gpa, &w->spare, flush);
	unsigned int level = at->level;
	struct gpage *p;

	if (err != (at->mapped && level ? 0 : -ENOENT))
		return "splitting gave another error";
	for (p = w->page; !err && p < w->page + GWORLD_PAGES; p++)
		if (p->mapped && p->level == level && gpage_in_leaf(p, at->gpa, level))
			p->level = level - 1;
	return NULL;
}

static inline const char *gworld_young(struct gworld *w, u64 start, u64 end)
{
	bool young = false;
	struct gpage *p;

	for (p = w->page; p < w->page + GWORLD_PAGES; p++)
		young |= gpage_hit(p, start, end) && p->bits & GSTAGE_PTE_A;
	/* Pieces of split leaves between the pages of the model may be young too. */
	return young && !gstage_test_young(&w->g, start, end) ? "a young page was missed" : NULL;
}

static inline const char *gworld_free(struct gworld *w, struct gstage_pages *freed,
				      struct gstage_flush *flush)
{
	unsigned int i;

	gstage_free_tables(&w->g, freed);
	*flush = (struct gstage_flush) { .end = U64_MAX, .tables = true };
	memset(w->leaves, 0, sizeof(w->leaves));
	for (i = 0; i < GWORLD_PAGES; i++)
		w->page[i].mapped = false;
	for (i = 0; i < GWORLD_ROOT * 512; i++)
		if (w->g.root[i])
			return "the root is not empty";
	return w->spare.count + freed->count == GWORLD_TABLES ? NULL : "not all tables were freed";
}

static inline const char *gworld_do(struct gworld *w, const struct gop *op,
				    struct gstage_pages *freed, struct gstage_flush *flush)
{
	struct gpage *p = &w->page[op->page % GWORLD_PAGES];
	u64 other = w->page[op->other % GWORLD_PAGES].gpa;
	u64 start = min(p->gpa, other) + (op->level & 1 ? SZ_4K : 0);
	u64 end = op->level & 2 ? U64_MAX : max(p->gpa, other) + (op->level & 4 ? 1 : SZ_4K);

	switch (op->kind) {
	case GOP_MAP:
		return gworld_map(w, op, p, freed, flush);
	case GOP_MAP_SHARED:
		return gworld_map(w, op, p, NULL, flush);
	case GOP_UNMAP_PAGE:
		return gworld_range(w, op, p->gpa, p->gpa + SZ_4K, freed, flush);
	case GOP_UNMAP:
	case GOP_WRPROTECT:
	case GOP_CLEAR_YOUNG:
		return gworld_range(w, op, start, end, freed, flush);
	case GOP_WRPROTECT_MASK:
		gworld_mask(w, op, p, flush);
		return NULL;
	case GOP_RELAX:
		return gworld_relax(w, op, p);
	case GOP_SPLIT:
		return gworld_split(w, p, flush);
	case GOP_YOUNG:
		return gworld_young(w, start, end);
	default:
		/* Rare, or nothing ever grows. */
		return op->budget ? NULL : gworld_free(w, freed, flush);
	}
}

/* Do one operation on the tables and on the model; NULL, or what differs. */
static inline const char *gworld_step(struct gworld *w, const struct gop *step)
{
	struct gstage_flush flush = {};
	struct gstage_pages freed = {};
	struct gop op = *step;
	const char *fault;
	unsigned int i;

	op.kind %= GOP_KINDS;
	memcpy(w->before, w->page, sizeof(w->before));
	fault = gworld_do(w, &op, &freed, &flush);
	for (i = 0; i < GSTAGE_MAX_LEVELS; i++)
		w->leaves[i] += flush.leaves[i];
	for (i = 0; i < GWORLD_PAGES && !fault; i++)
		fault = gworld_compare_page(w, &w->page[i]);
	if (!fault)
		fault = gworld_compare_flush(w, &flush);
	if (!fault)
		fault = gworld_recycle(w, &freed, &flush);
	return fault;
}

#endif
