// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directed yield: a vCPU that waits for another one to do something gives its time to one that was
 * made to wait for a hart. The scheduler knows which those are, so it is asked about a few.
 */
#include <vmm/req.h>
#include <vmm/vcpu.h>

#include <linux/cleanup.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#define YIELD_LOOK	32	/* vCPUs looked at */
#define YIELD_TRY	3	/* questions to the scheduler, which takes locks for each */

/* Halted, stopped or not in KVM_RUN: nothing to gain; in guest code: it has its hart. */
static bool wants_hart(struct vmm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->runner) && !READ_ONCE(vcpu->stats.blocking) &&
	       READ_ONCE(vcpu->mode) == VMM_OUTSIDE;
}

/* Return: as yield_to(): more than 0 when it gets to run, less when nobody else waits here. */
static int yield_to_vcpu(struct vmm_vcpu *vcpu)
{
	struct task_struct *task;
	int done;

	scoped_guard(rcu) {
		/* It sets this to NULL before it exits, and is freed a grace period later. */
		task = READ_ONCE(vcpu->runner);
		if (!task)
			return 0;
		get_task_struct(task);
	}
	done = yield_to(task, true);
	put_task_struct(task);
	return done;
}

/* The vCPU behind *id, and around from the last to the first. */
static struct vmm_vcpu *next_vcpu(struct vmm_vm *vm, unsigned long *id)
{
	struct vmm_vcpu *vcpu = xa_find_after(&vm->vcpus, id, VMM_MAX_VCPU_ID, XA_PRESENT);

	if (vcpu)
		return vcpu;
	*id = 0;
	return xa_find(&vm->vcpus, id, VMM_MAX_VCPU_ID, XA_PRESENT);
}

void vmm_yield(struct vmm_vcpu *vcpu)
{
	unsigned int look = YIELD_LOOK, try = YIELD_TRY;
	struct vmm_vm *vm = vcpu->vm;
	unsigned long id = READ_ONCE(vm->yield_last);
	struct vmm_vcpu *other;
	int done = 0;

	while (look-- && try && !done) {
		other = next_vcpu(vm, &id);
		if (!other || other == vcpu || !wants_hart(other))
			continue;
		try--;
		done = yield_to_vcpu(other);
	}
	if (done > 0)
		WRITE_ONCE(vm->yield_last, id);
}
