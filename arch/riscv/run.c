// SPDX-License-Identifier: GPL-2.0-only
/* The RISC-V part of the run loop that is not the entry itself. */
#include "rvh.h"

int vmm_arch_prepare(struct vmm_vcpu *vcpu)
{
	int step;

	/* Before the state is looked at: what changes later is posted again. */
	if (unlikely(READ_ONCE(vcpu->req) & (VMM_REQ_STATE | VMM_REQ_PARK | VMM_REQ_PMU))) {
		if (vmm_req_take(vcpu, VMM_REQ_STATE | VMM_REQ_PMU) & VMM_REQ_PMU)
			rvh_pmu_prepare(vcpu);
		step = rvh_step_park(vcpu);
		if (step)
			return step;
	}
	if (unlikely(READ_ONCE(vcpu->rvh.hsm.state) != RVH_HSM_STARTED)) {
		step = rvh_hsm_prepare(vcpu);
		if (step != VMM_STEP_AGAIN)
			return step;
	}

	if (!rvh_vmid_is_current(vcpu->vm)) {
		step = rvh_vmid_renew(vcpu->vm);
		if (step)
			return step;
	}
	if (unlikely(vcpu->rvh.step.on)) {
		step = rvh_step_prepare(vcpu);
		if (step != VMM_STEP_AGAIN)
			return step;
	}
	if (unlikely(READ_ONCE(vcpu->vm->rvh.aia_unsent)))
		rvh_aia_send(vcpu->vm);
	if (unlikely(rvh_sta_is_due(vcpu)))
		rvh_sta_update(vcpu);
	return rvh_gpt_stock(vcpu);
}

void vmm_arch_run_done(struct vmm_vcpu *vcpu)
{
	if (vcpu->rvh.fp_lent)
		rvh_fp_return(vcpu);
	if (vcpu->rvh.vector_lent)
		rvh_vector_return(vcpu);
	if (unlikely(vcpu->rvh.pmu))
		rvh_pmu_run_done(vcpu);
}

bool vmm_arch_runnable(struct vmm_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->req) & ~VMM_REQ_HART)
		return true;
	return rvh_hsm_is_runnable(vcpu) && rvh_irq_is_pending(vcpu);
}

void vmm_arch_halt_begin(struct vmm_vcpu *vcpu)
{
	rvh_timer_halt_begin(vcpu);
	if (vcpu->rvh.imsic)
		rvh_imsic_halt(vcpu);
}

void vmm_arch_halt_end(struct vmm_vcpu *vcpu)
{
	rvh_timer_halt_end(vcpu);
}
