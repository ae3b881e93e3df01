// SPDX-License-Identifier: GPL-2.0-only
/* The devices in the kernel that a VM can have: none yet. */
#include <vmm/arch.h>
#include <vmm/device.h>

#include <linux/stddef.h>

const struct vmm_device_ops *const vmm_arch_device_types[] = { NULL };

bool vmm_arch_has_irqchip(void)
{
	return false;
}
