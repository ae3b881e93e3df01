// SPDX-License-Identifier: GPL-2.0-only
/* Class TIMER: guest time, which is the VM's, and the comparison, which is the vCPU's. */
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/limits.h>

#include <asm/timex.h>

#include <uapi/kvm_abi.h>

#include "regs.h"

static u64 timer_get_frequency(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_host.timebase;
}

static int timer_set_frequency(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return value == rvh_host.timebase ? 0 : -EINVAL;
}

static u64 timer_get_time(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_timer_now(vcpu->vm);
}

/*
 * Each vCPU takes the new time at its next entry; halted ones come out of it, for they wait until a
 * point in time that is another one now.
 */
static int timer_set_time(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	struct vmm_vcpu *each;
	unsigned long id;

	WRITE_ONCE(vcpu->vm->rvh.time_delta, value - get_cycles64());
	vmm_for_each_vcpu(vcpu->vm, id, each) {
		vmm_req_post(each, VMM_REQ_STATE);
		vmm_kick(each);
	}
	rvh_timer_set(vcpu, vcpu->rvh.vs.vstimecmp);
	return 0;
}

static u64 timer_get_compare(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vs.vstimecmp;
}

static int timer_set_compare(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	rvh_timer_set(vcpu, value);
	return 0;
}

/* A comparison with the end of time is a timer that is off. */
static u64 timer_get_state(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vs.vstimecmp == U64_MAX ? KVM_RISCV_TIMER_STATE_OFF :
						   KVM_RISCV_TIMER_STATE_ON;
}

static int timer_set_state(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
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

#define TIMER_ROW(name) \
	{ .first = KVM_REG_RISCV_TIMER_REG(name), .count = 1, .size = 8, \
	  .get = timer_get_##name, .set = timer_set_##name }

/* time before compare: restored in this order, no comparison is due too early. */
static const struct rvh_reg_row timer_rows[] = {
	TIMER_ROW(frequency),
	TIMER_ROW(time),
	TIMER_ROW(compare),
	TIMER_ROW(state),
};

const struct rvh_reg_class rvh_regs_timer = RVH_REG_CLASS(timer_rows);
