// SPDX-License-Identifier: GPL-2.0-only
/* Any SBI arguments: what is accepted covers what was asked for, reckoned in 128 bits. */
#include "fuzz.h"

#include <string.h>

#include <linux/limits.h>

#include "../../arch/riscv/model/sbiabi.h"

#define PAGE	4096

typedef unsigned __int128 u128;

struct input {
	u64	fid;
	u64	args[6];
	u64	hartid;
	u64	near;		/* odd: take arguments close to the ends of their range */
};

/* Does the list, as the arguments spell it, name this hart? */
static bool named(const u64 args[6], u64 hartid)
{
	unsigned int bit;

	if (args[1] == U64_MAX)
		return true;
	for (bit = 0; bit < 64; bit++)
		if (args[0] >> bit & 1 && (u128)args[1] + bit == hartid)
			return true;
	return false;
}

/* Does a bit name a hart beyond 64 bits? */
static bool wraps(const u64 args[6])
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		if (args[0] >> bit & 1 && (u128)args[1] + bit > U64_MAX)
			return args[1] != U64_MAX;
	return false;
}

static void check_ipi(const struct input *in)
{
	struct sbiabi_harts harts;
	long error = sbiabi_check_ipi(in->args, &harts);

	FUZZ_CHECK(error == (wraps(in->args) ? SBIABI_ERR_INVALID_PARAM : SBIABI_SUCCESS),
		   "error %ld", error);
	FUZZ_CHECK(sbiabi_harts_has(&harts, in->hartid) == named(in->args, in->hartid),
		   "hart %#llx", in->hartid);
}

static void check_range(const struct input *in, const struct sbiabi_fence *fence)
{
	u128 start = in->args[2], size = in->args[3], first = fence->start, bytes = fence->size;

	if (fence->everything) {
		FUZZ_CHECK(!first && !bytes, "everything has a range");
		FUZZ_CHECK(size == U64_MAX || (!start && !size) || size > U64_MAX - 2 * PAGE,
			   "everything, without need");
		return;
	}
	FUZZ_CHECK(first % PAGE == 0 && bytes % PAGE == 0, "part of a page");
	FUZZ_CHECK(first + bytes <= (u128)1 << 64, "the range wraps");
	if (!size)
		FUZZ_CHECK(!bytes, "nothing was asked for");
	else
		FUZZ_CHECK(first <= start && start + size <= first + bytes, "not all is covered");
	FUZZ_CHECK(bytes < size + 2 * PAGE, "too much is covered");
}

static void check_fence(const struct input *in)
{
	struct sbiabi_fence fence;
	long error = sbiabi_check_fence(in->fid, in->args, &fence);

	if (in->fid > SBIABI_HFENCE_VVMA) {
		FUZZ_CHECK(error == SBIABI_ERR_NOT_SUPPORTED, "error %ld", error);
		return;
	}
	FUZZ_CHECK((error == SBIABI_ERR_INVALID_PARAM) == wraps(in->args), "error %ld", error);
	if (error == SBIABI_ERR_INVALID_ADDRESS)
		FUZZ_CHECK((u128)in->args[2] + in->args[3] > (u128)1 << 64, "refused");
	if (!error && fence.kind != SBIABI_FENCE_I)
		check_range(in, &fence);
}

static void check_hart_and_system(const struct input *in)
{
	enum sbiabi_hsm_suspend suspend;
	enum sbiabi_reset reset;
	u32 reason;
	u64 limit = 1ull << (in->hartid % 64);
	bool beyond = in->args[1] >= limit;
	long error = sbiabi_check_suspend(in->args, limit, &suspend);

	FUZZ_CHECK((error == SBIABI_ERR_INVALID_PARAM) == !!((u32)in->args[0] & 0x7fffffff),
		   "suspend: error %ld", error);
	FUZZ_CHECK((error == SBIABI_ERR_INVALID_ADDRESS) ==
		   ((u32)in->args[0] == 0x80000000 && beyond), "suspend: error %ld", error);
	error = sbiabi_check_system_suspend(in->args, limit);
	FUZZ_CHECK(error == ((u32)in->args[0] ? SBIABI_ERR_INVALID_PARAM :
			     beyond ? SBIABI_ERR_INVALID_ADDRESS : SBIABI_SUCCESS),
		   "system suspend: error %ld", error);
	error = sbiabi_check_reset(in->args, &reset, &reason);
	FUZZ_CHECK(!error == ((u32)in->args[0] <= 2 && (u32)in->args[1] <= 1), "reset: error %ld",
		   error);
	FUZZ_CHECK(sbiabi_mpxy_fid_ok(in->fid) == (in->fid < 8), "mpxy %#llx", in->fid);
	FUZZ_CHECK(sbiabi_dbcn_fid_ok(in->fid) == (in->fid < 3), "dbcn %#llx", in->fid);
}

static void check_sta(const struct input *in)
{
	const u64 *args = in->args, limit = 1ull << (in->hartid % 64);
	bool off = args[0] == U64_MAX && args[1] == U64_MAX;
	u64 gpa;
	long error = sbiabi_check_sta(args, limit, &gpa);

	FUZZ_CHECK((error == SBIABI_ERR_INVALID_PARAM) == (args[2] || (!off && args[0] % 64)),
		   "steal time: error %ld", error);
	FUZZ_CHECK(error || (off ? gpa == U64_MAX : gpa == args[0]), "at %#llx", gpa);
	FUZZ_CHECK(error || off || (!args[1] && (u128)gpa + 1 <= limit), "beyond %#llx", limit);
	FUZZ_CHECK(!error == (!args[2] && (off || (!(args[0] % 64) && !args[1] &&
						    args[0] < limit))), "error %ld", error);
}

static void check_fwft(const struct input *in)
{
	const struct sbiabi_fwft before = {
		.offered = in->hartid, .locked = in->hartid >> 8, .pmlens = in->hartid >> 16 & 3,
		.value = { 1, 0, 1, 0, 1, 7 },
	};
	struct sbiabi_fwft fwft = before;
	const u64 *args = in->args;
	u32 id = args[0];
	long value = 0, got = sbiabi_fwft_get(&fwft, args, &value);
	long error = sbiabi_fwft_set(&fwft, args);

	FUZZ_CHECK((error == SBIABI_ERR_DENIED) == (id > 5), "feature %u: %ld", id, error);
	FUZZ_CHECK(got == (id > 5 ? SBIABI_ERR_DENIED : before.offered >> id & 1 ? 0 :
			   SBIABI_ERR_NOT_SUPPORTED), "feature %u: get: %ld", id, got);
	if (error) {
		FUZZ_CHECK(!memcmp(&fwft, &before, sizeof(fwft)), "changed, with error %ld", error);
		return;
	}
	FUZZ_CHECK(!(before.locked >> id & 1) && args[2] < 2, "feature %u: locked or flags", id);
	FUZZ_CHECK((fwft.locked ^ before.locked) == (int)args[2] << id, "lock of %u", id);
	if (id == 5)
		FUZZ_CHECK(fwft.value[5] >= args[1] && (!args[1] == !fwft.value[5]) &&
			   fwft.value[5] <= 16, "length %llu", args[1]);
	else
		FUZZ_CHECK(fwft.value[id] == args[1] && args[1] < 2, "value %llu", args[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	unsigned int i;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	if (in.near & 1) {
		in.fid %= 8;
		for (i = 0; i < 6; i++)
			in.args[i] = (s64)in.args[i] >> (in.near >> 8 * (i + 1) & 63);
		in.hartid = in.args[1] + in.hartid % 128 - 32;
	}
	check_ipi(&in);
	check_fence(&in);
	check_hart_and_system(&in);
	check_sta(&in);
	check_fwft(&in);
	return 0;
}
