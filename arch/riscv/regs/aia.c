// SPDX-License-Identifier: GPL-2.0-only
/* Class CSR of the AIA: those of the guest's registers that are no interrupt file's. */
#include <linux/build_bug.h>

#include <uapi/kvm_abi.h>

#include "regs.h"

/* As in onereg.def */
static_assert(KVM_REG_RISCV_CSR_AIA_REG(siselect) == 0);
static_assert(KVM_REG_RISCV_CSR_AIA_REG(iprio1) == 1);
static_assert(KVM_REG_RISCV_CSR_AIA_REG(iprio2) == 2);
static_assert(KVM_REG_RISCV_CSR_AIA_REG(iprio2h) == 6);

/* Numbers that vsiselect has to hold: AIA v1.0 §6.3.1 (Guest interrupt files) */
#define SISELECT	GENMASK(11, 0)

/* Bytes with a priority: interrupts 1, 5, 13 to 15, and 16 to 23. AIA v1.0 §6.3.3 */
#define HVIPRIO1	(GENMASK(15, 8) | GENMASK(31, 24) | GENMASK(63, 40))

bool rvh_reg_has_ssaia(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_has(&vcpu->rvh.isa, RVISA_SSAIA);
}

u64 rvh_reg_get_siselect(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vs.vsiselect;
}

int rvh_reg_set_siselect(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.vs.vsiselect = value & SISELECT;
	rvh_vcpu_touch(vcpu);
	return 0;
}

u64 rvh_reg_get_iprio(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return nr ? vcpu->rvh.vs.hviprio2 : vcpu->rvh.vs.hviprio1;
}

int rvh_reg_set_iprio(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	if (nr)
		vcpu->rvh.vs.hviprio2 = value;
	else
		vcpu->rvh.vs.hviprio1 = value & HVIPRIO1;
	rvh_vcpu_touch(vcpu);
	return 0;
}

u64 rvh_reg_get_aia_high(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return 0;
}

int rvh_reg_set_aia_high(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return 0;
}
