// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/errno.h>

#include "../step.h"

#define PC	0x1000ULL
#define SEPC	0x7777001ULL

/* From an assembler, each at PC; jumps of registers go by a0 = 5, a1 = -5 and ra = 0x4444. */
static const struct {
	u32		raw;
	u64		next;
	unsigned int	link;
	const char	*what;
} insns[] = {
	{ 0x4dfab0ef, 0x1000 + 0xabcde, 1, "jal ra, +0xabcde" },
	{ 0xb1a5406f, 0x1000 - 0xabce6, 0, "jal zero, -0xabce6" },
	{ 0x800002ef, 0x1000 - 0x100000, 5, "jal t0, the farthest back" },
	{ 0x800500e7, 4 - 2048, 1, "jalr ra, -2048(a0)" },
	{ 0x7ff582e7, 2047 - 5, 5, "jalr t0, 2047(a1)" },
	{ 0x00008067, 0x4444, 0, "ret" },
	{ 0x2ab502e3, 0x1004, 0, "beq a0, a1" },
	{ 0x2aa502e3, 0x1000 + 0xaa4, 0, "beq a0, a0" },
	{ 0xd2b51463, 0x1000 - 0xad8, 0, "bne a0, a1" },
	{ 0xd2a51463, 0x1004, 0, "bne a0, a0" },
	{ 0x52b54a63, 0x1004, 0, "blt a0, a1" },
	{ 0x52a5ca63, 0x1000 + 0x534, 0, "blt a1, a0" },
	{ 0x52b55863, 0x1000 + 0x530, 0, "bge a0, a1" },
	{ 0x52a5d863, 0x1004, 0, "bge a1, a0" },
	{ 0x52b56663, 0x1000 + 0x52c, 0, "bltu a0, a1" },
	{ 0x52a5e663, 0x1004, 0, "bltu a1, a0" },
	{ 0x52b57463, 0x1004, 0, "bgeu a0, a1" },
	{ 0x52a5f463, 0x1000 + 0x528, 0, "bgeu a1, a0" },
	{ 0x52b52463, 0x1004, 0, "no branch: funct3 2" },
	{ 0x52b53463, 0x1004, 0, "no branch: funct3 3" },
	{ 0x000510e7, 0x1004, 0, "no jalr: funct3 1" },
	{ 0x10200073, 0x7777000, 0, "sret" },
	{ 0x00000073, 0x1004, 0, "ecall" },
	{ 0x00150513, 0x1004, 0, "addi" },
	{ 0xab29, 0x1000 + 0x51a, 0, "c.j +0x51a" },
	{ 0xbc85, 0x1000 - 0x590, 0, "c.j -0x590" },
	{ 0xc53d, 0x1002, 0, "c.beqz a0" },
	{ 0xed41, 0x1000 + 0x98, 0, "c.bnez a0" },
	{ 0xd065, 0x1000 - 0x20, 0, "c.beqz s0" },
	{ 0xfff9, 0x1002, 0, "c.bnez a5" },
	{ 0x8502, 4, 0, "c.jr a0" },
	{ 0x9502, 4, 1, "c.jalr a0" },
	{ 0x852e, 0x1002, 0, "c.mv" },
	{ 0x952e, 0x1002, 0, "c.add" },
	{ 0x9002, 0x1002, 0, "c.ebreak" },
	{ 0x0001, 0x1002, 0, "c.nop" },
	{ 0x0000, 0x1002, 0, "no instruction" },
	/* What is behind a short one does not count. */
	{ 0xffff0001, 0x1002, 0, "c.nop, something" },
};

static void instructions_lead_where_the_isa_says(struct kunit *test)
{
	static const u64 x[32] = { [1] = 0x4444, [10] = 5, [11] = -5ULL };
	struct rvstep step;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(insns); i++) {
		rvstep_decode(insns[i].raw, PC, x, SEPC, &step);
		KUNIT_EXPECT_EQ_MSG(test, step.next, insns[i].next, "%s", insns[i].what);
		KUNIT_EXPECT_EQ_MSG(test, step.link, insns[i].link, "%s", insns[i].what);
		KUNIT_EXPECT_EQ_MSG(test, step.len, (insns[i].raw & 3) == 3 ? 4 : 2, "%s",
				    insns[i].what);
	}
}

/* ---- translation ---------------------------------------------------------------------------- */

#define TABLE(n)	(0x80000000ULL + (n) * 0x1000ULL)
#define POINTER(to)	((to) >> 12 << 10 | 1)
#define LEAF(to, bits)	((to) >> 12 << 10 | 1 | (bits))
#define RX		0xaULL
#define SATP(mode)	((u64)(mode) << 60 | 0xffffULL << 44 | TABLE(0) >> 12)

/* Tables of the guest: one entry each, all other entries are 0. */
struct tables {
	u64		at[5], pte[5];
	unsigned int	reads;
};

static int read_entry(void *arg, u64 gpa, u64 *pte)
{
	struct tables *tables = arg;
	unsigned int i;

	tables->reads++;
	*pte = 0;
	for (i = 0; i < ARRAY_SIZE(tables->at); i++)
		if (tables->at[i] == gpa)
			*pte = tables->pte[i];
	return gpa >= TABLE(100) ? -ENOENT : 0;
}

static void expect(struct kunit *test, struct tables *tables, unsigned int mode, u64 gva, int err,
		   u64 gpa)
{
	u64 got = 0;

	KUNIT_EXPECT_EQ(test, rvstep_translate(SATP(mode), gva, read_entry, tables, &got), err);
	KUNIT_EXPECT_EQ(test, got, gpa);
}

static void each_mode_walks_its_levels(struct kunit *test)
{
	/* 0x1234567: entries 0, 9, 0x34 of the lowest three levels */
	struct tables tables = {
		.at = { TABLE(0), TABLE(1) + 9 * 8, TABLE(2) + 0x34 * 8 },
		.pte = { POINTER(TABLE(1)), POINTER(TABLE(2)), LEAF(0x9000ULL, RX) },
	};

	expect(test, &tables, 8, 0x1234567, 0, 0x9567);
	KUNIT_EXPECT_EQ(test, tables.reads, 3);
	tables = (struct tables) {
		.at = { TABLE(0), TABLE(1), TABLE(2), TABLE(3) + 9 * 8, TABLE(4) + 0x34 * 8 },
		.pte = { POINTER(TABLE(1)), POINTER(TABLE(2)), POINTER(TABLE(3)),
			 POINTER(TABLE(4)), LEAF(0x9000ULL, RX) },
	};
	expect(test, &tables, 10, 0x1234567, 0, 0x9567);
	KUNIT_EXPECT_EQ(test, tables.reads, 5);
	expect(test, &tables, 9, 0x1234567, -EFAULT, 0);
	expect(test, &tables, 7, 0, -EFAULT, 0);
	expect(test, &tables, 11, 0, -EFAULT, 0);
	expect(test, &tables, 0, 0x1234567, 0, 0x1234567);
}

static void large_leaves_keep_low_bits(struct kunit *test)
{
	struct tables tables = {
		.at = { TABLE(0) + 511 * 8 }, .pte = { LEAF(0xc0000000ULL, RX) },
	};

	expect(test, &tables, 8, -0x1234ULL, 0, 0x100000000ULL - 0x1234);
	/* Not canonical. */
	expect(test, &tables, 8, 0x7fffffedccULL, -EFAULT, 0);
	/* Not where such a leaf may begin. */
	tables.pte[0] = LEAF(0xc0200000ULL, RX);
	expect(test, &tables, 8, -0x1234ULL, -EFAULT, 0);
}

static void contiguous_leaves_have_one_size(struct kunit *test)
{
	struct tables tables = {
		.at = { TABLE(0), TABLE(1), TABLE(2) + 5 * 8 },
		.pte = { POINTER(TABLE(1)), POINTER(TABLE(2)),
			 LEAF(0x58000ULL, RX) | 1ULL << 63 },
	};

	expect(test, &tables, 8, 0x5123, 0, 0x55123);
	tables.pte[2] = LEAF(0x54000ULL, RX) | 1ULL << 63;
	expect(test, &tables, 8, 0x5123, -EFAULT, 0);
	tables.pte[1] = LEAF(0x200000ULL, RX) | 1ULL << 63;
	expect(test, &tables, 8, 0x5123, -EFAULT, 0);
}

static void what_is_no_code_is_refused(struct kunit *test)
{
	static const u64 bad[] = {
		0, 0x8, LEAF(0x40000000ULL, 2), LEAF(0x40000000ULL, 6), LEAF(0x40000000ULL, 4),
		LEAF(0x40000000ULL, RX) | 1ULL << 54, LEAF(0x40000000ULL, RX) | 1ULL << 60,
	};
	struct tables tables = { .at = { TABLE(0) } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		tables.pte[0] = bad[i];
		expect(test, &tables, 8, 0x123, -EFAULT, 0);
	}
	/* Memory types are welcome. */
	tables.pte[0] = LEAF(0x40000000ULL, RX) | 1ULL << 61;
	expect(test, &tables, 8, 0x123, 0, 0x40000123);
	tables.pte[0] = POINTER(TABLE(200));
	expect(test, &tables, 8, 0x123, -ENOENT, 0);
	/* A table at the lowest level is none. */
	tables.at[0] = TABLE(0);
	tables.pte[0] = POINTER(TABLE(0));
	expect(test, &tables, 8, 0, -EFAULT, 0);
}

static struct kunit_case step_cases[] = {
	KUNIT_CASE(instructions_lead_where_the_isa_says),
	KUNIT_CASE(each_mode_walks_its_levels),
	KUNIT_CASE(large_leaves_keep_low_bits),
	KUNIT_CASE(contiguous_leaves_have_one_size),
	KUNIT_CASE(what_is_no_code_is_refused),
	{ }
};

static struct kunit_suite step_suite = {
	.name		= "kvm_riscv_step",
	.test_cases	= step_cases,
};

kunit_test_suite(step_suite);
