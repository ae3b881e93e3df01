// SPDX-License-Identifier: GPL-2.0-only
/* SBI v3.0 chapter 6 (Timer Extension). */
#include "sbi.h"

notrace enum rvh_verdict rvh_sbi_time(struct vmm_vcpu *vcpu, const struct rvh_sbi_call *call,
				      struct sbi_ret *ret)
{
	if (call->fid != SBIABI_TIME_SET_TIMER)
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	rvh_timer_set(vcpu, call->args[0]);
	return RVH_ADVANCE;
}
