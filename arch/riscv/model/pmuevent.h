/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SBI v3.0 chapter 11 (Performance Monitoring Unit Extension): events, the counters of a hart, and
 * which call may do what with them. Pure: who counts is another matter.
 */
#ifndef RVH_MODEL_PMUEVENT_H
#define RVH_MODEL_PMUEVENT_H

#include <linux/types.h>

/* Function ids */
#define PMUEVENT_FID_NUM_COUNTERS	0
#define PMUEVENT_FID_GET_INFO		1
#define PMUEVENT_FID_CONFIG_MATCHING	2
#define PMUEVENT_FID_START		3
#define PMUEVENT_FID_STOP		4
#define PMUEVENT_FID_FW_READ		5
#define PMUEVENT_FID_FW_READ_HI		6
#define PMUEVENT_FID_SET_SHMEM		7
#define PMUEVENT_FID_EVENT_GET_INFO	8

/* config_flags, table "PMU Counter Config Match Flags" */
#define PMUEVENT_CONFIG_SKIP_MATCH	(1u << 0)
#define PMUEVENT_CONFIG_CLEAR_VALUE	(1u << 1)
#define PMUEVENT_CONFIG_AUTO_START	(1u << 2)
#define PMUEVENT_CONFIG_SET_UINH	(1u << 5)
#define PMUEVENT_CONFIG_SET_SINH	(1u << 6)

/* start_flags and stop_flags, the tables of these names */
#define PMUEVENT_START_SET_INIT_VALUE	(1u << 0)
#define PMUEVENT_START_INIT_SNAPSHOT	(1u << 1)
#define PMUEVENT_STOP_RESET		(1u << 0)
#define PMUEVENT_STOP_TAKE_SNAPSHOT	(1u << 1)

/* Type of an event: bits 19..16 of its index */
enum pmuevent_kind {
	PMUEVENT_GENERAL	= 0,
	PMUEVENT_CACHE		= 1,
	PMUEVENT_RAW		= 2,
	PMUEVENT_RAW_V2		= 3,
	PMUEVENT_FIRMWARE	= 15,
};

/* Codes of general events that have a counter of their own */
#define PMUEVENT_CPU_CYCLES		1
#define PMUEVENT_INSTRUCTIONS		2
#define PMUEVENT_GENERAL_LAST		10

/* Codes of firmware events. Those of the H extension's fences follow, and cannot occur. */
enum pmuevent_firmware {
	PMUEVENT_FW_MISALIGNED_LOAD,
	PMUEVENT_FW_MISALIGNED_STORE,
	PMUEVENT_FW_ACCESS_LOAD,
	PMUEVENT_FW_ACCESS_STORE,
	PMUEVENT_FW_ILLEGAL_INSN,
	PMUEVENT_FW_SET_TIMER,
	PMUEVENT_FW_IPI_SENT,
	PMUEVENT_FW_IPI_RECEIVED,
	PMUEVENT_FW_FENCE_I_SENT,
	PMUEVENT_FW_FENCE_I_RECEIVED,
	PMUEVENT_FW_SFENCE_VMA_SENT,
	PMUEVENT_FW_SFENCE_VMA_RECEIVED,
	PMUEVENT_FW_SFENCE_VMA_ASID_SENT,
	PMUEVENT_FW_SFENCE_VMA_ASID_RECEIVED,
	PMUEVENT_FW_COUNT
};

struct pmuevent {
	enum pmuevent_kind	kind;
	u16			code;
	u64			data;	/* of raw events, else 0 */
};

/* As many as a snapshot has room for; counter i is bit i of each set. */
#define PMUEVENT_COUNTERS	64
#define PMUEVENT_FW_COUNTERS	32
#define PMUEVENT_HW_COUNTERS	31	/* cycle, instret, hpmcounter3 to hpmcounter31 */

struct pmuevent_bank {
	u64	hardware;	/* these exist; the number is that of the CSR, from cycle on */
	u64	firmware;	/* so do these */
	u64	mapped;		/* have an event */
	u64	started;	/* and count */
};

/* The snapshot that a guest shares, table "SBI PMU Snapshot shared memory layout" */
struct pmuevent_snapshot {
	u64	overflown;
	u64	values[PMUEVENT_COUNTERS];
};

#define PMUEVENT_SNAPSHOT_ALIGN	4096

/* Table "Event info entry format" */
struct pmuevent_entry {
	u32	event_idx;
	u32	output;
	u64	event_data;
};

/* What sbi_pmu_counter_config_matching found. */
struct pmuevent_match {
	unsigned int	counter;
	bool		known;		/* @event is valid; else the counter keeps the one it has */
	struct pmuevent	event;
};

/**
 * pmuevent_bank_init() - The counters of a hart.
 * @bank:     Filled: nothing is counted.
 * @hardware: How many hardware counters there are; what is over PMUEVENT_HW_COUNTERS is ignored.
 *
 * Firmware counters follow the hardware ones. Counter 1 would be time, which is none.
 *
 * Context: Any.
 */
void pmuevent_bank_init(struct pmuevent_bank *bank, unsigned int hardware);

/**
 * pmuevent_bank_size() - What sbi_pmu_num_counters tells.
 * @bank: The counters.
 *
 * Context: Any.
 * Return: One more than the highest index.
 */
unsigned int pmuevent_bank_size(const struct pmuevent_bank *bank);

/**
 * pmuevent_bank_has() - Is there such a counter?
 * @bank: The counters.
 * @idx:  Any number.
 *
 * Context: Any.
 */
bool pmuevent_bank_has(const struct pmuevent_bank *bank, u64 idx);

/**
 * pmuevent_counter_info() - sbi_pmu_counter_get_info.
 * @bank: The counters.
 * @idx:  Any number.
 * @info: Filled on success.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM for no counter.
 */
long pmuevent_counter_info(const struct pmuevent_bank *bank, u64 idx, u64 *info);

/**
 * pmuevent_decode() - Read an event.
 * @idx:   event_idx.
 * @data:  event_data.
 * @event: Filled when it is one.
 *
 * Context: Any.
 * Return: False for what is reserved, platform-specific, or cannot happen in a guest.
 */
bool pmuevent_decode(u64 idx, u64 data, struct pmuevent *event);

/**
 * pmuevent_decode_entry() - Read an event of sbi_pmu_event_get_info.
 * @entry: As the guest wrote it.
 * @event: Filled when it is one.
 * @known: Set to whether it is one.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM when a reserved bit is set.
 */
long pmuevent_decode_entry(const struct pmuevent_entry *entry, struct pmuevent *event,
			   bool *known);

/**
 * pmuevent_match() - Find the counter for sbi_pmu_counter_config_matching.
 * @bank:  The counters.
 * @args:  a0 to a5.
 * @match: Filled on success.
 *
 * A counter that is stopped but has an event is somebody's: only SKIP_MATCH takes it.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM for a counter that is not there or a reserved
 *         flag; SBIABI_ERR_NOT_SUPPORTED when none of the counters can count the event now.
 */
long pmuevent_match(const struct pmuevent_bank *bank, const u64 args[6],
		    struct pmuevent_match *match);

/**
 * pmuevent_check_start() - Arguments of sbi_pmu_counter_start.
 * @bank:  The counters.
 * @args:  a0 to a5.
 * @shmem: There is a snapshot.
 * @set:   Filled on success: the counters named. Those that count already go on as they are; the
 *         others are started, and then SBIABI_ERR_ALREADY_STARTED is the answer.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM for a counter that is not there or has no event,
 *         and for bad flags; SBIABI_ERR_NO_SHMEM.
 */
long pmuevent_check_start(const struct pmuevent_bank *bank, const u64 args[6], bool shmem,
			  u64 *set);

/**
 * pmuevent_check_stop() - Arguments of sbi_pmu_counter_stop.
 * @bank:  The counters.
 * @args:  a0 to a5.
 * @shmem: There is a snapshot.
 * @set:   Filled on success: the counters named.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM; SBIABI_ERR_NO_SHMEM.
 */
long pmuevent_check_stop(const struct pmuevent_bank *bank, const u64 args[6], bool shmem,
			 u64 *set);

/**
 * pmuevent_check_shmem() - Arguments of sbi_pmu_snapshot_set_shmem.
 * @args:  a0 to a5.
 * @on:    Filled on success: false when the snapshot is taken away.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM; SBIABI_ERR_INVALID_ADDRESS beyond 64 bits.
 */
long pmuevent_check_shmem(const u64 args[6], bool *on);

/**
 * pmuevent_check_entries() - Arguments of sbi_pmu_event_get_info.
 * @args: a0 to a5.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM; SBIABI_ERR_INVALID_ADDRESS when the entries
 *         end beyond 64 bits.
 */
long pmuevent_check_entries(const u64 args[6]);

/**
 * pmuevent_period() - How many events there are until a counter overflows.
 * @value: Of the counter, which has 64 bits.
 *
 * Context: Any.
 * Return: From 1 to 2^63 - 1, which also stands for all that is more, for nobody will see it.
 */
u64 pmuevent_period(u64 value);

/**
 * pmuevent_relative() - A set of counters as a snapshot has it.
 * @set:  Bit i is counter i.
 * @base: counter_idx_base: becomes bit 0.
 *
 * Context: Any.
 */
u64 pmuevent_relative(u64 set, u64 base);

#endif
