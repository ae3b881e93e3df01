// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's CSRs of the AIA that trap: AIA v1.0 §6.3 (VS-level CSRs). On a host with Ssaia its
 * siselect and stopi are the hart's vsiselect and vstopi; sireg traps for the priorities (iprio)
 * always, sireg and stopei for an interrupt file in memory. On other hosts all of them trap, as
 * illegal instructions.
 */
#include <linux/bits.h>
#include <linux/errno.h>

#include "../hw/csr.h"
#include "../model/irqprio.h"
#include "aia.h"

#define IPRIO_FIRST	0x30	/* siselect: two registers of 32 bits for 8 interrupts */
#define IPRIO_LAST	0x3f
#define IRQS_OF_IPRIO	4	/* for each number of siselect */

static int iprio_rmw(struct rvh_vs *vs, unsigned long iselect, unsigned long *old,
		     unsigned long new, unsigned long mask)
{
	unsigned int irq = (iselect - IPRIO_FIRST) * IRQS_OF_IPRIO, byte;

	if (iselect % 2)
		return -EINVAL;
	*old = 0;
	for (byte = 0; byte < sizeof(long); byte++) {
		u8 *place = irqprio_place(&vs->hviprio1, &vs->hviprio2, irq + byte);

		if (!place)
			continue;
		*old |= (unsigned long)*place << 8 * byte;
		*place = (*place & ~(mask >> 8 * byte)) | ((new & mask) >> 8 * byte);
	}
	return 0;
}

static int sireg_rmw(struct vmm_vcpu *vcpu, unsigned long *old, unsigned long new,
		     unsigned long mask)
{
	unsigned long iselect = vcpu->rvh.vs.vsiselect;

	if (iselect >= IPRIO_FIRST && iselect <= IPRIO_LAST) {
		rvh_vcpu_touch(vcpu);
		return iprio_rmw(&vcpu->rvh.vs, iselect, old, new, mask);
	}
	if (!vcpu->rvh.imsic)
		return -EINVAL;
	rvh_imsic_home(vcpu);
	return rvh_imsic_rmw(vcpu, iselect, old, new, mask);
}

/* What a CSR instruction writes: @new for the bits of @mask. */
static unsigned long csr_operand(const struct vmm_vcpu *vcpu, const struct rvinsn *insn,
				 unsigned long *mask)
{
	unsigned long value = insn->csr_imm ? insn->rs1 : vcpu->rvh.ctx.x[insn->rs1 % 32];

	*mask = insn->csr_op == RVINSN_CSR_WRITE ? ~0UL : value;
	if (!insn->csr_writes)
		*mask = 0;
	return insn->csr_op == RVINSN_CSR_CLEAR ? 0 : value;
}

/* Numbers that vsiselect has to hold: §6.3.1 */
#define SISELECT	GENMASK(11, 0)

/* The guest sees what is pending as the hart does, and the file's own order: §5.4.2 (stopi). */
static notrace unsigned long stopi(const struct vmm_vcpu *vcpu, unsigned long ready)
{
	const struct rvh_vs *vs = &vcpu->rvh.vs;
	u32 external = 0;

	if (ready & BIT(HART_IRQ_SEI) && vcpu->rvh.imsic)
		external = rvh_imsic_top(vcpu);
	return irqprio_top(ready, vs->hviprio1, vs->hviprio2, external);
}

/* On a host without Ssaia. Return: it is such a register, and done. */
static bool csr_emulate(struct vmm_vcpu *vcpu, const struct rvinsn *insn, unsigned long *old,
			unsigned long new, unsigned long mask)
{
	struct rvh_vs *vs = &vcpu->rvh.vs;

	switch (insn->csr) {
	case HART_CSR_SISELECT:
		*old = vs->vsiselect;
		vs->vsiselect = ((*old & ~mask) | (new & mask)) & SISELECT;
		return true;
	case HART_CSR_STOPI:
		/* It is read-only. */
		if (insn->csr_writes)
			return false;
		*old = stopi(vcpu, HART_HVIP_TO_VSIP(rvh_irq_pending(vcpu)));
		return true;
	default:
		return false;
	}
}

bool rvh_aia_has_csr(unsigned int csr)
{
	return csr == HART_CSR_SISELECT || csr == HART_CSR_SIREG || csr == HART_CSR_STOPEI ||
	       csr == HART_CSR_STOPI;
}

bool rvh_aia_csr(struct vmm_vcpu *vcpu, const struct rvinsn *insn)
{
	unsigned long old = 0, new, mask;

	if (!rvisa_has(&vcpu->rvh.isa, RVISA_SSAIA) || rvh_guest_is_user(vcpu))
		return false;
	new = csr_operand(vcpu, insn, &mask);
	switch (insn->csr) {
	case HART_CSR_SIREG:
		if (sireg_rmw(vcpu, &old, new, mask))
			return false;
		break;
	case HART_CSR_STOPEI:
		if (!vcpu->rvh.imsic)
			return false;
		rvh_imsic_home(vcpu);
		old = rvh_imsic_claim(vcpu, insn->csr_writes);
		break;
	default:
		if (rvh_host.ssaia || !csr_emulate(vcpu, insn, &old, new, mask))
			return false;
	}
	if (insn->rd)
		vcpu->rvh.ctx.x[insn->rd % 32] = old;
	return true;
}

/* What guests ask at each interrupt. */
static notrace bool stopi_fast(struct vmm_vcpu *vcpu, const struct rvinsn *insn)
{
	unsigned long ready = hart_csr_read(HART_CSR_VSIP) & hart_csr_read(HART_CSR_VSIE);

	if (insn->csr_writes)
		return false;
	if (insn->rd)
		vcpu->rvh.ctx.x[insn->rd % 32] = stopi(vcpu, ready);
	return true;
}

/* How guests take each external interrupt. The vCPU is resident: its hvip is the hart's. */
notrace bool rvh_aia_csr_fast(struct vmm_vcpu *vcpu, const struct rvinsn *insn)
{
	unsigned long top, hvip;

	if (insn->csr == HART_CSR_STOPI && !rvh_host.ssaia &&
	    rvisa_has(&vcpu->rvh.isa, RVISA_SSAIA))
		return stopi_fast(vcpu, insn);
	if (insn->csr != HART_CSR_STOPEI || !vcpu->rvh.imsic ||
	    !rvisa_has(&vcpu->rvh.isa, RVISA_SSAIA) || !rvh_imsic_is_in_memory(vcpu))
		return false;
	top = rvh_imsic_claim(vcpu, insn->csr_writes);
	if (insn->rd)
		vcpu->rvh.ctx.x[insn->rd % 32] = top;
	/* What comes after this look posts a request, which is seen before the next entry. */
	hvip = hart_csr_read(HART_CSR_HVIP) & ~HART_HVIP_VSEIP;
	rvh_irq_load(vcpu, hvip | (rvh_imsic_signals(vcpu) ? HART_HVIP_VSEIP : 0));
	return true;
}
