// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floating point. The guest's registers are loaded at every entry and saved when it dirtied them;
 * the host task's stay in its thread struct from the first entry until KVM_RUN returns ("lent").
 * A context switch in between finds them clean there, saves nothing, and may restore them: both
 * are harmless, as nothing of the guest is in the registers outside of interrupts-off code that
 * anyone needs.
 */
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>

#include <asm/processor.h>
#include <asm/ptrace.h>

#include "hw/csr.h"
#include "hw/switch.h"
#include "rvh.h"

static_assert(offsetof(struct rvh_fp, f) == offsetof(struct __riscv_d_ext_state, f));
static_assert(offsetof(struct rvh_fp, fcsr) == offsetof(struct __riscv_d_ext_state, fcsr));

static struct rvh_fp *rvh_fp_of_task(void)
{
	return (struct rvh_fp *)&current->thread.fstate;
}

static void rvh_fp_lend(struct vmm_vcpu *vcpu)
{
	struct pt_regs *regs = task_pt_regs(current);

	if ((regs->status & HART_SSTATUS_FS) == HART_SSTATUS_FS_DIRTY) {
		hart_fp_save(rvh_fp_of_task());
		regs->status = (regs->status & ~HART_SSTATUS_FS) | HART_SSTATUS_FS_CLEAN;
	}
	vcpu->rvh.fp_lent = true;
}

/* Interrupts off. */
void rvh_fp_load(struct vmm_vcpu *vcpu)
{
	struct rvh_ctx *ctx = &vcpu->rvh.ctx;

	ctx->sstatus &= ~HART_SSTATUS_FS;
	if (!rvh_host.fp)
		return;

	hart_csr_set(HART_CSR_SSTATUS, HART_SSTATUS_FS);
	if (!vcpu->rvh.fp_lent)
		rvh_fp_lend(vcpu);
	if (rvisa_has(&vcpu->rvh.isa, RVISA_F)) {
		hart_fp_restore(&vcpu->rvh.fp);
		ctx->sstatus |= HART_SSTATUS_FS_CLEAN;
	}
	hart_csr_clear(HART_CSR_SSTATUS, HART_SSTATUS_FS);
}

/*
 * An access in V=1 marks both vsstatus.FS and sstatus.FS, Priv. v1.12 §8.2.11. QEMU up to 11 marks
 * vsstatus alone when only fcsr is written.
 */
static bool rvh_fp_is_dirty(const struct vmm_vcpu *vcpu)
{
	return (vcpu->rvh.ctx.sstatus & HART_SSTATUS_FS) == HART_SSTATUS_FS_DIRTY ||
	       (vcpu->rvh.vs.vsstatus & HART_SSTATUS_FS) == HART_SSTATUS_FS_DIRTY;
}

/* Interrupts off. */
void rvh_fp_put(struct vmm_vcpu *vcpu)
{
	/* A unit that was off has another's registers. */
	if (!(vcpu->rvh.ctx.sstatus & HART_SSTATUS_FS) || !rvh_fp_is_dirty(vcpu))
		return;
	hart_csr_set(HART_CSR_SSTATUS, HART_SSTATUS_FS);
	hart_fp_save(&vcpu->rvh.fp);
	hart_csr_clear(HART_CSR_SSTATUS, HART_SSTATUS_FS);
}

void rvh_fp_return(struct vmm_vcpu *vcpu)
{
	struct pt_regs *regs = task_pt_regs(current);

	vcpu->rvh.fp_lent = false;

	preempt_disable();
	if (regs->status & HART_SSTATUS_FS) {
		hart_csr_set(HART_CSR_SSTATUS, HART_SSTATUS_FS);
		hart_fp_restore(rvh_fp_of_task());
		hart_csr_clear(HART_CSR_SSTATUS, HART_SSTATUS_FS);
	}
	preempt_enable();
}
