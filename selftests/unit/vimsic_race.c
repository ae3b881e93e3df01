// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSIs that arrive in the middle of an access to an interrupt file: at the one place where it
 * matters, before the word is exchanged. None may get lost, and none raise no signal.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/bits.h>

#include "../../arch/riscv/model/vimsic.h"

static struct vimsic file;
static struct vimsic_regs regs;
static u32 arriving;
static unsigned int left;	/* of how often it happens */
static bool signalled;

static void msi_arrives(void *where)
{
	if (!left)
		return;
	left--;
	signalled |= vimsic_post(&file, arriving++);
}

/* MSIs from @id on, in the next @count places where they can come between. */
static struct vimsic *interfere(u32 id, unsigned int count)
{
	vimsic_init(&file, 127);
	arriving = id;
	signalled = false;
	left = count;
	unit_before_cmpxchg = msi_arrives;
	return &file;
}

static void end(struct kunit *test)
{
	unit_before_cmpxchg = NULL;
	KUNIT_EXPECT_EQ(test, left, 0);
}

static unsigned long get(const struct vimsic *f, unsigned long iselect)
{
	unsigned long value = 0;

	vimsic_get(f, iselect, &value);
	return value;
}

static void rmw_keeps_an_arriving_msi(struct kunit *test)
{
	struct vimsic *f = interfere(10, 3);
	unsigned long old;

	KUNIT_EXPECT_EQ(test, vimsic_rmw(f, VIMSIC_EIP0, &old, BIT(1), BIT(1) | BIT(2)), 0);
	end(test);
	/* It saw them all: the exchange succeeded only then. */
	KUNIT_EXPECT_EQ(test, old, BIT(10) | BIT(11) | BIT(12));
	KUNIT_EXPECT_EQ(test, get(f, VIMSIC_EIP0), BIT(1) | BIT(10) | BIT(11) | BIT(12));
}

static void set_replaces_an_arriving_msi(struct kunit *test)
{
	struct vimsic *f = interfere(10, 1);

	KUNIT_EXPECT_EQ(test, vimsic_set(f, VIMSIC_EIP0, BIT(3)), 0);
	end(test);
	KUNIT_EXPECT_EQ(test, get(f, VIMSIC_EIP0), BIT(3));
}

/* Either who posts or who enables tells: here it is the latter. */
static void enabling_and_arriving_meet(struct kunit *test)
{
	struct vimsic *f = interfere(10, 0);
	unsigned long old;

	vimsic_set(f, VIMSIC_EIDELIVERY, 1);
	left = 1;
	vimsic_rmw(f, VIMSIC_EIE0, &old, BIT(10), BIT(10));
	end(test);
	KUNIT_EXPECT_TRUE(test, signalled || vimsic_signals(f));
	KUNIT_EXPECT_EQ(test, vimsic_top(f), 10 << 16 | 10);
}

/* Words 0 and 1 are taken one after the other: what comes in between is there for the next time. */
static void take_splits_at_each_word(struct kunit *test)
{
	struct vimsic *f = interfere(63, 2);

	vimsic_take(f, &regs);
	end(test);
	KUNIT_EXPECT_EQ(test, regs.eip[0], BIT(63));
	KUNIT_EXPECT_EQ(test, regs.eip[1], BIT(0));
	vimsic_post(f, 2);
	vimsic_take(f, &regs);
	KUNIT_EXPECT_EQ(test, regs.eip[0], BIT(2));
	KUNIT_EXPECT_EQ(test, regs.eip[1], 0);
}

static void merge_keeps_an_arriving_msi(struct kunit *test)
{
	struct vimsic *f = interfere(10, 2);

	regs = (struct vimsic_regs) { .eidelivery = 1 };
	regs.eip[0] = BIT(20);
	regs.eie[0] = ~0UL;
	vimsic_merge(f, &regs);
	end(test);
	KUNIT_EXPECT_EQ(test, get(f, VIMSIC_EIP0), BIT(10) | BIT(11) | BIT(20));
	KUNIT_EXPECT_TRUE(test, vimsic_signals(f));
}

static struct kunit_case vimsic_race_cases[] = {
	KUNIT_CASE(rmw_keeps_an_arriving_msi),
	KUNIT_CASE(set_replaces_an_arriving_msi),
	KUNIT_CASE(enabling_and_arriving_meet),
	KUNIT_CASE(take_splits_at_each_word),
	KUNIT_CASE(merge_keeps_an_arriving_msi),
	{ }
};

static struct kunit_suite vimsic_race_suite = {
	.name		= "kvm_riscv_vimsic_race",
	.test_cases	= vimsic_race_cases,
};

kunit_test_suite(vimsic_race_suite);
