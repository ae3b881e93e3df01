// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI 6.6 §5.2.37 (RISC-V Hart Capabilities Table): a header, then nodes. A hart-info node has the
 * offsets, from the table's begin, of the nodes that tell of this hart. All is little-endian and
 * nothing aligned.
 */
#include "rhct.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#define TABLE_LENGTH		4	/* offsets in the table's header */
#define TABLE_NODE_COUNT	48
#define TABLE_NODE_OFFSET	52
#define TABLE_HEADER		56

#define NODE_TYPE		0	/* offsets in a node */
#define NODE_LENGTH		2
#define NODE_HEADER		6

#define ISA_LENGTH		6	/* of the string, with its NUL */
#define ISA_STRING		8
#define CMO_CBOP		8	/* log2 of bytes */
#define CMO_END			10
#define HART_OFFSET_COUNT	6
#define HART_OFFSETS		12

enum node_type {
	NODE_ISA_STRING	= 0,
	NODE_CMO	= 1,
	NODE_HART_INFO	= 0xffff,
};

#define CBOP_LOG2_MAX		15

struct table {
	const u8	*bytes;
	size_t		len;
};

struct node {
	const u8	*bytes;
	size_t		len;
	unsigned int	type;
};

/* What is said of one hart. */
struct hart {
	struct rvisa_set	isa;
	u32			cbop_block;
};

static u32 read_u16(const u8 *bytes)
{
	return bytes[0] | bytes[1] << 8;
}

static u32 read_u32(const u8 *bytes)
{
	return read_u16(bytes) | read_u16(bytes + 2) << 16;
}

static bool node_at(const struct table *table, size_t offset, struct node *node)
{
	if (offset < TABLE_HEADER || offset > table->len || table->len - offset < NODE_HEADER)
		return false;
	node->bytes = table->bytes + offset;
	node->type = read_u16(node->bytes + NODE_TYPE);
	node->len = read_u16(node->bytes + NODE_LENGTH);
	return node->len >= NODE_HEADER && node->len <= table->len - offset;
}

static void read_isa(const struct node *node, struct rvisa_set *set)
{
	size_t len;

	*set = (struct rvisa_set) { };
	if (node->len < ISA_STRING)
		return;
	len = min_t(size_t, read_u16(node->bytes + ISA_LENGTH), node->len - ISA_STRING);
	rvisa_parse_string((const char *)node->bytes + ISA_STRING, len, set);
}

static u32 read_cbop_block(const struct node *node)
{
	unsigned int log2;

	if (node->len < CMO_END)
		return 0;
	log2 = node->bytes[CMO_CBOP];
	return log2 && log2 <= CBOP_LOG2_MAX ? 1u << log2 : 0;
}

static void read_hart(const struct table *table, const struct node *info, struct hart *hart)
{
	size_t i, count = 0;
	struct node node;

	*hart = (struct hart) { };
	if (info->len >= HART_OFFSETS)
		count = min_t(size_t, read_u16(info->bytes + HART_OFFSET_COUNT),
			      (info->len - HART_OFFSETS) / sizeof(u32));

	for (i = 0; i < count; i++) {
		if (!node_at(table, read_u32(info->bytes + HART_OFFSETS + i * sizeof(u32)), &node))
			continue;
		if (node.type == NODE_ISA_STRING)
			read_isa(&node, &hart->isa);
		else if (node.type == NODE_CMO)
			hart->cbop_block = read_cbop_block(&node);
	}
}

static void add_hart(struct rhct_harts *harts, const struct hart *hart)
{
	if (!harts->count++) {
		harts->isa = hart->isa;
		harts->cbop_block = hart->cbop_block;
		return;
	}
	rvisa_intersect(&harts->isa, &hart->isa);
	if (harts->cbop_block != hart->cbop_block)
		harts->cbop_block = 0;
}

int rhct_parse(const void *bytes, size_t len, struct rhct_harts *harts)
{
	struct table table = { .bytes = bytes, .len = len };
	size_t offset, left;
	struct node node;
	struct hart hart;

	*harts = (struct rhct_harts) { };
	if (len < TABLE_HEADER || memcmp(bytes, "RHCT", 4))
		return -EINVAL;
	table.len = min_t(size_t, len, read_u32(table.bytes + TABLE_LENGTH));

	offset = read_u32(table.bytes + TABLE_NODE_OFFSET);
	left = read_u32(table.bytes + TABLE_NODE_COUNT);
	for (; left && node_at(&table, offset, &node); left--, offset += node.len) {
		if (node.type != NODE_HART_INFO)
			continue;
		read_hart(&table, &node, &hart);
		add_hart(harts, &hart);
	}
	return harts->count ? 0 : -EINVAL;
}
