// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two operations on G-stage tables at the same time: the second happens as a whole before some
 * compare-and-exchange of the first. Whatever comes of it has to be, for each page, what one of
 * the two orders gives. Input: a byte of mode, rounds of two operations.
 */
#include "fuzz.h"

#include <linux/atomic.h>

#include "../../arch/riscv/model/tests/gstage_world.h"

#define MAX_ROUNDS	64

struct round {
	struct gop	op[2];
	u8		at;	/* which compare-and-exchange */
};

/* An operation with what it gave. */
struct act {
	struct gop		op;
	struct gstage_pages	*spare;
	struct gstage_pages	freed;
	struct gstage_flush	flush;
	long			result;
	bool			done;
};

static struct gworld world;
static struct gstage_pages other_spare;
static struct act *second;
static unsigned int until_second;

/* What may run while anything else does, then what may run beside each other. */
static const u8 kinds[] = {
	GOP_WRPROTECT, GOP_WRPROTECT_MASK, GOP_RELAX, GOP_CLEAR_YOUNG,
	GOP_MAP_SHARED, GOP_FILL, GOP_SPLIT, GOP_HART,
};

static u64 op_gpa(const struct gop *op)
{
	u64 gpa = world.gpa[op->page % GWORLD_PAGES];

	return op->kind == GOP_MAP_SHARED ?
	       ALIGN_DOWN(gpa, flat_size(op->level % world.g.levels)) : gpa;
}

static u64 op_end(const struct gop *op)
{
	return op_gpa(op) + (1ULL << (12 + op->level % 32));
}

static u64 op_mask(const struct gop *op)
{
	return op->budget * 0x0101010101010101ULL;
}

static unsigned int op_leaves(const struct gop *op, u64 *leaves)
{
	unsigned int i, count = 1 + op->other / 16;

	for (i = 0; i < count; i++)
		leaves[i] = op->budget >> i % 8 & 1 ?
			    gstage_leaf(gop_pa(op, op_gpa(op) + i * SZ_4K), gop_prot(op)) : 0;
	return count;
}

/* ---- on the tables ------------------------------------------------------------------------- */

static void act_on_tables(struct act *a)
{
	u64 gpa = op_gpa(&a->op), leaves[16];
	struct gstage *g = &world.g;
	struct gstage_leaf leaf;
	unsigned int level;

	switch (a->op.kind) {
	case GOP_WRPROTECT:
		gstage_wrprotect(g, gpa, op_end(&a->op), UINT_MAX, &a->flush);
		break;
	case GOP_WRPROTECT_MASK:
		gstage_wrprotect_mask(g, gpa >> 12, op_mask(&a->op), &a->flush);
		break;
	case GOP_RELAX:
		a->result = gstage_relax(g, gpa, gop_prot(&a->op) & GWORLD_GRANTS, &leaf);
		break;
	case GOP_CLEAR_YOUNG:
		gstage_clear_young(g, gpa, op_end(&a->op), &a->flush);
		break;
	case GOP_MAP_SHARED:
		a->result = gstage_map(g, gpa, gop_pa(&a->op, gpa), a->op.level % g->levels,
				       gop_prot(&a->op), a->spare, NULL, &a->flush);
		break;
	case GOP_FILL:
		a->flush.leaves[0] += gstage_fill(g, gpa, leaves, op_leaves(&a->op, leaves));
		break;
	case GOP_SPLIT:
		a->result = gstage_split(g, gpa, a->spare, &a->flush);
		break;
	case GOP_UNMAP:
		gstage_unmap(g, gpa, op_end(&a->op), UINT_MAX, &a->freed, &a->flush);
		break;
	default:
		if (gworld_walk(&world, gpa, &level))
			*gworld_walk(&world, gpa, &level) |= GSTAGE_PTE_A;
	}
	a->done = true;
}

static void other_hart(void *where)
{
	if (second->done || until_second--)
		return;
	unit_before_cmpxchg = NULL;
	act_on_tables(second);
}

/* ---- on the model -------------------------------------------------------------------------- */

static void model_map(struct flat *f, const struct act *a)
{
	struct gmap m = {
		.gpa = op_gpa(&a->op), .pa = gop_pa(&a->op, op_gpa(&a->op)),
		.level = a->op.level % world.g.levels, .prot = gop_prot(&a->op),
	};
	const struct flat_run *run = flat_find(f, m.gpa);

	if (a->result || (run && run->level > m.level && gmap_same_frame(&m, run) &&
			  !(m.prot & GWORLD_GRANTS & ~run->bits)))
		return;
	flat_split(f, m.gpa, m.level);
	run = flat_find(f, m.gpa);
	if (run && run->level == m.level && gmap_same_frame(&m, run))
		flat_change(f, m.gpa, m.gpa + 1, 0, m.prot & GWORLD_GRANTS);
	else
		flat_put(f, m.gpa, m.pa, m.level, m.prot);
}

static void model_fill(struct flat *f, const struct act *a)
{
	unsigned int i, count;
	u64 leaves[16];

	count = op_leaves(&a->op, leaves);
	for (i = 0; i < count && a->flush.leaves[0]; i++) {
		u64 gpa = op_gpa(&a->op) + i * SZ_4K;

		if (leaves[i] && !flat_find(f, gpa))
			flat_put(f, gpa, gop_pa(&a->op, gpa), 0, gop_prot(&a->op));
	}
}

static void act_on_model(struct flat *f, const struct act *a)
{
	u64 gpa = op_gpa(&a->op), bit, mask = op_mask(&a->op);

	switch (a->op.kind) {
	case GOP_WRPROTECT:
		flat_change(f, gpa, op_end(&a->op), GSTAGE_PTE_W, 0);
		break;
	case GOP_WRPROTECT_MASK:
		for (bit = 0; bit < 64 && gpa < gstage_gpa_limit(&world.g); bit++)
			if (mask >> bit & 1)
				flat_change(f, gpa + bit * SZ_4K, gpa + (bit + 1) * SZ_4K,
					    GSTAGE_PTE_W, 0);
		break;
	case GOP_RELAX:
		if (a->result)
			flat_change(f, gpa, gpa + 1, 0, gop_prot(&a->op) & GWORLD_GRANTS);
		break;
	case GOP_CLEAR_YOUNG:
		flat_change(f, gpa, op_end(&a->op), GSTAGE_PTE_A, 0);
		break;
	case GOP_MAP_SHARED:
		model_map(f, a);
		break;
	case GOP_FILL:
		model_fill(f, a);
		break;
	case GOP_SPLIT:
		if (!a->result && flat_find(f, gpa) && flat_find(f, gpa)->level)
			flat_split(f, gpa, flat_find(f, gpa)->level - 1);
		break;
	case GOP_UNMAP:
		flat_erase(f, gpa, op_end(&a->op));
		break;
	default:
		flat_change(f, gpa, gpa + 1, 0, GSTAGE_PTE_A);
	}
}

/* ---- comparing ----------------------------------------------------------------------------- */

/* What is in the tables, as a model; false when that has too many runs. */
static bool read_tables(struct flat *f)
{
	u64 gpa = 0, limit = gstage_gpa_limit(&world.g);

	f->count = 0;
	while (gpa < limit) {
		struct flat_run *last = f->count ? &f->run[f->count - 1] : NULL;
		unsigned int level = world.g.levels - 1;
		u64 *table = world.g.root, *entry;

		for (;;) {
			entry = &table[gpa >> gstage_level_shift(level) &
				       (level == world.g.levels - 1 ? 2047 : 511)];
			if (!(*entry & GSTAGE_PTE_V) || *entry & GWORLD_RWX)
				break;
			table = (u64 *)(unsigned long)((*entry >> 10 << 12) + world.g.va_offset);
			level--;
		}
		if (*entry & GSTAGE_PTE_V) {
			struct flat_run run = {
				.start = gpa, .end = gpa + flat_size(level), .level = level,
				.delta = ((*entry & GSTAGE_PTE_PPN) << 2) - gpa,
				.bits = *entry & ~(GSTAGE_PTE_PPN | GSTAGE_PTE_V | GSTAGE_PTE_U),
			};

			if (last && last->end == gpa && last->level == level &&
			    last->delta == run.delta && last->bits == run.bits)
				last->end = run.end;
			else if (f->count == FLAT_RUNS)
				return false;
			else
				f->run[f->count++] = run;
		}
		gpa = ALIGN_DOWN(gpa, flat_size(level)) + flat_size(level);
	}
	return true;
}

static bool same_page(const struct flat_run *a, const struct flat_run *b)
{
	return !a == !b && (!a || (a->delta == b->delta && a->bits == b->bits));
}

/* Like flat_is_stale(), but splitting alone takes nothing away. */
static bool is_lost(const struct flat_run *old, const struct flat_run *new)
{
	return old && (!new || new->delta != old->delta || old->bits & ~new->bits ||
		       (old->bits ^ new->bits) & GSTAGE_PTE_PBMT);
}

static bool is_in(const struct gstage_flush *flush, u64 start, u64 end)
{
	return flush->start <= start && end <= flush->end;
}

/* Of each order what it leads to, and what is there in the middle. */
struct orders {
	struct flat	middle[2];
	struct flat	end[2];
};

static void check_pages(struct flat *final, struct orders *o, const struct act *act)
{
	u64 at, next;

	for (at = 0; at != U64_MAX; at = next) {
		const struct flat_run *is = flat_find(final, at), *end[2], *middle[2];
		unsigned int i;

		next = min(flat_next(final, at), flat_next(&world.now, at));
		for (i = 0; i < 2; i++) {
			end[i] = flat_find(&o->end[i], at);
			middle[i] = flat_find(&o->middle[i], at);
			next = min(next, flat_next(&o->end[i], at));
			next = min(next, flat_next(&o->middle[i], at));
			next = act[i].flush.start > at ? min(next, act[i].flush.start) : next;
			next = act[i].flush.end > at ? min(next, act[i].flush.end) : next;
		}
		FUZZ_CHECK(same_page(is, end[0]) || same_page(is, end[1]),
			   "page %llx is as after neither order, operations %u and %u",
			   (unsigned long long)at, act[0].op.kind, act[1].op.kind);
		FUZZ_CHECK(!is_lost(flat_find(&world.now, at), is) ||
			   is_in(&act[0].flush, at, next) || is_in(&act[1].flush, at, next),
			   "page %llx is fenced by neither of %u and %u", (unsigned long long)at,
			   act[0].op.kind, act[1].op.kind);
		/* What the first of them gave and the other took is for that to fence. */
		for (i = 0; i < 2; i++)
			FUZZ_CHECK(same_page(is, end[!i]) || !is_lost(middle[i], is) ||
				   is_in(&act[!i].flush, at, next),
				   "page %llx, which %u gave, is not fenced by %u",
				   (unsigned long long)at, act[i].op.kind, act[!i].op.kind);
	}
}

static void check_counts(const struct flat *final, const struct act *act)
{
	unsigned int level;

	for (level = 0; level < GSTAGE_MAX_LEVELS; level++)
		FUZZ_CHECK((s64)(flat_leaves(final, level) - flat_leaves(&world.now, level)) ==
			   act[0].flush.leaves[level] + act[1].flush.leaves[level],
			   "count of leaves of level %u after operations %u and %u", level,
			   act[0].op.kind, act[1].op.kind);
}

static void both_to_spare(struct act *act)
{
	const char *fault;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		fault = gworld_recycle(&world, &act[i].freed, &act[i].flush);
		FUZZ_CHECK(!fault, "%s", fault);
	}
	while (other_spare.head)
		gstage_pages_push(&world.spare, gstage_pages_pop(&other_spare));
	fault = gworld_count(&world);
	FUZZ_CHECK(!fault, "after operations %u and %u: %s", act[0].op.kind, act[1].op.kind, fault);
	while (other_spare.count < GSTAGE_MAX_LEVELS)
		gstage_pages_push(&other_spare, gstage_pages_pop(&world.spare));
}

static bool run_round(const struct round *r)
{
	static struct orders o;
	static struct flat final;
	struct act act[2] = {
		{ .op = r->op[0], .spare = &world.spare },
		{ .op = r->op[1], .spare = &other_spare },
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		act[i].op.kind = kinds[r->op[i].kind % ARRAY_SIZE(kinds)];
		act[i].op.bits %= 253;
	}
	/* Unmapping goes with the first half of them only. */
	if (r->op[0].kind % ARRAY_SIZE(kinds) < 4 && r->op[1].kind >= 224)
		act[1].op.kind = GOP_UNMAP;
	second = &act[1];
	until_second = r->at % 32;
	unit_before_cmpxchg = other_hart;
	act_on_tables(&act[0]);
	unit_before_cmpxchg = NULL;
	if (!act[1].done)
		act_on_tables(&act[1]);

	for (i = 0; i < 2; i++) {
		flat_copy(&o.middle[i], &world.now);
		act_on_model(&o.middle[i], &act[i]);
		flat_copy(&o.end[i], &o.middle[i]);
		act_on_model(&o.end[i], &act[!i]);
	}
	if (!read_tables(&final))
		return false;
	check_pages(&final, &o, act);
	check_counts(&final, act);
	both_to_spare(act);
	flat_copy(&world.now, &final);
	return world.spare.count > 3 * GSTAGE_MAX_LEVELS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t memory[GWORLD_BYTES];
	unsigned int i;
	struct round r;

	if (!size)
		return 0;
	memset(memory, 0, sizeof(memory));
	gworld_init(&world, memory, GSTAGE_MIN_LEVELS + data[0] % 3);
	other_spare = (struct gstage_pages) {};
	while (other_spare.count < GSTAGE_MAX_LEVELS)
		gstage_pages_push(&other_spare, gstage_pages_pop(&world.spare));
	for (data++, size--, i = 0; i < MAX_ROUNDS && size >= sizeof(r); i++) {
		memcpy(&r, data, sizeof(r));
		data += sizeof(r);
		size -= sizeof(r);
		if (flat_is_full(&world.now) || !run_round(&r))
			break;
	}
	return 0;
}
