// SPDX-License-Identifier: GPL-2.0-only
/*
 * Class VECTOR, while V is on. Userspace may store a vl and a vtype that do not fit together: a
 * hart takes of them what vsetvl makes of them.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>

#include <uapi/kvm_abi.h>

#include "../hw/csr_bits.h"
#include "regs.h"

/* As in onereg.def */
static_assert(KVM_REG_RISCV_VECTOR_CSR_REG(vlenb) == 4);
static_assert(KVM_REG_RISCV_VECTOR_REG(0) == 6);

bool rvh_reg_has_v(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_has(&vcpu->rvh.isa, RVISA_V);
}

u64 rvh_reg_get_vstart(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vector.vstart;
}

/* As many bits as number the elements of the longest vector, Vector v1.0 §3.7. */
int rvh_reg_set_vstart(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.vector.vstart = value & (rvh_host.vlenb * 8 - 1);
	return 0;
}

u64 rvh_reg_get_vl(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vector.vl;
}

int rvh_reg_set_vl(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.vector.vl = value;
	return 0;
}

u64 rvh_reg_get_vtype(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vector.vtype;
}

int rvh_reg_set_vtype(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.vector.vtype = value;
	return 0;
}

u64 rvh_reg_get_vcsr(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vector.vcsr;
}

int rvh_reg_set_vcsr(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.vector.vcsr = value & HART_VCSR;
	return 0;
}

u64 rvh_reg_get_vlenb(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_host.vlenb;
}

int rvh_reg_set_vlenb(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return value == rvh_host.vlenb ? 0 : -EINVAL;
}

void *rvh_reg_place_v(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vector.regs + nr * rvh_host.vlenb;
}
