// SPDX-License-Identifier: GPL-2.0-only
/* Class SBI_STATE: what SBI extensions keep in a vCPU. */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>

#include <uapi/kvm_abi.h>

#include "../sbi/sbi.h"
#include "regs.h"

/* As in onereg.def */
static_assert(KVM_REG_RISCV_SBI_STA == REGID_SBI_STATE_STA << KVM_REG_RISCV_SUBTYPE_SHIFT);
static_assert(KVM_REG_RISCV_SBI_STA_REG(shmem_hi) == 1);

static bool sbi_is_on(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.sbi_enabled >> nr & 1;
}

bool rvh_reg_has_sta(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return sbi_is_on(vcpu, KVM_RISCV_SBI_EXT_STA);
}

u64 rvh_reg_get_sta(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return nr ? vcpu->rvh.sta.shmem_hi : vcpu->rvh.sta.shmem_lo;
}

/* One after the other: until both are an address, there is none. */
int rvh_reg_set_sta(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	const struct rvh_sta *sta = &vcpu->rvh.sta;

	if (nr) {
		if (value && value != U64_MAX)
			return -EINVAL;
		rvh_sta_move(vcpu, sta->shmem_lo, value);
		return 0;
	}
	if (value % SBIABI_STA_SIZE && value != U64_MAX)
		return -EINVAL;
	rvh_sta_move(vcpu, value, sta->shmem_hi);
	return 0;
}
