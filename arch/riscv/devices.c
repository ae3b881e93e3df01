// SPDX-License-Identifier: GPL-2.0-only
/* The devices in the kernel that a VM can have. */
#include <vmm/device.h>

#include <linux/stddef.h>

#include "rvh.h"

const struct vmm_device_ops *const vmm_arch_device_types[] = { &rvh_aia_ops, NULL };

bool vmm_arch_has_irqchip(void)
{
	return rvh_host.ssaia || rvh_host.aia_traps;
}
