/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PMU of a guest's hart: pmu.c has its counters, sbi/pmu.c the calls that use them. All of it
 * belongs to the vCPU's thread, or to the holder of its mutex, but for what is said to be anyone's.
 */
#ifndef RVH_PMU_H
#define RVH_PMU_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "model/pmuevent.h"
#include "rvh.h"

struct perf_event;
struct task_struct;

struct rvh_pmu_counter {
	struct rvh_pmu		*pmu;
	struct perf_event	*perf;		/* of a hardware counter with an event; or NULL */
	struct pmuevent		event;
	u64			value;		/* without what was counted since the start */
	bool			no_user;
	bool			no_kernel;
};

struct rvh_pmu {
	struct vmm_vcpu		*vcpu;
	struct pmuevent_bank	bank;
	struct task_struct	*task;		/* whose perf events are; compared only */
	bool			snapshot_on;
	u64			snapshot_gpa;
	unsigned long		overflown;	/* anyone's: bits of counters */
	atomic64_t		fw[PMUEVENT_FW_COUNT];	/* anyone's: firmware events so far */
	struct rvh_pmu_counter	counters[PMUEVENT_COUNTERS];
	struct pmuevent_snapshot snapshot;	/* on its way from or to the guest */
};

/* The vCPU's PMU. Return: NULL when there is no memory for it. Context: sleeps. */
struct rvh_pmu *rvh_pmu_get(struct vmm_vcpu *vcpu);

/**
 * rvh_pmu_config() - Give a counter an event.
 * @pmu:   The PMU.
 * @match: From pmuevent_match(): the counter is stopped.
 * @flags: config_flags.
 *
 * Context: The vCPU's thread; sleeps.
 * Return:  SBIABI_SUCCESS; SBIABI_ERR_NOT_SUPPORTED when the host cannot count it,
 *          SBIABI_ERR_FAILED when it has no memory, and then nothing has changed.
 */
long rvh_pmu_config(struct rvh_pmu *pmu, const struct pmuevent_match *match, u64 flags);

/* Can the host count this event? Context: sleeps. */
bool rvh_pmu_can_count(const struct pmuevent *event);

/* What a counter that is there has counted. Context: sleeps. */
u64 rvh_pmu_value(struct rvh_pmu *pmu, unsigned int nr);

/* Start a stopped counter that has an event, from @value on. Context: as rvh_pmu_config(). */
void rvh_pmu_start(struct rvh_pmu *pmu, unsigned int nr, u64 value);

/* Stop a counter that counts; take the event from one that is stopped. Context: likewise. */
void rvh_pmu_stop(struct rvh_pmu *pmu, unsigned int nr);
void rvh_pmu_unmap(struct rvh_pmu *pmu, unsigned int nr);

#endif
