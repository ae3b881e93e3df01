// SPDX-License-Identifier: GPL-2.0-only
/* Life cycle of a VM: stages that are entered in order and left in reverse. */
#include <vmm/arch.h>
#include <vmm/bus.h>
#include <vmm/device.h>
#include <vmm/irqline.h>
#include <vmm/stats.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/err.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "core.h"

struct vm_stage {
	int	(*init)(struct vmm_vm *vm);
	void	(*exit)(struct vmm_vm *vm);
};

/*
 * The notifier comes after slots and G-stage, which its callbacks use, and goes before them. Slots
 * outlive the G-stage, which holds translations of their pages. Devices use vCPUs and, as interrupt
 * controllers, stand behind the eventfds of vmm_irq, which outlive them. Statistics are read while
 * all else is there.
 */
static const struct vm_stage vm_stages[] = {
	{ vmm_slots_init,	vmm_slots_destroy },
	{ vmm_bus_init,		vmm_bus_destroy },
	{ vmm_irq_init,		vmm_irq_destroy },
	{ vmm_arch_vm_init,	vmm_arch_vm_destroy },
	{ vmm_vcpus_init,	vmm_vcpus_destroy },
	{ vmm_devices_init,	vmm_devices_destroy },
	{ vmm_notifier_init,	vmm_notifier_destroy },
	{ vmm_stats_vm_init,	vmm_stats_vm_destroy },
};

static void vm_leave_stages(struct vmm_vm *vm, unsigned int reached)
{
	while (reached--)
		vm_stages[reached].exit(vm);
}

static void vm_free(struct vmm_vm *vm)
{
	mmdrop(vm->mm);
	mutex_destroy(&vm->lock);
	kfree(vm);
}

struct vmm_vm *vmm_vm_create(void)
{
	struct vmm_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	unsigned int i;
	int err;

	if (!vm)
		return ERR_PTR(-ENOMEM);
	refcount_set(&vm->users, 1);
	mutex_init(&vm->lock);
	vm->halt_poll_max = -1;
	vm->mm = current->mm;
	mmgrab(vm->mm);

	for (i = 0; i < ARRAY_SIZE(vm_stages); i++) {
		err = vm_stages[i].init(vm);
		if (err) {
			vm_leave_stages(vm, i);
			vm_free(vm);
			return ERR_PTR(err);
		}
	}
	return vm;
}

void vmm_vm_get(struct vmm_vm *vm)
{
	refcount_inc(&vm->users);
}

void vmm_vm_put(struct vmm_vm *vm)
{
	if (!refcount_dec_and_test(&vm->users))
		return;
	vm_leave_stages(vm, ARRAY_SIZE(vm_stages));
	vm_free(vm);
}
