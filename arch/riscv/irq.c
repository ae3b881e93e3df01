// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of a vCPU: four bits of hvip, posted by any thread, merged by the vCPU's own. The
 * external one of a vCPU with an interrupt file is that file's signal instead: aia/imsic.c.
 */
#include <linux/atomic.h>

#include <uapi/kvm_abi.h>

#include <vmm/trace.h>

#include "hw/csr.h"
#include "rvh.h"

#define IRQ_CLEAR_SHIFT	32

void rvh_irq_post(struct vmm_vcpu *vcpu, unsigned long set, unsigned long clear)
{
	atomic64_t *post = &vcpu->rvh.irq.post;
	s64 old = atomic64_read(post);
	s64 new;

	do {
		new = old & ~((s64)set << IRQ_CLEAR_SHIFT) & ~(s64)clear;
		new |= set | (s64)clear << IRQ_CLEAR_SHIFT;
		/* Posted and not taken yet: whoever did it also kicks. */
		if (new == old)
			return;
	} while (!atomic64_try_cmpxchg(post, &old, new));

	trace_kvm_irq(vcpu->id, set, clear);
	vmm_req_post(vcpu, VMM_REQ_IRQ);
	vmm_kick(vcpu);
}

/* A vCPU with an interrupt file has no other source of external interrupts. */
static unsigned long irq_with_file(const struct vmm_vcpu *vcpu, unsigned long hvip)
{
	if (!vcpu->rvh.imsic)
		return hvip;
	return (hvip & ~HART_HVIP_VSEIP) | (rvh_imsic_signals(vcpu) ? HART_HVIP_VSEIP : 0);
}

bool rvh_irq_merge(struct vmm_vcpu *vcpu)
{
	unsigned long old = vcpu->rvh.vs.hvip;
	unsigned long new = old;
	s64 post;

	if (atomic64_read(&vcpu->rvh.irq.post)) {
		post = atomic64_xchg(&vcpu->rvh.irq.post, 0);
		new = (old & ~(post >> IRQ_CLEAR_SHIFT)) | (post & HART_HVIP_ALL);
	}
	new = irq_with_file(vcpu, new);
	if (new == old)
		return false;
	WRITE_ONCE(vcpu->rvh.vs.hvip, new);
	return true;
}

unsigned long rvh_irq_pending(struct vmm_vcpu *vcpu)
{
	s64 post = atomic64_read(&vcpu->rvh.irq.post);
	unsigned long hvip = READ_ONCE(vcpu->rvh.vs.hvip);
	unsigned long hvie = HART_VSIP_TO_HVIP(READ_ONCE(vcpu->rvh.vs.vsie));

	hvip = (hvip & ~(post >> IRQ_CLEAR_SHIFT)) | (post & HART_HVIP_ALL);
	hvip = irq_with_file(vcpu, hvip);
	if (vcpu->rvh.imsic && rvh_imsic_rings(vcpu))
		hvip |= HART_HVIP_VSEIP;
	if (rvh_timer_is_due(vcpu))
		hvip |= HART_HVIP_VSTIP;
	return hvip & hvie;
}

/*
 * For a guest with Ssaia vstopi has to tell of the external interrupt, and its priority is in
 * hvictl. An emulated hart (QEMU 10.0 and 11.1) tells of it whenever there is a priority.
 */
notrace void rvh_irq_load(const struct vmm_vcpu *vcpu, unsigned long hvip)
{
	hart_csr_write(HART_CSR_HVIP, hvip);
	if (rvh_host.ssaia && rvisa_has(&vcpu->rvh.isa, RVISA_SSAIA))
		hart_csr_write(HART_CSR_HVICTL, HART_HVICTL_IID_SEI |
			       (hvip & HART_HVIP_VSEIP ? HART_HVICTL_IPRIO_1 : 0));
}

bool rvh_irq_is_pending(struct vmm_vcpu *vcpu)
{
	return rvh_irq_pending(vcpu);
}

notrace bool rvh_irq_is_pending_resident(void)
{
	return hart_csr_read(HART_CSR_VSIP) & hart_csr_read(HART_CSR_VSIE);
}

void vmm_arch_interrupt(struct vmm_vcpu *vcpu, u32 value)
{
	if (value == (u32)KVM_INTERRUPT_SET)
		rvh_irq_post(vcpu, HART_HVIP_VSEIP, 0);
	else
		rvh_irq_post(vcpu, 0, HART_HVIP_VSEIP);
}
