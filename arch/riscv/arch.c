// SPDX-License-Identifier: GPL-2.0-only
/* Numbers of the ABI that pass through include/vmm/arch.h, and what they mean here. */
#include <uapi/kvm_abi.h>

#include "rvh.h"
#include "sbi/sbi.h"

/* Guest-physical address bits: three levels are 41 of them, each more adds 9. */
static unsigned int rvh_gpa_bits(unsigned int levels)
{
	return 41 + 9 * (levels - GSTAGE_MIN_LEVELS);
}

long vmm_arch_check_cap(struct vmm_vm *vm, unsigned long cap)
{
	switch (cap) {
	case KVM_CAP_VM_GPA_BITS:
		return rvh_gpa_bits(vm ? vm->rvh.gpt.tables.levels : rvh_host.gpt_levels);
	default:
		return 0;
	}
}

u32 vmm_arch_mp_state_get(struct vmm_vcpu *vcpu)
{
	rvh_hsm_settle(vcpu);
	return rvh_hsm_is_runnable(vcpu) ? KVM_MP_STATE_RUNNABLE : KVM_MP_STATE_STOPPED;
}

int vmm_arch_mp_state_set(struct vmm_vcpu *vcpu, u32 state)
{
	rvh_hsm_settle(vcpu);
	switch (state) {
	case KVM_MP_STATE_RUNNABLE:
		rvh_hsm_set_stopped(vcpu, false);
		return 0;
	case KVM_MP_STATE_STOPPED:
		rvh_hsm_set_stopped(vcpu, true);
		return 0;
	default:
		return -EINVAL;
	}
}
