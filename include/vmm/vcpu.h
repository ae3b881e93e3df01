/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtual CPU. */
#ifndef VMM_VCPU_H
#define VMM_VCPU_H

#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/sched/signal.h>

#include <vmm/req.h>
#include <vmm/stats.h>
#include <vmm/vm.h>

#include "../../virt/model/dirtyring.h"

struct kvm_run;

struct vmm_vcpu {
	/* First cache line: what every entry touches. */
	unsigned long	req;		/* enum vmm_req bits, atomic */
	int		mode;		/* enum vmm_mode; see vmm_kick() */
	int		cpu;		/* hart of the last entry, or -1 */
	struct vmm_vm	*vm;
	struct kvm_run	*run;		/* shared with userspace: READ_ONCE each input once */
	unsigned long	work;		/* KSHIM_WORK*: what to do before guest code runs */

	/*
	 * The rest of the last user exit, or NULL: called once at the start of the next KVM_RUN.
	 * Returns 0 or -errno (which KVM_RUN returns), or 1 when it made another user exit.
	 */
	int		(*resume)(struct vmm_vcpu *vcpu);

	struct task_struct *runner;	/* in KVM_RUN, or NULL: see vmm_yield() */

	struct vmm_vcpu_stats stats;	/* here, to be in reach of short instructions */

	struct rvh_vcpu	rvh;		/* the RISC-V side; owned by arch/riscv */

	struct dirtyring ring;		/* pushed by KVM_RUN, emptied under slots.lock */

	struct mutex	mutex;		/* one ioctl at a time, except the asynchronous ones */
	struct rcuwait	wait;		/* a halted vCPU's thread */
	unsigned int	halt_poll_ns;	/* how long it polls before it sleeps; its thread's */
	u32		id;		/* hart id of the guest */
	u32		index;		/* order of creation */
	sigset_t	sigmask;	/* of KVM_SET_SIGNAL_MASK; under mutex */
	bool		sigmask_set;
	bool		ran;		/* KVM_RUN was called; under mutex */
};

int vmm_vcpu_cache_init(void);
void vmm_vcpu_cache_exit(void);

/**
 * vmm_vcpu_create() - Make a complete vCPU that nobody can find yet.
 * @vm: The VM.
 * @id: Hart id.
 *
 * Context: Process context, sleeps; vm->lock is held until the vCPU is published or discarded.
 * Return:  The vCPU, or an ERR_PTR: -EINVAL (id or count over the limit), -EEXIST, -ENOMEM.
 */
struct vmm_vcpu *vmm_vcpu_create(struct vmm_vm *vm, unsigned long id);

/**
 * vmm_vcpu_publish() - Make a new vCPU part of its VM; cannot fail.
 * @vcpu: From vmm_vcpu_create().
 *
 * Context: vm->lock held. From here on the vCPU lives as long as the VM.
 */
void vmm_vcpu_publish(struct vmm_vcpu *vcpu);

/**
 * vmm_vcpu_discard() - Undo vmm_vcpu_create().
 * @vcpu: Never published.
 *
 * Context: Process context, sleeps; vm->lock held.
 */
void vmm_vcpu_discard(struct vmm_vcpu *vcpu);

/**
 * vmm_run() - KVM_RUN.
 * @vcpu: Its mutex is held by the caller.
 *
 * Context: Process context, sleeps.
 * Return:  0 with kvm_run->exit_reason set; VMM_STEP_LEAVE when kvm_run->immediate_exit ended it,
 *          which is no exit; -EINTR; -ERESTARTNOHAND (as -EINTR, see
 *          kshim_guest_work()); -EFAULT, -EIO, -ENOMEM.
 */
int vmm_run(struct vmm_vcpu *vcpu);

#endif
