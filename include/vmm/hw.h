/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's harts as a whole. */
#ifndef VMM_HW_H
#define VMM_HW_H

/**
 * vmm_hw_check_free() - Does another KVM own the harts?
 *
 * Touches no hart, so it may come first.
 *
 * Context: Module initialisation.
 * Return:  0 or -EBUSY.
 */
int vmm_hw_check_free(void);

/**
 * vmm_hw_enable() - Prepare all harts for guests, and those that come online later.
 *
 * Context: Module initialisation, sleeps.
 * Return:  0; -EBUSY another KVM came first; what vmm_arch_cpu_enable() says.
 */
int vmm_hw_enable(void);
void vmm_hw_disable(void);

#endif
