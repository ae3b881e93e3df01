// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vector. The kernel leaves a task's vector registers in memory while it is in the kernel and says
 * so by TIF_RISCV_V_DEFER_RESTORE, wherever others may have been in the hart since: after a context
 * switch and after kernel-mode vector. From the first entry until KVM_RUN returns, this flag is
 * borrowed, and the task's own registers stay in its thread struct ("lent"): while the flag is
 * clear, the hart holds what the vCPU had last.
 *
 * The guest's registers are saved, when it dirtied them, before interrupts are enabled, since a
 * softirq may use vector without a look at what is a guest's.
 */
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/thread_info.h>

#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/vector.h>

#include "hw/csr.h"
#include "hw/switch.h"
#include "rvh.h"

#define VECTOR_REGS	32

#define SAME_PLACE(member, theirs)							\
	static_assert(offsetof(struct rvh_vector, member) ==				\
		      offsetof(struct __riscv_v_ext_state, theirs))

SAME_PLACE(vstart, vstart);
SAME_PLACE(vl, vl);
SAME_PLACE(vtype, vtype);
SAME_PLACE(vcsr, vcsr);
SAME_PLACE(vlenb, vlenb);
SAME_PLACE(regs, datap);

static struct rvh_vector *rvh_vector_of_task(void)
{
	return (struct rvh_vector *)&current->thread.vstate;
}

bool rvh_vector_is_allowed(void)
{
	return riscv_v_vstate_ctrl_user_allowed();
}

int rvh_vector_init(struct vmm_vcpu *vcpu)
{
	if (!rvh_host.vlenb)
		return 0;
	/* Slab memory is in the linear map, which the world switch needs. */
	vcpu->rvh.vector.regs = kcalloc(VECTOR_REGS, rvh_host.vlenb, GFP_KERNEL_ACCOUNT);
	return vcpu->rvh.vector.regs ? 0 : -ENOMEM;
}

void rvh_vector_destroy(struct vmm_vcpu *vcpu)
{
	kfree(vcpu->rvh.vector.regs);
}

void rvh_vector_reset(struct vmm_vcpu *vcpu)
{
	struct rvh_vector *vector = &vcpu->rvh.vector;

	if (!vector->regs)
		return;
	/* Vector v1.0 §3.11 (State of Vector Extension at Reset) */
	vector->vstart = 0;
	vector->vl = 0;
	vector->vtype = HART_VTYPE_VILL;
	vector->vcsr = 0;
	memset(vector->regs, 0, VECTOR_REGS * rvh_host.vlenb);
	vcpu->rvh.vector_stale = true;
}

static void rvh_vector_lend(struct vmm_vcpu *vcpu)
{
	struct pt_regs *regs = task_pt_regs(current);
	unsigned long vs = regs->status & HART_SSTATUS_VS;

	if (vs == HART_SSTATUS_VS_DIRTY)
		hart_vector_save(rvh_vector_of_task());
	vcpu->rvh.vector_of_task = vs;
	vcpu->rvh.vector_lent = true;
	vcpu->rvh.vector_stale = true;
	/* Not off, or the kernel would not set the flag; not dirty, or it would save. */
	regs->status = (regs->status & ~HART_SSTATUS_VS) | HART_SSTATUS_VS_CLEAN;
}

void rvh_vector_load(struct vmm_vcpu *vcpu)
{
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;

	ctx->sstatus &= ~HART_SSTATUS_VS;
	if (!rvisa_has(&vcpu->rvh.isa, RVISA_V))
		return;

	/* Even if the guest has it off: it turns it on without asking. */
	ctx->sstatus |= HART_SSTATUS_VS_CLEAN;
	if (vcpu->rvh.vector_lent && !vcpu->rvh.vector_stale &&
	    !test_thread_flag(TIF_RISCV_V_DEFER_RESTORE))
		return;

	hart_csr_set(HART_CSR_SSTATUS, HART_SSTATUS_VS);
	if (!vcpu->rvh.vector_lent)
		rvh_vector_lend(vcpu);
	hart_vector_restore(&vcpu->rvh.vector);
	hart_csr_clear(HART_CSR_SSTATUS, HART_SSTATUS_VS);
	vcpu->rvh.vector_stale = false;
	clear_thread_flag(TIF_RISCV_V_DEFER_RESTORE);
}

/* As for floating point, see rvh_fp_is_dirty(). */
static bool rvh_vector_is_dirty(const struct vmm_vcpu *vcpu)
{
	return (vcpu->rvh.ctx.sstatus & HART_SSTATUS_VS) == HART_SSTATUS_VS_DIRTY ||
	       (vcpu->rvh.vs.vsstatus & HART_SSTATUS_VS) == HART_SSTATUS_VS_DIRTY;
}

void rvh_vector_put(struct vmm_vcpu *vcpu)
{
	/* A unit that was off has another's registers. */
	if (!(vcpu->rvh.ctx.sstatus & HART_SSTATUS_VS) || !rvh_vector_is_dirty(vcpu))
		return;
	hart_csr_set(HART_CSR_SSTATUS, HART_SSTATUS_VS);
	hart_vector_save(&vcpu->rvh.vector);
	hart_csr_clear(HART_CSR_SSTATUS, HART_SSTATUS_VS);
}

/*
 * The hart still holds the guest's registers. A task that has vector off cannot look at them, and
 * gets its own when it turns vector on; for others the kernel restores them on its way out.
 */
void rvh_vector_return(struct vmm_vcpu *vcpu)
{
	struct pt_regs *regs = task_pt_regs(current);

	vcpu->rvh.vector_lent = false;
	if (!vcpu->rvh.vector_of_task) {
		regs->status &= ~HART_SSTATUS_VS;
		return;
	}
	set_thread_flag(TIF_RISCV_V_DEFER_RESTORE);
	regs->status = (regs->status & ~HART_SSTATUS_VS) | HART_SSTATUS_VS_INITIAL;
}
