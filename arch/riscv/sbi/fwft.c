// SPDX-License-Identifier: GPL-2.0-only
/* SBI v3.0 chapter 18 (Firmware Features Extension): all that is offered is local to a hart. */
#include <linux/bits.h>
#include <linux/errno.h>

#include "hw/csr_bits.h"
#include "sbi.h"

static u8 rvh_fwft_available(const struct vmm_vcpu *vcpu)
{
	const struct rvisa_set *isa = &vcpu->rvh.isa;
	u8 features = 0;

	/* Where firmware emulates such accesses, it does so for guests, too, whatever they want. */
	if (rvh_host.misaligned)
		features |= BIT(SBIABI_FWFT_MISALIGNED_EXC_DELEG);
	if (rvisa_has(isa, RVISA_SVADU))
		features |= BIT(SBIABI_FWFT_PTE_AD_HW_UPDATING);
	if (rvisa_has(isa, RVISA_SMNPM))
		features |= BIT(SBIABI_FWFT_POINTER_MASKING_PMLEN);
	return features;
}

void rvh_fwft_reset(struct vmm_vcpu *vcpu)
{
	struct rvh_fwft *fwft = &vcpu->rvh.fwft;

	fwft->state = (struct sbiabi_fwft) {
		.offered = fwft->available & ~fwft->hidden,
		.pmlens = rvh_host.pmlens,
		/*
		 * DEVIATION: the reset value is 1 for a vCPU with Svadu and without Svade, whose
		 * device tree promises that hardware updates A and D
		 * (Documentation/devicetree/bindings/riscv/extensions.yaml).
		 */
		.value[SBIABI_FWFT_PTE_AD_HW_UPDATING] = fwft->ad_default,
	};
}

void rvh_fwft_configure(struct vmm_vcpu *vcpu)
{
	const struct rvisa_set *isa = &vcpu->rvh.isa;
	bool ad = rvisa_has(isa, RVISA_SVADU) && !rvisa_has(isa, RVISA_SVADE);
	struct rvh_fwft *fwft = &vcpu->rvh.fwft;
	u8 available = rvh_fwft_available(vcpu);

	if (available == fwft->available && ad == fwft->ad_default)
		return;
	fwft->available = available;
	fwft->ad_default = ad;
	rvh_fwft_reset(vcpu);
}

u64 rvh_fwft_henvcfg(const struct vmm_vcpu *vcpu)
{
	const u8 *value = vcpu->rvh.fwft.state.value;
	u64 henvcfg = value[SBIABI_FWFT_PTE_AD_HW_UPDATING] ? HART_ENVCFG_ADUE : 0;

	switch (value[SBIABI_FWFT_POINTER_MASKING_PMLEN]) {
	case 7:
		return henvcfg | HART_ENVCFG_PMM_7;
	case 16:
		return henvcfg | HART_ENVCFG_PMM_16;
	default:
		return henvcfg;
	}
}

bool rvh_fwft_delegates_misaligned(const struct vmm_vcpu *vcpu)
{
	return vcpu->rvh.fwft.state.value[SBIABI_FWFT_MISALIGNED_EXC_DELEG];
}

/* What a hart has translated by the old rules, it forgets before its next guest instruction. */
static void rvh_fwft_apply(struct vmm_vcpu *vcpu)
{
	const struct sbiabi_fence fence = {
		.kind = SBIABI_SFENCE_VMA,
		.harts = { .base = vcpu->id, .mask = 1 },
		.everything = true,
	};

	rvh_vcpu_configure(vcpu);
	rvh_fence_remote(vcpu, &fence);
}

enum rvh_verdict rvh_sbi_fwft(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			      struct sbi_ret *ret)
{
	struct sbiabi_fwft *state = &vcpu->rvh.fwft.state;

	switch (fid) {
	case SBIABI_FWFT_SET:
		ret->error = sbiabi_fwft_set(state, args);
		if (!ret->error)
			rvh_fwft_apply(vcpu);
		return RVH_ADVANCE;
	case SBIABI_FWFT_GET:
		return rvh_sbi_error(ret, sbiabi_fwft_get(state, args, &ret->value));
	default:
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	}
}

/* ---- registers ------------------------------------------------------------------------------- */

int rvh_fwft_offer(struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature, bool offer)
{
	struct rvh_fwft *fwft = &vcpu->rvh.fwft;
	u8 hidden = offer ? fwft->hidden & ~BIT(feature) : fwft->hidden | BIT(feature);

	if (hidden == fwft->hidden)
		return 0;
	if (vcpu->ran)
		return -EBUSY;
	fwft->hidden = hidden;
	fwft->state.offered = fwft->available & ~hidden;
	return 0;
}

void rvh_fwft_lock(struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature, bool lock)
{
	struct sbiabi_fwft *state = &vcpu->rvh.fwft.state;

	state->locked = lock ? state->locked | BIT(feature) : state->locked & ~BIT(feature);
}

int rvh_fwft_set(struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature, u64 value)
{
	struct sbiabi_fwft *state = &vcpu->rvh.fwft.state;

	if (sbiabi_fwft_value(state, feature, &value))
		return -EINVAL;
	state->value[feature & 7] = value;
	rvh_fwft_apply(vcpu);
	return 0;
}
