// SPDX-License-Identifier: GPL-2.0-only
/*
 * The oracle is a list of bit patterns, written as the manuals print them: 0 and 1 are fixed,
 * d s t c are bits of rd, rs1, rs2 and csr, D S T of the three-bit registers x8 to x15, and a dash
 * is anything. The first row that matches counts.
 */
#include "../insn.h"

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

struct row {
	const char		*pattern;
	enum rvinsn_kind	kind;
	u8			width;
	bool			sign;
	bool			sp;	/* rs1 is the stack pointer */
	enum rvinsn_csr_op	op;
	bool			imm;
};

#define ROW(bits, insn_kind, ...) \
	{ .pattern = bits, .kind = RVINSN_##insn_kind, ##__VA_ARGS__ }

static const struct row short_rows[] = {
	ROW("001 --- --- -- --- 00", FLOAT),	/* c.fld */
	ROW("101 --- --- -- --- 00", FLOAT),	/* c.fsd */
	ROW("010 --- SSS -- DDD 00", LOAD, .width = 4, .sign = true),	/* c.lw */
	ROW("011 --- SSS -- DDD 00", LOAD, .width = 8, .sign = true),	/* c.ld */
	ROW("110 --- SSS -- TTT 00", STORE, .width = 4),	/* c.sw */
	ROW("111 --- SSS -- TTT 00", STORE, .width = 8),	/* c.sd */
	ROW("100 000 SSS -- DDD 00", LOAD, .width = 1),	/* c.lbu */
	ROW("100 001 SSS 0- DDD 00", LOAD, .width = 2),	/* c.lhu */
	ROW("100 001 SSS 1- DDD 00", LOAD, .width = 2, .sign = true),	/* c.lh */
	ROW("100 010 SSS -- TTT 00", STORE, .width = 1),	/* c.sb */
	ROW("100 011 SSS 0- TTT 00", STORE, .width = 2),	/* c.sh */
	ROW("001 - ----- ----- 10", FLOAT),	/* c.fldsp */
	ROW("101 - ----- ----- 10", FLOAT),	/* c.fsdsp */
	ROW("010 - 00000 ----- 10", UNKNOWN),	/* reserved */
	ROW("011 - 00000 ----- 10", UNKNOWN),	/* reserved */
	ROW("010 - ddddd ----- 10", LOAD, .width = 4, .sign = true, .sp = true),	/* c.lwsp */
	ROW("011 - ddddd ----- 10", LOAD, .width = 8, .sign = true, .sp = true),	/* c.ldsp */
	ROW("110 - ----- ttttt 10", STORE, .width = 4, .sp = true),	/* c.swsp */
	ROW("111 - ----- ttttt 10", STORE, .width = 8, .sp = true),	/* c.sdsp */
};

static const struct row long_rows[] = {
	ROW("------------ sssss 000 ddddd 0000011", LOAD, .width = 1, .sign = true),	/* lb */
	ROW("------------ sssss 001 ddddd 0000011", LOAD, .width = 2, .sign = true),	/* lh */
	ROW("------------ sssss 010 ddddd 0000011", LOAD, .width = 4, .sign = true),	/* lw */
	ROW("------------ sssss 011 ddddd 0000011", LOAD, .width = 8, .sign = true),	/* ld */
	ROW("------------ sssss 100 ddddd 0000011", LOAD, .width = 1),	/* lbu */
	ROW("------------ sssss 101 ddddd 0000011", LOAD, .width = 2),	/* lhu */
	ROW("------------ sssss 110 ddddd 0000011", LOAD, .width = 4),	/* lwu */
	ROW("------- ttttt sssss 000 ----- 0100011", STORE, .width = 1),	/* sb */
	ROW("------- ttttt sssss 001 ----- 0100011", STORE, .width = 2),	/* sh */
	ROW("------- ttttt sssss 010 ----- 0100011", STORE, .width = 4),	/* sw */
	ROW("------- ttttt sssss 011 ----- 0100011", STORE, .width = 8),	/* sd */
	ROW("------------ ----- 001 ----- 0-00111", FLOAT),	/* flh, fsh */
	ROW("------------ ----- 010 ----- 0-00111", FLOAT),	/* flw, fsw */
	ROW("------------ ----- 011 ----- 0-00111", FLOAT),	/* fld, fsd */
	ROW("------------ ----- 100 ----- 0-00111", FLOAT),	/* flq, fsq */
	ROW("------------ ----- --- ----- 0-00111", VECTOR),	/* vle8.v … */
	ROW("------------ ----- --- ----- 100--11", FLOAT),	/* fmadd … */
	ROW("------------ ----- --- ----- 1010011", FLOAT),	/* fadd … */
	ROW("------------ ----- --- ----- 1010111", VECTOR),	/* vadd, vsetvli … */
	ROW("------------ ----- 010 ----- 1110111", VECTOR),	/* vaesz.vs … */
	ROW("000000001101 00000 000 00000 1110011", WRS_NTO),
	ROW("000000011101 00000 000 00000 1110011", WRS_STO),
	ROW("000100000010 00000 000 00000 1110011", SRET),
	ROW("000100000101 00000 000 00000 1110011", WFI),
	ROW("000110000000 00000 000 00000 1110011", FENCE_VMA),	/* sfence.w.inval */
	ROW("000110000001 00000 000 00000 1110011", FENCE_VMA),	/* sfence.inval.ir */
	ROW("0001001 ttttt sssss 000 00000 1110011", FENCE_VMA),	/* sfence.vma */
	ROW("0001011 ttttt sssss 000 00000 1110011", FENCE_VMA),	/* sinval.vma */
	ROW("0010001 ttttt sssss 000 00000 1110011", FENCE_VMA),	/* hfence.vvma */
	ROW("0010011 ttttt sssss 000 00000 1110011", FENCE_VMA),	/* hinval.vvma */
	ROW("0110001 ttttt sssss 000 00000 1110011", FENCE_VMA),	/* hfence.gvma */
	ROW("0110011 ttttt sssss 000 00000 1110011", FENCE_VMA),	/* hinval.gvma */
	ROW("cccccccccccc sssss 001 ddddd 1110011", CSR, .op = RVINSN_CSR_WRITE),
	ROW("cccccccccccc sssss 010 ddddd 1110011", CSR, .op = RVINSN_CSR_SET),
	ROW("cccccccccccc sssss 011 ddddd 1110011", CSR, .op = RVINSN_CSR_CLEAR),
	ROW("cccccccccccc sssss 101 ddddd 1110011", CSR, .op = RVINSN_CSR_WRITE, .imm = true),
	ROW("cccccccccccc sssss 110 ddddd 1110011", CSR, .op = RVINSN_CSR_SET, .imm = true),
	ROW("cccccccccccc sssss 111 ddddd 1110011", CSR, .op = RVINSN_CSR_CLEAR, .imm = true),
};

/* A pattern turned into masks, so that a sweep over millions of encodings takes no time. */
struct field {
	u32	mask;
	u8	shift;
	u8	add;
};

struct compiled {
	u32		mask;
	u32		value;
	struct field	rd, rs1, rs2, csr;
};

struct oracle {
	const struct row	*rows;
	unsigned int		nrows;
	unsigned int		len;
	struct compiled		compiled[ARRAY_SIZE(long_rows)];
};

static void compile_bit(struct compiled *c, char sign, unsigned int bit)
{
	struct field *field = NULL;

	switch (sign) {
	case '0':
	case '1':
		c->mask |= 1u << bit;
		c->value |= (u32)(sign - '0') << bit;
		return;
	case 'd':
	case 'D':
		field = &c->rd;
		break;
	case 's':
	case 'S':
		field = &c->rs1;
		break;
	case 't':
	case 'T':
		field = &c->rs2;
		break;
	case 'c':
		field = &c->csr;
		break;
	default:
		return;
	}
	field->mask |= 1u << bit;
	field->shift = bit;	/* patterns run from the highest bit down: the last one stays */
	field->add = sign >= 'A' && sign <= 'Z' ? 8 : 0;
}

static struct oracle *make_oracle(struct kunit *test, const struct row *rows, unsigned int nrows,
				  unsigned int len)
{
	struct oracle *oracle = kunit_kzalloc(test, sizeof(*oracle), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, oracle);
	oracle->rows = rows;
	oracle->nrows = nrows;
	oracle->len = len;
	for (i = 0; i < nrows; i++) {
		unsigned int bit = len * 8;
		const char *p;

		for (p = rows[i].pattern; *p; p++)
			if (*p != ' ')
				compile_bit(&oracle->compiled[i], *p, --bit);
		KUNIT_ASSERT_EQ_MSG(test, bit, 0, "pattern %u has a wrong length", i);
	}
	return oracle;
}

static u16 extract(const struct field *field, u32 raw)
{
	return field->mask ? ((raw & field->mask) >> field->shift) + field->add : 0;
}

static struct rvinsn expected(const struct oracle *oracle, u32 raw)
{
	struct rvinsn insn = { .len = oracle->len };
	const struct compiled *c = oracle->compiled;
	const struct row *row = oracle->rows;
	unsigned int n;

	for (n = 0; n < oracle->nrows && (raw & c->mask) != c->value; n++, c++, row++)
		;
	if (n == oracle->nrows)
		return insn;

	insn.kind = row->kind;
	insn.width = row->width;
	insn.sign = row->sign;
	insn.rd = extract(&c->rd, raw);
	insn.rs1 = row->sp ? 2 : extract(&c->rs1, raw);
	insn.rs2 = extract(&c->rs2, raw);
	insn.csr = extract(&c->csr, raw);
	insn.csr_op = row->op;
	insn.csr_imm = row->imm;
	if (row->kind == RVINSN_CSR) {
		insn.csr_reads = row->op != RVINSN_CSR_WRITE || insn.rd != 0;
		insn.csr_writes = row->op == RVINSN_CSR_WRITE || insn.rs1 != 0;
	}
	return insn;
}

static bool same(const struct rvinsn *a, const struct rvinsn *b)
{
	return a->kind == b->kind && a->len == b->len && a->width == b->width &&
	       a->sign == b->sign && a->rd == b->rd && a->rs1 == b->rs1 && a->rs2 == b->rs2 &&
	       a->csr == b->csr && a->csr_op == b->csr_op && a->csr_imm == b->csr_imm &&
	       a->csr_reads == b->csr_reads && a->csr_writes == b->csr_writes;
}

static void check_against(struct kunit *test, const struct oracle *oracle, u32 raw)
{
	struct rvinsn want = expected(oracle, raw);
	struct rvinsn got;

	memset(&got, 0xa5, sizeof(got));
	rvinsn_decode(raw, &got);
	if (!same(&got, &want))
		KUNIT_FAIL_AND_ABORT(test, "%08x: kind %d instead of %d, or a field differs", raw,
				     got.kind, want.kind);
}

static void every_compressed_encoding_decodes_as_its_pattern(struct kunit *test)
{
	struct oracle *oracle = make_oracle(test, short_rows, ARRAY_SIZE(short_rows), 2);
	u32 raw;

	for (raw = 0; raw <= U16_MAX; raw++)
		if ((raw & 3) != 3)
			check_against(test, oracle, raw);
}

static void upper_half_of_a_compressed_word_has_no_effect(struct kunit *test)
{
	struct oracle *oracle = make_oracle(test, short_rows, ARRAY_SIZE(short_rows), 2);
	u32 raw;

	for (raw = 0; raw <= U16_MAX; raw++)
		if ((raw & 3) != 3)
			check_against(test, oracle, raw | 0xffff0000);
}

/* Every opcode, funct3, funct7 and rs2 */
static void every_32_bit_opcode_decodes_as_its_pattern(struct kunit *test)
{
	struct oracle *oracle = make_oracle(test, long_rows, ARRAY_SIZE(long_rows), 4);
	u32 op, funct3, upper;

	for (op = 3; op < 0x80; op += 4)
		for (funct3 = 0; funct3 < 8; funct3++)
			for (upper = 0; upper < 0x1000; upper++)
				check_against(test, oracle, upper << 20 | 21 << 15 | funct3 << 12 |
							    10 << 7 | op);
}

static void every_system_encoding_decodes_as_its_pattern(struct kunit *test)
{
	static const u32 regs[] = { 0, 1, 31 };
	struct oracle *oracle = make_oracle(test, long_rows, ARRAY_SIZE(long_rows), 4);
	u32 funct3, upper, rd, rs1;

	for (funct3 = 0; funct3 < 8; funct3++)
		for (upper = 0; upper < 0x1000; upper++)
			for (rd = 0; rd < ARRAY_SIZE(regs); rd++)
				for (rs1 = 0; rs1 < ARRAY_SIZE(regs); rs1++)
					check_against(test, oracle,
						      upper << 20 | regs[rs1] << 15 |
						      funct3 << 12 | regs[rd] << 7 | 0x73);
}

static void loads_and_stores_name_every_register(struct kunit *test)
{
	struct oracle *oracle = make_oracle(test, long_rows, ARRAY_SIZE(long_rows), 4);
	u32 funct3, a, b;

	for (funct3 = 0; funct3 < 8; funct3++)
		for (a = 0; a < 32; a++)
			for (b = 0; b < 32; b++) {
				u32 common = a << 15 | funct3 << 12;

				check_against(test, oracle, common | b << 7 | 0x03);
				check_against(test, oracle, common | b << 20 | 0x23);
			}
}

static void assembled_examples_decode(struct kunit *test)
{
	struct rvinsn insn;

	rvinsn_decode(0x0005a503, &insn);	/* lw a0, 0(a1) */
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_LOAD);
	KUNIT_EXPECT_EQ(test, insn.width, 4);
	KUNIT_EXPECT_TRUE(test, insn.sign);
	KUNIT_EXPECT_EQ(test, insn.rd, 10);
	KUNIT_EXPECT_EQ(test, insn.rs1, 11);

	rvinsn_decode(0xfeb53c23, &insn);	/* sd a1, -8(a0) */
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_STORE);
	KUNIT_EXPECT_EQ(test, insn.width, 8);
	KUNIT_EXPECT_EQ(test, insn.rs1, 10);
	KUNIT_EXPECT_EQ(test, insn.rs2, 11);

	rvinsn_decode(0x10500073, &insn);	/* wfi */
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_WFI);

	rvinsn_decode(0xc0102573, &insn);	/* rdtime a0 */
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_CSR);
	KUNIT_EXPECT_EQ(test, insn.csr, 0xc01);
	KUNIT_EXPECT_TRUE(test, insn.csr_reads);
	KUNIT_EXPECT_FALSE(test, insn.csr_writes);
}

static void stack_store_with_any_offset_is_a_store(struct kunit *test)
{
	struct rvinsn insn;

	rvinsn_decode(0xc006, &insn);		/* c.swsp ra, 0(sp) */
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_STORE);
	rvinsn_decode(0xe006, &insn);		/* c.sdsp ra, 0(sp) */
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_STORE);
	KUNIT_EXPECT_EQ(test, insn.rs2, 1);
	KUNIT_EXPECT_EQ(test, insn.rs1, 2);
}

static void floating_point_csrs_are_csr_instructions(struct kunit *test)
{
	struct rvinsn insn;

	rvinsn_decode(0x00302573, &insn);	/* frcsr a0 */
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_CSR);
	KUNIT_EXPECT_EQ(test, insn.csr, 3);
}

static void length_follows_the_low_bits(struct kunit *test)
{
	u32 low;

	for (low = 0; low <= U16_MAX; low++)
		KUNIT_ASSERT_EQ(test, rvinsn_length(low), (low & 3) == 3 ? 4u : 2u);
}

static void encodings_longer_than_32_bits_are_unknown(struct kunit *test)
{
	struct rvinsn insn;
	u32 upper;

	for (upper = 0; upper < 0x10000; upper++) {
		rvinsn_decode(upper << 16 | 0x1f, &insn);
		KUNIT_ASSERT_EQ(test, insn.kind, RVINSN_UNKNOWN);
		rvinsn_decode(upper << 16 | 0x7f, &insn);
		KUNIT_ASSERT_EQ(test, insn.kind, RVINSN_UNKNOWN);
	}
}

static void htinst_of_zero_says_nothing(struct kunit *test)
{
	struct rvinsn insn;

	KUNIT_EXPECT_EQ(test, rvinsn_decode_htinst(0, &insn), RVINSN_HTINST_NONE);
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_UNKNOWN);
}

static void htinst_tells_page_table_accesses(struct kunit *test)
{
	struct rvinsn insn;

	KUNIT_EXPECT_EQ(test, rvinsn_decode_htinst(0x2000, &insn), RVINSN_HTINST_PT_READ);
	KUNIT_EXPECT_EQ(test, rvinsn_decode_htinst(0x3000, &insn), RVINSN_HTINST_PT_READ);
	KUNIT_EXPECT_EQ(test, rvinsn_decode_htinst(0x2020, &insn), RVINSN_HTINST_PT_WRITE);
	KUNIT_EXPECT_EQ(test, rvinsn_decode_htinst(0x3020, &insn), RVINSN_HTINST_PT_WRITE);
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_UNKNOWN);
}

static void htinst_of_a_long_load_is_that_load(struct kunit *test)
{
	struct rvinsn insn;

	/* lhu a0, with an address offset of 1 in place of rs1 */
	KUNIT_EXPECT_EQ(test, rvinsn_decode_htinst(0x0000d503, &insn), RVINSN_HTINST_INSN);
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_LOAD);
	KUNIT_EXPECT_EQ(test, insn.width, 2);
	KUNIT_EXPECT_FALSE(test, insn.sign);
	KUNIT_EXPECT_EQ(test, insn.rd, 10);
	KUNIT_EXPECT_EQ(test, insn.rs1, 0);
	KUNIT_EXPECT_EQ(test, insn.len, 4);
}

static void htinst_of_an_expanded_store_keeps_the_short_length(struct kunit *test)
{
	struct rvinsn insn;

	/* c.sd a1 as its expansion sd a1, with bit 1 clear */
	KUNIT_EXPECT_EQ(test, rvinsn_decode_htinst(0x00b03021, &insn), RVINSN_HTINST_INSN);
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_STORE);
	KUNIT_EXPECT_EQ(test, insn.width, 8);
	KUNIT_EXPECT_EQ(test, insn.rs2, 11);
	KUNIT_EXPECT_EQ(test, insn.len, 2);
}

static void htinst_of_a_float_access_is_float(struct kunit *test)
{
	struct rvinsn insn;

	KUNIT_EXPECT_EQ(test, rvinsn_decode_htinst(0x00003507, &insn), RVINSN_HTINST_INSN);
	KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_FLOAT);
}

/* Every opcode, funct3 and length, some registers, and bits that must not be there. */
static void plain_access_is_decoded_the_short_way_as_well(struct kunit *test)
{
	static const u64 others[] = { 0, 0x00b00500, 0x01f00f80, 1ULL << 32, 1ULL << 63 };
	unsigned int accesses = 0;
	unsigned int i;
	u64 low;

	for (low = 0; low < 1 << 10; low++) {
		for (i = 0; i < ARRAY_SIZE(others); i++) {
			u64 htinst = (low & 0x7f) | (low >> 7) << 12 | others[i];
			bool load = rvinsn_htinst_is_load(htinst);
			bool store = rvinsn_htinst_is_store(htinst);
			struct rvinsn full;

			if (rvinsn_decode_htinst(htinst, &full) != RVINSN_HTINST_INSN)
				full.kind = RVINSN_UNKNOWN;
			KUNIT_EXPECT_EQ_MSG(test, load, full.kind == RVINSN_LOAD, "htinst %#llx",
					    (unsigned long long)htinst);
			KUNIT_EXPECT_EQ_MSG(test, store, full.kind == RVINSN_STORE, "htinst %#llx",
					    (unsigned long long)htinst);
			if (!load && !store)
				continue;
			accesses++;
			KUNIT_EXPECT_EQ(test, rvinsn_htinst_len(htinst), full.len);
			KUNIT_EXPECT_EQ(test, rvinsn_htinst_width(htinst), full.width);
			if (load)
				KUNIT_EXPECT_EQ(test, rvinsn_htinst_sign(htinst), full.sign);
			if (load)
				KUNIT_EXPECT_EQ(test, rvinsn_htinst_rd(htinst), full.rd);
			else
				KUNIT_EXPECT_EQ(test, rvinsn_htinst_rs2(htinst), full.rs2);
		}
	}
	/* Seven loads and four stores, both lengths, three sets of registers */
	KUNIT_EXPECT_EQ(test, accesses, 66);
}

static void htinst_that_is_no_load_or_store_is_custom(struct kunit *test)
{
	static const u64 values[] = {
		0x0000000b,		/* custom-0 */
		0x00000073,		/* ecall */
		0x0000202f,		/* lr.w */
		0x00007003,		/* reserved load width */
		0x00004023,		/* reserved store width */
		0x00002002,		/* bit 0 clear, bit 1 set */
		0x00001000,		/* no known pseudoinstruction */
		0x3000ull << 32,
		0x100000503ull,		/* a load, but with bits above 31 */
		U64_MAX,
	};
	struct rvinsn insn;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		KUNIT_EXPECT_EQ_MSG(test, rvinsn_decode_htinst(values[i], &insn),
				    RVINSN_HTINST_CUSTOM, "value %u", i);
		KUNIT_EXPECT_EQ(test, insn.kind, RVINSN_UNKNOWN);
		KUNIT_EXPECT_EQ(test, insn.len, 0);
	}
}

static void load_value_is_extended_by_width_and_sign(struct kunit *test)
{
	const u64 data = 0xfedcba9889abcdefull;
	static const struct {
		u8	width;
		bool	sign;
		u64	value;
	} cases[] = {
		{ 1, true,  0xffffffffffffffefull }, { 1, false, 0xef },
		{ 2, true,  0xffffffffffffcdefull }, { 2, false, 0xcdef },
		{ 4, true,  0xffffffff89abcdefull }, { 4, false, 0x89abcdef },
		{ 8, true,  0xfedcba9889abcdefull }, { 8, false, 0xfedcba9889abcdefull },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rvinsn insn = {
			.kind = RVINSN_LOAD,
			.width = cases[i].width,
			.sign = cases[i].sign,
		};

		KUNIT_EXPECT_EQ_MSG(test, rvinsn_load_value(&insn, data), cases[i].value,
				    "case %u", i);
	}
}

static void positive_load_value_stays_positive(struct kunit *test)
{
	struct rvinsn insn = { .kind = RVINSN_LOAD, .width = 4, .sign = true };

	KUNIT_EXPECT_EQ(test, rvinsn_load_value(&insn, 0xffffffff7fffffffull), 0x7fffffffull);
	insn.width = 1;
	KUNIT_EXPECT_EQ(test, rvinsn_load_value(&insn, 0xff7full), 0x7full);
}

static struct kunit_case insn_cases[] = {
	KUNIT_CASE(every_compressed_encoding_decodes_as_its_pattern),
	KUNIT_CASE(upper_half_of_a_compressed_word_has_no_effect),
	KUNIT_CASE(every_32_bit_opcode_decodes_as_its_pattern),
	KUNIT_CASE(every_system_encoding_decodes_as_its_pattern),
	KUNIT_CASE(loads_and_stores_name_every_register),
	KUNIT_CASE(assembled_examples_decode),
	KUNIT_CASE(stack_store_with_any_offset_is_a_store),
	KUNIT_CASE(floating_point_csrs_are_csr_instructions),
	KUNIT_CASE(length_follows_the_low_bits),
	KUNIT_CASE(encodings_longer_than_32_bits_are_unknown),
	KUNIT_CASE(htinst_of_zero_says_nothing),
	KUNIT_CASE(htinst_tells_page_table_accesses),
	KUNIT_CASE(htinst_of_a_long_load_is_that_load),
	KUNIT_CASE(htinst_of_an_expanded_store_keeps_the_short_length),
	KUNIT_CASE(htinst_of_a_float_access_is_float),
	KUNIT_CASE(plain_access_is_decoded_the_short_way_as_well),
	KUNIT_CASE(htinst_that_is_no_load_or_store_is_custom),
	KUNIT_CASE(load_value_is_extended_by_width_and_sign),
	KUNIT_CASE(positive_load_value_stays_positive),
	{}
};

static struct kunit_suite insn_suite = {
	.name = "kvm_riscv_insn",
	.test_cases = insn_cases,
};

kunit_test_suite(insn_suite);
