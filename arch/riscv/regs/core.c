// SPDX-License-Identifier: GPL-2.0-only
/* Class CORE: pc, the integer registers and the mode. */
#include <linux/array_size.h>
#include <linux/errno.h>

#include <uapi/kvm_abi.h>

#include "../hw/csr_bits.h"
#include "regs.h"

static u64 core_get_pc(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.ctx.pc;
}

static int core_set_pc(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.ctx.pc = value;
	return 0;
}

/* ra is x1: the first of the row. */
static u64 core_get_x(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.ctx.x[1 + nr];
}

static int core_set_x(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.ctx.x[1 + nr] = value;
	return 0;
}

static u64 core_get_mode(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_guest_is_user(vcpu) ? KVM_RISCV_MODE_U : KVM_RISCV_MODE_S;
}

static int core_set_mode(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	switch (value) {
	case KVM_RISCV_MODE_S:
		vcpu->rvh.ctx.sstatus |= HART_SSTATUS_SPP;
		return 0;
	case KVM_RISCV_MODE_U:
		vcpu->rvh.ctx.sstatus &= ~HART_SSTATUS_SPP;
		return 0;
	default:
		return -EINVAL;
	}
}

static const struct rvh_reg_row core_rows[] = {
	{ .first = KVM_REG_RISCV_CORE_REG(regs.pc), .count = 1, .size = 8,
	  .get = core_get_pc, .set = core_set_pc },
	{ .first = KVM_REG_RISCV_CORE_REG(regs.ra), .count = 31, .size = 8,
	  .get = core_get_x, .set = core_set_x },
	{ .first = KVM_REG_RISCV_CORE_REG(mode), .count = 1, .size = 8,
	  .get = core_get_mode, .set = core_set_mode },
};

const struct rvh_reg_class rvh_regs_core = RVH_REG_CLASS(core_rows);
