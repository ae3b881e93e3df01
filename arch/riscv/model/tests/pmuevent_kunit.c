// SPDX-License-Identifier: GPL-2.0-only
#include "../pmuevent.h"

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/limits.h>

#include "../sbiabi.h"

#define HW		18		/* cycle, instret, hpmcounter3 to 18 */
#define HW_SET		0x7fffdull
#define FW_FIRST	19
#define ALL		(HW_SET | GENMASK_ULL(50, FW_FIRST))

#define IDX(kind, code)	((u64)(kind) << 16 | (code))
#define CYCLES		IDX(PMUEVENT_GENERAL, PMUEVENT_CPU_CYCLES)
#define INSTRUCTIONS	IDX(PMUEVENT_GENERAL, PMUEVENT_INSTRUCTIONS)
#define CACHE_MISSES	IDX(PMUEVENT_GENERAL, 4)
#define SET_TIMER	IDX(PMUEVENT_FIRMWARE, PMUEVENT_FW_SET_TIMER)

static struct pmuevent_bank new_bank(void)
{
	struct pmuevent_bank bank;

	pmuevent_bank_init(&bank, HW);
	return bank;
}

/* ---- counters -------------------------------------------------------------------------------- */

static void time_is_no_counter(struct kunit *test)
{
	struct pmuevent_bank bank = new_bank();

	KUNIT_EXPECT_EQ(test, bank.hardware, HW_SET);
	KUNIT_EXPECT_EQ(test, bank.firmware, ALL & ~HW_SET);
	KUNIT_EXPECT_EQ(test, bank.mapped | bank.started, 0);
	KUNIT_EXPECT_EQ(test, pmuevent_bank_size(&bank), 51);
	KUNIT_EXPECT_FALSE(test, pmuevent_bank_has(&bank, 1));
	KUNIT_EXPECT_TRUE(test, pmuevent_bank_has(&bank, 50));
	KUNIT_EXPECT_FALSE(test, pmuevent_bank_has(&bank, 51));
}

static void any_number_of_hardware_counters_fits(struct kunit *test)
{
	static const struct {
		unsigned int hardware, size;
	} cases[] = { { 0, 32 }, { 1, 33 }, { 2, 35 }, { 31, 64 }, { 32, 64 }, { ~0u, 64 } };
	struct pmuevent_bank bank;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		pmuevent_bank_init(&bank, cases[i].hardware);
		KUNIT_EXPECT_EQ(test, pmuevent_bank_size(&bank), cases[i].size);
		KUNIT_EXPECT_EQ(test, bank.hardware & bank.firmware, 0);
		KUNIT_EXPECT_EQ(test, bank.hardware >> 32, 0);
	}
}

static void info_tells_the_csr_and_64_bits(struct kunit *test)
{
	struct pmuevent_bank bank = new_bank();
	u64 info;

	KUNIT_EXPECT_EQ(test, pmuevent_counter_info(&bank, 0, &info), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, info, 63ull << 12 | 0xc00);
	KUNIT_EXPECT_EQ(test, pmuevent_counter_info(&bank, 18, &info), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, info, 63ull << 12 | 0xc12);
	KUNIT_EXPECT_EQ(test, pmuevent_counter_info(&bank, FW_FIRST, &info), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, info, 1ull << 63 | 63ull << 12);
}

/* A check with > instead of >= let a guest past the end of the counters. */
static void there_is_no_counter_past_the_last(struct kunit *test)
{
	static const u64 none[] = { 1, 51, 63, 64, 65, 1ull << 32, U64_MAX };
	struct pmuevent_bank bank = new_bank();
	u64 info;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(none); i++)
		KUNIT_EXPECT_EQ(test, pmuevent_counter_info(&bank, none[i], &info),
				SBIABI_ERR_INVALID_PARAM);
	pmuevent_bank_init(&bank, 31);
	KUNIT_EXPECT_EQ(test, pmuevent_counter_info(&bank, 63, &info), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, pmuevent_counter_info(&bank, 64, &info), SBIABI_ERR_INVALID_PARAM);
}

static void a_mask_names_no_counter_that_is_not_there(struct kunit *test)
{
	static const struct {
		u64	base, mask;
		long	error;
	} cases[] = {
		{ 0, HW_SET, SBIABI_SUCCESS },
		{ 50, 1, SBIABI_SUCCESS },
		{ 49, 3, SBIABI_SUCCESS },
		{ U64_MAX, 0, SBIABI_SUCCESS },
		{ 0, 2, SBIABI_ERR_INVALID_PARAM },
		{ 0, U64_MAX, SBIABI_ERR_INVALID_PARAM },
		{ 50, 3, SBIABI_ERR_INVALID_PARAM },
		{ 51, 1, SBIABI_ERR_INVALID_PARAM },
		{ 63, 2, SBIABI_ERR_INVALID_PARAM },
		{ 64, 1, SBIABI_ERR_INVALID_PARAM },
		{ 3, 1ull << 63 | 1, SBIABI_ERR_INVALID_PARAM },
		{ U64_MAX, 1, SBIABI_ERR_INVALID_PARAM },
		{ 1ull << 32, 1, SBIABI_ERR_INVALID_PARAM },
	};
	struct pmuevent_bank bank = new_bank();
	unsigned int i;
	u64 set;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const u64 args[6] = { cases[i].base, cases[i].mask };

		KUNIT_EXPECT_EQ(test, pmuevent_check_stop(&bank, args, false, &set),
				cases[i].error);
		if (!cases[i].error && cases[i].base < 64)
			KUNIT_EXPECT_EQ(test, set, cases[i].mask << cases[i].base);
	}
}

/* ---- events ---------------------------------------------------------------------------------- */

static void events_of_each_kind_are_known(struct kunit *test)
{
	static const u64 known[][2] = {
		{ CYCLES, 0 },
		{ IDX(PMUEVENT_GENERAL, 10), 0 },
		{ IDX(PMUEVENT_CACHE, 0), 0 },
		{ IDX(PMUEVENT_CACHE, 6 << 3 | 2 << 1 | 1), 0 },
		{ IDX(PMUEVENT_RAW, 0), 0xffffffffffff },
		{ IDX(PMUEVENT_RAW_V2, 0), 0xffffffffffffff },
		{ IDX(PMUEVENT_FIRMWARE, 0), 0 },
		{ IDX(PMUEVENT_FIRMWARE, 13), 0 },
	};
	struct pmuevent event;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		KUNIT_EXPECT_TRUE(test, pmuevent_decode(known[i][0], known[i][1], &event));
		KUNIT_EXPECT_EQ(test, IDX(event.kind, event.code), known[i][0]);
		KUNIT_EXPECT_EQ(test, event.data, known[i][1]);
	}
}

static void what_is_reserved_is_no_event(struct kunit *test)
{
	static const u64 unknown[][2] = {
		{ 0, 0 },
		{ IDX(PMUEVENT_GENERAL, 11), 0 },
		{ 0x1234, 0 },
		{ CYCLES, 1 },
		{ CYCLES | 1ull << 20, 0 },
		{ CYCLES | 1ull << 63, 0 },
		{ IDX(PMUEVENT_CACHE, 7 << 3), 0 },
		{ IDX(PMUEVENT_CACHE, 3 << 1), 0 },
		{ IDX(PMUEVENT_CACHE, 0xffff), 0 },
		{ IDX(PMUEVENT_CACHE, 0), 1 },
		{ IDX(PMUEVENT_RAW, 1), 0 },
		{ IDX(PMUEVENT_RAW, 0), 1ull << 48 },
		{ IDX(PMUEVENT_RAW_V2, 1), 0 },
		{ IDX(PMUEVENT_RAW_V2, 0), 1ull << 56 },
		{ IDX(PMUEVENT_RAW_V2, 0), 1ull << 63 },
		{ IDX(4, 0), 0 },
		{ IDX(14, 0), 0 },
		{ IDX(PMUEVENT_FIRMWARE, 14), 0 },
		{ IDX(PMUEVENT_FIRMWARE, 22), 0 },
		{ IDX(PMUEVENT_FIRMWARE, 256), 0 },
		{ IDX(PMUEVENT_FIRMWARE, 65535), 1 },
		{ SET_TIMER, 1 },
	};
	struct pmuevent event;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		KUNIT_EXPECT_FALSE(test, pmuevent_decode(unknown[i][0], unknown[i][1], &event));
}

static void an_entry_may_have_anything_where_nothing_is_read(struct kunit *test)
{
	struct pmuevent_entry entry = { .event_idx = CYCLES, .output = ~0u, .event_data = 77 };
	struct pmuevent event;
	bool known = false;

	KUNIT_EXPECT_EQ(test, pmuevent_decode_entry(&entry, &event, &known), SBIABI_SUCCESS);
	KUNIT_EXPECT_TRUE(test, known);
	KUNIT_EXPECT_EQ(test, event.data, 0);
	entry.event_idx = SET_TIMER;
	KUNIT_EXPECT_EQ(test, pmuevent_decode_entry(&entry, &event, &known), SBIABI_SUCCESS);
	KUNIT_EXPECT_FALSE(test, known);
	entry.event_idx = IDX(PMUEVENT_RAW, 0);
	KUNIT_EXPECT_EQ(test, pmuevent_decode_entry(&entry, &event, &known), SBIABI_SUCCESS);
	KUNIT_EXPECT_TRUE(test, known);
	KUNIT_EXPECT_EQ(test, event.data, 77);
	entry.event_idx = CYCLES | 1u << 20;
	KUNIT_EXPECT_EQ(test, pmuevent_decode_entry(&entry, &event, &known),
			SBIABI_ERR_INVALID_PARAM);
	entry.event_idx = CYCLES | 1u << 31;
	KUNIT_EXPECT_EQ(test, pmuevent_decode_entry(&entry, &event, &known),
			SBIABI_ERR_INVALID_PARAM);
}

/* ---- finding a counter ----------------------------------------------------------------------- */

static long match(struct pmuevent_bank *bank, u64 mask, u64 flags, u64 idx, unsigned int *counter)
{
	const u64 args[6] = { 0, mask, flags, idx };
	struct pmuevent_match found;
	long error;

	error = pmuevent_match(bank, args, &found);
	if (!error)
		*counter = found.counter;
	return error;
}

static void an_event_gets_a_counter_of_its_kind(struct kunit *test)
{
	static const struct {
		u64		idx;
		unsigned int	counter;
	} cases[] = {
		{ CYCLES, 0 }, { INSTRUCTIONS, 2 }, { CACHE_MISSES, 3 },
		{ IDX(PMUEVENT_CACHE, 0), 3 }, { IDX(PMUEVENT_RAW, 0), 3 },
		{ IDX(PMUEVENT_RAW_V2, 0), 3 }, { SET_TIMER, FW_FIRST },
	};
	struct pmuevent_bank bank = new_bank();
	unsigned int i, counter;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, match(&bank, ALL, 0, cases[i].idx, &counter),
				SBIABI_SUCCESS);
		KUNIT_EXPECT_EQ(test, counter, cases[i].counter);
	}
	KUNIT_EXPECT_EQ(test, match(&bank, 1, 0, INSTRUCTIONS, &counter),
			SBIABI_ERR_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, match(&bank, 4, 0, CYCLES, &counter), SBIABI_ERR_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, match(&bank, HW_SET, 0, SET_TIMER, &counter),
			SBIABI_ERR_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, match(&bank, ALL & ~HW_SET, 0, CYCLES, &counter),
			SBIABI_ERR_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, match(&bank, 0, 0, CYCLES, &counter), SBIABI_ERR_NOT_SUPPORTED);
}

static void a_counter_that_has_an_event_is_not_taken(struct kunit *test)
{
	struct pmuevent_bank bank = new_bank();
	unsigned int counter;

	bank.mapped = 1;
	bank.started = 1;
	KUNIT_EXPECT_EQ(test, match(&bank, ALL, 0, CYCLES, &counter), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, counter, 3);
	bank.started = 0;
	bank.mapped |= 8;
	KUNIT_EXPECT_EQ(test, match(&bank, ALL, 0, CYCLES, &counter), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, counter, 4);
	bank.mapped = ALL;
	KUNIT_EXPECT_EQ(test, match(&bank, ALL, 0, CYCLES, &counter), SBIABI_ERR_NOT_SUPPORTED);
}

static void skipping_the_match_takes_the_first(struct kunit *test)
{
	const u64 skip = PMUEVENT_CONFIG_SKIP_MATCH;
	struct pmuevent_bank bank = new_bank();
	unsigned int counter;

	bank.mapped = 8;
	KUNIT_EXPECT_EQ(test, match(&bank, ALL & ~7ull, skip, CACHE_MISSES, &counter),
			SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, counter, 3);
	/* What it has, it keeps; where there is nothing to keep there is nothing to count. */
	KUNIT_EXPECT_EQ(test, match(&bank, 8, skip, 0, &counter), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, match(&bank, 16, skip, 0, &counter), SBIABI_ERR_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, match(&bank, 1, skip, INSTRUCTIONS, &counter),
			SBIABI_ERR_NOT_SUPPORTED);
	bank.started = 8;
	KUNIT_EXPECT_EQ(test, match(&bank, 8, skip, CACHE_MISSES, &counter),
			SBIABI_ERR_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, match(&bank, 0, skip, CYCLES, &counter), SBIABI_ERR_NOT_SUPPORTED);
}

static void bad_counters_and_flags_come_before_the_event(struct kunit *test)
{
	struct pmuevent_bank bank = new_bank();
	unsigned int counter;

	KUNIT_EXPECT_EQ(test, match(&bank, 2, 0, 0x1234, &counter), SBIABI_ERR_INVALID_PARAM);
	KUNIT_EXPECT_EQ(test, match(&bank, 1, 0x100, CYCLES, &counter), SBIABI_ERR_INVALID_PARAM);
	KUNIT_EXPECT_EQ(test, match(&bank, 1, 1ull << 63, CYCLES, &counter),
			SBIABI_ERR_INVALID_PARAM);
	KUNIT_EXPECT_EQ(test, match(&bank, 1, 0xfe, CYCLES, &counter), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, match(&bank, 1, 0, 0x1234, &counter), SBIABI_ERR_NOT_SUPPORTED);
}

/* ---- start and stop -------------------------------------------------------------------------- */

static void only_counters_with_an_event_start(struct kunit *test)
{
	struct pmuevent_bank bank = new_bank();
	u64 args[6] = { 3, 3 };
	u64 set;

	bank.mapped = 8;
	KUNIT_EXPECT_EQ(test, pmuevent_check_start(&bank, args, false, &set),
			SBIABI_ERR_INVALID_PARAM);
	bank.mapped = 24;
	bank.started = 8;
	KUNIT_EXPECT_EQ(test, pmuevent_check_start(&bank, args, false, &set), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, set, 24);
	args[0] = 64;
	KUNIT_EXPECT_EQ(test, pmuevent_check_start(&bank, args, false, &set),
			SBIABI_ERR_INVALID_PARAM);
}

static void flags_are_checked_first(struct kunit *test)
{
	static const u64 bad[] = { 4, 7, 1ull << 32, U64_MAX };
	struct pmuevent_bank bank = new_bank();
	u64 args[6] = { 0, 1 };
	unsigned int i;
	u64 set;

	bank.mapped = 1;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		args[2] = bad[i];
		KUNIT_EXPECT_EQ(test, pmuevent_check_start(&bank, args, true, &set),
				SBIABI_ERR_INVALID_PARAM);
		KUNIT_EXPECT_EQ(test, pmuevent_check_stop(&bank, args, true, &set),
				SBIABI_ERR_INVALID_PARAM);
	}
	args[2] = 3;
	KUNIT_EXPECT_EQ(test, pmuevent_check_start(&bank, args, true, &set),
			SBIABI_ERR_INVALID_PARAM);
	KUNIT_EXPECT_EQ(test, pmuevent_check_stop(&bank, args, true, &set), SBIABI_SUCCESS);
}

static void a_snapshot_needs_its_memory(struct kunit *test)
{
	struct pmuevent_bank bank = new_bank();
	const u64 args[6] = { 0, 1, 2 };
	u64 set;

	bank.mapped = 1;
	KUNIT_EXPECT_EQ(test, pmuevent_check_start(&bank, args, false, &set), SBIABI_ERR_NO_SHMEM);
	KUNIT_EXPECT_EQ(test, pmuevent_check_stop(&bank, args, false, &set), SBIABI_ERR_NO_SHMEM);
	KUNIT_EXPECT_EQ(test, pmuevent_check_start(&bank, args, true, &set), SBIABI_SUCCESS);
	KUNIT_EXPECT_EQ(test, pmuevent_check_stop(&bank, args, true, &set), SBIABI_SUCCESS);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void shared_memory_is_a_page_or_none(struct kunit *test)
{
	static const struct {
		u64	lo, hi, flags;
		long	error;
		bool	on;
	} cases[] = {
		{ 0x80000000, 0, 0, SBIABI_SUCCESS, true },
		{ 0, 0, 0, SBIABI_SUCCESS, true },
		{ U64_MAX, U64_MAX, 0, SBIABI_SUCCESS, false },
		{ U64_MAX, U64_MAX, 1, SBIABI_ERR_INVALID_PARAM, false },
		{ 0x80000000, 0, 1, SBIABI_ERR_INVALID_PARAM, false },
		{ 0x80000010, 0, 0, SBIABI_ERR_INVALID_PARAM, false },
		{ U64_MAX, 0, 0, SBIABI_ERR_INVALID_PARAM, false },
		{ 0, U64_MAX, 0, SBIABI_ERR_INVALID_ADDRESS, false },
		{ 0x80000000, 1, 0, SBIABI_ERR_INVALID_ADDRESS, false },
	};
	unsigned int i;
	bool on;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const u64 args[6] = { cases[i].lo, cases[i].hi, cases[i].flags };

		KUNIT_EXPECT_EQ(test, pmuevent_check_shmem(args, &on), cases[i].error);
		if (!cases[i].error)
			KUNIT_EXPECT_EQ(test, on, cases[i].on);
	}
}

static void entries_are_aligned_and_do_not_wrap(struct kunit *test)
{
	static const struct {
		u64	lo, hi, count, flags;
		long	error;
	} cases[] = {
		{ 0x80000000, 0, 52, 0, SBIABI_SUCCESS },
		{ 0x80000010, 0, 0, 0, SBIABI_SUCCESS },
		{ 0x80000008, 0, 1, 0, SBIABI_ERR_INVALID_PARAM },
		{ 0x80000000, 0, 1, 1, SBIABI_ERR_INVALID_PARAM },
		{ 0x80000000, 1, 1, 0, SBIABI_ERR_INVALID_ADDRESS },
		{ 0x80000000, 0, U64_MAX, 0, SBIABI_ERR_INVALID_ADDRESS },
		{ 0x80000000, 0, 1ull << 60, 0, SBIABI_ERR_INVALID_ADDRESS },
		{ U64_MAX - 15, 0, 1, 0, SBIABI_ERR_INVALID_ADDRESS },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const u64 args[6] = { cases[i].lo, cases[i].hi, cases[i].count, cases[i].flags };

		KUNIT_EXPECT_EQ(test, pmuevent_check_entries(args), cases[i].error);
	}
}

static void a_period_ends_with_the_overflow(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, pmuevent_period(U64_MAX), 1);
	KUNIT_EXPECT_EQ(test, pmuevent_period(U64_MAX - 9999), 10000);
	KUNIT_EXPECT_EQ(test, pmuevent_period((1ull << 63) + 1), S64_MAX);
	KUNIT_EXPECT_EQ(test, pmuevent_period(1ull << 63), S64_MAX);
	KUNIT_EXPECT_EQ(test, pmuevent_period(0), S64_MAX);
}

static void a_snapshot_begins_with_the_base(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, pmuevent_relative(0x18, 3), 3);
	KUNIT_EXPECT_EQ(test, pmuevent_relative(0x18, 4), 1);
	KUNIT_EXPECT_EQ(test, pmuevent_relative(U64_MAX, 63), 1);
	KUNIT_EXPECT_EQ(test, pmuevent_relative(U64_MAX, 64), 0);
	KUNIT_EXPECT_EQ(test, pmuevent_relative(U64_MAX, U64_MAX), 0);
}

static struct kunit_case pmuevent_cases[] = {
	KUNIT_CASE(time_is_no_counter),
	KUNIT_CASE(any_number_of_hardware_counters_fits),
	KUNIT_CASE(info_tells_the_csr_and_64_bits),
	KUNIT_CASE(there_is_no_counter_past_the_last),
	KUNIT_CASE(a_mask_names_no_counter_that_is_not_there),
	KUNIT_CASE(events_of_each_kind_are_known),
	KUNIT_CASE(what_is_reserved_is_no_event),
	KUNIT_CASE(an_entry_may_have_anything_where_nothing_is_read),
	KUNIT_CASE(an_event_gets_a_counter_of_its_kind),
	KUNIT_CASE(a_counter_that_has_an_event_is_not_taken),
	KUNIT_CASE(skipping_the_match_takes_the_first),
	KUNIT_CASE(bad_counters_and_flags_come_before_the_event),
	KUNIT_CASE(only_counters_with_an_event_start),
	KUNIT_CASE(flags_are_checked_first),
	KUNIT_CASE(a_snapshot_needs_its_memory),
	KUNIT_CASE(shared_memory_is_a_page_or_none),
	KUNIT_CASE(entries_are_aligned_and_do_not_wrap),
	KUNIT_CASE(a_period_ends_with_the_overflow),
	KUNIT_CASE(a_snapshot_begins_with_the_base),
	{}
};

static struct kunit_suite pmuevent_suite = {
	.name = "kvm_riscv_pmuevent",
	.test_cases = pmuevent_cases,
};

kunit_test_suite(pmuevent_suite);
