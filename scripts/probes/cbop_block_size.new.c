// SPDX-License-Identifier: GPL-2.0-only
/* symbols: riscv_cbop_block_size */
#include <asm/cacheflush.h>

static_assert(__same_type(riscv_cbop_block_size, unsigned int));
