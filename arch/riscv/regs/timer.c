// SPDX-License-Identifier: GPL-2.0-only
/* Class TIMER: guest time, which is the VM's, and the comparison, which is the vCPU's. */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>

#include <asm/timex.h>

#include <uapi/kvm_abi.h>

#include "regs.h"

/* As in onereg.def */
static_assert(KVM_REG_RISCV_TIMER_REG(state) == 3);

u64 rvh_reg_get_frequency(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_host.timebase;
}

int rvh_reg_set_frequency(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return value == rvh_host.timebase ? 0 : -EINVAL;
}

u64 rvh_reg_get_time(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_timer_now(vcpu->vm);
}

/*
 * Each vCPU takes the new time at its next entry; halted ones come out of it, for they wait until a
 * point in time that is another one now.
 */
int rvh_reg_set_time(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	struct vmm_vcpu *each;
	unsigned long id;

	WRITE_ONCE(vcpu->vm->rvh.time_delta, value - get_cycles64());
	vmm_for_each_vcpu(vcpu->vm, id, each) {
		rvh_timer_retime(each);
		vmm_req_post(each, VMM_REQ_STATE);
		vmm_kick(each);
	}
	return 0;
}

u64 rvh_reg_get_compare(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vs.vstimecmp;
}

int rvh_reg_set_compare(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	rvh_timer_set(vcpu, value);
	return 0;
}

/* A comparison with the end of time is a timer that is off. */
u64 rvh_reg_get_timer_state(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vs.vstimecmp == U64_MAX ? KVM_RISCV_TIMER_STATE_OFF :
						   KVM_RISCV_TIMER_STATE_ON;
}

int rvh_reg_set_timer_state(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	switch (value) {
	case KVM_RISCV_TIMER_STATE_ON:
		rvh_timer_set(vcpu, vcpu->rvh.vs.vstimecmp);
		return 0;
	case KVM_RISCV_TIMER_STATE_OFF:
		rvh_timer_set(vcpu, U64_MAX);
		return 0;
	default:
		return -EINVAL;
	}
}
