/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtual machine. */
#ifndef VMM_VM_H
#define VMM_VM_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/xarray.h>

#include <vmm/bus.h>
#include <vmm/irqline.h>
#include <vmm/notifier.h>
#include <vmm/slots.h>
#include <vmm/stats.h>

#include "../../arch/riscv/rvh_types.h"

struct mm_struct;
struct vmm_vcpu;

#define VMM_MAX_VCPUS		1024
#define VMM_MAX_VCPU_ID		1024	/* ids are below this */

struct vmm_vm {
	struct mm_struct	*mm;		/* mmgrab()bed; the owner's address space */
	refcount_t		users;		/* every fd and every mmap holds one */
	struct mutex		lock;		/* vCPU and device creation */
	bool			dead;		/* every ioctl fails with EIO; READ_ONCE */
	struct vmm_slots	slots;
	struct vmm_notifier	notifier;
	struct vmm_bus		bus;
	struct vmm_irq		irq;
	struct list_head	devices;	/* struct vmm_device; under lock */
	struct xarray		vcpus;		/* by id; lock-free look-up; live as the VM */
	unsigned int		nr_vcpus;	/* under lock */
	struct vmm_vm_stats	stats;
	s64			halt_poll_max;	/* ns, or -1: the module's; READ_ONCE */
	u32			yield_last;	/* id of the vCPU yielded to; READ_ONCE */

	struct rvh_vm		rvh;
};

/**
 * vmm_vm_create() - A new, empty VM owned by current->mm.
 *
 * Context: Process context, sleeps.
 * Return:  The VM with one reference, or an ERR_PTR: -ENOMEM, -EINTR.
 */
struct vmm_vm *vmm_vm_create(void);

void vmm_vm_get(struct vmm_vm *vm);

/**
 * vmm_vm_put() - Drop a reference; the last one destroys the VM, its vCPUs and slots.
 * @vm: The VM.
 *
 * Context: Process context, sleeps when it is the last one.
 */
void vmm_vm_put(struct vmm_vm *vm);

/**
 * vmm_vm_kill() - Make every further ioctl on the VM fail with EIO.
 * @vm: The VM.
 *
 * For states that must not go on: an internal error that would lose guest memory.
 *
 * Context: Any process context.
 */
void vmm_vm_kill(struct vmm_vm *vm);

/**
 * vmm_vcpu_by_id() - Look a vCPU up by its id, which is its hart id.
 * @vm: The VM.
 * @id: Any value.
 *
 * Context: Any; lock-free. The vCPU lives as long as the VM.
 * Return:  The vCPU, or NULL.
 */
struct vmm_vcpu *vmm_vcpu_by_id(struct vmm_vm *vm, unsigned long id);

/* Every vCPU of a VM; unsigned long @id; may be used under RCU or with a reference on the VM. */
#define vmm_for_each_vcpu(vm, id, vcpu)	xa_for_each(&(vm)->vcpus, id, vcpu)

#endif
