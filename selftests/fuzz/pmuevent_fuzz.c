// SPDX-License-Identifier: GPL-2.0-only
/* Any PMU calls in a row: which counters they may touch, reckoned one by one. */
#include "fuzz.h"

#include <string.h>

#include <linux/limits.h>

#include "../../arch/riscv/model/pmuevent.h"
#include "../../arch/riscv/model/sbiabi.h"

typedef unsigned __int128 u128;

struct input {
	u8	fid;
	u8	near;
	u8	shmem;
	u8	pad[5];
	u64	args[6];
};

/* The naive one: each counter is a byte. */
struct counter {
	bool	there, firmware, mapped, started;
};

static struct counter counters[PMUEVENT_COUNTERS];

static void counters_init(unsigned int hardware)
{
	unsigned int i, csr, left = PMUEVENT_FW_COUNTERS;

	memset(counters, 0, sizeof(counters));
	for (csr = i = 0; i < hardware && i < 31; csr++) {
		if (csr == 1)
			continue;
		counters[csr].there = true;
		i++;
	}
	for (; left; left--, csr++)
		counters[csr] = (struct counter) { .there = true, .firmware = true };
}

static bool named(const u64 args[6], unsigned int nr)
{
	return nr >= args[0] && nr - args[0] < 64 && args[1] >> (nr - args[0]) & 1;
}

/* Does a bit name what is not there? */
static bool names_none(const u64 args[6])
{
	unsigned int bit;
	u128 nr;

	for (bit = 0; bit < 64; bit++) {
		nr = (u128)args[0] + bit;
		if (args[1] >> bit & 1 && (nr >= PMUEVENT_COUNTERS || !counters[nr].there))
			return true;
	}
	return false;
}

static void check_set(const u64 args[6], u64 set)
{
	unsigned int i;

	for (i = 0; i < PMUEVENT_COUNTERS; i++)
		FUZZ_CHECK((set >> i & 1) == named(args, i), "counter %u", i);
}

static bool is_event(u64 idx, u64 data)
{
	u64 code = idx & 0xffff;

	if (idx > 0xfffff)
		return false;
	switch (idx >> 16) {
	case 0:
		return code >= 1 && code <= 10 && !data;
	case 1:
		return code / 8 < 7 && code / 2 % 4 < 3 && !data;
	case 2:
		return !code && data < (u64)1 << 48;
	case 3:
		return !code && data < (u64)1 << 56;
	case 15:
		return code < 14 && !data;
	}
	return false;
}

/* May this counter be given the event? */
static bool fits(unsigned int nr, const u64 args[6])
{
	if (counters[nr].firmware != (args[3] >> 16 == 15))
		return false;
	if (counters[nr].firmware)
		return true;
	if (nr == 0)
		return args[3] == 1;
	if (nr == 2)
		return args[3] == 2;
	return true;
}

static bool usable(unsigned int nr, const u64 args[6])
{
	bool known = is_event(args[3], args[4]);

	if (!named(args, nr))
		return false;
	if (!(args[2] & 1))
		return known && !counters[nr].mapped && fits(nr, args);
	return !counters[nr].started && (known ? fits(nr, args) : counters[nr].mapped);
}

static void config(struct pmuevent_bank *bank, const u64 args[6])
{
	struct pmuevent_match match;
	long error = pmuevent_match(bank, args, &match);
	unsigned int i;

	if (args[2] > 0xff || names_none(args)) {
		FUZZ_CHECK(error == SBIABI_ERR_INVALID_PARAM, "error %ld", error);
		return;
	}
	for (i = 0; i < PMUEVENT_COUNTERS && !usable(i, args); i++)
		if (args[2] & 1 && named(args, i))
			i = PMUEVENT_COUNTERS - 1;
	if (i == PMUEVENT_COUNTERS) {
		FUZZ_CHECK(error == SBIABI_ERR_NOT_SUPPORTED, "error %ld", error);
		return;
	}
	FUZZ_CHECK(!error && match.counter == i, "error %ld, counter %u for %u", error,
		   match.counter, i);
	FUZZ_CHECK(match.known == is_event(args[3], args[4]), "known");
	counters[i].mapped = true;
	bank->mapped |= 1ull << i;
}

static void start(struct pmuevent_bank *bank, const u64 args[6], bool shmem)
{
	bool bad = args[2] > 2 || names_none(args);
	unsigned int i;
	u64 set;
	long error = pmuevent_check_start(bank, args, shmem, &set);

	for (i = 0; i < PMUEVENT_COUNTERS; i++)
		bad |= named(args, i) && !counters[i].mapped;
	if (bad) {
		FUZZ_CHECK(error == SBIABI_ERR_INVALID_PARAM, "error %ld", error);
		return;
	}
	FUZZ_CHECK(error == (args[2] == 2 && !shmem ? SBIABI_ERR_NO_SHMEM : 0), "%ld", error);
	if (error)
		return;
	check_set(args, set);
	bank->started |= set;
	for (i = 0; i < PMUEVENT_COUNTERS; i++)
		counters[i].started |= named(args, i);
}

static void stop(struct pmuevent_bank *bank, const u64 args[6], bool shmem)
{
	unsigned int i;
	u64 set;
	long error = pmuevent_check_stop(bank, args, shmem, &set);

	if (args[2] > 3 || names_none(args)) {
		FUZZ_CHECK(error == SBIABI_ERR_INVALID_PARAM, "error %ld", error);
		return;
	}
	FUZZ_CHECK(error == (args[2] & 2 && !shmem ? SBIABI_ERR_NO_SHMEM : 0), "%ld", error);
	if (error)
		return;
	check_set(args, set);
	bank->started &= ~set;
	if (args[2] & 1)
		bank->mapped &= ~set;
	for (i = 0; i < PMUEVENT_COUNTERS; i++) {
		if (!named(args, i))
			continue;
		counters[i].started = false;
		counters[i].mapped &= !(args[2] & 1);
	}
}

static void ask(const struct pmuevent_bank *bank, const u64 args[6])
{
	struct pmuevent_entry entry = { .event_idx = args[0], .event_data = args[1] };
	u64 info, last = (u64)args[0] + 1;
	struct pmuevent event;
	bool on, known;
	long error = pmuevent_counter_info(bank, args[0], &info);

	FUZZ_CHECK(!error == (args[0] < 64 && counters[args[0]].there), "info: %ld", error);
	if (!error)
		FUZZ_CHECK((info >> 63) == counters[args[0]].firmware, "info %#llx", info);
	error = pmuevent_check_shmem(args, &on);
	if (!error && on)
		FUZZ_CHECK(args[0] % 4096 == 0 && !args[1] && !args[2], "shmem");
	error = pmuevent_check_entries(args);
	if (!error)
		FUZZ_CHECK((u128)args[0] + (u128)16 * args[2] <= U64_MAX && !args[1] && !args[3] &&
			   args[0] % 16 == 0, "entries");
	error = pmuevent_decode_entry(&entry, &event, &known);
	FUZZ_CHECK(!error == !(entry.event_idx >> 20), "entry: %ld", error);
	if (!error && (entry.event_idx >> 16 == 2 || entry.event_idx >> 16 > 2))
		FUZZ_CHECK(known == is_event(entry.event_idx, args[1]), "entry %#x",
			   entry.event_idx);
	FUZZ_CHECK(pmuevent_period(last) && pmuevent_period(last) <= (u64)S64_MAX, "period");
	if (last > (u64)1 << 63)
		FUZZ_CHECK(last + pmuevent_period(last) == 0, "period of %#llx", last);
}

/* Small numbers, so that calls meet. */
static void bring_near(struct input *in)
{
	in->args[0] %= 70;
	if (in->near & 2)
		in->args[1] &= in->args[5];
	in->args[2] %= 6;
	in->args[3] &= 0xf000f;
	in->args[4] %= 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pmuevent_bank bank;
	struct input in;

	if (!size)
		return 0;
	pmuevent_bank_init(&bank, *data % 40);
	counters_init(*data % 40);
	for (data++, size--; size >= sizeof(in); data += sizeof(in), size -= sizeof(in)) {
		memcpy(&in, data, sizeof(in));
		if (in.near & 1)
			bring_near(&in);
		switch (in.fid % 4) {
		case 0:
			config(&bank, in.args);
			break;
		case 1:
			start(&bank, in.args, in.shmem & 1);
			break;
		case 2:
			stop(&bank, in.args, in.shmem & 1);
			break;
		default:
			ask(&bank, in.args);
		}
		FUZZ_CHECK(!(bank.started & ~bank.mapped), "counts nothing");
	}
	return 0;
}
