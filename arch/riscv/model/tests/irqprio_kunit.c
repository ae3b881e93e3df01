// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/bits.h>

#include "../irqprio.h"

#define SSI	1
#define STI	5
#define SEI	9
#define LCOFI	13

#define IPRIO(irq, prio)	((unsigned long)(prio) << ((irq) == SSI ? 8 : (irq) == STI ? 24 : \
				 8 * ((irq) - 8)))

static unsigned int winner(unsigned long ready, unsigned long hviprio1, u32 external)
{
	return irqprio_top(ready, hviprio1, 0, external) >> 16;
}

static void test_places(struct kunit *test)
{
	static const struct {
		unsigned int	irq;
		int		byte;	/* of hviprio1, then of hviprio2 */
	} places[] = {
		{ 0, -1 }, { 1, 1 }, { 2, -1 }, { 5, 3 }, { 6, -1 }, { 9, -1 }, { 10, -1 },
		{ 12, -1 }, { 13, 5 }, { 14, 6 }, { 15, 7 }, { 16, 8 }, { 23, 15 }, { 24, -1 },
		{ 63, -1 }, { 64, -1 }, { -1U, -1 },
	};
	unsigned long regs[2] = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		u8 *place = irqprio_place(&regs[0], &regs[1], places[i].irq);

		if (places[i].byte < 0) {
			KUNIT_EXPECT_NULL(test, place);
			continue;
		}
		KUNIT_EXPECT_PTR_EQ(test, place,
				    (u8 *)&regs[places[i].byte / 8] + places[i].byte % 8);
	}
}

static void test_none(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, irqprio_top(0, -1UL, -1UL, 5), 0);
	/* Not one that a guest can have. */
	KUNIT_EXPECT_EQ(test, irqprio_top(~(BIT(SSI) | BIT(STI) | BIT(SEI) | BIT(LCOFI)), 0, 0, 0),
			0);
}

static void test_each(struct kunit *test)
{
	static const unsigned int irqs[] = { SSI, STI, SEI, LCOFI };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(irqs); i++)
		KUNIT_EXPECT_EQ(test, irqprio_top(BIT(irqs[i]), 0, 0, 0), irqs[i] << 16 | 1);
}

static void test_default_order(struct kunit *test)
{
	const unsigned long all = BIT(SSI) | BIT(STI) | BIT(SEI) | BIT(LCOFI);

	KUNIT_EXPECT_EQ(test, winner(all, 0, 0), SEI);
	KUNIT_EXPECT_EQ(test, winner(all, 0, 2047), SEI);
	KUNIT_EXPECT_EQ(test, winner(all & ~BIT(SEI), 0, 0), SSI);
	KUNIT_EXPECT_EQ(test, winner(BIT(STI) | BIT(LCOFI), 0, 0), STI);
}

static void test_numbers(struct kunit *test)
{
	const unsigned long both = BIT(STI) | BIT(SEI);

	/* The lower number wins, ... */
	KUNIT_EXPECT_EQ(test, winner(both, IPRIO(STI, 4), 5), STI);
	KUNIT_EXPECT_EQ(test, winner(both, IPRIO(STI, 6), 5), SEI);
	KUNIT_EXPECT_EQ(test, winner(BIT(SSI) | BIT(STI), IPRIO(STI, 255), 0), STI);
	KUNIT_EXPECT_EQ(test, winner(BIT(SSI) | BIT(LCOFI), IPRIO(LCOFI, 1), 0), LCOFI);
	KUNIT_EXPECT_EQ(test, winner(both, IPRIO(STI, 255), 256), STI);
	/* ... of equal ones the order decides, ... */
	KUNIT_EXPECT_EQ(test, winner(both, IPRIO(STI, 5), 5), SEI);
	/* ... and what is not ready does not count. */
	KUNIT_EXPECT_EQ(test, winner(BIT(SEI), IPRIO(STI, 1), 5), SEI);
}

static struct kunit_case irqprio_cases[] = {
	KUNIT_CASE(test_places),
	KUNIT_CASE(test_none),
	KUNIT_CASE(test_each),
	KUNIT_CASE(test_default_order),
	KUNIT_CASE(test_numbers),
	{ }
};

static struct kunit_suite irqprio_suite = {
	.name = "kvm_riscv_irqprio",
	.test_cases = irqprio_cases,
};

kunit_test_suite(irqprio_suite);
