// SPDX-License-Identifier: GPL-2.0-only
/* What SBI v3.0 has a guest told: no more than it says, reckoned in 128 bits. */
#include "fuzz.h"

typedef unsigned __int128 u128;

#define SUCCESS			0
#define ERR_NOT_SUPPORTED	-2
#define ERR_INVALID_PARAM	-3
#define ERR_INVALID_ADDRESS	-5
#define ERR_ALREADY_AVAILABLE	-6
#define ERR_DENIED		-4
#define ERR_DENIED_LOCKED	-14

enum { STARTED, STOPPED, START_PENDING };

static struct sbi_wanted fails(long error)
{
	/* a1 is not specified then. */
	return (struct sbi_wanted) { .kind = SBI_RETURNS, .error = error, .any_value = true };
}

static struct sbi_wanted gives(uint64_t value)
{
	return (struct sbi_wanted) { .kind = SBI_RETURNS, .value = value };
}

static struct sbi_wanted kind(enum sbi_kind kind)
{
	return (struct sbi_wanted) { .kind = kind };
}

/* ---- extensions ---------------------------------------------------------------------------- */

struct extension {
	uint64_t	first, last;
	unsigned int	number;			/* KVM_RISCV_SBI_EXT_* */
	struct sbi_wanted (*call)(struct sbi_machine *machine, const struct fuzz_call *call);
};

static const struct extension *find(uint64_t eid);

static bool is_on(const struct sbi_machine *machine, const struct extension *extension)
{
	return machine->on >> extension->number & 1;
}

static struct sbi_wanted forward(struct sbi_machine *machine, const struct fuzz_call *call)
{
	return kind(SBI_FORWARDS);
}

/* Chapter 4 */
static struct sbi_wanted probe(struct sbi_machine *machine, uint64_t eid)
{
	const struct extension *extension = find(eid);

	if (eid == 0x10)
		return gives(1);
	if (!extension || !is_on(machine, extension))
		return gives(0);
	if (extension->call == forward)
		return kind(SBI_FORWARDS);
	if (eid > 8 && eid < 16)
		return gives(0);
	/* 0 is no; of the other values only the extension itself could say more. */
	return gives(1);
}

static struct sbi_wanted base(struct sbi_machine *machine, const struct fuzz_call *call)
{
	switch (call->fid) {
	case 0:
		return gives(3 << 24);
	case 1:
		return gives(3);
	case 2:
		return (struct sbi_wanted) { .kind = SBI_RETURNS, .any_value = true };
	case 3:
		return probe(machine, call->args[0]);
	case 4:
	case 5:
	case 6:
		return gives(machine->ids[call->fid - 4]);
	default:
		return fails(ERR_NOT_SUPPORTED);
	}
}

/* Chapter 18: "Upon system reset, global and local feature values are reset." */
static void reset_features(struct sbi_machine *machine)
{
	unsigned int i;

	machine->features.locked = 0;
	for (i = 0; i < 6; i++)
		machine->features.value[i] = machine->features.reset[i];
}

/* A mask is read at the first argument; elsewhere than in memory it is a fault of the guest. */
static struct sbi_wanted legacy_mask(const struct sbi_machine *machine,
				     const struct fuzz_call *call)
{
	u128 start = call->args[1], size = call->args[2];
	uint64_t at = call->args[0];

	if (at && (at < ABI_RAM || at > ABI_RAM + ABI_RAM_SIZE - 8))
		return kind(SBI_NOT_JUDGED);
	/* It is of unsigned long: whether a hart loads others is not the SBI's to say. */
	if (at % 8)
		return kind(SBI_NOT_JUDGED);
	/* Where it masks pointers, an emulated hart (QEMU 10.0) shifts the address of hlv.d. */
	if (at && machine->features.value[5])
		return kind(SBI_NOT_JUDGED);
	if (call->eid > 5 && size != UINT64_MAX && start + size > (u128)1 << 64) {
		struct sbi_wanted want = gives(call->args[1]);

		want.error = ERR_INVALID_ADDRESS;
		return want;
	}
	return gives(call->args[1]);
}

/* Chapter 5: a1 is left alone. */
static struct sbi_wanted legacy(struct sbi_machine *machine, const struct fuzz_call *call)
{
	struct sbi_wanted want = gives(call->args[1]);
	unsigned int i;

	switch (call->eid) {
	case 1:
	case 2:
		return kind(SBI_FORWARDS);
	case 0:
		return want;
	case 3:
		/* 0, or a positive number when one was pending. */
		want.or_error = 1;
		return want;
	case 4:
	case 5:
	case 6:
	case 7:
		return legacy_mask(machine, call);
	case 8:
		for (i = 0; i < FUZZ_HARTS; i++)
			machine->state[i] = i ? STOPPED : machine->state[i];
		reset_features(machine);
		return kind(SBI_RESETS);
	default:
		want = fails(ERR_NOT_SUPPORTED);
		want.any_value = false;
		want.value = call->args[1];
		return want;
	}
}

/* Chapter 6 */
static struct sbi_wanted timer(struct sbi_machine *machine, const struct fuzz_call *call)
{
	return call->fid ? fails(ERR_NOT_SUPPORTED) : gives(0);
}

/* §3.1: each hart that is named has to be there. */
static bool harts_exist(const struct sbi_machine *machine, uint64_t mask, uint64_t first)
{
	unsigned int bit, i;
	bool found;

	for (bit = 0; first != UINT64_MAX && bit < 64; bit++) {
		found = !(mask >> bit & 1);
		for (i = 0; i < FUZZ_HARTS; i++)
			found |= machine->harts[i] == (u128)first + bit;
		if (!found)
			return false;
	}
	return true;
}

/* Chapter 7 */
static struct sbi_wanted ipi(struct sbi_machine *machine, const struct fuzz_call *call)
{
	if (call->fid)
		return fails(ERR_NOT_SUPPORTED);
	return harts_exist(machine, call->args[0], call->args[1]) ? gives(0) :
								     fails(ERR_INVALID_PARAM);
}

/* Chapter 8 */
static struct sbi_wanted rfence(struct sbi_machine *machine, const struct fuzz_call *call)
{
	u128 start = call->args[2], size = call->args[3];
	struct sbi_wanted want = gives(0);

	if (call->fid > 2)
		return fails(ERR_NOT_SUPPORTED);
	if (!harts_exist(machine, call->args[0], call->args[1]))
		want = fails(ERR_INVALID_PARAM);
	/* Which comes first is not said. */
	if (call->fid && size != UINT64_MAX && start + size > (u128)1 << 64) {
		want.or_error = want.error;
		want.error = ERR_INVALID_ADDRESS;
		want.any_value = true;
	}
	return want;
}

/* Chapter 9 */
static int hart_index(const struct sbi_machine *machine, uint64_t id)
{
	int i;

	for (i = 0; i < FUZZ_HARTS; i++)
		if (machine->harts[i] == id)
			return i;
	return -1;
}

static struct sbi_wanted hart_start(struct sbi_machine *machine, int hart, uint64_t address)
{
	if (hart < 0)
		return fails(ERR_INVALID_PARAM);
	if (address >= machine->gpa_limit)
		return fails(ERR_INVALID_ADDRESS);
	if (machine->state[hart] != STOPPED)
		return fails(ERR_ALREADY_AVAILABLE);
	machine->state[hart] = START_PENDING;
	return gives(0);
}

static struct sbi_wanted hsm(struct sbi_machine *machine, const struct fuzz_call *call)
{
	int hart = hart_index(machine, call->args[0]);

	switch (call->fid) {
	case 0:
		return hart_start(machine, hart, call->args[1]);
	case 1:
		return kind(SBI_NOT_JUDGED);	/* does not return */
	case 2:
		return hart < 0 ? fails(ERR_INVALID_PARAM) : gives(machine->state[hart]);
	case 3:
		/* Types have 32 bits; what is reserved or platform specific is invalid. */
		if ((uint32_t)call->args[0] == 0x80000000)
			return call->args[1] >= machine->gpa_limit ? fails(ERR_INVALID_ADDRESS) :
				kind(SBI_NOT_JUDGED);	/* goes on elsewhere */
		return (uint32_t)call->args[0] ? fails(ERR_INVALID_PARAM) : gives(0);
	default:
		return fails(ERR_NOT_SUPPORTED);
	}
}

/* Chapter 10 */
static struct sbi_wanted srst(struct sbi_machine *machine, const struct fuzz_call *call)
{
	unsigned int i;

	if (call->fid)
		return fails(ERR_NOT_SUPPORTED);
	if ((uint32_t)call->args[0] > 2 || (uint32_t)call->args[1] > 1)
		return fails(ERR_INVALID_PARAM);
	for (i = 1; i < FUZZ_HARTS; i++)
		machine->state[i] = STOPPED;
	reset_features(machine);
	return kind(SBI_RESETS);
}

/* Chapter 13: what is right with everything else goes to userspace, which refuses here. */
static struct sbi_wanted susp(struct sbi_machine *machine, const struct fuzz_call *call)
{
	unsigned int i;

	if (call->fid)
		return fails(ERR_NOT_SUPPORTED);
	if ((uint32_t)call->args[0])
		return fails(ERR_INVALID_PARAM);
	if (call->args[1] >= machine->gpa_limit)
		return fails(ERR_INVALID_ADDRESS);
	for (i = 1; i < FUZZ_HARTS; i++)
		if (machine->state[i] != STOPPED)
			return fails(ERR_DENIED);
	return kind(SBI_FORWARDS);
}

/* Chapter 20 */
static struct sbi_wanted mpxy(struct sbi_machine *machine, const struct fuzz_call *call)
{
	return call->fid > 7 ? fails(ERR_NOT_SUPPORTED) : kind(SBI_FORWARDS);
}

/* Chapter 12 */
static struct sbi_wanted dbcn(struct sbi_machine *machine, const struct fuzz_call *call)
{
	return call->fid > 2 ? fails(ERR_NOT_SUPPORTED) : kind(SBI_FORWARDS);
}

/* §3.2 and chapter 16: memory that is there and can be written, as all of it is here. */
static struct sbi_wanted sta(struct sbi_machine *machine, const struct fuzz_call *call)
{
	const uint64_t *args = call->args;

	if (call->fid)
		return fails(ERR_NOT_SUPPORTED);
	if (args[2])
		return fails(ERR_INVALID_PARAM);
	if (args[0] == UINT64_MAX && args[1] == UINT64_MAX)
		return gives(0);
	if (args[0] % 64)
		return fails(ERR_INVALID_PARAM);
	if (args[1] || args[0] < ABI_RAM || args[0] >= ABI_RAM + ABI_RAM_SIZE)
		return fails(ERR_INVALID_ADDRESS);
	/* It is written there. */
	return args[0] < FUZZ_FREE ? kind(SBI_NOT_JUDGED) : gives(0);
}

/* Chapter 18. The second result: whether the value can be had. */
static uint64_t feature_value(const struct sbi_features *features, uint32_t id, uint64_t value,
			      bool *invalid)
{
	*invalid = false;
	if (id < 5 || !value) {
		*invalid = id < 5 && value > 1;
		return value;
	}
	if (value <= 7 && features->pm7)
		return 7;
	*invalid = value > 16 || !features->pm16;
	return 16;
}

static struct sbi_wanted fwft(struct sbi_machine *machine, const struct fuzz_call *call)
{
	struct sbi_features *features = &machine->features;
	uint32_t id = call->args[0];
	struct sbi_wanted want;
	uint64_t value;
	bool invalid;

	if (call->fid > 1)
		return fails(ERR_NOT_SUPPORTED);
	if (id > 5)
		return fails(ERR_DENIED);
	if (!(features->offered >> id & 1))
		return fails(ERR_NOT_SUPPORTED);
	if (call->fid == 1)
		return gives(features->value[id]);
	value = feature_value(features, id, call->args[1], &invalid);
	invalid |= call->args[2] > 1;
	if (features->locked >> id & 1) {
		/* Which comes first is not said. */
		want = fails(ERR_DENIED_LOCKED);
		want.or_error = invalid ? ERR_INVALID_PARAM : 0;
		return want;
	}
	if (invalid)
		return fails(ERR_INVALID_PARAM);
	features->value[id] = value;
	features->locked |= call->args[2] << id;
	return gives(0);
}

/*
 * Chapter 11. What counters count depends on calls before and on the host; but not which calls
 * cannot be right.
 */
#define FW_COUNTERS	32

static bool counter_exists(const struct sbi_machine *machine, u128 nr)
{
	return nr < machine->counters && nr != 1;
}

static bool names_no_counter(const struct sbi_machine *machine, const struct fuzz_call *call)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		if (call->args[1] >> bit & 1 &&
		    !counter_exists(machine, (u128)call->args[0] + bit))
			return true;
	return false;
}

/* One that does not touch the guest's own memory, which is between the two. */
static bool is_guest_memory(uint64_t first, u128 size)
{
	return first < ABI_RAM + ABI_RAM_SIZE && (u128)first + size > ABI_RAM;
}

static struct sbi_wanted anything(void)
{
	return (struct sbi_wanted) { .kind = SBI_RETURNS, .any_value = true, .any_error = true };
}

static bool is_pmu_event(uint64_t idx, uint64_t data)
{
	uint64_t code = idx & 0xffff;

	switch (idx >> 16) {
	case 0:
		return code && code <= 10 && !data;
	case 1:
		return code >> 3 < 7 && (code >> 1 & 3) < 3 && !data;
	case 2:
		return !code && !(data >> 48);
	case 3:
		return !code && !(data >> 56);
	case 15:
		return code < 14 && !data;
	default:
		return false;
	}
}

static struct sbi_wanted pmu_config(struct sbi_machine *machine, const struct fuzz_call *call)
{
	if (names_no_counter(machine, call) || call->args[2] >> 8)
		return fails(ERR_INVALID_PARAM);
	if (!call->args[1] ||
	    (!(call->args[2] & 1) && !is_pmu_event(call->args[3], call->args[4])))
		return fails(ERR_NOT_SUPPORTED);
	return anything();
}

static struct sbi_wanted pmu_shmem(struct sbi_machine *machine, const struct fuzz_call *call)
{
	uint64_t low = call->args[0], high = call->args[1];

	if (call->args[2])
		return fails(ERR_INVALID_PARAM);
	if (low == UINT64_MAX && high == UINT64_MAX)
		return gives(0);
	if (low % 4096)
		return fails(ERR_INVALID_PARAM);
	if (high || !is_guest_memory(low, 1))
		return fails(ERR_INVALID_ADDRESS);
	return kind(SBI_NOT_JUDGED);
}

static struct sbi_wanted pmu_event_info(const struct fuzz_call *call)
{
	u128 size = (u128)call->args[2] * 16;
	struct sbi_wanted want = gives(0);

	if (call->args[3] || call->args[0] % 16)
		return fails(ERR_INVALID_PARAM);
	if (!call->args[1] && is_guest_memory(call->args[0], size))
		return kind(SBI_NOT_JUDGED);
	if (size || call->args[1])
		want = fails(ERR_INVALID_ADDRESS);
	/* Too many to be looked at. */
	if (call->args[2] > 1024)
		want.or_error = ERR_INVALID_PARAM;
	return want;
}

static struct sbi_wanted pmu(struct sbi_machine *machine, const struct fuzz_call *call)
{
	uint64_t nr = call->args[0];

	switch (call->fid) {
	case 0:
		return gives(machine->counters);
	case 1:
		if (!counter_exists(machine, nr))
			return fails(ERR_INVALID_PARAM);
		return gives(nr >= machine->counters - FW_COUNTERS ? 1UL << 63 | 63 << 12 :
								     63 << 12 | (0xc00 + nr));
	case 2:
		return pmu_config(machine, call);
	case 3:
		return names_no_counter(machine, call) || call->args[2] > 2 ?
			fails(ERR_INVALID_PARAM) : anything();
	case 4:
		return names_no_counter(machine, call) || call->args[2] > 3 ?
			fails(ERR_INVALID_PARAM) : anything();
	case 5:
	case 6:
		if (!counter_exists(machine, nr) || nr < machine->counters - FW_COUNTERS)
			return fails(ERR_INVALID_PARAM);
		return anything();
	case 7:
		return pmu_shmem(machine, call);
	case 8:
		return pmu_event_info(call);
	default:
		return fails(ERR_NOT_SUPPORTED);
	}
}

static const struct extension extensions[] = {
	{ 0x00000000, 0x0000000f, KVM_RISCV_SBI_EXT_V01, legacy },
	{ 0x54494d45, 0x54494d45, KVM_RISCV_SBI_EXT_TIME, timer },
	{ 0x00735049, 0x00735049, KVM_RISCV_SBI_EXT_IPI, ipi },
	{ 0x52464e43, 0x52464e43, KVM_RISCV_SBI_EXT_RFENCE, rfence },
	{ 0x53525354, 0x53525354, KVM_RISCV_SBI_EXT_SRST, srst },
	{ 0x0048534d, 0x0048534d, KVM_RISCV_SBI_EXT_HSM, hsm },
	{ 0x08000000, 0x08ffffff, KVM_RISCV_SBI_EXT_EXPERIMENTAL, forward },
	{ 0x09000000, 0x09ffffff, KVM_RISCV_SBI_EXT_VENDOR, forward },
	{ 0x4442434e, 0x4442434e, KVM_RISCV_SBI_EXT_DBCN, dbcn },
	{ 0x00535441, 0x00535441, KVM_RISCV_SBI_EXT_STA, sta },
	{ 0x46574654, 0x46574654, KVM_RISCV_SBI_EXT_FWFT, fwft },
	{ 0x53555350, 0x53555350, KVM_RISCV_SBI_EXT_SUSP, susp },
	{ 0x4d505859, 0x4d505859, KVM_RISCV_SBI_EXT_MPXY, mpxy },
	{ 0x00504d55, 0x00504d55, KVM_RISCV_SBI_EXT_PMU, pmu },
};

static const struct extension *find(uint64_t eid)
{
	size_t i;

	for (i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		if (eid >= extensions[i].first && eid <= extensions[i].last)
			return &extensions[i];
	return NULL;
}

struct sbi_wanted sbi_model(struct sbi_machine *machine, const struct fuzz_call *call)
{
	const struct extension *extension = find(call->eid);

	if (call->eid == 0x10)
		return base(machine, call);
	if (!extension || !is_on(machine, extension))
		return fails(ERR_NOT_SUPPORTED);
	return extension->call(machine, call);
}
