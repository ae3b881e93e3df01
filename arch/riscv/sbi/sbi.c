// SPDX-License-Identifier: GPL-2.0-only
/* SBI calls: from the extension id to a handler; and those that userspace answers. */
#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include <uapi/kvm_abi.h>

#include "../model/pmuevent.h"
#include "sbi.h"

enum rvh_sbi_state {
	RVH_SBI_UNKNOWN,	/* no row */
	RVH_SBI_ABSENT,
	RVH_SBI_OFF,
	RVH_SBI_HOST,		/* ON or ABSENT: rvh_sbi_host_has() */
	RVH_SBI_THERE,		/* likewise, ON or UNKNOWN */
	RVH_SBI_ON,
	RVH_SBI_ALWAYS,
};

struct rvh_sbi_ext {
	enum rvh_sbi_state	state;
	rvh_sbi_fn		*fast;
	rvh_sbi_fn		*slow;
};

static rvh_sbi_fn rvh_sbi_never, rvh_sbi_absent, rvh_sbi_dbcn, rvh_sbi_mpxy;

#define RVH_SBI_EXTS	32	/* bits of rvh_vcpu.sbi_enabled */

static const struct rvh_sbi_ext rvh_sbi_exts[RVH_SBI_EXTS] = {
#define SBI_EXT(number, identifier, first, last, ext_state, ext_fast, ext_slow, doc) \
	[number] = { .state = RVH_SBI_##ext_state, .fast = rvh_sbi_##ext_fast, \
		     .slow = rvh_sbi_##ext_slow },
#include "exts.def"
};

enum {
#define SBI_EXT(number, identifier, ...) RVH_SBI_EXT_##identifier = (number),
#include "exts.def"
};

#define CHECK_NUMBER(name) \
	static_assert((int)RVH_SBI_EXT_##name == (int)KVM_RISCV_SBI_EXT_##name)
CHECK_NUMBER(V01);
CHECK_NUMBER(TIME);
CHECK_NUMBER(IPI);
CHECK_NUMBER(RFENCE);
CHECK_NUMBER(SRST);
CHECK_NUMBER(HSM);
CHECK_NUMBER(PMU);
CHECK_NUMBER(EXPERIMENTAL);
CHECK_NUMBER(VENDOR);
CHECK_NUMBER(DBCN);
CHECK_NUMBER(STA);
CHECK_NUMBER(SUSP);
CHECK_NUMBER(FWFT);
CHECK_NUMBER(MPXY);
static_assert((int)KVM_RISCV_SBI_EXT_MAX <= (int)RVH_SBI_EXT_BASE);

#define HOT(name, handler) \
	[SBIABI_EXT_##name % RVH_SBI_HOT] = { \
		.eid = SBIABI_EXT_##name, .bit = BIT(RVH_SBI_EXT_##name), .answer = handler }
const struct rvh_sbi_hot rvh_sbi_hot[RVH_SBI_HOT] = {
	HOT(BASE, rvh_sbi_base_hot),
	HOT(TIME, rvh_sbi_time_hot),
	HOT(IPI, rvh_sbi_ipi_hot),
	HOT(RFENCE, rvh_sbi_rfence_hot),
};

/* Row of an extension id, or -1. */
static __always_inline int rvh_sbi_number(unsigned long eid)
{
	switch (eid) {
#define SBI_EXT(number, identifier, first, last, ...) case first ... last: return number;
#include "exts.def"
	default:
		return -1;
	}
}

/* The row of an extension that is among these, or NULL. */
static __always_inline const struct rvh_sbi_ext *rvh_sbi_find(unsigned long among,
							      unsigned long eid)
{
	int nr = rvh_sbi_number(eid);

	return nr >= 0 && among & BIT(nr) ? &rvh_sbi_exts[nr] : NULL;
}

/* Does userspace want it for itself? */
static bool rvh_sbi_is_filtered(const struct vmm_vcpu *vcpu, unsigned long eid)
{
	const struct exitfilter *filter = vcpu->vm->rvh.filter;

	return filter && exitfilter_has_sbi(filter, eid, eid);
}

enum rvh_sbi_probe rvh_sbi_probe(const struct vmm_vcpu *vcpu, unsigned long eid)
{
	const struct rvh_sbi_ext *ext = rvh_sbi_find(vcpu->rvh.sbi_enabled, eid);

	if (rvh_sbi_is_filtered(vcpu, eid))
		return RVH_SBI_PROBE_USER;
	/* Nobody has defined the last legacy ids. */
	if (!ext || (eid > SBIABI_LEGACY_SHUTDOWN && eid <= SBIABI_EXT_0_1_LAST))
		return RVH_SBI_PROBE_NO;
	return ext->slow == rvh_sbi_forward ? RVH_SBI_PROBE_USER : RVH_SBI_PROBE_YES;
}

bool rvh_sbi_harts_exist(struct vmm_vm *vm, const struct sbiabi_harts *harts)
{
	unsigned long mask = harts->mask;
	unsigned int bit;

	if (harts->all)
		return true;
	for_each_set_bit(bit, &mask, BITS_PER_LONG) {
		if (!vmm_vcpu_by_id(vm, harts->base + bit))
			return false;
	}
	return true;
}

/* SBI v3.0 chapter 3 (Binary Encoding): a0 is the error, a1 the value. */
static __always_inline enum rvh_verdict rvh_sbi_call(struct vmm_vcpu *vcpu, rvh_sbi_fn *fn)
{
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	struct sbi_ret *ret = &vcpu->rvh.sbi_ret;
	enum rvh_verdict verdict;

	ret->error = SBIABI_SUCCESS;
	ret->value = 0;
	verdict = fn(vcpu, ctx->x[16], (const u64 *)&ctx->x[10], ret);
	if (verdict == RVH_ADVANCE || verdict == RVH_HALT) {
		ctx->x[10] = ret->error;
		ctx->x[11] = ret->value;
	}
	return verdict;
}

notrace enum rvh_verdict rvh_sbi_fast(struct vmm_vcpu *vcpu)
{
	const struct rvh_sbi_ext *ext = rvh_sbi_find(vcpu->rvh.sbi_fast, vcpu->rvh.ctx.x[17]);

	return ext ? rvh_sbi_call(vcpu, ext->fast) : RVH_SLOW;
}

enum rvh_verdict rvh_sbi(struct vmm_vcpu *vcpu)
{
	unsigned long eid = vcpu->rvh.ctx.x[17];
	const struct rvh_sbi_ext *ext = rvh_sbi_find(vcpu->rvh.sbi_enabled, eid);

	if (rvh_sbi_is_filtered(vcpu, eid))
		return rvh_sbi_call(vcpu, rvh_sbi_forward);
	return rvh_sbi_call(vcpu, ext ? ext->slow : rvh_sbi_absent);
}

/* ---- extensions without a file of their own ------------------------------------------------- */

static notrace enum rvh_verdict rvh_sbi_never(struct vmm_vcpu *vcpu, unsigned long fid,
					      const u64 *args, struct sbi_ret *ret)
{
	return RVH_SLOW;
}

static notrace enum rvh_verdict rvh_sbi_absent(struct vmm_vcpu *vcpu, unsigned long fid,
					       const u64 *args, struct sbi_ret *ret)
{
	return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
}

static notrace enum rvh_verdict rvh_sbi_dbcn(struct vmm_vcpu *vcpu, unsigned long fid,
					     const u64 *args, struct sbi_ret *ret)
{
	if (!sbiabi_dbcn_fid_ok(fid))
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	return rvh_sbi_forward(vcpu, fid, args, ret);
}

static notrace enum rvh_verdict rvh_sbi_mpxy(struct vmm_vcpu *vcpu, unsigned long fid,
					     const u64 *args, struct sbi_ret *ret)
{
	if (!sbiabi_mpxy_fid_ok(fid))
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	return rvh_sbi_forward(vcpu, fid, args, ret);
}

/* ---- userspace's answer ---------------------------------------------------------------------- */

static int rvh_sbi_resume(struct vmm_vcpu *vcpu)
{
	const unsigned long *answer = vcpu->run->riscv_sbi.ret;
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;

	ctx->x[10] = READ_ONCE(answer[0]);
	/* Legacy calls preserve a1. */
	if (ctx->x[17] > SBIABI_EXT_0_1_LAST)
		ctx->x[11] = READ_ONCE(answer[1]);
	rvh_advance(vcpu, 4);
	return 0;
}

notrace enum rvh_verdict rvh_sbi_forward(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
					 struct sbi_ret *ret)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_RISCV_SBI;
	run->riscv_sbi.extension_id = vcpu->rvh.ctx.x[17];
	run->riscv_sbi.function_id = fid;
	memcpy(run->riscv_sbi.args, args, sizeof(run->riscv_sbi.args));
	/* For a userspace that does not know the call. */
	run->riscv_sbi.ret[0] = SBIABI_ERR_NOT_SUPPORTED;
	run->riscv_sbi.ret[1] = 0;
	vcpu->resume = rvh_sbi_resume;
	return RVH_USER;
}

/* ---- which extensions a vCPU has ------------------------------------------------------------- */

static bool rvh_sbi_host_has(unsigned int nr)
{
	switch (nr) {
	case RVH_SBI_EXT_STA:
		return kshim_has_run_delay();
	case RVH_SBI_EXT_PMU:
		return rvh_host.counters;
	default:
		return false;
	}
}

static enum rvh_sbi_state rvh_sbi_state(unsigned int nr)
{
	enum rvh_sbi_state state = rvh_sbi_exts[nr % RVH_SBI_EXTS].state;

	switch (state) {
	case RVH_SBI_HOST:
		return rvh_sbi_host_has(nr) ? RVH_SBI_ON : RVH_SBI_ABSENT;
	case RVH_SBI_THERE:
		return rvh_sbi_host_has(nr) ? RVH_SBI_ON : RVH_SBI_UNKNOWN;
	case RVH_SBI_UNKNOWN:
	case RVH_SBI_ABSENT:
	case RVH_SBI_OFF:
	case RVH_SBI_ON:
	case RVH_SBI_ALWAYS:
		break;
	}
	return state;
}

static const struct {
	u8	nr;
	u32	first, last;
} rvh_sbi_ids[] = {
#define SBI_EXT(number, identifier, first_id, last_id, ...) \
	{ .nr = number, .first = first_id, .last = last_id },
#include "exts.def"
};

/* Rows of which userspace wants a part are looked at in the slow handler, id by id. */
static u32 rvh_sbi_filtered_rows(const struct exitfilter *filter)
{
	unsigned int i;
	u32 rows = 0;

	if (!filter)
		return 0;
	for (i = 0; i < ARRAY_SIZE(rvh_sbi_ids); i++) {
		if (exitfilter_has_sbi(filter, rvh_sbi_ids[i].first, rvh_sbi_ids[i].last))
			rows |= BIT(rvh_sbi_ids[i].nr);
	}
	return rows;
}

void rvh_sbi_choose_fast(struct vmm_vcpu *vcpu)
{
	u32 counted = READ_ONCE(vcpu->rvh.irq.fw_counted);
	u32 fast = vcpu->rvh.sbi_enabled & ~rvh_sbi_filtered_rows(vcpu->vm->rvh.filter);

	if (counted & BIT(PMUEVENT_FW_SET_TIMER))
		fast &= ~(BIT(RVH_SBI_EXT_TIME) | BIT(RVH_SBI_EXT_V01));
	if (counted & BIT(PMUEVENT_FW_IPI_SENT))
		fast &= ~(BIT(RVH_SBI_EXT_IPI) | BIT(RVH_SBI_EXT_V01));
	vcpu->rvh.sbi_fast = fast;
}

bool rvh_sbi_has_pmu(const struct vmm_vcpu *vcpu)
{
	return vcpu->rvh.sbi_enabled & BIT(RVH_SBI_EXT_PMU);
}

static void rvh_sbi_set_enabled(struct vmm_vcpu *vcpu, u32 enabled)
{
	vcpu->rvh.sbi_enabled = enabled;
	rvh_sbi_choose_fast(vcpu);
}

void rvh_sbi_init(struct vmm_vcpu *vcpu)
{
	u32 enabled = 0;
	unsigned int nr;

	for (nr = 0; nr < RVH_SBI_EXTS; nr++)
		if (rvh_sbi_state(nr) >= RVH_SBI_ON)
			enabled |= BIT(nr);
	rvh_sbi_set_enabled(vcpu, enabled);
}

void rvh_sbi_reset(struct vmm_vcpu *vcpu)
{
	rvh_sta_move(vcpu, U64_MAX, U64_MAX);
	rvh_fwft_reset(vcpu);
	rvh_vcpu_configure(vcpu);
}

bool rvh_sbi_is_known(unsigned int nr)
{
	return rvh_sbi_state(nr) != RVH_SBI_UNKNOWN;
}

int rvh_sbi_enable(struct vmm_vcpu *vcpu, unsigned int nr, bool enable)
{
	if (enable && rvh_sbi_state(nr) == RVH_SBI_ABSENT)
		return -ENOENT;
	rvh_sbi_set_enabled(vcpu, enable ? vcpu->rvh.sbi_enabled | BIT(nr) :
					   vcpu->rvh.sbi_enabled & ~BIT(nr));
	return 0;
}
