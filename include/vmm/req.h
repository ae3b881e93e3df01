/* SPDX-License-Identifier: GPL-2.0-only */
/* The request word of a vCPU, and how to get its attention. */
#ifndef VMM_REQ_H
#define VMM_REQ_H

#include <linux/bits.h>

struct cpumask;
struct vmm_vcpu;
struct vmm_vm;

#define REQ(name, bit, who, doc) VMM_REQ_##name = BIT(bit),
enum vmm_req {
#include <vmm/requests.def>
};
#undef REQ

/* Requests that the entry path itself can serve with interrupts off. */
#define VMM_REQ_HART	(VMM_REQ_IRQ | VMM_REQ_FENCE)

/* vcpu->mode */
enum vmm_mode {
	VMM_OUTSIDE,		/* looks at the request word before its next guest code */
	VMM_IN_GUEST,		/* has to be interrupted to look at it */
};

/**
 * vmm_req_post() - Make requests visible to a vCPU, without disturbing it.
 * @vcpu: Any vCPU of a live VM.
 * @reqs: Mask of enum vmm_req.
 *
 * What the requester wrote before is visible to the vCPU when it sees the bits.
 *
 * Context: Any, lock-free.
 */
void vmm_req_post(struct vmm_vcpu *vcpu, unsigned long reqs);

/**
 * vmm_req_take() - Fetch and clear requests.
 * @vcpu: The calling thread's vCPU.
 * @mask: Which ones.
 *
 * Context: Any, lock-free; pairs with vmm_req_post().
 * Return:  Those of @mask that were set.
 */
unsigned long vmm_req_take(struct vmm_vcpu *vcpu, unsigned long mask);

/**
 * vmm_kick() - Make a vCPU look at its request word soon.
 * @vcpu: Any vCPU of a live VM.
 *
 * Wakes it when it is halted, interrupts its hart when it runs guest code, does nothing otherwise.
 *
 * Context: Any, including hard interrupts; lock-free.
 */
void vmm_kick(struct vmm_vcpu *vcpu);

/**
 * vmm_yield() - Let a vCPU of the same VM run that has been made to wait for a hart.
 * @vcpu: The calling thread's vCPU, which waits for another.
 *
 * Which one it waits for is not known: it is one's turn after the other's. Of a VM with more vCPUs
 * only some are looked at.
 *
 * Context: Process context, no lock held; may schedule.
 */
void vmm_yield(struct vmm_vcpu *vcpu);

/**
 * vmm_kick_sync() - Post requests to several vCPUs and wait until none runs guest code unaware.
 * @vm:   The VM.
 * @reqs: Mask of enum vmm_req to post to each.
 * @want: Chooses vCPUs; NULL means all.
 * @arg:  For @want.
 *
 * On return every chosen vCPU has left guest mode since the call began, or was outside; it serves
 * the requests before it executes another guest instruction. Halted vCPUs are not woken.
 *
 * Context: Process context, interrupts on; may be slow, does not sleep.
 */
void vmm_kick_sync(struct vmm_vm *vm, unsigned long reqs,
		   bool (*want)(struct vmm_vcpu *vcpu, const void *arg), const void *arg);

#endif
