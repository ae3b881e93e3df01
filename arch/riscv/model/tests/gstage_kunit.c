// SPDX-License-Identifier: GPL-2.0-only
/* One leaf: mapping, looking up, relaxing, splitting. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/sizes.h>

#include "gstage_fixture.h"

static void guest_space_is_two_bits_wider(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, gstage_gpa_limit(&world_new(test, 3)->g), 1ULL << 41);
	KUNIT_EXPECT_EQ(test, gstage_gpa_limit(&world_new(test, 4)->g), 1ULL << 50);
	KUNIT_EXPECT_EQ(test, gstage_gpa_limit(&world_new(test, 5)->g), 1ULL << 59);
}

static void every_level_of_every_mode_maps_first_and_last(struct kunit *test)
{
	unsigned int levels, level;

	for (levels = GSTAGE_MIN_LEVELS; levels <= GSTAGE_MAX_LEVELS; levels++)
		for (level = 0; level < levels; level++) {
			struct gworld *w = world_new(test, levels);
			u64 size = gworld_size(level);
			u64 last = gstage_gpa_limit(&w->g) - size;
			struct gstage_flush flush = {};

			KUNIT_EXPECT_EQ(test, map_to(w, 0, 2 * size, level, RWX, &flush), 0);
			KUNIT_EXPECT_EQ(test, map_to(w, last, size, level, RWX, &flush), 0);
			expect_no_flush(test, &flush);
			expect_leaf(test, w, size - 1, 3 * size - 1, level, RWX);
			expect_leaf(test, w, last, size, level, RWX);
			expect_leaf(test, w, last + size - 1, 2 * size - 1, level, RWX);
			expect_hole(test, w, size);
			expect_hole(test, w, last - 1);
			KUNIT_EXPECT_EQ(test, tables_used(w), 2 * (levels - 1 - level));
			expect_tables_are_whole(test, w);
		}
}

static void entry_holds_just_what_was_asked_for(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	u64 *root = w->g.root;

	/* Highest physical page, all there is in a leaf. Priv. v1.12 §4.4.1: PPN is 53..10 */
	KUNIT_ASSERT_EQ(test, map_to(w, LEAF_512G, (1ULL << 56) - LEAF_512G, 3, RWX | AD | PBMT_NC,
				     &flush), 0);
	KUNIT_EXPECT_EQ(test, root[1], 0x203fffe0000000dfULL);

	/* In a pointer to a table everything but V and PPN is reserved. */
	map_fresh(test, w, 0, 0, GSTAGE_PTE_R);
	KUNIT_EXPECT_EQ(test, root[0], ((u64)(unsigned long)w->tables - w->g.va_offset +
					(GWORLD_TABLES - 1) * SZ_4K) >> 2 | GSTAGE_PTE_V);
}

static void leaf_may_be_executable_only(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 1, GSTAGE_PTE_X);
	expect_leaf(test, w, SZ_4K, PA + SZ_4K, 1, GSTAGE_PTE_X);
	unmap(test, w, 0, SZ_4K, &flush);
	expect_hole(test, w, 0);
	expect_flush(test, &flush, 0, SZ_1G * 512ULL, true);
}

struct refusal {
	const char	*name;
	u64		gpa;
	u64		pa;
	u64		prot;
	unsigned int	level;
};

static const struct refusal refusals[] = {
	{ "gpa at the limit",		1ULL << 50, PA, RW, 0 },
	{ "gpa far out",		-(u64)SZ_4K, PA, RW, 0 },
	{ "gpa off a page",		1, PA, RW, 0 },
	{ "pa off a page",		0, PA + 1, RW, 0 },
	{ "gpa off a huge page",	SZ_4K, PA, RW, 1 },
	{ "pa off a huge page",		0, PA + SZ_4K, RW, 1 },
	{ "gpa off a gigantic page",	SZ_2M, PA, RW, 2 },
	{ "pa off a gigantic page",	0, PA + SZ_2M, RW, 2 },
	{ "pa above 56 bits",		0, 1ULL << 56, RW, 0 },
	{ "level above the root",	0, PA, RW, 4 },
	{ "level far out",		0, PA, RW, UINT_MAX },
	{ "no permission",		0, PA, 0, 0 },
	{ "only A and D",		0, PA, AD, 0 },
	{ "W without R",		0, PA, GSTAGE_PTE_W, 0 },
	{ "W and X without R",		0, PA, GSTAGE_PTE_W | GSTAGE_PTE_X, 0 },
	{ "V is not a permission",	0, PA, RW | GSTAGE_PTE_V, 0 },
	{ "U is not a permission",	0, PA, RW | GSTAGE_PTE_U, 0 },
	{ "global",			0, PA, RW | 1ULL << 5, 0 },
	{ "software bit",		0, PA, RW | 1ULL << 8, 0 },
	{ "address bits",		0, PA, RW | 1ULL << 10, 0 },
	{ "reserved bit",		0, PA, RW | 1ULL << 54, 0 },
	{ "Svnapot",			0, PA, RW | 1ULL << 63, 0 },
	{ "reserved memory type",	0, PA, RW | GSTAGE_PTE_PBMT, 0 },
};

static void describe_refusal(const struct refusal *r, char *desc)
{
	strscpy(desc, r->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusals, describe_refusal);

static void bad_mapping_is_refused_and_changes_nothing(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	struct gworld *w = test->priv;
	struct gstage_pages freed = {};
	struct gstage_flush flush = {};

	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, r->gpa, r->pa, r->level, r->prot, &w->spare, &freed,
					 &flush), -EINVAL);
	expect_no_flush(test, &flush);
	KUNIT_EXPECT_EQ(test, tables_used(w), 0);
	KUNIT_EXPECT_EQ(test, w->g.root[0], 0);
}

static void same_mapping_again_needs_neither_table_nor_fence(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_pages none = {};
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_2M, 0, RW | AD);
	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, SZ_2M, PA + SZ_2M, 0, RW | AD, &none, NULL, &flush),
			0);
	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, SZ_2M, PA + SZ_2M, 0, GSTAGE_PTE_R, &none, NULL,
					 &flush), 0);
	expect_leaf(test, w, SZ_2M, PA + SZ_2M, 0, RW | AD);
	expect_no_flush(test, &flush);
}

static void missing_permissions_are_added_without_a_fence(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 0, GSTAGE_PTE_R | GSTAGE_PTE_A);
	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 0, RW | GSTAGE_PTE_D, &flush), 0);
	expect_leaf(test, w, 0, PA, 0, RW | AD);
	expect_no_flush(test, &flush);
}

static void other_page_or_memory_type_replaces_and_is_fenced(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_4K, 0, RWX | AD);
	KUNIT_EXPECT_EQ(test, map_to(w, SZ_4K, SZ_4K, 0, GSTAGE_PTE_R, &flush), 0);
	expect_leaf(test, w, SZ_4K, SZ_4K, 0, GSTAGE_PTE_R);
	expect_flush(test, &flush, SZ_4K, 2 * SZ_4K, false);

	flush = (struct gstage_flush) {};
	KUNIT_EXPECT_EQ(test, map_to(w, SZ_4K, SZ_4K, 0, GSTAGE_PTE_R | PBMT_NC, &flush), 0);
	expect_leaf(test, w, SZ_4K, SZ_4K, 0, GSTAGE_PTE_R | PBMT_NC);
	expect_flush(test, &flush, SZ_4K, 2 * SZ_4K, false);
}

static void lack_of_tables_changes_nothing_that_is_mapped(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_pages few = {};
	struct gstage_flush flush = {};

	map_fresh(test, w, LEAF_512G, 3, RW);
	gstage_pages_push(&few, gstage_pages_pop(&w->spare));
	gstage_pages_push(&few, gstage_pages_pop(&w->spare));

	/* Three would do: none is taken, since empty ones would stay in the tree. */
	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, 0, PA, 0, RW, &few, NULL, &flush), -ENOMEM);
	KUNIT_EXPECT_EQ(test, few.count, 2);
	KUNIT_EXPECT_EQ(test, w->g.root[0], 0);
	gstage_pages_push(&w->spare, gstage_pages_pop(&few));
	gstage_pages_push(&w->spare, gstage_pages_pop(&few));
	expect_hole(test, w, 0);
	expect_leaf(test, w, LEAF_512G, PA + LEAF_512G, 3, RW);
	expect_no_flush(test, &flush);
	expect_tables_are_whole(test, w);

	/* With one more it works, and unmapping gives back all three. */
	map_fresh(test, w, 0, 0, RW);
	KUNIT_EXPECT_EQ(test, tables_used(w), 3);
	unmap(test, w, 0, SZ_4K, &flush);
	KUNIT_EXPECT_EQ(test, tables_used(w), 0);
}

static void table_goes_with_the_call_that_empties_it(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_pages freed = {};
	struct gstage_flush flush = {};

	/* The budget ends in the middle of the table: who goes on from there finds holes only. */
	map_fresh(test, w, SZ_1G + SZ_4K, 0, RW);
	KUNIT_EXPECT_EQ(test, gstage_unmap(&w->g, SZ_1G, 2ULL * SZ_1G, 1, &freed, &flush),
			SZ_1G + 2 * SZ_4K);
	KUNIT_EXPECT_EQ(test, freed.count, 3);
	KUNIT_EXPECT_EQ(test, w->g.root[0], 0);
	expect_flush(test, &flush, 0, LEAF_512G, true);
}

static void huge_leaf_takes_the_place_of_tables(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_pages freed = {};
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_1G, 0, RW);
	map_fresh(test, w, SZ_1G + SZ_4K, 0, RW);
	map_fresh(test, w, SZ_1G + SZ_2M, 0, RW);
	map_fresh(test, w, SZ_1G + 2 * SZ_2M, 1, RW);
	map_fresh(test, w, 2ULL * SZ_1G, 0, RW);
	KUNIT_EXPECT_EQ(test, tables_used(w), 6);

	KUNIT_EXPECT_EQ(test, map_to(w, SZ_1G, PA + SZ_1G, 2, RW, &flush), -EBUSY);
	expect_no_flush(test, &flush);
	expect_leaf(test, w, SZ_1G + SZ_4K, PA + SZ_1G + SZ_4K, 0, RW);

	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, SZ_1G, PA + SZ_1G, 2, RW, &w->spare, &freed,
					 &flush), 0);
	expect_flush(test, &flush, SZ_1G, 2ULL * SZ_1G, true);
	KUNIT_EXPECT_EQ(test, freed.count, 3);
	expect_leaf(test, w, SZ_1G + SZ_4K, PA + SZ_1G + SZ_4K, 2, RW);
	expect_leaf(test, w, 2ULL * SZ_1G, PA + 2ULL * SZ_1G, 0, RW);
	KUNIT_EXPECT_NULL(test, gworld_recycle(w, &freed, &flush));
	expect_tables_are_whole(test, w);
}

static void small_leaf_that_a_huge_one_grants_changes_nothing(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_pages none = {};
	struct gstage_flush flush = {};
	u64 inside = SZ_1G + 5 * SZ_2M + 7 * SZ_4K;

	map_fresh(test, w, SZ_1G, 2, RWX | AD);
	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, inside, PA + inside, 0, RW, &none, NULL,
					 &flush), 0);
	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, SZ_1G + SZ_2M, PA + SZ_1G + SZ_2M, 1, RWX, &none,
					 NULL, &flush), 0);
	expect_leaf(test, w, inside, PA + inside, 2, RWX | AD);
	expect_no_flush(test, &flush);
}

static void small_leaf_with_more_permissions_splits_the_huge_one(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	u64 inside = SZ_1G + 5 * SZ_2M + 7 * SZ_4K;

	map_fresh(test, w, SZ_1G, 2, GSTAGE_PTE_R | GSTAGE_PTE_A);
	KUNIT_EXPECT_EQ(test, map_to(w, inside, PA + inside, 0, RW | AD, &flush), 0);
	expect_flush(test, &flush, SZ_1G, 2ULL * SZ_1G, false);
	expect_leaf(test, w, inside, PA + inside, 0, RW | AD);
	expect_leaf(test, w, inside - SZ_4K, PA + inside - SZ_4K, 0, GSTAGE_PTE_R | GSTAGE_PTE_A);
	expect_leaf(test, w, inside + SZ_2M, PA + inside + SZ_2M, 1, GSTAGE_PTE_R | GSTAGE_PTE_A);
	expect_tables_are_whole(test, w);
}

static void small_leaf_elsewhere_splits_the_huge_one(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_2M, 1, RW | AD | PBMT_NC);
	KUNIT_EXPECT_EQ(test, map_to(w, SZ_2M, SZ_4K, 0, RW, &flush), 0);
	expect_flush(test, &flush, SZ_2M, 2 * SZ_2M, false);
	expect_leaf(test, w, SZ_2M, SZ_4K, 0, RW);
	expect_leaf(test, w, SZ_2M + SZ_4K, PA + SZ_2M + SZ_4K, 0, RW | AD | PBMT_NC);
	expect_leaf(test, w, 2 * SZ_2M - 1, PA + 2 * SZ_2M - 1, 0, RW | AD | PBMT_NC);
}

static void split_that_lacks_tables_changes_nothing(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_pages few = {};
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_1G, 2, RW);
	gstage_pages_push(&few, gstage_pages_pop(&w->spare));
	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, SZ_1G, 0, 0, RW, &few, NULL, &flush), -ENOMEM);
	KUNIT_EXPECT_EQ(test, few.count, 1);
	expect_leaf(test, w, SZ_1G, PA + SZ_1G, 2, RW);
	expect_no_flush(test, &flush);
}

static void address_out_of_range_finds_nothing(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	struct gstage_leaf leaf;

	map_fresh(test, w, 0, 3, RWX);
	expect_hole(test, w, 1ULL << 50);
	expect_hole(test, w, U64_MAX);
	KUNIT_EXPECT_FALSE(test, gstage_relax(&w->g, 1ULL << 50, RW, &leaf));
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, 1ULL << 50, &w->spare, &flush), -ENOENT);
	KUNIT_EXPECT_EQ(test, gstage_unmap(&w->g, 1ULL << 50, U64_MAX, 1, &w->spare, &flush),
			U64_MAX);
	KUNIT_EXPECT_EQ(test, gstage_wrprotect(&w->g, U64_MAX - 1, U64_MAX, 1, &flush), U64_MAX);
	gstage_wrprotect_mask(&w->g, 1ULL << 38, U64_MAX, &flush);
	gstage_wrprotect_mask(&w->g, U64_MAX, U64_MAX, &flush);
	KUNIT_EXPECT_FALSE(test, gstage_test_young(&w->g, 1ULL << 50, U64_MAX));
	KUNIT_EXPECT_FALSE(test, gstage_clear_young(&w->g, 1ULL << 50, U64_MAX, &flush));
	expect_leaf(test, w, 0, PA, 3, RWX);
	expect_no_flush(test, &flush);
}

static void empty_or_backward_range_does_nothing(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 0, RW | AD);
	unmap(test, w, 0, 0, &flush);
	unmap(test, w, SZ_4K, 0, &flush);
	KUNIT_EXPECT_EQ(test, gstage_wrprotect(&w->g, SZ_4K, 1, UINT_MAX, &flush), 1);
	KUNIT_EXPECT_FALSE(test, gstage_test_young(&w->g, 0, 0));
	gstage_wrprotect_mask(&w->g, 0, 0, &flush);
	expect_leaf(test, w, 0, PA, 0, RW | AD);
	expect_no_flush(test, &flush);
}

static void relaxing_adds_to_the_leaf_and_tells_it(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_leaf leaf;

	map_fresh(test, w, 0, 0, GSTAGE_PTE_R);
	map_fresh(test, w, SZ_2M, 1, GSTAGE_PTE_R);
	KUNIT_EXPECT_TRUE(test, gstage_relax(&w->g, 0xfff, GSTAGE_PTE_W | GSTAGE_PTE_D, &leaf));
	KUNIT_EXPECT_EQ(test, leaf.level, 0);
	KUNIT_EXPECT_EQ(test, leaf.gpa, 0);
	KUNIT_EXPECT_EQ(test, leaf.pa, PA);
	expect_leaf(test, w, 0, PA, 0, RW | GSTAGE_PTE_D);

	KUNIT_EXPECT_TRUE(test, gstage_relax(&w->g, SZ_2M + 0x1234, GSTAGE_PTE_A, &leaf));
	KUNIT_EXPECT_EQ(test, leaf.level, 1);
	KUNIT_EXPECT_EQ(test, leaf.gpa, SZ_2M);
	KUNIT_EXPECT_EQ(test, leaf.pte & AD, GSTAGE_PTE_A);
	expect_leaf(test, w, SZ_2M, PA + SZ_2M, 1, GSTAGE_PTE_R | GSTAGE_PTE_A);
}

static void relaxing_adds_nothing_but_permissions(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_leaf leaf;

	map_fresh(test, w, 0, 0, GSTAGE_PTE_X);
	KUNIT_EXPECT_FALSE(test, gstage_relax(&w->g, 0, GSTAGE_PTE_W, &leaf));
	expect_leaf(test, w, 0, PA, 0, GSTAGE_PTE_X);
	KUNIT_EXPECT_TRUE(test, gstage_relax(&w->g, 0, RW | GSTAGE_PTE_PPN | PBMT_NC, &leaf));
	expect_leaf(test, w, 0, PA, 0, RWX);
	KUNIT_EXPECT_FALSE(test, gstage_relax(&w->g, SZ_4K, RW, &leaf));
	KUNIT_EXPECT_FALSE(test, gstage_relax(&w->g, LEAF_512G, RW, &leaf));
	expect_hole(test, w, SZ_4K);
}

static void splitting_keeps_every_attribute(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	unsigned int i;

	map_fresh(test, w, SZ_1G, 2, RWX | AD | PBMT_NC);
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, SZ_1G + 12345, &w->spare, &flush), 0);
	expect_flush(test, &flush, SZ_1G, 2ULL * SZ_1G, false);
	for (i = 0; i < 512; i++) {
		u64 gpa = SZ_1G + (u64)i * SZ_2M;

		expect_leaf(test, w, gpa, PA + gpa, 1, RWX | AD | PBMT_NC);
	}
	expect_hole(test, w, 2ULL * SZ_1G);
	KUNIT_EXPECT_EQ(test, tables_used(w), 2);
}

static void only_a_huge_leaf_can_be_split(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_pages none = {};
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 0, RW);
	map_fresh(test, w, SZ_2M, 1, RW);
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, 0, &w->spare, &flush), -ENOENT);
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, SZ_1G, &w->spare, &flush), -ENOENT);
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, SZ_2M, &none, &flush), -ENOMEM);
	expect_leaf(test, w, SZ_2M, PA + SZ_2M, 1, RW);
	expect_no_flush(test, &flush);
}

/* Neither, added, relaxed. */
static void expect_change(struct kunit *test, struct gworld *w, u64 gpa, unsigned int level,
			  u64 prot, bool added, bool relaxed)
{
	struct gstage_flush flush = {};

	KUNIT_ASSERT_EQ(test, map_to(w, gpa, PA + gpa, level, prot, &flush), 0);
	KUNIT_EXPECT_EQ(test, flush.added, added);
	KUNIT_EXPECT_EQ(test, flush.relaxed, relaxed);
}

static void map_says_what_it_did(struct kunit *test)
{
	struct gworld *w = test->priv;

	expect_change(test, w, 0, 0, GSTAGE_PTE_R, true, false);
	expect_change(test, w, 0, 0, GSTAGE_PTE_R, false, false);
	expect_change(test, w, 0, 0, RW, false, true);
	expect_change(test, w, 0, 0, GSTAGE_PTE_R, false, false);

	/* A part of a huge leaf that has it all; a part that has not, which is split off. */
	expect_change(test, w, SZ_2M, 1, RW, true, false);
	expect_change(test, w, SZ_2M + SZ_4K, 0, RW, false, false);
	expect_change(test, w, SZ_2M + SZ_4K, 0, RWX, false, true);
}

/* By how many leaves of 4 KiB, 2 MiB and 1 GiB, and how many were split. */
static void expect_leaves(struct kunit *test, struct gstage_flush *flush, s64 small, s64 huge,
			  s64 giant, unsigned int splits)
{
	KUNIT_EXPECT_EQ(test, flush->leaves[0], small);
	KUNIT_EXPECT_EQ(test, flush->leaves[1], huge);
	KUNIT_EXPECT_EQ(test, flush->leaves[2], giant);
	KUNIT_EXPECT_EQ(test, flush->leaves[3], 0);
	KUNIT_EXPECT_EQ(test, flush->splits, splits);
	*flush = (struct gstage_flush) {};
}

static void leaves_are_counted_by_level(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	struct gstage_pages freed = {};
	struct gstage_pages few = {};

	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 0, RW, &flush), 0);
	expect_leaves(test, &flush, 1, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 0, RWX, &flush), 0);
	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA + SZ_4K, 0, RW, &flush), 0);
	expect_leaves(test, &flush, 0, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, map_to(w, SZ_1G, PA, 2, RW, &flush), 0);
	expect_leaves(test, &flush, 0, 0, 1, 0);

	/* The part of a part becomes another leaf. */
	KUNIT_EXPECT_EQ(test, map_to(w, SZ_1G, PA + SZ_4K, 0, RW, &flush), 0);
	expect_leaves(test, &flush, 512, 511, -1, 2);
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, SZ_1G + SZ_2M, &few, &flush), -ENOMEM);
	expect_leaves(test, &flush, 0, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, SZ_1G + SZ_2M, &w->spare, &flush), 0);
	expect_leaves(test, &flush, 512, -1, 0, 1);

	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, SZ_1G, PA, 1, RW, &w->spare, &freed, &flush), 0);
	KUNIT_EXPECT_NULL(test, gworld_recycle(w, &freed, &flush));
	expect_leaves(test, &flush, -512, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, gstage_map(&w->g, SZ_1G, PA, 2, RW, &w->spare, &freed, &flush), 0);
	KUNIT_EXPECT_NULL(test, gworld_recycle(w, &freed, &flush));
	expect_leaves(test, &flush, -512, -511, 1, 0);

	unmap(test, w, SZ_1G, SZ_1G + SZ_4K, &flush);
	expect_leaves(test, &flush, 0, 0, -1, 0);
	unmap(test, w, 0, U64_MAX, &flush);
	expect_leaves(test, &flush, -1, 0, 0, 0);
}

static void fill_puts_leaves_into_holes_only(struct kunit *test)
{
	struct gworld *w = test->priv;
	u64 leaves[4];
	unsigned int i;

	map_fresh(test, w, SZ_2M + SZ_4K, 0, GSTAGE_PTE_R);
	for (i = 0; i < 4; i++)
		leaves[i] = gstage_leaf(PA + SZ_1G + i * SZ_4K, RW | AD);
	leaves[2] = 0;
	KUNIT_EXPECT_EQ(test, gstage_fill(&w->g, SZ_2M, leaves, 4), 2);
	expect_leaf(test, w, SZ_2M, PA + SZ_1G, 0, RW | AD);
	expect_leaf(test, w, SZ_2M + SZ_4K, PA + SZ_2M + SZ_4K, 0, GSTAGE_PTE_R);
	expect_hole(test, w, SZ_2M + 2 * SZ_4K);
	expect_leaf(test, w, SZ_2M + 3 * SZ_4K, PA + SZ_1G + 3 * SZ_4K, 0, RW | AD);
	KUNIT_EXPECT_EQ(test, gstage_fill(&w->g, SZ_2M, leaves, 4), 0);
	expect_tables_are_whole(test, w);
}

static void fill_needs_a_table_of_small_leaves(struct kunit *test)
{
	struct gworld *w = test->priv;
	u64 leaves[2] = { gstage_leaf(PA, RW), gstage_leaf(PA + SZ_4K, RW) };

	KUNIT_EXPECT_EQ(test, gstage_fill(&w->g, 0, leaves, 2), 0);
	map_fresh(test, w, 0, 1, RW);
	KUNIT_EXPECT_EQ(test, gstage_fill(&w->g, 0, leaves, 2), 0);
	KUNIT_EXPECT_EQ(test, gstage_fill(&w->g, gstage_gpa_limit(&w->g), leaves, 2), 0);
	map_fresh(test, w, SZ_2M, 0, RW);
	KUNIT_EXPECT_EQ(test, gstage_fill(&w->g, 2 * SZ_2M - SZ_4K, leaves, 2), 0);
	KUNIT_EXPECT_EQ(test, gstage_fill(&w->g, 2 * SZ_2M - SZ_4K, leaves, 1), 1);
	expect_hole(test, w, 2 * SZ_2M);
	expect_tables_are_whole(test, w);
}

static struct kunit_case gstage_cases[] = {
	KUNIT_CASE(guest_space_is_two_bits_wider),
	KUNIT_CASE(every_level_of_every_mode_maps_first_and_last),
	KUNIT_CASE(entry_holds_just_what_was_asked_for),
	KUNIT_CASE(leaf_may_be_executable_only),
	KUNIT_CASE_PARAM(bad_mapping_is_refused_and_changes_nothing, refusal_gen_params),
	KUNIT_CASE(same_mapping_again_needs_neither_table_nor_fence),
	KUNIT_CASE(missing_permissions_are_added_without_a_fence),
	KUNIT_CASE(other_page_or_memory_type_replaces_and_is_fenced),
	KUNIT_CASE(lack_of_tables_changes_nothing_that_is_mapped),
	KUNIT_CASE(table_goes_with_the_call_that_empties_it),
	KUNIT_CASE(huge_leaf_takes_the_place_of_tables),
	KUNIT_CASE(small_leaf_that_a_huge_one_grants_changes_nothing),
	KUNIT_CASE(small_leaf_with_more_permissions_splits_the_huge_one),
	KUNIT_CASE(small_leaf_elsewhere_splits_the_huge_one),
	KUNIT_CASE(split_that_lacks_tables_changes_nothing),
	KUNIT_CASE(address_out_of_range_finds_nothing),
	KUNIT_CASE(empty_or_backward_range_does_nothing),
	KUNIT_CASE(relaxing_adds_to_the_leaf_and_tells_it),
	KUNIT_CASE(relaxing_adds_nothing_but_permissions),
	KUNIT_CASE(splitting_keeps_every_attribute),
	KUNIT_CASE(only_a_huge_leaf_can_be_split),
	KUNIT_CASE(map_says_what_it_did),
	KUNIT_CASE(leaves_are_counted_by_level),
	KUNIT_CASE(fill_puts_leaves_into_holes_only),
	KUNIT_CASE(fill_needs_a_table_of_small_leaves),
	{}
};

static struct kunit_suite gstage_suite = {
	.name = "kvm_riscv_gstage",
	.init = gstage_test_init,
	.test_cases = gstage_cases,
};

kunit_test_suite(gstage_suite);
