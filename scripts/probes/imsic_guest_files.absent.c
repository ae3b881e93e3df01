// SPDX-License-Identifier: GPL-2.0-only
#include <linux/irqchip/riscv-imsic.h>

/* Address and mapping, nothing else. */
static_assert(sizeof(struct imsic_local_config) == sizeof(phys_addr_t) + sizeof(void *));
