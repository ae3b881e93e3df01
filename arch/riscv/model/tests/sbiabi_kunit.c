// SPDX-License-Identifier: GPL-2.0-only
#include "../sbiabi.h"

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/types.h>

#define PAGE	4096ull
#define LIMIT	(1ull << 41)	/* of guest-physical addresses */

static void base_of_minus_one_names_every_hart(struct kunit *test)
{
	struct sbiabi_harts harts;

	sbiabi_harts(0, U64_MAX, &harts);
	KUNIT_EXPECT_TRUE(test, sbiabi_harts_has(&harts, 0));
	KUNIT_EXPECT_TRUE(test, sbiabi_harts_has(&harts, 1023));
	KUNIT_EXPECT_TRUE(test, sbiabi_harts_has(&harts, U64_MAX));
	KUNIT_EXPECT_EQ(test, sbiabi_harts_count(&harts), 0);
}

static void mask_with_base_of_minus_one_is_ignored(struct kunit *test)
{
	const u64 args[6] = { U64_MAX, U64_MAX };
	struct sbiabi_harts harts;

	KUNIT_EXPECT_EQ(test, sbiabi_check_ipi(args, &harts), SBIABI_SUCCESS);
	KUNIT_EXPECT_TRUE(test, harts.all);
	KUNIT_EXPECT_EQ(test, sbiabi_harts_count(&harts), 0);
}

static void bit_names_the_hart_at_base_plus_its_number(struct kunit *test)
{
	static const u64 bases[] = { 0, 1, 63, 64, 1000, U64_MAX - 63 };
	unsigned int i, bit, other;
	struct sbiabi_harts harts;

	for (i = 0; i < ARRAY_SIZE(bases); i++)
		for (bit = 0; bit < 64; bit++) {
			sbiabi_harts(1ull << bit, bases[i], &harts);
			KUNIT_ASSERT_EQ(test, sbiabi_harts_count(&harts), 1);
			for (other = 0; other < 64; other++)
				KUNIT_ASSERT_EQ(test, sbiabi_harts_has(&harts, bases[i] + other),
						other == bit);
		}
}

static void harts_outside_the_window_are_not_named(struct kunit *test)
{
	struct sbiabi_harts harts;

	sbiabi_harts(U64_MAX, 100, &harts);
	KUNIT_EXPECT_FALSE(test, sbiabi_harts_has(&harts, 99));
	KUNIT_EXPECT_TRUE(test, sbiabi_harts_has(&harts, 100));
	KUNIT_EXPECT_TRUE(test, sbiabi_harts_has(&harts, 163));
	KUNIT_EXPECT_FALSE(test, sbiabi_harts_has(&harts, 164));
	KUNIT_EXPECT_FALSE(test, sbiabi_harts_has(&harts, U64_MAX));
	KUNIT_EXPECT_EQ(test, sbiabi_harts_count(&harts), 64);
}

static void bits_do_not_wrap_to_small_hart_ids(struct kunit *test)
{
	const u64 base = U64_MAX - 1;
	const u64 good[6] = { 3, base }, bad[6] = { 4, base };
	struct sbiabi_harts harts;

	KUNIT_EXPECT_EQ(test, sbiabi_check_ipi(good, &harts), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, sbiabi_check_ipi(bad, &harts), SBIABI_ERR_INVALID_PARAM);

	sbiabi_harts(4, base, &harts);
	KUNIT_EXPECT_FALSE(test, sbiabi_harts_has(&harts, 0));
	sbiabi_harts(U64_MAX, base, &harts);
	KUNIT_EXPECT_FALSE(test, sbiabi_harts_has(&harts, 0));
	KUNIT_EXPECT_FALSE(test, sbiabi_harts_has(&harts, 61));
}

static void empty_mask_names_nobody_and_is_no_error(struct kunit *test)
{
	const u64 args[6] = { 0, 5 };
	struct sbiabi_harts harts;

	KUNIT_EXPECT_EQ(test, sbiabi_check_ipi(args, &harts), SBIABI_SUCCESS);
	KUNIT_EXPECT_FALSE(test, harts.all);
	KUNIT_EXPECT_EQ(test, sbiabi_harts_count(&harts), 0);
	KUNIT_EXPECT_FALSE(test, sbiabi_harts_has(&harts, 5));
}

static void ipi_list_is_taken_over(struct kunit *test)
{
	const u64 args[6] = { 0x15, 8 };
	struct sbiabi_harts harts;

	KUNIT_EXPECT_EQ(test, sbiabi_check_ipi(args, &harts), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, harts.mask, 0x15);
	KUNIT_EXPECT_EQ(test, harts.base, 8);
}

static void every_fence_function_has_its_kind(struct kunit *test)
{
	const u64 args[6] = { 1, 0, PAGE, PAGE, 7 };
	struct sbiabi_fence fence;
	u64 fid;

	for (fid = 0; fid <= 6; fid++) {
		KUNIT_ASSERT_EQ(test, sbiabi_check_fence(fid, args, &fence), SBIABI_SUCCESS);
		KUNIT_EXPECT_EQ(test, (u64)fence.kind, fid);
		KUNIT_EXPECT_EQ(test, fence.harts.mask, 1);
		KUNIT_EXPECT_EQ(test, fence.size, fid == SBIABI_FENCE_I ? 0 : PAGE);
	}
}

static void unknown_fence_functions_are_not_supported(struct kunit *test)
{
	static const u64 fids[] = { 7, 8, 1ull << 32, U64_MAX };
	const u64 args[6] = { };
	struct sbiabi_fence fence;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fids); i++)
		KUNIT_EXPECT_EQ(test, sbiabi_check_fence(fids[i], args, &fence),
				SBIABI_ERR_NOT_SUPPORTED);
}

static void address_space_comes_from_the_low_16_bits(struct kunit *test)
{
	const u64 args[6] = { 1, 0, 0, PAGE, 0xffff0000ffff1234ull };
	static const u16 wanted[] = { 0, 0, 0x1234, 0x1234, 0, 0x1234, 0 };
	struct sbiabi_fence fence;
	u64 fid;

	for (fid = 0; fid < ARRAY_SIZE(wanted); fid++) {
		KUNIT_ASSERT_EQ(test, sbiabi_check_fence(fid, args, &fence), SBIABI_SUCCESS);
		KUNIT_EXPECT_EQ_MSG(test, fence.asid, wanted[fid], "fid %u", (unsigned int)fid);
	}
}

static void fence_i_does_not_look_at_the_range(struct kunit *test)
{
	const u64 args[6] = { 1, 0, U64_MAX, 2 };
	struct sbiabi_fence fence;

	KUNIT_EXPECT_EQ(test, sbiabi_check_fence(SBIABI_FENCE_I, args, &fence), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, fence.start, 0);
	KUNIT_EXPECT_EQ(test, fence.size, 0);
}

static void fence_for_a_wrapped_hart_id_is_refused(struct kunit *test)
{
	const u64 args[6] = { 8, U64_MAX - 2, 0, 0 };
	struct sbiabi_fence fence;
	u64 fid;

	for (fid = 0; fid <= 6; fid++)
		KUNIT_EXPECT_EQ(test, sbiabi_check_fence(fid, args, &fence),
				SBIABI_ERR_INVALID_PARAM);
}

struct range_case {
	u64	start, size;
	long	error;
	bool	everything;
	u64	first, bytes;
};

static const struct range_case range_cases[] = {
	/* the two ways to say everything */
	{ 0, 0, SBIABI_SUCCESS, true, 0, 0 },
	{ 0, U64_MAX, SBIABI_SUCCESS, true, 0, 0 },
	{ 0x1234, U64_MAX, SBIABI_SUCCESS, true, 0, 0 },
	{ U64_MAX, U64_MAX, SBIABI_SUCCESS, true, 0, 0 },
	/* no byte at all */
	{ 1, 0, SBIABI_SUCCESS, false, 0, 0 },
	{ U64_MAX, 0, SBIABI_SUCCESS, false, 0, 0 },
	/* whole pages stay */
	{ 0, PAGE, SBIABI_SUCCESS, false, 0, PAGE },
	{ 3 * PAGE, 5 * PAGE, SBIABI_SUCCESS, false, 3 * PAGE, 5 * PAGE },
	/* parts of pages grow to pages */
	{ 0, 1, SBIABI_SUCCESS, false, 0, PAGE },
	{ PAGE - 1, 1, SBIABI_SUCCESS, false, 0, PAGE },
	{ PAGE - 1, 2, SBIABI_SUCCESS, false, 0, 2 * PAGE },
	{ PAGE + 1, PAGE, SBIABI_SUCCESS, false, PAGE, 2 * PAGE },
	/* the top of the address space belongs to it */
	{ U64_MAX, 1, SBIABI_SUCCESS, false, U64_MAX - 4095, PAGE },
	{ U64_MAX - 4095, PAGE, SBIABI_SUCCESS, false, U64_MAX - 4095, PAGE },
	{ U64_MAX - 4095, PAGE - 1, SBIABI_SUCCESS, false, U64_MAX - 4095, PAGE },
	{ 1ull << 63, 1ull << 63, SBIABI_SUCCESS, false, 1ull << 63, 1ull << 63 },
	/* beyond it there is nothing */
	{ U64_MAX, 2, SBIABI_ERR_INVALID_ADDRESS, false, 0, 0 },
	{ U64_MAX - 4095, PAGE + 1, SBIABI_ERR_INVALID_ADDRESS, false, 0, 0 },
	{ 1ull << 63, (1ull << 63) + 1, SBIABI_ERR_INVALID_ADDRESS, false, 0, 0 },
	{ 3, U64_MAX - 1, SBIABI_ERR_INVALID_ADDRESS, false, 0, 0 },
	/* so large that rounding makes it everything */
	{ 0, U64_MAX - 1, SBIABI_SUCCESS, true, 0, 0 },
	{ 1, U64_MAX - 1, SBIABI_SUCCESS, true, 0, 0 },
	{ 2, U64_MAX - 1, SBIABI_SUCCESS, true, 0, 0 },
};

static void range_covers_whole_pages_or_is_refused(struct kunit *test)
{
	struct sbiabi_fence fence;
	unsigned int i;
	u64 fid;

	for (i = 0; i < ARRAY_SIZE(range_cases); i++) {
		const struct range_case *c = &range_cases[i];
		const u64 args[6] = { 1, 0, c->start, c->size, 0 };

		for (fid = SBIABI_SFENCE_VMA; fid <= SBIABI_HFENCE_VVMA; fid++) {
			long error = sbiabi_check_fence(fid, args, &fence);

			KUNIT_ASSERT_EQ_MSG(test, error, c->error, "case %u", i);
			if (error)
				continue;
			KUNIT_EXPECT_EQ_MSG(test, fence.everything, c->everything, "case %u", i);
			KUNIT_EXPECT_EQ_MSG(test, fence.start, c->first, "case %u", i);
			KUNIT_EXPECT_EQ_MSG(test, fence.size, c->bytes, "case %u", i);
		}
	}
}

static void legacy_fences_are_the_others_with_one_argument_less(struct kunit *test)
{
	const struct sbiabi_harts some = { .base = 64, .mask = 5 }, all = { .all = true };
	const u64 args[6] = { 0xdead, PAGE, 2 * PAGE, 7 }, wraps[6] = { 0, U64_MAX, 2 };
	struct sbiabi_fence fence;
	u64 eid;

	for (eid = SBIABI_LEGACY_REMOTE_FENCE_I; eid < SBIABI_LEGACY_SHUTDOWN; eid++) {
		bool range = eid != SBIABI_LEGACY_REMOTE_FENCE_I;

		KUNIT_EXPECT_EQ(test, sbiabi_check_legacy_fence(eid, args, &some, &fence),
				SBIABI_SUCCESS);
		KUNIT_EXPECT_EQ(test, (u64)fence.kind, eid - SBIABI_LEGACY_REMOTE_FENCE_I);
		KUNIT_EXPECT_EQ(test, fence.harts.base, 64);
		KUNIT_EXPECT_EQ(test, fence.harts.mask, 5);
		KUNIT_EXPECT_EQ(test, fence.start, range ? PAGE : 0);
		KUNIT_EXPECT_EQ(test, fence.size, range ? 2 * PAGE : 0);
		KUNIT_EXPECT_EQ(test, fence.asid, eid == 7 ? 7 : 0);
		KUNIT_EXPECT_EQ(test, sbiabi_check_legacy_fence(eid, args, &all, &fence),
				SBIABI_SUCCESS);
		KUNIT_EXPECT_TRUE(test, fence.harts.all);
		KUNIT_EXPECT_EQ(test, sbiabi_check_legacy_fence(eid, wraps, &some, &fence),
				range ? SBIABI_ERR_INVALID_ADDRESS : SBIABI_SUCCESS);
	}
}

static void four_legacy_calls_have_a_mask(struct kunit *test)
{
	u64 eid;

	for (eid = 0; eid < 20; eid++)
		KUNIT_EXPECT_EQ(test, sbiabi_legacy_has_mask(eid), eid >= 4 && eid <= 7);
	KUNIT_EXPECT_FALSE(test, sbiabi_legacy_has_mask(U64_MAX));
}

static void default_suspend_types_are_known(struct kunit *test)
{
	const u64 keep[6] = { 0 }, lose[6] = { 0x80000000 };
	enum sbiabi_hsm_suspend type;

	KUNIT_EXPECT_EQ(test, sbiabi_check_suspend(keep, LIMIT, &type), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, type, SBIABI_SUSPEND_RETENTIVE);
	KUNIT_EXPECT_EQ(test, sbiabi_check_suspend(lose, LIMIT, &type), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, type, SBIABI_SUSPEND_NON_RETENTIVE);
}

static void suspend_type_has_only_32_bits(struct kunit *test)
{
	const u64 keep[6] = { 0xffffffff00000000ull }, lose[6] = { 0xdeadbeef80000000ull };
	enum sbiabi_hsm_suspend type;

	KUNIT_EXPECT_EQ(test, sbiabi_check_suspend(keep, LIMIT, &type), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, type, SBIABI_SUSPEND_RETENTIVE);
	KUNIT_EXPECT_EQ(test, sbiabi_check_suspend(lose, LIMIT, &type), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, type, SBIABI_SUSPEND_NON_RETENTIVE);
}

static void other_suspend_types_are_invalid(struct kunit *test)
{
	static const u64 types[] = {
		1, 0x0fffffff, 0x10000000, 0x7fffffff,
		0x80000001, 0x8fffffff, 0x90000000, 0xffffffff,
	};
	enum sbiabi_hsm_suspend type;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		const u64 args[6] = { types[i] };

		KUNIT_EXPECT_EQ(test, sbiabi_check_suspend(args, LIMIT, &type),
				SBIABI_ERR_INVALID_PARAM);
	}
}

static void address_of_a_resume_is_checked_where_it_is_used(struct kunit *test)
{
	static const u64 bad[] = { LIMIT, LIMIT + 2, 1ull << 63, U64_MAX };
	enum sbiabi_hsm_suspend type;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		const u64 keep[6] = { 0, bad[i] }, lose[6] = { 0x80000000, bad[i] };
		const u64 other[6] = { 1, bad[i] };

		KUNIT_EXPECT_EQ(test, sbiabi_check_suspend(keep, LIMIT, &type), SBIABI_SUCCESS);
		KUNIT_EXPECT_EQ(test, sbiabi_check_suspend(lose, LIMIT, &type),
				SBIABI_ERR_INVALID_ADDRESS);
		KUNIT_EXPECT_EQ(test, sbiabi_check_suspend(other, LIMIT, &type),
				SBIABI_ERR_INVALID_PARAM);
		KUNIT_EXPECT_EQ(test, sbiabi_check_system_suspend(keep, LIMIT),
				SBIABI_ERR_INVALID_ADDRESS);
	}
}

static void system_suspends_to_ram_only(struct kunit *test)
{
	static const u64 types[] = { 1, 2, 0x7fffffff, 0x80000000, 0xffffffff };
	const u64 ram[6] = { 0, LIMIT - 4 }, upper[6] = { 1ull << 32, 0 };
	unsigned int i;

	KUNIT_EXPECT_EQ(test, sbiabi_check_system_suspend(ram, LIMIT), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, sbiabi_check_system_suspend(upper, LIMIT), SBIABI_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		const u64 args[6] = { types[i] };

		KUNIT_EXPECT_EQ(test, sbiabi_check_system_suspend(args, LIMIT),
				SBIABI_ERR_INVALID_PARAM);
	}
}

static void message_proxy_has_eight_functions(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, sbiabi_mpxy_fid_ok(0));
	KUNIT_EXPECT_TRUE(test, sbiabi_mpxy_fid_ok(7));
	KUNIT_EXPECT_FALSE(test, sbiabi_mpxy_fid_ok(8));
	KUNIT_EXPECT_FALSE(test, sbiabi_mpxy_fid_ok(1ull << 32));
}

static void reset_types_and_reasons_are_taken_over(struct kunit *test)
{
	enum sbiabi_reset type;
	u32 reason;
	u64 t, r;

	for (t = 0; t <= 2; t++)
		for (r = 0; r <= 1; r++) {
			/* both parameters have 32 bits */
			const u64 args[6] = { t | 7ull << 32, r | 9ull << 32 };

			KUNIT_ASSERT_EQ(test, sbiabi_check_reset(args, &type, &reason),
					SBIABI_SUCCESS);
			KUNIT_EXPECT_EQ(test, (u64)type, t);
			KUNIT_EXPECT_EQ(test, (u64)reason, r);
		}
}

static void other_reset_types_and_reasons_are_invalid(struct kunit *test)
{
	static const u64 types[] = { 3, 0xefffffff, 0xf0000000, 0xffffffff };
	static const u64 reasons[] = { 2, 0xdfffffff, 0xe0000000, 0xf0000000, 0xffffffff };
	enum sbiabi_reset type;
	unsigned int i;
	u32 reason;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		const u64 args[6] = { types[i], 0 };

		KUNIT_EXPECT_EQ(test, sbiabi_check_reset(args, &type, &reason),
				SBIABI_ERR_INVALID_PARAM);
	}
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		const u64 args[6] = { 0, reasons[i] };

		KUNIT_EXPECT_EQ(test, sbiabi_check_reset(args, &type, &reason),
				SBIABI_ERR_INVALID_PARAM);
	}
}

static const struct sta_case {
	u64	lo, hi, flags;
	long	error;
	u64	gpa;
} sta_cases[] = {
	{ 0x80000000, 0, 0, SBIABI_SUCCESS, 0x80000000 },
	{ 0, 0, 0, SBIABI_SUCCESS, 0 },
	{ (1ull << 41) - 64, 0, 0, SBIABI_SUCCESS, (1ull << 41) - 64 },
	/* off, in no other way */
	{ U64_MAX, U64_MAX, 0, SBIABI_SUCCESS, U64_MAX },
	{ U64_MAX, U64_MAX, 1, SBIABI_ERR_INVALID_PARAM, 0 },
	{ U64_MAX, 0, 0, SBIABI_ERR_INVALID_PARAM, 0 },
	{ 0, U64_MAX, 0, SBIABI_ERR_INVALID_ADDRESS, 0 },
	/* flags are reserved */
	{ 0x80000000, 0, 1, SBIABI_ERR_INVALID_PARAM, 0 },
	{ 0x80000000, 0, 1ull << 63, SBIABI_ERR_INVALID_PARAM, 0 },
	/* misaligned */
	{ 0x80000001, 0, 0, SBIABI_ERR_INVALID_PARAM, 0 },
	{ 0x80000020, 0, 0, SBIABI_ERR_INVALID_PARAM, 0 },
	{ 0x8000003f, 0, 0, SBIABI_ERR_INVALID_PARAM, 0 },
	{ 0x80000001, 1, 0, SBIABI_ERR_INVALID_PARAM, 0 },
	/* nowhere */
	{ 1ull << 41, 0, 0, SBIABI_ERR_INVALID_ADDRESS, 0 },
	{ U64_MAX - 63, 0, 0, SBIABI_ERR_INVALID_ADDRESS, 0 },
	{ 0x80000000, 1, 0, SBIABI_ERR_INVALID_ADDRESS, 0 },
	{ 0x80000000, 1ull << 63, 0, SBIABI_ERR_INVALID_ADDRESS, 0 },
};

static void shared_memory_of_steal_time_is_checked(struct kunit *test)
{
	unsigned int i;
	u64 gpa;

	for (i = 0; i < ARRAY_SIZE(sta_cases); i++) {
		const struct sta_case *c = &sta_cases[i];
		const u64 args[6] = { c->lo, c->hi, c->flags };
		long error = sbiabi_check_sta(args, LIMIT, &gpa);

		KUNIT_ASSERT_EQ_MSG(test, error, c->error, "case %u", i);
		if (!error)
			KUNIT_EXPECT_EQ_MSG(test, gpa, c->gpa, "case %u", i);
	}
}

#define ALL_FEATURES	GENMASK(5, 0)

static void features_that_nobody_defines_are_denied(struct kunit *test)
{
	static const u64 ids[] = {
		6, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0xbfffffff, 0xc0000000,
		0xffffffff,
	};
	struct sbiabi_fwft fwft = { .offered = 0xff };
	long value = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		const u64 args[6] = { ids[i] }, bad[6] = { ids[i], 9, 9 };

		KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, args), SBIABI_ERR_DENIED);
		KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, bad), SBIABI_ERR_DENIED);
		KUNIT_EXPECT_EQ(test, sbiabi_fwft_get(&fwft, args, &value), SBIABI_ERR_DENIED);
	}
	KUNIT_EXPECT_EQ(test, value, 0);
}

static void features_that_are_not_offered_are_not_supported(struct kunit *test)
{
	long value;
	u64 id;

	for (id = 0; id < SBIABI_FWFT_FEATURES; id++) {
		struct sbiabi_fwft fwft = { .offered = ALL_FEATURES & ~(1u << id) };
		const u64 args[6] = { id, 0, 0 };

		KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, args), SBIABI_ERR_NOT_SUPPORTED);
		KUNIT_EXPECT_EQ(test, sbiabi_fwft_get(&fwft, args, &value),
				SBIABI_ERR_NOT_SUPPORTED);
	}
}

static void features_are_on_or_off(struct kunit *test)
{
	u64 id, asked;
	long value;

	for (id = 0; id < SBIABI_FWFT_POINTER_MASKING_PMLEN; id++) {
		struct sbiabi_fwft fwft = { .offered = ALL_FEATURES };

		for (asked = 0; asked <= 1; asked++) {
			/* the feature has 32 bits */
			const u64 args[6] = { id | 5ull << 32, asked };

			KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, args), SBIABI_SUCCESS);
			KUNIT_EXPECT_EQ(test, sbiabi_fwft_get(&fwft, args, &value),
					SBIABI_SUCCESS);
			KUNIT_EXPECT_EQ(test, value, (long)asked);
		}
		for (asked = 1; asked < 64; asked++) {
			const u64 args[6] = { id, 1ull << asked }, all[6] = { id, U64_MAX };

			KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, args),
					SBIABI_ERR_INVALID_PARAM);
			KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, all),
					SBIABI_ERR_INVALID_PARAM);
		}
		KUNIT_EXPECT_EQ(test, fwft.value[id], 1);
	}
}

/* What the length becomes that is asked for, by the lengths there are; -1: invalid */
static void length_of_a_mask_is_rounded_up(struct kunit *test)
{
	u64 asked, pmlens;

	for (pmlens = 0; pmlens < 4; pmlens++) {
		for (asked = 0; asked < 40; asked++) {
			struct sbiabi_fwft fwft = { .offered = ALL_FEATURES, .pmlens = pmlens };
			const u64 args[6] = { SBIABI_FWFT_POINTER_MASKING_PMLEN, asked };
			int wanted = !asked ? 0 : asked <= 7 && pmlens & 1 ? 7 :
				     asked <= 16 && pmlens & 2 ? 16 : -1;

			KUNIT_ASSERT_EQ(test, sbiabi_fwft_set(&fwft, args),
					wanted < 0 ? SBIABI_ERR_INVALID_PARAM : SBIABI_SUCCESS);
			KUNIT_EXPECT_EQ(test, (int)fwft.value[5], wanted < 0 ? 0 : wanted);
		}
	}
}

static void reserved_flags_change_nothing(struct kunit *test)
{
	struct sbiabi_fwft fwft = { .offered = ALL_FEATURES };
	unsigned int bit;

	for (bit = 1; bit < 64; bit++) {
		const u64 args[6] = { 0, 1, 1ull << bit }, lock[6] = { 0, 1, 1ull << bit | 1 };

		KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, args), SBIABI_ERR_INVALID_PARAM);
		KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, lock), SBIABI_ERR_INVALID_PARAM);
	}
	KUNIT_EXPECT_EQ(test, fwft.value[0], 0);
	KUNIT_EXPECT_EQ(test, fwft.locked, 0);
}

static void locked_feature_stays(struct kunit *test)
{
	struct sbiabi_fwft fwft = { .offered = ALL_FEATURES };
	const u64 bad[6] = { 4, 2, 1 }, lock[6] = { 4, 1, 1 }, off[6] = { 4, 0, 0 };
	const u64 same[6] = { 4, 1, 0 }, other[6] = { 0, 1, 0 };
	long value;

	KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, bad), SBIABI_ERR_INVALID_PARAM);
	KUNIT_EXPECT_EQ_MSG(test, fwft.locked, 0, "by a call that failed");
	KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, lock), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, off), SBIABI_ERR_DENIED_LOCKED);
	KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, same), SBIABI_ERR_DENIED_LOCKED);
	KUNIT_EXPECT_EQ(test, sbiabi_fwft_set(&fwft, bad), SBIABI_ERR_INVALID_PARAM);
	KUNIT_EXPECT_EQ(test, sbiabi_fwft_get(&fwft, same, &value), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, value, 1);
	KUNIT_EXPECT_EQ_MSG(test, sbiabi_fwft_set(&fwft, other), SBIABI_SUCCESS, "it alone");
}

static void debug_console_has_three_functions(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, sbiabi_dbcn_fid_ok(0));
	KUNIT_EXPECT_TRUE(test, sbiabi_dbcn_fid_ok(1));
	KUNIT_EXPECT_TRUE(test, sbiabi_dbcn_fid_ok(2));
	KUNIT_EXPECT_FALSE(test, sbiabi_dbcn_fid_ok(3));
	KUNIT_EXPECT_FALSE(test, sbiabi_dbcn_fid_ok(1ull << 32));
	KUNIT_EXPECT_FALSE(test, sbiabi_dbcn_fid_ok(U64_MAX));
}

static struct kunit_case sbiabi_cases[] = {
	KUNIT_CASE(base_of_minus_one_names_every_hart),
	KUNIT_CASE(mask_with_base_of_minus_one_is_ignored),
	KUNIT_CASE(bit_names_the_hart_at_base_plus_its_number),
	KUNIT_CASE(harts_outside_the_window_are_not_named),
	KUNIT_CASE(bits_do_not_wrap_to_small_hart_ids),
	KUNIT_CASE(empty_mask_names_nobody_and_is_no_error),
	KUNIT_CASE(ipi_list_is_taken_over),
	KUNIT_CASE(every_fence_function_has_its_kind),
	KUNIT_CASE(unknown_fence_functions_are_not_supported),
	KUNIT_CASE(address_space_comes_from_the_low_16_bits),
	KUNIT_CASE(fence_i_does_not_look_at_the_range),
	KUNIT_CASE(fence_for_a_wrapped_hart_id_is_refused),
	KUNIT_CASE(range_covers_whole_pages_or_is_refused),
	KUNIT_CASE(legacy_fences_are_the_others_with_one_argument_less),
	KUNIT_CASE(four_legacy_calls_have_a_mask),
	KUNIT_CASE(default_suspend_types_are_known),
	KUNIT_CASE(suspend_type_has_only_32_bits),
	KUNIT_CASE(other_suspend_types_are_invalid),
	KUNIT_CASE(address_of_a_resume_is_checked_where_it_is_used),
	KUNIT_CASE(system_suspends_to_ram_only),
	KUNIT_CASE(message_proxy_has_eight_functions),
	KUNIT_CASE(reset_types_and_reasons_are_taken_over),
	KUNIT_CASE(other_reset_types_and_reasons_are_invalid),
	KUNIT_CASE(shared_memory_of_steal_time_is_checked),
	KUNIT_CASE(features_that_nobody_defines_are_denied),
	KUNIT_CASE(features_that_are_not_offered_are_not_supported),
	KUNIT_CASE(features_are_on_or_off),
	KUNIT_CASE(length_of_a_mask_is_rounded_up),
	KUNIT_CASE(reserved_flags_change_nothing),
	KUNIT_CASE(locked_feature_stays),
	KUNIT_CASE(debug_console_has_three_functions),
	{}
};

static struct kunit_suite sbiabi_suite = {
	.name = "kvm_riscv_sbiabi",
	.test_cases = sbiabi_cases,
};

kunit_test_suite(sbiabi_suite);
