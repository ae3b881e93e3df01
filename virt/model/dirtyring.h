/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring of written pages that userspace shares: pure.
 *
 * One side pushes, one side takes back what userspace has harvested, both without a lock. All that
 * userspace can write is in the entries, and nothing of the ring's own state is.
 */
#ifndef VMM_MODEL_DIRTYRING_H
#define VMM_MODEL_DIRTYRING_H

#include <linux/bits.h>
#include <linux/types.h>

/* The values of KVM_DIRTY_GFN_F_DIRTY and KVM_DIRTY_GFN_F_RESET */
#define DIRTYRING_DIRTY		BIT(0)
#define DIRTYRING_HARVESTED	BIT(1)

/* Entries that stay free when the ring counts as full: who is told so may have to push more. */
#define DIRTYRING_RESERVE	64

/* struct kvm_dirty_gfn */
struct dirtyring_entry {
	u32	flags;
	u32	slot;
	u64	offset;		/* page within the slot */
};

struct dirtyring {
	struct dirtyring_entry	*entry;		/* NULL: no ring */
	u32			size;		/* entries, a power of two */
	u32			next;		/* counts what was pushed, modulo 2^32 */
	u32			first;		/* counts what was taken back */
};

/* Harvested pages of one slot: 64 in a row. Whatever userspace wrote there. */
struct dirtyring_word {
	u32	slot;
	u64	offset;		/* of the page that bit 0 stands for; a multiple of 64 */
	u64	mask;
};

/**
 * dirtyring_check() - Can a ring have this size?
 * @bytes: What userspace asks for.
 * @most:  The most that it may ask for.
 *
 * Return: 0; -EINVAL not a power of two, less than a page, or all of it reserve; -E2BIG.
 */
int dirtyring_check(u64 bytes, u64 most);

/**
 * dirtyring_push() - Tell userspace of a page.
 * @ring:   The ring.
 * @slot:   Slot number.
 * @offset: Page within the slot.
 *
 * Context: Any; one at a time.
 * Return:  Whether there was room.
 */
bool dirtyring_push(struct dirtyring *ring, u32 slot, u64 offset);

/* Is only the reserve left? Context: as for dirtyring_push(). */
bool dirtyring_is_full(const struct dirtyring *ring);

/**
 * dirtyring_take() - Take harvested entries back, in the order in which they were pushed.
 * @ring:    The ring.
 * @budget:  Entries that may be taken at most; lowered by those that were.
 * @words:   Filled with their pages, in the order of the entries.
 * @count:   Words that are in use; raised.
 * @room:    Length of @words.
 *
 * Stops at an entry that is not harvested, and at one for which @words has no room.
 *
 * Context: Any; one at a time, and beside dirtyring_push().
 * Return:  Whether it stopped for want of room.
 */
bool dirtyring_take(struct dirtyring *ring, u32 *budget, struct dirtyring_word *words,
		    unsigned int *count, unsigned int room);

#endif
