// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "../vimsic.h"

#define TOP(id)		((id) << 16 | (id))

static const u32 sizes[] = { 63, 127, 191, 255, 1023, 2047 };

static struct vimsic file;
static struct vimsic_regs regs;

static struct vimsic *new_file(u32 nr_ids)
{
	memset(&file, 0xff, sizeof(file));
	vimsic_init(&file, nr_ids);
	return &file;
}

static struct vimsic *delivering_file(u32 nr_ids)
{
	struct vimsic *f = new_file(nr_ids);

	vimsic_set(f, VIMSIC_EIDELIVERY, 1);
	return f;
}

static unsigned long get(struct kunit *test, const struct vimsic *f, unsigned long iselect)
{
	unsigned long value = 0;

	KUNIT_EXPECT_EQ_MSG(test, vimsic_get(f, iselect, &value), 0, "register %#lx", iselect);
	return value;
}

static unsigned long word_reg(unsigned long array, u32 id)
{
	return array + id / 64 * 2;
}

static void enable(struct kunit *test, struct vimsic *f, u32 id)
{
	unsigned long old;

	KUNIT_EXPECT_EQ(test, vimsic_rmw(f, word_reg(VIMSIC_EIE0, id), &old, BIT(id % 64),
					 BIT(id % 64)), 0);
}

static bool is_pending(struct kunit *test, const struct vimsic *f, u32 id)
{
	return get(test, f, word_reg(VIMSIC_EIP0, id)) >> id % 64 & 1;
}

static unsigned int count_pending(struct kunit *test, const struct vimsic *f)
{
	unsigned int id, count = 0;

	for (id = 0; id < 2048; id++)
		count += is_pending(test, f, id);
	return count;
}

static void file_starts_empty(struct kunit *test)
{
	struct vimsic *f = new_file(255);
	unsigned long iselect;

	for (iselect = VIMSIC_FIRST; iselect <= VIMSIC_LAST; iselect += 2)
		KUNIT_EXPECT_EQ(test, get(test, f, iselect), 0);
	KUNIT_EXPECT_EQ(test, vimsic_top(f), 0);
	KUNIT_EXPECT_FALSE(test, vimsic_signals(f));
}

/* §3.5: a write that is no implemented identity is ignored. */
static void only_identities_become_pending(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		u32 n = sizes[i], bad[] = { 0, n + 1, n + 64, 2048, 0x10001, 1u << 31, U32_MAX };
		struct vimsic *f = delivering_file(n);
		unsigned int k;

		enable(test, f, 1);
		enable(test, f, n);
		for (k = 0; k < ARRAY_SIZE(bad); k++)
			KUNIT_EXPECT_FALSE(test, vimsic_post(f, bad[k]));
		KUNIT_EXPECT_EQ(test, count_pending(test, f), 0);
		KUNIT_EXPECT_TRUE(test, vimsic_post(f, 1));
		KUNIT_EXPECT_TRUE(test, vimsic_post(f, n));
		KUNIT_EXPECT_EQ(test, count_pending(test, f), 2);
		KUNIT_EXPECT_TRUE(test, is_pending(test, f, 1) && is_pending(test, f, n));
	}
}

static void post_tells_when_to_signal(struct kunit *test)
{
	static const struct {
		bool	deliver;
		bool	enable;
		u32	threshold;
		bool	signal;
	} cases[] = {
		{ true, true, 0, true }, { false, true, 0, false }, { true, false, 0, false },
		{ true, true, 99, false }, { true, true, 100, false }, { true, true, 101, true },
		{ false, true, 101, false }, { true, false, 101, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vimsic *f = new_file(255);

		vimsic_set(f, VIMSIC_EIDELIVERY, cases[i].deliver);
		vimsic_set(f, VIMSIC_EITHRESHOLD, cases[i].threshold);
		if (cases[i].enable)
			enable(test, f, 100);
		KUNIT_EXPECT_EQ_MSG(test, vimsic_post(f, 100), cases[i].signal, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, vimsic_signals(f), cases[i].signal, "case %u", i);
		KUNIT_EXPECT_TRUE(test, is_pending(test, f, 100));
		/* Who posted first has raised it. */
		KUNIT_EXPECT_FALSE(test, vimsic_post(f, 100));
	}
}

static void lowest_identity_is_on_top(struct kunit *test)
{
	static const u32 ids[] = { 2047, 1984, 640, 100, 64, 63, 1 };
	struct vimsic *f = delivering_file(2047);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		vimsic_post(f, ids[i]);
		KUNIT_EXPECT_EQ(test, vimsic_top(f), i ? TOP(ids[i - 1]) : 0);
		enable(test, f, ids[i]);
		KUNIT_EXPECT_EQ(test, vimsic_top(f), TOP(ids[i]));
	}
}

/* §3.8.2, §3.9: identities from the threshold on are as if they were not enabled. */
static void threshold_masks_from_its_value_on(struct kunit *test)
{
	struct vimsic *f = delivering_file(255);

	enable(test, f, 70);
	enable(test, f, 80);
	vimsic_post(f, 70);
	vimsic_post(f, 80);
	vimsic_set(f, VIMSIC_EITHRESHOLD, 71);
	KUNIT_EXPECT_EQ(test, vimsic_top(f), TOP(70));
	vimsic_set(f, VIMSIC_EITHRESHOLD, 70);
	KUNIT_EXPECT_EQ(test, vimsic_top(f), 0);
	KUNIT_EXPECT_FALSE(test, vimsic_signals(f));
	vimsic_set(f, VIMSIC_EITHRESHOLD, 1);
	KUNIT_EXPECT_EQ(test, vimsic_top(f), 0);
	vimsic_set(f, VIMSIC_EITHRESHOLD, 0);
	KUNIT_EXPECT_EQ(test, vimsic_top(f), TOP(70));
}

/* §3.9 does not mention eidelivery, §3.10 does. */
static void delivery_concerns_the_signal_only(struct kunit *test)
{
	struct vimsic *f = new_file(63);

	enable(test, f, 5);
	KUNIT_EXPECT_FALSE(test, vimsic_post(f, 5));
	KUNIT_EXPECT_EQ(test, vimsic_top(f), TOP(5));
	KUNIT_EXPECT_FALSE(test, vimsic_signals(f));
	vimsic_set(f, VIMSIC_EIDELIVERY, 1);
	KUNIT_EXPECT_TRUE(test, vimsic_signals(f));
	vimsic_claim(f, TOP(5));
	KUNIT_EXPECT_FALSE(test, vimsic_signals(f));
}

static void claim_takes_what_was_read(struct kunit *test)
{
	struct vimsic *f = delivering_file(255);
	u32 top;

	enable(test, f, 3);
	enable(test, f, 200);
	vimsic_post(f, 200);
	top = vimsic_top(f);
	vimsic_post(f, 3);
	vimsic_claim(f, top);
	KUNIT_EXPECT_FALSE(test, is_pending(test, f, 200));
	KUNIT_EXPECT_TRUE(test, is_pending(test, f, 3));
	KUNIT_EXPECT_EQ(test, vimsic_top(f), TOP(3));

	vimsic_claim(f, 0);
	vimsic_claim(f, 256 << 16);
	vimsic_claim(f, 0xffff0003);
	KUNIT_EXPECT_EQ(test, vimsic_top(f), TOP(3));
	/* Enabled or not: it is the reported one. */
	vimsic_set(f, VIMSIC_EIE0, 0);
	vimsic_claim(f, TOP(3));
	KUNIT_EXPECT_EQ(test, count_pending(test, f), 0);
	/* It can come again. */
	enable(test, f, 3);
	KUNIT_EXPECT_TRUE(test, vimsic_post(f, 3));
}

/* §3.7, §3.8: which registers there are, and which bits they have. */
static void registers_keep_the_bits_they_have(struct kunit *test)
{
	unsigned long iselect, value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct vimsic *f = new_file(sizes[i]);

		for (iselect = 0; iselect < 0x200; iselect++) {
			bool odd = iselect >= 0x80 && iselect & 1;
			int err = iselect < 0x70 || iselect > 0xff || odd ? -EINVAL : 0;
			unsigned long bits = 0;

			if (iselect == 0x70)
				bits = 1;
			else if (iselect == 0x72)
				bits = sizes[i] <= 63 ? 63 : sizes[i] <= 127 ? 127 :
				       sizes[i] <= 255 ? 255 : sizes[i];
			else if (iselect >= 0x80 && iselect % 64 / 2 <= sizes[i] / 64)
				bits = iselect % 64 ? ~0UL : ~1UL;
			value = 0x5555;
			KUNIT_EXPECT_EQ(test, vimsic_set(f, iselect, ~0UL), err);
			KUNIT_EXPECT_EQ(test, vimsic_get(f, iselect, &value), err);
			KUNIT_EXPECT_EQ_MSG(test, value, err ? 0x5555 : bits, "%#lx of %u",
					    iselect, sizes[i]);
		}
		/* All of it at once: as many as there are, no more. */
		KUNIT_EXPECT_EQ(test, count_pending(test, f), sizes[i]);
	}
	KUNIT_EXPECT_EQ(test, vimsic_get(&file, 0x100000070, &value), -EINVAL);
	KUNIT_EXPECT_EQ(test, vimsic_get(&file, ~0UL, &value), -EINVAL);
}

static void delivery_takes_zero_and_one(struct kunit *test)
{
	static const unsigned long written[] = { 1, 0x40000000, 3, 2, ~0UL, 1UL << 32, 1 };
	static const unsigned long read[] = { 1, 0, 1, 0, 1, 0, 1 };
	struct vimsic *f = new_file(63);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(written); i++) {
		vimsic_set(f, VIMSIC_EIDELIVERY, written[i]);
		KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIDELIVERY), read[i]);
	}
}

static void rmw_changes_the_bits_of_its_mask(struct kunit *test)
{
	struct vimsic *f = new_file(255);
	unsigned long old = 1;

	vimsic_set(f, VIMSIC_EIE0 + 2, 0xff00);
	KUNIT_EXPECT_EQ(test, vimsic_rmw(f, VIMSIC_EIE0 + 2, &old, ~0UL, 0x00f0), 0);
	KUNIT_EXPECT_EQ(test, old, 0xff00);
	KUNIT_EXPECT_EQ(test, vimsic_rmw(f, VIMSIC_EIE0 + 2, &old, 0, 0xf000), 0);
	KUNIT_EXPECT_EQ(test, old, 0xfff0);
	KUNIT_EXPECT_EQ(test, vimsic_rmw(f, VIMSIC_EIE0 + 2, &old, ~0UL, 0), 0);
	KUNIT_EXPECT_EQ(test, old, 0x0ff0);
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIE0 + 2), 0x0ff0);
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIP0 + 2), 0);

	KUNIT_EXPECT_EQ(test, vimsic_rmw(f, 0x71, &old, ~0UL, ~0UL), 0);
	KUNIT_EXPECT_EQ(test, old, 0);
	old = 7;
	KUNIT_EXPECT_EQ(test, vimsic_rmw(f, VIMSIC_EIP0 + 1, &old, ~0UL, ~0UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, vimsic_rmw(f, 0x6f, &old, ~0UL, ~0UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, old, 7);
}

/* §3.5: two registers; all else is read-only zeros, and other sizes are ignored. */
static void page_has_two_registers(struct kunit *test)
{
	struct vimsic *f = delivering_file(255);
	u32 offset;

	enable(test, f, 5);
	enable(test, f, 6);
	for (offset = 0; offset < VIMSIC_PAGE_SIZE; offset++) {
		if (offset != 0)
			KUNIT_EXPECT_FALSE(test, vimsic_write_page(f, offset, 4, 5));
		if (offset != 4)
			KUNIT_EXPECT_FALSE(test, vimsic_write_page(f, offset, 4, 5u << 24));
	}
	KUNIT_EXPECT_FALSE(test, vimsic_write_page(f, 0, 1, 5));
	KUNIT_EXPECT_FALSE(test, vimsic_write_page(f, 0, 2, 5));
	KUNIT_EXPECT_FALSE(test, vimsic_write_page(f, 0, 8, 5));
	KUNIT_EXPECT_FALSE(test, vimsic_write_page(f, 4, 8, 5u << 24));
	KUNIT_EXPECT_EQ(test, count_pending(test, f), 0);

	KUNIT_EXPECT_TRUE(test, vimsic_write_page(f, VIMSIC_SETEIPNUM_LE, 4, 5));
	KUNIT_EXPECT_TRUE(test, vimsic_write_page(f, VIMSIC_SETEIPNUM_BE, 4, 6u << 24));
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIP0), BIT(5) | BIT(6));
	/* 0x0105 is more than there are, whichever end it comes from. */
	KUNIT_EXPECT_FALSE(test, vimsic_write_page(f, VIMSIC_SETEIPNUM_LE, 4, 0x105));
	KUNIT_EXPECT_FALSE(test, vimsic_write_page(f, VIMSIC_SETEIPNUM_BE, 4, 0x05010000));
	KUNIT_EXPECT_EQ(test, count_pending(test, f), 2);
}

static void take_leaves_nothing_pending(struct kunit *test)
{
	struct vimsic *f = delivering_file(127);

	enable(test, f, 100);
	vimsic_set(f, VIMSIC_EITHRESHOLD, 101);
	vimsic_post(f, 100);
	vimsic_post(f, 7);
	memset(&regs, 0xff, sizeof(regs));
	vimsic_take(f, &regs);
	KUNIT_EXPECT_EQ(test, regs.eidelivery, 1);
	KUNIT_EXPECT_EQ(test, regs.eithreshold, 101);
	KUNIT_EXPECT_EQ(test, regs.eip[0], BIT(7));
	KUNIT_EXPECT_EQ(test, regs.eip[1], BIT(36));
	KUNIT_EXPECT_EQ(test, regs.eie[1], BIT(36));
	KUNIT_EXPECT_EQ(test, regs.eip[2] | regs.eie[2] | regs.eip[31] | regs.eie[31], 0);
	KUNIT_EXPECT_EQ(test, count_pending(test, f), 0);
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIE0 + 2), BIT(36));
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EITHRESHOLD), 101);

	/* A straggler: the second time it is all there is. */
	KUNIT_EXPECT_TRUE(test, vimsic_post(f, 100));
	vimsic_take(f, &regs);
	KUNIT_EXPECT_EQ(test, regs.eip[0], 0);
	KUNIT_EXPECT_EQ(test, regs.eip[1], BIT(36));
}

static void merge_keeps_what_came_meanwhile(struct kunit *test)
{
	struct vimsic *f = new_file(127);

	enable(test, f, 9);
	vimsic_post(f, 1);
	memset(&regs, 0, sizeof(regs));
	regs.eidelivery = 0x40000001;
	regs.eithreshold = 1000;
	regs.eip[0] = BIT(0) | BIT(2);
	regs.eip[1] = BIT(63);
	regs.eip[2] = ~0UL;
	regs.eie[0] = BIT(0) | BIT(2);
	regs.eie[2] = ~0UL;
	vimsic_merge(f, &regs);
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIP0), BIT(1) | BIT(2));
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIP0 + 2), BIT(63));
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIE0), BIT(2));
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIP0 + 4), 0);
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIE0 + 4), 0);
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EIDELIVERY), 1);
	KUNIT_EXPECT_EQ(test, get(test, f, VIMSIC_EITHRESHOLD), 1000 & 127);
	KUNIT_EXPECT_EQ(test, vimsic_top(f), TOP(2));
	KUNIT_EXPECT_TRUE(test, vimsic_signals(f));
}

static struct kunit_case vimsic_cases[] = {
	KUNIT_CASE(file_starts_empty),
	KUNIT_CASE(only_identities_become_pending),
	KUNIT_CASE(post_tells_when_to_signal),
	KUNIT_CASE(lowest_identity_is_on_top),
	KUNIT_CASE(threshold_masks_from_its_value_on),
	KUNIT_CASE(delivery_concerns_the_signal_only),
	KUNIT_CASE(claim_takes_what_was_read),
	KUNIT_CASE(registers_keep_the_bits_they_have),
	KUNIT_CASE(delivery_takes_zero_and_one),
	KUNIT_CASE(rmw_changes_the_bits_of_its_mask),
	KUNIT_CASE(page_has_two_registers),
	KUNIT_CASE(take_leaves_nothing_pending),
	KUNIT_CASE(merge_keeps_what_came_meanwhile),
	{ }
};

static struct kunit_suite vimsic_suite = {
	.name		= "kvm_riscv_vimsic",
	.test_cases	= vimsic_cases,
};

kunit_test_suite(vimsic_suite);
