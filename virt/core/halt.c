// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU with nothing to do. Sleep and waking cost more than many halts last, so it looks for work
 * for a while first, as long as nobody else wants the hart; virt/model/haltpoll.c says how long.
 */
#include <vmm/arch.h>
#include <vmm/stats.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>

#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>

#include "core.h"
#include "model/haltpoll.h"

static unsigned int halt_poll_ns = 500000;
module_param(halt_poll_ns, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns, "longest polling of a halted vCPU in ns, 0 for none; "
		 "KVM_CAP_HALT_POLL sets a VM's own");

static unsigned int halt_poll_ns_grow = 2;
module_param(halt_poll_ns_grow, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns_grow, "factor by which the polling gets longer, 0 for never");

static unsigned int halt_poll_ns_grow_start = 10000;
module_param(halt_poll_ns_grow_start, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns_grow_start, "what it gets to from nothing, in ns");

static unsigned int halt_poll_ns_shrink = 2;
module_param(halt_poll_ns_shrink, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns_shrink, "divisor by which it gets shorter, 0: to nothing at once");

/* Hart requests are served at entry: a halted vCPU has nothing to fence and no register to load. */
static bool halt_is_over(struct vmm_vcpu *vcpu)
{
	return (READ_ONCE(vcpu->req) & ~VMM_REQ_HART) || vmm_arch_runnable(vcpu);
}

static bool halt_may_poll(u64 now, u64 stop)
{
	return now < stop && single_task_running() && !need_resched() && !signal_pending(current);
}

/* Look for work until there is some, the time is up, or the hart is wanted. */
static bool halt_poll(struct vmm_vcpu *vcpu, u64 start, u64 length)
{
	u64 now = start, stop = start + length;
	bool over;

	vmm_stat_add(vcpu, halt_attempted_poll, 1);
	while (!(over = halt_is_over(vcpu)) && halt_may_poll(now, stop)) {
		cpu_relax();
		now = ktime_get_ns();
	}

	now -= start;
	if (!over) {
		vmm_stat_add(vcpu, halt_poll_fail_ns, now);
		vmm_stat_add(vcpu, halt_poll_fail_hist[vmm_stat_bucket(now)], 1);
		return false;
	}
	vmm_stat_add(vcpu, halt_successful_poll, 1);
	vmm_stat_add(vcpu, halt_poll_success_ns, now);
	vmm_stat_add(vcpu, halt_poll_success_hist[vmm_stat_bucket(now)], 1);
	if (!vmm_arch_runnable(vcpu))
		vmm_stat_add(vcpu, halt_poll_invalid, 1);
	return true;
}

static int halt_sleep(struct vmm_vcpu *vcpu)
{
	u64 waited = ktime_get_ns();
	int err;

	vmm_stat_set(vcpu, blocking, 1);
	vmm_arch_halt_begin(vcpu);
	err = rcuwait_wait_event(&vcpu->wait, halt_is_over(vcpu), TASK_INTERRUPTIBLE);
	vmm_arch_halt_end(vcpu);
	vmm_stat_set(vcpu, blocking, 0);

	waited = ktime_get_ns() - waited;
	vmm_stat_add(vcpu, halt_wait_ns, waited);
	vmm_stat_add(vcpu, halt_wait_hist[vmm_stat_bucket(waited)], 1);
	if (!err)
		vmm_stat_add(vcpu, halt_wakeup, 1);
	return err;
}

static unsigned int halt_poll_max(const struct vmm_vcpu *vcpu)
{
	s64 max = READ_ONCE(vcpu->vm->halt_poll_max);

	return max < 0 ? READ_ONCE(halt_poll_ns) : max;
}

static void halt_learn(struct vmm_vcpu *vcpu, u64 halted)
{
	const struct haltpoll_rule rule = {
		.max		= halt_poll_max(vcpu),
		.grow		= READ_ONCE(halt_poll_ns_grow),
		.grow_start	= READ_ONCE(halt_poll_ns_grow_start),
		.shrink		= READ_ONCE(halt_poll_ns_shrink),
	};
	unsigned int old = vcpu->halt_poll_ns;

	vcpu->halt_poll_ns = haltpoll_next(&rule, old, halted);
	if (vcpu->halt_poll_ns != old)
		trace_kvm_halt_poll_ns(vcpu->id, vcpu->halt_poll_ns, old);
}

int vmm_halt(struct vmm_vcpu *vcpu)
{
	u64 halted, start = ktime_get_ns();
	unsigned int poll;
	bool polled;
	int err = 0;

	/* The limit may have been lowered since the last halt. */
	poll = min(vcpu->halt_poll_ns, halt_poll_max(vcpu));
	polled = poll && halt_poll(vcpu, start, poll);
	if (!polled)
		err = halt_sleep(vcpu);

	halted = ktime_get_ns() - start;
	if (!err)
		halt_learn(vcpu, halted);
	trace_kvm_vcpu_wakeup(vcpu->id, halted, !polled, !err);
	return err;
}
