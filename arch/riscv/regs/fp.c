// SPDX-License-Identifier: GPL-2.0-only
/* Classes FP_F and FP_D: two views of the same registers, each there while its extension is on. */
#include <linux/build_bug.h>
#include <linux/bits.h>

#include <uapi/kvm_abi.h>

#include "regs.h"

/* As in onereg.def */
static_assert(KVM_REG_RISCV_FP_F_REG(fcsr) == 32);
static_assert(KVM_REG_RISCV_FP_D_REG(fcsr) == 32);

bool rvh_reg_has_f(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_has(&vcpu->rvh.isa, RVISA_F);
}

bool rvh_reg_has_d(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_has(&vcpu->rvh.isa, RVISA_D);
}

u64 rvh_reg_get_fp_f(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.fp.f[nr] & GENMASK_ULL(31, 0);
}

/*
 * The upper half is FP_D's to restore, in whichever order userspace writes the two. Without D
 * nobody else does: then the value is boxed, as FLW does it. Unpriv. 20240411 §21.2 (NaN Boxing)
 */
int rvh_reg_set_fp_f(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	u64 upper = rvh_reg_has_d(vcpu, 0) ? vcpu->rvh.fp.f[nr] : ~0ULL;

	vcpu->rvh.fp.f[nr] = (upper & GENMASK_ULL(63, 32)) | value;
	return 0;
}

u64 rvh_reg_get_fp_d(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.fp.f[nr];
}

int rvh_reg_set_fp_d(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.fp.f[nr] = value;
	return 0;
}

u64 rvh_reg_get_fcsr(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.fp.fcsr;
}

int rvh_reg_set_fcsr(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.fp.fcsr = value;
	return 0;
}
