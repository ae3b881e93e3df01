// SPDX-License-Identifier: GPL-2.0-only
/*
 * Getting a vCPU's attention.
 *
 * The vCPU stores mode = VMM_IN_GUEST, executes a full barrier and then reads its request word; who
 * posts a request executes a full barrier after it and then reads the mode. One of the two sees the
 * other's store. The same pairing covers vcpu->cpu, which is stored before that barrier: who reads
 * an old hart there has posted early enough to be seen by the vCPU itself.
 */
#include <vmm/req.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>

#include <linux/atomic.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#include <trace/events/ipi.h>

/* Harts to interrupt in vmm_kick_sync(): too large for the stack on some kernels. */
static DEFINE_PER_CPU(cpumask_t, req_harts);

void vmm_req_post(struct vmm_vcpu *vcpu, unsigned long reqs)
{
	/* What the requester wrote before; pairs with smp_mb() in vmm_req_take(). */
	smp_mb__before_atomic();
	atomic_long_or(reqs, (atomic_long_t *)&vcpu->req);
}

unsigned long vmm_req_take(struct vmm_vcpu *vcpu, unsigned long mask)
{
	/* The common case costs one load, and a request posted right now comes with a kick. */
	if (!(READ_ONCE(vcpu->req) & mask))
		return 0;
	/* Fully ordered: the bits are gone before what they stand for is looked at. */
	return atomic_long_fetch_andnot(mask, (atomic_long_t *)&vcpu->req) & mask;
}

void vmm_kick(struct vmm_vcpu *vcpu)
{
	int cpu;

	trace_kvm_kick(vcpu->id, READ_ONCE(vcpu->mode), READ_ONCE(vcpu->req));
	/*
	 * Wakes it when it is halted. Its full barrier, between the request and the reads below,
	 * pairs with smp_store_mb() in vmm_arch_enter().
	 */
	rcuwait_wake_up(&vcpu->wait);

	/* With preemption off no hart goes offline, so the one that is found here is there. */
	guard(preempt)();
	if (READ_ONCE(vcpu->mode) != VMM_IN_GUEST)
		return;
	/* A vCPU in guest mode on this very hart has been stopped by whatever runs here. */
	cpu = READ_ONCE(vcpu->cpu);
	if (cpu != smp_processor_id() && cpu >= 0)
		smp_send_reschedule(cpu);
}

static void req_interrupted(void *unused)
{
}

void vmm_kick_sync(struct vmm_vm *vm, unsigned long reqs,
		   bool (*want)(struct vmm_vcpu *vcpu, const void *arg), const void *arg)
{
	struct vmm_vcpu *vcpu;
	struct cpumask *harts;
	unsigned long id;
	int cpu;

	guard(preempt)();
	harts = this_cpu_ptr(&req_harts);
	cpumask_clear(harts);

	vmm_for_each_vcpu(vm, id, vcpu) {
		if (want && !want(vcpu, arg))
			continue;
		vmm_req_post(vcpu, reqs);
		smp_mb(); /* pairs with smp_store_mb() in vmm_arch_enter() */
		/* Acquire: when it is outside, what it did in the guest is over. */
		if (smp_load_acquire(&vcpu->mode) != VMM_IN_GUEST)
			continue;
		cpu = READ_ONCE(vcpu->cpu);
		if (cpu >= 0)
			cpumask_set_cpu(cpu, harts);
	}

	/* The hart runs this only when it has left the guest; skips the calling hart. */
	smp_call_function_many(harts, req_interrupted, NULL, true);
}

struct vmm_vcpu *vmm_vcpu_by_id(struct vmm_vm *vm, unsigned long id)
{
	return xa_load(&vm->vcpus, id);
}

void vmm_vm_kill(struct vmm_vm *vm)
{
	struct vmm_vcpu *vcpu;
	unsigned long id;

	WRITE_ONCE(vm->dead, true);
	vmm_for_each_vcpu(vm, id, vcpu) {
		vmm_req_post(vcpu, VMM_REQ_DEAD);
		vmm_kick(vcpu);
	}
}
