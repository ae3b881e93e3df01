// SPDX-License-Identifier: GPL-2.0-only
/* Many leaves: unmapping, protecting, ageing; and all operations in any order. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/sizes.h>

#include "gstage_fixture.h"

/* A leaf of 4 KiB behind a hole of each larger size; nothing may be skipped with the hole. */
static const u64 behind_holes[] = {
	0, SZ_2M - SZ_4K, SZ_2M, 3 * SZ_2M, SZ_1G, 3ULL * SZ_1G + SZ_2M + SZ_4K, LEAF_512G,
	5 * LEAF_512G + 7ULL * SZ_1G, LEAF_256T, LEAF_256T + LEAF_512G + SZ_4K, 3 * LEAF_256T,
};

static void pages_behind_holes_of_any_size_are_unmapped(struct kunit *test)
{
	unsigned int first, i;

	for (first = 0; first < ARRAY_SIZE(behind_holes); first++) {
		struct gworld *w = world_new(test, 5);
		struct gstage_flush flush = {};

		for (i = 0; i < ARRAY_SIZE(behind_holes); i++)
			map_fresh(test, w, behind_holes[i], 0, RW);
		unmap(test, w, behind_holes[first], U64_MAX, &flush);
		for (i = 0; i < ARRAY_SIZE(behind_holes); i++)
			if (i < first)
				expect_leaf(test, w, behind_holes[i], PA + behind_holes[i], 0, RW);
			else
				expect_hole(test, w, behind_holes[i]);
	}
}

static void unmapping_from_within_a_hole_finds_the_next_page(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	/* The start lies high in a hole of 1 GiB: adding 1 GiB to it would miss the page. */
	map_fresh(test, w, 4ULL * SZ_1G + SZ_4K, 0, RW);
	unmap(test, w, 4ULL * SZ_1G - SZ_4K, 5ULL * SZ_1G, &flush);
	expect_hole(test, w, 4ULL * SZ_1G + SZ_4K);
	KUNIT_EXPECT_EQ(test, tables_used(w), 0);
}

static void unmap_stays_within_its_range(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	u64 gpa;

	for (gpa = SZ_2M - 2 * SZ_4K; gpa < SZ_2M + 2 * SZ_4K; gpa += SZ_4K)
		map_fresh(test, w, gpa, 0, RW);
	unmap(test, w, SZ_2M - SZ_4K, SZ_2M + 1, &flush);
	expect_flush(test, &flush, SZ_2M - SZ_4K, SZ_2M + SZ_4K, false);
	expect_leaf(test, w, SZ_2M - 2 * SZ_4K, PA + SZ_2M - 2 * SZ_4K, 0, RW);
	expect_hole(test, w, SZ_2M - SZ_4K);
	expect_hole(test, w, SZ_2M);
	expect_leaf(test, w, SZ_2M + SZ_4K, PA + SZ_2M + SZ_4K, 0, RW);
}

static void unmap_of_a_part_drops_the_huge_leaf(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_1G, 2, RW);
	map_fresh(test, w, 2ULL * SZ_1G, 2, RW);
	unmap(test, w, SZ_1G + SZ_2M, SZ_1G + SZ_2M + SZ_4K, &flush);
	expect_hole(test, w, SZ_1G);
	expect_leaf(test, w, 2ULL * SZ_1G, PA + 2ULL * SZ_1G, 2, RW);
	expect_flush(test, &flush, SZ_1G, 2ULL * SZ_1G, false);
}

static void table_goes_with_its_last_page_and_not_before(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 0, RW);
	map_fresh(test, w, SZ_2M - SZ_4K, 0, RW);
	map_fresh(test, w, SZ_1G, 1, RW);
	KUNIT_EXPECT_EQ(test, tables_used(w), 4);

	unmap(test, w, 0, SZ_4K, &flush);
	expect_flush(test, &flush, 0, SZ_4K, false);
	KUNIT_EXPECT_EQ(test, tables_used(w), 4);

	/* The last page of the first GiB: two tables go, and their pointers have to be fenced. */
	flush = (struct gstage_flush) {};
	unmap(test, w, SZ_2M - SZ_4K, SZ_2M, &flush);
	expect_flush(test, &flush, 0, SZ_1G, true);
	KUNIT_EXPECT_EQ(test, tables_used(w), 2);
	expect_leaf(test, w, SZ_1G, PA + SZ_1G, 1, RW);

	unmap(test, w, SZ_1G, SZ_1G + 1, &flush);
	KUNIT_EXPECT_EQ(test, tables_used(w), 0);
	KUNIT_EXPECT_EQ(test, w->g.root[0], 0);
}

static void budget_bounds_a_call_and_each_call_gets_on(struct kunit *test)
{
	static const unsigned int budgets[] = { 0, 1, 2, 7, 100, 513, 5000 };
	unsigned int i, calls;
	u64 gpa, at;

	for (i = 0; i < ARRAY_SIZE(budgets); i++) {
		unsigned int budget = max(budgets[i], 1U);
		struct gworld *w = world_new(test, 3);
		struct gstage_flush flush = {};
		struct gstage_pages freed = {};

		for (gpa = 0; gpa < 2 * SZ_2M; gpa += SZ_4K)
			map_fresh(test, w, gpa, 0, RW);
		for (at = 0, calls = 0; at < SZ_1G; calls++) {
			u64 next = gstage_unmap(&w->g, at, SZ_1G, budgets[i], &freed, &flush);

			KUNIT_ASSERT_GT(test, next, at);
			KUNIT_EXPECT_LE(test, next - at, next == SZ_1G ? SZ_1G : budget * SZ_4K);
			at = next;
		}
		KUNIT_EXPECT_LE(test, calls, 2 * 1024 / budget + 4);
		KUNIT_EXPECT_EQ(test, freed.count, 3);
		expect_flush(test, &flush, 0, SZ_1G, true);
	}
}

static void sparse_space_is_crossed_in_few_visits(struct kunit *test)
{
	struct gworld *w = world_new(test, 5);
	struct gstage_pages freed = {};
	struct gstage_flush flush = {};
	u64 last = (1ULL << 59) - SZ_4K;

	map_fresh(test, w, 0, 0, RW);
	KUNIT_ASSERT_EQ(test, map_to(w, last, PA, 0, RW, &flush), 0);
	KUNIT_EXPECT_EQ(test, gstage_wrprotect(&w->g, 0, 1ULL << 59, 32, &flush), 1ULL << 59);
	expect_leaf(test, w, last, PA, 0, GSTAGE_PTE_R);
	KUNIT_EXPECT_EQ(test, gstage_unmap(&w->g, 0, 1ULL << 59, 32, &freed, &flush), 1ULL << 59);
	KUNIT_EXPECT_EQ(test, freed.count, 8);
	KUNIT_EXPECT_EQ(test, gstage_unmap(&w->g, 0, 1ULL << 59, 32, &freed, &flush), 1ULL << 59);
}

static void pages_behind_holes_of_any_size_are_protected(struct kunit *test)
{
	struct gworld *w = world_new(test, 5);
	struct gstage_flush flush = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(behind_holes); i++)
		map_fresh(test, w, behind_holes[i], 0, RWX | AD);
	KUNIT_EXPECT_EQ(test, gstage_wrprotect(&w->g, SZ_4K, U64_MAX, UINT_MAX, &flush), U64_MAX);
	expect_leaf(test, w, 0, PA, 0, RWX | AD);
	for (i = 1; i < ARRAY_SIZE(behind_holes); i++)
		expect_leaf(test, w, behind_holes[i], PA + behind_holes[i], 0,
			    (RWX | AD) & ~GSTAGE_PTE_W);
	expect_flush(test, &flush, behind_holes[1],
		     behind_holes[ARRAY_SIZE(behind_holes) - 1] + SZ_4K, false);
}

static void huge_leaf_is_protected_whole_by_any_part(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_2M, 1, RW | AD);
	KUNIT_EXPECT_EQ(test, gstage_wrprotect(&w->g, SZ_2M + SZ_4K, SZ_2M + 2 * SZ_4K, 9, &flush),
			SZ_2M + 2 * SZ_4K);
	expect_leaf(test, w, SZ_2M, PA + SZ_2M, 1, GSTAGE_PTE_R | AD);
	expect_flush(test, &flush, SZ_2M, 2 * SZ_2M, false);

	/* By the last of 64 pages that begin before it, then by the first that end behind it */
	map_fresh(test, w, SZ_2M, 1, RW);
	gstage_wrprotect_mask(&w->g, SZ_2M / SZ_4K - 63, 1ULL << 63, &flush);
	expect_leaf(test, w, SZ_2M, PA + SZ_2M, 1, GSTAGE_PTE_R | AD);
	map_fresh(test, w, SZ_2M, 1, RW);
	gstage_wrprotect_mask(&w->g, 2 * SZ_2M / SZ_4K - 1, 1, &flush);
	expect_leaf(test, w, SZ_2M, PA + SZ_2M, 1, GSTAGE_PTE_R | AD);
}

static void protected_leaf_is_not_fenced_again(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 0, GSTAGE_PTE_R | AD);
	map_fresh(test, w, SZ_4K, 0, RW);
	KUNIT_EXPECT_EQ(test, gstage_wrprotect(&w->g, 0, SZ_1G, UINT_MAX, &flush), SZ_1G);
	expect_flush(test, &flush, SZ_4K, 2 * SZ_4K, false);
	flush = (struct gstage_flush) {};
	KUNIT_EXPECT_EQ(test, gstage_wrprotect(&w->g, 0, SZ_1G, UINT_MAX, &flush), SZ_1G);
	expect_no_flush(test, &flush);
}

static void protecting_in_steps_reaches_the_end(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	unsigned int calls = 0;
	u64 gpa, at = 0;

	for (gpa = SZ_2M - 64 * SZ_4K; gpa < SZ_2M + 64 * SZ_4K; gpa += SZ_4K)
		map_fresh(test, w, gpa, 0, RW);
	while (at < SZ_1G && calls++ < 200)
		at = gstage_wrprotect(&w->g, at, SZ_1G, 2, &flush);
	KUNIT_EXPECT_EQ(test, at, SZ_1G);
	KUNIT_EXPECT_GT(test, calls, 60);
	for (gpa = SZ_2M - 64 * SZ_4K; gpa < SZ_2M + 64 * SZ_4K; gpa += SZ_4K)
		expect_leaf(test, w, gpa, PA + gpa, 0, GSTAGE_PTE_R);
}

static void mask_protects_the_pages_of_its_bits(struct kunit *test)
{
	static const u64 masks[] = { 1, 1ULL << 63, U64_MAX, 0x8000000000000001ULL,
				     0x5555555555555555ULL, 0xff00ff00f0f0ccc3ULL };
	/* Across the end of a table, too */
	static const u64 gfns[] = { 0, 64, 480, 511, SZ_1G / SZ_4K - 1 };
	unsigned int m, f, bit;

	for (m = 0; m < ARRAY_SIZE(masks); m++)
		for (f = 0; f < ARRAY_SIZE(gfns); f++) {
			struct gworld *w = world_new(test, 3);
			struct gstage_flush flush = {};

			for (bit = 0; bit < 64; bit++)
				map_fresh(test, w, (gfns[f] + bit) * SZ_4K, 0, RW);
			gstage_wrprotect_mask(&w->g, gfns[f], masks[m], &flush);
			for (bit = 0; bit < 64; bit++) {
				u64 gpa = (gfns[f] + bit) * SZ_4K;

				expect_leaf(test, w, gpa, PA + gpa, 0,
					    masks[m] >> bit & 1 ? GSTAGE_PTE_R : RW);
			}
		}
}

static void mask_may_cover_holes_and_the_end_of_the_space(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	u64 last = (1ULL << 50) - SZ_4K;

	gstage_wrprotect_mask(&w->g, 0, U64_MAX, &flush);
	expect_no_flush(test, &flush);
	map_fresh(test, w, last, 0, RW);
	/* As a byte address this would be 0, then that of the page. */
	gstage_wrprotect_mask(&w->g, 1ULL << 52, U64_MAX, &flush);
	gstage_wrprotect_mask(&w->g, (1ULL << 52) + (last >> 12), U64_MAX, &flush);
	expect_no_flush(test, &flush);
	gstage_wrprotect_mask(&w->g, last >> 12, U64_MAX, &flush);
	expect_leaf(test, w, last, PA + last, 0, GSTAGE_PTE_R);
	expect_flush(test, &flush, last, last + SZ_4K, false);
}

static void age_is_found_and_cleared_in_the_range_only(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 0, RW | AD);
	map_fresh(test, w, SZ_1G, 1, RW | AD);
	map_fresh(test, w, SZ_1G + SZ_2M, 0, RW | GSTAGE_PTE_D);
	KUNIT_EXPECT_TRUE(test, gstage_test_young(&w->g, 0, SZ_4K));
	KUNIT_EXPECT_FALSE(test, gstage_test_young(&w->g, SZ_4K, SZ_1G));
	KUNIT_EXPECT_TRUE(test, gstage_test_young(&w->g, SZ_1G + SZ_4K, SZ_1G + 2 * SZ_4K));
	KUNIT_EXPECT_FALSE(test, gstage_test_young(&w->g, SZ_1G + SZ_2M, LEAF_512G));

	KUNIT_EXPECT_TRUE(test, gstage_clear_young(&w->g, SZ_4K, LEAF_512G, &flush));
	expect_flush(test, &flush, SZ_1G, SZ_1G + SZ_2M, false);
	KUNIT_EXPECT_FALSE(test, gstage_clear_young(&w->g, SZ_4K, LEAF_512G, &flush));
	expect_leaf(test, w, 0, PA, 0, RW | AD);
	expect_leaf(test, w, SZ_1G, PA + SZ_1G, 1, RW | GSTAGE_PTE_D);
}

static void freeing_leaves_an_empty_root(struct kunit *test)
{
	unsigned int levels, i;

	for (levels = GSTAGE_MIN_LEVELS; levels <= GSTAGE_MAX_LEVELS; levels++) {
		struct gworld *w = world_new(test, levels);
		struct gstage_flush flush = { .tables = true };
		struct gstage_pages freed = {};

		for (i = 0; i < ARRAY_SIZE(behind_holes); i++)
			if (behind_holes[i] < gstage_gpa_limit(&w->g))
				map_fresh(test, w, behind_holes[i], 0, RW);
		map_fresh(test, w, 64ULL * SZ_1G, 2, RW);
		gstage_free_tables(&w->g, &freed);
		KUNIT_EXPECT_EQ(test, freed.count, tables_used(w));
		for (i = 0; i < GWORLD_ROOT * 512; i++)
			KUNIT_EXPECT_EQ(test, w->g.root[i], 0);
		expect_hole(test, w, 0);
		expect_hole(test, w, 64ULL * SZ_1G);
		KUNIT_EXPECT_NULL(test, gworld_recycle(w, &freed, &flush));
		expect_tables_are_whole(test, w);

		/* A late notifier finds nothing, rather than tables that are gone. */
		unmap(test, w, 0, U64_MAX, &flush);
	}
}

static u64 random_next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void run_random(struct kunit *test, unsigned int levels, u64 seed)
{
	struct gworld *w = world_new(test, levels);
	const char *fault = NULL;
	unsigned int i;

	for (i = 0; i < 1500 && !fault; i++) {
		u64 r = random_next(&seed);
		struct gop op = {
			.kind = r, .page = r >> 8, .other = r >> 16, .bits = r >> 24,
			.budget = r >> 32, .level = r >> 40 & 7,
		};

		/* Mostly levels that go well together */
		if (r >> 60)
			op.level %= 3;
		fault = gworld_step(w, &op);
		if (!fault && i % 16 == 0)
			fault = gworld_check(w);
		KUNIT_EXPECT_TRUE_MSG(test, !fault, "%u levels, step %u, kind %u page %u: %s",
				      levels, i, op.kind % GOP_KINDS, op.page % GWORLD_PAGES,
				      fault ? fault : "");
	}
}

static void random_operations_do_what_a_flat_map_does(struct kunit *test)
{
	unsigned int levels;
	u64 seed;

	for (levels = GSTAGE_MIN_LEVELS; levels <= GSTAGE_MAX_LEVELS; levels++)
		for (seed = 1; seed <= 4; seed++)
			run_random(test, levels, seed * 0x9e3779b97f4a7c15ULL);
}

static struct kunit_case gstage_range_cases[] = {
	KUNIT_CASE(pages_behind_holes_of_any_size_are_unmapped),
	KUNIT_CASE(unmapping_from_within_a_hole_finds_the_next_page),
	KUNIT_CASE(unmap_stays_within_its_range),
	KUNIT_CASE(unmap_of_a_part_drops_the_huge_leaf),
	KUNIT_CASE(table_goes_with_its_last_page_and_not_before),
	KUNIT_CASE(budget_bounds_a_call_and_each_call_gets_on),
	KUNIT_CASE(sparse_space_is_crossed_in_few_visits),
	KUNIT_CASE(pages_behind_holes_of_any_size_are_protected),
	KUNIT_CASE(huge_leaf_is_protected_whole_by_any_part),
	KUNIT_CASE(protected_leaf_is_not_fenced_again),
	KUNIT_CASE(protecting_in_steps_reaches_the_end),
	KUNIT_CASE(mask_protects_the_pages_of_its_bits),
	KUNIT_CASE(mask_may_cover_holes_and_the_end_of_the_space),
	KUNIT_CASE(age_is_found_and_cleared_in_the_range_only),
	KUNIT_CASE(freeing_leaves_an_empty_root),
	KUNIT_CASE(random_operations_do_what_a_flat_map_does),
	{}
};

static struct kunit_suite gstage_range_suite = {
	.name = "kvm_riscv_gstage_range",
	.init = gstage_test_init,
	.test_cases = gstage_range_cases,
};

kunit_test_suite(gstage_range_suite);
