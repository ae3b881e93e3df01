/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtual CPU. */
#ifndef VMM_VCPU_H
#define VMM_VCPU_H

#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/sched/signal.h>

#include <vmm/req.h>
#include <vmm/vm.h>

struct kvm_run;

struct vmm_vcpu {
	/* First cache line: what every entry touches. */
	unsigned long	req;		/* enum vmm_req bits, atomic */
	int		mode;		/* enum vmm_mode; see vmm_kick() */
	int		cpu;		/* hart of the last entry, or -1 */
	struct vmm_vm	*vm;
	struct kvm_run	*run;		/* shared with userspace: READ_ONCE each input once */

	/*
	 * The rest of the last user exit, or NULL: called once at the start of the next KVM_RUN.
	 * Returns 0 or -errno (which KVM_RUN returns), or 1 when it made another user exit.
	 */
	int		(*resume)(struct vmm_vcpu *vcpu);

	struct rvh_vcpu	rvh;		/* the RISC-V side; owned by arch/riscv */

	struct mutex	mutex;		/* one ioctl at a time, except the asynchronous ones */
	struct rcuwait	wait;		/* a halted vCPU's thread */
	u32		id;		/* hart id of the guest */
	u32		index;		/* order of creation */
	struct pid	*pid;		/* thread of the last KVM_RUN; under mutex */
	sigset_t	sigmask;	/* of KVM_SET_SIGNAL_MASK; under mutex */
	bool		sigmask_set;
	bool		ran;		/* KVM_RUN was called; under mutex */
};

/**
 * vmm_vcpu_create() - Add a vCPU to a VM.
 * @vm: The VM.
 * @id: Hart id.
 *
 * Context: Process context, sleeps; takes vm->lock.
 * Return:  The vCPU, or an ERR_PTR: -EINVAL (id or count over the limit), -EEXIST, -ENOMEM.
 *          The caller turns it into an fd, or calls vmm_vcpu_uncreate().
 */
struct vmm_vcpu *vmm_vcpu_create(struct vmm_vm *vm, unsigned long id);

/**
 * vmm_run() - KVM_RUN.
 * @vcpu: Its mutex is held by the caller.
 *
 * Context: Process context, sleeps.
 * Return:  0 with kvm_run->exit_reason set; -EINTR, -EFAULT, -EIO.
 */
int vmm_run(struct vmm_vcpu *vcpu);

#endif
