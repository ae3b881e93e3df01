// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's timer. With Sstc the hart raises VSTIP itself while the vCPU is resident, and an
 * hrtimer only wakes a halted vCPU; without it the hrtimer posts VSTIP whenever it is due.
 * Guest time is host time plus one delta for the whole VM.
 *
 * The callback only posts, kicks and wakes, so it runs in interrupt context with PREEMPT_RT, too.
 */
#include <linux/cleanup.h>
#include <linux/hrtimer.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>

#include <asm/timex.h>

#include <vmm/trace.h>

#include <compat/kshim.h>

#include "hw/csr.h"
#include "rvh.h"

#define TIMER_NEVER	U64_MAX

/* Keeps ticks * 10^9 inside 63 bits; a timer that fires early starts itself again. */
#define TIMER_MAX_TICKS	BIT_ULL(32)

u64 rvh_timer_now(const struct vmm_vm *vm)
{
	return get_cycles64() + READ_ONCE(vm->rvh.time_delta);
}

static u64 rvh_timer_ns_left(const struct vmm_vcpu *vcpu)
{
	u64 compare = READ_ONCE(vcpu->rvh.vs.vstimecmp);
	u64 now = rvh_timer_now(vcpu->vm);

	if (compare <= now)
		return 0;
	return min(compare - now, TIMER_MAX_TICKS) * NSEC_PER_SEC / rvh_host.timebase;
}

bool rvh_timer_is_due(const struct vmm_vcpu *vcpu)
{
	u64 compare = READ_ONCE(vcpu->rvh.vs.vstimecmp);

	return compare != TIMER_NEVER && compare <= rvh_timer_now(vcpu->vm);
}

static void rvh_timer_start(struct vmm_vcpu *vcpu)
{
	hrtimer_start(&vcpu->rvh.timer.hrt, ns_to_ktime(rvh_timer_ns_left(vcpu)),
		      HRTIMER_MODE_REL_HARD);
}

/*
 * Without Sstc the vCPU's thread may set the timer meanwhile, on another hart, and so start what
 * runs here: hrtimer_forward() must not be called then, but to start it once more is harmless.
 */
static void rvh_timer_fired_soft(struct vmm_vcpu *vcpu)
{
	guard(raw_spinlock)(&vcpu->rvh.timer.lock);

	if (rvh_timer_ns_left(vcpu))
		rvh_timer_start(vcpu);
	else
		rvh_irq_post(vcpu, HART_HVIP_VSTIP, 0);
}

static enum hrtimer_restart rvh_timer_fired(struct hrtimer *hrt)
{
	struct vmm_vcpu *vcpu = container_of(hrt, struct vmm_vcpu, rvh.timer.hrt);
	u64 ns;

	if (trace_kvm_timer_fire_enabled())
		trace_kvm_timer_fire(vcpu->id, READ_ONCE(vcpu->rvh.vs.vstimecmp),
				     rvh_timer_now(vcpu->vm));
	if (!rvh_host.sstc) {
		rvh_timer_fired_soft(vcpu);
		return HRTIMER_NORESTART;
	}
	/* Nobody else starts it: the vCPU's thread sleeps, or waits for the end of this. */
	ns = rvh_timer_ns_left(vcpu);
	if (ns) {
		hrtimer_forward_now(hrt, ns_to_ktime(ns));
		return HRTIMER_RESTART;
	}
	vmm_kick(vcpu);
	return HRTIMER_NORESTART;
}

void rvh_timer_init(struct vmm_vcpu *vcpu)
{
	kshim_hrtimer_init(&vcpu->rvh.timer.hrt, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD,
			   rvh_timer_fired);
	raw_spin_lock_init(&vcpu->rvh.timer.lock);
	vcpu->rvh.vs.vstimecmp = TIMER_NEVER;
}

void rvh_timer_destroy(struct vmm_vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->rvh.timer.hrt);
}

/* Without Sstc: hvip.VSTIP follows the comparison, SBI v3.0 §6.1 (Set Timer). */
static void rvh_timer_follow(struct vmm_vcpu *vcpu)
{
	lockdep_assert_held(&vcpu->rvh.timer.lock);

	/* A callback that waits for the lock looks again. */
	hrtimer_try_to_cancel(&vcpu->rvh.timer.hrt);
	if (rvh_timer_is_due(vcpu)) {
		rvh_irq_post(vcpu, HART_HVIP_VSTIP, 0);
		return;
	}
	rvh_irq_post(vcpu, 0, HART_HVIP_VSTIP);
	if (vcpu->rvh.vs.vstimecmp != TIMER_NEVER)
		rvh_timer_start(vcpu);
}

static void rvh_timer_set_soft(struct vmm_vcpu *vcpu, u64 compare)
{
	guard(raw_spinlock_irqsave)(&vcpu->rvh.timer.lock);

	WRITE_ONCE(vcpu->rvh.vs.vstimecmp, compare);
	rvh_timer_follow(vcpu);
}

void rvh_timer_retime(struct vmm_vcpu *vcpu)
{
	/* With it the hart compares, or the halted vCPU, which is woken. */
	if (rvh_host.sstc)
		return;
	guard(raw_spinlock_irqsave)(&vcpu->rvh.timer.lock);
	rvh_timer_follow(vcpu);
}

void rvh_timer_set(struct vmm_vcpu *vcpu, u64 compare)
{
	if (trace_kvm_timer_set_enabled())
		trace_kvm_timer_set(vcpu->id, compare, rvh_timer_now(vcpu->vm));
	if (!rvh_host.sstc) {
		rvh_timer_set_soft(vcpu, compare);
		return;
	}
	WRITE_ONCE(vcpu->rvh.vs.vstimecmp, compare);
	if (vcpu->mode == VMM_IN_GUEST)
		hart_csr_write(HART_CSR_VSTIMECMP, compare);
}

void rvh_timer_load(struct vmm_vcpu *vcpu)
{
	if (rvh_host.sstc)
		hart_csr_write(HART_CSR_VSTIMECMP, vcpu->rvh.vs.vstimecmp);
}

void rvh_timer_put(struct vmm_vcpu *vcpu)
{
	/* Left armed it would end every idle wfi of the host once it is due. */
	if (rvh_host.sstc)
		WRITE_ONCE(vcpu->rvh.vs.vstimecmp, hart_csr_swap(HART_CSR_VSTIMECMP, TIMER_NEVER));
}

void rvh_timer_halt_begin(struct vmm_vcpu *vcpu)
{
	if (rvh_host.sstc && vcpu->rvh.vs.vstimecmp != TIMER_NEVER)
		rvh_timer_start(vcpu);
}

void rvh_timer_halt_end(struct vmm_vcpu *vcpu)
{
	if (rvh_host.sstc)
		hrtimer_cancel(&vcpu->rvh.timer.hrt);
}
