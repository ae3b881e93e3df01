// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of a guest. Hardware events are counted by perf, for the thread that runs the vCPU and
 * in guest code only; firmware events by whoever does what firmware would do.
 *
 * A counter has 64 bits. Between two overflows perf counts in one period, after which
 * rvh_pmu_overflow() posts the guest's interrupt.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/nospec.h>
#include <linux/slab.h>

#include <compat/kshim_pmu.h>

#include "pmu.h"

static_assert(PMUEVENT_FW_COUNT <= BITS_PER_TYPE(((struct rvh_irq *)0)->fw_counted));

static struct rvh_pmu_counter *rvh_pmu_counter(struct rvh_pmu *pmu, unsigned int nr)
{
	return &pmu->counters[array_index_nospec(nr, PMUEVENT_COUNTERS)];
}

static bool rvh_pmu_is_firmware(const struct rvh_pmu *pmu, unsigned int nr)
{
	return pmu->bank.firmware >> nr & 1;
}

static bool rvh_pmu_is_mapped(const struct rvh_pmu *pmu, unsigned int nr)
{
	return pmu->bank.mapped >> nr & 1;
}

static bool rvh_pmu_is_started(const struct rvh_pmu *pmu, unsigned int nr)
{
	return pmu->bank.started >> nr & 1;
}

/* ---- the host's events ----------------------------------------------------------------------- */

/* Return: false for what perf has no way to say. */
static bool rvh_pmu_attr(const struct pmuevent *event, struct perf_event_attr *attr)
{
	*attr = (struct perf_event_attr) { .disabled = true };
	switch (event->kind) {
	case PMUEVENT_GENERAL:
		/* In the same order, from 0 on. */
		attr->type = PERF_TYPE_HARDWARE;
		attr->config = event->code - PMUEVENT_CPU_CYCLES + PERF_COUNT_HW_CPU_CYCLES;
		return true;
	case PMUEVENT_CACHE:
		/* The same three numbers, in bytes. */
		attr->type = PERF_TYPE_HW_CACHE;
		attr->config = event->code >> 3 | (event->code >> 1 & 3) << 8 |
			       (event->code & 1) << 16;
		return true;
	case PMUEVENT_RAW:
	case PMUEVENT_RAW_V2:
		attr->type = PERF_TYPE_RAW;
		attr->config = event->data;
		return !(event->data >> KSHIM_PMU_RAW_BITS);
	case PMUEVENT_FIRMWARE:
		break;
	}
	return false;
}

static_assert(PMUEVENT_GENERAL_LAST - PMUEVENT_CPU_CYCLES == PERF_COUNT_HW_REF_CPU_CYCLES);

/* Sscofpmf v1.0: while the bit is set there is no further interrupt. */
static void rvh_pmu_mark_overflown(struct rvh_pmu *pmu, unsigned int nr)
{
	if (!test_and_set_bit(nr, &pmu->overflown) && rvh_host.lcofi)
		rvh_irq_post(pmu->vcpu, HART_HVIP_LCOFIP, 0);
}

/*
 * In an interrupt, of the thread that runs the vCPU. After an overflow the next one is far away, so
 * that a guest with short periods has one more interrupt each, and perf's throttle beside.
 */
static void rvh_pmu_overflow(struct perf_event *perf, struct perf_sample_data *data,
			     struct pt_regs *regs)
{
	struct rvh_pmu_counter *counter = kshim_perf_context(perf);
	struct rvh_pmu *pmu = counter->pmu;
	unsigned int nr = counter - pmu->counters;

	kshim_perf_stretch(perf);
	rvh_pmu_mark_overflown(pmu, nr);
}

/* Return: an event that does not count yet, or an ERR_PTR. */
static struct perf_event *rvh_pmu_new_perf(struct rvh_pmu_counter *counter,
					   const struct pmuevent *event, bool no_user,
					   bool no_kernel)
{
	struct perf_event_attr attr;

	if (!rvh_pmu_attr(event, &attr))
		return ERR_PTR(-ENOENT);
	attr.exclude_user = no_user;
	attr.exclude_kernel = no_kernel;
	/* Without an interrupt there is no overflow to be told. */
	if (rvh_host.lcofi)
		attr.sample_period = S64_MAX;
	return kshim_perf_create(&attr, rvh_pmu_overflow, counter);
}

static void rvh_pmu_drop_perf(struct rvh_pmu_counter *counter)
{
	if (counter->perf)
		kshim_perf_release(counter->perf);
	counter->perf = NULL;
}

bool rvh_pmu_can_count(const struct pmuevent *event)
{
	struct perf_event_attr attr;
	struct perf_event *perf;
	int known;

	if (event->kind == PMUEVENT_FIRMWARE)
		return true;
	if (!rvh_pmu_attr(event, &attr))
		return false;
	known = kshim_pmu_asks(&attr);
	if (known >= 0)
		return known;
	perf = kshim_perf_create(&attr, NULL, NULL);
	if (IS_ERR(perf))
		return false;
	kshim_perf_release(perf);
	return true;
}

/* ---- one counter ----------------------------------------------------------------------------- */

/* Those firmware events that anybody has to count, from now on. */
static void rvh_pmu_choose_counted(struct rvh_pmu *pmu)
{
	unsigned long set = pmu->bank.started & pmu->bank.firmware;
	unsigned int nr;
	u32 counted = 0;

	for_each_set_bit(nr, &set, PMUEVENT_COUNTERS)
		counted |= BIT(pmu->counters[nr].event.code);
	WRITE_ONCE(pmu->vcpu->rvh.irq.fw_counted, counted);
	rvh_sbi_choose_fast(pmu->vcpu);
}

static u64 rvh_pmu_fw_value(struct rvh_pmu *pmu, const struct rvh_pmu_counter *counter)
{
	return atomic64_read(&pmu->fw[counter->event.code % PMUEVENT_FW_COUNT]);
}

u64 rvh_pmu_value(struct rvh_pmu *pmu, unsigned int nr)
{
	struct rvh_pmu_counter *counter = rvh_pmu_counter(pmu, nr);

	if (!rvh_pmu_is_started(pmu, nr))
		return counter->value;
	if (rvh_pmu_is_firmware(pmu, nr))
		return counter->value + rvh_pmu_fw_value(pmu, counter);
	return counter->value + (counter->perf ? kshim_perf_read(counter->perf) : 0);
}

/* Stop what perf counts; what overflowed at the last moment has not been told yet. */
static void rvh_pmu_take_perf(struct rvh_pmu *pmu, unsigned int nr)
{
	struct rvh_pmu_counter *counter = rvh_pmu_counter(pmu, nr);
	u64 before = counter->value;

	if (!counter->perf)
		return;
	counter->value += kshim_perf_take(counter->perf);
	if (counter->value < before)
		rvh_pmu_mark_overflown(pmu, nr);
}

static void rvh_pmu_run_perf(struct rvh_pmu_counter *counter)
{
	if (!counter->perf)
		return;
	if (rvh_host.lcofi)
		kshim_perf_set_period(counter->perf, pmuevent_period(counter->value));
	kshim_perf_enable(counter->perf);
}

void rvh_pmu_start(struct rvh_pmu *pmu, unsigned int nr, u64 value)
{
	struct rvh_pmu_counter *counter = rvh_pmu_counter(pmu, nr);

	clear_bit(nr, &pmu->overflown);
	counter->value = value;
	pmu->bank.started |= BIT_ULL(nr);
	if (rvh_pmu_is_firmware(pmu, nr)) {
		counter->value -= rvh_pmu_fw_value(pmu, counter);
		rvh_pmu_choose_counted(pmu);
	} else {
		rvh_pmu_run_perf(counter);
	}
}

void rvh_pmu_stop(struct rvh_pmu *pmu, unsigned int nr)
{
	struct rvh_pmu_counter *counter = rvh_pmu_counter(pmu, nr);

	pmu->bank.started &= ~BIT_ULL(nr);
	if (rvh_pmu_is_firmware(pmu, nr)) {
		counter->value += rvh_pmu_fw_value(pmu, counter);
		rvh_pmu_choose_counted(pmu);
	} else {
		rvh_pmu_take_perf(pmu, nr);
	}
}

void rvh_pmu_unmap(struct rvh_pmu *pmu, unsigned int nr)
{
	pmu->bank.mapped &= ~BIT_ULL(nr);
	rvh_pmu_drop_perf(rvh_pmu_counter(pmu, nr));
	clear_bit(nr, &pmu->overflown);
}

static bool rvh_pmu_is_same(const struct rvh_pmu_counter *counter, const struct pmuevent *event,
			    bool no_user, bool no_kernel)
{
	return counter->event.kind == event->kind && counter->event.code == event->code &&
	       counter->event.data == event->data && counter->no_user == no_user &&
	       counter->no_kernel == no_kernel;
}

long rvh_pmu_config(struct rvh_pmu *pmu, const struct pmuevent_match *match, u64 flags)
{
	struct rvh_pmu_counter *counter = rvh_pmu_counter(pmu, match->counter);
	struct pmuevent event = match->known ? match->event : counter->event;
	bool no_user = flags & PMUEVENT_CONFIG_SET_UINH;
	bool no_kernel = flags & PMUEVENT_CONFIG_SET_SINH;
	bool mapped = rvh_pmu_is_mapped(pmu, match->counter);
	struct perf_event *perf = NULL;

	if (!mapped || !rvh_pmu_is_same(counter, &event, no_user, no_kernel)) {
		if (event.kind != PMUEVENT_FIRMWARE)
			perf = rvh_pmu_new_perf(counter, &event, no_user, no_kernel);
		if (IS_ERR(perf))
			return PTR_ERR(perf) == -ENOMEM ? SBIABI_ERR_FAILED :
							  SBIABI_ERR_NOT_SUPPORTED;
		rvh_pmu_unmap(pmu, match->counter);
		counter->perf = perf;
		counter->event = event;
		counter->no_user = no_user;
		counter->no_kernel = no_kernel;
		/* Others belong to the thread before; rvh_pmu_prepare() sees to them. */
		if (!(pmu->bank.mapped & pmu->bank.hardware))
			pmu->task = current;
		pmu->bank.mapped |= BIT_ULL(match->counter);
	}
	if (flags & PMUEVENT_CONFIG_CLEAR_VALUE)
		counter->value = 0;
	if (flags & PMUEVENT_CONFIG_AUTO_START)
		rvh_pmu_start(pmu, match->counter, counter->value);
	return SBIABI_SUCCESS;
}

/* ---- a guest reads a counter ----------------------------------------------------------------- */

bool rvh_pmu_read_csr(struct vmm_vcpu *vcpu, unsigned int nr, u64 *value)
{
	struct rvh_pmu *pmu = vcpu->rvh.pmu;

	if (!pmu || nr >= PMUEVENT_COUNTERS || rvh_pmu_is_firmware(pmu, nr) ||
	    !rvh_pmu_is_mapped(pmu, nr))
		return false;
	*value = rvh_pmu_value(pmu, nr);
	return true;
}

u64 rvh_pmu_overflown(const struct vmm_vcpu *vcpu)
{
	return vcpu->rvh.pmu ? READ_ONCE(vcpu->rvh.pmu->overflown) : 0;
}

/* ---- firmware events ------------------------------------------------------------------------- */

notrace void rvh_pmu_count_one(struct vmm_vcpu *vcpu, unsigned int event)
{
	/* Written before fw_counted is; the PMU stays as long as the vCPU. */
	struct rvh_pmu *pmu = READ_ONCE(vcpu->rvh.pmu);

	if (pmu && READ_ONCE(vcpu->rvh.irq.fw_counted) & BIT(event))
		atomic64_inc(&pmu->fw[event % PMUEVENT_FW_COUNT]);
}

void rvh_pmu_count_trap(struct vmm_vcpu *vcpu, unsigned long cause)
{
	switch (cause) {
	case HART_CAUSE_ILLEGAL_INSN:
		rvh_pmu_count_one(vcpu, PMUEVENT_FW_ILLEGAL_INSN);
		break;
	case HART_CAUSE_LOAD_MISALIGNED:
		rvh_pmu_count_one(vcpu, PMUEVENT_FW_MISALIGNED_LOAD);
		break;
	case HART_CAUSE_LOAD_ACCESS:
		rvh_pmu_count_one(vcpu, PMUEVENT_FW_ACCESS_LOAD);
		break;
	case HART_CAUSE_STORE_MISALIGNED:
		rvh_pmu_count_one(vcpu, PMUEVENT_FW_MISALIGNED_STORE);
		break;
	case HART_CAUSE_STORE_ACCESS:
		rvh_pmu_count_one(vcpu, PMUEVENT_FW_ACCESS_STORE);
		break;
	}
}

void rvh_pmu_count_fence(struct vmm_vcpu *vcpu, struct vmm_vcpu *target,
			 enum sbiabi_fence_kind kind)
{
	unsigned int sent;

	switch (kind) {
	case SBIABI_FENCE_I:
		sent = PMUEVENT_FW_FENCE_I_SENT;
		break;
	case SBIABI_SFENCE_VMA:
		sent = PMUEVENT_FW_SFENCE_VMA_SENT;
		break;
	case SBIABI_SFENCE_VMA_ASID:
		sent = PMUEVENT_FW_SFENCE_VMA_ASID_SENT;
		break;
	default:
		return;
	}
	if (target == vcpu)
		return;
	rvh_pmu_count_one(vcpu, sent);
	/* The next number, for each of the three. */
	rvh_pmu_count_one(target, sent + 1);
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* A perf event is one thread's: those of another become the calling one's. */
static void rvh_pmu_move(struct rvh_pmu *pmu)
{
	unsigned long set = pmu->bank.mapped & pmu->bank.hardware;
	struct rvh_pmu_counter *counter;
	struct perf_event *perf;
	unsigned int nr;

	pmu->task = current;
	for_each_set_bit(nr, &set, PMUEVENT_COUNTERS) {
		counter = &pmu->counters[nr];
		if (rvh_pmu_is_started(pmu, nr))
			rvh_pmu_take_perf(pmu, nr);
		rvh_pmu_drop_perf(counter);
		perf = rvh_pmu_new_perf(counter, &counter->event, counter->no_user,
					counter->no_kernel);
		/* Without, it stands still: the guest cannot be told. */
		if (IS_ERR(perf))
			continue;
		counter->perf = perf;
		if (rvh_pmu_is_started(pmu, nr))
			rvh_pmu_run_perf(counter);
	}
}

void rvh_pmu_prepare(struct vmm_vcpu *vcpu)
{
	struct rvh_pmu *pmu = vcpu->rvh.pmu;

	if (pmu && pmu->bank.mapped & pmu->bank.hardware && pmu->task != current)
		rvh_pmu_move(pmu);
}

void rvh_pmu_run_done(struct vmm_vcpu *vcpu)
{
	const struct rvh_pmu *pmu = vcpu->rvh.pmu;

	/* The next KVM_RUN may be another thread's. */
	if (pmu->bank.mapped & pmu->bank.hardware)
		vmm_req_post(vcpu, VMM_REQ_PMU);
}

/* ---- life ------------------------------------------------------------------------------------ */

struct rvh_pmu *rvh_pmu_get(struct vmm_vcpu *vcpu)
{
	struct rvh_pmu *pmu = vcpu->rvh.pmu;
	unsigned int nr;

	if (pmu)
		return pmu;
	pmu = kzalloc(sizeof(*pmu), GFP_KERNEL_ACCOUNT);
	if (!pmu)
		return NULL;
	pmu->vcpu = vcpu;
	pmuevent_bank_init(&pmu->bank, rvh_host.counters);
	for (nr = 0; nr < PMUEVENT_COUNTERS; nr++)
		pmu->counters[nr].pmu = pmu;
	/* For rvh_pmu_count_one() of other threads. */
	smp_store_release(&vcpu->rvh.pmu, pmu);
	return pmu;
}

void rvh_pmu_reset(struct vmm_vcpu *vcpu)
{
	struct rvh_pmu *pmu = vcpu->rvh.pmu;
	unsigned int nr;

	if (!pmu)
		return;
	for (nr = 0; nr < PMUEVENT_COUNTERS; nr++) {
		if (rvh_pmu_is_started(pmu, nr))
			rvh_pmu_stop(pmu, nr);
		rvh_pmu_unmap(pmu, nr);
		pmu->counters[nr].value = 0;
	}
	pmu->snapshot_on = false;
}

void rvh_pmu_destroy(struct vmm_vcpu *vcpu)
{
	rvh_pmu_reset(vcpu);
	kfree(vcpu->rvh.pmu);
}
