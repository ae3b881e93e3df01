// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/limits.h>

#include "../haltpoll.h"

static const struct haltpoll_rule usual = {
	.max = 500000, .grow = 2, .grow_start = 10000, .shrink = 2,
};

static void short_halts_make_it_grow(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, haltpoll_next(&usual, 0, 60000), 10000);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&usual, 10000, 60000), 20000);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&usual, 40000, 60000), 80000);
	/* Long enough now. */
	KUNIT_EXPECT_EQ(test, haltpoll_next(&usual, 80000, 60000), 80000);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&usual, 80000, 80000), 80000);
}

static void it_does_not_outgrow_the_limit(struct kunit *test)
{
	struct haltpoll_rule rule = usual;

	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 320000, 499999), 500000);
	rule.grow_start = 600000;
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 0, 1), 500000);
	rule.grow = UINT_MAX;
	rule.max = UINT_MAX;
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, UINT_MAX - 1, UINT_MAX - 1U), UINT_MAX - 1);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 1U << 31, UINT_MAX - 1U), UINT_MAX);
}

static void long_halts_make_it_shrink(struct kunit *test)
{
	struct haltpoll_rule rule = usual;

	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 80000, 500000), 40000);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 80000, U64_MAX), 40000);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 20000, 500000), 10000);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 10000, 500000), 0);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 0, 500000), 0);
	rule.shrink = 0;
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 500000, 500001), 0);
	rule.shrink = 1;
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 400000, 500001), 400000);
}

static void factor_0_keeps_it(struct kunit *test)
{
	struct haltpoll_rule rule = usual;

	rule.grow = 0;
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 30000, 40000), 30000);
}

static void lower_limit_counts_at_once(struct kunit *test)
{
	struct haltpoll_rule rule = usual;

	rule.max = 50000;
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 400000, 1), 50000);
	rule.max = 0;
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 400000, 0), 0);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 400000, 1), 0);
	KUNIT_EXPECT_EQ(test, haltpoll_next(&rule, 0, 1), 0);
}

static struct kunit_case haltpoll_cases[] = {
	KUNIT_CASE(short_halts_make_it_grow),
	KUNIT_CASE(it_does_not_outgrow_the_limit),
	KUNIT_CASE(long_halts_make_it_shrink),
	KUNIT_CASE(factor_0_keeps_it),
	KUNIT_CASE(lower_limit_counts_at_once),
	{}
};

static struct kunit_suite haltpoll_suite = {
	.name		= "kvm_riscv_haltpoll",
	.test_cases	= haltpoll_cases,
};
kunit_test_suite(haltpoll_suite);
