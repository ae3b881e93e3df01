// SPDX-License-Identifier: GPL-2.0-only
/*
 * SBI v3.0 chapter 5 (Legacy Extensions). They leave a1 alone, and some take a pointer to a mask of
 * harts: the guest's virtual address, which its own hart can best translate (rvh_legacy_fetch()).
 */
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>

#include "hw/switch.h"
#include "sbi.h"

static_assert(RVH_LEGACY_WORDS * 64 == VMM_MAX_VCPUS);

void rvh_legacy_fetch(struct vmm_vcpu *vcpu, unsigned long hstatus)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	struct rvh_legacy *legacy = &vcpu->rvh.legacy;
	struct hart_fault fault = {};
	unsigned int i, words;

	legacy->words = 0;
	legacy->cause = 0;
	if (!sbiabi_legacy_has_mask(ctx->x[17]) || !ctx->x[10])
		return;
	/* As long as the VM has harts, however they are numbered. */
	words = DIV_ROUND_UP(READ_ONCE(vcpu->vm->nr_vcpus), 64);
	words = min_t(unsigned int, words, RVH_LEGACY_WORDS);
	for (i = 0; i < words && !legacy->cause; i++)
		legacy->cause = hart_read_guest(ctx->x[10] + 8 * i, &legacy->mask[i], hstatus,
						&fault);
	legacy->words = words;
	legacy->stval = fault.stval;
	legacy->htval = fault.htval;
}

static bool rvh_legacy_has_slot(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	guard(rcu)();

	return vmm_slot_find(vcpu->vm, gpa_to_gfn(gpa));
}

/*
 * "The page and access faults taken by the SBI implementation while accessing memory on behalf of
 * the supervisor are redirected back to the supervisor", at the call. What the host has not mapped
 * yet is its own affair: the call is made again.
 */
static enum rvh_verdict rvh_legacy_fault(struct vmm_vcpu *vcpu)
{
	const struct rvh_legacy *legacy = &vcpu->rvh.legacy;
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;

	if (legacy->cause != HART_CAUSE_LOAD_GUEST_PAGE)
		return rvh_raise(vcpu, legacy->cause, legacy->stval);
	if (!rvh_legacy_has_slot(vcpu, legacy->htval << 2))
		return rvh_raise(vcpu, HART_CAUSE_LOAD_ACCESS, legacy->stval);
	ctx->scause = legacy->cause;
	ctx->stval = legacy->stval;
	ctx->htval = legacy->htval;
	ctx->htinst = 0;
	return rvh_fault(vcpu);
}

static bool rvh_legacy_names(const struct rvh_legacy *legacy, unsigned long id)
{
	if (!legacy->words)
		return true;
	return id / 64 < legacy->words && legacy->mask[id / 64] >> id % 64 & 1;
}

static enum rvh_verdict rvh_legacy_send_ipi(struct vmm_vcpu *vcpu)
{
	struct vmm_vcpu *target;
	unsigned long id;

	vmm_for_each_vcpu(vcpu->vm, id, target) {
		if (rvh_legacy_names(&vcpu->rvh.legacy, id))
			rvh_irq_post(target, HART_HVIP_VSSIP, 0);
	}
	return RVH_ADVANCE;
}

static long rvh_legacy_fence_harts(struct vmm_vcpu *vcpu, unsigned long eid, const u64 *args,
				   const struct sbiabi_harts *harts)
{
	struct sbiabi_fence fence;
	long error = sbiabi_check_legacy_fence(eid, args, harts, &fence);

	if (!error)
		rvh_fence_remote(vcpu, &fence);
	return error;
}

static enum rvh_verdict rvh_legacy_fence(struct vmm_vcpu *vcpu, unsigned long eid, const u64 *args,
					 struct sbi_ret *ret)
{
	const struct rvh_legacy *legacy = &vcpu->rvh.legacy;
	struct sbiabi_harts harts = { .all = !legacy->words };
	unsigned int i = 0;

	do {
		harts.base = 64 * i;
		harts.mask = legacy->words ? legacy->mask[i] : 0;
		ret->error = rvh_legacy_fence_harts(vcpu, eid, args, &harts);
	} while (!ret->error && ++i < legacy->words);
	return RVH_ADVANCE;
}

static enum rvh_verdict rvh_legacy_clear_ipi(struct vmm_vcpu *vcpu, struct sbi_ret *ret)
{
	rvh_irq_merge(vcpu);
	ret->error = !!(vcpu->rvh.vs.hvip & HART_HVIP_VSSIP);
	WRITE_ONCE(vcpu->rvh.vs.hvip, vcpu->rvh.vs.hvip & ~HART_HVIP_VSSIP);
	return RVH_ADVANCE;
}

enum rvh_verdict rvh_sbi_legacy(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
				struct sbi_ret *ret)
{
	const u64 no_reason[6] = { SBIABI_RESET_SHUTDOWN, SBIABI_RESET_REASON_NONE };
	unsigned long eid = vcpu->rvh.ctx.x[17];

	ret->value = args[1];
	if (sbiabi_legacy_has_mask(eid) && vcpu->rvh.legacy.cause)
		return rvh_legacy_fault(vcpu);
	switch (eid) {
	case SBIABI_LEGACY_SET_TIMER:
		rvh_timer_set(vcpu, args[0]);
		return RVH_ADVANCE;
	case SBIABI_LEGACY_CONSOLE_PUTCHAR:
	case SBIABI_LEGACY_CONSOLE_GETCHAR:
		return rvh_sbi_forward(vcpu, fid, args, ret);
	case SBIABI_LEGACY_CLEAR_IPI:
		return rvh_legacy_clear_ipi(vcpu, ret);
	case SBIABI_LEGACY_SEND_IPI:
		return rvh_legacy_send_ipi(vcpu);
	case SBIABI_LEGACY_REMOTE_FENCE_I:
	case SBIABI_LEGACY_REMOTE_SFENCE_VMA:
	case SBIABI_LEGACY_REMOTE_SFENCE_VMA_ASID:
		return rvh_legacy_fence(vcpu, eid, args, ret);
	case SBIABI_LEGACY_SHUTDOWN:
		return rvh_sbi_srst(vcpu, SBIABI_SRST_SYSTEM_RESET, no_reason, ret);
	default:
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	}
}

notrace enum rvh_verdict rvh_sbi_legacy_fast(struct vmm_vcpu *vcpu, unsigned long fid,
					     const u64 *args, struct sbi_ret *ret)
{
	switch (vcpu->rvh.ctx.x[17]) {
	case SBIABI_LEGACY_SET_TIMER:
		ret->value = args[1];
		rvh_timer_set(vcpu, args[0]);
		return RVH_ADVANCE;
	case SBIABI_LEGACY_CONSOLE_PUTCHAR:
	case SBIABI_LEGACY_CONSOLE_GETCHAR:
		return rvh_sbi_forward(vcpu, fid, args, ret);
	default:
		return RVH_SLOW;
	}
}
