// SPDX-License-Identifier: GPL-2.0-only
/* Class ISA_EXT: the extensions of a vCPU, one by one or as words of bits. */
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/math.h>

#include <uapi/kvm_abi.h>

#include "regs.h"

#define ISA_WORDS	DIV_ROUND_UP(KVM_RISCV_ISA_EXT_MAX, 64)

static_assert(KVM_RISCV_ISA_EXT_MAX == RVISA_COUNT);
static_assert(ISA_WORDS == ARRAY_SIZE(((struct rvisa_set *)0)->bits));

bool rvh_reg_has_isa(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	if (nr == RVISA_SSAIA && rvh_host.aia_traps)
		return true;
	return rvisa_offered(&rvh_host.isa, nr);
}

u64 rvh_reg_get_isa(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_has(&vcpu->rvh.isa, nr);
}

/* Ssaia of guests needs no hart that has it. */
static int isa_may_change(const struct vmm_vcpu *vcpu, unsigned int nr, bool value)
{
	if (nr == RVISA_SSAIA && rvh_host.aia_traps)
		return 0;
	return rvisa_may_change(&rvh_host.isa, &vcpu->rvh.isa, nr, value);
}

int rvh_reg_set_isa(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	int err;

	if (value > 1)
		return -EINVAL;
	/* DEVIATION: Ssaia is off until there is an AIA device, unless it is asked for. */
	if (nr == RVISA_SSAIA && !vcpu->ran &&
	    (value || rvh_host.smstateen || rvh_host.aia_traps))
		vcpu->rvh.no_ssaia = !value;
	if (rvisa_has(&vcpu->rvh.isa, nr) == value)
		return 0;
	if (vcpu->ran)
		return -EBUSY;
	err = isa_may_change(vcpu, nr, value);
	if (err)
		return err;
	if (nr == RVISA_V && value && !rvh_vector_is_allowed())
		return -EINVAL;
	if (value)
		rvisa_add(&vcpu->rvh.isa, nr);
	else
		rvisa_remove(&vcpu->rvh.isa, nr);
	rvh_vcpu_configure(vcpu);
	return 0;
}

u64 rvh_reg_get_isa_on(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.isa.bits[nr];
}

u64 rvh_reg_get_isa_off(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return ~vcpu->rvh.isa.bits[nr];
}

/* What cannot be changed stays as it is, without a word: the ABI of these two. */
static void isa_set_word(struct vmm_vcpu *vcpu, unsigned int nr, u64 mask, bool enable)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		if (mask >> bit & 1 && rvh_reg_has_isa(vcpu, nr * 64 + bit))
			rvh_reg_set_isa(vcpu, nr * 64 + bit, enable);
}

int rvh_reg_set_isa_on(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	isa_set_word(vcpu, nr, value, true);
	return 0;
}

int rvh_reg_set_isa_off(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	isa_set_word(vcpu, nr, value, false);
	return 0;
}
