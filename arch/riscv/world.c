// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest entry and exit: make a vCPU's registers resident on this hart, run the inner loop, take
 * them back. All of it with interrupts off, since a vCPU is resident only while nothing else can
 * run on the hart; no preempt notifier is needed.
 */
#include <linux/bitfield.h>
#include <linux/context_tracking.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/vtime.h>

#include <compat/kshim.h>

#include "hw/csr.h"
#include "hw/switch.h"
#include "rvh.h"

/* Whose VS-level CSRs this hart holds: they survive until another vCPU is loaded. */
static DEFINE_PER_CPU(struct vmm_vcpu *, rvh_resident);

void rvh_world_cpu_reset(void)
{
	__this_cpu_write(rvh_resident, NULL);
}

static void rvh_vs_load(const struct rvh_vs *vs)
{
	hart_csr_write(HART_CSR_VSSTATUS, vs->vsstatus);
	hart_csr_write(HART_CSR_VSIE, vs->vsie);
	hart_csr_write(HART_CSR_VSTVEC, vs->vstvec);
	hart_csr_write(HART_CSR_VSSCRATCH, vs->vsscratch);
	hart_csr_write(HART_CSR_VSEPC, vs->vsepc);
	hart_csr_write(HART_CSR_VSCAUSE, vs->vscause);
	hart_csr_write(HART_CSR_VSTVAL, vs->vstval);
	hart_csr_write(HART_CSR_VSATP, vs->vsatp);
}

/* On a hart with Ssaia: of all guests, for without Smstateen none can be kept from siselect. */
static void rvh_vs_load_aia(const struct rvh_vs *vs)
{
	hart_csr_write(HART_CSR_VSISELECT, vs->vsiselect);
	hart_csr_write(HART_CSR_HVIPRIO1, vs->hviprio1);
	hart_csr_write(HART_CSR_HVIPRIO2, vs->hviprio2);
	/* rvh_irq_load() gives a guest with Ssaia its own. */
	hart_csr_write(HART_CSR_HVICTL, 0);
}

static void rvh_vs_save(struct rvh_vs *vs)
{
	vs->vsstatus = hart_csr_read(HART_CSR_VSSTATUS);
	WRITE_ONCE(vs->vsie, hart_csr_read(HART_CSR_VSIE));
	vs->vstvec = hart_csr_read(HART_CSR_VSTVEC);
	vs->vsscratch = hart_csr_read(HART_CSR_VSSCRATCH);
	vs->vsepc = hart_csr_read(HART_CSR_VSEPC);
	vs->vscause = hart_csr_read(HART_CSR_VSCAUSE);
	vs->vstval = hart_csr_read(HART_CSR_VSTVAL);
	vs->vsatp = hart_csr_read(HART_CSR_VSATP);
}

static void rvh_config_load(const struct vmm_vcpu *vcpu)
{
	/* Each trap is the end of a step. */
	hart_csr_write(HART_CSR_HEDELEG, vcpu->rvh.step.on ? rvh_step_hedeleg(vcpu) :
							     vcpu->rvh.hedeleg);
	hart_csr_write(HART_CSR_HENVCFG, vcpu->rvh.henvcfg);
	if (rvh_host.smstateen)
		hart_csr_write(HART_CSR_HSTATEEN0, vcpu->rvh.hstateen0);
}

/* Both worlds' user code goes by these; the values of the one wait in the place of the other's. */
static void rvh_user_swap(struct vmm_vcpu *vcpu)
{
	struct rvh_vs *vs = &vcpu->rvh.vs;

	vs->scounteren = hart_csr_swap(HART_CSR_SCOUNTEREN, vs->scounteren);
	vs->senvcfg = hart_csr_swap(HART_CSR_SENVCFG, vs->senvcfg);
	if (vcpu->rvh.hstateen0 & HART_STATEEN0_SE0)
		vs->sstateen0 = hart_csr_swap(HART_CSR_SSTATEEN0, vs->sstateen0);
}

/* Everything of the guest that the host neither uses nor preserves, and what both use. */
static void rvh_world_load(struct vmm_vcpu *vcpu, bool moved)
{
	const struct vmm_vm *vm = vcpu->vm;
	struct rvh_vs *vs = &vcpu->rvh.vs;

	rvh_irq_merge(vcpu);
	if (moved || vcpu->rvh.vs_stale || __this_cpu_read(rvh_resident) != vcpu) {
		rvh_vs_load(vs);
		if (rvh_host.ssaia)
			rvh_vs_load_aia(vs);
		rvh_config_load(vcpu);
		__this_cpu_write(rvh_resident, vcpu);
		vcpu->rvh.vs_stale = false;
	}
	hart_csr_write(HART_CSR_HTIMEDELTA, READ_ONCE(vm->rvh.time_delta));
	hart_csr_write(HART_CSR_HGATP, vm->rvh.gpt.hgatp |
		       FIELD_PREP(HART_HGATP_VMID, READ_ONCE(vm->rvh.vmid.number)));
	rvh_fence_load(vcpu);
	rvh_irq_load(vcpu, vs->hvip);

	rvh_user_swap(vcpu);
	rvh_timer_load(vcpu);
	rvh_fp_load(vcpu);
	if (vcpu->rvh.vector.regs)
		rvh_vector_load(vcpu);
}

static void rvh_world_put(struct vmm_vcpu *vcpu)
{
	struct rvh_vs *vs = &vcpu->rvh.vs;

	rvh_timer_put(vcpu);
	rvh_user_swap(vcpu);
	/* A pending guest external interrupt would end every wfi of the host, too. */
	if (vcpu->rvh.ctx.hstatus & HART_HSTATUS_VGEIN)
		hart_csr_clear(HART_CSR_HSTATUS, HART_HSTATUS_VGEIN);

	/* The guest clears VSSIP itself. What stays pending would end every wfi of the host. */
	WRITE_ONCE(vs->hvip, hart_csr_swap(HART_CSR_HVIP, 0));
	rvh_vs_save(vs);
	if (rvh_host.ssaia)
		vs->vsiselect = hart_csr_read(HART_CSR_VSISELECT);
	/* By what vsstatus says, too. */
	rvh_fp_put(vcpu);
	if (vcpu->rvh.vector.regs)
		rvh_vector_put(vcpu);
}

/*
 * An exit with no transformed instruction (htinst) whose handler will need one, or an SBI call with
 * a pointer: read it while the guest's translation is still on the hart.
 */
static void rvh_fetch_insn(struct vmm_vcpu *vcpu)
{
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	unsigned long hstatus = ctx->hstatus & ~HART_HSTATUS_SPVP;
	gpa_t gpa;

	switch (ctx->scause) {
	case HART_CAUSE_LOAD_GUEST_PAGE:
	case HART_CAUSE_STORE_GUEST_PAGE: {
		const struct vmm_slot *slot;

		/* Bit 0: the hart told it, Priv. v1.12 §8.6.3. */
		if (ctx->htinst & 1)
			return;
		gpa = ctx->htval << 2;
		slot = vmm_slot_find(vcpu->vm, gpa_to_gfn(gpa));
		if (slot && !vmm_slot_is_readonly(slot))
			return;
		break;
	}
	case HART_CAUSE_VIRTUAL_INSN:
	case HART_CAUSE_ILLEGAL_INSN:
		if (ctx->stval)
			return;
		break;
	case HART_CAUSE_ECALL_VS:
		rvh_legacy_fetch(vcpu, hstatus | HART_HSTATUS_SPVP);
		return;
	default:
		return;
	}

	if (ctx->sstatus & HART_SSTATUS_SPP)
		hstatus |= HART_HSTATUS_SPVP;
	vcpu->rvh.insn_valid = !hart_fetch_insn(ctx->pc, &vcpu->rvh.insn, hstatus);
}

notrace bool rvh_world_serve(struct vmm_vcpu *vcpu)
{
	unsigned long reqs;

	if (READ_ONCE(vcpu->req) & ~VMM_REQ_HART)
		return false;
	reqs = vmm_req_take(vcpu, VMM_REQ_HART);
	if (reqs & VMM_REQ_FENCE)
		rvh_fence_drain(vcpu);
	if (reqs & VMM_REQ_IRQ) {
		WRITE_ONCE(vcpu->rvh.vs.hvip, hart_csr_read(HART_CSR_HVIP));
		if (rvh_irq_merge(vcpu))
			rvh_irq_load(vcpu, vcpu->rvh.vs.hvip);
	}
	return !kshim_guest_work_pending(vcpu->work);
}

/* Guest time is accounted to the task, and is no place where RCU has to watch. */
static void rvh_run_guest(struct vmm_vcpu *vcpu)
{
	bool tracked;

	trace_kvm_entry(vcpu->id, vcpu->rvh.ctx.pc);
	vtime_account_guest_enter();
	tracked = context_tracking_guest_enter();
	hart_run(&vcpu->rvh.ctx);
	/* Set by the last trap: the kernel's next sret would go to virtual mode. */
	hart_csr_clear(HART_CSR_HSTATUS, HART_HSTATUS_SPV);
	context_tracking_guest_exit();
	/* Without context tracking nobody tells RCU that this hart passed a quiescent state. */
	if (!tracked)
		rcu_virt_note_context_switch();
	/* What rvh_fast() has not seen, or not out of guest context. */
	if (unlikely(rvh_exit_is_traced()) && (tracked || rvh_exit_is_irq(&vcpu->rvh.ctx)))
		rvh_exit_trace(vcpu);
	rvh_fetch_insn(vcpu);
}

static bool rvh_world_may_enter(struct vmm_vcpu *vcpu)
{
	if (vcpu->rvh.imsic && !rvh_imsic_load(vcpu)) {
		vcpu->rvh.ctx.scause = RVH_CAUSE_NO_FILE;
		return false;
	}
	return rvh_vmid_is_current(vcpu->vm) && !(READ_ONCE(vcpu->req) & ~VMM_REQ_HART);
}

void rvh_world_enter(struct vmm_vcpu *vcpu)
{
	bool moved, ran = false;
	int cpu;

	vcpu->rvh.ctx.scause = RVH_CAUSE_NONE;
	vcpu->rvh.insn_valid = false;
	vcpu->rvh.no_slot = false;
	vcpu->rvh.absent = false;

	preempt_disable();
	if (vcpu->rvh.imsic)
		rvh_imsic_follow(vcpu);
	local_irq_disable();

	cpu = smp_processor_id();
	moved = vcpu->cpu != cpu;
	WRITE_ONCE(vcpu->cpu, cpu);
	/*
	 * Pairs with the barrier in vmm_kick(): either the kicker sees IN_GUEST and interrupts this
	 * hart, or what it posted is seen below.
	 */
	smp_store_mb(vcpu->mode, VMM_IN_GUEST);

	if (rvh_world_may_enter(vcpu)) {
		rvh_world_load(vcpu, moved);
		ran = rvh_world_may_go_on(vcpu);
		if (ran) {
			vcpu->work = KSHIM_WORK;
			rvh_run_guest(vcpu);
		}
		rvh_world_put(vcpu);
	}

	/* Pairs with vmm_kick_sync(): what the guest did is over before this is seen. */
	smp_store_release(&vcpu->mode, VMM_OUTSIDE);
	if (rvh_exit_is_irq(&vcpu->rvh.ctx))
		rvh_perf_begin(vcpu);
	local_irq_enable();
	if (ran) {
		/* The interrupt just taken ended guest time, so it is accounted before this. */
		local_irq_disable();
		rvh_perf_end();
		vtime_account_guest_exit();
		local_irq_enable();
	}
	preempt_enable();
}

void vmm_arch_enter(struct vmm_vcpu *vcpu)
{
	if (unlikely(vcpu->rvh.step.on))
		rvh_step_enter(vcpu);
	else
		rvh_world_enter(vcpu);
}
