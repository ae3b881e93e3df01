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

/* ---- FWFT ------------------------------------------------------------------------------------ */

/* Registers of a feature, in the order of struct kvm_riscv_sbi_fwft_feature */
enum { FWFT_ENABLE, FWFT_FLAGS, FWFT_VALUE, FWFT_FIELDS };

static_assert(KVM_REG_RISCV_SBI_FWFT == REGID_SBI_STATE_FWFT << KVM_REG_RISCV_SUBTYPE_SHIFT);
static_assert(KVM_REG_RISCV_SBI_FWFT_REG(misaligned_deleg.value) == FWFT_VALUE);
static_assert(KVM_REG_RISCV_SBI_FWFT_REG(pointer_masking.enable) == FWFT_FIELDS);
static_assert(KVM_ABI_SBI_FWFT_PTE_AD == 29184);

/* Those that the ABI has numbers for. */
static enum sbiabi_fwft_feature fwft_feature(unsigned int nr)
{
	return nr < FWFT_FIELDS ? SBIABI_FWFT_MISALIGNED_EXC_DELEG :
				  SBIABI_FWFT_POINTER_MASKING_PMLEN;
}

static bool fwft_has(const struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature)
{
	return sbi_is_on(vcpu, KVM_RISCV_SBI_EXT_FWFT) &&
	       vcpu->rvh.fwft.available >> feature & 1;
}

static u64 fwft_get(const struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature,
		    unsigned int field)
{
	const struct rvh_fwft *fwft = &vcpu->rvh.fwft;

	switch (field) {
	case FWFT_ENABLE:
		return !(fwft->hidden >> feature & 1);
	case FWFT_FLAGS:
		return fwft->state.locked >> feature & 1 ? SBIABI_FWFT_LOCK : 0;
	default:
		return fwft->state.value[feature];
	}
}

static int fwft_set(struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature, unsigned int field,
		    u64 value)
{
	switch (field) {
	case FWFT_ENABLE:
		if (value > 1)
			return -EINVAL;
		return rvh_fwft_offer(vcpu, feature, value);
	case FWFT_FLAGS:
		if (value & ~(u64)SBIABI_FWFT_LOCK)
			return -EINVAL;
		rvh_fwft_lock(vcpu, feature, value);
		return 0;
	default:
		return rvh_fwft_set(vcpu, feature, value);
	}
}

bool rvh_reg_has_fwft(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return fwft_has(vcpu, fwft_feature(nr));
}

u64 rvh_reg_get_fwft(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return fwft_get(vcpu, fwft_feature(nr), nr % FWFT_FIELDS);
}

int rvh_reg_set_fwft(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return fwft_set(vcpu, fwft_feature(nr), nr % FWFT_FIELDS, value);
}

bool rvh_reg_has_fwft_ad(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return fwft_has(vcpu, SBIABI_FWFT_PTE_AD_HW_UPDATING);
}

u64 rvh_reg_get_fwft_ad(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return fwft_get(vcpu, SBIABI_FWFT_PTE_AD_HW_UPDATING, nr);
}

int rvh_reg_set_fwft_ad(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return fwft_set(vcpu, SBIABI_FWFT_PTE_AD_HW_UPDATING, nr, value);
}
