// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt files in software. The signal of a file is VSEIP of its vCPU, which the vCPU itself
 * computes: whoever posts an MSI that has to be signalled posts a request (VMM_REQ_IRQ), and the
 * vCPU looks at the file when it serves it (rvh_irq_merge()). So no MSI is lost between a claim and
 * an arrival: the request is posted after the identity is pending.
 */
#include <linux/errno.h>
#include <linux/slab.h>

#include "aia.h"

int rvh_imsic_create(struct vmm_vcpu *vcpu, u32 nr_ids)
{
	struct rvh_imsic *imsic;

	imsic = kzalloc(sizeof(*imsic), GFP_KERNEL_ACCOUNT);
	if (!imsic)
		return -ENOMEM;
	vimsic_init(&imsic->file, nr_ids);
	vcpu->rvh.imsic = imsic;
	return 0;
}

void rvh_imsic_destroy(struct vmm_vcpu *vcpu)
{
	kfree(vcpu->rvh.imsic);
	vcpu->rvh.imsic = NULL;
}

/* MSIs may arrive meanwhile, so each register by itself; those that do not exist are refused. */
void rvh_imsic_reset(struct vmm_vcpu *vcpu)
{
	struct rvh_imsic *imsic = vcpu->rvh.imsic;
	u32 iselect;

	if (!imsic)
		return;
	for (iselect = VIMSIC_FIRST; iselect <= VIMSIC_LAST; iselect++)
		vimsic_set(&imsic->file, iselect, 0);
}

notrace bool rvh_imsic_signals(const struct vmm_vcpu *vcpu)
{
	return vimsic_signals(&vcpu->rvh.imsic->file);
}

/*
 * Of those who find something new while the vCPU is in guest code only the first interrupts it: it
 * looks at the file when it has left. A halted one may keep the request, so it is always woken.
 * The identity became pending by a full barrier, which pairs with those of vmm_req_take() and of
 * falling asleep: who is not told here looks afterwards.
 */
static notrace void rvh_imsic_tell(struct vmm_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->req) & VMM_REQ_IRQ && READ_ONCE(vcpu->mode) == VMM_IN_GUEST)
		return;
	vmm_req_post(vcpu, VMM_REQ_IRQ);
	vmm_kick(vcpu);
}

notrace void rvh_imsic_post(struct vmm_vcpu *vcpu, u32 id)
{
	if (vimsic_post(&vcpu->rvh.imsic->file, id))
		rvh_imsic_tell(vcpu);
}

notrace void rvh_imsic_store(struct vmm_vcpu *vcpu, u32 offset, unsigned int len, u32 value)
{
	if (vimsic_write_page(&vcpu->rvh.imsic->file, offset, len, value))
		rvh_imsic_tell(vcpu);
}

notrace unsigned long rvh_imsic_claim(struct vmm_vcpu *vcpu, bool write)
{
	struct vimsic *file = &vcpu->rvh.imsic->file;
	u32 top = vimsic_top(file);

	if (write)
		vimsic_claim(file, top);
	return top;
}

int rvh_imsic_rmw(struct vmm_vcpu *vcpu, unsigned long iselect, unsigned long *old,
		  unsigned long new, unsigned long mask)
{
	return vimsic_rmw(&vcpu->rvh.imsic->file, iselect, old, new, mask);
}

int rvh_imsic_get(struct vmm_vcpu *vcpu, u32 iselect, unsigned long *value)
{
	return vimsic_get(&vcpu->rvh.imsic->file, iselect, value);
}

int rvh_imsic_set(struct vmm_vcpu *vcpu, u32 iselect, unsigned long value)
{
	int err = vimsic_set(&vcpu->rvh.imsic->file, iselect, value);

	if (!err)
		rvh_imsic_tell(vcpu);
	return err;
}
