// SPDX-License-Identifier: GPL-2.0-only
/* Class SBI_EXT: which SBI extensions a vCPU has, one by one or as a word of bits. */
#include <linux/bits.h>
#include <linux/errno.h>

#include <uapi/kvm_abi.h>

#include "../sbi/sbi.h"
#include "regs.h"

#define SBI_NUMBERS	GENMASK_ULL(KVM_RISCV_SBI_EXT_MAX - 1, 0)

bool rvh_reg_has_sbi(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_sbi_is_known(nr);
}

u64 rvh_reg_get_sbi(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.sbi_enabled >> nr & 1;
}

int rvh_reg_set_sbi(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	if (value > 1)
		return -EINVAL;
	if (vcpu->ran)
		return -EBUSY;
	return rvh_sbi_enable(vcpu, nr, value);
}

u64 rvh_reg_get_sbi_on(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.sbi_enabled & SBI_NUMBERS;
}

u64 rvh_reg_get_sbi_off(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return ~rvh_reg_get_sbi_on(vcpu, nr);
}

/* What cannot be changed stays as it is, without a word: the ABI of these two. */
static void sbi_set_word(struct vmm_vcpu *vcpu, u64 mask, bool enable)
{
	unsigned int nr;

	for (nr = 0; nr < KVM_RISCV_SBI_EXT_MAX; nr++)
		if (mask >> nr & 1 && rvh_reg_has_sbi(vcpu, nr))
			rvh_reg_set_sbi(vcpu, nr, enable);
}

int rvh_reg_set_sbi_on(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	sbi_set_word(vcpu, value, true);
	return 0;
}

int rvh_reg_set_sbi_off(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	sbi_set_word(vcpu, value, false);
	return 0;
}
