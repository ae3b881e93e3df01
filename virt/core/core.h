/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of virt/core say to each other. */
#ifndef VMM_CORE_H
#define VMM_CORE_H

struct vmm_vm;

/* Stages of a VM's life. Context: process context, sleep; no other user of the VM. */
int vmm_vcpus_init(struct vmm_vm *vm);
void vmm_vcpus_destroy(struct vmm_vm *vm);

#endif
