/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * G-stage page tables (Sv39x4, Sv48x4, Sv57x4) as a pure data structure: no locks, no allocation,
 * no fences. The caller owns all of those; every function adds to *flush what must be fenced
 * before memory is reused, also when it returns an error.
 *
 * What may run at the same time:
 * - gstage_unmap(), gstage_free_tables() and gstage_map() with a list of freed tables: nothing
 *   else but the third group;
 * - gstage_map() without that list, gstage_fill(), gstage_split(): each other and the third group;
 * - gstage_lookup(), gstage_relax(), gstage_wrprotect(), gstage_wrprotect_mask(),
 *   gstage_test_young(), gstage_clear_young(): everything, provided that freed tables stay readable
 *   (and are neither zeroed nor reused) until the callers of this group have left, an RCU grace
 *   period for instance.
 * Harts walk the tables all the time, and may set A and D in a valid leaf (Svadu).
 *
 * What a call found already gone or protected it does not add to *flush, although the fence of the
 * call that did it may be outstanding. Where that matters (a page is reused, a dirty bit is told)
 * the caller fences before it lets the next one in, or waits for fences under way.
 */
#ifndef RVH_MODEL_GSTAGE_H
#define RVH_MODEL_GSTAGE_H

#include <linux/bits.h>
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

/*
 * Tables on a list are linked through their first word; the last one holds 0. Spare tables are
 * otherwise zero; what freed ones hold is left over, so zero them before they become spare again.
 */
struct gstage_pages {
	u64		*head;
	unsigned int	count;
};

struct gstage {
	u64		*root;
	u64		va_offset;	/* virtual address = physical address + va_offset */
	u8		levels;		/* 3, 4 or 5 */
};

/*
 * What the caller has to fence: [start, end) in guest-physical bytes; empty when start >= end,
 * which is how the caller starts. A fence by address orders leaf entries only: where @tables is
 * set, the whole VMID has to be fenced before freed tables are reused. Priv. v1.12 §4.2.1
 * (Supervisor Memory-Management Fence Instruction), §8.3.2
 *
 * @added: a leaf was put in; @relaxed: one got permissions. A hart that faulted although neither
 * was to be done remembers an older entry, and needs a fence for itself.
 *
 * @splits: huge leaves that were split; @leaves: by how many the leaves of each level changed.
 */
struct gstage_flush {
	u64		start;
	u64		end;
	bool		tables;
	bool		added;
	bool		relaxed;
	u8		splits;
	s64		leaves[GSTAGE_MAX_LEVELS];
};

struct gstage_leaf {
	u64		pte;
	u64		pa;		/* of the leaf's first byte */
	u64		gpa;		/* of the leaf's first byte */
	u8		level;
};

/**
 * gstage_pages_push() - Put a table at the head of a list.
 * @pages: The list.
 * @page:  A page; its first word becomes the link.
 */
void gstage_pages_push(struct gstage_pages *pages, u64 *page);

/**
 * gstage_pages_pop() - Take the table at the head of a list.
 * @pages: The list.
 *
 * Return: The page, its first word zeroed; NULL when the list is empty.
 */
u64 *gstage_pages_pop(struct gstage_pages *pages);

/**
 * gstage_init() - Describe an empty set of tables.
 * @g:         Filled in.
 * @root:      1 << GSTAGE_ROOT_ORDER zeroed pages, aligned to their size; stays the caller's.
 * @levels:    3, 4 or 5: Sv39x4, Sv48x4, Sv57x4.
 * @va_offset: What turns the physical address of a table into an address it is reached at.
 */
void gstage_init(struct gstage *g, u64 *root, unsigned int levels, u64 va_offset);

/**
 * gstage_gpa_limit() - Tell how far the guest can address.
 * @g: The tables.
 *
 * Return: First guest-physical byte that cannot be mapped: 2^41, 2^50 or 2^59.
 */
u64 gstage_gpa_limit(const struct gstage *g);

/**
 * gstage_map() - Map one page or one huge page.
 * @g:     The tables.
 * @gpa:   Guest-physical address, aligned to the size of @level.
 * @pa:    Physical address, aligned to the size of @level.
 * @level: 0 for 4 KiB, 1 for 2 MiB, and so on below the number of levels.
 * @prot:  GSTAGE_PTE_R, _W, _X, _A, _D and a value in GSTAGE_PTE_PBMT; V and U are added.
 * @spare: Zeroed tables; at most one for each level may be taken, one more for each level of a huge
 *         leaf that has to be split.
 * @freed: Takes the tables that a huge leaf replaces; NULL when other calls may run at the same
 *         time.
 * @flush: What to fence is added.
 *
 * A leaf that puts @gpa at @pa already stays as it is and has missing permissions added, a huge one
 * by splitting it when @level is smaller. Any other leaf there is replaced. Neither an entry that
 * was empty nor added permissions need a fence on other harts; a hart that faulted on one of these
 * may still remember the old entry and has to fence for itself if it faults again.
 *
 * Context: See the top of this file. Work is bounded by the number of levels, or, where @freed is
 *          used, by the number of tables freed.
 * Return:  0; -EINVAL for a bad address, level or permission; -ENOMEM when @spare has too few:
 *          nothing has changed then; -EBUSY when a huge leaf would replace a table and @freed is
 *          NULL.
 */
int gstage_map(struct gstage *g, u64 gpa, u64 pa, unsigned int level, u64 prot,
	       struct gstage_pages *spare, struct gstage_pages *freed, struct gstage_flush *flush);

/**
 * gstage_leaf() - The entry of a leaf.
 * @pa:   Physical address, aligned to the leaf's size.
 * @prot: As for gstage_map().
 */
static inline u64 gstage_leaf(u64 pa, u64 prot)
{
	return pa >> 12 << 10 | prot | GSTAGE_PTE_V | GSTAGE_PTE_U;
}

/**
 * gstage_fill() - Map pages of 4 KiB where holes are, as long as this needs no table.
 * @g:      The tables.
 * @gpa:    Of the first page, aligned to 4 KiB.
 * @leaves: What to map from there on, by gstage_leaf(); 0 leaves a page as it is.
 * @count:  Pages; the last one lies in the same 2 MiB as the first.
 *
 * What is mapped already stays as it is. No hart needs a fence. The pages that were mapped are the
 * caller's to add to the count of leaves.
 *
 * Context: As for gstage_map() without a list of freed tables.
 * Return:  How many pages were mapped.
 */
unsigned int gstage_fill(struct gstage *g, u64 gpa, const u64 *leaves, unsigned int count);

/**
 * gstage_lookup() - Find the leaf that maps an address.
 * @g:    The tables.
 * @gpa:  Guest-physical address in bytes; any.
 * @leaf: Filled in when there is one.
 *
 * Return: Whether there is one.
 */
bool gstage_lookup(const struct gstage *g, u64 gpa, struct gstage_leaf *leaf);

/**
 * gstage_relax() - Add permissions to the leaf that maps an address.
 * @g:    The tables.
 * @gpa:  Guest-physical address in bytes; any.
 * @prot: GSTAGE_PTE_R, _W, _X, _A and _D to be added.
 * @leaf: Filled in with the leaf as it is then.
 *
 * A huge leaf gets them as a whole. No other hart needs a fence. That the page may have them, now
 * and not only when the caller looked, is the caller's to know.
 *
 * Return: true; false when no leaf is there, when it was being replaced, or when it would become
 *         writable without being readable.
 */
bool gstage_relax(struct gstage *g, u64 gpa, u64 prot, struct gstage_leaf *leaf);

/**
 * gstage_unmap() - Remove every leaf that intersects a range, and the tables this empties.
 * @g:      The tables.
 * @start:  First guest-physical byte.
 * @end:    First byte behind the range; may lie behind what can be addressed.
 * @budget: Tables and leaves to visit before returning early, at least one.
 * @freed:  Takes the tables; reuse them after the fence.
 * @flush:  What to fence is added, all of a huge leaf even if the range has only a part.
 *
 * Return: @end when done, else the address to go on from.
 */
u64 gstage_unmap(struct gstage *g, u64 start, u64 end, unsigned int budget,
		 struct gstage_pages *freed, struct gstage_flush *flush);

/**
 * gstage_wrprotect() - Take W from every leaf that intersects a range.
 * @g:      The tables.
 * @start:  First guest-physical byte.
 * @end:    First byte behind the range; may lie behind what can be addressed.
 * @budget: Tables and leaves to visit before returning early, at least one.
 * @flush:  What to fence is added: leaves that had W.
 *
 * A huge leaf loses W as a whole, even if the range has only a part of it.
 *
 * Return: @end when done, else the address to go on from.
 */
u64 gstage_wrprotect(struct gstage *g, u64 start, u64 end, unsigned int budget,
		     struct gstage_flush *flush);

/**
 * gstage_wrprotect_mask() - Take W from the leaves of some of 64 pages.
 * @g:     The tables.
 * @gfn:   Number of the guest page that bit 0 stands for; any.
 * @mask:  A bit for each page to protect.
 * @flush: As for gstage_wrprotect().
 */
void gstage_wrprotect_mask(struct gstage *g, u64 gfn, u64 mask, struct gstage_flush *flush);

/**
 * gstage_split() - Replace one huge leaf by 512 leaves of the next size.
 * @g:     The tables.
 * @gpa:   Guest-physical address in bytes, anywhere in the leaf.
 * @spare: Zeroed tables; one is taken.
 * @flush: What to fence is added: all of the leaf.
 *
 * The small leaves have its attributes, A and D among them.
 *
 * Return: 0; -ENOENT when no leaf larger than 4 KiB maps @gpa; -ENOMEM when @spare is empty.
 */
int gstage_split(struct gstage *g, u64 gpa, struct gstage_pages *spare,
		 struct gstage_flush *flush);

/**
 * gstage_test_young() - Tell whether a leaf that intersects a range has A set.
 * @g:     The tables.
 * @start: First guest-physical byte.
 * @end:   First byte behind the range.
 *
 * Return: Whether there is one.
 */
bool gstage_test_young(const struct gstage *g, u64 start, u64 end);

/**
 * gstage_clear_young() - Clear A in every leaf that intersects a range.
 * @g:     The tables.
 * @start: First guest-physical byte.
 * @end:   First byte behind the range.
 * @flush: What to fence is added. Without the fence an access may go unseen, nothing worse.
 *
 * Return: Whether A was set in one.
 */
bool gstage_clear_young(struct gstage *g, u64 start, u64 end, struct gstage_flush *flush);

/**
 * gstage_free_tables() - Take everything below the root away at once.
 * @g:     The tables; the root is left zeroed.
 * @freed: Takes the tables. Fence the whole VMID on every hart before they are reused.
 *
 * The work is not bounded: gstage_unmap() of the whole space in steps before leaves none of it.
 */
void gstage_free_tables(struct gstage *g, struct gstage_pages *freed);

#endif
