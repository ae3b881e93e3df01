// SPDX-License-Identifier: GPL-2.0-only
#include "gstage.h"

#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#define PTE_RWX		(GSTAGE_PTE_R | GSTAGE_PTE_W | GSTAGE_PTE_X)
#define PTE_GRANTS	(PTE_RWX | GSTAGE_PTE_A | GSTAGE_PTE_D)
#define PTE_PER_TABLE	512
#define ROOT_INDEX_BITS	11	/* Priv. v1.12 §8.5.1: the root index is two bits wider */
#define PBMT_RESERVED	3	/* Priv. v1.12 §6 (Svpbmt) */
#define PA_BITS		56	/* Priv. v1.12 §4.4.1: 44 bits of PPN */

static u64 level_size(unsigned int level)
{
	return 1ULL << gstage_level_shift(level);
}

static bool pte_is_leaf(u64 pte)
{
	return pte & GSTAGE_PTE_V && pte & PTE_RWX;
}

static bool pte_is_table(u64 pte)
{
	return pte & GSTAGE_PTE_V && !(pte & PTE_RWX);
}

static u64 pte_pa(u64 pte)
{
	return FIELD_GET(GSTAGE_PTE_PPN, pte) << 12;
}

static u64 pte_make(u64 pa, u64 bits)
{
	return FIELD_PREP(GSTAGE_PTE_PPN, pa >> 12) | bits | GSTAGE_PTE_V;
}

static u64 *pte_table(const struct gstage *g, u64 pte)
{
	return (u64 *)(unsigned long)(pte_pa(pte) + g->va_offset);
}

static u64 table_pte(const struct gstage *g, const u64 *table)
{
	return pte_make((unsigned long)table - g->va_offset, 0);
}

static unsigned int entries_at(const struct gstage *g, unsigned int level)
{
	return level == g->levels - 1 ? 1U << ROOT_INDEX_BITS : PTE_PER_TABLE;
}

static unsigned int entry_index(const struct gstage *g, u64 gpa, unsigned int level)
{
	return (gpa >> gstage_level_shift(level)) & (entries_at(g, level) - 1);
}

/* In the root, for a @gpa below the limit; and in the other tables. */
static u64 *root_entry(const struct gstage *g, u64 gpa)
{
	return &g->root[gpa >> gstage_level_shift(g->levels - 1)];
}

static u64 *table_entry(u64 *table, u64 gpa, unsigned int level)
{
	return &table[(gpa >> gstage_level_shift(level)) % PTE_PER_TABLE];
}

static u64 entry_end(u64 gpa, unsigned int level)
{
	return ALIGN_DOWN(gpa, level_size(level)) + level_size(level);
}

/*
 * The table that holds the leaf or the hole at @gpa, and the entry that leads to it in *@parent,
 * NULL for the root.
 */
static u64 *deepest_table(const struct gstage *g, u64 gpa, unsigned int *level, u64 **parent)
{
	unsigned int l = g->levels - 1;
	u64 *entry = root_entry(g, gpa);
	u64 *table = g->root;

	*parent = NULL;
	while (l) {
		u64 pte = READ_ONCE(*entry);

		if (!pte_is_table(pte))
			break;
		*parent = entry;
		table = pte_table(g, pte);
		entry = table_entry(table, gpa, --l);
	}
	*level = l;
	return table;
}

/* The entry that is the leaf or the hole at @gpa. */
static u64 *deepest_entry(const struct gstage *g, u64 gpa, unsigned int *level)
{
	u64 *parent;
	u64 *table = deepest_table(g, gpa, level, &parent);

	return &table[entry_index(g, gpa, *level)];
}

static void flush_add(struct gstage_flush *flush, u64 gpa, unsigned int level)
{
	u64 size = level_size(level);
	u64 start = ALIGN_DOWN(gpa, size);
	bool empty = flush->start >= flush->end;

	flush->start = empty ? start : min(flush->start, start);
	flush->end = empty ? start + size : max(flush->end, start + size);
}

/* The entry of @level around @gpa no longer leads to the table it led to. */
static void flush_add_table(struct gstage_flush *flush, u64 gpa, unsigned int level)
{
	flush_add(flush, gpa, level);
	flush->tables = true;
}

/*
 * Change bits of the leaf seen as *@pte, whatever the hardware and lockless callers do to it
 * meanwhile. False, with *@pte as it is now, when the entry became another leaf, a table or empty.
 */
static bool leaf_update(u64 *entry, u64 *pte, u64 clear, u64 set)
{
	const u64 frame = GSTAGE_PTE_PPN | GSTAGE_PTE_PBMT;
	u64 old = *pte;

	for (;;) {
		u64 new = (old & ~clear) | set;
		u64 seen = new == old ? old : cmpxchg(entry, old, new);

		if (seen == old) {
			*pte = new;
			return true;
		}
		if (!pte_is_leaf(seen) || (seen ^ old) & frame) {
			*pte = seen;
			return false;
		}
		old = seen;
	}
}

void gstage_pages_push(struct gstage_pages *pages, u64 *page)
{
	/*
	 * A walker that is still inside reads the link as an entry: the pointer is aligned, so that
	 * V is clear and the entry invalid.
	 */
	WRITE_ONCE(page[0], (unsigned long)pages->head);
	pages->head = page;
	pages->count++;
}

u64 *gstage_pages_pop(struct gstage_pages *pages)
{
	u64 *page = pages->head;

	if (!page)
		return NULL;
	pages->head = (u64 *)(unsigned long)page[0];
	pages->count--;
	page[0] = 0;
	return page;
}

void gstage_init(struct gstage *g, u64 *root, unsigned int levels, u64 va_offset)
{
	g->root = root;
	g->levels = levels;
	g->va_offset = va_offset;
}

u64 gstage_gpa_limit(const struct gstage *g)
{
	return level_size(g->levels - 1) << ROOT_INDEX_BITS;
}

/* Bounded by GSTAGE_MAX_LEVELS - 1 calls deep. */
static void free_below(const struct gstage *g, u64 *table, unsigned int level,
		       struct gstage_pages *freed, s64 *leaves)
{
	unsigned int i;

	for (i = 0; i < PTE_PER_TABLE; i++) {
		u64 pte = READ_ONCE(table[i]);

		if (pte_is_leaf(pte))
			leaves[level]--;
		else if (level && pte_is_table(pte))
			free_below(g, pte_table(g, pte), level - 1, freed, leaves);
	}
	gstage_pages_push(freed, table);
}

void gstage_free_tables(struct gstage *g, struct gstage_pages *freed)
{
	unsigned int level = g->levels - 1;
	s64 leaves[GSTAGE_MAX_LEVELS] = {};
	unsigned int i;

	for (i = 0; i < entries_at(g, level); i++) {
		u64 pte = READ_ONCE(g->root[i]);

		WRITE_ONCE(g->root[i], 0);
		if (pte_is_table(pte))
			free_below(g, pte_table(g, pte), level - 1, freed, leaves);
	}
}

/* One gstage_map(): what it wants and what it may use. */
struct map_request {
	u64			gpa;
	u64			leaf;	/* the entry wanted */
	unsigned int		level;	/* where it is wanted */
	struct gstage_pages	*spare;
	struct gstage_pages	*freed;
	struct gstage_flush	*flush;
};

/* Neither a pointer to a table, nor writable without being readable, which is reserved. */
static bool prot_is_legal(u64 prot)
{
	return prot & PTE_RWX && (prot & (GSTAGE_PTE_R | GSTAGE_PTE_W)) != GSTAGE_PTE_W;
}

static int map_check(const struct gstage *g, u64 gpa, u64 pa, unsigned int level, u64 prot)
{
	if (level >= g->levels || gpa >= gstage_gpa_limit(g) || pa >> PA_BITS)
		return -EINVAL;
	if (!IS_ALIGNED(gpa | pa, level_size(level)))
		return -EINVAL;
	if (prot & ~(PTE_GRANTS | GSTAGE_PTE_PBMT) || !prot_is_legal(prot))
		return -EINVAL;
	if (FIELD_GET(GSTAGE_PTE_PBMT, prot) == PBMT_RESERVED)
		return -EINVAL;
	return 0;
}

/* The leaf @pte at @level puts the address of @req where @req wants it. */
static bool leaf_same_frame(u64 pte, unsigned int level, const struct map_request *req)
{
	u64 inside = req->gpa & (level_size(level) - 1);

	return pte_pa(pte) + inside == pte_pa(req->leaf) &&
	       !((pte ^ req->leaf) & GSTAGE_PTE_PBMT);
}

/* Make @table map what the leaf @pte of @level maps, in leaves of the next lower level. */
static void fill_from_leaf(u64 *table, u64 pte, unsigned int level)
{
	u64 size = level_size(level - 1);
	unsigned int i;

	for (i = 0; i < PTE_PER_TABLE; i++)
		table[i] = pte + FIELD_PREP(GSTAGE_PTE_PPN, (i * size) >> 12);
}

/* Put a table in place of @old, a hole or a leaf of @level; -EAGAIN when the entry has changed. */
static int install_table(const struct gstage *g, u64 *entry, u64 old, unsigned int level,
			 struct map_request *req)
{
	u64 *table = gstage_pages_pop(req->spare);

	if (!table)
		return -ENOMEM;
	if (pte_is_leaf(old))
		fill_from_leaf(table, old, level);

	/* cmpxchg() orders the contents of the table before the pointer to it. */
	if (cmpxchg(entry, old, table_pte(g, table)) != old) {
		memset(table, 0, PTE_PER_TABLE * sizeof(*table));
		gstage_pages_push(req->spare, table);
		return -EAGAIN;
	}
	if (pte_is_leaf(old)) {
		flush_add(req->flush, req->gpa, level);
		req->flush->splits++;
		req->flush->leaves[level]--;
		req->flush->leaves[level - 1] += PTE_PER_TABLE;
	}
	return 0;
}

/* Put the wanted leaf in place of @table, which nothing else may be changing. */
static int collapse_table(const struct gstage *g, u64 *entry, u64 *table,
			  struct map_request *req)
{
	if (!req->freed)
		return -EBUSY;
	WRITE_ONCE(*entry, req->leaf);
	req->flush->added = true;
	req->flush->leaves[req->level]++;
	free_below(g, table, req->level - 1, req->freed, req->flush->leaves);
	flush_add_table(req->flush, req->gpa, req->level);
	return 0;
}

static int install_leaf(const struct gstage *g, u64 *entry, struct map_request *req)
{
	u64 pte = READ_ONCE(*entry);

	for (;;) {
		u64 seen;

		if (pte_is_table(pte))
			return collapse_table(g, entry, pte_table(g, pte), req);
		if (pte_is_leaf(pte) && leaf_same_frame(pte, req->level, req)) {
			if (!(req->leaf & PTE_GRANTS & ~pte))
				return 0;
			req->flush->relaxed = true;
			if (leaf_update(entry, &pte, 0, req->leaf & PTE_GRANTS))
				return 0;
			continue;
		}
		seen = cmpxchg(entry, pte, req->leaf);
		if (seen == pte)
			break;
		pte = seen;
	}
	req->flush->added = true;
	if (pte_is_leaf(pte))
		flush_add(req->flush, req->gpa, req->level);
	else
		req->flush->leaves[req->level]++;
	return 0;
}

int gstage_map(struct gstage *g, u64 gpa, u64 pa, unsigned int level, u64 prot,
	       struct gstage_pages *spare, struct gstage_pages *freed, struct gstage_flush *flush)
{
	struct map_request req = {
		.gpa = gpa, .level = level, .spare = spare, .freed = freed, .flush = flush,
		.leaf = gstage_leaf(pa, prot),
	};
	unsigned int l = g->levels - 1;
	u64 *entry;
	int err;

	err = map_check(g, gpa, pa, level, prot);
	if (err)
		return err;

	entry = root_entry(g, gpa);
	while (l > level) {
		u64 pte = READ_ONCE(*entry);

		if (pte_is_table(pte)) {
			entry = table_entry(pte_table(g, pte), gpa, --l);
			continue;
		}
		if (pte_is_leaf(pte) && leaf_same_frame(pte, l, &req) &&
		    !(req.leaf & PTE_GRANTS & ~pte))
			return 0;
		/* All or none: a table that is left empty would stay. */
		if (spare->count < l - level)
			return -ENOMEM;
		/* The next round finds this table, or what another caller put there. */
		install_table(g, entry, pte, l, &req);
	}
	return install_leaf(g, entry, &req);
}

unsigned int gstage_fill(struct gstage *g, u64 gpa, const u64 *leaves, unsigned int count)
{
	unsigned int i, level, index, filled = 0;
	u64 *parent;
	u64 *table;

	if (gpa >= gstage_gpa_limit(g))
		return 0;
	table = deepest_table(g, gpa, &level, &parent);
	index = entry_index(g, gpa, 0);
	if (level || index + count > PTE_PER_TABLE)
		return 0;
	for (i = 0; i < count; i++) {
		u64 *entry = &table[index + i];

		if (!leaves[i] || READ_ONCE(*entry))
			continue;
		if (!cmpxchg(entry, 0, leaves[i]))
			filled++;
	}
	return filled;
}

int gstage_split(struct gstage *g, u64 gpa, struct gstage_pages *spare,
		 struct gstage_flush *flush)
{
	struct map_request req = { .gpa = gpa, .spare = spare, .flush = flush };
	unsigned int level, was = 0;
	int err;

	if (gpa >= gstage_gpa_limit(g))
		return -ENOENT;
	for (;;) {
		u64 *entry = deepest_entry(g, gpa, &level);
		u64 pte = READ_ONCE(*entry);

		/* Another caller split it first. */
		if (level < was)
			return 0;
		if (!level || !pte_is_leaf(pte))
			return -ENOENT;
		was = level;
		err = install_table(g, entry, pte, level, &req);
		if (err != -EAGAIN)
			return err;
	}
}

static void leaf_describe(struct gstage_leaf *leaf, u64 gpa, u64 pte, unsigned int level)
{
	leaf->pte = pte;
	leaf->pa = pte_pa(pte);
	leaf->gpa = ALIGN_DOWN(gpa, level_size(level));
	leaf->level = level;
}

bool gstage_lookup(const struct gstage *g, u64 gpa, struct gstage_leaf *leaf)
{
	unsigned int level;
	u64 pte;

	if (gpa >= gstage_gpa_limit(g))
		return false;
	pte = READ_ONCE(*deepest_entry(g, gpa, &level));
	if (!pte_is_leaf(pte))
		return false;
	leaf_describe(leaf, gpa, pte, level);
	return true;
}

bool gstage_relax(struct gstage *g, u64 gpa, u64 prot, struct gstage_leaf *leaf)
{
	unsigned int level;
	u64 *entry;
	u64 pte;

	if (gpa >= gstage_gpa_limit(g))
		return false;
	entry = deepest_entry(g, gpa, &level);
	pte = READ_ONCE(*entry);
	if (!pte_is_leaf(pte) || !prot_is_legal(pte | (prot & PTE_GRANTS)))
		return false;
	if (!leaf_update(entry, &pte, 0, prot & PTE_GRANTS))
		return false;
	leaf_describe(leaf, gpa, pte, level);
	return true;
}

/* A walk over the leaves that intersect [start, end), in order and skipping holes by level. */
struct leaf_walk {
	const struct gstage	*g;
	u64			start;
	u64			end;
	u64			gpa;	/* where to go on */
	u64			seen;	/* inside the entry looked at last */
	u64			*table;	/* that holds that entry; NULL: look for it from the root */
	unsigned int		level;	/* of the table */
	bool			touched; /* something was taken out of the table */
	unsigned int		spent;	/* tables and leaves visited */
	unsigned int		budget;
	struct gstage_pages	*freed;	/* takes tables found empty */
	struct gstage_flush	*flush;
};

static struct leaf_walk walk_over(const struct gstage *g, u64 start, u64 end, unsigned int budget)
{
	return (struct leaf_walk) {
		.g = g, .start = start, .gpa = start, .budget = budget,
		.end = min(end, gstage_gpa_limit(g)),
	};
}

/* Looks behind @index first: in a walk upwards that is where something still is. */
static bool table_is_empty(const u64 *table, unsigned int index)
{
	unsigned int n;

	for (n = 1; n <= PTE_PER_TABLE; n++)
		if (READ_ONCE(table[(index + n) % PTE_PER_TABLE]) & GSTAGE_PTE_V)
			return false;
	return true;
}

/* Free the table that @gpa ends in when it is empty, and those above that become so. */
static void free_if_empty(const struct leaf_walk *w, u64 gpa)
{
	for (;;) {
		unsigned int level;
		u64 *parent;
		u64 *table = deepest_table(w->g, gpa, &level, &parent);

		if (!parent || !table_is_empty(table, entry_index(w->g, gpa, level)))
			return;
		WRITE_ONCE(*parent, 0);
		gstage_pages_push(w->freed, table);
		flush_add_table(w->flush, gpa, level + 1);
	}
}

/* No table is ever left empty, so one that nothing was taken out of needs no look. */
static void walk_leave_table(struct leaf_walk *w)
{
	w->table = NULL;
	if (w->touched)
		free_if_empty(w, w->seen);
	w->touched = false;
}

/* Whether the walk left its table; a table other than the root begins at a multiple of its size. */
static bool walk_is_behind_table(const struct leaf_walk *w)
{
	return entry_end(w->seen, w->level + 1) <= w->gpa;
}

/* Entries of 4 KiB from where the walk is to its end or to the end of the table. */
static unsigned int walk_pages_left(const struct leaf_walk *w)
{
	u64 end = min(w->end, entry_end(w->gpa, 1));

	return (end - ALIGN_DOWN(w->gpa, level_size(0)) + level_size(0) - 1) >> 12;
}

/*
 * The next entries that may hold leaves: in *@entries one that does, or some of level 0 of which
 * each may. To be passed with walk_pass(). 0 at the end, and when the budget is spent; at least one
 * entry is passed before that, so that every call gets on.
 */
static unsigned int walk_next(struct leaf_walk *w, u64 **entries)
{
	for (;;) {
		u64 pte;

		bool over = w->gpa >= w->end || (w->spent >= w->budget && w->gpa > w->start);

		if (w->table && (over || walk_is_behind_table(w)))
			walk_leave_table(w);
		if (over)
			return 0;
		if (!w->table) {
			u64 *parent;

			w->table = deepest_table(w->g, w->gpa, &w->level, &parent);
			w->spent++;
		}
		w->seen = w->gpa;
		*entries = &w->table[entry_index(w->g, w->gpa, w->level)];
		if (!w->level)
			return walk_pages_left(w);
		pte = READ_ONCE(**entries);
		if (pte_is_leaf(pte))
			return 1;
		if (pte_is_table(pte))
			w->table = NULL;
		else
			w->gpa = entry_end(w->gpa, w->level);
	}
}

/* How many leaves may be visited before the walk has to end. */
static unsigned int walk_leaves_left(const struct leaf_walk *w)
{
	return w->spent < w->budget ? w->budget - w->spent : 1;
}

/* Go on behind the first @count entries from walk_next(), at least one, among them @leaves. */
static void walk_pass(struct leaf_walk *w, unsigned int count, unsigned int leaves)
{
	w->seen += (count - 1) * level_size(w->level);
	w->gpa = entry_end(w->seen, w->level);
	w->spent += leaves;
}

/* Look once more at the entry that was seen last, since something else changed it. */
static void walk_again(struct leaf_walk *w)
{
	w->table = NULL;
}

static u64 walk_result(const struct leaf_walk *w, u64 end)
{
	return w->gpa >= w->end ? end : w->gpa;
}

/* Add entries from walk_next() to what has to be fenced. */
static void walk_flush(const struct leaf_walk *w, unsigned int first, unsigned int last)
{
	flush_add(w->flush, w->seen + first * level_size(w->level), w->level);
	flush_add(w->flush, w->seen + last * level_size(w->level), w->level);
}

static void unmap_entries(struct leaf_walk *w, u64 *entries, unsigned int count)
{
	unsigned int left = walk_leaves_left(w), leaves = 0;
	unsigned int first = 0, last = 0, i;

	for (i = 0; i < count && leaves < left; i++) {
		if (!READ_ONCE(entries[i]))
			continue;
		WRITE_ONCE(entries[i], 0);
		if (!leaves++)
			first = i;
		last = i;
	}
	if (leaves) {
		walk_flush(w, first, last);
		w->flush->leaves[w->level] -= leaves;
		w->touched = true;
	}
	walk_pass(w, i, leaves);
}

u64 gstage_unmap(struct gstage *g, u64 start, u64 end, unsigned int budget,
		 struct gstage_pages *freed, struct gstage_flush *flush)
{
	struct leaf_walk w = walk_over(g, start, end, budget);
	unsigned int count;
	u64 *entries;

	w.freed = freed;
	w.flush = flush;
	while ((count = walk_next(&w, &entries)))
		unmap_entries(&w, entries, count);
	return walk_result(&w, end);
}

/*
 * Clear @bit in a leaf that has it; what it held is returned. Whatever else came into the entry
 * meanwhile: a hole or a table has no such bit, and another leaf may lose it.
 */
static u64 entry_clear(u64 *entry, u64 bit)
{
	return atomic64_fetch_andnot(bit, (atomic64_t *)entry);
}

#define ALL_ENTRIES	(~0ULL)

/* Clear @bit in those entries that have it and that @mask has a bit for; whether any had. */
static bool clear_entries(struct leaf_walk *w, u64 bit, s64 mask, u64 *entries,
			  unsigned int count)
{
	unsigned int left = walk_leaves_left(w), leaves = 0, changed = 0;
	unsigned int first = 0, last = 0, i;

	/* An arithmetic shift: ALL_ENTRIES stays what it is. */
	for (i = 0; i < count && leaves < left; i++, mask >>= 1) {
		u64 pte = READ_ONCE(entries[i]);

		leaves += pte & GSTAGE_PTE_V;
		if (!(pte & bit) || !(mask & 1))
			continue;
		pte = entry_clear(&entries[i], bit);
		if (w->level && pte_is_table(pte)) {
			walk_again(w);
			return false;
		}
		if (!(pte & bit))
			continue;
		if (!changed++)
			first = i;
		last = i;
	}
	if (changed)
		walk_flush(w, first, last);
	walk_pass(w, i, leaves);
	return changed;
}

/* Clear @bit wherever it is set on the way; whether it was anywhere. */
static bool walk_clear(struct leaf_walk *w, u64 bit)
{
	bool found = false;
	unsigned int count;
	u64 *entries;

	while ((count = walk_next(w, &entries)))
		found |= clear_entries(w, bit, ALL_ENTRIES, entries, count);
	return found;
}

u64 gstage_wrprotect(struct gstage *g, u64 start, u64 end, unsigned int budget,
		     struct gstage_flush *flush)
{
	struct leaf_walk w = walk_over(g, start, end, budget);

	w.flush = flush;
	walk_clear(&w, GSTAGE_PTE_W);
	return walk_result(&w, end);
}

/* The part of a mask, whose bit 0 is page @gfn, that stands for what walk_next() found. */
static u64 walk_mask(const struct leaf_walk *w, u64 gfn, u64 mask)
{
	u64 pages = (entry_end(w->seen, w->level) - w->seen) >> 12;

	mask >>= (w->seen >> 12) - gfn;
	if (!w->level)
		return mask;
	/* One leaf, which may stand for several pages */
	return mask & (pages < 64 ? GENMASK_ULL(pages - 1, 0) : ALL_ENTRIES) ? ALL_ENTRIES : 0;
}

void gstage_wrprotect_mask(struct gstage *g, u64 gfn, u64 mask, struct gstage_flush *flush)
{
	struct leaf_walk w;
	unsigned int count;
	u64 *entries;

	if (!mask || gfn >= gstage_gpa_limit(g) >> 12)
		return;
	gfn += __ffs64(mask);
	mask >>= __ffs64(mask);
	/* Below 2^59, the limit of Sv57x4, plus 64 pages: cannot overflow */
	w = walk_over(g, gfn << 12, (gfn + fls64(mask)) << 12, UINT_MAX);
	w.flush = flush;
	while ((count = walk_next(&w, &entries)))
		clear_entries(&w, GSTAGE_PTE_W, walk_mask(&w, gfn, mask), entries, count);
}

bool gstage_test_young(const struct gstage *g, u64 start, u64 end)
{
	struct leaf_walk w = walk_over(g, start, end, UINT_MAX);
	unsigned int count, i;
	u64 *entries;

	while ((count = walk_next(&w, &entries))) {
		for (i = 0; i < count; i++)
			if (READ_ONCE(entries[i]) & GSTAGE_PTE_A)
				return true;
		walk_pass(&w, count, 0);
	}
	return false;
}

bool gstage_clear_young(struct gstage *g, u64 start, u64 end, struct gstage_flush *flush)
{
	struct leaf_walk w = walk_over(g, start, end, UINT_MAX);

	w.flush = flush;
	return walk_clear(&w, GSTAGE_PTE_A);
}
