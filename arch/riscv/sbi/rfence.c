// SPDX-License-Identifier: GPL-2.0-only
/* SBI v3.0 chapter 8 (RFENCE Extension). */
#include "hw/fence.h"
#include "sbi.h"

#define WHOLE_SPACE	(~0UL)	/* SBI v3.0 §8 (RFENCE): as a size */

/* A guest has no guests, so the fences of the H extension are not offered. */
static notrace bool rvh_sbi_rfence_is_offered(unsigned long fid)
{
	switch (fid) {
	case SBIABI_FENCE_I:
	case SBIABI_SFENCE_VMA:
	case SBIABI_SFENCE_VMA_ASID:
		return true;
	default:
		return false;
	}
}

/* Return: SBIABI_SUCCESS with *fence filled, its harts there, or an error. */
static notrace long rvh_sbi_rfence_check(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
					 struct sbiabi_fence *fence)
{
	long error;

	if (!rvh_sbi_rfence_is_offered(fid))
		return SBIABI_ERR_NOT_SUPPORTED;
	error = sbiabi_check_fence(fid, args, fence);
	if (error)
		return error;
	return rvh_sbi_harts_exist(vcpu->vm, &fence->harts) ? SBIABI_SUCCESS :
							      SBIABI_ERR_INVALID_PARAM;
}

static notrace bool rvh_sbi_rfence_is_local(struct vmm_vcpu *vcpu,
					    const struct sbiabi_harts *harts)
{
	if (harts->all)
		return READ_ONCE(vcpu->vm->nr_vcpus) == 1;
	return sbiabi_harts_count(harts) == 1 && sbiabi_harts_has(harts, vcpu->id);
}

static notrace enum rvh_verdict rvh_sbi_rfence_fast(struct vmm_vcpu *vcpu)
{
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	struct sbiabi_fence fence;
	long error;

	error = rvh_sbi_rfence_check(vcpu, ctx->x[16], (const u64 *)&ctx->x[10], &fence);
	if (error)
		return rvh_sbi_reply(vcpu, error, 0);
	if (!rvh_sbi_rfence_is_local(vcpu, &fence.harts))
		return RVH_SLOW;
	rvh_fence_local(vcpu, &fence);
	return rvh_sbi_reply(vcpu, SBIABI_SUCCESS, 0);
}

notrace enum rvh_verdict rvh_sbi_rfence_hot(struct vmm_vcpu *vcpu)
{
	const unsigned long *args = &vcpu->rvh.ctx.x[10];

	if (!rvh_sbi_is_for_self(vcpu) || args[3] != WHOLE_SPACE)
		return rvh_sbi_rfence_fast(vcpu);
	switch (vcpu->rvh.ctx.x[16]) {
	case SBIABI_SFENCE_VMA:
		hart_hfence_vvma_all();
		break;
	case SBIABI_SFENCE_VMA_ASID:
		hart_hfence_vvma_asid((u16)args[4]);
		break;
	default:
		return rvh_sbi_rfence_fast(vcpu);
	}
	return rvh_sbi_reply(vcpu, SBIABI_SUCCESS, 0);
}

enum rvh_verdict rvh_sbi_rfence(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
				struct sbi_ret *ret)
{
	struct sbiabi_fence fence;

	ret->error = rvh_sbi_rfence_check(vcpu, fid, args, &fence);
	if (!ret->error)
		rvh_fence_remote(vcpu, &fence);
	return RVH_ADVANCE;
}
