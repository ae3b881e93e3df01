// SPDX-License-Identifier: GPL-2.0-only
#include "../rhct.h"

#include <kunit/test.h>

#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#define HEADER		56
#define ISA_STRING	0
#define CMO		1
#define MMU		2
#define HART_INFO	0xffff
#define NO_NODE		0

/* A table being written. */
struct builder {
	u8		bytes[1024];
	u32		len;
	u32		nodes;
	struct rhct_harts harts;
};

static void put(struct builder *b, u32 at, u32 value, unsigned int size)
{
	for (; size; size--, value >>= 8)
		b->bytes[at++] = value;
}

static void begin(struct builder *b)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->bytes, "RHCT", 4);
	b->len = HEADER;
}

/* Return: Where it is. */
static u32 add_node(struct builder *b, unsigned int type, unsigned int len)
{
	u32 at = b->len;

	put(b, at, type, 2);
	put(b, at + 2, len, 2);
	put(b, at + 4, 1, 2);
	b->len += len;
	b->nodes++;
	return at;
}

static u32 add_isa(struct builder *b, const char *isa)
{
	unsigned int len = strlen(isa) + 1;
	u32 at = add_node(b, ISA_STRING, 8 + len + len % 2);

	put(b, at + 6, len, 2);
	memcpy(b->bytes + at + 8, isa, len);
	return at;
}

static u32 add_cmo(struct builder *b, unsigned int cbop_log2)
{
	u32 at = add_node(b, CMO, 10);

	put(b, at + 7, 6, 1);
	put(b, at + 8, cbop_log2, 1);
	put(b, at + 9, 6, 1);
	return at;
}

static u32 add_hart(struct builder *b, u32 isa, u32 cmo)
{
	u32 at = add_node(b, HART_INFO, cmo ? 20 : 16);

	put(b, at + 6, cmo ? 2 : 1, 2);
	put(b, at + 8, b->nodes, 4);
	put(b, at + 12, isa, 4);
	if (cmo)
		put(b, at + 16, cmo, 4);
	return at;
}

static int parse(struct builder *b)
{
	put(b, 4, b->len, 4);
	put(b, 48, b->nodes, 4);
	put(b, 52, HEADER, 4);
	return rhct_parse(b->bytes, b->len, &b->harts);
}

static bool nothing(const struct rvisa_set *set)
{
	return !set->bits[0] && !set->bits[1];
}

static void harts_share_a_string_and_a_block_size(struct kunit *test)
{
	struct builder b;
	u32 isa, cmo;

	begin(&b);
	isa = add_isa(&b, "rv64imafdch_zicbop_svade");
	cmo = add_cmo(&b, 7);
	add_node(&b, MMU, 8);
	add_hart(&b, isa, cmo);
	add_hart(&b, isa, cmo);

	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_EQ(test, b.harts.count, 2u);
	KUNIT_EXPECT_EQ(test, b.harts.cbop_block, 128u);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&b.harts.isa, RVISA_SVADE));
	KUNIT_EXPECT_TRUE(test, rvisa_has(&b.harts.isa, RVISA_H));
	KUNIT_EXPECT_TRUE(test, rvisa_has(&b.harts.isa, RVISA_ZICBOP));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&b.harts.isa, RVISA_V));
}

static void unlike_harts_have_in_common_what_both_have(struct kunit *test)
{
	struct builder b;
	u32 rich, poor;

	begin(&b);
	rich = add_isa(&b, "rv64imafdcvh_zabha");
	poor = add_isa(&b, "rv64imafdch_ssnpm");
	add_hart(&b, rich, add_cmo(&b, 6));
	add_hart(&b, poor, add_cmo(&b, 7));
	add_hart(&b, rich, add_cmo(&b, 6));

	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_EQ(test, b.harts.count, 3u);
	KUNIT_EXPECT_EQ(test, b.harts.cbop_block, 0u);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&b.harts.isa, RVISA_D));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&b.harts.isa, RVISA_V));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&b.harts.isa, RVISA_ZABHA));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&b.harts.isa, RVISA_SSNPM));
}

static void hart_without_a_string_has_nothing(struct kunit *test)
{
	struct builder b;
	u32 isa;

	begin(&b);
	isa = add_isa(&b, "rv64imafdch");
	add_hart(&b, isa, NO_NODE);
	add_hart(&b, add_cmo(&b, 6), NO_NODE);
	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_EQ(test, b.harts.count, 2u);
	KUNIT_EXPECT_TRUE(test, nothing(&b.harts.isa));
}

static void string_that_cannot_be_read_gives_nothing(struct kunit *test)
{
	static const char * const strings[] = { "", "rv32imac", "rv64im\x01", "x" };
	struct builder b;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		begin(&b);
		add_hart(&b, add_isa(&b, strings[i]), NO_NODE);
		KUNIT_ASSERT_EQ(test, parse(&b), 0);
		KUNIT_EXPECT_TRUE(test, nothing(&b.harts.isa));
	}
}

static void string_ends_with_its_node(struct kunit *test)
{
	struct builder b;
	u32 isa;

	begin(&b);
	isa = add_isa(&b, "rv64imafdc");
	put(&b, isa + 6, 0xffff, 2);
	put(&b, isa + 2, 8 + 6, 2);
	/* What follows is no node, but the hart is to be found. */
	b.len = isa + 8 + 6;
	add_hart(&b, isa, NO_NODE);
	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&b.harts.isa, RVISA_M));
	KUNIT_EXPECT_FALSE(test, rvisa_has(&b.harts.isa, RVISA_A));
}

static void offsets_out_of_the_table_are_passed_over(struct kunit *test)
{
	static const u32 offsets[] = { 0, 1, HEADER - 1, 1000, 1020, 0x7fffffff, 0xffffffff };
	struct builder b;
	unsigned int i;

	for (i = 0; i < 7; i++) {
		begin(&b);
		add_isa(&b, "rv64imafdc");
		add_hart(&b, offsets[i], offsets[6 - i]);
		KUNIT_ASSERT_EQ(test, parse(&b), 0);
		KUNIT_EXPECT_TRUE_MSG(test, nothing(&b.harts.isa), "offset %u", offsets[i]);
		KUNIT_EXPECT_EQ(test, b.harts.cbop_block, 0u);
	}
}

static void hart_claims_more_offsets_than_it_has(struct kunit *test)
{
	struct builder b;
	u32 isa, hart;

	begin(&b);
	isa = add_isa(&b, "rv64imafdc");
	hart = add_hart(&b, isa, NO_NODE);
	put(&b, hart + 6, 0xffff, 2);
	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_TRUE(test, rvisa_has(&b.harts.isa, RVISA_M));

	/* A node so short that it does not even have a count */
	put(&b, hart + 2, 6, 2);
	b.len = hart + 6;
	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_TRUE(test, nothing(&b.harts.isa));
}

static void short_nodes_say_nothing(struct kunit *test)
{
	struct builder b;
	u32 isa, cmo;

	begin(&b);
	isa = add_node(&b, ISA_STRING, 6);
	cmo = add_node(&b, CMO, 8);
	add_hart(&b, isa, cmo);
	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_TRUE(test, nothing(&b.harts.isa));
	KUNIT_EXPECT_EQ(test, b.harts.cbop_block, 0u);
}

static void block_sizes_that_cannot_be_are_unknown(struct kunit *test)
{
	struct builder b;
	unsigned int log2;

	for (log2 = 0; log2 < 256; log2++) {
		begin(&b);
		add_hart(&b, add_isa(&b, "rv64imac"), add_cmo(&b, log2));
		KUNIT_ASSERT_EQ(test, parse(&b), 0);
		KUNIT_EXPECT_EQ(test, b.harts.cbop_block, log2 && log2 < 16 ? 1u << log2 : 0);
	}
}

static void nodes_end_where_the_table_says(struct kunit *test)
{
	struct builder b;
	u32 isa, second;

	begin(&b);
	isa = add_isa(&b, "rv64imafdc");
	add_hart(&b, isa, NO_NODE);
	second = add_hart(&b, isa, NO_NODE);
	/* by its count */
	b.nodes--;
	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_EQ(test, b.harts.count, 1u);
	/* by its length, even if there is more to read */
	b.nodes++;
	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_EQ(test, b.harts.count, 2u);
	put(&b, 4, second + 5, 4);
	KUNIT_ASSERT_EQ(test, rhct_parse(b.bytes, b.len, &b.harts), 0);
	KUNIT_EXPECT_EQ(test, b.harts.count, 1u);
	/* by a node of no length */
	put(&b, second + 2, 0, 2);
	KUNIT_ASSERT_EQ(test, parse(&b), 0);
	KUNIT_EXPECT_EQ(test, b.harts.count, 1u);
}

static void other_tables_are_refused(struct kunit *test)
{
	struct builder b;
	u32 len;

	begin(&b);
	KUNIT_EXPECT_EQ(test, parse(&b), -EINVAL);
	add_hart(&b, add_isa(&b, "rv64imac"), NO_NODE);
	KUNIT_EXPECT_EQ(test, parse(&b), 0);
	for (len = 0; len < HEADER; len++)
		KUNIT_EXPECT_EQ(test, rhct_parse(b.bytes, len, &b.harts), -EINVAL);
	KUNIT_EXPECT_EQ(test, b.harts.count, 0u);
	/* A table that is shorter by its own word */
	put(&b, 4, HEADER - 1, 4);
	KUNIT_EXPECT_EQ(test, rhct_parse(b.bytes, b.len, &b.harts), -EINVAL);
	b.bytes[0] = 'S';
	KUNIT_EXPECT_EQ(test, parse(&b), -EINVAL);
}

static struct kunit_case rhct_cases[] = {
	KUNIT_CASE(harts_share_a_string_and_a_block_size),
	KUNIT_CASE(unlike_harts_have_in_common_what_both_have),
	KUNIT_CASE(hart_without_a_string_has_nothing),
	KUNIT_CASE(string_that_cannot_be_read_gives_nothing),
	KUNIT_CASE(string_ends_with_its_node),
	KUNIT_CASE(offsets_out_of_the_table_are_passed_over),
	KUNIT_CASE(hart_claims_more_offsets_than_it_has),
	KUNIT_CASE(short_nodes_say_nothing),
	KUNIT_CASE(block_sizes_that_cannot_be_are_unknown),
	KUNIT_CASE(nodes_end_where_the_table_says),
	KUNIT_CASE(other_tables_are_refused),
	{}
};

static struct kunit_suite rhct_suite = {
	.name = "kvm_riscv_rhct",
	.test_cases = rhct_cases,
};

kunit_test_suite(rhct_suite);
