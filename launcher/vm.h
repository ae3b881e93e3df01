/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_VM_H
#define RVRUN_VM_H

#include <stdatomic.h>
#include <stdbool.h>

#include "aia.h"
#include "bus.h"
#include "plic.h"
#include "ram.h"
#include "sbi.h"
#include "serial.h"

struct options;
struct term;
struct vcpu;

/** enum vm_outcome - How the run of a VM ended; the first cause counts. */
enum vm_outcome {
	VM_RUNNING,
	VM_OFF,			/* the guest powered off */
	VM_RESET,		/* the guest asked for a reset */
	VM_FAILED,		/* the guest reported a failure of its own */
	VM_ERROR,		/* KVM or the launcher cannot go on */
	VM_QUIT,		/* the user asked for it */
};

/** struct vm - A virtual machine, from power-on to its first reset. */
struct vm {
	int			kvm_fd;
	int			fd;
	int			wake_fd;	/* eventfd of the main thread, told at the end */
	atomic_int		outcome;	/* enum vm_outcome */

	struct term		*term;
	struct ram		ram;
	struct bus		bus;		/* fixed once vCPUs run */
	struct aia		aia;		/* if there is one: then there is no PLIC */
	struct plic		plic;
	struct serial		serial;
	struct sbi_console	console;

	unsigned int		ncpus;
	unsigned int		nstarted;	/* vCPUs whose thread exists */
	struct vcpu		*vcpus;
};

/**
 * vm_create() - Build a machine, load the guest, and make it ready to start.
 * @vm:      Filled, also in part on failure; release with vm_destroy() in both cases.
 * @wake_fd: eventfd that is written when the machine ends.
 *
 * Return: 0, or -1 after printing why.
 */
int vm_create(struct vm *vm, const struct options *options, struct term *term, int wake_fd);
void vm_destroy(struct vm *vm);

/** vm_start() - Let the vCPUs run, each in a thread. Return: 0, or -1 after printing why. */
int vm_start(struct vm *vm);

/** vm_stop() - Note the end, if it is the first, and wake the main thread; any thread. */
void vm_stop(struct vm *vm, enum vm_outcome outcome);

/** vm_join() - Stop every vCPU and wait for its thread. */
void vm_join(struct vm *vm);

static inline enum vm_outcome vm_outcome(struct vm *vm)
{
	return (enum vm_outcome)atomic_load(&vm->outcome);
}

#endif
