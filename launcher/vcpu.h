/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_VCPU_H
#define RVRUN_VCPU_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kvm_run;
struct vm;

/** struct vcpu - A virtual CPU; hart id and index are the same. */
struct vcpu {
	struct vm	*vm;
	unsigned int	index;
	int		fd;
	struct kvm_run	*run;
	size_t		run_size;
	pthread_t	thread;
};

/** vcpu_create() - Return: 0, or -1 after printing why; then nothing is left to release. */
int vcpu_create(struct vcpu *vcpu, struct vm *vm, unsigned int index);
void vcpu_destroy(struct vcpu *vcpu);

/** vcpu_get_reg() - Read a 64-bit register. Return: 0 or an errno value; prints nothing. */
int vcpu_get_reg(const struct vcpu *vcpu, uint64_t id, uint64_t *value);
int vcpu_set_reg(const struct vcpu *vcpu, uint64_t id, uint64_t value);

/** vcpu_set_irq() - Drive the external interrupt of S-mode, from any thread. */
void vcpu_set_irq(struct vcpu *vcpu, bool level);

/** vcpu_start() - Create the thread that runs the vCPU. Return: 0, or -1 after printing why. */
int vcpu_start(struct vcpu *vcpu);

/** vcpu_join() - Wait for the thread, which ends after vm_stop(). */
void vcpu_join(struct vcpu *vcpu);

/** vcpu_catch_kick() - Install the handler of the signal that vcpu_join() sends; once. */
int vcpu_catch_kick(void);

#endif
