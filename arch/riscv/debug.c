// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_SET_GUEST_DEBUG: breakpoints of userspace's, and single-stepping.
 *
 * A hart has no trap after one instruction that a hypervisor could ask for, so the instruction
 * behind the one to be stepped is replaced by c.ebreak while that one runs.
 *
 * Nobody else sees it: the VM's other vCPUs wait meanwhile, and it is taken away at each exit.
 * While it is there exceptions are not delegated, so that one of the stepped instruction is the end
 * of the step as well, and no interrupt is taken; one that was pending before is the step instead.
 *
 * DEVIATION: a stepped instruction that loads from where the next one is, or from the begin of the
 * trap handler, gets to see a c.ebreak, and KVM_RUN fails with EFAULT where the next one cannot be
 * replaced (a read-only slot).
 */
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/mutex.h>

#include <asm/cacheflush.h>

#include <uapi/kvm_abi.h>

#include <vmm/gpa.h>

#include "hw/csr_bits.h"
#include "hw/csr_num.h"
#include "model/step.h"
#include "rvh.h"

#define INSN_C_EBREAK	0x9002

void rvh_step_vm_init(struct vmm_vm *vm)
{
	mutex_init(&vm->rvh.step_lock);
}

/* DEVIATION: hardware breakpoints are accepted and ignored, as in-tree KVM does. */
int vmm_arch_guest_debug(struct vmm_vcpu *vcpu, const struct kvm_guest_debug *dbg)
{
	bool on = dbg->control & KVM_GUESTDBG_ENABLE;

	if (on)
		vcpu->rvh.hedeleg &= ~BIT(HART_CAUSE_BREAKPOINT);
	else
		vcpu->rvh.hedeleg |= BIT(HART_CAUSE_BREAKPOINT);
	vcpu->rvh.step = (struct rvh_step) { .on = on && dbg->control & KVM_GUESTDBG_SINGLESTEP };
	rvh_vcpu_touch(vcpu);
	return 0;
}

enum rvh_verdict rvh_breakpoint(struct vmm_vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_DEBUG;
	return RVH_USER;
}

int rvh_step_park(struct vmm_vcpu *vcpu)
{
	struct mutex *lock = &vcpu->vm->rvh.step_lock;

	/* Before: who steps next posts it again. */
	vmm_req_take(vcpu, VMM_REQ_PARK);
	if (mutex_lock_interruptible(lock))
		return -EINTR;
	mutex_unlock(lock);
	return 0;
}

static bool rvh_step_is_other(struct vmm_vcpu *vcpu, const void *self)
{
	return vcpu != self;
}

/* ---- guest memory --------------------------------------------------------------------------- */

static int rvh_step_read_entry(void *vcpu, u64 gpa, u64 *pte)
{
	return vmm_gpa_read(((struct vmm_vcpu *)vcpu)->vm, gpa, pte, sizeof(*pte));
}

static int rvh_step_find(struct vmm_vcpu *vcpu, u64 gva, u64 *gpa)
{
	return rvstep_translate(vcpu->rvh.vs.vsatp, gva, rvh_step_read_entry, vcpu, gpa);
}

static int rvh_step_read_parcel(struct vmm_vcpu *vcpu, u64 gva, u16 *parcel)
{
	u64 gpa;
	int err = rvh_step_find(vcpu, gva, &gpa);

	return err ? err : vmm_gpa_read(vcpu->vm, gpa, parcel, sizeof(*parcel));
}

static int rvh_step_read_insn(struct vmm_vcpu *vcpu, u32 *raw)
{
	u64 pc = vcpu->rvh.ctx.pc;
	u16 parcel[2] = {};
	int err = rvh_step_read_parcel(vcpu, pc, &parcel[0]);

	/* The second half may be on another page. */
	if (!err && rvinsn_length(parcel[0]) == 4)
		err = rvh_step_read_parcel(vcpu, pc + 2, &parcel[1]);
	*raw = parcel[0] | (u32)parcel[1] << 16;
	return err;
}

/* Return: 0, also where there is nothing to replace, since nothing can be fetched there. */
static int rvh_step_plant(struct vmm_vcpu *vcpu, u64 gva, struct rvh_plant *plant)
{
	int err;

	err = rvh_step_find(vcpu, gva, &plant->gpa);
	if (!err)
		err = vmm_gpa_read(vcpu->vm, plant->gpa, &plant->parcel, sizeof(plant->parcel));
	if (err == -EFAULT || err == -ENOENT)
		return 0;
	if (!err)
		err = vmm_gpa_replace16(vcpu, plant->gpa, plant->parcel, INSN_C_EBREAK);
	if (err)
		return err == -EINTR ? err : -EFAULT;
	plant->there = true;
	return 0;
}

static void rvh_step_unplant(struct vmm_vcpu *vcpu, struct rvh_plant *plant)
{
	if (!plant->there)
		return;
	plant->there = false;
	/* Not when something else is there now: the guest's own store, or other memory. */
	vmm_gpa_replace16(vcpu, plant->gpa, INSN_C_EBREAK, plant->parcel);
}

static int rvh_step_plant_all(struct vmm_vcpu *vcpu, u64 next)
{
	struct rvh_step *step = &vcpu->rvh.step;
	u64 handler = vcpu->rvh.vs.vstvec & ~(u64)HART_STVEC_MODE;
	int err;

	err = rvh_step_plant(vcpu, next, &step->next);
	/* See rvh_step_hedeleg(). Without it the step of an illegal instruction goes too far. */
	if (!err && handler != next && handler != step->pc)
		rvh_step_plant(vcpu, handler, &step->trap);
	flush_icache_all();
	return err;
}

static void rvh_step_unplant_all(struct vmm_vcpu *vcpu)
{
	/* The other way round: they may be the same memory at two addresses. */
	rvh_step_unplant(vcpu, &vcpu->rvh.step.trap);
	rvh_step_unplant(vcpu, &vcpu->rvh.step.next);
	flush_icache_all();
}

/*
 * Illegal instructions stay delegated: firmware that takes them first (OpenSBI 1.6) cannot pass
 * them on to the hypervisor. So the guest's handler begins with an ebreak as well.
 */
unsigned long rvh_step_hedeleg(const struct vmm_vcpu *vcpu)
{
	return vcpu->rvh.hedeleg & BIT(HART_CAUSE_ILLEGAL_INSN);
}

/* ---- interrupts ----------------------------------------------------------------------------- */

/* In the order of their priority, Priv. v1.13 §12.1.3 (Supervisor Interrupt Registers). */
static const u8 rvh_step_irqs[] = { HART_IRQ_SEI, HART_IRQ_SSI, HART_IRQ_STI, HART_IRQ_LCOFI };

/* The interrupt that the hart would take now, or 0. */
static unsigned int rvh_step_irq(struct vmm_vcpu *vcpu)
{
	unsigned long pending = HART_HVIP_TO_VSIP(rvh_irq_pending(vcpu));
	unsigned int i;

	if (!rvh_guest_is_user(vcpu) && !(vcpu->rvh.vs.vsstatus & HART_SSTATUS_SIE))
		return 0;
	for (i = 0; i < ARRAY_SIZE(rvh_step_irqs); i++)
		if (pending & BIT(rvh_step_irqs[i]))
			return rvh_step_irqs[i];
	return 0;
}

static void rvh_step_take_irq(struct vmm_vcpu *vcpu, unsigned int irq)
{
	rvh_raise(vcpu, HART_CAUSE_IRQ | irq, 0);
	rvh_inject(vcpu);
	if ((vcpu->rvh.vs.vstvec & HART_STVEC_MODE) == HART_STVEC_VECTORED)
		vcpu->rvh.ctx.pc += 4 * irq;
}

/* What keeps interrupts away, and does not show in the instruction that is stepped. */
static unsigned long *rvh_step_mask(struct vmm_vcpu *vcpu, u32 raw)
{
	struct rvinsn insn;

	rvinsn_decode(raw, &insn);
	if (insn.kind != RVINSN_CSR || insn.csr == HART_CSR_SSTATUS || rvh_guest_is_user(vcpu))
		return &vcpu->rvh.vs.vsie;
	return &vcpu->rvh.vs.vsstatus;
}

static void rvh_step_run(struct vmm_vcpu *vcpu, u32 raw)
{
	unsigned long *mask = rvh_step_mask(vcpu, raw), kept;
	unsigned long bits = mask == &vcpu->rvh.vs.vsie ? ~0UL : HART_SSTATUS_SIE;

	kept = *mask & bits;
	WRITE_ONCE(*mask, *mask & ~bits);
	rvh_vcpu_touch(vcpu);
	rvh_world_enter(vcpu);
	WRITE_ONCE(*mask, *mask | kept);
	rvh_vcpu_touch(vcpu);
}

/* ---- a step --------------------------------------------------------------------------------- */

static int rvh_step_is_over(struct vmm_vcpu *vcpu)
{
	vcpu->rvh.step.begun = false;
	vcpu->run->exit_reason = KVM_EXIT_DEBUG;
	return VMM_STEP_USER;
}

int rvh_step_prepare(struct vmm_vcpu *vcpu)
{
	struct rvh_step *step = &vcpu->rvh.step;
	unsigned int irq;

	if (step->begun && vcpu->rvh.ctx.pc != step->pc)
		return rvh_step_is_over(vcpu);
	irq = rvh_step_irq(vcpu);
	if (irq) {
		rvh_step_take_irq(vcpu, irq);
		return rvh_step_is_over(vcpu);
	}
	step->begun = true;
	step->pc = vcpu->rvh.ctx.pc;
	return VMM_STEP_AGAIN;
}

/* A jump to itself: what comes next cannot be replaced, so it is done here. */
static void rvh_step_emulate(struct vmm_vcpu *vcpu, const struct rvstep *to)
{
	if (to->link)
		vcpu->rvh.ctx.x[to->link] = vcpu->rvh.ctx.pc + to->len;
	vcpu->rvh.step.looped = true;
}

void rvh_step_enter(struct vmm_vcpu *vcpu)
{
	struct rvh_step *step = &vcpu->rvh.step;
	struct rvstep to;
	u32 raw = 0;

	guard(mutex)(&vcpu->vm->rvh.step_lock);

	/* Who asked for that while this one waited for the lock has made its step. */
	vmm_req_take(vcpu, VMM_REQ_PARK);
	vcpu->rvh.ctx.scause = RVH_CAUSE_NONE;
	step->err = 0;
	/* Also for the tables, which another one might change meanwhile. */
	vmm_kick_sync(vcpu->vm, VMM_REQ_PARK, rvh_step_is_other, vcpu);
	/* What cannot be read cannot be fetched: there will be a trap. */
	if (!rvh_step_read_insn(vcpu, &raw)) {
		rvstep_decode(raw, step->pc, (const u64 *)vcpu->rvh.ctx.x, vcpu->rvh.vs.vsepc,
			      &to);
		if (to.next == step->pc) {
			rvh_step_emulate(vcpu, &to);
			return;
		}
		step->err = rvh_step_plant_all(vcpu, to.next);
	}
	if (!step->err)
		rvh_step_run(vcpu, raw);
	rvh_step_unplant_all(vcpu);
}

bool rvh_step_handle(struct vmm_vcpu *vcpu, int *ret)
{
	struct rvh_step *step = &vcpu->rvh.step;
	unsigned long scause = vcpu->rvh.ctx.scause;

	*ret = step->err;
	if (step->err)
		return true;
	if (step->looped) {
		step->looped = false;
		*ret = rvh_step_is_over(vcpu);
		return true;
	}
	if (scause & HART_CAUSE_IRQ)
		return false;
	/* The trap is that of the next instruction, ours or its own, which will come again. */
	if (vcpu->rvh.ctx.pc != step->pc) {
		*ret = rvh_step_is_over(vcpu);
		return true;
	}
	if (!(vcpu->rvh.hedeleg & BIT(scause)))
		return false;
	/* Of the stepped one, and the guest's own business. */
	rvh_reflect(vcpu);
	rvh_inject(vcpu);
	*ret = rvh_step_is_over(vcpu);
	return true;
}
