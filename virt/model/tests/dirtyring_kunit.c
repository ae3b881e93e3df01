// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/sizes.h>

#include "../dirtyring.h"

#define ENTRIES	128
#define MOST	SZ_1M

static struct dirtyring_entry entries[ENTRIES];

/* @start: what was pushed and taken before, to have the counters wrap. */
static struct dirtyring ring_from(u32 start)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		entries[i] = (struct dirtyring_entry) {};
	return (struct dirtyring) {
		.entry = entries, .size = ENTRIES, .next = start, .first = start,
	};
}

static void push(struct kunit *test, struct dirtyring *ring, u32 slot, u64 offset)
{
	KUNIT_ASSERT_TRUE(test, dirtyring_push(ring, slot, offset));
}

/* What userspace does. */
static void harvest(struct dirtyring *ring, u32 first, unsigned int count)
{
	while (count--)
		ring->entry[first++ % ENTRIES].flags = DIRTYRING_HARVESTED;
}

static void sizes_are_checked(struct kunit *test)
{
	static const struct {
		u64	bytes;
		int	result;
	} cases[] = {
		{ 0, -EINVAL }, { 16, -EINVAL }, { 1024, -EINVAL }, { SZ_4K / 2, -EINVAL },
		{ SZ_4K, 0 }, { SZ_4K + 16, -EINVAL }, { 3 * SZ_4K, -EINVAL }, { SZ_64K, 0 },
		{ SZ_1M, 0 }, { SZ_1M - SZ_4K, -EINVAL }, { 2 * SZ_1M, -E2BIG },
		{ SZ_4G, -E2BIG }, { SZ_4G + SZ_64K, -EINVAL }, { 1ULL << 63, -E2BIG },
		{ U64_MAX, -EINVAL },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, dirtyring_check(cases[i].bytes, MOST), cases[i].result,
				    "%llu bytes", cases[i].bytes);
}

static void page_is_told_with_its_flag(struct kunit *test)
{
	struct dirtyring ring = ring_from(0);

	push(test, &ring, 7, 0x123456789a);
	KUNIT_EXPECT_EQ(test, entries[0].flags, DIRTYRING_DIRTY);
	KUNIT_EXPECT_EQ(test, entries[0].slot, 7);
	KUNIT_EXPECT_EQ(test, entries[0].offset, 0x123456789a);
	KUNIT_EXPECT_EQ(test, entries[1].flags, 0);
}

static void ring_is_full_before_it_overflows(struct kunit *test)
{
	static const u32 starts[] = { 0, 100, U32_MAX - 10 };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		struct dirtyring ring = ring_from(starts[i]);

		for (n = 0; n < ENTRIES; n++) {
			KUNIT_EXPECT_EQ(test, dirtyring_is_full(&ring),
					n >= ENTRIES - DIRTYRING_RESERVE);
			push(test, &ring, 0, n);
		}
		KUNIT_EXPECT_FALSE(test, dirtyring_push(&ring, 1, 1));
		KUNIT_EXPECT_EQ(test, entries[starts[i] % ENTRIES].offset, 0);
	}
}

static void take_stops_at_what_is_not_harvested(struct kunit *test)
{
	struct dirtyring ring = ring_from(ENTRIES - 2);
	struct dirtyring_word words[4];
	unsigned int count = 0;
	u32 budget = ENTRIES;

	push(test, &ring, 1, 5);
	push(test, &ring, 1, 6);
	push(test, &ring, 1, 7);
	KUNIT_EXPECT_FALSE(test, dirtyring_take(&ring, &budget, words, &count, 4));
	KUNIT_EXPECT_EQ(test, count, 0);

	harvest(&ring, ENTRIES - 2, 1);
	harvest(&ring, ENTRIES, 1);
	KUNIT_EXPECT_FALSE(test, dirtyring_take(&ring, &budget, words, &count, 4));
	KUNIT_EXPECT_EQ(test, count, 1);
	KUNIT_EXPECT_EQ(test, words[0].mask, 1 << 5);
	KUNIT_EXPECT_EQ(test, budget, ENTRIES - 1);
	KUNIT_EXPECT_EQ(test, entries[ENTRIES - 2].flags, 0);
	KUNIT_EXPECT_EQ(test, entries[ENTRIES - 1].flags, DIRTYRING_DIRTY);

	harvest(&ring, ENTRIES - 1, 1);
	KUNIT_EXPECT_FALSE(test, dirtyring_take(&ring, &budget, words, &count, 4));
	KUNIT_EXPECT_EQ(test, count, 1);
	KUNIT_EXPECT_EQ(test, words[0].mask, 7 << 5);
	KUNIT_EXPECT_EQ(test, ring.first, ring.next);
}

/* Userspace may set flags where nothing was pushed, and write any page anywhere. */
static void nothing_is_taken_that_was_not_pushed(struct kunit *test)
{
	struct dirtyring ring = ring_from(0);
	struct dirtyring_word words[4];
	unsigned int count = 0;
	u32 budget = ENTRIES;

	push(test, &ring, 1, 5);
	harvest(&ring, 0, ENTRIES);
	entries[0].slot = U32_MAX;
	entries[0].offset = U64_MAX;
	KUNIT_EXPECT_FALSE(test, dirtyring_take(&ring, &budget, words, &count, 4));
	KUNIT_EXPECT_EQ(test, budget, ENTRIES - 1);
	KUNIT_EXPECT_EQ(test, count, 1);
	KUNIT_EXPECT_EQ(test, words[0].slot, U32_MAX);
	KUNIT_EXPECT_EQ(test, words[0].offset, U64_MAX - 63);
	KUNIT_EXPECT_EQ(test, words[0].mask, 1ULL << 63);
}

static void words_hold_neighbours_of_one_slot(struct kunit *test)
{
	static const struct {
		u32	slot;
		u64	offset;
	} pages[] = { { 1, 63 }, { 1, 0 }, { 1, 64 }, { 2, 64 }, { 2, 65 }, { 1, 65 } };
	struct dirtyring ring = ring_from(0);
	struct dirtyring_word words[4];
	unsigned int count = 0, i;
	u32 budget = ENTRIES;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		push(test, &ring, pages[i].slot, pages[i].offset);
	harvest(&ring, 0, ARRAY_SIZE(pages));
	KUNIT_EXPECT_FALSE(test, dirtyring_take(&ring, &budget, words, &count, 4));
	KUNIT_ASSERT_EQ(test, count, 4);
	KUNIT_EXPECT_EQ(test, words[0].mask, 1ULL << 63 | 1);
	KUNIT_EXPECT_EQ(test, words[1].mask, 1);
	KUNIT_EXPECT_EQ(test, words[2].mask, 3);
	KUNIT_EXPECT_EQ(test, words[2].slot, 2);
	KUNIT_EXPECT_EQ(test, words[3].mask, 2);
	KUNIT_EXPECT_EQ(test, words[3].offset, 64);
}

static void take_goes_on_where_room_ended(struct kunit *test)
{
	struct dirtyring ring = ring_from(0);
	struct dirtyring_word words[2];
	unsigned int count = 0, i;
	u32 budget = ENTRIES;

	for (i = 0; i < 3; i++)
		push(test, &ring, 0, 64 * i);
	harvest(&ring, 0, 3);
	KUNIT_EXPECT_TRUE(test, dirtyring_take(&ring, &budget, words, &count, 2));
	KUNIT_EXPECT_EQ(test, count, 2);
	KUNIT_EXPECT_EQ(test, budget, ENTRIES - 2);
	count = 0;
	KUNIT_EXPECT_FALSE(test, dirtyring_take(&ring, &budget, words, &count, 2));
	KUNIT_EXPECT_EQ(test, count, 1);
	KUNIT_EXPECT_EQ(test, words[0].offset, 128);
}

static void take_keeps_to_its_budget(struct kunit *test)
{
	struct dirtyring ring = ring_from(0);
	struct dirtyring_word words[2];
	unsigned int count = 0;
	u32 budget = 1;

	push(test, &ring, 0, 1);
	push(test, &ring, 0, 2);
	harvest(&ring, 0, 2);
	KUNIT_EXPECT_FALSE(test, dirtyring_take(&ring, &budget, words, &count, 2));
	KUNIT_EXPECT_EQ(test, budget, 0);
	KUNIT_EXPECT_EQ(test, words[0].mask, 2);
}

static struct kunit_case dirtyring_cases[] = {
	KUNIT_CASE(sizes_are_checked),
	KUNIT_CASE(page_is_told_with_its_flag),
	KUNIT_CASE(ring_is_full_before_it_overflows),
	KUNIT_CASE(take_stops_at_what_is_not_harvested),
	KUNIT_CASE(nothing_is_taken_that_was_not_pushed),
	KUNIT_CASE(words_hold_neighbours_of_one_slot),
	KUNIT_CASE(take_goes_on_where_room_ended),
	KUNIT_CASE(take_keeps_to_its_budget),
	{ }
};

static struct kunit_suite dirtyring_suite = {
	.name		= "kvm_riscv_dirtyring",
	.test_cases	= dirtyring_cases,
};

kunit_test_suite(dirtyring_suite);
