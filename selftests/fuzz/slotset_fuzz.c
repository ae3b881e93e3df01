// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of memory slots beside a list of them, with the rules of the ABI written down once more,
 * in arithmetic that cannot overflow. Input: a byte of mode, requests.
 */
#include "fuzz.h"

#include <linux/errno.h>
#include <linux/string.h>

#include "../../virt/model/slotset.h"

#define MAX_SLOTS	32767
#define MAX_LIVE	4096
#define PAGE		4096

typedef unsigned __int128 wide;

/* A small machine, where everything is near everything; and what hosts have. */
static const struct slot_limits machines[] = {
	{ 64 * PAGE, 4096 * PAGE, 48, 4, SLOT_FLAG_LOG_DIRTY | SLOT_FLAG_READONLY },
	{ 1ULL << 41, 1ULL << 38, (1ULL << 31) - 1, MAX_SLOTS, 3 },
	{ 1ULL << 50, 1ULL << 47, (1ULL << 31) - 1, MAX_SLOTS, 3 },
	{ 1ULL << 59, 1ULL << 56, (1ULL << 31) - 1, MAX_SLOTS, SLOT_FLAG_LOG_DIRTY },
};

enum anchor {
	ANCHOR_BOTTOM,
	ANCHOR_GPA_LIMIT,
	ANCHOR_HVA_LIMIT,
	ANCHOR_MAX_PAGES,
	ANCHOR_WRAP,
	ANCHOR_SLOT,		/* the slot of that number, as it is */
	ANCHOR_MANY,		/* many small slots, one behind the other */
	ANCHORS,
};

/* One request: some number of pages from an interesting place; one bit wrong when asked for. */
struct input {
	u8	anchor;
	u8	wild;		/* which field to disturb */
	u8	bit;		/* by which bit */
	u8	flags;
	u16	id;
	s8	gfn;		/* pages from the anchor */
	s8	host;
	u8	npages;
};

struct machine {
	const struct slot_limits	*limits;
	struct slot_info		slot[MAX_SLOTS];	/* npages: 0 for none */
	u16				live[MAX_LIVE];
	unsigned int			count;
};

static void disturb(struct slot_request *req, const struct input *in)
{
	u64 bit = 1ULL << in->bit % 64;

	switch (in->wild) {
	case 0:
		req->id ^= bit;
		break;
	case 1:
		req->flags ^= bit;
		break;
	case 2:
		req->gpa ^= bit;
		break;
	case 3:
		req->size ^= bit;
		break;
	case 4:
		req->hva ^= bit;
		break;
	}
}

static struct slot_request make_request(const struct machine *m, const struct input *in)
{
	const struct slot_limits *limits = m->limits;
	struct slot_request req = {
		.id = in->id % (limits->max_slots + 1), .flags = in->flags & 3,
		.size = (u64)in->npages * PAGE,
	};
	const struct slot_info *old = &m->slot[req.id % MAX_SLOTS];
	u64 gpa = 0, hva = 1024 * PAGE;

	switch (in->anchor % ANCHORS) {
	case ANCHOR_GPA_LIMIT:
		gpa = limits->gpa_limit - req.size;
		break;
	case ANCHOR_HVA_LIMIT:
		hva = limits->hva_limit - req.size;
		break;
	case ANCHOR_MAX_PAGES:
		req.size = (limits->max_pages + (s8)in->npages) * PAGE;
		break;
	case ANCHOR_WRAP:
		gpa = in->npages & 1 ? -req.size : 0;
		hva = in->npages & 2 ? -req.size : hva;
		break;
	case ANCHOR_SLOT:
		req.size = in->npages & 3 ? old->npages * PAGE : req.size;
		req.flags = in->flags & 4 ? old->flags : req.flags;
		gpa = old->gfn * PAGE;
		hva = old->hva;
		break;
	}
	req.gpa = gpa + (s64)in->gfn * PAGE;
	req.hva = hva + (s64)in->host * PAGE;
	disturb(&req, in);
	return req;
}

/* The rules, as Documentation/virt/kvm/api.rst has them. */
static int expect_check(const struct slot_request *req, const struct slot_limits *limits)
{
	if (req->id >= limits->max_slots || req->flags & ~limits->allowed_flags ||
	    req->gpa % PAGE || req->size % PAGE || req->hva % PAGE)
		return -EINVAL;
	if ((wide)req->gpa + req->size > ~0ULL || (wide)req->hva + req->size > ~0ULL)
		return -EINVAL;
	if ((wide)req->hva + req->size > limits->hva_limit ||
	    req->size / PAGE > limits->max_pages)
		return -EINVAL;
	if (req->size && (wide)req->gpa + req->size > limits->gpa_limit)
		return -EFAULT;
	return 0;
}

static int expect_plan(const struct slot_request *req, const struct slot_info *old,
		       enum slot_change *change)
{
	*change = SLOT_NOTHING;
	if (!req->size) {
		*change = old ? SLOT_DELETE : SLOT_NOTHING;
		return old ? 0 : -EINVAL;
	}
	if (!old) {
		*change = SLOT_CREATE;
		return 0;
	}
	if (old->npages * PAGE != req->size || old->hva != req->hva ||
	    (old->flags ^ req->flags) & SLOT_FLAG_READONLY)
		return -EINVAL;
	if (old->gfn * PAGE != req->gpa)
		*change = SLOT_MOVE;
	else if (old->flags != req->flags)
		*change = SLOT_FLAGS;
	return 0;
}

static void check_plan(const struct slot_plan *plan, const struct slot_request *req,
		       const struct slot_info *old)
{
	bool logs = req->flags & SLOT_FLAG_LOG_DIRTY;

	FUZZ_CHECK(plan->unmap_old == (plan->change == SLOT_DELETE || plan->change == SLOT_MOVE),
		   "unmapping");
	FUZZ_CHECK(plan->wrprotect == (plan->change == SLOT_FLAGS && logs &&
				       !(old->flags & SLOT_FLAG_LOG_DIRTY)), "protecting");
	if (plan->change == SLOT_NOTHING || plan->change == SLOT_DELETE)
		return;
	FUZZ_CHECK(plan->next.gfn * PAGE == req->gpa && plan->next.npages * PAGE == req->size &&
		   plan->next.hva == req->hva && plan->next.flags == req->flags &&
		   plan->next.id == req->id, "not what was asked for");
}

/* What the storage does: take what overlaps nothing. */
static bool has_room(const struct machine *m, const struct slot_info *next)
{
	unsigned int i;

	for (i = 0; i < m->count; i++) {
		const struct slot_info *slot = &m->slot[m->live[i]];

		if (slot->id != next->id && next->gfn < slot->gfn + slot->npages &&
		    slot->gfn < next->gfn + next->npages)
			return false;
	}
	return true;
}

static void apply(struct machine *m, const struct slot_request *req)
{
	struct slot_info *slot, *old;
	enum slot_change change;
	struct slot_plan plan;
	unsigned int i;

	FUZZ_CHECK(slotset_check(req, m->limits) == expect_check(req, m->limits),
		   "id %x flags %x gpa %llx size %llx hva %llx", req->id, req->flags,
		   (unsigned long long)req->gpa, (unsigned long long)req->size,
		   (unsigned long long)req->hva);
	if (expect_check(req, m->limits))
		return;
	slot = &m->slot[req->id];
	old = slot->npages ? slot : NULL;
	FUZZ_CHECK(slotset_plan(req, old, &plan) == expect_plan(req, old, &change), "refusal");
	FUZZ_CHECK(plan.change == change, "another change: %u, not %u", plan.change, change);
	check_plan(&plan, req, old);
	if (change == SLOT_DELETE) {
		for (i = 0; m->live[i] != req->id; i++)
			;
		m->live[i] = m->live[--m->count];
		memset(slot, 0, sizeof(*slot));
	}
	if (change == SLOT_NOTHING || change == SLOT_DELETE || !has_room(m, &plan.next) ||
	    (change == SLOT_CREATE && m->count == MAX_LIVE))
		return;
	if (change == SLOT_CREATE)
		m->live[m->count++] = req->id;
	*slot = plan.next;
}

static void apply_many(struct machine *m, const struct input *in)
{
	unsigned int i;

	for (i = 0; i < in->npages; i++) {
		struct input one = {
			.anchor = ANCHOR_BOTTOM, .wild = 255, .flags = in->flags,
			.id = in->id + i, .npages = 1,
		};
		struct slot_request req = make_request(m, &one);

		req.gpa = ((u64)(u8)in->gfn * 256 + i) * PAGE;
		apply(m, &req);
	}
}

/* Host addresses around a slot: page by page, the guest pages are those that are touched. */
static void check_gpa_range(const struct slot_info *slot, const struct input *in)
{
	u64 start = slot->hva + (s64)in->gfn * (PAGE / 4);
	u64 end = in->bit & 1 ? start + in->npages * (PAGE / 8) :
		  slot->hva + slot->npages * PAGE + (s64)in->host * (PAGE / 4);
	wide from = start > slot->hva ? start : slot->hva;
	wide to = slot->hva + (wide)slot->npages * PAGE < end ?
		  slot->hva + (wide)slot->npages * PAGE : end;
	struct slot_range range;

	FUZZ_CHECK(slotset_gpa_range(slot, start, end, &range) == (from < to), "any");
	if (from >= to)
		return;
	FUZZ_CHECK(range.start == (slot->gfn + (u64)((from - slot->hva) / PAGE)) * PAGE, "start");
	FUZZ_CHECK(range.end == (slot->gfn + (u64)((to - 1 - slot->hva) / PAGE) + 1) * PAGE, "end");
}

static void check_log(const struct slot_info *slot, const struct input *in)
{
	u64 first = in->wild == 5 ? in->bit * 16ULL : 1ULL << in->bit % 64;
	u64 count = in->wild & 64 ? slot->npages - first : in->npages * 32ULL;
	bool good = first % 64 == 0 && (wide)first + count <= slot->npages &&
		    (count % 64 == 0 || (wide)first + count == slot->npages);

	FUZZ_CHECK(slotset_log_has(slot, first, count) == good, "log of %llx pages, %llx and %llx",
		   (unsigned long long)slot->npages, (unsigned long long)first,
		   (unsigned long long)count);
}

/* No two slots have a page in common, and none is anywhere that it may not be. */
static void check_all(const struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->count; i++) {
		const struct slot_info *slot = &m->slot[m->live[i]];

		FUZZ_CHECK(slot->npages && slot->npages <= m->limits->max_pages, "pages");
		FUZZ_CHECK((wide)(slot->gfn + slot->npages) * PAGE <= m->limits->gpa_limit,
			   "guest");
		FUZZ_CHECK(slot->hva + (wide)slot->npages * PAGE <= m->limits->hva_limit, "host");
		FUZZ_CHECK(slot->id == m->live[i], "number");
		FUZZ_CHECK(has_room(m, slot), "slot %u shares pages", slot->id);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct machine m;
	struct input in;

	if (!size)
		return 0;
	while (m.count)
		memset(&m.slot[m.live[--m.count]], 0, sizeof(m.slot[0]));
	m.limits = &machines[data[0] % 4];
	for (data++, size--; size >= sizeof(in); data += sizeof(in), size -= sizeof(in)) {
		struct slot_request req;

		memcpy(&in, data, sizeof(in));
		if (in.anchor % ANCHORS == ANCHOR_MANY) {
			apply_many(&m, &in);
			continue;
		}
		req = make_request(&m, &in);
		apply(&m, &req);
		if (!m.count)
			continue;
		check_gpa_range(&m.slot[m.live[in.id % m.count]], &in);
		check_log(&m.slot[m.live[in.id % m.count]], &in);
	}
	check_all(&m);
	return 0;
}
