// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the host's page tables beside what the specification says of each entry. Input: a byte of
 * mode, entries to write. One that is no proper pointer may hold any address: nothing may be read
 * there.
 */
#include "fuzz.h"

#include <linux/array_size.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../arch/riscv/model/hostpt.h"

#define TABLES		10
#define PHYS		0x80000000ULL
#define MAX_LATE	4
#define MAX_ADDRESSES	400

#define V		(1ULL << 0)
#define R		(1ULL << 1)
#define W		(1ULL << 2)
#define X		(1ULL << 3)
#define U		(1ULL << 4)
#define A		(1ULL << 6)
#define D		(1ULL << 7)

/* The entries that are written and looked at, in each table. */
static const u16 indices[] = { 0, 1, 2, 15, 16, 255, 256, 511 };

enum entry_kind {
	ENTRY_TABLE,		/* a proper pointer */
	ENTRY_LEAF,		/* all needed bits set, aligned */
	ENTRY_NAPOT,		/* the same with N, and the size in the page number */
	ENTRY_DAMAGED,		/* a proper pointer, one bit changed */
	ENTRY_ANY,
	ENTRY_KINDS,
};

struct input {
	u8	kind;
	u8	table;
	u8	index;
	u8	low;		/* bits 0 to 7 */
	u8	high;		/* bits 56 to 63 */
	u8	bit;		/* another one, to be changed */
	u16	target;		/* page number, or the table pointed at */
};

struct host {
	u8		*memory;
	struct hostpt	pt;
	bool		svpbmt;
	bool		svnapot;
};

static u64 *table_at(const struct host *h, u64 pa)
{
	return (u64 *)(h->memory + (pa - PHYS));
}

/* What an entry means as the last one of a walk, Priv. v1.12 §4.3.2, §5, §6, and Svrsw60t59b. */
static bool entry_means(const struct host *h, u64 pte, unsigned int level, u64 va,
			struct hostpt_page *page)
{
	u64 size = 1ULL << (12 + 9 * level), base = (pte >> 10 << 12) & ((1ULL << 56) - 1);

	if (!(pte & V) || !(pte & R) || !(pte & U))
		return false;
	if (pte >> 54 & 0x1f || (pte >> 61 & 3 && !h->svpbmt) || (pte >> 61 & 3) == 3)
		return false;
	if (pte >> 63) {
		if (!h->svnapot || level || (base >> 12) % 16 != 8)
			return false;
		size = SZ_64K;
		base -= 8 * SZ_4K;
	}
	if (base % size)
		return false;
	page->pa = base + va % size / SZ_4K * SZ_4K;
	page->pbmt = pte & 3ULL << 61;
	page->writable = pte & W && pte & D;
	page->young = pte & A;
	return true;
}

static bool entry_is_pointer(u64 pte)
{
	return pte & V && !(pte & (R | W | X | U | A | D)) && !(pte >> 54);
}

static u64 make_entry(const struct input *in, unsigned int level)
{
	u64 leaf = (u64)in->target << 10 << 9 * level | in->low | V | R | U |
		   (u64)(in->high & 3) << 61;
	u64 table = (PHYS + in->target % TABLES * SZ_4K) >> 12 << 10 | V;

	switch (in->kind % ENTRY_KINDS) {
	case ENTRY_TABLE:
		return table;
	case ENTRY_LEAF:
		return leaf;
	case ENTRY_NAPOT:
		return leaf | 1ULL << 63;
	case ENTRY_DAMAGED:
		return (in->high & 1 ? table : leaf) ^ 1ULL << in->bit % 64;
	default:
		return ((u64)in->target << 10 | in->low | (u64)in->high << 56) ^
		       1ULL << in->bit % 64;
	}
}

/* Pointers may make circles: the number of levels is what bounds a walk. */
static void write_entry(struct host *h, const struct input *in)
{
	unsigned int table = in->table % TABLES;
	u64 pte = make_entry(in, in->bit % h->pt.levels);
	u64 pa = (pte >> 10 << 12) & ((1ULL << 56) - 1);

	/* A pointer is to a table: the host's own are the host's business. */
	if (entry_is_pointer(pte) && (pa < PHYS || pa >= PHYS + TABLES * SZ_4K))
		return;
	table_at(h, PHYS)[table * 512 + indices[in->index % ARRAY_SIZE(indices)]] = pte;
}

static void check_page(const struct host *h, const struct hostpt_table *table, u64 va)
{
	u64 pte = table->entries[va >> (12 + 9 * table->level) & 511];
	struct hostpt_page expected = {}, page = {};
	bool good = entry_means(h, pte, table->level, va, &expected);

	FUZZ_CHECK(hostpt_page(&h->pt, table, va, &page) == good, "entry %llx of level %u, at %llx",
		   (unsigned long long)pte, table->level, (unsigned long long)va);
	FUZZ_CHECK(!good || (page.pa == expected.pa && page.pbmt == expected.pbmt &&
			     page.writable == expected.writable && page.young == expected.young),
		   "entry %llx of level %u, at %llx, leads to %llx, not %llx, or has other bits",
		   (unsigned long long)pte, table->level, (unsigned long long)va,
		   (unsigned long long)page.pa, (unsigned long long)expected.pa);
}

/* @late: entries that the host writes between the two steps. */
static void check_address(struct host *h, u64 va, const struct input *late, unsigned int count)
{
	unsigned int i, level = h->pt.levels - 1;
	struct hostpt_table table = {};
	u64 pa = PHYS, pte, size;

	FUZZ_CHECK(hostpt_find(&h->pt, va, &table) == !(va >> (12 + 9 * h->pt.levels)), "at %llx",
		   (unsigned long long)va);
	if (va >> (12 + 9 * h->pt.levels))
		return;
	for (; level; level--) {
		pte = table_at(h, pa)[va >> (12 + 9 * level) & 511];
		if (!entry_is_pointer(pte))
			break;
		pa = pte >> 10 << 12;
	}
	FUZZ_CHECK(table.entries == table_at(h, pa) && table.level == level,
		   "the walk to %llx ends elsewhere", (unsigned long long)va);
	for (i = 0; i < count; i++)
		write_entry(h, &late[i]);
	check_page(h, &table, va);
	/* Its neighbours in the table, too */
	size = 1ULL << (12 + 9 * level);
	for (i = 0; i < ARRAY_SIZE(indices); i++)
		check_page(h, &table, (va & ~(512 * size - 1)) + indices[i] * size + va % size);
}

/* Every address that the entries written make a difference for, up to a bound. */
static void check_below(struct host *h, u64 pa, unsigned int level, u64 va, unsigned int *left)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(indices) && *left; i++) {
		u64 pte = table_at(h, pa)[indices[i]];
		u64 at = va | (u64)indices[i] << (12 + 9 * level);

		if (level && entry_is_pointer(pte)) {
			check_below(h, pte >> 10 << 12, level - 1, at, left);
			continue;
		}
		/* Anywhere in what the entry covers */
		check_address(h, at | (i * 0x9e3779b97f4a7c15ULL >> (52 - 9 * level)), NULL, 0);
		--*left;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input late[MAX_LATE], in;
	struct host h = {};
	unsigned int count, bit, left = MAX_ADDRESSES;

	if (!size)
		return 0;
	/* Just this memory, so that a read outside it is found. */
	h.memory = aligned_alloc(SZ_4K, TABLES * SZ_4K);
	memset(h.memory, 0, TABLES * SZ_4K);
	h.svpbmt = data[0] & 4;
	h.svnapot = data[0] & 8;
	count = data[0] >> 4 & (MAX_LATE - 1);
	h.pt = (struct hostpt) {
		.root = (u64 *)h.memory, .levels = 3 + data[0] % 4 % 3,
		.va_offset = (unsigned long)h.memory - PHYS,
		.known = hostpt_known(h.svpbmt, h.svnapot),
	};
	memset(late, 0, sizeof(late));
	memcpy(late, data + 1, size - 1 < sizeof(late) ? size - 1 : sizeof(late));
	for (data++, size--; size >= sizeof(in); data += sizeof(in), size -= sizeof(in)) {
		memcpy(&in, data, sizeof(in));
		write_entry(&h, &in);
	}
	check_below(&h, PHYS, h.pt.levels - 1, 0, &left);
	for (bit = 12 + 9 * h.pt.levels; bit < 64; bit++)
		check_address(&h, 1ULL << bit, NULL, 0);
	check_address(&h, 0, late, count);
	free(h.memory);
	return 0;
}
