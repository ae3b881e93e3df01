// SPDX-License-Identifier: GPL-2.0-only
/* SBI v3.0 chapter 11 (Performance Monitoring Unit Extension) */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/stddef.h>

#include <vmm/gpa.h>

#include "../pmu.h"
#include "sbi.h"

/*
 * DEVIATION: sbi_pmu_event_get_info takes 1024 entries and no more (INVALID_PARAM), for each is
 * some work. All events that are not raw are fewer.
 */
#define ENTRIES_MAX	1024

/* What cannot be reached later is as if it had never been shared. */
static enum rvh_verdict rvh_sbi_pmu_lost(struct sbi_ret *ret, int err, long error)
{
	if (err == -EINTR)
		return RVH_EINTR;
	return rvh_sbi_error(ret, error);
}

static enum rvh_verdict rvh_sbi_pmu_config(struct rvh_pmu *pmu, const u64 *args,
					   struct sbi_ret *ret)
{
	struct pmuevent_match match;

	ret->error = pmuevent_match(&pmu->bank, args, &match);
	if (!ret->error)
		ret->error = rvh_pmu_config(pmu, &match, args[2]);
	if (!ret->error)
		ret->value = match.counter;
	return RVH_ADVANCE;
}

/* ---- start and stop -------------------------------------------------------------------------- */

static u64 rvh_sbi_pmu_initial(struct rvh_pmu *pmu, unsigned int nr, const u64 *args)
{
	if (args[2] & PMUEVENT_START_SET_INIT_VALUE)
		return args[3];
	if (args[2] & PMUEVENT_START_INIT_SNAPSHOT)
		return pmu->snapshot.values[array_index_nospec(nr - args[0], PMUEVENT_COUNTERS)];
	return rvh_pmu_value(pmu, nr);
}

static enum rvh_verdict rvh_sbi_pmu_start(struct rvh_pmu *pmu, const u64 *args,
					  struct sbi_ret *ret)
{
	unsigned long set;
	unsigned int nr;
	u64 named;
	int err;

	ret->error = pmuevent_check_start(&pmu->bank, args, pmu->snapshot_on, &named);
	if (ret->error)
		return RVH_ADVANCE;
	if (args[2] & PMUEVENT_START_INIT_SNAPSHOT) {
		err = vmm_gpa_read(pmu->vcpu->vm, pmu->snapshot_gpa, &pmu->snapshot,
				   sizeof(pmu->snapshot));
		if (err)
			return rvh_sbi_pmu_lost(ret, err, SBIABI_ERR_NO_SHMEM);
	}
	if (named & pmu->bank.started)
		ret->error = SBIABI_ERR_ALREADY_STARTED;
	set = named & ~pmu->bank.started;
	for_each_set_bit(nr, &set, PMUEVENT_COUNTERS)
		rvh_pmu_start(pmu, nr, rvh_sbi_pmu_initial(pmu, nr, args));
	return RVH_ADVANCE;
}

/* The values of counters that are stopped; the others in the guest's memory stay as they are. */
static int rvh_sbi_pmu_save_values(struct rvh_pmu *pmu, u64 base, unsigned long set)
{
	u64 place = pmu->snapshot_gpa + offsetof(struct pmuevent_snapshot, values);
	unsigned int nr;
	u64 value;
	int err = 0;

	for_each_set_bit(nr, &set, PMUEVENT_COUNTERS) {
		value = rvh_pmu_value(pmu, nr);
		err = err ?: vmm_gpa_write(pmu->vcpu, place + (nr - base) * sizeof(value), &value,
					   sizeof(value));
	}
	return err;
}

static int rvh_sbi_pmu_save(struct rvh_pmu *pmu, u64 base, unsigned long set)
{
	/* Without Sscofpmf it has to be zero. */
	u64 overflown = rvh_host.lcofi ? pmuevent_relative(READ_ONCE(pmu->overflown), base) : 0;
	int err;

	err = rvh_sbi_pmu_save_values(pmu, base, set);
	return err ?: vmm_gpa_write(pmu->vcpu, pmu->snapshot_gpa, &overflown, sizeof(overflown));
}

static enum rvh_verdict rvh_sbi_pmu_stop(struct rvh_pmu *pmu, const u64 *args,
					 struct sbi_ret *ret)
{
	bool save = args[2] & PMUEVENT_STOP_TAKE_SNAPSHOT;
	unsigned long set;
	unsigned int nr;
	u64 named;
	int err;

	ret->error = pmuevent_check_stop(&pmu->bank, args, pmu->snapshot_on, &named);
	if (ret->error)
		return RVH_ADVANCE;
	/* Ready before anything is stopped: this may have to be done again. */
	if (save) {
		err = vmm_gpa_write(pmu->vcpu, pmu->snapshot_gpa, NULL, 0);
		if (err)
			return rvh_sbi_pmu_lost(ret, err, SBIABI_ERR_NO_SHMEM);
	}

	if (named & ~pmu->bank.started)
		ret->error = SBIABI_ERR_ALREADY_STOPPED;
	set = named & pmu->bank.started;
	for_each_set_bit(nr, &set, PMUEVENT_COUNTERS)
		rvh_pmu_stop(pmu, nr);
	if (save && rvh_sbi_pmu_save(pmu, args[0], named & pmu->bank.mapped))
		ret->error = SBIABI_ERR_FAILED;
	if (args[2] & PMUEVENT_STOP_RESET) {
		set = named & pmu->bank.mapped;
		for_each_set_bit(nr, &set, PMUEVENT_COUNTERS)
			rvh_pmu_unmap(pmu, nr);
	}
	return RVH_ADVANCE;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum rvh_verdict rvh_sbi_pmu_info(struct rvh_pmu *pmu, const u64 *args, struct sbi_ret *ret)
{
	u64 info = 0;

	ret->error = pmuevent_counter_info(&pmu->bank, args[0], &info);
	ret->value = info;
	return RVH_ADVANCE;
}

static enum rvh_verdict rvh_sbi_pmu_fw_read(struct rvh_pmu *pmu, bool high, const u64 *args,
					    struct sbi_ret *ret)
{
	/* One without an event has no value either: what the kernel's test asks for. */
	if (!pmuevent_bank_has(&pmu->bank, args[0]) ||
	    !(pmu->bank.firmware & pmu->bank.mapped & BIT_ULL(args[0])))
		return rvh_sbi_error(ret, SBIABI_ERR_INVALID_PARAM);
	/* Nothing is above 64 bits. */
	if (!high)
		ret->value = rvh_pmu_value(pmu, args[0]);
	return RVH_ADVANCE;
}

static enum rvh_verdict rvh_sbi_pmu_set_shmem(struct rvh_pmu *pmu, const u64 *args,
					      struct sbi_ret *ret)
{
	bool on;
	int err;

	ret->error = pmuevent_check_shmem(args, &on);
	if (ret->error)
		return RVH_ADVANCE;
	if (on) {
		err = vmm_gpa_write(pmu->vcpu, args[0], NULL, 0);
		if (err)
			return rvh_sbi_pmu_lost(ret, err, SBIABI_ERR_INVALID_ADDRESS);
	}
	pmu->snapshot_on = on;
	pmu->snapshot_gpa = args[0];
	return RVH_ADVANCE;
}

/* ---- which events there are ------------------------------------------------------------------ */

/* Return: 0 or -errno; *error is the guest's. */
static int rvh_sbi_pmu_entry(struct rvh_pmu *pmu, u64 gpa, long *error)
{
	struct pmuevent_entry entry;
	struct pmuevent event;
	bool known;
	int err;

	err = vmm_gpa_read(pmu->vcpu->vm, gpa, &entry, sizeof(entry));
	if (err)
		return err;
	*error = pmuevent_decode_entry(&entry, &event, &known);
	if (*error)
		return 0;
	entry.output = known && rvh_pmu_can_count(&event);
	return vmm_gpa_write(pmu->vcpu, gpa + offsetof(struct pmuevent_entry, output),
			     &entry.output, sizeof(entry.output));
}

static enum rvh_verdict rvh_sbi_pmu_event_info(struct rvh_pmu *pmu, const u64 *args,
					       struct sbi_ret *ret)
{
	u64 i;
	int err;

	ret->error = pmuevent_check_entries(args);
	if (!ret->error && args[2] > ENTRIES_MAX)
		ret->error = SBIABI_ERR_INVALID_PARAM;
	/* An entry is on one page, for it is aligned. Doing them again changes nothing. */
	for (i = 0; i < args[2] && !ret->error; i++) {
		if (fatal_signal_pending(current))
			return RVH_EINTR;
		cond_resched();
		err = rvh_sbi_pmu_entry(pmu, args[0] + i * sizeof(struct pmuevent_entry),
					&ret->error);
		if (err)
			return rvh_sbi_pmu_lost(ret, err, SBIABI_ERR_INVALID_ADDRESS);
	}
	return RVH_ADVANCE;
}

enum rvh_verdict rvh_sbi_pmu(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			     struct sbi_ret *ret)
{
	struct rvh_pmu *pmu = rvh_pmu_get(vcpu);

	if (!pmu)
		return rvh_sbi_error(ret, SBIABI_ERR_FAILED);
	switch (fid) {
	case PMUEVENT_FID_NUM_COUNTERS:
		ret->value = pmuevent_bank_size(&pmu->bank);
		return RVH_ADVANCE;
	case PMUEVENT_FID_GET_INFO:
		return rvh_sbi_pmu_info(pmu, args, ret);
	case PMUEVENT_FID_CONFIG_MATCHING:
		return rvh_sbi_pmu_config(pmu, args, ret);
	case PMUEVENT_FID_START:
		return rvh_sbi_pmu_start(pmu, args, ret);
	case PMUEVENT_FID_STOP:
		return rvh_sbi_pmu_stop(pmu, args, ret);
	case PMUEVENT_FID_FW_READ:
	case PMUEVENT_FID_FW_READ_HI:
		return rvh_sbi_pmu_fw_read(pmu, fid == PMUEVENT_FID_FW_READ_HI, args, ret);
	case PMUEVENT_FID_SET_SHMEM:
		return rvh_sbi_pmu_set_shmem(pmu, args, ret);
	case PMUEVENT_FID_EVENT_GET_INFO:
		return rvh_sbi_pmu_event_info(pmu, args, ret);
	default:
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	}
}
