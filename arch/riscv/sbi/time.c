// SPDX-License-Identifier: GPL-2.0-only
/* SBI v3.0 chapter 6 (Timer Extension). */
#include "../model/pmuevent.h"
#include "sbi.h"

notrace enum rvh_verdict rvh_sbi_time_hot(struct vmm_vcpu *vcpu)
{
	if (unlikely(vcpu->rvh.ctx.x[16] != SBIABI_TIME_SET_TIMER))
		return rvh_sbi_reply(vcpu, SBIABI_ERR_NOT_SUPPORTED, 0);
	rvh_timer_set(vcpu, vcpu->rvh.ctx.x[10]);
	return rvh_sbi_reply(vcpu, SBIABI_SUCCESS, 0);
}

enum rvh_verdict rvh_sbi_time(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			      struct sbi_ret *ret)
{
	if (fid != SBIABI_TIME_SET_TIMER)
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	rvh_pmu_count_one(vcpu, PMUEVENT_FW_SET_TIMER);
	rvh_timer_set(vcpu, args[0]);
	return RVH_ADVANCE;
}
