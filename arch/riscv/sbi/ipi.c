// SPDX-License-Identifier: GPL-2.0-only
/* SBI v3.0 chapter 7 (IPI Extension). */
#include <linux/bitops.h>

#include "../model/pmuevent.h"
#include "hw/csr.h"
#include "sbi.h"

/* Return: SBIABI_SUCCESS with *harts filled and every one of them there, or an error. */
static notrace long rvh_sbi_ipi_check(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
				      struct sbiabi_harts *harts)
{
	long error;

	if (fid != SBIABI_IPI_SEND_IPI)
		return SBIABI_ERR_NOT_SUPPORTED;
	error = sbiabi_check_ipi(args, harts);
	if (error)
		return error;
	/* Nothing is sent when one of them is missing. */
	return rvh_sbi_harts_exist(vcpu->vm, harts) ? SBIABI_SUCCESS : SBIABI_ERR_INVALID_PARAM;
}

static notrace enum rvh_verdict rvh_sbi_ipi_fast(struct vmm_vcpu *vcpu)
{
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	struct vmm_vcpu *target;
	struct sbiabi_harts harts;
	unsigned long mask;
	unsigned int bit;
	long error;

	error = rvh_sbi_ipi_check(vcpu, ctx->x[16], (const u64 *)&ctx->x[10], &harts);
	if (error)
		return rvh_sbi_reply(vcpu, error, 0);
	/* A VM may have a thousand. */
	if (harts.all)
		return RVH_SLOW;

	mask = harts.mask;
	for_each_set_bit(bit, &mask, BITS_PER_LONG) {
		target = vmm_vcpu_by_id(vcpu->vm, harts.base + bit);
		if (target == vcpu) {
			hart_csr_set(HART_CSR_HVIP, HART_HVIP_VSSIP);
			continue;
		}
		rvh_irq_post(target, HART_HVIP_VSSIP, 0);
		/* A sender that counts is not here: see rvh_sbi_choose_fast(). */
		if (unlikely(READ_ONCE(target->rvh.irq.fw_counted)))
			rvh_pmu_count_one(target, PMUEVENT_FW_IPI_RECEIVED);
	}
	return rvh_sbi_reply(vcpu, SBIABI_SUCCESS, 0);
}

notrace enum rvh_verdict rvh_sbi_ipi_hot(struct vmm_vcpu *vcpu)
{
	if (vcpu->rvh.ctx.x[16] != SBIABI_IPI_SEND_IPI || !rvh_sbi_is_for_self(vcpu))
		return rvh_sbi_ipi_fast(vcpu);
	hart_csr_set(HART_CSR_HVIP, HART_HVIP_VSSIP);
	return rvh_sbi_reply(vcpu, SBIABI_SUCCESS, 0);
}

enum rvh_verdict rvh_sbi_ipi(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			     struct sbi_ret *ret)
{
	struct vmm_vcpu *target;
	struct sbiabi_harts harts;
	unsigned long id;

	ret->error = rvh_sbi_ipi_check(vcpu, fid, args, &harts);
	if (ret->error)
		return RVH_ADVANCE;

	vmm_for_each_vcpu(vcpu->vm, id, target) {
		if (!sbiabi_harts_has(&harts, id))
			continue;
		rvh_irq_post(target, HART_HVIP_VSSIP, 0);
		if (target == vcpu || !rvh_pmu_counts(vcpu, target))
			continue;
		rvh_pmu_count_one(vcpu, PMUEVENT_FW_IPI_SENT);
		rvh_pmu_count_one(target, PMUEVENT_FW_IPI_RECEIVED);
	}
	return RVH_ADVANCE;
}
