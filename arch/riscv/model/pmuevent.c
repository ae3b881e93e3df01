// SPDX-License-Identifier: GPL-2.0-only
#include "pmuevent.h"

#include <linux/bits.h>
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "sbiabi.h"

/* Words of the argument array, by the function prototypes */
enum {
	ARG_BASE	= 0,
	ARG_MASK	= 1,
	ARG_FLAGS	= 2,
	ARG_EVENT_IDX	= 3,
	ARG_EVENT_DATA	= 4,
	ARG_SHMEM_LO	= 0,
	ARG_SHMEM_HI	= 1,
	ARG_SHMEM_FLAGS	= 2,
	ARG_ENTRIES	= 2,
	ARG_INFO_FLAGS	= 3,
};

#define CONFIG_FLAGS	GENMASK(7, 0)
#define START_FLAGS	(PMUEVENT_START_SET_INIT_VALUE | PMUEVENT_START_INIT_SNAPSHOT)
#define STOP_FLAGS	(PMUEVENT_STOP_RESET | PMUEVENT_STOP_TAKE_SNAPSHOT)

/* Index of an event: type in bits 19..16, code in bits 15..0 */
#define IDX_BITS	20
#define IDX_CODE_BITS	16

/* Code of a cache event: tables "PMU Cache Event ID" and "... Operation ID" */
#define CACHE_ID_SHIFT	3
#define CACHE_ID_LAST	6
#define CACHE_OP(code)	((code) >> 1 & 3)
#define CACHE_OP_LAST	2

/* Bits of mhpmeventX that are the guest's to choose */
#define RAW_BITS	48
#define RAW_V2_BITS	56

/* counter_info */
#define INFO_CSR_CYCLE		0xc00
#define INFO_WIDTH_64		(63ull << 12)
#define INFO_FIRMWARE		BIT_ULL(63)

#define COUNTER_CYCLE		BIT_ULL(0)
#define COUNTER_TIME		BIT_ULL(1)
#define COUNTER_INSTRET		BIT_ULL(2)

/* ---- counters -------------------------------------------------------------------------------- */

void pmuevent_bank_init(struct pmuevent_bank *bank, unsigned int hardware)
{
	unsigned int first;

	hardware = min_t(unsigned int, hardware, PMUEVENT_HW_COUNTERS);
	first = hardware > 1 ? hardware + 1 : hardware;
	*bank = (struct pmuevent_bank) {
		.hardware = (BIT_ULL(first) - 1) & ~COUNTER_TIME,
		.firmware = (BIT_ULL(PMUEVENT_FW_COUNTERS) - 1) << first,
	};
}

static u64 bank_all(const struct pmuevent_bank *bank)
{
	return bank->hardware | bank->firmware;
}

unsigned int pmuevent_bank_size(const struct pmuevent_bank *bank)
{
	return fls64(bank_all(bank));
}

bool pmuevent_bank_has(const struct pmuevent_bank *bank, u64 idx)
{
	return idx < PMUEVENT_COUNTERS && bank_all(bank) >> idx & 1;
}

long pmuevent_counter_info(const struct pmuevent_bank *bank, u64 idx, u64 *info)
{
	if (!pmuevent_bank_has(bank, idx))
		return SBIABI_ERR_INVALID_PARAM;
	/* All of them have 64 bits, whatever the host's have. */
	if (bank->firmware >> idx & 1)
		*info = INFO_FIRMWARE | INFO_WIDTH_64;
	else
		*info = INFO_WIDTH_64 | (INFO_CSR_CYCLE + idx);
	return SBIABI_SUCCESS;
}

/* Each counter that is named has to be there; a bit may name one beyond all numbers. */
static long find_counters(const struct pmuevent_bank *bank, const u64 args[6], u64 *set)
{
	u64 base = args[ARG_BASE], mask = args[ARG_MASK];

	*set = 0;
	if (!mask)
		return SBIABI_SUCCESS;
	if (base >= PMUEVENT_COUNTERS || mask << base >> base != mask ||
	    mask << base & ~bank_all(bank))
		return SBIABI_ERR_INVALID_PARAM;
	*set = mask << base;
	return SBIABI_SUCCESS;
}

/* ---- events ---------------------------------------------------------------------------------- */

static bool is_cache_event(u16 code)
{
	return code >> CACHE_ID_SHIFT <= CACHE_ID_LAST && CACHE_OP(code) <= CACHE_OP_LAST;
}

bool pmuevent_decode(u64 idx, u64 data, struct pmuevent *event)
{
	u16 code = idx;

	if (idx >> IDX_BITS)
		return false;
	*event = (struct pmuevent) { .kind = idx >> IDX_CODE_BITS, .code = code, .data = data };
	switch (event->kind) {
	case PMUEVENT_GENERAL:
		return code && code <= PMUEVENT_GENERAL_LAST && !data;
	case PMUEVENT_CACHE:
		return is_cache_event(code) && !data;
	case PMUEVENT_RAW:
		return !code && !(data >> RAW_BITS);
	case PMUEVENT_RAW_V2:
		return !code && !(data >> RAW_V2_BITS);
	case PMUEVENT_FIRMWARE:
		return code < PMUEVENT_FW_COUNT && !data;
	}
	return false;
}

long pmuevent_decode_entry(const struct pmuevent_entry *entry, struct pmuevent *event,
			   bool *known)
{
	u32 kind = entry->event_idx >> IDX_CODE_BITS;
	u64 data = entry->event_data;

	if (entry->event_idx >> IDX_BITS)
		return SBIABI_ERR_INVALID_PARAM;
	/* It has no meaning for the others, so it may be anything. */
	if (kind == PMUEVENT_GENERAL || kind == PMUEVENT_CACHE)
		data = 0;
	*known = pmuevent_decode(entry->event_idx, data, event);
	return SBIABI_SUCCESS;
}

/* Which counters can count an event. cycle and instret are counters for one event each. */
static u64 counters_for(const struct pmuevent_bank *bank, const struct pmuevent *event)
{
	u64 fixed = COUNTER_CYCLE | COUNTER_INSTRET;

	if (event->kind == PMUEVENT_FIRMWARE)
		return bank->firmware;
	if (event->kind == PMUEVENT_GENERAL && event->code == PMUEVENT_CPU_CYCLES)
		fixed = COUNTER_INSTRET;
	else if (event->kind == PMUEVENT_GENERAL && event->code == PMUEVENT_INSTRUCTIONS)
		fixed = COUNTER_CYCLE;
	return bank->hardware & ~fixed;
}

long pmuevent_match(const struct pmuevent_bank *bank, const u64 args[6],
		    struct pmuevent_match *match)
{
	u64 set;
	long err;

	if (args[ARG_FLAGS] & ~CONFIG_FLAGS)
		return SBIABI_ERR_INVALID_PARAM;
	err = find_counters(bank, args, &set);
	if (err)
		return err;

	match->known = pmuevent_decode(args[ARG_EVENT_IDX], args[ARG_EVENT_DATA], &match->event);
	if (args[ARG_FLAGS] & PMUEVENT_CONFIG_SKIP_MATCH)
		set &= -set & ~bank->started;
	else
		set &= ~bank->mapped;
	/* With SKIP_MATCH, a counter that has an event can do without another. */
	if (match->known)
		set &= counters_for(bank, &match->event);
	else
		set &= bank->mapped;
	if (!set)
		return SBIABI_ERR_NOT_SUPPORTED;
	match->counter = __ffs64(set);
	return SBIABI_SUCCESS;
}

/* ---- start and stop -------------------------------------------------------------------------- */

long pmuevent_check_start(const struct pmuevent_bank *bank, const u64 args[6], bool shmem,
			  u64 *set)
{
	u64 flags = args[ARG_FLAGS];
	long err;

	/* Each of the two says where values come from: §11.9 has them exclude each other. */
	if (flags & ~(u64)START_FLAGS || flags == START_FLAGS)
		return SBIABI_ERR_INVALID_PARAM;
	err = find_counters(bank, args, set);
	if (err)
		return err;
	if (*set & ~bank->mapped)
		return SBIABI_ERR_INVALID_PARAM;
	return flags & PMUEVENT_START_INIT_SNAPSHOT && !shmem ? SBIABI_ERR_NO_SHMEM :
								SBIABI_SUCCESS;
}

long pmuevent_check_stop(const struct pmuevent_bank *bank, const u64 args[6], bool shmem,
			 u64 *set)
{
	u64 flags = args[ARG_FLAGS];
	long err;

	if (flags & ~(u64)STOP_FLAGS)
		return SBIABI_ERR_INVALID_PARAM;
	err = find_counters(bank, args, set);
	if (err)
		return err;
	return flags & PMUEVENT_STOP_TAKE_SNAPSHOT && !shmem ? SBIABI_ERR_NO_SHMEM :
							       SBIABI_SUCCESS;
}

/* ---- memory ---------------------------------------------------------------------------------- */

long pmuevent_check_shmem(const u64 args[6], bool *on)
{
	if (args[ARG_SHMEM_FLAGS])
		return SBIABI_ERR_INVALID_PARAM;
	*on = args[ARG_SHMEM_LO] != U64_MAX || args[ARG_SHMEM_HI] != U64_MAX;
	if (!*on)
		return SBIABI_SUCCESS;
	if (args[ARG_SHMEM_LO] % PMUEVENT_SNAPSHOT_ALIGN)
		return SBIABI_ERR_INVALID_PARAM;
	return args[ARG_SHMEM_HI] ? SBIABI_ERR_INVALID_ADDRESS : SBIABI_SUCCESS;
}

long pmuevent_check_entries(const u64 args[6])
{
	u64 room = U64_MAX - args[ARG_SHMEM_LO];

	if (args[ARG_INFO_FLAGS] || args[ARG_SHMEM_LO] % sizeof(struct pmuevent_entry))
		return SBIABI_ERR_INVALID_PARAM;
	if (args[ARG_SHMEM_HI] || args[ARG_ENTRIES] > room / sizeof(struct pmuevent_entry))
		return SBIABI_ERR_INVALID_ADDRESS;
	return SBIABI_SUCCESS;
}

u64 pmuevent_period(u64 value)
{
	return value > BIT_ULL(63) ? -value : S64_MAX;
}

u64 pmuevent_relative(u64 set, u64 base)
{
	return base < PMUEVENT_COUNTERS ? set >> base : 0;
}
