/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of virt/core say to each other. */
#ifndef VMM_CORE_H
#define VMM_CORE_H

#include <vmm/addr.h>

struct vmm_vcpu;
struct vmm_vm;

/* Stages of a VM's life. Context: process context, sleep; no other user of the VM. */
int vmm_vcpus_init(struct vmm_vm *vm);
void vmm_vcpus_destroy(struct vmm_vm *vm);

/**
 * vmm_halt() - Block until the vCPU has something to do.
 * @vcpu: The calling thread's vCPU.
 *
 * Context: Process context, sleeps.
 * Return:  0; -EINTR a signal is pending.
 */
int vmm_halt(struct vmm_vcpu *vcpu);

/* vmm_arch_gpt_unmap() of a range of any size. Context: process context, sleeps. */
void vmm_unmap_in_steps(struct vmm_vm *vm, gpa_t start, gpa_t end);

#endif
