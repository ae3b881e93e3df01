// SPDX-License-Identifier: GPL-2.0-only
/* Reading the host's page tables: every level, every reason to see nothing. */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "../gstage.h"
#include "../hostpt.h"

#define V	GSTAGE_PTE_V
#define USER	(V | GSTAGE_PTE_R | GSTAGE_PTE_U)
#define WRITTEN	(USER | GSTAGE_PTE_W | GSTAGE_PTE_D | GSTAGE_PTE_A)
#define PTE_N	BIT_ULL(63)
#define NC	(1ULL << 61)

#define TABLES	5

/* One table for each level; physical address 1 MiB is the first of them. */
struct host {
	u64		*tables[TABLES];
	struct hostpt	pt;
};

#define PHYS	SZ_1M

static u64 table_pa(unsigned int level)
{
	return PHYS + level * SZ_4K;
}

static struct host *host_new(struct kunit *test, unsigned int levels)
{
	struct host *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	u64 *memory = kunit_kzalloc(test, TABLES * SZ_4K, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, h);
	KUNIT_ASSERT_NOT_NULL(test, memory);
	for (i = 0; i < TABLES; i++)
		h->tables[i] = memory + i * 512;
	h->pt.root = h->tables[levels - 1];
	h->pt.levels = levels;
	h->pt.va_offset = (unsigned long)memory - PHYS;
	h->pt.known = hostpt_known(true, true);
	return h;
}

static unsigned int slot_of(u64 va, unsigned int level)
{
	return (va >> (12 + 9 * level)) & 511;
}

/* Put a leaf at @level for @va, with pointers above it. */
static void host_map(struct host *h, u64 va, unsigned int level, u64 pte)
{
	unsigned int l;

	for (l = h->pt.levels - 1; l > level; l--)
		h->tables[l][slot_of(va, l)] = table_pa(l - 1) >> 2 | V;
	h->tables[level][slot_of(va, level)] = pte;
}

static bool look(struct host *h, u64 va, struct hostpt_page *page, unsigned int *level)
{
	struct hostpt_table table;

	if (!hostpt_find(&h->pt, va, &table))
		return false;
	*level = table.level;
	return hostpt_page(&h->pt, &table, va, page);
}

static u64 pte_of(u64 pa, u64 bits)
{
	return pa >> 2 | bits;
}

static void every_level_of_every_mode_is_read(struct kunit *test)
{
	unsigned int levels, level, seen;
	struct hostpt_page page;

	for (levels = 3; levels <= 5; levels++)
		for (level = 0; level < levels; level++) {
			struct host *h = host_new(test, levels);
			u64 size = 1ULL << gstage_level_shift(level);
			u64 va = (1ULL << (gstage_level_shift(levels) - 1)) - 2 * size;

			host_map(h, va, level, pte_of(size, WRITTEN));
			KUNIT_EXPECT_TRUE(test, look(h, va + size - 1, &page, &seen));
			KUNIT_EXPECT_EQ(test, seen, level);
			KUNIT_EXPECT_EQ(test, page.pa, 2 * size - SZ_4K);
			KUNIT_EXPECT_TRUE(test, page.writable && page.young);
			KUNIT_EXPECT_EQ(test, page.pbmt, 0);
			KUNIT_EXPECT_FALSE(test, look(h, va + size, &page, &seen));
			KUNIT_EXPECT_FALSE(test, look(h, va - 1, &page, &seen));
		}
}

static void addresses_beyond_the_tables_are_nothing(struct kunit *test)
{
	struct host *h = host_new(test, 3);
	struct hostpt_table table;

	KUNIT_EXPECT_TRUE(test, hostpt_find(&h->pt, (1ULL << 39) - 1, &table));
	KUNIT_EXPECT_FALSE(test, hostpt_find(&h->pt, 1ULL << 39, &table));
	KUNIT_EXPECT_FALSE(test, hostpt_find(&h->pt, -1ULL, &table));
}

struct sight {
	const char	*name;
	u64		bits;
	bool		seen;
	bool		writable;
	bool		young;
};

static const struct sight sights[] = {
	{ "hole",			0, false, false, false },
	{ "not valid",			WRITTEN & ~V, false, false, false },
	{ "kernel page",		WRITTEN & ~GSTAGE_PTE_U, false, false, false },
	{ "execute only",		V | GSTAGE_PTE_U | GSTAGE_PTE_X, false, false, false },
	{ "shadow stack",		V | GSTAGE_PTE_U | GSTAGE_PTE_W, false, false, false },
	{ "a table in between",		V, false, false, false },
	{ "read-only and old",		USER, true, false, false },
	{ "read-only, young",		USER | GSTAGE_PTE_A, true, false, true },
	{ "writable, clean",		USER | GSTAGE_PTE_W | GSTAGE_PTE_A, true, false, true },
	{ "dirty, write-protected",	USER | GSTAGE_PTE_D, true, false, false },
	{ "written, old",		WRITTEN & ~GSTAGE_PTE_A, true, true, false },
	{ "software's bits",		WRITTEN | 3ULL << 8, true, true, true },
	{ "a reserved bit",		WRITTEN | 1ULL << 54, false, false, false },
	{ "another reserved bit",	WRITTEN | 1ULL << 58, false, false, false },
	/* Svrsw60t59b: Linux keeps soft-dirty there, and userfaultfd's write protection. */
	{ "software's high bits",	WRITTEN | 3ULL << 59, true, true, true },
};

static void bits_mean_what_the_host_means(struct kunit *test)
{
	struct hostpt_page page;
	unsigned int i, level;

	for (i = 0; i < ARRAY_SIZE(sights); i++) {
		const struct sight *s = &sights[i];
		struct host *h = host_new(test, 3);
		bool seen;

		host_map(h, SZ_1G, 0, s->bits ? pte_of(SZ_2M, s->bits) : 0);
		seen = look(h, SZ_1G, &page, &level);
		KUNIT_EXPECT_EQ_MSG(test, seen, s->seen, "%s", s->name);
		if (!seen)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, page.writable, s->writable, "%s", s->name);
		KUNIT_EXPECT_EQ_MSG(test, page.young, s->young, "%s", s->name);
	}
}

static void memory_types_need_the_extension(struct kunit *test)
{
	struct host *h = host_new(test, 3);
	struct hostpt_page page;
	unsigned int level;

	host_map(h, 0, 1, pte_of(SZ_2M, WRITTEN | NC));
	KUNIT_EXPECT_TRUE(test, look(h, 0, &page, &level));
	KUNIT_EXPECT_EQ(test, page.pbmt, NC);
	h->pt.known = hostpt_known(false, true);
	KUNIT_EXPECT_FALSE(test, look(h, 0, &page, &level));
}

/* Priv. v1.12 §4.4.1: U, A, D and the bits above the page number are reserved in a pointer. */
static void malformed_pointer_leads_nowhere(struct kunit *test)
{
	static const u64 reserved[] = {
		GSTAGE_PTE_U, GSTAGE_PTE_A, GSTAGE_PTE_D, 1ULL << 54, 1ULL << 60, NC, PTE_N,
	};
	struct hostpt_page page;
	unsigned int i, level, at;

	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		for (at = 1; at < 4; at++) {
			struct host *h = host_new(test, 4);

			host_map(h, SZ_1G, 0, pte_of(SZ_2M, WRITTEN));
			KUNIT_EXPECT_TRUE(test, look(h, SZ_1G, &page, &level));
			/* Where no table is */
			h->tables[at][slot_of(SZ_1G, at)] = GSTAGE_PTE_PPN | V | reserved[i];
			KUNIT_EXPECT_FALSE(test, look(h, SZ_1G, &page, &level));
			KUNIT_EXPECT_EQ(test, level, at);
		}
}

static void pointer_may_be_global_and_have_softwares_bits(struct kunit *test)
{
	struct host *h = host_new(test, 3);
	struct hostpt_page page;
	unsigned int level;

	host_map(h, SZ_1G, 0, pte_of(SZ_2M, WRITTEN));
	h->tables[1][slot_of(SZ_1G, 1)] |= BIT(5) | BIT(8) | BIT(9);
	KUNIT_EXPECT_TRUE(test, look(h, SZ_1G, &page, &level));
	KUNIT_EXPECT_EQ(test, level, 0);
}

/* Priv. v1.12 §4.3.2, step 6 */
static void misaligned_large_leaf_maps_nothing(struct kunit *test)
{
	struct hostpt_page page;
	unsigned int level, seen, bit;

	for (level = 1; level < 5; level++)
		for (bit = 12; bit < gstage_level_shift(level); bit++) {
			struct host *h = host_new(test, 5);

			host_map(h, 0, level, pte_of(1ULL << bit, WRITTEN));
			KUNIT_EXPECT_FALSE(test, look(h, 0, &page, &seen));
			KUNIT_EXPECT_EQ(test, seen, level);
		}
}

static void memory_type_that_is_reserved_maps_nothing(struct kunit *test)
{
	struct hostpt_page page;
	unsigned int level, seen;

	for (level = 0; level < 3; level++) {
		struct host *h = host_new(test, 3);

		host_map(h, 0, level, pte_of(SZ_1G, WRITTEN | GSTAGE_PTE_PBMT));
		KUNIT_EXPECT_FALSE(test, look(h, 0, &page, &seen));
		KUNIT_EXPECT_EQ(test, seen, level);
	}
}

static void napot_leaf_is_sixteen_pages(struct kunit *test)
{
	struct host *h = host_new(test, 4);
	u64 pte = pte_of(SZ_2M + 8 * SZ_4K, WRITTEN | PTE_N);
	struct hostpt_page page;
	unsigned int i, level;

	for (i = 0; i < 16; i++) {
		host_map(h, SZ_64K + i * SZ_4K, 0, pte);
		KUNIT_EXPECT_TRUE(test, look(h, SZ_64K + i * SZ_4K, &page, &level));
		KUNIT_EXPECT_EQ(test, page.pa, SZ_2M + i * SZ_4K);
	}
	/* Other sizes are reserved, as is the bit in a larger leaf. */
	host_map(h, 0, 0, pte_of(SZ_2M + 4 * SZ_4K, WRITTEN | PTE_N));
	KUNIT_EXPECT_FALSE(test, look(h, 0, &page, &level));
	host_map(h, SZ_2M, 1, pte_of(SZ_2M + 8 * SZ_4K, WRITTEN | PTE_N));
	KUNIT_EXPECT_FALSE(test, look(h, SZ_2M, &page, &level));
	host_map(h, 0, 0, pte);
	h->pt.known = hostpt_known(true, false);
	KUNIT_EXPECT_FALSE(test, look(h, 0, &page, &level));
}

/* Page by page: is it in the window, in the slot and in the host's table? */
static void expect_around(struct kunit *test, u64 gpa, u64 hva, u64 start, u64 end,
			  unsigned int window)
{
	u64 size = window * SZ_4K, at = gpa & ~(size - 1), first = -1ULL;
	struct hostpt_around around;
	unsigned int i, count = 0;

	for (i = 0; i < window; i++, at += SZ_4K) {
		if (at < start || at >= end || (hva + (at - gpa)) / SZ_2M != hva / SZ_2M)
			continue;
		first = min(first, at);
		count++;
	}
	hostpt_around(gpa, hva, start, end, window, &around);
	KUNIT_EXPECT_EQ(test, around.gpa, first);
	KUNIT_EXPECT_EQ(test, around.hva, hva + (first - gpa));
	KUNIT_EXPECT_EQ(test, around.count, count);
}

static void window_ends_with_the_slot_and_the_hosts_table(struct kunit *test)
{
	const u64 tops[] = { SZ_2M, 1ULL << 59 };
	unsigned int window, size, page, shift, i;

	for (i = 0; i < ARRAY_SIZE(tops); i++)
		for (window = 2; window <= 64; window *= 2)
			for (size = 1; size < 140; size += 23)
				for (page = 0; page < size; page += 5)
					for (shift = 0; shift < 512; shift += 7) {
						u64 start = i ? tops[i] - size * SZ_4K : 0;

						expect_around(test, start + page * SZ_4K,
							      SZ_1G + (shift + page) * SZ_4K,
							      start, start + size * SZ_4K, window);
					}
}

static struct kunit_case hostpt_cases[] = {
	KUNIT_CASE(every_level_of_every_mode_is_read),
	KUNIT_CASE(addresses_beyond_the_tables_are_nothing),
	KUNIT_CASE(bits_mean_what_the_host_means),
	KUNIT_CASE(memory_types_need_the_extension),
	KUNIT_CASE(malformed_pointer_leads_nowhere),
	KUNIT_CASE(pointer_may_be_global_and_have_softwares_bits),
	KUNIT_CASE(misaligned_large_leaf_maps_nothing),
	KUNIT_CASE(memory_type_that_is_reserved_maps_nothing),
	KUNIT_CASE(napot_leaf_is_sixteen_pages),
	KUNIT_CASE(window_ends_with_the_slot_and_the_hosts_table),
	{}
};

static struct kunit_suite hostpt_suite = {
	.name = "kvm_riscv_hostpt",
	.test_cases = hostpt_cases,
};
kunit_test_suite(hostpt_suite);

