/* SPDX-License-Identifier: GPL-2.0-only */
/* VMID numbers in generations: pure bookkeeping, the caller locks and fences. */
#ifndef RVH_MODEL_VMIDPOOL_H
#define RVH_MODEL_VMIDPOOL_H

#include <linux/types.h>

struct vmidpool {
	u64	generation;	/* starts at 1, so that 0 never is current */
	u32	next;
	u32	count;		/* 1 << width; 1 means that VMIDs cannot be told apart */
};

void vmidpool_init(struct vmidpool *pool, unsigned int width);
bool vmidpool_alloc(struct vmidpool *pool, u32 *vmid);

#endif
