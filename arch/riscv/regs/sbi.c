// SPDX-License-Identifier: GPL-2.0-only
/* Class SBI_EXT: which SBI extensions a vCPU has, one by one or as a word of bits. */
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>

#include <uapi/kvm_abi.h>

#include "../sbi/sbi.h"
#include "regs.h"

#define SBI_NUMBERS	GENMASK_ULL(KVM_RISCV_SBI_EXT_MAX - 1, 0)

static bool sbi_exists(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_sbi_is_known(nr);
}

static u64 sbi_get(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.sbi_enabled >> nr & 1;
}

static int sbi_set(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	if (value > 1)
		return -EINVAL;
	if (vcpu->ran)
		return -EBUSY;
	return rvh_sbi_enable(vcpu, nr, value);
}

static u64 sbi_get_enabled(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.sbi_enabled & SBI_NUMBERS;
}

static u64 sbi_get_disabled(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return ~sbi_get_enabled(vcpu, nr);
}

/* What cannot be changed stays as it is, without a word: the ABI of these two. */
static void sbi_set_word(struct vmm_vcpu *vcpu, u64 mask, bool enable)
{
	unsigned int nr;

	for (nr = 0; nr < KVM_RISCV_SBI_EXT_MAX; nr++)
		if (mask >> nr & 1 && sbi_exists(vcpu, nr))
			sbi_set(vcpu, nr, enable);
}

static int sbi_enable(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	sbi_set_word(vcpu, value, true);
	return 0;
}

static int sbi_disable(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	sbi_set_word(vcpu, value, false);
	return 0;
}

static const struct rvh_reg_row sbi_rows[] = {
	{ .subclass = REGID_EXT_SINGLE, .count = KVM_RISCV_SBI_EXT_MAX, .size = 8,
	  .exists = sbi_exists, .get = sbi_get, .set = sbi_set },
	{ .subclass = REGID_EXT_MULTI_EN, .count = 1, .size = 8, .unlisted = true,
	  .get = sbi_get_enabled, .set = sbi_enable },
	{ .subclass = REGID_EXT_MULTI_DIS, .count = 1, .size = 8, .unlisted = true,
	  .get = sbi_get_disabled, .set = sbi_disable },
};

const struct rvh_reg_class rvh_regs_sbi = RVH_REG_CLASS(sbi_rows);
