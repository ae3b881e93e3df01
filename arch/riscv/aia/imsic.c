// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt files of vCPUs: in memory (model/vimsic.c), or in a guest interrupt file of a hart
 * (hgei.c) while the vCPU may run there.
 *
 * In memory, the signal of a file is VSEIP of its vCPU, which the vCPU itself computes: whoever
 * posts an MSI that has to be signalled posts a request (VMM_REQ_IRQ), and the vCPU looks at the
 * file when it serves it (rvh_irq_merge()). So no MSI is lost between a claim and an arrival: the
 * request is posted after the identity is pending.
 *
 * In a hart, the hart signals it to the guest while that runs, and to the host while the vCPU is
 * halted there. Only the vCPU's own thread puts its file into a hart, at entry; anybody may have it
 * taken out, which happens on that hart. Both hold imsic->lock, and so does who sends an MSI, so
 * that it goes where the file is.
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include <uapi/kvm_abi.h>

#include <vmm/stats.h>

#include "../hw/csr_bits.h"
#include "aia.h"
#include "hgei.h"

#define IN_MEMORY	(-1)

int rvh_imsic_create(struct vmm_vcpu *vcpu, const struct rvh_aia *aia)
{
	struct rvh_imsic *imsic;

	imsic = kzalloc(sizeof(*imsic), GFP_KERNEL_ACCOUNT);
	if (!imsic)
		return -ENOMEM;
	vimsic_init(&imsic->file, aia->config.nr_ids);
	raw_spin_lock_init(&imsic->lock);
	imsic->cpu = IN_MEMORY;
	imsic->must = aia->mode == KVM_DEV_RISCV_AIA_MODE_HWACCEL;
	imsic->accel = imsic->must || (aia->mode == KVM_DEV_RISCV_AIA_MODE_AUTO &&
				       aia->config.nr_ids <= rvh_hgei_ids());
	vcpu->rvh.imsic = imsic;
	return 0;
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

/* ---- moves ---------------------------------------------------------------------------------- */

void rvh_imsic_leave(struct vmm_vcpu *vcpu)
{
	struct rvh_imsic *imsic = vcpu->rvh.imsic;
	struct vimsic_regs regs;
	bool signals;

	lockdep_assert_irqs_disabled();

	scoped_guard(raw_spinlock, &imsic->lock) {
		if (imsic->cpu != smp_processor_id())
			return;
		/* What others have sent is in the file before this is answered. */
		readl(imsic->page);
		rvh_hgei_unload(imsic->hgei, &regs);
		rvh_hgei_give(imsic->hgei);
		vimsic_merge(&imsic->file, &regs);
		imsic->page = NULL;
		WRITE_ONCE(imsic->cpu, IN_MEMORY);
		signals = vimsic_signals(&imsic->file);
	}
	if (signals)
		rvh_imsic_tell(vcpu);
}

static void imsic_leave(void *vcpu)
{
	rvh_imsic_leave(vcpu);
}

/* Have the file in memory: for good, unless the vCPU runs. Context: interrupts on. */
static void imsic_fetch(struct vmm_vcpu *vcpu)
{
	int cpu;

	/* A hart that is gone has given up its files. */
	while ((cpu = READ_ONCE(vcpu->rvh.imsic->cpu)) != IN_MEMORY)
		smp_call_function_single(cpu, imsic_leave, vcpu, true);
}

static void imsic_enter(struct vmm_vcpu *vcpu)
{
	struct rvh_imsic *imsic = vcpu->rvh.imsic;
	unsigned int file = rvh_hgei_take(vcpu, imsic->must);
	struct vimsic_regs regs;

	if (!file)
		return;
	scoped_guard(raw_spinlock, &imsic->lock) {
		vimsic_take(&imsic->file, &regs);
		rvh_hgei_load(file, &regs);
		imsic->hgei = file;
		imsic->page = rvh_hgei_page(file);
		WRITE_ONCE(imsic->cpu, smp_processor_id());
	}
	vmm_stat_add(vcpu, guest_file_loads, 1);
}

void rvh_imsic_follow(struct vmm_vcpu *vcpu)
{
	int cpu = READ_ONCE(vcpu->rvh.imsic->cpu);

	if (cpu != IN_MEMORY && cpu != smp_processor_id())
		imsic_fetch(vcpu);
}

bool rvh_imsic_load(struct vmm_vcpu *vcpu)
{
	struct rvh_imsic *imsic = vcpu->rvh.imsic;
	unsigned long vgein = 0;

	lockdep_assert_irqs_disabled();

	if (!imsic->accel)
		return true;
	if (imsic->cpu == IN_MEMORY)
		imsic_enter(vcpu);
	else if (imsic->armed)
		rvh_hgei_disarm(imsic->hgei);
	imsic->armed = false;
	WRITE_ONCE(imsic->rung, false);
	if (imsic->cpu != IN_MEMORY)
		vgein = imsic->hgei;
	vcpu->rvh.ctx.hstatus &= ~HART_HSTATUS_VGEIN;
	vcpu->rvh.ctx.hstatus |= FIELD_PREP(HART_HSTATUS_VGEIN, vgein);
	return vgein || !imsic->must;
}

void rvh_imsic_fail(const struct vmm_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_FAIL_ENTRY;
	run->fail_entry.hardware_entry_failure_reason = KVM_EXIT_FAIL_ENTRY_NO_VSFILE;
	run->fail_entry.cpu = vcpu->cpu;
}

/* ---- halted vCPUs --------------------------------------------------------------------------- */

void rvh_imsic_halt(struct vmm_vcpu *vcpu)
{
	struct rvh_imsic *imsic = vcpu->rvh.imsic;

	/* Of another hart: where the vCPU will go on is open. */
	guard(preempt)();
	rvh_imsic_follow(vcpu);
	guard(irq)();
	if (imsic->cpu == IN_MEMORY)
		return;
	imsic->armed = true;
	rvh_hgei_arm(imsic->hgei);
}

void rvh_imsic_ring(struct vmm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->rvh.imsic->rung, true);
	/* The barrier of vmm_kick() pairs with that of falling asleep. */
	vmm_kick(vcpu);
}

bool rvh_imsic_rings(const struct vmm_vcpu *vcpu)
{
	const struct rvh_imsic *imsic = vcpu->rvh.imsic;

	if (!imsic->accel)
		return false;
	if (READ_ONCE(imsic->rung))
		return true;
	guard(irqsave)();
	return READ_ONCE(imsic->cpu) == smp_processor_id() && rvh_hgei_signals(imsic->hgei);
}

void rvh_imsic_destroy(struct vmm_vcpu *vcpu)
{
	if (!vcpu->rvh.imsic)
		return;
	imsic_fetch(vcpu);
	kfree(vcpu->rvh.imsic);
	vcpu->rvh.imsic = NULL;
}

/* ---- MSIs ----------------------------------------------------------------------------------- */

/* Return: the vCPU has to be told. */
static notrace bool imsic_send(struct rvh_imsic *imsic, u32 id)
{
	guard(raw_spinlock_irqsave)(&imsic->lock);
	if (!imsic->page)
		return vimsic_post(&imsic->file, id);
	/* The hart's file may have more identities. */
	if (id && id <= imsic->file.nr_ids)
		writel(id, imsic->page + VIMSIC_SETEIPNUM_LE);
	return false;
}

notrace void rvh_imsic_post(struct vmm_vcpu *vcpu, u32 id)
{
	struct rvh_imsic *imsic = vcpu->rvh.imsic;

	if (imsic->accel ? imsic_send(imsic, id) : vimsic_post(&imsic->file, id))
		rvh_imsic_tell(vcpu);
}

notrace void rvh_imsic_store(struct vmm_vcpu *vcpu, u32 offset, unsigned int len, u32 value)
{
	u32 id = vimsic_page_id(offset, len, value);

	if (id)
		rvh_imsic_post(vcpu, id);
}

/* ---- the vCPU's own accesses ---------------------------------------------------------------- */

notrace bool rvh_imsic_signals(const struct vmm_vcpu *vcpu)
{
	/* Of a file that is in a hart nothing is pending in memory. */
	return vimsic_signals(&vcpu->rvh.imsic->file);
}

notrace bool rvh_imsic_is_in_memory(const struct vmm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->rvh.imsic->cpu) == IN_MEMORY;
}

void rvh_imsic_home(struct vmm_vcpu *vcpu)
{
	imsic_fetch(vcpu);
}

notrace u32 rvh_imsic_top(const struct vmm_vcpu *vcpu)
{
	return vimsic_top(&vcpu->rvh.imsic->file) >> 16;
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

/* MSIs may arrive meanwhile, so each register by itself; those that do not exist are refused. */
void rvh_imsic_reset(struct vmm_vcpu *vcpu)
{
	struct rvh_imsic *imsic = vcpu->rvh.imsic;
	u32 iselect;

	if (!imsic)
		return;
	imsic_fetch(vcpu);
	for (iselect = VIMSIC_FIRST; iselect <= VIMSIC_LAST; iselect++)
		vimsic_set(&imsic->file, iselect, 0);
}

/* ---- userspace ------------------------------------------------------------------------------ */

bool rvh_imsic_has(const struct vmm_vcpu *vcpu, u32 iselect)
{
	unsigned long value;

	return !vimsic_get(&vcpu->rvh.imsic->file, iselect, &value);
}

/* As vimsic_rmw(). The vCPU may put its file back into a hart each time that it was fetched. */
static int imsic_access(struct vmm_vcpu *vcpu, u32 iselect, unsigned long *old, unsigned long new,
			unsigned long mask)
{
	struct rvh_imsic *imsic = vcpu->rvh.imsic;

	for (;;) {
		imsic_fetch(vcpu);
		guard(raw_spinlock_irqsave)(&imsic->lock);
		if (!imsic->page)
			return vimsic_rmw(&imsic->file, iselect, old, new, mask);
	}
}

int rvh_imsic_get(struct vmm_vcpu *vcpu, u32 iselect, unsigned long *value)
{
	return imsic_access(vcpu, iselect, value, 0, 0);
}

int rvh_imsic_set(struct vmm_vcpu *vcpu, u32 iselect, unsigned long value)
{
	unsigned long old;
	int err = imsic_access(vcpu, iselect, &old, value, ~0UL);

	if (!err)
		rvh_imsic_tell(vcpu);
	return err;
}
