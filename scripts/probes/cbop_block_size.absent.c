// SPDX-License-Identifier: GPL-2.0-only
#include <asm/cacheflush.h>

void riscv_cbop_block_size(void);	/* an error where the kernel declares the variable */
