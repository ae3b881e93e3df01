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

/**
 * vmidpool_init() - Start with every number free.
 * @pool:  Filled in.
 * @width: Number of VMID bits of the hart, 0 to 14.
 */
void vmidpool_init(struct vmidpool *pool, unsigned int width);

/**
 * vmidpool_alloc() - Take the next number.
 * @pool: Pool to take it from.
 * @vmid: Set to 0..count-1; current as long as the generation does not change.
 *
 * With one number only it is always 0 and generations never change: then whoever switches from
 * one VM to another on a hart has to fence.
 *
 * Context: Caller serialises calls.
 * Return:  true when a new generation began: no number given out before is current, and every
 *          hart's G-stage translations have to be fenced before it uses a new one.
 */
bool vmidpool_alloc(struct vmidpool *pool, u32 *vmid);

#endif
