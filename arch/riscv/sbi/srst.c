// SPDX-License-Identifier: GPL-2.0-only
/* SBI v3.0 chapter 10 (System Reset Extension): userspace does it, with every hart stopped. */
#include <linux/string.h>

#include <uapi/kvm_abi.h>

#include "sbi.h"

static u32 rvh_srst_event(enum sbiabi_reset type)
{
	switch (type) {
	case SBIABI_RESET_SHUTDOWN:
		return KVM_SYSTEM_EVENT_SHUTDOWN;
	case SBIABI_RESET_COLD_REBOOT:
	case SBIABI_RESET_WARM_REBOOT:
		break;
	}
	return KVM_SYSTEM_EVENT_RESET;
}

enum rvh_verdict rvh_sbi_srst(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			      struct sbi_ret *ret)
{
	struct kvm_run *run = vcpu->run;
	enum sbiabi_reset type;
	u32 reason;

	if (fid != SBIABI_SRST_SYSTEM_RESET)
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	ret->error = sbiabi_check_reset(args, &type, &reason);
	if (ret->error)
		return RVH_ADVANCE;

	rvh_hsm_stop_all(vcpu->vm);
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	memset(&run->system_event, 0, sizeof(run->system_event));
	run->system_event.type = rvh_srst_event(type);
	run->system_event.ndata = 1;
	run->system_event.data[0] = reason;
	return RVH_USER;
}
