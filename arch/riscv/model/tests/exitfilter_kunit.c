// SPDX-License-Identifier: GPL-2.0-only
#include "../exitfilter.h"

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

static void empty_filter_has_nothing(struct kunit *test)
{
	const struct exitfilter filter = {};
	struct exitfilter_access access = { .scounteren = ~0u };

	KUNIT_EXPECT_FALSE(test, exitfilter_has_sbi(&filter, 0, U64_MAX));
	for (access.csr = 0; access.csr < EXITFILTER_CSRS; access.csr++)
		KUNIT_EXPECT_FALSE(test, exitfilter_has_csr(&filter, &access));
}

static void range_has_its_ends_and_what_is_between(struct kunit *test)
{
	struct exitfilter filter = {};
	u64 eid;

	KUNIT_ASSERT_EQ(test, exitfilter_add(&filter, EXITFILTER_SBI, 10, 12), 0);
	KUNIT_ASSERT_EQ(test, exitfilter_add(&filter, EXITFILTER_SBI, U64_MAX, U64_MAX), 0);
	KUNIT_ASSERT_EQ(test, exitfilter_add(&filter, EXITFILTER_SBI, 0, 0), 0);
	for (eid = 0; eid < 20; eid++)
		KUNIT_EXPECT_EQ(test, exitfilter_has_sbi(&filter, eid, eid),
				!eid || (eid >= 10 && eid <= 12));
	KUNIT_EXPECT_TRUE(test, exitfilter_has_sbi(&filter, U64_MAX, U64_MAX));
	KUNIT_EXPECT_FALSE(test, exitfilter_has_sbi(&filter, U64_MAX - 1, U64_MAX - 1));
	/* a part is enough */
	KUNIT_EXPECT_TRUE(test, exitfilter_has_sbi(&filter, 12, 20));
	KUNIT_EXPECT_TRUE(test, exitfilter_has_sbi(&filter, 5, 10));
	KUNIT_EXPECT_TRUE(test, exitfilter_has_sbi(&filter, 5, 20));
	KUNIT_EXPECT_FALSE(test, exitfilter_has_sbi(&filter, 13, 20));
}

static void what_cannot_be_added_changes_nothing(struct kunit *test)
{
	static const struct {
		u64 kind, first, last;
		int err;
	} bad[] = {
		{ 2, 0, 0, -EINVAL },
		{ U64_MAX, 0, 0, -EINVAL },
		{ EXITFILTER_SBI, 2, 1, -EINVAL },
		{ EXITFILTER_SBI, U64_MAX, 0, -EINVAL },
		{ EXITFILTER_SBI, 0, U64_MAX, -EEXIST },
		{ EXITFILTER_SBI, 100, 100, -EEXIST },
		{ EXITFILTER_SBI, 99, 101, -EEXIST },
		{ EXITFILTER_CSR, 1, 0, -EINVAL },
		{ EXITFILTER_CSR, 0, 4096, -EINVAL },
		{ EXITFILTER_CSR, 4096, 4096, -EINVAL },
		{ EXITFILTER_CSR, 0, U64_MAX, -EINVAL },
		{ EXITFILTER_CSR, 0, 4095, -EEXIST },
		{ EXITFILTER_CSR, 200, 200, -EEXIST },
	};
	struct exitfilter filter = {}, before;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, exitfilter_add(&filter, EXITFILTER_SBI, 100, 100), 0);
	KUNIT_ASSERT_EQ(test, exitfilter_add(&filter, EXITFILTER_CSR, 200, 200), 0);
	memcpy(&before, &filter, sizeof(before));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ_MSG(test, exitfilter_add(&filter, bad[i].kind, bad[i].first,
							 bad[i].last), bad[i].err, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(&filter, &before, sizeof(filter)), 0, "case %u",
				    i);
	}
}

static void ranges_of_extensions_are_limited(struct kunit *test)
{
	struct exitfilter filter = {};
	u64 i;

	for (i = 0; i < EXITFILTER_RANGES; i++)
		KUNIT_EXPECT_EQ(test, exitfilter_add(&filter, EXITFILTER_SBI, 2 * i, 2 * i), 0);
	KUNIT_EXPECT_EQ(test, exitfilter_add(&filter, EXITFILTER_SBI, 2 * i, 2 * i), -ENOSPC);
	KUNIT_EXPECT_EQ_MSG(test, exitfilter_add(&filter, EXITFILTER_SBI, 0, 0), -EEXIST,
			    "what it has comes first");
	KUNIT_EXPECT_EQ_MSG(test, exitfilter_add(&filter, EXITFILTER_CSR, 0, 4095), 0,
			    "CSRs need no range");
}

static void csr_access_has_to_be_possible(struct kunit *test)
{
	static const struct {
		struct exitfilter_access access;
		bool has;
	} cases[] = {
		/* supervisor mode may read and write, but what is read-only */
		{ { .csr = 0x5c0 }, true },
		{ { .csr = 0x5c0, .writes = true }, true },
		{ { .csr = 0x600, .writes = true }, true },
		{ { .csr = 0xc00 }, true },
		{ { .csr = 0xc00, .writes = true }, false },
		{ { .csr = 0xe12, .writes = true }, false },
		{ { .csr = 0x800, .writes = true }, true },
		/* user mode has its own */
		{ { .csr = 0x5c0, .user = true }, false },
		{ { .csr = 0x600, .user = true }, false },
		{ { .csr = 0x800, .user = true, .writes = true }, true },
		/* and counters by permission */
		{ { .csr = 0xc00, .user = true }, false },
		{ { .csr = 0xc00, .user = true, .scounteren = 1 }, true },
		{ { .csr = 0xc00, .user = true, .scounteren = ~1u }, false },
		{ { .csr = 0xc1f, .user = true, .scounteren = 1u << 31 }, true },
		{ { .csr = 0xc1f, .user = true, .scounteren = ~0u >> 1 }, false },
		{ { .csr = 0xcc0, .user = true }, true },
	};
	struct exitfilter filter = {};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, exitfilter_add(&filter, EXITFILTER_CSR, 0, 4095), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, exitfilter_has_csr(&filter, &cases[i].access),
				    cases[i].has, "case %u", i);
}

static void csr_numbers_are_told_apart(struct kunit *test)
{
	struct exitfilter filter = {};
	struct exitfilter_access access = {};

	KUNIT_ASSERT_EQ(test, exitfilter_add(&filter, EXITFILTER_CSR, 0x63f, 0x640), 0);
	for (access.csr = 0; access.csr < EXITFILTER_CSRS; access.csr++)
		KUNIT_EXPECT_EQ(test, exitfilter_has_csr(&filter, &access),
				access.csr == 0x63f || access.csr == 0x640);
}

static struct kunit_case exitfilter_cases[] = {
	KUNIT_CASE(empty_filter_has_nothing),
	KUNIT_CASE(range_has_its_ends_and_what_is_between),
	KUNIT_CASE(what_cannot_be_added_changes_nothing),
	KUNIT_CASE(ranges_of_extensions_are_limited),
	KUNIT_CASE(csr_access_has_to_be_possible),
	KUNIT_CASE(csr_numbers_are_told_apart),
	{}
};

static struct kunit_suite exitfilter_suite = {
	.name = "kvm_riscv_exitfilter",
	.test_cases = exitfilter_cases,
};

kunit_test_suite(exitfilter_suite);
