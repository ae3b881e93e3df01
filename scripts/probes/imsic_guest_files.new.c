// SPDX-License-Identifier: GPL-2.0-only
#include <linux/irqchip/riscv-imsic.h>

static_assert(__same_type(((struct imsic_local_config *)0)->nr_guest_files, u32));
