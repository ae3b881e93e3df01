// SPDX-License-Identifier: GPL-2.0-only
#include "slotset.h"

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/minmax.h>

#define SLOT_PAGE_SHIFT	12
#define SLOT_PAGE_SIZE	BIT_ULL(SLOT_PAGE_SHIFT)
#define LOG_WORD	64		/* marks in a word of a log */

static bool range_wraps(u64 start, u64 size)
{
	return start + size < start;
}

int slotset_check(const struct slot_request *req, const struct slot_limits *limits)
{
	u32 slot = req->id & 0xffff;
	u32 space = req->id >> 16;

	if (space || slot >= limits->max_slots)
		return -EINVAL;
	if (req->flags & ~limits->allowed_flags)
		return -EINVAL;
	if (!IS_ALIGNED(req->gpa | req->size | req->hva, SLOT_PAGE_SIZE))
		return -EINVAL;
	if (range_wraps(req->gpa, req->size) || range_wraps(req->hva, req->size))
		return -EINVAL;
	if (req->hva + req->size > limits->hva_limit)
		return -EINVAL;
	if (req->size >> SLOT_PAGE_SHIFT > limits->max_pages)
		return -EINVAL;

	/* A deletion reaches nowhere, whatever address comes with it. */
	if (req->size && req->gpa + req->size > limits->gpa_limit)
		return -EFAULT;
	return 0;
}

static struct slot_info slot_from_request(const struct slot_request *req)
{
	return (struct slot_info) {
		.gfn	= req->gpa >> SLOT_PAGE_SHIFT,
		.npages	= req->size >> SLOT_PAGE_SHIFT,
		.hva	= req->hva,
		.flags	= req->flags,
		.id	= req->id & 0xffff,
	};
}

static int plan_change(const struct slot_info *old, const struct slot_info *next,
		       struct slot_plan *plan)
{
	u32 toggled = old->flags ^ next->flags;

	/* Only where a slot lies and whether it logs can change while it lives. */
	if (next->npages != old->npages || next->hva != old->hva ||
	    toggled & SLOT_FLAG_READONLY)
		return -EINVAL;

	if (next->gfn != old->gfn) {
		plan->change = SLOT_MOVE;
		plan->unmap_old = true;
	} else if (toggled) {
		plan->change = SLOT_FLAGS;
		plan->wrprotect = toggled & next->flags & SLOT_FLAG_LOG_DIRTY;
	} else {
		return 0;
	}
	plan->next = *next;
	return 0;
}

int slotset_plan(const struct slot_request *req, const struct slot_info *old,
		 struct slot_plan *plan)
{
	struct slot_info next = slot_from_request(req);

	*plan = (struct slot_plan) { .change = SLOT_NOTHING };
	if (!req->size) {
		if (!old)
			return -EINVAL;
		plan->change = SLOT_DELETE;
		plan->unmap_old = true;
		return 0;
	}
	if (old)
		return plan_change(old, &next, plan);
	plan->change = SLOT_CREATE;
	plan->next = next;
	return 0;
}

bool slotset_gpa_range(const struct slot_info *slot, u64 start, u64 end, struct slot_range *range)
{
	u64 size = slot->npages << SLOT_PAGE_SHIFT;
	u64 gpa = slot->gfn << SLOT_PAGE_SHIFT;

	start = max(start, slot->hva);
	end = min(end, slot->hva + size);
	if (start >= end)
		return false;
	range->start = gpa + ALIGN_DOWN(start - slot->hva, SLOT_PAGE_SIZE);
	range->end = gpa + ALIGN(end - slot->hva, SLOT_PAGE_SIZE);
	return true;
}

bool slotset_log_has(const struct slot_info *slot, u64 first, u64 count)
{
	if (first % LOG_WORD || first > slot->npages || count > slot->npages - first)
		return false;
	return count % LOG_WORD == 0 || first + count == slot->npages;
}
