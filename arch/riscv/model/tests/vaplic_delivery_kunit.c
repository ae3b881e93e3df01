// SPDX-License-Identifier: GPL-2.0-only
/* What comes out of a domain: MSIs (AIA v1.0 §4.9), signals of harts (§4.8), ends of interrupts. */
#include <linux/array_size.h>
#include <linux/limits.h>

#include "vaplic_fixture.h"

/* ---- MSIs ------------------------------------------------------------------------------------ */

/* A source that is enabled, with a target of its own. */
static void set_up(struct vaplic *a, u32 source, u32 mode)
{
	store(a, SOURCECFG(source), mode);
	store(a, TARGET(source), (source % 16) << 18 | 1 << 12 | source);
	store(a, VAPLIC_SETIENUM, source);
}

static void expect_msi(struct kunit *test, unsigned int i, u32 source)
{
	KUNIT_ASSERT_LT(test, i, out.nr_msis);
	KUNIT_EXPECT_EQ(test, out.msi[i].hart, source % 16);
	KUNIT_EXPECT_EQ(test, out.msi[i].guest, 1);
	KUNIT_EXPECT_EQ(test, out.msi[i].eiid, source);
}

static void expect_only_msi(struct kunit *test, u32 source)
{
	KUNIT_EXPECT_EQ(test, out.nr_msis, 1);
	expect_msi(test, 0, source);
	out.nr_msis = 0;
	expect_nothing(test);
}

static void rising_wire_sends_one_msi(struct kunit *test)
{
	static const u32 modes[] = { VAPLIC_EDGE1, VAPLIC_LEVEL1, VAPLIC_EDGE0, VAPLIC_LEVEL0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		struct vaplic *a = new_domain(test, &msi_config);
		bool inverted = modes[i] & 1;

		wire(a, 90, inverted);
		set_up(a, 90, modes[i]);
		store(a, 0, IE);
		expect_nothing(test);
		wire(a, 90, !inverted);
		expect_only_msi(test, 90);
		KUNIT_EXPECT_FALSE(test, is_pending(a, 90));
		wire(a, 90, !inverted);
		expect_nothing(test);
		wire(a, 90, inverted);
		expect_nothing(test);
		wire(a, 90, !inverted);
		expect_only_msi(test, 90);
	}
}

/* §4.9: pending, enabled and IE, in any order. */
static void msi_needs_pending_enabled_and_ie(struct kunit *test)
{
	unsigned int order;

	for (order = 0; order < 6; order++) {
		static const u8 orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
						 { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
		struct vaplic *a = new_domain(test, &msi_config);
		unsigned int i;

		store(a, SOURCECFG(50), VAPLIC_EDGE1);
		store(a, TARGET(50), 2 << 18 | 1 << 12 | 50);
		for (i = 0; i < 3; i++) {
			if (orders[order][i] == 0)
				wire(a, 50, true);
			else if (orders[order][i] == 1)
				store(a, VAPLIC_SETIENUM, 50);
			else
				store(a, 0, IE);
			if (i < 2)
				expect_nothing(test);
		}
		expect_only_msi(test, 50);
		KUNIT_EXPECT_FALSE(test, is_pending(a, 50));
		KUNIT_EXPECT_TRUE(test, is_enabled(a, 50));
	}
}

static void disabled_source_stays_pending(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);

	set_up(a, 5, VAPLIC_EDGE1);
	store(a, 0, IE);
	store(a, VAPLIC_CLRIENUM, 5);
	wire(a, 5, true);
	expect_nothing(test);
	KUNIT_EXPECT_TRUE(test, is_pending(a, 5));
	store(a, 0, 0);
	store(a, VAPLIC_SETIENUM, 5);
	expect_nothing(test);
	KUNIT_EXPECT_TRUE(test, is_pending(a, 5));
	store(a, VAPLIC_CLRIPNUM, 5);
	store(a, 0, IE);
	expect_nothing(test);
}

static void word_sends_all_of_its_sources(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);
	u32 source;

	for (source = 32; source < 64; source++)
		set_up(a, source, VAPLIC_DETACHED);
	store(a, 0, IE);
	store(a, VAPLIC_SETIP + 4, ~0u);
	KUNIT_EXPECT_EQ(test, out.nr_msis, 32);
	KUNIT_EXPECT_FALSE(test, out.more);
	for (source = 32; source < 64; source++)
		expect_msi(test, source - 32, source);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIP + 4), 0);
}

/* A burst comes in parts, and each MSI once, whatever is called in between. */
static void burst_is_bounded_and_loses_nothing(struct kunit *test)
{
	struct vaplic_config config = msi_config;
	unsigned int calls = 0, i, sent = 0;
	struct vaplic *a;
	u32 source;
	u8 *seen;

	config.nr_sources = 1023;
	config.nr_ids = 2047;
	a = new_domain(test, &config);
	seen = kunit_kzalloc(test, 1024, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	for (source = 1; source < 1024; source++) {
		set_up(a, source, VAPLIC_DETACHED);
		store(a, VAPLIC_SETIPNUM, source);
	}
	store(a, 0, IE);
	for (;;) {
		KUNIT_ASSERT_LE(test, out.nr_msis, 32);
		for (i = 0; i < out.nr_msis; i++)
			seen[out.msi[i].eiid % 1024]++;
		sent += out.nr_msis;
		if (!out.more)
			break;
		KUNIT_ASSERT_LT(test, calls++, 100);
		/* Any call goes on with it. */
		if (calls % 4 == 0)
			wire(a, 1, true);
		else if (calls % 4 == 1)
			load(a, VAPLIC_SETIP);
		else
			more(a);
	}
	KUNIT_EXPECT_EQ(test, sent, 1023);
	for (source = 1; source < 1024; source++)
		KUNIT_EXPECT_EQ(test, seen[source], 1);
	more(a);
	expect_nothing(test);
}

static void burst_stops_with_ie(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);

	set_up(a, 5, VAPLIC_DETACHED);
	set_up(a, 40, VAPLIC_DETACHED);
	store(a, VAPLIC_SETIPNUM, 5);
	store(a, VAPLIC_SETIPNUM, 40);
	store(a, 0, IE);
	KUNIT_EXPECT_EQ(test, out.nr_msis, 1);
	KUNIT_EXPECT_TRUE(test, out.more);
	store(a, 0, 0);
	expect_nothing(test);
	more(a);
	expect_nothing(test);
	KUNIT_EXPECT_TRUE(test, is_pending(a, 40));
	store(a, 0, IE);
	expect_only_msi(test, 40);
}

/* §4.5.16: fields as wide as what they select. */
static void target_has_the_width_of_its_fields(struct kunit *test)
{
	static const struct {
		u8	hart_bits;
		u8	guest_bits;
		u16	nr_ids;
		u32	target;
	} cases[] = {
		{ 0, 0, 63, 0x0000003f }, { 1, 0, 64 + 63, 0x0004007f },
		{ 4, 2, 191, 0x003c30ff }, { 14, 6, 2047, 0xfffff7ff },
		{ 22, 7, 1023, 0xfffff3ff },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vaplic_config config = {
			.nr_sources = 1, .hart_bits = cases[i].hart_bits,
			.guest_bits = cases[i].guest_bits, .nr_ids = cases[i].nr_ids,
		};
		u32 target = cases[i].target;
		struct vaplic *a = new_domain(test, &config);

		store(a, SOURCECFG(1), VAPLIC_EDGE1);
		store(a, TARGET(1), ~0u);
		KUNIT_EXPECT_EQ(test, load(a, TARGET(1)), target);
		store(a, VAPLIC_GENMSI, ~0u);
		KUNIT_EXPECT_EQ(test, load(a, VAPLIC_GENMSI), target & 0xfffc07ff);
		store(a, VAPLIC_SETIENUM, 1);
		store(a, 0, IE);
		wire(a, 1, true);
		KUNIT_EXPECT_EQ(test, out.nr_msis, 1);
		KUNIT_EXPECT_EQ(test, out.msi[0].hart, target >> 18);
		KUNIT_EXPECT_EQ(test, out.msi[0].guest, target >> 12 & 0x3f);
		KUNIT_EXPECT_EQ(test, out.msi[0].eiid, target & 0x7ff);
	}
}

/* §4.5.15: with IE = 0 as well; one MSI, at supervisor level. */
static void genmsi_sends_at_once(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);

	store(a, VAPLIC_GENMSI, 3 << 18 | 1 << 12 | 200);
	KUNIT_EXPECT_EQ(test, out.nr_msis, 1);
	KUNIT_EXPECT_EQ(test, out.msi[0].hart, 3);
	KUNIT_EXPECT_EQ(test, out.msi[0].guest, 0);
	KUNIT_EXPECT_EQ(test, out.msi[0].eiid, 200);
	KUNIT_EXPECT_FALSE(test, out.more);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_GENMSI), 3 << 18 | 200);
	expect_nothing(test);

	/* Reading and userspace's writing send nothing. */
	vaplic_set(a, VAPLIC_GENMSI, 1 << 18 | 9);
	more(a);
	expect_nothing(test);

	/* In the middle of a burst it does not make the list longer. */
	set_up(a, 5, VAPLIC_DETACHED);
	set_up(a, 40, VAPLIC_DETACHED);
	store(a, VAPLIC_SETIPNUM, 5);
	store(a, VAPLIC_SETIPNUM, 40);
	store(a, 0, IE);
	store(a, VAPLIC_GENMSI, 7);
	KUNIT_EXPECT_EQ(test, out.nr_msis, 1);
	KUNIT_EXPECT_EQ(test, out.msi[0].eiid, 7);
	KUNIT_EXPECT_TRUE(test, out.more);
	more(a);
	expect_only_msi(test, 40);

	a = new_domain(test, &direct_config);
	store(a, VAPLIC_GENMSI, ~0u);
	expect_nothing(test);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_GENMSI), 0);
}

static void restored_interrupts_are_sent_when_asked(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);

	vaplic_set(a, 0, IE);
	vaplic_set(a, SOURCECFG(40), VAPLIC_EDGE1);
	vaplic_set(a, SOURCECFG(70), VAPLIC_LEVEL0);
	vaplic_set(a, VAPLIC_SETIP + 4, SBIT(40));
	vaplic_set(a, VAPLIC_SETIP + 8, SBIT(70));
	vaplic_set(a, VAPLIC_SETIE + 4, SBIT(40));
	vaplic_set(a, VAPLIC_SETIE + 8, SBIT(70));
	vaplic_set(a, TARGET(40), 8 << 18 | 1 << 12 | 40);
	vaplic_set(a, TARGET(70), 6 << 18 | 1 << 12 | 70);
	more(a);
	KUNIT_EXPECT_TRUE(test, out.more);
	expect_msi(test, 0, 40);
	more(a);
	expect_only_msi(test, 70);
}

/* ---- ends of level-sensitive interrupts with MSIs: §4.9.2 ------------------------------------ */

static const u32 ends[] = { VAPLIC_SETIPNUM, VAPLIC_SETIPNUM_LE, VAPLIC_CLRIPNUM };

static struct vaplic *forwarded_level(struct kunit *test, u32 source)
{
	struct vaplic *a = new_domain(test, &msi_config);

	set_up(a, source, VAPLIC_LEVEL1);
	store(a, 0, IE);
	wire(a, source, true);
	expect_only_msi(test, source);
	return a;
}

static void expect_acked(struct kunit *test, u32 source)
{
	KUNIT_EXPECT_EQ(test, out.acked_word, source / 32);
	KUNIT_EXPECT_EQ(test, out.acked, SBIT(source));
	KUNIT_EXPECT_EQ(test, out.nr_msis, 0);
}

/* The source still asserts its interrupt, and is not forgotten. */
static void setipnum_sends_again_while_asserted(struct kunit *test)
{
	struct vaplic *a = forwarded_level(test, 77);

	store(a, VAPLIC_SETIPNUM, 77);
	expect_acked(test, 77);
	KUNIT_EXPECT_TRUE(test, out.more);
	more(a);
	expect_only_msi(test, 77);
	wire(a, 77, false);
	store(a, VAPLIC_SETIPNUM, 77);
	expect_acked(test, 77);
	KUNIT_EXPECT_FALSE(test, out.more);
	more(a);
	expect_nothing(test);
}

/* Resampling: the wire is let go first, so that there is no interrupt too many. */
static void wire_that_is_let_go_sends_nothing(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		struct vaplic *a = forwarded_level(test, 77);

		store(a, ends[i], 77);
		expect_acked(test, 77);
		wire(a, 77, false);
		expect_nothing(test);
		more(a);
		expect_nothing(test);
		wire(a, 77, true);
		expect_only_msi(test, 77);
	}
}

static void words_end_all_their_levels(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &msi_config);

	set_up(a, 64, VAPLIC_LEVEL1);
	set_up(a, 65, VAPLIC_LEVEL0);
	set_up(a, 66, VAPLIC_EDGE1);
	set_up(a, 67, VAPLIC_DETACHED);
	store(a, VAPLIC_SETIP + 8, ~0u);
	KUNIT_EXPECT_EQ(test, out.acked_word, 2);
	KUNIT_EXPECT_EQ(test, out.acked, 3);
	store(a, VAPLIC_IN_CLRIP + 8, 6);
	KUNIT_EXPECT_EQ(test, out.acked_word, 2);
	KUNIT_EXPECT_EQ(test, out.acked, 2);
	store(a, VAPLIC_SETIE + 8, ~0u);
	KUNIT_EXPECT_EQ(test, out.acked, 0);
	store(a, VAPLIC_CLRIE + 8, ~0u);
	KUNIT_EXPECT_EQ(test, out.acked, 0);
	store(a, VAPLIC_SETIPNUM, 66);
	KUNIT_EXPECT_EQ(test, out.acked, 0);
	store(a, VAPLIC_SETIPNUM, 68);
	KUNIT_EXPECT_EQ(test, out.acked, 0);
}

/* The first option of §4.9.2; who reads for another reason ends nothing that is not over. */
static void looking_at_a_forwarded_level_ends_it(struct kunit *test)
{
	struct vaplic *a = forwarded_level(test, 40);

	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_IN_CLRIP + 4), SBIT(40));
	expect_acked(test, 40);
	wire(a, 40, false);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_IN_CLRIP + 4), 0);
	expect_nothing(test);
	/* Pending yet */
	store(a, VAPLIC_CLRIENUM, 40);
	wire(a, 40, true);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_IN_CLRIP + 4), SBIT(40));
	expect_nothing(test);
	/* An edge */
	set_up(a, 41, VAPLIC_EDGE1);
	wire(a, 41, true);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_IN_CLRIP + 4), SBIT(40) | SBIT(41));
	expect_nothing(test);
	KUNIT_EXPECT_EQ(test, load(a, VAPLIC_SETIP + 4), SBIT(40));
	expect_nothing(test);
}

/* ---- direct delivery ------------------------------------------------------------------------- */

static struct vaplic *delivering(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &direct_config);
	u32 hart;

	store(a, 0, IE);
	for (hart = 0; hart < 3; hart++)
		store(a, IDC(hart, IDELIVERY), 1);
	return a;
}

static void set_up_direct(struct vaplic *a, u32 source, u32 mode, u32 hart, u32 iprio)
{
	store(a, SOURCECFG(source), mode);
	store(a, TARGET(source), hart << 18 | iprio);
	store(a, VAPLIC_SETIENUM, source);
}

static void expect_idc(struct kunit *test, u32 hart)
{
	KUNIT_EXPECT_EQ(test, out.nr_idcs, 1);
	KUNIT_EXPECT_EQ(test, out.idc[0], hart);
	KUNIT_EXPECT_FALSE(test, out.all_idcs);
	KUNIT_EXPECT_FALSE(test, out.more);
	KUNIT_EXPECT_EQ(test, out.nr_msis, 0);
}

static void priority_zero_becomes_one(struct kunit *test)
{
	struct vaplic *a = delivering(test);

	store(a, SOURCECFG(5), VAPLIC_EDGE1);
	store(a, TARGET(5), ~0u);
	KUNIT_EXPECT_EQ(test, load(a, TARGET(5)), 15 << 18 | 255);
	store(a, TARGET(5), 1 << 18 | 0x3ff00);
	KUNIT_EXPECT_EQ(test, load(a, TARGET(5)), 1 << 18 | 1);
}

static void topi_is_the_best_of_the_hart(struct kunit *test)
{
	struct vaplic *a = delivering(test);

	set_up_direct(a, 10, VAPLIC_DETACHED, 1, 50);
	set_up_direct(a, 40, VAPLIC_DETACHED, 1, 20);
	set_up_direct(a, 41, VAPLIC_DETACHED, 1, 20);
	set_up_direct(a, 70, VAPLIC_DETACHED, 2, 1);
	store(a, VAPLIC_SETIPNUM, 10);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, TOPI)), 10 << 16 | 50);
	store(a, VAPLIC_SETIPNUM, 41);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, TOPI)), 41 << 16 | 20);
	store(a, VAPLIC_SETIPNUM, 40);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, TOPI)), 40 << 16 | 20);
	store(a, VAPLIC_SETIPNUM, 70);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, TOPI)), 40 << 16 | 20);
	KUNIT_EXPECT_EQ(test, load(a, IDC(2, TOPI)), 70 << 16 | 1);
	KUNIT_EXPECT_EQ(test, load(a, IDC(0, TOPI)), 0);
	expect_nothing(test);
	KUNIT_EXPECT_EQ(test, vaplic_get(a, IDC(1, CLAIMI)), 40 << 16 | 20);
	KUNIT_EXPECT_TRUE(test, is_pending(a, 40));
	/* Stores to the two are ignored. */
	store(a, IDC(1, TOPI), 0);
	expect_nothing(test);
	store(a, IDC(1, CLAIMI), 0);
	expect_nothing(test);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, TOPI)), 40 << 16 | 20);
}

static void threshold_masks_from_its_priority_on(struct kunit *test)
{
	struct vaplic *a = delivering(test);

	set_up_direct(a, 40, VAPLIC_DETACHED, 1, 20);
	store(a, VAPLIC_SETIPNUM, 40);
	store(a, IDC(1, ITHRESHOLD), 21);
	expect_idc(test, 1);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, TOPI)), 40 << 16 | 20);
	KUNIT_EXPECT_TRUE(test, vaplic_idc_signals(a, 1));
	store(a, IDC(1, ITHRESHOLD), 20);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, TOPI)), 0);
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 1));
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, CLAIMI)), 0);
	KUNIT_EXPECT_TRUE(test, is_pending(a, 40));
	store(a, IDC(1, ITHRESHOLD), 0x100);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, ITHRESHOLD)), 0);
	KUNIT_EXPECT_TRUE(test, vaplic_idc_signals(a, 1));
}

static void claim_ends_an_edge(struct kunit *test)
{
	struct vaplic *a = delivering(test);

	set_up_direct(a, 40, VAPLIC_EDGE1, 1, 20);
	expect_nothing(test);
	wire(a, 40, true);
	expect_idc(test, 1);
	KUNIT_EXPECT_TRUE(test, vaplic_idc_signals(a, 1));
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 0));
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, CLAIMI)), 40 << 16 | 20);
	expect_idc(test, 1);
	KUNIT_EXPECT_EQ(test, out.acked, 0);
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 1));
	KUNIT_EXPECT_FALSE(test, is_pending(a, 40));
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, CLAIMI)), 0);
}

/* §4.7: a level stays pending over the claim, which is all the end that it has. */
static void claim_acknowledges_a_level(struct kunit *test)
{
	struct vaplic *a = delivering(test);

	set_up_direct(a, 40, VAPLIC_LEVEL1, 1, 20);
	wire(a, 40, true);
	expect_idc(test, 1);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, CLAIMI)), 40 << 16 | 20);
	KUNIT_EXPECT_EQ(test, out.acked_word, 1);
	KUNIT_EXPECT_EQ(test, out.acked, SBIT(40));
	KUNIT_EXPECT_TRUE(test, is_pending(a, 40));
	KUNIT_EXPECT_TRUE(test, vaplic_idc_signals(a, 1));
	wire(a, 40, false);
	expect_idc(test, 1);
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 1));
	/* Other ways end nothing. */
	wire(a, 40, true);
	store(a, VAPLIC_SETIPNUM, 40);
	expect_nothing(test);
	store(a, WORD(IN_CLRIP, 40), ~0u);
	expect_nothing(test);
	load(a, WORD(IN_CLRIP, 40));
	expect_nothing(test);
}

static void signal_needs_ie_and_idelivery(struct kunit *test)
{
	struct vaplic *a = new_domain(test, &direct_config);

	set_up_direct(a, 40, VAPLIC_EDGE1, 1, 20);
	wire(a, 40, true);
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 1));
	store(a, 0, IE);
	KUNIT_EXPECT_TRUE(test, out.all_idcs);
	KUNIT_EXPECT_EQ(test, out.nr_idcs, 0);
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 1));
	store(a, 0, IE);
	expect_nothing(test);
	store(a, IDC(1, IDELIVERY), 3);
	expect_idc(test, 1);
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, IDELIVERY)), 1);
	KUNIT_EXPECT_TRUE(test, vaplic_idc_signals(a, 1));
	store(a, 0, 0);
	KUNIT_EXPECT_TRUE(test, out.all_idcs);
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 1));
	/* topi does not care. */
	KUNIT_EXPECT_EQ(test, load(a, IDC(1, TOPI)), 40 << 16 | 20);
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 3));
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, U32_MAX));
}

static void forced_interrupt_is_spurious_once(struct kunit *test)
{
	struct vaplic *a = delivering(test);

	store(a, IDC(2, IFORCE), 0xff);
	expect_idc(test, 2);
	KUNIT_EXPECT_EQ(test, load(a, IDC(2, IFORCE)), 1);
	KUNIT_EXPECT_TRUE(test, vaplic_idc_signals(a, 2));
	/* A claim of something leaves it. */
	set_up_direct(a, 40, VAPLIC_EDGE1, 2, 20);
	wire(a, 40, true);
	KUNIT_EXPECT_EQ(test, load(a, IDC(2, CLAIMI)), 40 << 16 | 20);
	KUNIT_EXPECT_TRUE(test, vaplic_idc_signals(a, 2));
	KUNIT_EXPECT_EQ(test, load(a, IDC(2, CLAIMI)), 0);
	expect_idc(test, 2);
	KUNIT_EXPECT_EQ(test, load(a, IDC(2, IFORCE)), 0);
	KUNIT_EXPECT_FALSE(test, vaplic_idc_signals(a, 2));
}

static void all_harts_of_a_change_are_named(struct kunit *test)
{
	struct vaplic *a = delivering(test);
	u32 source;

	for (source = 32; source < 64; source++)
		set_up_direct(a, source, VAPLIC_DETACHED, source % 4, 1);
	store(a, VAPLIC_SETIP + 4, SBIT(33) | SBIT(34) | SBIT(38));
	KUNIT_ASSERT_EQ(test, out.nr_idcs, 2);
	KUNIT_EXPECT_EQ(test, out.idc[0], 1);
	KUNIT_EXPECT_EQ(test, out.idc[1], 2);
	/* What was pending is no change, and hart 3 has no signal. */
	store(a, VAPLIC_SETIP + 4, ~0u);
	KUNIT_EXPECT_LE(test, out.nr_idcs, 32);
	KUNIT_ASSERT_GE(test, out.nr_idcs, 3);
	KUNIT_EXPECT_EQ(test, out.idc[0], 0);
	store(a, VAPLIC_CLRIE + 4, SBIT(35));
	expect_nothing(test);
	store(a, VAPLIC_CLRIE + 4, SBIT(36));
	expect_idc(test, 0);
	store(a, VAPLIC_CLRIPNUM, 36);
	expect_nothing(test);
	/* From one hart to another */
	store(a, TARGET(33), 2 << 18 | 1);
	KUNIT_ASSERT_EQ(test, out.nr_idcs, 2);
	KUNIT_EXPECT_EQ(test, out.idc[0], 1);
	KUNIT_EXPECT_EQ(test, out.idc[1], 2);
	store(a, TARGET(33), 2 << 18 | 9);
	expect_idc(test, 2);
	store(a, TARGET(33), 15 << 18 | 9);
	expect_idc(test, 2);
	store(a, TARGET(33), 15 << 18 | 8);
	expect_nothing(test);
	/* Neither pending nor enabled */
	store(a, TARGET(36), 1 << 18 | 1);
	expect_nothing(test);
	/* Made inactive: the hart that it had */
	store(a, SOURCECFG(38), VAPLIC_INACTIVE);
	expect_idc(test, 2);
	/* A level that is found asserted */
	store(a, SOURCECFG(42), VAPLIC_LEVEL1);
	expect_idc(test, 2);
	store(a, SOURCECFG(42), VAPLIC_LEVEL0);
	expect_idc(test, 2);
	more(a);
	expect_nothing(test);
}

static struct kunit_case vaplic_delivery_cases[] = {
	KUNIT_CASE(rising_wire_sends_one_msi),
	KUNIT_CASE(msi_needs_pending_enabled_and_ie),
	KUNIT_CASE(disabled_source_stays_pending),
	KUNIT_CASE(word_sends_all_of_its_sources),
	KUNIT_CASE(burst_is_bounded_and_loses_nothing),
	KUNIT_CASE(burst_stops_with_ie),
	KUNIT_CASE(target_has_the_width_of_its_fields),
	KUNIT_CASE(genmsi_sends_at_once),
	KUNIT_CASE(restored_interrupts_are_sent_when_asked),
	KUNIT_CASE(setipnum_sends_again_while_asserted),
	KUNIT_CASE(wire_that_is_let_go_sends_nothing),
	KUNIT_CASE(words_end_all_their_levels),
	KUNIT_CASE(looking_at_a_forwarded_level_ends_it),
	KUNIT_CASE(priority_zero_becomes_one),
	KUNIT_CASE(topi_is_the_best_of_the_hart),
	KUNIT_CASE(threshold_masks_from_its_priority_on),
	KUNIT_CASE(claim_ends_an_edge),
	KUNIT_CASE(claim_acknowledges_a_level),
	KUNIT_CASE(signal_needs_ie_and_idelivery),
	KUNIT_CASE(forced_interrupt_is_spurious_once),
	KUNIT_CASE(all_harts_of_a_change_are_named),
	{ }
};

static struct kunit_suite vaplic_delivery_suite = {
	.name		= "kvm_riscv_vaplic_delivery",
	.test_cases	= vaplic_delivery_cases,
};

kunit_test_suite(vaplic_delivery_suite);
