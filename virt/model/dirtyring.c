// SPDX-License-Identifier: GPL-2.0-only
#include "dirtyring.h"

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/sizes.h>

#include <asm/barrier.h>

int dirtyring_check(u64 bytes, u64 most)
{
	if (bytes & (bytes - 1) || bytes < SZ_4K ||
	    bytes <= DIRTYRING_RESERVE * sizeof(struct dirtyring_entry))
		return -EINVAL;
	return bytes > most ? -E2BIG : 0;
}

static struct dirtyring_entry *entry_at(const struct dirtyring *ring, u32 index)
{
	return &ring->entry[index & (ring->size - 1)];
}

/* Entries in use; @first as the other side left it: what it took back since counts as used. */
static u32 used(const struct dirtyring *ring)
{
	/* What userspace had there was read before; pairs with dirtyring_take(). */
	return ring->next - smp_load_acquire(&ring->first);
}

bool dirtyring_is_full(const struct dirtyring *ring)
{
	return used(ring) >= ring->size - DIRTYRING_RESERVE;
}

bool dirtyring_push(struct dirtyring *ring, u32 slot, u64 offset)
{
	struct dirtyring_entry *entry = entry_at(ring, ring->next);

	if (used(ring) == ring->size)
		return false;
	WRITE_ONCE(entry->slot, slot);
	WRITE_ONCE(entry->offset, offset);
	/* Who sees the flag sees the page: userspace loads it with acquire semantics. */
	smp_store_release(&entry->flags, (u32)DIRTYRING_DIRTY);
	/* For dirtyring_take(), which looks at no entry behind it. */
	smp_store_release(&ring->next, ring->next + 1);
	return true;
}

/* The word for a page: the last one, or a new one; NULL if there is no room for that. */
static struct dirtyring_word *word_for(u32 slot, u64 offset, struct dirtyring_word *words,
				       unsigned int *count, unsigned int room)
{
	struct dirtyring_word *word = &words[*count] - 1;
	u64 first = offset & ~63ULL;

	if (*count && word->slot == slot && word->offset == first)
		return word;
	if (*count == room)
		return NULL;
	word = &words[(*count)++];
	*word = (struct dirtyring_word) { .slot = slot, .offset = first };
	return word;
}

bool dirtyring_take(struct dirtyring *ring, u32 *budget, struct dirtyring_word *words,
		    unsigned int *count, unsigned int room)
{
	/* What was pushed before is all there; pairs with dirtyring_push(). */
	u32 next = smp_load_acquire(&ring->next);

	for (; *budget && ring->first != next; --*budget) {
		struct dirtyring_entry *entry = entry_at(ring, ring->first);
		struct dirtyring_word *word;
		u64 offset;

		/* Userspace stores it with release semantics when it is done with the entry. */
		if (!(smp_load_acquire(&entry->flags) & DIRTYRING_HARVESTED))
			break;
		offset = READ_ONCE(entry->offset);
		word = word_for(READ_ONCE(entry->slot), offset, words, count, room);
		if (!word)
			return true;
		word->mask |= 1ULL << (offset & 63);
		WRITE_ONCE(entry->flags, 0);
		/* The entry may be used again; pairs with used(). */
		smp_store_release(&ring->first, ring->first + 1);
	}
	return false;
}
