// SPDX-License-Identifier: GPL-2.0-only
/* Registers, source modes and pending bits: what both delivery modes share, where they differ. */
#include <linux/array_size.h>
#include <linux/limits.h>

#include "vaplic_fixture.h"

static const struct vaplic_config *const configs[] = { &msi_config, &direct_config };

static u32 swapped(u32 v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

/* A domain in which all kinds of bits are set. */
static void fill(struct vaplic *a)
{
	static const u8 modes[] = { 0, 1, 4, 5, 6, 7 };
	u32 source, hart;

	for (source = 1; source <= 100; source++) {
		store(a, SOURCECFG(source), modes[source % 6]);
		store(a, TARGET(source), source % 3 << 18 | 1 << 12 | (source + 1));
		wire(a, source, source * 7 % 5 < 2);
		if (source % 4 == 0)
			store(a, VAPLIC_SETIPNUM, source);
		if (source % 3 == 0)
			store(a, VAPLIC_SETIENUM, source);
	}
	store(a, VAPLIC_GENMSI, 2 << 18 | 77);
	for (hart = 0; hart < a->config.nr_idcs; hart++) {
		store(a, IDC(hart, IDELIVERY), hart != 1);
		store(a, IDC(hart, IFORCE), hart == 1);
		store(a, IDC(hart, ITHRESHOLD), 90 + hart);
	}
}

/* ---- registers ------------------------------------------------------------------------------- */

static void domain_starts_with_nothing(struct kunit *test)
{
	unsigned int i;
	u32 offset;

	for (i = 0; i < ARRAY_SIZE(configs); i++) {
		struct vaplic *a = new_domain(test, configs[i]);

		KUNIT_EXPECT_EQ(test, load(a, 0), configs[i]->direct ? 0x80000000 : 0x80000004);
		for (offset = 1; offset < REGION; offset++) {
			KUNIT_EXPECT_EQ(test, load(a, offset), 0);
			KUNIT_EXPECT_EQ(test, vaplic_get(a, offset), 0);
		}
		expect_nothing(test);
	}
}

/* What is not there reads 0 and does nothing, whatever is written: §4.5. */
static void reserved_offsets_do_nothing(struct kunit *test)
{
	static const struct {
		u32	first;
		u32	last;
	} holes[] = {
		{ 0x0194, 0x1bfc },	/* from sourcecfg[101] on; MSI addresses are not for us */
		{ 0x1c80, 0x1cd8 }, { 0x1ce0, 0x1cfc }, { 0x1d80, 0x1dd8 }, { 0x1de0, 0x1dfc },
		{ 0x1e80, 0x1ed8 }, { 0x1ee0, 0x1efc }, { 0x1f80, 0x1fd8 }, { 0x1fe0, 0x1ffc },
		{ 0x2008, 0x2ffc }, { 0x3194, 0x3ffc },
		{ 0x400c, 0x4014 }, { 0x402c, 0x4034 }, { 0x404c, 0x4054 },
		{ 0x4060, REGION }, { 0xfffffff0, 0xfffffffc },
	};
	unsigned int i, k;
	u32 offset;

	for (i = 0; i < ARRAY_SIZE(configs); i++) {
		struct vaplic *a = new_domain(test, configs[i]);
		struct vaplic *b = new_domain(test, configs[i]);

		fill(a);
		memcpy(b, a, vaplic_size(configs[i]));
		for (k = 0; k < ARRAY_SIZE(holes); k++) {
			for (offset = holes[k].first; offset - 4 != holes[k].last; offset += 4) {
				store(a, offset, ~0u);
				expect_nothing(test);
				vaplic_set(a, offset, ~0u);
				KUNIT_EXPECT_EQ_MSG(test, load(a, offset), 0, "%#x", offset);
			}
		}
		for (offset = 0; offset < REGION; offset++) {
			if (offset % 4 == 0)
				continue;
			store(a, offset, ~0u);
			vaplic_set(a, offset, ~0u);
			KUNIT_EXPECT_EQ(test, load(a, offset), 0);
		}
		KUNIT_EXPECT_MEMEQ(test, a, b, vaplic_size(configs[i]));
	}
}

static void domaincfg_keeps_ie_and_be(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);

	store(a, 0, IE);
	KUNIT_EXPECT_EQ(test, load(a, 0), 0x80000104);
	store(a, 0, ~0u & ~VAPLIC_DOMAINCFG_BE);
	KUNIT_EXPECT_EQ(test, load(a, 0), 0x80000104);
	store(a, 0, VAPLIC_DOMAINCFG_DM);
	KUNIT_EXPECT_EQ(test, load(a, 0), 0x80000004);
	/* The way to write it when its byte order is not known */
	store(a, 0, 0x01000001);
	KUNIT_EXPECT_EQ(test, load(a, 0), swapped(0x80000005));
	store(a, 0, 0);
	KUNIT_EXPECT_EQ(test, load(a, 0), 0x80000004);

	a = new_domain(test, &direct_config);
	store(a, 0, IE | VAPLIC_DOMAINCFG_DM);
	KUNIT_EXPECT_EQ(test, load(a, 0), 0x80000100);
}

static void sourcecfg_takes_the_modes_of_a_leaf(struct kunit *test)
{
	static const u32 modes[] = { 0, 1, 0, 0, 4, 5, 6, 7 };
	struct vaplic *a = new_domain(test, &msi_config);
	u32 value;

	for (value = 0; value < 0x1000; value++) {
		u32 expected = value & 0x400 ? 0 : modes[value % 8];

		store(a, SOURCECFG(33), value);
		KUNIT_EXPECT_EQ(test, load(a, SOURCECFG(33)), expected);
		store(a, SOURCECFG(33), 7);
		vaplic_set(a, SOURCECFG(33), value);
		KUNIT_EXPECT_EQ(test, vaplic_get(a, SOURCECFG(33)), expected);
	}
	store(a, SOURCECFG(33), 0xfffffbfe);
	KUNIT_EXPECT_EQ(test, load(a, SOURCECFG(33)), 6);
	KUNIT_EXPECT_EQ(test, load(a, SOURCECFG(32)), 0);
	KUNIT_EXPECT_EQ(test, load(a, SOURCECFG(34)), 0);
}

static void only_sources_that_exist_can_be_active(struct kunit *test)
{
	static const u16 counts[] = { 0, 1, 31, 32, 33, 63, 64, 1023 };
	struct vaplic_config config = msi_config;
	unsigned int i;
	u32 source, bits;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct vaplic *a;

		config.nr_sources = counts[i];
		a = new_domain(test, &config);
		for (source = 1; source < 1024; source++) {
			store(a, SOURCECFG(source), VAPLIC_EDGE1);
			wire(a, source, true);
			store(a, VAPLIC_SETIENUM, source);
		}
		for (source = 0, bits = 0; source < 1024; source++) {
			bool there = source && source <= counts[i];

			KUNIT_EXPECT_EQ(test, is_pending(a, source), there);
			KUNIT_EXPECT_EQ(test, is_enabled(a, source), there);
			bits += !!(vaplic_get_inputs(a, source / 32) & SBIT(source));
		}
		KUNIT_EXPECT_EQ(test, bits, counts[i]);
		wire(a, 1024, true);
		wire(a, U32_MAX, true);
		wire(a, 0, true);
		expect_nothing(test);
		KUNIT_EXPECT_EQ(test, vaplic_get_inputs(a, 0) & 1, 0);
		for (source = 0; source < 32; source++)
			vaplic_set_inputs(a, source, ~0u);
		for (source = 0, bits = 0; source < 1024; source++)
			bits += !!(vaplic_get_inputs(a, source / 32) & SBIT(source));
		KUNIT_EXPECT_EQ(test, bits, counts[i]);
	}
}

/* §4.5.2: nothing of it is there, and nothing is kept for when it becomes active. */
static void inactive_source_is_read_only_zero(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(configs); i++) {
		struct vaplic *a = new_domain(test, configs[i]);
		u32 iprio = configs[i]->direct ? 1 : 0;

		store(a, SOURCECFG(40), VAPLIC_DETACHED);
		KUNIT_EXPECT_EQ(test, load(a, TARGET(40)), iprio);
		store(a, WORD(SETIP, 40), ~0u);
		store(a, WORD(SETIE, 40), ~0u);
		store(a, TARGET(40), 1 << 18 | 7);
		KUNIT_EXPECT_EQ(test, load(a, WORD(SETIP, 40)), SBIT(40));
		KUNIT_EXPECT_EQ(test, load(a, WORD(SETIE, 40)), SBIT(40));
		KUNIT_EXPECT_EQ(test, load(a, TARGET(40)), 1 << 18 | 7);
		/* Another active mode changes nothing. */
		store(a, SOURCECFG(40), VAPLIC_EDGE1);
		KUNIT_EXPECT_TRUE(test, is_pending(a, 40) && is_enabled(a, 40));
		KUNIT_EXPECT_EQ(test, load(a, TARGET(40)), 1 << 18 | 7);

		store(a, SOURCECFG(40), VAPLIC_INACTIVE);
		KUNIT_EXPECT_EQ(test, load(a, WORD(SETIP, 40)), 0);
		KUNIT_EXPECT_EQ(test, load(a, WORD(SETIE, 40)), 0);
		KUNIT_EXPECT_EQ(test, load(a, TARGET(40)), 0);
		store(a, WORD(SETIP, 40), ~0u);
		store(a, VAPLIC_SETIPNUM, 40);
		store(a, WORD(SETIE, 40), ~0u);
		store(a, VAPLIC_SETIENUM, 40);
		store(a, TARGET(40), 1 << 18 | 7);
		vaplic_set(a, WORD(SETIP, 40), ~0u);
		vaplic_set(a, WORD(SETIE, 40), ~0u);
		vaplic_set(a, TARGET(40), ~0u);
		wire(a, 40, true);
		KUNIT_EXPECT_EQ(test, load(a, WORD(SETIP, 40)), 0);
		KUNIT_EXPECT_EQ(test, load(a, WORD(SETIE, 40)), 0);
		KUNIT_EXPECT_EQ(test, load(a, WORD(IN_CLRIP, 40)), 0);
		KUNIT_EXPECT_EQ(test, load(a, TARGET(40)), 0);

		store(a, SOURCECFG(40), VAPLIC_DETACHED);
		KUNIT_EXPECT_FALSE(test, is_pending(a, 40) || is_enabled(a, 40));
		KUNIT_EXPECT_EQ(test, load(a, TARGET(40)), iprio);
	}
}

static void enable_bits_by_word_and_by_number(struct kunit *test)
{
	static const u32 none[] = { 0, 101, 128, 1023, 1024, 0x10028, 1u << 31, U32_MAX };
	struct vaplic *a = new_domain(test, &msi_config);
	unsigned int i;

	for (i = 1; i <= 100; i++)
		store(a, SOURCECFG(i), VAPLIC_DETACHED);
	store(a, VAPLIC_SETIENUM, 40);
	store(a, VAPLIC_SETIENUM, 64);
	for (i = 0; i < ARRAY_SIZE(none); i++) {
		store(a, VAPLIC_SETIENUM, none[i]);
		store(a, VAPLIC_CLRIENUM, none[i]);
	}
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE), 0);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE + 4), SBIT(40));
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE + 8), 1);
	store(a, VAPLIC_SETIE + 4, 0xff);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE + 4), SBIT(40) | 0xff);
	store(a, VAPLIC_CLRIE + 4, 0x0f);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE + 4), SBIT(40) | 0xf0);
	store(a, VAPLIC_CLRIENUM, 40);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE + 4), 0xf0);
	store(a, VAPLIC_SETIE, ~0u);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE), ~1u);
	store(a, VAPLIC_SETIE + 12, ~0u);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE + 12), 0x1f);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIENUM), 0);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_CLRIE + 4), 0);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_CLRIENUM), 0);
}

/* The two registers with an order of their own, in a domain of either order. */
static void pending_bits_by_number(struct kunit *test)
{
	static const u32 none[] = { 0, 101, 1024, 0x28000028, 0x10028, 1u << 31, U32_MAX };
	unsigned int be, i;

	for (be = 0; be < 2; be++) {
		struct vaplic *a = new_domain(test, &msi_config);

		for (i = 1; i <= 100; i++)
			store(a, SOURCECFG(i), VAPLIC_DETACHED);
		store(a, 0, be);
		store(a, VAPLIC_SETIPNUM, be ? swapped(40) : 40);
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP + 4), SBIT(40));
		store(a, VAPLIC_SETIPNUM_LE, 41);
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP + 4), SBIT(40) | SBIT(41));
		store(a, VAPLIC_SETIPNUM_BE, swapped(42));
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP + 4),
				SBIT(40) | SBIT(41) | SBIT(42));
		/* Not in order: no source */
		store(a, VAPLIC_SETIPNUM, be ? 43 : swapped(43));
		store(a, VAPLIC_SETIPNUM_LE, swapped(43));
		store(a, VAPLIC_SETIPNUM_BE, 43);
		for (i = 0; i < ARRAY_SIZE(none); i++) {
			store(a, VAPLIC_SETIPNUM, be ? swapped(none[i]) : none[i]);
			store(a, VAPLIC_SETIPNUM_LE, none[i]);
			store(a, VAPLIC_SETIPNUM_BE, swapped(none[i]));
			store(a, VAPLIC_CLRIPNUM, be ? swapped(none[i]) : none[i]);
		}
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP + 4),
				SBIT(40) | SBIT(41) | SBIT(42));
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP), 0);
		KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIPNUM), 0);
		KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIPNUM_LE), 0);
		KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIPNUM_BE), 0);
		KUNIT_EXPECT_EQ(test, load(a, VAPLIC_CLRIPNUM), 0);
		store(a, VAPLIC_CLRIPNUM, be ? swapped(41) : 41);
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP + 4), SBIT(40) | SBIT(42));
		store(a, VAPLIC_IN_CLRIP + 4, be ? swapped(SBIT(42)) : SBIT(42));
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP + 4), SBIT(40));
	}
}

/* §4.5.1: BE is the order of all registers. */
static void big_endian_registers(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &direct_config);

	store(a, 0, VAPLIC_DOMAINCFG_BE);
	store(a, 0, swapped(IE | VAPLIC_DOMAINCFG_BE));
	KUNIT_EXPECT_EQ(test, load(a, 0), swapped(0x80000101));
	store(a, SOURCECFG(3), swapped(VAPLIC_EDGE0));
	KUNIT_EXPECT_EQ(test, load(a, SOURCECFG(3)), swapped(VAPLIC_EDGE0));
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_IN_CLRIP), swapped(1 << 3));
	store(a, VAPLIC_SETIP, swapped(1 << 3));
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIP), swapped(1 << 3));
	store(a, VAPLIC_SETIENUM, swapped(3));
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIE), swapped(1 << 3));
	store(a, TARGET(3), swapped(2 << 18 | 9));
	KUNIT_EXPECT_EQ(test, load(a, TARGET(3)), swapped(2 << 18 | 9));
	store(a, IDC(2, ITHRESHOLD), swapped(10));
	KUNIT_EXPECT_EQ(test, load(a, IDC(2, ITHRESHOLD)), swapped(10));
	KUNIT_EXPECT_EQ(test, load(a, IDC(2, TOPI)), swapped(3 << 16 | 9));
	/* For userspace, a register has the value that it has. */
	KUNIT_EXPECT_EQ(test, vaplic_get(a, TARGET(3)), 2 << 18 | 9);
	vaplic_set(a, TARGET(3), 2 << 18 | 8);
	KUNIT_EXPECT_EQ(test, load(a, TARGET(3)), swapped(2 << 18 | 8));
	KUNIT_EXPECT_EQ(test, load(a, IDC(2, CLAIMI)), swapped(3 << 16 | 8));
}

/* ---- wires and pending bits ------------------------------------------------------------------ */

/* A regression of others: it is the inputs that are read there. */
static void in_clrip_reads_rectified_inputs(struct kunit *test)
{
	static const struct {
		u32	mode;
		bool	read[2];	/* by the wire */
	} cases[] = {
		{ VAPLIC_INACTIVE, { false, false } }, { VAPLIC_DETACHED, { false, false } },
		{ VAPLIC_EDGE1, { false, true } }, { VAPLIC_EDGE0, { true, false } },
		{ VAPLIC_LEVEL1, { false, true } }, { VAPLIC_LEVEL0, { true, false } },
	};
	unsigned int i, k, level;

	for (i = 0; i < ARRAY_SIZE(configs); i++) {
		struct vaplic *a = new_domain(test, configs[i]);

		for (k = 0; k < ARRAY_SIZE(cases); k++) {
			store(a, SOURCECFG(70), cases[k].mode);
			for (level = 0; level < 4; level++) {
				u32 read = SBIT(70) * cases[k].read[level % 2];

				wire(a, 70, level % 2);
				KUNIT_EXPECT_EQ(test, load(a, WORD(IN_CLRIP, 70)), read);
				KUNIT_EXPECT_EQ(test, vaplic_get(a, WORD(IN_CLRIP, 70)), read);
				KUNIT_EXPECT_EQ(test, vaplic_get_inputs(a, 2) & SBIT(70),
						SBIT(70) * (level % 2));
			}
		}
		KUNIT_EXPECT_EQ(test, load(a, VAPLIC_IN_CLRIP), 0);
	}
}

enum step {
	END, ASSERT, DEASSERT, SETIP, SETIPNUM, CLRIP, CLRIPNUM,
};

static void take_step(struct vaplic *a, u32 source, bool inverted, enum step step)
{
	switch (step) {
	case ASSERT:
	case DEASSERT:
		wire(a, source, (step == ASSERT) != inverted);
		break;
	case SETIP:
		store(a, WORD(SETIP, source), SBIT(source));
		break;
	case SETIPNUM:
		store(a, VAPLIC_SETIPNUM, source);
		break;
	case CLRIP:
		store(a, WORD(IN_CLRIP, source), SBIT(source));
		break;
	case CLRIPNUM:
		store(a, VAPLIC_CLRIPNUM, source);
		break;
	case END:
		break;
	}
}

struct pending_case {
	const char	*name;
	bool		direct;
	u32		mode;	/* and the inverted one */
	struct {
		enum step	step;
		bool		pending;	/* after it */
	} steps[12];
};

/* §4.7, line by line */
static const struct pending_case pending_cases[] = {
	{ "detached", false, VAPLIC_DETACHED, {
		{ ASSERT, false }, { SETIP, true }, { DEASSERT, true }, { CLRIP, false },
		{ ASSERT, false }, { SETIPNUM, true }, { CLRIPNUM, false } } },
	{ "detached_direct", true, VAPLIC_DETACHED, {
		{ ASSERT, false }, { SETIP, true }, { DEASSERT, true }, { CLRIP, false },
		{ ASSERT, false }, { SETIPNUM, true }, { CLRIPNUM, false } } },
	{ "edge", false, VAPLIC_EDGE1, {
		{ ASSERT, true }, { ASSERT, true }, { CLRIP, false }, { ASSERT, false },
		{ DEASSERT, false }, { ASSERT, true }, { DEASSERT, true }, { CLRIPNUM, false },
		{ SETIP, true }, { CLRIP, false }, { SETIPNUM, true } } },
	{ "edge_direct", true, VAPLIC_EDGE1, {
		{ ASSERT, true }, { ASSERT, true }, { CLRIP, false }, { ASSERT, false },
		{ DEASSERT, false }, { ASSERT, true }, { DEASSERT, true }, { CLRIPNUM, false },
		{ SETIP, true }, { CLRIP, false }, { SETIPNUM, true } } },
	{ "level", false, VAPLIC_LEVEL1, {
		{ SETIP, false }, { SETIPNUM, false }, { ASSERT, true }, { DEASSERT, false },
		{ ASSERT, true }, { CLRIP, false }, { ASSERT, false }, { SETIPNUM, true },
		{ CLRIPNUM, false }, { SETIP, true }, { DEASSERT, false } } },
	{ "level_direct", true, VAPLIC_LEVEL1, {
		{ SETIP, false }, { SETIPNUM, false }, { ASSERT, true }, { CLRIP, true },
		{ CLRIPNUM, true }, { SETIP, true }, { DEASSERT, false }, { CLRIP, false },
		{ ASSERT, true }, { DEASSERT, false } } },
};

static void pending_case_name(const struct pending_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pending, pending_cases, pending_case_name);

static void pending_bits_follow_their_rules(struct kunit *test)
{
	const struct pending_case *c = test->param_value;
	unsigned int inverted, i;

	for (inverted = 0; inverted < 2; inverted++) {
		struct vaplic *a = new_domain(test, configs[c->direct]);

		if (inverted && c->mode == VAPLIC_DETACHED)
			break;
		wire(a, 64, inverted);
		store(a, SOURCECFG(64), c->mode | inverted);
		KUNIT_EXPECT_FALSE(test, is_pending(a, 64));
		for (i = 0; c->steps[i].step != END; i++) {
			take_step(a, 64, inverted, c->steps[i].step);
			KUNIT_EXPECT_EQ_MSG(test, is_pending(a, 64), c->steps[i].pending,
					    "step %u, inverted %u", i, inverted);
			KUNIT_EXPECT_EQ(test, out.nr_msis, 0);
		}
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP), 0);
		KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP + 8) & ~1u, 0);
	}
}

/* What is pending when a source gets another mode: §4.5.2, §4.7. */
static void new_mode_looks_at_the_wire(struct kunit *test)
{
	static const struct {
		u32	old;
		u32	new;
		bool	level;
		bool	before;
		bool	after[2];	/* MSIs, direct */
	} cases[] = {
		/* A level that is there already is an interrupt, an edge is none. */
		{ VAPLIC_INACTIVE, VAPLIC_LEVEL1, true, false, { true, true } },
		{ VAPLIC_INACTIVE, VAPLIC_LEVEL0, false, false, { true, true } },
		{ VAPLIC_INACTIVE, VAPLIC_LEVEL1, false, false, { false, false } },
		{ VAPLIC_INACTIVE, VAPLIC_EDGE1, true, false, { false, false } },
		{ VAPLIC_INACTIVE, VAPLIC_EDGE0, false, false, { false, false } },
		{ VAPLIC_DETACHED, VAPLIC_LEVEL1, true, false, { true, true } },
		{ VAPLIC_DETACHED, VAPLIC_LEVEL1, false, true, { false, false } },
		{ VAPLIC_LEVEL1, VAPLIC_LEVEL0, false, false, { true, true } },
		{ VAPLIC_LEVEL0, VAPLIC_LEVEL1, false, true, { false, false } },
		/* Forwarded and ended or not: writing the mode it has is no interrupt. */
		{ VAPLIC_LEVEL1, VAPLIC_LEVEL1, true, false, { false, true } },
		{ VAPLIC_EDGE1, VAPLIC_LEVEL1, true, false, { false, true } },
		{ VAPLIC_LEVEL1, VAPLIC_EDGE1, true, true, { true, true } },
		{ VAPLIC_LEVEL1, VAPLIC_DETACHED, true, true, { true, true } },
		{ VAPLIC_EDGE1, VAPLIC_EDGE0, false, true, { true, true } },
		{ VAPLIC_EDGE1, VAPLIC_INACTIVE, true, true, { false, false } },
	};
	unsigned int i, k;

	for (k = 0; k < ARRAY_SIZE(cases); k++) {
		for (i = 0; i < ARRAY_SIZE(configs); i++) {
			struct vaplic *a = new_domain(test, configs[i]);

			wire(a, 9, cases[k].level);
			store(a, SOURCECFG(9), cases[k].old);
			if (cases[k].before)
				store(a, VAPLIC_SETIPNUM, 9);
			else
				store(a, VAPLIC_CLRIPNUM, 9);
			store(a, SOURCECFG(9), cases[k].new);
			KUNIT_EXPECT_EQ_MSG(test, is_pending(a, 9), cases[k].after[i],
					    "case %u, direct %u", k, i);
		}
	}
}

/* ---- save and restore ------------------------------------------------------------------------ */

static void saved_domain_can_be_restored(struct kunit *test)
{
	unsigned int i, ie;
	u32 offset, word;

	for (i = 0; i < ARRAY_SIZE(configs); i++) {
		for (ie = 0; ie < 2; ie++) {
			struct vaplic *a = new_domain(test, configs[i]);
			struct vaplic *b = new_domain(test, configs[i]);

			store(a, 0, ie ? IE : 0);
			fill(a);
			for (word = 0; word < VAPLIC_WORDS + 1; word++)
				vaplic_set_inputs(b, word, vaplic_get_inputs(a, word));
			for (offset = 0; offset < REGION; offset += 4)
				vaplic_set(b, offset, vaplic_get(a, offset));
			for (offset = 0; offset < REGION; offset += 4)
				KUNIT_EXPECT_EQ_MSG(test, vaplic_get(a, offset),
						    vaplic_get(b, offset), "%#x", offset);
			for (word = 0; word < VAPLIC_WORDS; word++)
				KUNIT_EXPECT_EQ(test, vaplic_get_inputs(a, word),
						vaplic_get_inputs(b, word));
			more(b);
			expect_nothing(test);
			KUNIT_EXPECT_MEMEQ(test, a->word, b->word, sizeof(a->word));
		}
	}
}

static void set_replaces_whole_words(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);
	u32 source;

	for (source = 1; source < 32; source++)
		store(a, SOURCECFG(source), VAPLIC_EDGE1);
	store(a, VAPLIC_SETIP, 0xff00);
	store(a, VAPLIC_SETIE, 0xff00);
	vaplic_set(a, VAPLIC_SETIP, 0xf0);
	vaplic_set(a, VAPLIC_SETIE, 0x0f);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP), 0xf0);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIE), 0x0e);
	/* These hold nothing. */
	vaplic_set(a, VAPLIC_IN_CLRIP, ~0u);
	vaplic_set(a, VAPLIC_CLRIE, ~0u);
	vaplic_set(a, VAPLIC_SETIPNUM, 1);
	vaplic_set(a, VAPLIC_SETIPNUM_LE, 1);
	vaplic_set(a, VAPLIC_CLRIPNUM, 5);
	vaplic_set(a, VAPLIC_SETIENUM, 9);
	vaplic_set(a, VAPLIC_CLRIENUM, 1);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP), 0xf0);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIE), 0x0e);
}

static void set_drops_what_cannot_be(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);
	struct vaplic *b = new_domain(test, &direct_config);

	vaplic_set(a, 0, ~0u);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, 0), 0x80000105);
	vaplic_set(a, VAPLIC_GENMSI, ~0u);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_GENMSI), 15 << 18 | 255);
	vaplic_set(a, SOURCECFG(8), VAPLIC_LEVEL1);
	vaplic_set(a, SOURCECFG(9), VAPLIC_LEVEL0);
	vaplic_set(a, VAPLIC_SETIP, ~0u);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP), 1 << 9);
	vaplic_set_inputs(a, 0, 1 << 9);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP), 0);
	vaplic_set_inputs(a, 0, 1 << 8);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP), 0);
	vaplic_set(a, VAPLIC_SETIP, ~0u);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, VAPLIC_SETIP), 3 << 8);

	vaplic_set(b, VAPLIC_GENMSI, ~0u);
	KUNIT_EXPECT_EQ(test, vaplic_get(b, VAPLIC_GENMSI), 0);
	vaplic_set(b, SOURCECFG(8), VAPLIC_LEVEL1);
	vaplic_set_inputs(b, 0, 1 << 8);
	KUNIT_EXPECT_EQ(test, vaplic_get(b, VAPLIC_SETIP), 1 << 8);
	vaplic_set(b, VAPLIC_SETIP, 0);
	KUNIT_EXPECT_EQ(test, vaplic_get(b, VAPLIC_SETIP), 1 << 8);
	vaplic_set(b, TARGET(8), 0xfffff00);
	KUNIT_EXPECT_EQ(test, vaplic_get(b, TARGET(8)), 15 << 18 | 1);
	vaplic_set(b, IDC(1, IDELIVERY), 2);
	vaplic_set(b, IDC(1, IFORCE), 3);
	vaplic_set(b, IDC(1, ITHRESHOLD), 0x1fe);
	KUNIT_EXPECT_EQ(test, vaplic_get(b, IDC(1, IDELIVERY)), 0);
	KUNIT_EXPECT_EQ(test, vaplic_get(b, IDC(1, IFORCE)), 1);
	KUNIT_EXPECT_EQ(test, vaplic_get(b, IDC(1, ITHRESHOLD)), 0xfe);
	KUNIT_EXPECT_EQ(test, vaplic_get_inputs(b, 32), 0);
	KUNIT_EXPECT_EQ(test, vaplic_get_inputs(b, U32_MAX), 0);
	vaplic_set_inputs(b, 32, ~0u);
	vaplic_set_inputs(b, U32_MAX, ~0u);
}

static struct kunit_case vaplic_cases[] = {
	KUNIT_CASE(domain_starts_with_nothing),
	KUNIT_CASE(reserved_offsets_do_nothing),
	KUNIT_CASE(domaincfg_keeps_ie_and_be),
	KUNIT_CASE(sourcecfg_takes_the_modes_of_a_leaf),
	KUNIT_CASE(only_sources_that_exist_can_be_active),
	KUNIT_CASE(inactive_source_is_read_only_zero),
	KUNIT_CASE(enable_bits_by_word_and_by_number),
	KUNIT_CASE(pending_bits_by_number),
	KUNIT_CASE(big_endian_registers),
	KUNIT_CASE(in_clrip_reads_rectified_inputs),
	KUNIT_CASE_PARAM(pending_bits_follow_their_rules, pending_gen_params),
	KUNIT_CASE(new_mode_looks_at_the_wire),
	KUNIT_CASE(saved_domain_can_be_restored),
	KUNIT_CASE(set_replaces_whole_words),
	KUNIT_CASE(set_drops_what_cannot_be),
	{ }
};

static struct kunit_suite vaplic_suite = {
	.name		= "kvm_riscv_vaplic",
	.test_cases	= vaplic_cases,
};

kunit_test_suite(vaplic_suite);
