// SPDX-License-Identifier: GPL-2.0-only
/* Virtual CPUs: creation, registers, and the loop around KVM_RUN. */
#define _GNU_SOURCE	/* pthread_timedjoin_np */
#include "vcpu.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "exit.h"
#include "kvm_uapi.h"
#include "msg.h"
#include "vm.h"

#define KICK_SIGNAL	SIGUSR1
#define KICK_PERIOD_NS	20000000

/* What the handler of KICK_SIGNAL, running in a vCPU's thread, has to tell. */
static _Thread_local struct kvm_run *current_run;

int vcpu_create(struct vcpu *vcpu, struct vm *vm, unsigned int index)
{
	int size = ioctl(vm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);

	*vcpu = (struct vcpu){ .vm = vm, .index = index };
	if (size < (int)sizeof(struct kvm_run)) {
		msg_error("KVM_GET_VCPU_MMAP_SIZE: %s", size < 0 ? strerror(errno) : "too small");
		return -1;
	}
	vcpu->run_size = (size_t)size;

	vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)index);
	if (vcpu->fd < 0) {
		msg_error("KVM_CREATE_VCPU %u: %s", index, strerror(errno));
		return -1;
	}
	vcpu->run = mmap(NULL, vcpu->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED) {
		msg_error("cannot map vCPU %u: %s", index, strerror(errno));
		close(vcpu->fd);
		return -1;
	}
	return 0;
}

void vcpu_destroy(struct vcpu *vcpu)
{
	munmap(vcpu->run, vcpu->run_size);
	close(vcpu->fd);
}

int vcpu_get_reg(const struct vcpu *vcpu, uint64_t id, uint64_t *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg) ? errno : 0;
}

int vcpu_set_reg(const struct vcpu *vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg) ? errno : 0;
}

void vcpu_set_irq(struct vcpu *vcpu, bool level)
{
	struct kvm_interrupt irq = { .irq = level ? KVM_INTERRUPT_SET : KVM_INTERRUPT_UNSET };

	if (!ioctl(vcpu->fd, KVM_INTERRUPT, &irq))
		return;
	msg_error("vCPU %u: KVM_INTERRUPT: %s", vcpu->index, strerror(errno));
	vm_stop(vcpu->vm, VM_ERROR);
}

/*
 * A signal that arrives just before KVM_RUN would be lost, so KVM has to be told through
 * shared memory as well (Documentation/virt/kvm/api.rst, immediate_exit).
 */
static void vcpu_handle_kick(int signo)
{
	(void)signo;
	if (current_run)
		__atomic_store_n(&current_run->immediate_exit, 1, __ATOMIC_RELAXED);
}

int vcpu_catch_kick(void)
{
	/* No SA_RESTART: a blocked write() has to return too. */
	struct sigaction action = { .sa_handler = vcpu_handle_kick };

	if (!sigaction(KICK_SIGNAL, &action, NULL))
		return 0;
	msg_error("cannot catch signal %d: %s", KICK_SIGNAL, strerror(errno));
	return -1;
}

/* Enter the guest once. Return false when the vCPU is to end. */
static bool vcpu_run_once(struct vcpu *vcpu)
{
	uint64_t pc = 0;
	int err;

	if (!ioctl(vcpu->fd, KVM_RUN, 0))
		return exit_handle(vcpu);

	err = errno;
	if (err == EINTR || err == EAGAIN) {
		__atomic_store_n(&vcpu->run->immediate_exit, 0, __ATOMIC_RELAXED);
		return true;
	}
	vcpu_get_reg(vcpu, ONEREG_PC, &pc);
	msg_error("vCPU %u: KVM_RUN: %s (pc 0x%llx)", vcpu->index, strerror(err),
		  (unsigned long long)pc);
	vm_stop(vcpu->vm, VM_ERROR);
	return false;
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;
	bool more = true;

	current_run = vcpu->run;
	while (more && vm_outcome(vcpu->vm) == VM_RUNNING)
		more = vcpu_run_once(vcpu);
	current_run = NULL;
	return NULL;
}

int vcpu_start(struct vcpu *vcpu)
{
	int err = pthread_create(&vcpu->thread, NULL, vcpu_thread, vcpu);

	if (err)
		msg_error("cannot start the thread of vCPU %u: %s", vcpu->index, strerror(err));
	return err ? -1 : 0;
}

/* Repeated, because a write() that has not quite begun to block misses the signal. */
void vcpu_join(struct vcpu *vcpu)
{
	struct timespec deadline;

	do {
		pthread_kill(vcpu->thread, KICK_SIGNAL);
		clock_gettime(CLOCK_REALTIME, &deadline);
		deadline.tv_nsec += KICK_PERIOD_NS;
		if (deadline.tv_nsec >= 1000000000) {
			deadline.tv_nsec -= 1000000000;
			deadline.tv_sec++;
		}
	} while (pthread_timedjoin_np(vcpu->thread, NULL, &deadline) == ETIMEDOUT);
}
