// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/bitmap.h>

#include "../vmidpool.h"

static void first_generation_is_not_zero(struct kunit *test)
{
	struct vmidpool pool;

	vmidpool_init(&pool, 7);
	KUNIT_EXPECT_EQ(test, pool.generation, 1);
	KUNIT_EXPECT_EQ(test, pool.count, 128);
}

static void every_number_is_used_once_per_generation(struct kunit *test)
{
	DECLARE_BITMAP(used, 16);
	struct vmidpool pool;
	unsigned int round, n;
	u32 vmid;

	vmidpool_init(&pool, 4);
	for (round = 0; round < 3; round++) {
		bitmap_zero(used, 16);
		for (n = 0; n < 16; n++) {
			bool fresh = vmidpool_alloc(&pool, &vmid);

			KUNIT_ASSERT_LT(test, vmid, 16);
			KUNIT_EXPECT_FALSE(test, __test_and_set_bit(vmid, used));
			KUNIT_EXPECT_EQ(test, fresh, round > 0 && n == 0);
			KUNIT_EXPECT_EQ(test, pool.generation, round + 1);
		}
	}
}

static void one_bit_pool_alternates(struct kunit *test)
{
	struct vmidpool pool;
	u32 vmid;

	vmidpool_init(&pool, 1);
	KUNIT_EXPECT_FALSE(test, vmidpool_alloc(&pool, &vmid));
	KUNIT_EXPECT_EQ(test, vmid, 0);
	KUNIT_EXPECT_FALSE(test, vmidpool_alloc(&pool, &vmid));
	KUNIT_EXPECT_EQ(test, vmid, 1);
	KUNIT_EXPECT_TRUE(test, vmidpool_alloc(&pool, &vmid));
	KUNIT_EXPECT_EQ(test, vmid, 0);
	KUNIT_EXPECT_EQ(test, pool.generation, 2);
}

static void pool_without_bits_always_gives_zero(struct kunit *test)
{
	struct vmidpool pool;
	unsigned int n;
	u32 vmid;

	vmidpool_init(&pool, 0);
	for (n = 0; n < 5; n++) {
		vmid = ~0U;
		KUNIT_EXPECT_FALSE(test, vmidpool_alloc(&pool, &vmid));
		KUNIT_EXPECT_EQ(test, vmid, 0);
		KUNIT_EXPECT_EQ(test, pool.generation, 1);
	}
}

static struct kunit_case vmidpool_cases[] = {
	KUNIT_CASE(first_generation_is_not_zero),
	KUNIT_CASE(every_number_is_used_once_per_generation),
	KUNIT_CASE(one_bit_pool_alternates),
	KUNIT_CASE(pool_without_bits_always_gives_zero),
	{}
};

static struct kunit_suite vmidpool_suite = {
	.name = "kvm_riscv_vmidpool",
	.test_cases = vmidpool_cases,
};

kunit_test_suite(vmidpool_suite);
