// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dirty ring of which userspace writes all entries, beside a queue that it cannot reach. Input:
 * two bytes of mode, operations.
 */
#include "fuzz.h"

#include <linux/string.h>

#include "../../virt/model/dirtyring.h"

#define MAX_SIZE	1024
#define ROOM		8

struct input {
	u8	kind;
	u8	index;
	u8	count;
	u8	bit;
	u32	slot;
	u64	offset;
};

enum kind {
	PUSH,
	HARVEST,		/* as userspace does, from the oldest on */
	SCRIBBLE,
	TAKE,
	KINDS,
};

static struct dirtyring_entry *memory;
static struct dirtyring ring;
static u32 pushed, taken;		/* modulo 2^32, like the ring's */
static u32 harvested;

static struct dirtyring_entry *at(u32 count)
{
	return &memory[count % ring.size];
}

static void push(const struct input *in)
{
	unsigned int i;

	for (i = 0; i <= in->count; i++) {
		struct dirtyring_entry *entry = at(pushed);
		bool room = pushed - taken < ring.size;
		u64 offset = in->offset + i;

		FUZZ_CHECK(dirtyring_push(&ring, in->slot, offset) == room, "%u entries in use",
			   pushed - taken);
		if (!room)
			return;
		pushed++;
		FUZZ_CHECK(entry->flags == DIRTYRING_DIRTY && entry->slot == in->slot &&
			   entry->offset == offset, "what was pushed is not there");
	}
}

static void harvest(const struct input *in)
{
	unsigned int i;

	for (i = 0; i < in->count && harvested != pushed; i++)
		at(harvested++)->flags |= DIRTYRING_HARVESTED;
}

static void scribble(const struct input *in)
{
	struct dirtyring_entry *entry = at(taken + in->index);

	switch (in->bit % 4) {
	case 0:
		entry->flags ^= 1U << in->count % 32;
		break;
	case 1:
		entry->slot = in->slot;
		break;
	case 2:
		entry->offset = in->offset;
		break;
	case 3:
		memset(entry, in->count, sizeof(*entry));
	}
}

/* What take() has to say of each entry, by what is in it when it is taken. */
static void take(const struct input *in)
{
	u32 budget = in->count, left = budget, next = taken;
	unsigned int room = in->index % (ROOM + 1), used = 0, i;
	struct dirtyring_word words[ROOM] = {}, expected[ROOM] = {};
	bool full = false;

	while (left && next != pushed && at(next)->flags & DIRTYRING_HARVESTED) {
		u64 first = at(next)->offset / 64 * 64;

		if (!used || expected[used - 1].slot != at(next)->slot ||
		    expected[used - 1].offset != first) {
			full = used == room;
			if (full)
				break;
			expected[used++] = (struct dirtyring_word) { at(next)->slot, first, 0 };
		}
		expected[used - 1].mask |= 1ULL << at(next)->offset % 64;
		left--;
		next++;
	}
	i = 0;
	FUZZ_CHECK(dirtyring_take(&ring, &budget, words, &i, room) == full, "want of room");
	FUZZ_CHECK(i == used && budget == left, "%u words, not %u; %u left, not %u", i, used,
		   budget, left);
	for (i = 0; i < used; i++)
		FUZZ_CHECK(words[i].slot == expected[i].slot && words[i].mask == expected[i].mask &&
			   words[i].offset == expected[i].offset, "word %u", i);
	for (; taken != next; taken++)
		FUZZ_CHECK(!at(taken)->flags, "entry %u was taken and is not free", taken);
	if (harvested - taken > pushed - taken)
		harvested = taken;
}

static void check(void)
{
	FUZZ_CHECK(ring.entry == memory && ring.next == pushed && ring.first == taken,
		   "the ring lost count");
	FUZZ_CHECK(dirtyring_is_full(&ring) == (pushed - taken + DIRTYRING_RESERVE >= ring.size),
		   "full with %u of %u", pushed - taken, ring.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;

	if (size < 2)
		return 0;
	/* Just this memory, so that an access outside it is found. */
	ring.size = MAX_SIZE >> data[0] % 3;
	ring.entry = memory = calloc(ring.size, sizeof(*memory));
	/* Often about to overflow */
	pushed = taken = harvested = data[1] & 1 ? -(u32)data[1] : data[1];
	ring.next = ring.first = pushed;
	for (data += 2, size -= 2; size >= sizeof(in); data += sizeof(in), size -= sizeof(in)) {
		memcpy(&in, data, sizeof(in));
		switch (in.kind % KINDS) {
		case PUSH:
			push(&in);
			break;
		case HARVEST:
			harvest(&in);
			break;
		case SCRIBBLE:
			scribble(&in);
			break;
		case TAKE:
			take(&in);
		}
		check();
	}
	free(memory);
	return 0;
}
