// SPDX-License-Identifier: GPL-2.0-only
/* The RISC-V part of a VM. */
#include <linux/slab.h>

#include <asm/timex.h>

#include "rvh.h"

int vmm_arch_vm_init(struct vmm_vm *vm)
{
	int err;

	/* Guest time begins at 0. */
	vm->rvh.time_delta = -get_cycles64();
	rvh_vmid_vm_init(vm);
	rvh_step_vm_init(vm);

	err = rvh_gpt_init(vm);
	if (err)
		return err;
	err = rvh_fence_vm_init(vm);
	if (err)
		rvh_gpt_destroy(vm);
	return err;
}

void vmm_arch_vm_destroy(struct vmm_vm *vm)
{
	kfree(vm->rvh.filter);
	rvh_gpt_destroy(vm);
	rvh_fence_vm_destroy(vm);
}
