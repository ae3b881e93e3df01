// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/limits.h>

#include "../aiamap.h"

#define APLIC	0xd000000ULL
#define BASE	0x28000000ULL

/* What the usual machine has: one group, harts in a row. */
static const struct aiamap_config plain = {
	.nr_ids = 255, .nr_sources = 96, .group_shift = 24, .hart_bits = 2,
	.aplic = APLIC, .aplic_size = 0x4000,
};

static struct aiamap *new_map(struct kunit *test, u32 nr_vcpus)
{
	struct aiamap *map = kunit_kzalloc(test, aiamap_size(nr_vcpus), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, map);
	return map;
}

static void values_have_ranges(struct kunit *test)
{
	static const struct {
		u64	attr;
		u32	first;
		u32	last;
		u32	step;
	} ranges[] = {
		{ AIAMAP_MODE, 0, 2, 1 }, { AIAMAP_IDS, 63, 2047, 64 },
		{ AIAMAP_SRCS, 0, 1023, 1 }, { AIAMAP_GROUP_BITS, 0, 7, 1 },
		{ AIAMAP_GROUP_SHIFT, 24, 55, 1 }, { AIAMAP_HART_BITS, 0, 15, 1 },
		{ AIAMAP_GUEST_BITS, 0, 7, 1 },
	};
	unsigned int i;
	u32 value;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		KUNIT_EXPECT_EQ(test, ranges[i].attr, i);
		for (value = 0; value < 5000; value++) {
			bool good = value >= ranges[i].first && value <= ranges[i].last &&
				    (value - ranges[i].first) % ranges[i].step == 0;

			KUNIT_EXPECT_EQ_MSG(test, aiamap_check_config(i, value),
					    good ? 0 : -EINVAL, "%u for %u", value, i);
		}
		KUNIT_EXPECT_EQ(test, aiamap_check_config(i, U32_MAX), -EINVAL);
		KUNIT_EXPECT_EQ(test, aiamap_check_config(i, 0x10000 + ranges[i].first), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, aiamap_check_config(i, 0), -ENXIO);
	KUNIT_EXPECT_EQ(test, aiamap_check_config(0x100000000, 0), -ENXIO);
	KUNIT_EXPECT_EQ(test, aiamap_check_config(U64_MAX, 0), -ENXIO);
}

static void harts_in_a_row(struct kunit *test)
{
	static const u64 imsic[] = { BASE, BASE + 0x1000, BASE + 0x2000 };
	struct aiamap *map = new_map(test, 3);
	u32 i;

	KUNIT_ASSERT_EQ(test, aiamap_build(map, &plain, imsic, 3), 0);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, imsic[i]), i);
		KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, imsic[i] + 0xfff), i);
		KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, i), i);
	}
	/* A place for a hart that is not there */
	KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, BASE + 0x3000), 3);
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, U32_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, BASE + 0x4000), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, BASE - 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, BASE | 1ULL << 63), -EINVAL);
}

/* Two groups of sockets, eight guest files each, vCPUs in no order, and a hole. */
static void groups_and_guests(struct kunit *test)
{
	static const struct aiamap_config config = {
		.nr_ids = 63, .group_bits = 1, .group_shift = 24, .hart_bits = 2, .guest_bits = 3,
		.aplic = AIAMAP_UNSET,
	};
	static const u64 imsic[] = {
		BASE + 0x1018000, BASE + 0x8000, BASE + 0x1000000, BASE, BASE + 0x18000,
	};
	static const u32 hart[] = { 7, 1, 4, 0, 3 };
	struct aiamap *map = new_map(test, ARRAY_SIZE(imsic));
	u32 i;

	KUNIT_ASSERT_EQ(test, aiamap_build(map, &config, imsic, ARRAY_SIZE(imsic)), 0);
	for (i = 0; i < ARRAY_SIZE(imsic); i++) {
		KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, imsic[i]), hart[i]);
		KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, hart[i]), i);
		/* What would be guest files */
		KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, imsic[i] + 0x1000), -EINVAL);
		KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, imsic[i] + 0x7000), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 2), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 5), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 6), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, BASE + 0x2000000), -EINVAL);
}

/* The widest that can be configured, at the upper end. */
static void widest_fields(struct kunit *test)
{
	static const struct aiamap_config config = {
		.nr_ids = 63, .group_bits = 7, .group_shift = 55, .hart_bits = 15,
		.guest_bits = 7,
	};
	static const u64 imsic[] = { 0, 127ULL << 55 | 32767ULL << 19 };
	struct aiamap *map = new_map(test, 2);

	KUNIT_ASSERT_EQ(test, aiamap_build(map, &config, imsic, 2), 0);
	KUNIT_EXPECT_EQ(test, aiamap_imsic_index(map, imsic[1] + 4), (1 << 22) - 1);
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, (1 << 22) - 1), 1);
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 0), 0);
	KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 1), -EINVAL);
}

static void each_hart_has_its_own_place(struct kunit *test)
{
	static const struct {
		u64	imsic[3];
		int	result;
	} cases[] = {
		{ { BASE, BASE + 0x1000, BASE + 0x2000 }, 0 },
		{ { BASE + 0x3000, BASE, BASE + 0x1000 }, 0 },
		{ { BASE, BASE + 0x1000, BASE + 0x1000 }, -EINVAL },
		{ { BASE, BASE + 0x1000, BASE }, -EINVAL },
		{ { BASE + 0x2000, BASE + 0x1000, BASE + 0x1000 }, -EINVAL },
		{ { BASE, BASE + 0x1000, AIAMAP_UNSET }, -EINVAL },
		{ { AIAMAP_UNSET, BASE, BASE + 0x1000 }, -EINVAL },
		{ { BASE, BASE + 0x1000, BASE + 0x2004 }, -EINVAL },
		{ { BASE + 0x800, BASE + 0x1800, BASE + 0x2800 }, -EINVAL },
		/* Four places from BASE on; one beyond does not belong to them. */
		{ { BASE, BASE + 0x1000, BASE + 0x4000 }, -EINVAL },
		{ { BASE, BASE + 0x1000, BASE + 0x1000000 }, -EINVAL },
		{ { BASE + 0x4000, BASE + 0x5000, BASE + 0x6000 }, 0 },
	};
	struct aiamap *map = new_map(test, 3);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, aiamap_build(map, &plain, cases[i].imsic, 3),
				    cases[i].result, "case %u", i);
}

static void fields_do_not_overlap(struct kunit *test)
{
	static const struct {
		u32	group_bits;
		u32	group_shift;
		u32	hart_bits;
		u32	guest_bits;
		u64	imsic;
		int	result;
	} cases[] = {
		{ 1, 24, 12, 0, BASE, 0 },
		{ 1, 24, 13, 0, BASE, -EINVAL },
		{ 0, 24, 13, 0, BASE, 0 },
		{ 1, 24, 5, 7, BASE, 0 },
		{ 1, 24, 6, 7, BASE, -EINVAL },
		{ 1, 26, 6, 7, BASE, 0 },
		{ 7, 33, 15, 7, BASE, -EINVAL },
		{ 7, 34, 15, 7, BASE, 0 },
		/* The file of a guest is no place for a hart's. */
		{ 0, 24, 2, 1, BASE + 0x1000, -EINVAL },
		{ 0, 24, 2, 1, BASE + 0x2000, 0 },
		{ 0, 24, 2, 7, BASE + 0x40000, -EINVAL },
	};
	struct aiamap *map = new_map(test, 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct aiamap_config config = {
			.nr_ids = 63, .group_bits = cases[i].group_bits,
			.group_shift = cases[i].group_shift, .hart_bits = cases[i].hart_bits,
			.guest_bits = cases[i].guest_bits,
		};

		KUNIT_EXPECT_EQ_MSG(test, aiamap_build(map, &config, &cases[i].imsic, 1),
				    cases[i].result, "case %u", i);
	}
}

static void aplic_is_apart(struct kunit *test)
{
	static const struct {
		u64	aplic;
		u64	size;
		u32	sources;
		int	result;
	} cases[] = {
		{ APLIC, 0x4000, 96, 0 }, { APLIC, 0x4000, 255, 0 },
		{ APLIC, 0x4000, 256, -EINVAL }, { AIAMAP_UNSET, 0x4000, 1, -EINVAL },
		{ AIAMAP_UNSET, 0x4000, 0, 0 }, { APLIC + 0x10, 0x4000, 1, -EINVAL },
		{ BASE - 0x4000, 0x4000, 1, 0 }, { BASE - 0x4000, 0x5000, 1, -EINVAL },
		{ BASE - 0x3000, 0x4000, 1, -EINVAL }, { BASE, 0x4000, 1, -EINVAL },
		{ BASE, 0x4000, 0, 0 }, { BASE + 0x1000, 0x4000, 1, -EINVAL },
		{ BASE + 0x2000, 0x4000, 1, 0 }, { 0ULL - 0x4000, 0x4000, 1, -EINVAL },
		{ 0ULL - 0x5000, 0x4000, 1, 0 }, { 0ULL - 0x1000, 0x4000, 1, -EINVAL },
	};
	static const u64 imsic[] = { BASE, BASE + 0x1000 };
	struct aiamap *map = new_map(test, 2);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct aiamap_config config = plain;

		config.aplic = cases[i].aplic;
		config.aplic_size = cases[i].size;
		config.nr_sources = cases[i].sources;
		KUNIT_EXPECT_EQ_MSG(test, aiamap_build(map, &config, imsic, 2), cases[i].result,
				    "case %u", i);
	}
}

/* Every second place is taken, from the last on. */
static void many_harts_are_found(struct kunit *test)
{
	static const struct aiamap_config config = { .nr_ids = 63, .group_shift = 24,
						     .hart_bits = 11 };
	struct aiamap *map = new_map(test, 1000);
	u64 *imsic = kunit_kzalloc(test, 1000 * sizeof(u64), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, imsic);
	for (i = 0; i < 1000; i++)
		imsic[i] = BASE + 0x2000 * (999 - i);
	KUNIT_ASSERT_EQ(test, aiamap_build(map, &config, imsic, 1000), 0);
	for (i = 0; i < 1000; i++) {
		KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 2 * i), 999 - i);
		KUNIT_EXPECT_EQ(test, aiamap_vcpu(map, 2 * i + 1), -EINVAL);
	}
}

static struct kunit_case aiamap_cases[] = {
	KUNIT_CASE(values_have_ranges),
	KUNIT_CASE(harts_in_a_row),
	KUNIT_CASE(groups_and_guests),
	KUNIT_CASE(widest_fields),
	KUNIT_CASE(each_hart_has_its_own_place),
	KUNIT_CASE(fields_do_not_overlap),
	KUNIT_CASE(aplic_is_apart),
	KUNIT_CASE(many_harts_are_found),
	{ }
};

static struct kunit_suite aiamap_suite = {
	.name		= "kvm_riscv_aiamap",
	.test_cases	= aiamap_cases,
};

kunit_test_suite(aiamap_suite);
