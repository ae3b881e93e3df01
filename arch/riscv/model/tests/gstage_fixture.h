/* SPDX-License-Identifier: GPL-2.0-only */
/* What the suites of the G-stage tables share. */
#ifndef RVH_MODEL_TESTS_GSTAGE_FIXTURE_H
#define RVH_MODEL_TESTS_GSTAGE_FIXTURE_H

#include <kunit/test.h>

#include "gstage_world.h"

#define RW	(GSTAGE_PTE_R | GSTAGE_PTE_W)
#define RWX	(RW | GSTAGE_PTE_X)
#define AD	(GSTAGE_PTE_A | GSTAGE_PTE_D)
#define PBMT_NC	(1ULL << 61)
#define LEAF_512G	(512ULL * SZ_1G)
#define LEAF_256T	(512ULL * LEAF_512G)

/* Some physical address that suits every level */
#define PA	(3ULL << 52)

static inline struct gworld *world_new(struct kunit *test, unsigned int levels)
{
	struct gworld *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	void *memory = kunit_kzalloc(test, GWORLD_BYTES, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	gworld_init(w, memory, levels);
	return w;
}

/* A test begins with empty tables for Sv48x4. */
static inline int gstage_test_init(struct kunit *test)
{
	test->priv = world_new(test, 4);
	return 0;
}

/* Whatever a test did, no table may be lost or in two places. */
static inline void expect_tables_are_whole(struct kunit *test, struct gworld *w)
{
	const char *fault = gworld_count(w);

	KUNIT_EXPECT_TRUE_MSG(test, !fault, "%s", fault ? fault : "");
}

static inline unsigned int tables_used(const struct gworld *w)
{
	return GWORLD_TABLES - w->spare.count;
}

static inline void expect_flush(struct kunit *test, const struct gstage_flush *flush, u64 start,
				u64 end, bool tables)
{
	KUNIT_EXPECT_EQ(test, flush->start, start);
	KUNIT_EXPECT_EQ(test, flush->end, end);
	KUNIT_EXPECT_EQ(test, flush->tables, tables);
}

static inline void expect_no_flush(struct kunit *test, const struct gstage_flush *flush)
{
	expect_flush(test, flush, 0, 0, false);
}

static inline int map_to(struct gworld *w, u64 gpa, u64 pa, unsigned int level, u64 prot,
			 struct gstage_flush *flush)
{
	return gstage_map(&w->g, gpa, pa, level, prot, &w->spare, NULL, flush);
}

/* Map where nothing was: succeeds and needs no fence. */
static inline void map_fresh(struct kunit *test, struct gworld *w, u64 gpa, unsigned int level,
			     u64 prot)
{
	struct gstage_flush flush = {};

	KUNIT_ASSERT_EQ(test, map_to(w, gpa, PA + gpa, level, prot, &flush), 0);
	expect_no_flush(test, &flush);
}

static inline void expect_leaf(struct kunit *test, struct gworld *w, u64 gpa, u64 pa,
			       unsigned int level, u64 bits)
{
	struct gstage_leaf leaf;

	KUNIT_ASSERT_TRUE(test, gstage_lookup(&w->g, gpa, &leaf));
	KUNIT_EXPECT_EQ(test, leaf.level, level);
	KUNIT_EXPECT_EQ(test, leaf.gpa, ALIGN_DOWN(gpa, gworld_size(level)));
	KUNIT_EXPECT_EQ(test, leaf.pa + (gpa - leaf.gpa), pa);
	KUNIT_EXPECT_EQ(test, leaf.pte, leaf.pa >> 2 | bits | GSTAGE_PTE_V | GSTAGE_PTE_U);
}

static inline void expect_hole(struct kunit *test, struct gworld *w, u64 gpa)
{
	struct gstage_leaf leaf;

	KUNIT_EXPECT_FALSE(test, gstage_lookup(&w->g, gpa, &leaf));
}

/* Unmap in one call, give the tables back. */
static inline void unmap(struct kunit *test, struct gworld *w, u64 start, u64 end,
			 struct gstage_flush *flush)
{
	struct gstage_pages freed = {};

	KUNIT_EXPECT_EQ(test, gstage_unmap(&w->g, start, end, UINT_MAX, &freed, flush), end);
	KUNIT_EXPECT_NULL(test, gworld_recycle(w, &freed, flush));
	expect_tables_are_whole(test, w);
}

#endif
