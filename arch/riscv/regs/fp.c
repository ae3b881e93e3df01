// SPDX-License-Identifier: GPL-2.0-only
/* Classes FP_F and FP_D: two views of the same registers, each there while its extension is on. */
#include <linux/array_size.h>
#include <linux/bits.h>

#include <uapi/kvm_abi.h>

#include "regs.h"

#define FP_COUNT	32

static bool fp_has_f(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_has(&vcpu->rvh.isa, RVISA_F);
}

static bool fp_has_d(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_has(&vcpu->rvh.isa, RVISA_D);
}

static u64 fp_get_f(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.fp.f[nr] & GENMASK_ULL(31, 0);
}

/*
 * The upper half is FP_D's to restore, in whichever order userspace writes the two. Without D
 * nobody else does: then the value is boxed, as FLW does it. Unpriv. 20240411 §21.2 (NaN Boxing)
 */
static int fp_set_f(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	u64 upper = fp_has_d(vcpu, 0) ? vcpu->rvh.fp.f[nr] : ~0ULL;

	vcpu->rvh.fp.f[nr] = (upper & GENMASK_ULL(63, 32)) | value;
	return 0;
}

static u64 fp_get_d(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.fp.f[nr];
}

static int fp_set_d(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.fp.f[nr] = value;
	return 0;
}

static u64 fp_get_fcsr(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.fp.fcsr;
}

static int fp_set_fcsr(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.fp.fcsr = value;
	return 0;
}

static const struct rvh_reg_row fp_f_rows[] = {
	{ .first = KVM_REG_RISCV_FP_F_REG(f[0]), .count = FP_COUNT, .size = 4,
	  .exists = fp_has_f, .get = fp_get_f, .set = fp_set_f },
	{ .first = KVM_REG_RISCV_FP_F_REG(fcsr), .count = 1, .size = 4,
	  .exists = fp_has_f, .get = fp_get_fcsr, .set = fp_set_fcsr },
};

static const struct rvh_reg_row fp_d_rows[] = {
	{ .first = KVM_REG_RISCV_FP_D_REG(f[0]), .count = FP_COUNT, .size = 8,
	  .exists = fp_has_d, .get = fp_get_d, .set = fp_set_d },
	{ .first = KVM_REG_RISCV_FP_D_REG(fcsr), .count = 1, .size = 4,
	  .exists = fp_has_d, .get = fp_get_fcsr, .set = fp_set_fcsr },
};

const struct rvh_reg_class rvh_regs_fp_f = RVH_REG_CLASS(fp_f_rows);
const struct rvh_reg_class rvh_regs_fp_d = RVH_REG_CLASS(fp_d_rows);
