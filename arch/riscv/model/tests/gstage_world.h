/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * G-stage tables beside the flat model of them, for the unit tests and the fuzzers. gworld_step()
 * does one operation on both and compares what can be compared quickly, gworld_check() the rest.
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
#include "gstage_flat.h"

#define GWORLD_TABLES	96
#define GWORLD_ROOT	(1U << GSTAGE_ROOT_ORDER)
#define GWORLD_BYTES	((GWORLD_TABLES + GWORLD_ROOT + 1) * SZ_4K)
#define GWORLD_PAGES	43
#define GWORLD_PA	0x80000000ULL	/* where the tables lie, as the hardware sees it */
#define GWORLD_RWX	(GSTAGE_PTE_R | GSTAGE_PTE_W | GSTAGE_PTE_X)
#define GWORLD_GRANTS	(GWORLD_RWX | GSTAGE_PTE_A | GSTAGE_PTE_D)
#define GWORLD_FILL	64

struct gworld {
	struct gstage		g;
	u64			*tables;
	struct gstage_pages	spare;
	u64			gpa[GWORLD_PAGES];	/* where operations begin and end */
	struct flat		now;
	struct flat		before;			/* the last step */
	u64			found[GSTAGE_MAX_LEVELS];
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
	GOP_MAP_SCARCE,
	GOP_FILL,
	GOP_UNMAP,
	GOP_UNMAP_PAGE,
	GOP_WRPROTECT,
	GOP_WRPROTECT_MASK,
	GOP_RELAX,
	GOP_SPLIT,
	GOP_YOUNG,
	GOP_CLEAR_YOUNG,
	GOP_HART,
	GOP_FREE,
	GOP_KINDS,
};

/* What an operation gave, and what the model says that it should have. */
struct gdone {
	struct gstage_pages	freed;
	struct gstage_flush	flush;
	unsigned int		splits;
	bool			added;
	bool			relaxed;
};

static inline u64 gworld_size(unsigned int level)
{
	return flat_size(level);
}

/* @memory: GWORLD_BYTES zeroed bytes, any alignment. */
static inline void gworld_init(struct gworld *w, void *memory, unsigned int levels)
{
	u64 *root = (u64 *)ALIGN((unsigned long)memory, SZ_4K);
	const u64 limit = 1ULL << (14 + 9 * levels);
	const u64 chunk[] = {
		0, SZ_2M, SZ_1G - SZ_2M, SZ_1G, 3ULL * SZ_1G + 8 * SZ_2M, 512ULL * SZ_1G,
		limit / 4, limit / 2 + SZ_1G, limit - SZ_1G, limit - SZ_2M,
	};
	unsigned int i, n = 0;

	w->now.count = 0;
	w->spare = (struct gstage_pages) {};
	w->tables = root + GWORLD_ROOT * 512;
	gstage_init(&w->g, root, levels, (unsigned long)w->tables - GWORLD_PA);
	for (i = 0; i < GWORLD_TABLES; i++)
		gstage_pages_push(&w->spare, w->tables + i * 512);

	for (i = 0; i < ARRAY_SIZE(chunk); i++) {
		w->gpa[n++] = chunk[i];
		w->gpa[n++] = chunk[i] + SZ_4K;
		w->gpa[n++] = chunk[i] + 70 * SZ_4K;
		w->gpa[n++] = chunk[i] + SZ_2M - SZ_4K;
	}
	/* What cannot be addressed */
	w->gpa[n++] = limit;
	w->gpa[n++] = 1ULL << 63;
	w->gpa[n++] = -(u64)SZ_4K;
}

/* ---- what is in the tables ----------------------------------------------------------------- */

/* The entry of the leaf that a hart finds, as Priv. v1.12 §4.3.2 and §8.5.1 have it. */
static inline u64 *gworld_walk(const struct gworld *w, u64 gpa, unsigned int *level)
{
	unsigned int l = w->g.levels - 1;
	u64 index = gpa >> gstage_level_shift(l);
	u64 *table = w->g.root;

	if (index >= GWORLD_ROOT * 512)
		return NULL;
	while (table[index] & GSTAGE_PTE_V) {
		if (table[index] & GWORLD_RWX) {
			*level = l;
			return &table[index];
		}
		if (!l--)
			break;
		table = (u64 *)(unsigned long)((table[index] >> 10 << 12) + w->g.va_offset);
		index = gpa >> gstage_level_shift(l) & 511;
	}
	return NULL;
}

static inline const char *gworld_compare_leaf(const struct flat_run *run, u64 pte, u64 gpa,
					      unsigned int level)
{
	if (!run)
		return "a page is mapped that should not be";
	if (level != run->level)
		return "a leaf has another level";
	if ((pte & GSTAGE_PTE_PPN) << 2 != ALIGN_DOWN(gpa, flat_size(level)) + run->delta)
		return "a page leads to another address";
	if ((pte & ~GSTAGE_PTE_PPN) != (run->bits | GSTAGE_PTE_V | GSTAGE_PTE_U))
		return "a leaf has other bits";
	return NULL;
}

static inline const char *gworld_compare_page(struct gworld *w, u64 gpa)
{
	const struct flat_run *run = flat_find(&w->now, gpa);
	struct gstage_leaf leaf;
	unsigned int level = 0;
	u64 *entry;

	entry = gworld_walk(w, gpa, &level);
	if (gstage_lookup(&w->g, gpa, &leaf) != !!entry)
		return "the look-up finds something else than a hart";
	if (!entry)
		return run ? "a page was lost" : NULL;
	if (leaf.pte != *entry || leaf.level != level || leaf.pa != (leaf.pte << 10 >> 20 << 12) ||
	    leaf.gpa != ALIGN_DOWN(gpa, flat_size(level)))
		return "the look-up tells something wrong";
	return gworld_compare_leaf(run, *entry, gpa, level);
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

/* @flat: compare the leaves with it, unless NULL. */
static inline const char *gworld_count_below(struct gworld *w, const u64 *table, u64 gpa,
					     unsigned int level, struct flat *flat)
{
	unsigned int i, n = level == w->g.levels - 1 ? GWORLD_ROOT * 512 : 512, used = 0;
	const char *fault = NULL;

	for (i = 0; i < n && !fault; i++, gpa += flat_size(level)) {
		const u64 *child;

		if (!table[i])
			continue;
		used++;
		if (!(table[i] & GSTAGE_PTE_V))
			return "an empty entry is not zero";
		if (table[i] & GWORLD_RWX) {
			w->found[level]++;
			if (flat)
				fault = gworld_compare_leaf(flat_find(flat, gpa), table[i], gpa,
							    level);
			continue;
		}
		if (!level || table[i] & ~(GSTAGE_PTE_PPN | GSTAGE_PTE_V))
			return "a pointer to a table has other bits";
		child = (u64 *)(unsigned long)((table[i] >> 10 << 12) + w->g.va_offset);
		fault = gworld_count_table(w, child);
		if (!fault)
			fault = gworld_count_below(w, child, gpa, level - 1, flat);
	}
	if (flat && !fault && !used && table != w->g.root)
		return "a table is empty";
	return fault;
}

static inline const char *gworld_scan(struct gworld *w, struct flat *flat)
{
	const char *fault;
	const u64 *page;

	bitmap_zero(w->counted, GWORLD_TABLES);
	memset(w->found, 0, sizeof(w->found));
	fault = gworld_count_below(w, w->g.root, 0, w->g.levels - 1, flat);
	for (page = w->spare.head; page && !fault; page = (u64 *)(unsigned long)page[0])
		fault = gworld_count_table(w, page);
	if (!fault && bitmap_weight(w->counted, GWORLD_TABLES) != GWORLD_TABLES)
		fault = "a table was lost";
	return fault;
}

/* Every table has to be in the tree or in the list of spare ones, and once. */
static inline const char *gworld_count(struct gworld *w)
{
	return gworld_scan(w, NULL);
}

/* For a world that only gworld_step() changed: is in it what the model has, and nothing else? */
static inline const char *gworld_check(struct gworld *w)
{
	const char *fault = gworld_scan(w, &w->now);
	unsigned int level;

	for (level = 0; level < GSTAGE_MAX_LEVELS && !fault; level++)
		if (w->found[level] != flat_leaves(&w->now, level))
			fault = "a leaf was lost";
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

/* ---- the operations ------------------------------------------------------------------------ */

/* Mostly good, but for three values. */
static inline u64 gop_prot(const struct gop *op)
{
	u64 prot = GSTAGE_PTE_R;

	if (op->bits == 255)
		return GSTAGE_PTE_W;
	if (op->bits == 254)
		return GSTAGE_PTE_R | GSTAGE_PTE_PBMT;
	if (op->bits == 253)
		return GSTAGE_PTE_A;
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

static inline bool gworld_prot_is_good(u64 prot)
{
	return prot & GWORLD_RWX && (prot & GSTAGE_PTE_PBMT) != GSTAGE_PTE_PBMT &&
	       (prot & (GSTAGE_PTE_R | GSTAGE_PTE_W)) != GSTAGE_PTE_W;
}

/* One of four places, each of which suits every level */
static inline u64 gop_pa(const struct gop *op, u64 gpa)
{
	return (gpa & ((1ULL << 54) - 1)) | (u64)(op->other & 3) << 54;
}

struct gmap {
	u64			gpa;
	u64			pa;
	u64			prot;
	unsigned int		level;
	struct gstage_pages	*spare;
	struct gstage_pages	*freed;
	unsigned int		tables;		/* spare ones there were */
	int			err;
};

static inline bool gmap_same_frame(const struct gmap *m, const struct flat_run *run)
{
	return run->delta == m->pa - m->gpa && !((run->bits ^ m->prot) & GSTAGE_PTE_PBMT);
}

/* Is there a leaf smaller than the one to be put in? */
static inline bool gmap_finds_smaller(const struct gmap *m, const struct flat *f)
{
	unsigned int i = flat_index(f, m->gpa);

	return i < f->count && f->run[i].start < m->gpa + flat_size(m->level) &&
	       f->run[i].level < m->level;
}

/* Out of tables: nothing has changed, as is found out afterwards. */
static inline const char *gworld_expect_nomem(struct gworld *w, const struct gmap *m)
{
	if (m->tables >= w->g.levels - 1 - m->level)
		return "there were tables enough";
	return m->spare->count == m->tables ? NULL : "tables were taken that do not suffice";
}

static inline const char *gworld_expect_map(struct gworld *w, const struct gmap *m,
					    struct gdone *done)
{
	const struct flat_run *run = flat_find(&w->now, m->gpa);
	bool smaller;

	if (m->level >= w->g.levels || m->gpa >> (14 + 9 * w->g.levels) ||
	    !gworld_prot_is_good(m->prot))
		return m->err == -EINVAL ? NULL : "a bad request was taken";
	if (run && run->level > m->level && gmap_same_frame(m, run) &&
	    !(m->prot & GWORLD_GRANTS & ~run->bits))
		return m->err ? "what was there already was not found" : NULL;
	if (m->err == -ENOMEM)
		return gworld_expect_nomem(w, m);
	smaller = gmap_finds_smaller(m, &w->now);
	if (!m->freed && smaller)
		return m->err == -EBUSY ? NULL : "a table was replaced";
	if (m->err == -EBUSY)
		return "no table was in the way";
	if (m->err)
		return "a mapping failed";

	done->splits = flat_split(&w->now, m->gpa, m->level);
	run = flat_find(&w->now, m->gpa);
	if (run && run->level == m->level && gmap_same_frame(m, run)) {
		done->relaxed = m->prot & GWORLD_GRANTS & ~run->bits;
		flat_change(&w->now, m->gpa, m->gpa + 1, 0, m->prot & GWORLD_GRANTS);
		return NULL;
	}
	done->added = true;
	flat_put(&w->now, m->gpa, m->pa, m->level, m->prot);
	return NULL;
}

static inline const char *gworld_map(struct gworld *w, const struct gop *op, u64 at,
				     struct gdone *done)
{
	struct gmap m = {
		.level = op->level % (w->g.levels + 1), .prot = gop_prot(op), .spare = &w->spare,
		.freed = op->kind == GOP_MAP_SHARED ? NULL : &done->freed,
	};
	struct gstage_pages few = {};
	const char *fault;

	m.gpa = ALIGN_DOWN(at, flat_size(m.level));
	m.pa = gop_pa(op, m.gpa);
	if (op->kind == GOP_MAP_SCARCE) {
		m.spare = &few;
		while (few.count < op->budget % GSTAGE_MAX_LEVELS && w->spare.head)
			gstage_pages_push(&few, gstage_pages_pop(&w->spare));
	}
	m.tables = m.spare->count;
	m.err = gstage_map(&w->g, m.gpa, m.pa, m.level, m.prot, m.spare, m.freed, &done->flush);
	fault = gworld_expect_map(w, &m, done);
	while (few.head)
		gstage_pages_push(&w->spare, gstage_pages_pop(&few));
	return fault;
}

static inline const char *gworld_fill(struct gworld *w, const struct gop *op, u64 at,
				      struct gdone *done)
{
	unsigned int i, filled, expected = 0, count = 1 + op->other / (256 / GWORLD_FILL);
	u64 gpa = at + op->level * SZ_4K, leaves[GWORLD_FILL];
	u64 end = ALIGN_DOWN(gpa, SZ_2M) + SZ_2M;
	unsigned int level = GSTAGE_MAX_LEVELS;
	struct gop good = { .bits = op->bits % 253, .other = op->other };

	for (i = 0; i < count; i++)
		leaves[i] = op->budget >> i % 8 & 1 ?
			    gstage_leaf(gop_pa(&good, gpa + i * SZ_4K), gop_prot(&good)) : 0;
	filled = gstage_fill(&w->g, gpa, leaves, count);
	done->flush.leaves[0] += filled;

	/* Is there a table? */
	if (flat_has(&w->now, end - SZ_2M, end, GWORLD_RWX))
		level = w->now.run[flat_index(&w->now, end - SZ_2M)].level;
	if (gpa + count * SZ_4K > end || level)
		return filled ? "filled what cannot be filled" : NULL;
	for (i = 0; i < count; i++, gpa += SZ_4K) {
		if (!leaves[i] || flat_find(&w->now, gpa))
			continue;
		expected++;
		flat_put(&w->now, gpa, gop_pa(&good, gpa), 0, gop_prot(&good));
	}
	return filled == expected ? NULL : "filled more or less than there were holes";
}

/* Unmap or write-protect [start, end), in steps. */
static inline const char *gworld_range(struct gworld *w, const struct gop *op, u64 start, u64 end,
				       struct gdone *done)
{
	bool protect = op->kind == GOP_WRPROTECT;
	u64 at = start;

	while (at < end) {
		u64 next = protect ?
			   gstage_wrprotect(&w->g, at, end, op->budget, &done->flush) :
			   gstage_unmap(&w->g, at, end, op->budget, &done->freed, &done->flush);

		if (next <= at || next > end)
			return "a walk does not get on";
		at = next;
	}
	if (protect)
		flat_change(&w->now, start, end, GSTAGE_PTE_W, 0);
	else
		flat_erase(&w->now, start, end);
	return NULL;
}

static inline void gworld_mask(struct gworld *w, const struct gop *op, u64 gpa, struct gdone *done)
{
	u64 mask = (u64)op->bits << 56 | (u64)op->budget << 2 | op->other;
	u64 gfn = (gpa >> 12) + op->level;
	unsigned int bit;

	gstage_wrprotect_mask(&w->g, gfn, mask, &done->flush);
	for (bit = 0; bit < 64; bit++)
		if (mask >> bit & 1 && !((gfn + bit) >> (2 + 9 * w->g.levels)))
			flat_change(&w->now, (gfn + bit) << 12, ((gfn + bit) << 12) + SZ_4K,
				    GSTAGE_PTE_W, 0);
}

static inline const char *gworld_relax(struct gworld *w, const struct gop *op, u64 gpa)
{
	u64 prot = gop_prot(op) & GWORLD_GRANTS & ~(op->other & 1 ? GSTAGE_PTE_R : 0);
	const struct flat_run *run = flat_find(&w->now, gpa);
	struct gstage_leaf leaf = {};
	bool good = run && gworld_prot_is_good((run->bits | prot) & ~GSTAGE_PTE_PBMT);

	if (gstage_relax(&w->g, gpa, prot, &leaf) != good)
		return "relaxing found something else";
	if (!good)
		return NULL;
	flat_change(&w->now, gpa, gpa + 1, 0, prot);
	return gworld_compare_leaf(flat_find(&w->now, gpa), leaf.pte, gpa, leaf.level);
}

static inline const char *gworld_split(struct gworld *w, u64 gpa, struct gdone *done)
{
	const struct flat_run *run = flat_find(&w->now, gpa);
	int err = gstage_split(&w->g, gpa, &w->spare, &done->flush);

	if (err != (run && run->level ? 0 : -ENOENT))
		return "splitting gave another error";
	if (!err)
		done->splits = flat_split(&w->now, gpa, run->level - 1);
	return NULL;
}

static inline const char *gworld_age(struct gworld *w, const struct gop *op, u64 start, u64 end,
				     struct gdone *done)
{
	bool young = flat_has(&w->now, start, end, GSTAGE_PTE_A);

	if (gstage_test_young(&w->g, start, end) != young)
		return "a young page was missed, or an old one found young";
	if (op->kind == GOP_YOUNG)
		return NULL;
	flat_change(&w->now, start, end, GSTAGE_PTE_A, 0);
	return gstage_clear_young(&w->g, start, end, &done->flush) == young ?
	       NULL : "clearing found other pages than testing";
}

/* A hart with Svadu accesses a page. */
static inline void gworld_hart(struct gworld *w, const struct gop *op, u64 gpa)
{
	unsigned int level;
	u64 *entry = gworld_walk(w, gpa, &level);
	u64 bits = GSTAGE_PTE_A;

	if (!entry)
		return;
	if (op->bits & 1 && *entry & GSTAGE_PTE_W)
		bits |= GSTAGE_PTE_D;
	*entry |= bits;
	flat_change(&w->now, gpa, gpa + 1, 0, bits);
}

static inline const char *gworld_free(struct gworld *w, struct gdone *done)
{
	unsigned int i;

	gstage_free_tables(&w->g, &done->freed);
	done->flush = (struct gstage_flush) { .end = U64_MAX, .tables = true };
	for (i = 0; i < GSTAGE_MAX_LEVELS; i++)
		done->flush.leaves[i] = -flat_leaves(&w->now, i);
	flat_erase(&w->now, 0, U64_MAX);
	for (i = 0; i < GWORLD_ROOT * 512; i++)
		if (w->g.root[i])
			return "the root is not empty";
	return w->spare.count + done->freed.count == GWORLD_TABLES ?
	       NULL : "not all tables were freed";
}

static inline const char *gworld_do(struct gworld *w, const struct gop *op, struct gdone *done)
{
	u64 gpa = w->gpa[op->page % GWORLD_PAGES];
	u64 other = w->gpa[op->other % GWORLD_PAGES];
	u64 start = min(gpa, other) + (op->level & 1 ? SZ_4K : 0);
	u64 end = op->level & 2 ? U64_MAX : max(gpa, other) + (op->level & 4 ? 1 : SZ_4K);

	switch (op->kind) {
	case GOP_MAP:
	case GOP_MAP_SHARED:
	case GOP_MAP_SCARCE:
		return gworld_map(w, op, gpa, done);
	case GOP_FILL:
		return gworld_fill(w, op, gpa, done);
	case GOP_UNMAP_PAGE:
		return gworld_range(w, op, gpa, gpa + SZ_4K, done);
	case GOP_UNMAP:
	case GOP_WRPROTECT:
		return gworld_range(w, op, start, end, done);
	case GOP_WRPROTECT_MASK:
		gworld_mask(w, op, gpa, done);
		return NULL;
	case GOP_RELAX:
		return gworld_relax(w, op, gpa);
	case GOP_SPLIT:
		return gworld_split(w, gpa, done);
	case GOP_YOUNG:
	case GOP_CLEAR_YOUNG:
		return gworld_age(w, op, start, end, done);
	case GOP_HART:
		gworld_hart(w, op, gpa);
		return NULL;
	default:
		/* Rare, or nothing ever grows. */
		return op->budget ? NULL : gworld_free(w, done);
	}
}

/* Does what the caller is told fit what was done? */
static inline const char *gworld_compare_told(struct gworld *w, const struct gdone *done)
{
	unsigned int level;

	for (level = 0; level < GSTAGE_MAX_LEVELS; level++)
		if (done->flush.leaves[level] != (s64)(flat_leaves(&w->now, level) -
						       flat_leaves(&w->before, level)))
			return "the count of leaves is wrong";
	if (done->flush.splits != done->splits)
		return "the count of splits is wrong";
	if (done->flush.added != done->added || done->flush.relaxed != done->relaxed)
		return "what was done to the leaf is told wrong";
	return flat_compare_flush(&w->before, &w->now, &done->flush);
}

/* Do one operation on the tables and on the model; NULL, or what differs. */
static inline const char *gworld_step(struct gworld *w, const struct gop *step)
{
	struct gdone done = {};
	struct gop op = *step;
	const char *fault;
	unsigned int i;

	op.kind %= GOP_KINDS;
	if (flat_is_full(&w->now))
		op = (struct gop) { .kind = GOP_FREE };
	flat_copy(&w->before, &w->now);
	fault = gworld_do(w, &op, &done);
	flat_tidy(&w->now);
	for (i = 0; i < GWORLD_PAGES && !fault; i++)
		fault = gworld_compare_page(w, w->gpa[i]);
	if (!fault)
		fault = gworld_compare_told(w, &done);
	if (!fault)
		fault = gworld_recycle(w, &done.freed, &done.flush);
	return fault;
}

#endif
