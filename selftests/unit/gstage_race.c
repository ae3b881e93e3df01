// SPDX-License-Identifier: GPL-2.0-only
/*
 * What other harts do in the middle of an operation on G-stage tables. Instead of threads and luck:
 * the "other hart" acts at the one place where it matters, before a compare-and-exchange.
 */
#include <kunit/test.h>
#include <linux/atomic.h>

#include "../../arch/riscv/model/tests/gstage_fixture.h"

/* What happens before the compare-and-exchange number .at; nothing happens within it. */
static struct {
	struct gworld		*w;
	struct gstage_flush	flush;
	struct gstage_pages	freed;
	void			(*act)(u64 *entry);
	unsigned int		at;
	unsigned int		count;
} other;

static void other_hart(void *where)
{
	void (*hook)(void *) = unit_before_cmpxchg;

	if (other.count++ != other.at)
		return;
	unit_before_cmpxchg = NULL;
	other.act(where);
	unit_before_cmpxchg = hook;
}

static void interfere(struct gworld *w, unsigned int at, void (*act)(u64 *entry))
{
	memset(&other, 0, sizeof(other));
	other.w = w;
	other.at = at;
	other.act = act;
	unit_before_cmpxchg = other_hart;
}

static void expect_interfered(struct kunit *test)
{
	unit_before_cmpxchg = NULL;
	KUNIT_EXPECT_GT(test, other.count, other.at);
}

static void hardware_sets_a_and_d(u64 *entry)
{
	*entry |= AD;
}

static void maps_page_0(u64 *entry)
{
	map_to(other.w, 0, PA, 0, RWX, &other.flush);
}

static void maps_page_0_elsewhere(u64 *entry)
{
	map_to(other.w, 0, SZ_1G, 0, RW, &other.flush);
}

static void maps_page_1(u64 *entry)
{
	map_to(other.w, SZ_4K, PA + SZ_4K, 0, RW, &other.flush);
}

static void splits_at_0(u64 *entry)
{
	gstage_split(&other.w->g, 0, &other.w->spare, &other.flush);
}

static void unmaps_everything(u64 *entry)
{
	gstage_unmap(&other.w->g, 0, U64_MAX, UINT_MAX, &other.freed, &other.flush);
}

static void protects_everything(u64 *entry)
{
	gstage_wrprotect(&other.w->g, 0, U64_MAX, UINT_MAX, &other.flush);
}

static void adding_permissions_keeps_what_the_hardware_set(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	struct gstage_leaf leaf;

	map_fresh(test, w, 0, 0, GSTAGE_PTE_R);
	interfere(w, 0, hardware_sets_a_and_d);
	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 0, RW, &flush), 0);
	expect_interfered(test);
	expect_leaf(test, w, 0, PA, 0, RW | AD);
	expect_no_flush(test, &flush);

	map_fresh(test, w, SZ_4K, 0, GSTAGE_PTE_R);
	interfere(w, 0, hardware_sets_a_and_d);
	KUNIT_EXPECT_TRUE(test, gstage_relax(&w->g, SZ_4K, RW, &leaf));
	expect_interfered(test);
	KUNIT_EXPECT_EQ(test, leaf.pte & (RW | AD), RW | AD);
	expect_leaf(test, w, SZ_4K, PA + SZ_4K, 0, RW | AD);
}

static void protecting_keeps_what_the_hardware_set(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_2M, 1, RW);
	interfere(w, 0, hardware_sets_a_and_d);
	gstage_wrprotect(&w->g, SZ_2M, SZ_2M + 1, UINT_MAX, &flush);
	expect_interfered(test);
	expect_leaf(test, w, SZ_2M, PA + SZ_2M, 1, GSTAGE_PTE_R | AD);
	expect_flush(test, &flush, SZ_2M, 2 * SZ_2M, false);
}

static void split_keeps_what_the_hardware_set(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, SZ_2M, 1, RW);
	interfere(w, 0, hardware_sets_a_and_d);
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, SZ_2M, &w->spare, &flush), 0);
	expect_interfered(test);
	expect_leaf(test, w, SZ_2M, PA + SZ_2M, 0, RW | AD);
	expect_leaf(test, w, 2 * SZ_2M - 1, PA + 2 * SZ_2M - 1, 0, RW | AD);
	KUNIT_EXPECT_NULL(test, gworld_count(w));
}

/* Three tables and a leaf go in: whoever is second at any of them finds its way. */
static void two_harts_mapping_neighbours_share_tables(struct kunit *test)
{
	unsigned int at;

	for (at = 0; at < 4; at++) {
		struct gworld *w = world_new(test, 4);
		struct gstage_flush flush = {};

		interfere(w, at, maps_page_1);
		KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 0, RW, &flush), 0);
		expect_interfered(test);
		expect_leaf(test, w, 0, PA, 0, RW);
		expect_leaf(test, w, SZ_4K, PA + SZ_4K, 0, RW);
		expect_no_flush(test, &flush);
		KUNIT_EXPECT_EQ(test, tables_used(w), 3);
		KUNIT_EXPECT_NULL(test, gworld_count(w));
	}
}

static void two_harts_mapping_one_page_agree(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	interfere(w, 3, maps_page_0);
	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 0, RW | GSTAGE_PTE_A, &flush), 0);
	expect_interfered(test);
	expect_leaf(test, w, 0, PA, 0, RWX | GSTAGE_PTE_A);
	expect_no_flush(test, &flush);
}

static void last_of_two_different_pages_wins_and_is_fenced(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	interfere(w, 3, maps_page_0_elsewhere);
	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 0, RW, &flush), 0);
	expect_interfered(test);
	expect_leaf(test, w, 0, PA, 0, RW);
	expect_flush(test, &flush, 0, SZ_4K, false);

	/* The same while permissions are added */
	flush = (struct gstage_flush) {};
	interfere(w, 0, maps_page_0_elsewhere);
	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 0, RWX, &flush), 0);
	expect_interfered(test);
	expect_leaf(test, w, 0, PA, 0, RWX);
	expect_flush(test, &flush, 0, SZ_4K, false);
}

static void huge_leaf_gives_way_to_a_table_that_came_first(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	interfere(w, 2, maps_page_0);
	KUNIT_EXPECT_EQ(test, map_to(w, 0, PA, 1, RW, &flush), -EBUSY);
	expect_interfered(test);
	expect_leaf(test, w, 0, PA, 0, RWX);
	expect_no_flush(test, &flush);
}

static void second_to_split_has_nothing_left_to_do(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 2, RW);
	interfere(w, 0, splits_at_0);
	KUNIT_EXPECT_EQ(test, gstage_split(&w->g, 0, &w->spare, &flush), 0);
	expect_interfered(test);
	expect_leaf(test, w, 0, PA, 1, RW);
	KUNIT_EXPECT_EQ(test, tables_used(w), 2);
	KUNIT_EXPECT_NULL(test, gworld_count(w));
}

static void relaxing_does_not_bring_an_unmapped_page_back(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_leaf leaf;

	map_fresh(test, w, 0, 0, GSTAGE_PTE_R);
	interfere(w, 0, unmaps_everything);
	KUNIT_EXPECT_FALSE(test, gstage_relax(&w->g, 0, RW, &leaf));
	expect_interfered(test);
	expect_hole(test, w, 0);
	KUNIT_EXPECT_EQ(test, other.freed.count, 3);
	KUNIT_EXPECT_NULL(test, gworld_recycle(w, &other.freed, &other.flush));
	KUNIT_EXPECT_NULL(test, gworld_count(w));
}

static void relaxing_does_not_touch_another_page(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_leaf leaf;

	map_fresh(test, w, 0, 0, GSTAGE_PTE_R);
	interfere(w, 0, maps_page_0_elsewhere);
	KUNIT_EXPECT_FALSE(test, gstage_relax(&w->g, 0, RWX, &leaf));
	expect_interfered(test);
	expect_leaf(test, w, 0, SZ_1G, 0, RW);
}

static void protecting_finds_the_pieces_of_a_leaf_that_is_split(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};
	u64 gpa;

	map_fresh(test, w, 0, 1, RW);
	interfere(w, 0, splits_at_0);
	KUNIT_EXPECT_EQ(test, gstage_wrprotect(&w->g, 0, SZ_2M, UINT_MAX, &flush), SZ_2M);
	expect_interfered(test);
	for (gpa = 0; gpa < SZ_2M; gpa += SZ_4K)
		expect_leaf(test, w, gpa, PA + gpa, 0, GSTAGE_PTE_R);
	expect_flush(test, &flush, 0, SZ_2M, false);
}

static void split_spreads_no_permission_that_was_taken(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 1, RW);
	interfere(w, 0, protects_everything);
	KUNIT_EXPECT_EQ(test, map_to(w, SZ_4K, PA + SZ_4K, 0, RWX, &flush), 0);
	expect_interfered(test);
	expect_leaf(test, w, 0, PA, 0, GSTAGE_PTE_R);
	expect_leaf(test, w, SZ_4K, PA + SZ_4K, 0, RWX);
	KUNIT_EXPECT_NULL(test, gworld_count(w));
}

static void ageing_passes_over_a_page_that_goes(struct kunit *test)
{
	struct gworld *w = test->priv;
	struct gstage_flush flush = {};

	map_fresh(test, w, 0, 0, RW | AD);
	map_fresh(test, w, SZ_2M, 1, RW | AD);
	interfere(w, 0, unmaps_everything);
	KUNIT_EXPECT_FALSE(test, gstage_clear_young(&w->g, 0, SZ_1G, &flush));
	expect_interfered(test);
	expect_no_flush(test, &flush);
	KUNIT_EXPECT_NULL(test, gworld_recycle(w, &other.freed, &other.flush));
	KUNIT_EXPECT_NULL(test, gworld_count(w));
}

static struct kunit_case gstage_race_cases[] = {
	KUNIT_CASE(adding_permissions_keeps_what_the_hardware_set),
	KUNIT_CASE(protecting_keeps_what_the_hardware_set),
	KUNIT_CASE(split_keeps_what_the_hardware_set),
	KUNIT_CASE(two_harts_mapping_neighbours_share_tables),
	KUNIT_CASE(two_harts_mapping_one_page_agree),
	KUNIT_CASE(last_of_two_different_pages_wins_and_is_fenced),
	KUNIT_CASE(huge_leaf_gives_way_to_a_table_that_came_first),
	KUNIT_CASE(second_to_split_has_nothing_left_to_do),
	KUNIT_CASE(relaxing_does_not_bring_an_unmapped_page_back),
	KUNIT_CASE(relaxing_does_not_touch_another_page),
	KUNIT_CASE(protecting_finds_the_pieces_of_a_leaf_that_is_split),
	KUNIT_CASE(split_spreads_no_permission_that_was_taken),
	KUNIT_CASE(ageing_passes_over_a_page_that_goes),
	{}
};

static struct kunit_suite gstage_race_suite = {
	.name = "kvm_riscv_gstage_race",
	.init = gstage_test_init,
	.test_cases = gstage_race_cases,
};

kunit_test_suite(gstage_race_suite);
