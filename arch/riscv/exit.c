// SPDX-License-Identifier: GPL-2.0-only
/*
 * From scause to a handler, and from the handler's verdict to the guest: the only place that moves
 * the guest's pc or raises an exception in it.
 */
#include <linux/context_tracking.h>

#include <uapi/kvm_abi.h>

#include <vmm/trace.h>

#include "hw/csr_bits.h"
#include "hw/switch.h"
#include "rvh.h"

struct rvh_exit {
	enum rvh_verdict (*fast)(struct vmm_vcpu *vcpu);
	unsigned long again;		/* what tells switch.S to go on */
	enum rvh_verdict (*slow)(struct vmm_vcpu *vcpu);
};

/* What reads a CSR may have changed any register. */
#define READS_CSR(cause) \
	((cause) == HART_CAUSE_VIRTUAL_INSN || (cause) == HART_CAUSE_ILLEGAL_INSN)

#define EXIT(cause, fast, slow, doc) \
	[cause] = { fast, READS_CSR(cause) ? HART_FAST_RELOAD : HART_FAST_AGAIN, slow },
static const struct rvh_exit rvh_exits[] = {
#include "exits.def"
};
#undef EXIT

/* The cause is the hart's, and no number that a guest chooses. */
static __always_inline const struct rvh_exit *rvh_exit_find(unsigned long scause)
{
	return scause < ARRAY_SIZE(rvh_exits) ? &rvh_exits[scause] : NULL;
}

void rvh_advance(struct vmm_vcpu *vcpu, unsigned int len)
{
	vcpu->rvh.ctx.pc += len;
}

enum rvh_verdict rvh_raise(struct vmm_vcpu *vcpu, unsigned long cause, unsigned long tval)
{
	if (unlikely(READ_ONCE(vcpu->rvh.irq.fw_counted)))
		rvh_pmu_count_trap(vcpu, cause);
	vcpu->rvh.inject.cause = cause;
	vcpu->rvh.inject.tval = tval;
	vcpu->rvh.inject.pc = vcpu->rvh.ctx.pc;
	return RVH_INJECT;
}

/* What a hart does when it takes a trap into VS-mode, Priv. v1.12 §8.6.2 (Trap Entry). */
void rvh_inject(struct vmm_vcpu *vcpu)
{
	const struct rvh_fault_info *inject = &vcpu->rvh.inject;
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	struct rvh_vs *vs = &vcpu->rvh.vs;
	unsigned long status = vs->vsstatus;

	status &= ~(HART_SSTATUS_SPP | HART_SSTATUS_SPIE);
	status |= ctx->sstatus & HART_SSTATUS_SPP;
	if (status & HART_SSTATUS_SIE)
		status |= HART_SSTATUS_SPIE;
	status &= ~HART_SSTATUS_SIE;

	vs->vsstatus = status;
	vs->vsepc = inject->pc;
	vs->vscause = inject->cause;
	vs->vstval = inject->tval;
	/* Exceptions go to BASE in either mode of vstvec. */
	ctx->pc = vs->vstvec & ~3UL;
	ctx->sstatus |= HART_SSTATUS_SPP;
	rvh_vcpu_touch(vcpu);
}

enum rvh_verdict rvh_reflect(struct vmm_vcpu *vcpu)
{
	return rvh_raise(vcpu, vcpu->rvh.ctx.scause, vcpu->rvh.ctx.stval);
}

/* For what no fast handler counts. */
static notrace void rvh_exit_count(struct vmm_vcpu *vcpu, unsigned long scause)
{
	if (scause & HART_CAUSE_IRQ) {
		vmm_stat_add(vcpu, interrupt_exits, 1);
		return;
	}
	switch (scause) {
	case HART_CAUSE_ILLEGAL_INSN:
		vmm_stat_add(vcpu, instr_illegal_exits, 1);
		break;
	case HART_CAUSE_LOAD_MISALIGNED:
		vmm_stat_add(vcpu, load_misaligned_exits, 1);
		break;
	case HART_CAUSE_LOAD_ACCESS:
		vmm_stat_add(vcpu, load_access_exits, 1);
		break;
	case HART_CAUSE_STORE_MISALIGNED:
		vmm_stat_add(vcpu, store_misaligned_exits, 1);
		break;
	case HART_CAUSE_STORE_ACCESS:
		vmm_stat_add(vcpu, store_access_exits, 1);
		break;
	case HART_CAUSE_ECALL_VS:
		vmm_stat_add(vcpu, ecall_exit_stat, 1);
		break;
	case HART_CAUSE_VIRTUAL_INSN:
		vmm_stat_add(vcpu, virtual_insn_exits, 1);
		break;
	case HART_CAUSE_INSN_GUEST_PAGE:
	case HART_CAUSE_LOAD_GUEST_PAGE:
	case HART_CAUSE_STORE_GUEST_PAGE:
		vmm_stat_add(vcpu, guest_page_faults, 1);
		break;
	default:
		vmm_stat_add(vcpu, other_exits, 1);
	}
}

static notrace bool rvh_exit_is_fault(unsigned long scause)
{
	return scause == HART_CAUSE_INSN_GUEST_PAGE || scause == HART_CAUSE_LOAD_GUEST_PAGE ||
	       scause == HART_CAUSE_STORE_GUEST_PAGE;
}

noinline notrace void rvh_exit_trace(const struct vmm_vcpu *vcpu)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	struct vmm_trace_trap trap = { .id = vcpu->id, .sepc = ctx->pc, .scause = ctx->scause };

	/* The others leave nothing there, and it is not looked at: see hart_trap. */
	if (!(ctx->scause & HART_CAUSE_IRQ) && ctx->scause != HART_CAUSE_ECALL_VS) {
		trap.stval = ctx->stval;
		trap.htval = ctx->htval;
		trap.htinst = ctx->htinst;
	}
	trace_kvm_exit(&trap);
	if (ctx->scause == HART_CAUSE_ECALL_VS)
		trace_kvm_sbi(vcpu->id, &ctx->x[10]);
	else if (rvh_exit_is_fault(ctx->scause))
		trace_kvm_page_fault(&trap);
}

static noinline notrace void rvh_exit_trace_entry(const struct vmm_vcpu *vcpu)
{
	trace_kvm_entry(vcpu->id, vcpu->rvh.ctx.pc);
}

/* The inner loop ends. What is left to do is in ctx->scause. */
static noinline notrace unsigned long rvh_fast_end(struct vmm_vcpu *vcpu, enum rvh_verdict verdict)
{
	if (verdict == RVH_USER)
		vcpu->rvh.ctx.scause = RVH_CAUSE_USER;
	else if (verdict <= RVH_ADVANCE)
		vcpu->rvh.ctx.scause = RVH_CAUSE_NONE;
	return HART_FAST_LEAVE;
}

static noinline notrace unsigned long rvh_fast_none(struct vmm_vcpu *vcpu)
{
	rvh_exit_count(vcpu, vcpu->rvh.ctx.scause);
	return HART_FAST_LEAVE;
}

/* The exit is dealt with: on with the guest, @verdict bytes further, if nothing is in the way. */
static __always_inline unsigned long rvh_fast_go_on(struct vmm_vcpu *vcpu,
						    enum rvh_verdict verdict, unsigned long again)
{
	vcpu->rvh.ctx.pc += verdict;
	if (unlikely(!rvh_world_may_go_on(vcpu)))
		return rvh_fast_end(vcpu, verdict);
	if (unlikely(trace_kvm_entry_enabled()))
		rvh_exit_trace_entry(vcpu);
	return again;
}

/*
 * One exit, in the inner loop. On a hart with context tracking (nohz_full) C code has to run out of
 * guest context, so there every exit leaves the loop.
 */
notrace unsigned long rvh_fast(struct rvh_ctx *ctx)
{
	struct vmm_vcpu *vcpu = rvh_ctx_to_vcpu(ctx);
	const struct rvh_exit *exit;
	enum rvh_verdict verdict;

	if (context_tracking_enabled_this_cpu())
		return rvh_fast_none(vcpu);
	if (unlikely(rvh_exit_is_traced()))
		rvh_exit_trace(vcpu);
	exit = rvh_exit_find(ctx->scause);
	if (!exit || !exit->fast)
		return rvh_fast_none(vcpu);
	verdict = exit->fast(vcpu);
	if (unlikely(verdict > RVH_ADVANCE))
		return rvh_fast_end(vcpu, verdict);
	return rvh_fast_go_on(vcpu, verdict, exit->again);
}

/* The same for SBI calls, which there are most of: past the table of exits. */
notrace unsigned long rvh_fast_call(struct rvh_ctx *ctx)
{
	struct vmm_vcpu *vcpu = rvh_ctx_to_vcpu(ctx);
	const struct rvh_sbi_hot *hot;
	enum rvh_verdict verdict;

	if (context_tracking_enabled_this_cpu())
		return rvh_fast_none(vcpu);
	if (unlikely(trace_kvm_exit_enabled() || trace_kvm_sbi_enabled()))
		rvh_exit_trace(vcpu);
	vmm_stat_add(vcpu, ecall_exit_stat, 1);
	hot = &rvh_sbi_hot[vcpu->rvh.ctx.x[17] % RVH_SBI_HOT];
	if (likely(hot->eid == vcpu->rvh.ctx.x[17] && vcpu->rvh.sbi_fast & hot->bit))
		verdict = hot->answer(vcpu);
	else
		verdict = rvh_sbi_fast(vcpu);
	if (unlikely(verdict != RVH_ADVANCE))
		return rvh_fast_end(vcpu, verdict);
	return rvh_fast_go_on(vcpu, RVH_ADVANCE, HART_FAST_AGAIN);
}

static int rvh_apply(struct vmm_vcpu *vcpu, enum rvh_verdict verdict)
{
	switch (verdict) {
	case RVH_SLOW:
		break;
	case RVH_AGAIN:
		return VMM_STEP_AGAIN;
	case RVH_ADVANCE:
		rvh_advance(vcpu, 4);
		return VMM_STEP_AGAIN;
	case RVH_ADVANCE_SHORT:
		rvh_advance(vcpu, 2);
		return VMM_STEP_AGAIN;
	case RVH_INJECT:
		rvh_inject(vcpu);
		return VMM_STEP_AGAIN;
	case RVH_USER:
		return VMM_STEP_USER;
	case RVH_HALT:
		rvh_advance(vcpu, 4);
		return VMM_STEP_HALT;
	case RVH_EFAULT:
		return -EFAULT;
	case RVH_EHWPOISON:
		return -EHWPOISON;
	case RVH_EINTR:
		return -EINTR;
	case RVH_EIO:
		break;
	}
	return -EIO;
}

int vmm_arch_handle(struct vmm_vcpu *vcpu)
{
	unsigned long scause = vcpu->rvh.ctx.scause;
	const struct rvh_exit *exit;
	int step;

	if (unlikely(vcpu->rvh.step.on) && rvh_step_handle(vcpu, &step))
		return step;
	if (scause == RVH_CAUSE_USER)
		return VMM_STEP_USER;
	if (unlikely(scause == RVH_CAUSE_NO_FILE)) {
		rvh_imsic_fail(vcpu);
		return VMM_STEP_USER;
	}
	/* A host interrupt was taken when interrupts were turned on. */
	if (scause == RVH_CAUSE_NONE || scause & HART_CAUSE_IRQ)
		return VMM_STEP_AGAIN;

	exit = rvh_exit_find(scause);
	if (!exit || !exit->slow)
		return -EIO;
	return rvh_apply(vcpu, exit->slow(vcpu));
}
