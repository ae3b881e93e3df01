/* SPDX-License-Identifier: GPL-2.0-only */
/* A domain with its surroundings, for the suites of vaplic.c. */
#ifndef VAPLIC_FIXTURE_H
#define VAPLIC_FIXTURE_H

#include <kunit/test.h>
#include <linux/string.h>

#include "../vaplic.h"

#define IE		VAPLIC_DOMAINCFG_IE
#define SOURCECFG(i)	(VAPLIC_SOURCECFG + 4 * (i))
#define TARGET(i)	(VAPLIC_TARGET + 4 * (i))
#define WORD(array, i)	(VAPLIC_##array + (i) / 32 * 4)
#define SBIT(i)		(1u << (i) % 32)
#define IDC(hart, reg)	(VAPLIC_IDC + VAPLIC_IDC_SIZE * (hart) + VAPLIC_##reg)
#define REGION		0x8000	/* more than what there is in these tests */

static const struct vaplic_config msi_config = {
	.nr_sources = 100, .hart_bits = 4, .guest_bits = 2, .nr_ids = 255,
};

static const struct vaplic_config direct_config = {
	.nr_sources = 100, .direct = true, .nr_idcs = 3, .hart_bits = 4,
};

/* The last result; all that a call leaves alone is not 0. */
static struct vaplic_out out;

static inline struct vaplic *new_domain(struct kunit *test, const struct vaplic_config *config)
{
	struct vaplic *a = kunit_kzalloc(test, vaplic_size(config), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, a);
	memset(a, 0xff, vaplic_size(config));
	vaplic_init(a, config);
	return a;
}

static inline void store(struct vaplic *a, u32 offset, u32 value)
{
	memset(&out, 0xff, sizeof(out));
	vaplic_write(a, offset, value, &out);
}

static inline u32 load(struct vaplic *a, u32 offset)
{
	memset(&out, 0xff, sizeof(out));
	return vaplic_read(a, offset, &out);
}

static inline void wire(struct vaplic *a, u32 source, bool level)
{
	memset(&out, 0xff, sizeof(out));
	vaplic_input(a, source, level, &out);
}

static inline void more(struct vaplic *a)
{
	memset(&out, 0xff, sizeof(out));
	vaplic_more(a, &out);
}

static inline bool is_pending(struct vaplic *a, u32 source)
{
	return vaplic_get(a, WORD(SETIP, source)) & SBIT(source);
}

static inline bool is_enabled(struct vaplic *a, u32 source)
{
	return vaplic_get(a, WORD(SETIE, source)) & SBIT(source);
}

static inline void expect_nothing(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, out.more);
	KUNIT_EXPECT_FALSE(test, out.all_idcs);
	KUNIT_EXPECT_EQ(test, out.nr_msis, 0);
	KUNIT_EXPECT_EQ(test, out.nr_idcs, 0);
	KUNIT_EXPECT_EQ(test, out.acked, 0);
}

#endif
