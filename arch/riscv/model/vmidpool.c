// SPDX-License-Identifier: GPL-2.0-only
#include "vmidpool.h"

void vmidpool_init(struct vmidpool *pool, unsigned int width)
{
	pool->generation = 1;
	pool->next = 0;
	pool->count = 1U << width;
}

bool vmidpool_alloc(struct vmidpool *pool, u32 *vmid)
{
	bool wrapped = false;

	if (pool->count == 1) {
		*vmid = 0;
		return false;
	}
	if (pool->next == pool->count) {
		pool->generation++;
		pool->next = 0;
		wrapped = true;
	}
	*vmid = pool->next++;
	return wrapped;
}
