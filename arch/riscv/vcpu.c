// SPDX-License-Identifier: GPL-2.0-only
/* A vCPU's beginning and end, its reset state, and what its extensions mean for the CSRs. */
#include <linux/stddef.h>
#include <linux/string.h>

#include "aia/aia.h"
#include "hw/csr_bits.h"
#include "rvh.h"
#include "sbi/sbi.h"

/*
 * What the guest handles by itself. Loads and stores that hit nothing come here first, because the
 * host may have caused them; rvh_reflect() passes them on, and those that are misaligned unless the
 * guest asks for them (SBI FWFT).
 */
#define HEDELEG_DEFAULT	(BIT(HART_CAUSE_INSN_MISALIGNED) | BIT(HART_CAUSE_ILLEGAL_INSN) | \
			 BIT(HART_CAUSE_BREAKPOINT) | BIT(HART_CAUSE_ECALL_U) | \
			 BIT(HART_CAUSE_INSN_PAGE) | BIT(HART_CAUSE_LOAD_PAGE) | \
			 BIT(HART_CAUSE_STORE_PAGE))

#define HEDELEG_MISALIGNED	(BIT(HART_CAUSE_LOAD_MISALIGNED) | \
				 BIT(HART_CAUSE_STORE_MISALIGNED))

void rvh_vcpu_configure(struct vmm_vcpu *vcpu)
{
	const struct rvisa_set *isa = &vcpu->rvh.isa;
	u64 henvcfg = 0;

	if (rvisa_has(isa, RVISA_SSTC))
		henvcfg |= HART_ENVCFG_STCE;
	if (rvisa_has(isa, RVISA_SVPBMT))
		henvcfg |= HART_ENVCFG_PBMTE;
	/*
	 * DEVIATION: cbo.inval of a guest flushes. Without the write-back it could uncover what
	 * memory held before the host cleared it for the guest. CMO v1.0, CBIE of henvcfg.
	 */
	if (rvisa_has(isa, RVISA_ZICBOM))
		henvcfg |= HART_ENVCFG_CBIE_FLUSH | HART_ENVCFG_CBCFE;
	if (rvisa_has(isa, RVISA_ZICBOZ))
		henvcfg |= HART_ENVCFG_CBZE;
	rvh_fwft_configure(vcpu);
	vcpu->rvh.henvcfg = henvcfg | rvh_fwft_henvcfg(vcpu);
	vcpu->rvh.hedeleg &= ~HEDELEG_MISALIGNED;
	vcpu->rvh.hedeleg |= BIT(HART_CAUSE_ILLEGAL_INSN);
	/* Among them are the guest's accesses to the AIA's CSRs: aia/csr.c */
	if (rvisa_has(isa, RVISA_SSAIA) && !rvh_host.ssaia)
		vcpu->rvh.hedeleg &= ~BIT(HART_CAUSE_ILLEGAL_INSN);
	if (rvh_fwft_delegates_misaligned(vcpu))
		vcpu->rvh.hedeleg |= HEDELEG_MISALIGNED;
	/* senvcfg belongs to every guest; the AIA's registers stay out of reach without Ssaia. */
	vcpu->rvh.hstateen0 = HART_STATEEN0_ENVCFG;
	if (rvisa_has(isa, RVISA_SSAIA))
		vcpu->rvh.hstateen0 |= HART_STATEEN0_IMSIC | HART_STATEEN0_AIA |
				       HART_STATEEN0_ISEL;
	if (rvisa_has(isa, RVISA_SMSTATEEN))
		vcpu->rvh.hstateen0 |= HART_STATEEN0_SE0;
	rvh_vcpu_touch(vcpu);
}

void rvh_vcpu_resume(struct vmm_vcpu *vcpu, unsigned long pc, unsigned long opaque)
{
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	struct rvh_vs *vs = &vcpu->rvh.vs;
	unsigned long hvip = vs->hvip;

	/* What userspace was asked before is no part of the new life. */
	vcpu->resume = NULL;
	memset(ctx->x, 0, sizeof(ctx->x));
	ctx->x[10] = vcpu->id;
	ctx->x[11] = opaque;
	ctx->pc = pc;
	/* sret goes to SPP and sets SIE to SPIE; FS and VS are rvh_world_load()'s. */
	ctx->sstatus = HART_SSTATUS_SPP | HART_SSTATUS_SPIE | HART_SSTATUS_UXL_64;
	/* With V=1 at sret; WFI traps, so that a halted guest does not hold the hart. */
	ctx->hstatus = HART_HSTATUS_SPV | HART_HSTATUS_SPVP | HART_HSTATUS_VTW |
		       HART_HSTATUS_VSXL_64;
	memset(&vcpu->rvh.fp, 0, sizeof(vcpu->rvh.fp));
	rvh_vector_reset(vcpu);
	rvh_pmu_reset(vcpu);

	/* A timer that is about to fire looks at what follows. */
	memset(vs, 0, offsetof(struct rvh_vs, vstimecmp));
	vs->vsstatus = HART_SSTATUS_UXL_64;
	/*
	 * User mode may read the time: firmware has always left it so, Linux changes it only where
	 * it has counters, and each of its processes reads the time by itself.
	 */
	vs->scounteren = HART_COUNTEREN_TM;
	WRITE_ONCE(vs->hvip, hvip);
	rvh_vcpu_touch(vcpu);
}

void rvh_vcpu_reset(struct vmm_vcpu *vcpu, unsigned long pc, unsigned long opaque)
{
	rvh_timer_set(vcpu, U64_MAX);
	rvh_irq_merge(vcpu);
	/* The external interrupt is a wire: a reset of the hart does not lower it. */
	vcpu->rvh.vs.hvip &= HART_HVIP_VSEIP;
	rvh_imsic_reset(vcpu);
	rvh_vcpu_resume(vcpu, pc, opaque);
	rvh_sbi_reset(vcpu);
}

int vmm_arch_vcpu_init(struct vmm_vcpu *vcpu)
{
	int err;

	/* Interrupt controllers that are set up know their harts. */
	if (rvh_aia_of(vcpu->vm))
		return -EBUSY;
	err = rvh_vector_init(vcpu);
	if (err)
		return err;
	vcpu->rvh.hedeleg = HEDELEG_DEFAULT;
	vcpu->rvh.mvendorid = rvh_host.mvendorid;
	vcpu->rvh.marchid = rvh_host.marchid;
	vcpu->rvh.mimpid = rvh_host.mimpid;
	rvisa_default(&rvh_host.isa, &vcpu->rvh.isa);
	if (!rvh_vector_is_allowed())
		rvisa_remove(&vcpu->rvh.isa, RVISA_V);
	/* With interrupt controllers in the kernel it comes by itself: aia/device.c */
	rvisa_remove(&vcpu->rvh.isa, RVISA_SSAIA);

	rvh_fence_vcpu_init(vcpu);
	rvh_timer_init(vcpu);
	rvh_sbi_init(vcpu);
	rvh_hsm_init(vcpu);
	rvh_vcpu_configure(vcpu);
	rvh_vcpu_reset(vcpu, 0, 0);
	return 0;
}

void vmm_arch_vcpu_destroy(struct vmm_vcpu *vcpu)
{
	rvh_timer_destroy(vcpu);
	rvh_vector_destroy(vcpu);
	rvh_pmu_destroy(vcpu);
	rvh_imsic_destroy(vcpu);
	rvh_gpt_unstock(vcpu);
}
