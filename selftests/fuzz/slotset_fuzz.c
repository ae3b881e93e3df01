// SPDX-License-Identifier: GPL-2.0-only
/* Changes of memory slots: whatever is accepted leaves slots that lie where they may. */
#include "fuzz.h"

#include <linux/string.h>

#include "../../virt/model/slotset.h"

#define SLOTS		4
#define GUEST_PAGES	64
#define HOST_PAGES	4096

static const struct slot_limits limits = {
	.gpa_limit	= GUEST_PAGES << 12,
	.hva_limit	= HOST_PAGES << 12,
	.max_pages	= 48,
	.max_slots	= SLOTS,
	.allowed_flags	= SLOT_FLAG_LOG_DIRTY | SLOT_FLAG_READONLY,
};

/* One request: small numbers by themselves, any bits when asked for. */
struct input {
	u8	id;
	u8	flags;
	u8	gfn;
	u8	npages;
	u8	host;
	u8	wild;		/* which field to disturb */
	u8	bit;		/* by which bit */
};

static struct slot_request make_request(const struct input *in)
{
	struct slot_request req = {
		.id = in->id % (SLOTS + 1), .flags = in->flags & 3, .gpa = (u64)in->gfn << 12,
		.size = (u64)in->npages << 12, .hva = (u64)in->host << 12,
	};
	u64 bit = 1ULL << in->bit % 64;

	switch (in->wild) {
	case 0:
		req.id ^= bit;
		break;
	case 1:
		req.flags ^= bit;
		break;
	case 2:
		req.gpa ^= bit;
		break;
	case 3:
		req.size ^= bit;
		break;
	case 4:
		req.hva ^= bit;
		break;
	}
	return req;
}

/* Every accepted slot, written down from the definition of the ABI rather than from the code. */
static void check_slot(const struct slot_info *slot, const struct slot_request *req)
{
	FUZZ_CHECK(slot->npages && slot->npages <= limits.max_pages, "pages");
	FUZZ_CHECK(slot->gfn < GUEST_PAGES && slot->npages <= GUEST_PAGES - slot->gfn, "guest");
	FUZZ_CHECK(slot->hva >> 12 <= HOST_PAGES - slot->npages && !(slot->hva & 0xfff), "host");
	FUZZ_CHECK(!(slot->flags & ~3), "flags");
	FUZZ_CHECK(slot->id == req->id && slot->id < SLOTS, "number");
	FUZZ_CHECK(slot->gfn << 12 == req->gpa && slot->npages << 12 == req->size &&
		   slot->hva == req->hva && slot->flags == req->flags, "not what was asked for");
}

static void apply(struct slot_info *slots, const struct slot_request *req)
{
	struct slot_info *slot = &slots[req->id];
	struct slot_info *old = slot->npages ? slot : NULL;
	struct slot_plan plan;
	unsigned int i;

	if (slotset_plan(req, old, &plan))
		return;
	FUZZ_CHECK(plan.unmap_old == (plan.change == SLOT_DELETE || plan.change == SLOT_MOVE),
		   "unmapping");
	switch (plan.change) {
	case SLOT_NOTHING:
		FUZZ_CHECK(old, "nothing to do for a slot that is not there");
		check_slot(old, req);
		return;
	case SLOT_DELETE:
		FUZZ_CHECK(old && !req->size, "deletion");
		memset(slot, 0, sizeof(*slot));
		return;
	case SLOT_MOVE:
	case SLOT_FLAGS:
		FUZZ_CHECK(old && old->hva == plan.next.hva && old->npages == plan.next.npages &&
			   !((old->flags ^ plan.next.flags) & SLOT_FLAG_READONLY), "kept");
		FUZZ_CHECK((old->gfn != plan.next.gfn) == plan.unmap_old, "moved");
		break;
	case SLOT_CREATE:
		FUZZ_CHECK(!old && !plan.wrprotect, "created");
		break;
	}
	check_slot(&plan.next, req);
	for (i = 0; i < SLOTS; i++)
		if (i != req->id && slots[i].npages && slotset_overlap(&slots[i], &plan.next))
			return;
	*slot = plan.next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slot_info slots[SLOTS] = {};
	unsigned int i, page, owners;
	struct input in;

	for (; size >= sizeof(in); data += sizeof(in), size -= sizeof(in)) {
		struct slot_request req;

		memcpy(&in, data, sizeof(in));
		req = make_request(&in);
		if (!slotset_check(&req, &limits))
			apply(slots, &req);
	}
	for (page = 0; page < GUEST_PAGES; page++) {
		for (i = 0, owners = 0; i < SLOTS; i++)
			owners += page >= slots[i].gfn && page < slots[i].gfn + slots[i].npages;
		FUZZ_CHECK(owners <= 1, "page %u is in %u slots", page, owners);
	}
	return 0;
}
