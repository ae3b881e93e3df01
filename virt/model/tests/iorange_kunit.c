// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/limits.h>

#include "../iorange.h"

/* ---- what may be asked for ------------------------------------------------------------------- */

static void lengths_of_stores_are_accepted(struct kunit *test)
{
	u32 len;

	for (len = 0; len < 300; len++) {
		bool stores = len == 1 || len == 2 || len == 4 || len == 8;

		KUNIT_EXPECT_EQ(test, iorange_check(0x1000, len, true), stores ? 0 : -EINVAL);
		KUNIT_EXPECT_EQ(test, iorange_check(0x1000, len, false),
				stores || !len ? 0 : -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, iorange_check(0, U32_MAX, false), -EINVAL);
	KUNIT_EXPECT_EQ(test, iorange_check(0, 0x104, false), -EINVAL);
}

static void end_of_the_address_space_is_out_of_reach(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, iorange_check(U64_MAX - 4, 4, false), 0);
	KUNIT_EXPECT_EQ(test, iorange_check(U64_MAX - 3, 4, false), -EINVAL);
	KUNIT_EXPECT_EQ(test, iorange_check(U64_MAX - 2, 4, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, iorange_check(U64_MAX, 1, false), -EINVAL);
	KUNIT_EXPECT_EQ(test, iorange_check(U64_MAX, 0, false), 0);
}

/* ---- which sets share a store ---------------------------------------------------------------- */

struct pair {
	const char	*name;
	struct iorange	a, b;
	bool		share;
	bool		same;
};

#define ANY(addr)		{ (addr), 0, 0, false }
#define LEN(addr, len)		{ (addr), 0, (len), false }
#define DATA(addr, len, data)	{ (addr), (data), (len), true }

static const struct pair pairs[] = {
	{ "same address, any length",	ANY(8),		ANY(8),			true,	true },
	{ "same length",		LEN(8, 4),	LEN(8, 4),		true,	true },
	{ "same value",			DATA(8, 4, 7),	DATA(8, 4, 7),		true,	true },
	{ "any length, one length",	ANY(8),		LEN(8, 2),		true,	false },
	{ "any length, one value",	ANY(8),		DATA(8, 8, 1),		true,	false },
	{ "any value, one value",	LEN(8, 4),	DATA(8, 4, 0),		true,	false },
	{ "two addresses, any length",	ANY(8),		ANY(9),			false,	false },
	{ "two addresses",		LEN(8, 4),	LEN(10, 4),		false,	false },
	{ "far addresses",		LEN(8, 4),	LEN(1ULL << 63, 4),	false,	false },
	{ "two lengths",		LEN(8, 4),	LEN(8, 8),		false,	false },
	{ "two lengths, same value",	DATA(8, 1, 5),	DATA(8, 2, 5),		false,	false },
	{ "two values",			DATA(8, 4, 5),	DATA(8, 4, 6),		false,	false },
	{ "far values",			DATA(8, 8, 0),	DATA(8, 8, U64_MAX),	false,	false },
	{ "value only, other address",	DATA(8, 4, 5),	DATA(12, 4, 5),		false,	false },
};

static void sets_compare_equal_when_they_share_a_store(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		const struct pair *p = &pairs[i];
		int forth = iorange_order(&p->a, &p->b), back = iorange_order(&p->b, &p->a);

		KUNIT_EXPECT_EQ_MSG(test, forth == 0, p->share, "%s", p->name);
		KUNIT_EXPECT_EQ_MSG(test, (forth > 0) - (forth < 0), (back < 0) - (back > 0),
				    "%s", p->name);
		KUNIT_EXPECT_EQ_MSG(test, iorange_same(&p->a, &p->b), p->same, "%s", p->name);
		KUNIT_EXPECT_EQ_MSG(test, iorange_same(&p->b, &p->a), p->same, "%s", p->name);
	}
}

static void forgotten_data_does_not_tell_sets_apart(struct kunit *test)
{
	const struct iorange a = { 8, 1, 4, false }, b = { 8, 2, 4, false };

	KUNIT_EXPECT_EQ(test, iorange_order(&a, &b), 0);
	KUNIT_EXPECT_TRUE(test, iorange_same(&a, &b));
}

/* ---- search among sets that share nothing ---------------------------------------------------- */

#define SETS	100

static const u8 lens[] = { 0, 1, 2, 4, 8 };

/* Insert by binary search, refuse what compares equal: what a search tree does. */
static unsigned int insert_sorted(struct iorange *sets, unsigned int count,
				  const struct iorange *set)
{
	unsigned int low = 0, high = count, i;

	while (low < high) {
		unsigned int middle = (low + high) / 2;
		int order = iorange_order(set, &sets[middle]);

		if (!order)
			return count;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (i = count; i > low; i--)
		sets[i] = sets[i - 1];
	sets[low] = *set;
	return count + 1;
}

static bool found_by_search(const struct iorange *sets, unsigned int count,
			    const struct iorange *key)
{
	unsigned int low = 0, high = count;

	while (low < high) {
		unsigned int middle = (low + high) / 2;
		int order = iorange_order(key, &sets[middle]);

		if (!order)
			return true;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool found_by_looking(const struct iorange *sets, unsigned int count,
			     const struct iorange *key)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!iorange_order(key, &sets[i]))
			return true;
	return false;
}

static struct iorange random_set(u32 *seed)
{
	struct iorange set = { };

	*seed = *seed * 1664525 + 1013904223;
	set.addr = *seed >> 29;
	set.len = lens[(*seed >> 20) % ARRAY_SIZE(lens)];
	set.has_data = set.len && *seed & (1 << 19);
	set.data = (*seed >> 16) & 7;
	return set;
}

static void search_finds_what_looking_at_all_finds(struct kunit *test)
{
	struct iorange *sets = kunit_kzalloc(test, SETS * sizeof(*sets), GFP_KERNEL);
	unsigned int round, i, count;
	u32 seed = 1;

	KUNIT_ASSERT_NOT_NULL(test, sets);
	for (round = 0; round < 200; round++) {
		for (count = 0, i = 0; i < SETS; i++) {
			const struct iorange set = random_set(&seed);
			unsigned int before = count;
			bool taken = found_by_looking(sets, count, &set);

			count = insert_sorted(sets, count, &set);
			KUNIT_EXPECT_EQ(test, count, before + !taken);
		}
		for (i = 0; i < SETS; i++) {
			const struct iorange key = random_set(&seed);

			KUNIT_EXPECT_EQ(test, found_by_search(sets, count, &key),
					found_by_looking(sets, count, &key));
		}
	}
}

/* ---- zones ----------------------------------------------------------------------------------- */

static void zones_hold_what_lies_in_one_of_them(struct kunit *test)
{
	struct iorange_zone a[3], b[3];
	unsigned int n;

	KUNIT_EXPECT_FALSE(test, iorange_zones_hold(NULL, 0, 0, 0));
	n = iorange_zones_add(a, NULL, 0, 0x100, 0x1ff);
	KUNIT_EXPECT_EQ(test, n, 1);
	KUNIT_EXPECT_TRUE(test, iorange_zones_hold(a, n, 0x100, 0x107));
	KUNIT_EXPECT_TRUE(test, iorange_zones_hold(a, n, 0x1f8, 0x1ff));
	KUNIT_EXPECT_TRUE(test, iorange_zones_hold(a, n, 0x100, 0x1ff));
	KUNIT_EXPECT_FALSE(test, iorange_zones_hold(a, n, 0x1fc, 0x203));
	KUNIT_EXPECT_FALSE(test, iorange_zones_hold(a, n, 0xfc, 0x103));
	KUNIT_EXPECT_FALSE(test, iorange_zones_hold(a, n, 0x200, 0x207));
	KUNIT_EXPECT_FALSE(test, iorange_zones_hold(a, n, 0, 0));

	/* Two that touch are not one. */
	n = iorange_zones_add(b, a, n, 0x200, 0x2ff);
	KUNIT_EXPECT_EQ(test, n, 2);
	KUNIT_EXPECT_TRUE(test, iorange_zones_hold(b, n, 0x1f8, 0x1ff));
	KUNIT_EXPECT_TRUE(test, iorange_zones_hold(b, n, 0x200, 0x207));
	KUNIT_EXPECT_FALSE(test, iorange_zones_hold(b, n, 0x1fc, 0x203));
}

static void zone_is_kept_once(struct kunit *test)
{
	struct iorange_zone a[3], b[3];
	unsigned int n;

	n = iorange_zones_add(a, NULL, 0, 0x100, 0x1ff);
	n = iorange_zones_add(b, a, n, 0x100, 0x17f);
	KUNIT_EXPECT_EQ(test, n, 2);
	n = iorange_zones_add(a, b, n, 0x100, 0x1ff);
	KUNIT_EXPECT_EQ(test, n, 2);
	n = iorange_zones_remove(b, a, n, 0x180, 0x1ff);
	KUNIT_EXPECT_EQ(test, n, 1);
	KUNIT_EXPECT_TRUE(test, iorange_zones_hold(b, n, 0x100, 0x17f));
	KUNIT_EXPECT_FALSE(test, iorange_zones_hold(b, n, 0x100, 0x180));
}

static void zones_that_hold_a_range_go_together(struct kunit *test)
{
	struct iorange_zone a[4], b[4];
	unsigned int n;

	n = iorange_zones_add(a, NULL, 0, 0, U64_MAX);
	n = iorange_zones_add(b, a, n, 0x100, 0x1ff);
	n = iorange_zones_add(a, b, n, 0x180, 0x27f);
	n = iorange_zones_add(b, a, n, 0x1a0, 0x1a7);
	KUNIT_EXPECT_EQ(test, n, 4);
	/* None holds this; a zone inside it stays. */
	n = iorange_zones_remove(a, b, n, 0x80, 0x400);
	KUNIT_EXPECT_EQ(test, n, 3);
	n = iorange_zones_remove(b, a, n, 0x190, 0x1af);
	KUNIT_EXPECT_EQ(test, n, 1);
	KUNIT_EXPECT_EQ(test, b[0].first, 0x1a0);
	KUNIT_EXPECT_TRUE(test, iorange_zones_hold(b, n, 0x1a0, 0x1a7));
	n = iorange_zones_remove(a, b, n, 0x1a7, 0x1a7);
	KUNIT_EXPECT_EQ(test, n, 0);
}

#define MANY	40

static void zones_agree_with_a_list(struct kunit *test)
{
	struct iorange_zone *list = kunit_kzalloc(test, 3 * (MANY + 1) * sizeof(*list), GFP_KERNEL);
	struct iorange_zone *now = list + MANY + 1, *next = now + MANY + 1;
	unsigned int round, i, count = 0, n = 0;
	u32 seed = 7;

	KUNIT_ASSERT_NOT_NULL(test, list);
	for (round = 0; round < 20000; round++) {
		u64 first, last;
		bool held = false;

		seed = seed * 1664525 + 1013904223;
		first = seed >> 26;
		last = first + ((seed >> 20) & 15);
		for (i = 0; i < count; i++)
			held |= list[i].first <= first && list[i].last >= last;
		KUNIT_EXPECT_EQ(test, iorange_zones_hold(now, n, first, last), held);

		if ((seed & (3 << 18)) && count < MANY) {
			for (i = 0; i < count; i++)
				if (list[i].first == first && list[i].last == last)
					break;
			if (i == count)
				list[count++] = (struct iorange_zone) { first, last, 0 };
			n = iorange_zones_add(next, now, n, first, last);
		} else {
			unsigned int kept = 0;

			for (i = 0; i < count; i++)
				if (list[i].first > first || list[i].last < last)
					list[kept++] = list[i];
			count = kept;
			n = iorange_zones_remove(next, now, n, first, last);
		}
		KUNIT_ASSERT_EQ(test, n, count);
		for (i = 0; i < n; i++)
			now[i] = next[i];
	}
}

static struct kunit_case iorange_cases[] = {
	KUNIT_CASE(lengths_of_stores_are_accepted),
	KUNIT_CASE(end_of_the_address_space_is_out_of_reach),
	KUNIT_CASE(sets_compare_equal_when_they_share_a_store),
	KUNIT_CASE(forgotten_data_does_not_tell_sets_apart),
	KUNIT_CASE(search_finds_what_looking_at_all_finds),
	KUNIT_CASE(zones_hold_what_lies_in_one_of_them),
	KUNIT_CASE(zone_is_kept_once),
	KUNIT_CASE(zones_that_hold_a_range_go_together),
	KUNIT_CASE(zones_agree_with_a_list),
	{ }
};

static struct kunit_suite iorange_suite = {
	.name		= "kvm_riscv_iorange",
	.test_cases	= iorange_cases,
};

kunit_test_suite(iorange_suite);
