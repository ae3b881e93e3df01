// SPDX-License-Identifier: GPL-2.0-only
/* SBI v3.0 chapter 4 (Base Extension). */
#include <compat/kshim.h>

#include "sbi.h"

#define SPEC_VERSION	0x03000000	/* major in bits 30..24 */
#define IMPL_ID_KVM	3		/* table "SBI Implementation IDs" */

/* Return: false when only userspace knows the answer. */
static __always_inline bool rvh_sbi_base_answer(const struct vmm_vcpu *vcpu, unsigned long fid,
						unsigned long arg, struct sbi_ret *ret)
{
	switch (fid) {
	case SBIABI_BASE_GET_SPEC_VERSION:
		ret->value = SPEC_VERSION;
		return true;
	case SBIABI_BASE_GET_IMPL_ID:
		ret->value = IMPL_ID_KVM;
		return true;
	case SBIABI_BASE_GET_IMPL_VERSION:
		ret->value = kshim_linux_version();
		return true;
	case SBIABI_BASE_PROBE_EXTENSION:
		switch (rvh_sbi_probe(vcpu, arg)) {
		case RVH_SBI_PROBE_USER:
			return false;
		case RVH_SBI_PROBE_YES:
			ret->value = 1;
			return true;
		case RVH_SBI_PROBE_NO:
			return true;
		}
		return true;
	case SBIABI_BASE_GET_MVENDORID:
		ret->value = vcpu->rvh.mvendorid;
		return true;
	case SBIABI_BASE_GET_MARCHID:
		ret->value = vcpu->rvh.marchid;
		return true;
	case SBIABI_BASE_GET_MIMPID:
		ret->value = vcpu->rvh.mimpid;
		return true;
	default:
		ret->error = SBIABI_ERR_NOT_SUPPORTED;
		return true;
	}
}

notrace enum rvh_verdict rvh_sbi_base_hot(struct vmm_vcpu *vcpu)
{
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	struct sbi_ret ret = { .error = SBIABI_SUCCESS };

	if (!rvh_sbi_base_answer(vcpu, ctx->x[16], ctx->x[10], &ret))
		return RVH_SLOW;
	return rvh_sbi_reply(vcpu, ret.error, ret.value);
}

enum rvh_verdict rvh_sbi_base(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			      struct sbi_ret *ret)
{
	if (rvh_sbi_base_answer(vcpu, fid, args[0], ret))
		return RVH_ADVANCE;
	return rvh_sbi_forward(vcpu, fid, args, ret);
}
