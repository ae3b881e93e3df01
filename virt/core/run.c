// SPDX-License-Identifier: GPL-2.0-only
/* KVM_RUN: finish the last user exit, then prepare, enter and handle until userspace is needed. */
#include <vmm/arch.h>
#include <vmm/dirty.h>
#include <vmm/stats.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>

#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/signal.h>

#include <compat/kshim.h>
#include <uapi/kvm_abi.h>

#include "core.h"

/* What keeps a vCPU from guest code until somebody else has done something. */
static int run_hindered(struct vmm_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->req) & VMM_REQ_DEAD)
		return -EIO;
	return vmm_dirty_ring_leave(vcpu);
}

static int run_once(struct vmm_vcpu *vcpu)
{
	int step;

	if (unlikely(READ_ONCE(vcpu->req) & (VMM_REQ_DEAD | VMM_REQ_RING))) {
		step = run_hindered(vcpu);
		if (step != VMM_STEP_AGAIN)
			return step;
	}

	if (unlikely(kshim_guest_work_pending(KSHIM_TIF_RESCHED)))
		vmm_arch_preempt(vcpu);
	step = kshim_guest_work(vcpu->work);
	if (step)
		return step;

	step = vmm_arch_prepare(vcpu);
	if (step != VMM_STEP_AGAIN)
		return step;

	vmm_arch_enter(vcpu);
	return vmm_arch_handle(vcpu);
}

static int run_loop(struct vmm_vcpu *vcpu)
{
	int step;

	vcpu->work = KSHIM_WORK_FIRST;
	do {
		step = run_once(vcpu);
		if (step == VMM_STEP_HALT)
			step = vmm_halt(vcpu);
	} while (step == VMM_STEP_AGAIN);

	if (step == -EINTR)
		vmm_stat_add(vcpu, signal_exits, 1);
	return step;
}

static int run_resume(struct vmm_vcpu *vcpu)
{
	int (*resume)(struct vmm_vcpu *vcpu) = vcpu->resume;

	if (!resume)
		return VMM_STEP_AGAIN;
	vcpu->resume = NULL;
	return resume(vcpu);
}

/*
 * A signal that the thread blocks and KVM_SET_SIGNAL_MASK lets through ends KVM_RUN and stays
 * pending: real_blocked keeps the kernel from acting on it here.
 */
static void run_mask_signals(struct vmm_vcpu *vcpu)
{
	if (vcpu->sigmask_set)
		sigprocmask(SIG_SETMASK, &vcpu->sigmask, &current->real_blocked);
}

static void run_unmask_signals(struct vmm_vcpu *vcpu)
{
	if (!vcpu->sigmask_set)
		return;
	sigprocmask(SIG_SETMASK, &current->real_blocked, NULL);
	sigemptyset(&current->real_blocked);
}

/* What userspace gets to see: of -ERESTARTNOHAND nothing, unless a handler runs before. */
static int run_result(int step)
{
	switch (step) {
	case VMM_STEP_USER:
		return 0;
	case VMM_STEP_LEAVE:
		return -EINTR;
	default:
		return step;
	}
}

int vmm_run(struct vmm_vcpu *vcpu)
{
	int step;

	lockdep_assert_held(&vcpu->mutex);

	vcpu->ran = true;
	/* For vmm_yield(), which takes a reference under RCU: the task outlives that. */
	WRITE_ONCE(vcpu->runner, current);
	run_mask_signals(vcpu);

	step = run_resume(vcpu);
	if (step == VMM_STEP_AGAIN && READ_ONCE(vcpu->run->immediate_exit__unsafe))
		step = VMM_STEP_LEAVE;
	else if (step == VMM_STEP_AGAIN)
		step = run_loop(vcpu);

	vmm_arch_run_done(vcpu);
	run_unmask_signals(vcpu);
	WRITE_ONCE(vcpu->runner, NULL);
	trace_kvm_userspace_exit(vcpu->id, vcpu->run->exit_reason, run_result(step));
	return step == VMM_STEP_USER ? 0 : step;
}
