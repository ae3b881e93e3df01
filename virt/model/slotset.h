/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules for a change of one memory slot, without storage: pure. */
#ifndef VMM_MODEL_SLOTSET_H
#define VMM_MODEL_SLOTSET_H

#include <linux/bits.h>
#include <linux/types.h>

/* The values of KVM_MEM_LOG_DIRTY_PAGES and KVM_MEM_READONLY */
#define SLOT_FLAG_LOG_DIRTY	BIT(0)
#define SLOT_FLAG_READONLY	BIT(1)

/* What userspace asks for: bytes, unchecked. */
struct slot_request {
	u32	id;		/* low 16 bits slot, high 16 bits address space */
	u32	flags;
	u64	gpa;
	u64	size;		/* 0 deletes */
	u64	hva;
};

/* A slot that exists. */
struct slot_info {
	u64	gfn;
	u64	npages;
	u64	hva;
	u32	flags;
	u16	id;
};

/* Guest-physical bytes, whole pages. */
struct slot_range {
	u64	start;
	u64	end;
};

struct slot_limits {
	u64	gpa_limit;	/* first guest-physical byte that no slot may reach */
	u64	hva_limit;	/* first byte above userspace */
	u64	max_pages;	/* in one slot */
	u32	max_slots;
	u32	allowed_flags;
};

enum slot_change {
	SLOT_NOTHING,
	SLOT_CREATE,
	SLOT_DELETE,
	SLOT_MOVE,
	SLOT_FLAGS,
};

struct slot_plan {
	enum slot_change	change;
	struct slot_info	next;		/* valid unless SLOT_DELETE and SLOT_NOTHING */
	bool			unmap_old;	/* drop the G-stage range of the old slot */
	bool			wrprotect;	/* logging starts: write-protect the range */
};

/**
 * slotset_check() - Hold a request against the limits of the VM.
 * @req:    What userspace asks for; any bits.
 * @limits: What this VM can do.
 *
 * A deletion is held to the same rules, except that nothing has to fit below @limits->gpa_limit.
 * A slot may reach the last page below either limit.
 *
 * Return: 0; -EINVAL for an address space other than 0, a slot number or flag that does not exist,
 *         an address or size that is no multiple of 4096, a range that wraps, too many pages, or
 *         host addresses outside userspace; -EFAULT when the guest cannot address all of it.
 */
int slotset_check(const struct slot_request *req, const struct slot_limits *limits);

/**
 * slotset_plan() - Say what a request means for the slot of that number.
 * @req:  A request that passed slotset_check().
 * @old:  The slot of that number, or NULL.
 * @plan: Filled in; with an error it says SLOT_NOTHING.
 *
 * Other slots are not looked at: the storage finds an overlap when @plan->next goes in.
 *
 * Return: 0; -EINVAL when a slot that does not exist is to be deleted, or when the size, the host
 *         address or SLOT_FLAG_READONLY of one that exists would change.
 */
int slotset_plan(const struct slot_request *req, const struct slot_info *old,
		 struct slot_plan *plan);

/**
 * slotset_gpa_range() - Find the guest pages that host addresses are in a slot.
 * @slot:  A slot of at least one page.
 * @start: First host byte; any alignment.
 * @end:   First byte behind; any alignment.
 * @range: Filled in with whole pages, when there are any.
 *
 * Return: Whether there are any.
 */
bool slotset_gpa_range(const struct slot_info *slot, u64 start, u64 end,
		       struct slot_range *range);

/**
 * slotset_log_has() - Can a part of a slot's log be cleared?
 * @slot:  The slot.
 * @first: First page, relative to the slot's; unchecked.
 * @count: Pages; unchecked.
 *
 * Only the end of the slot may cut a word of 64 marks in pieces.
 *
 * Return: Whether it is in the slot, and whole words of it.
 */
bool slotset_log_has(const struct slot_info *slot, u64 first, u64 count);

#endif
