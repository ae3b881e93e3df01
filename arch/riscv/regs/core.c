// SPDX-License-Identifier: GPL-2.0-only
/* Class CORE: pc, the integer registers and the mode. */
#include <linux/build_bug.h>
#include <linux/errno.h>

#include <uapi/kvm_abi.h>

#include "../hw/csr_bits.h"
#include "regs.h"

/* As in onereg.def */
static_assert(KVM_REG_RISCV_CORE_REG(mode) == 32);

u64 rvh_reg_get_pc(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.ctx.pc;
}

int rvh_reg_set_pc(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.ctx.pc = value;
	return 0;
}

/* ra is x1: the first of the row. */
u64 rvh_reg_get_x(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.ctx.x[1 + nr];
}

int rvh_reg_set_x(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.ctx.x[1 + nr] = value;
	return 0;
}

u64 rvh_reg_get_mode(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_guest_is_user(vcpu) ? KVM_RISCV_MODE_U : KVM_RISCV_MODE_S;
}

int rvh_reg_set_mode(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
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
