// SPDX-License-Identifier: GPL-2.0-only
/*
 * SBI v3.0 chapter 13 (System Suspend Extension): userspace does it, after the checks that only the
 * kernel can make.
 */
#include <uapi/kvm_abi.h>

#include "sbi.h"

/* The next KVM_RUN: the system wakes up, unless userspace says that it could not sleep. */
static int rvh_susp_resume(struct vmm_vcpu *vcpu)
{
	const unsigned long *answer = vcpu->run->riscv_sbi.ret;
	long error = READ_ONCE(answer[0]);
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;

	if (error) {
		ctx->x[10] = error;
		ctx->x[11] = READ_ONCE(answer[1]);
		rvh_advance(vcpu, 4);
		return 0;
	}
	rvh_vcpu_resume(vcpu, ctx->x[11], ctx->x[12]);
	return 0;
}

enum rvh_verdict rvh_sbi_susp(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			      struct sbi_ret *ret)
{
	enum rvh_verdict verdict;

	if (fid != SBIABI_SUSP_SYSTEM_SUSPEND)
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	ret->error = sbiabi_check_system_suspend(args, vmm_arch_gpa_limit(vcpu->vm));
	if (!ret->error && !rvh_hsm_is_alone(vcpu))
		ret->error = SBIABI_ERR_DENIED;
	if (ret->error)
		return RVH_ADVANCE;

	verdict = rvh_sbi_forward(vcpu, fid, args, ret);
	/* On in-tree KVM running on is enough to wake up, whatever is there. */
	vcpu->run->riscv_sbi.ret[0] = SBIABI_SUCCESS;
	vcpu->resume = rvh_susp_resume;
	return verdict;
}
