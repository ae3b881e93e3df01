// SPDX-License-Identifier: GPL-2.0-only
#include "../regid.h"

#include <kunit/test.h>

#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/types.h>

#define RISCV	0x8000000000000000ull
#define SIZE_32	0x0020000000000000ull
#define SIZE_64	0x0030000000000000ull

/* How many subclasses each class has, written down apart from the code */
static const u8 subclasses[256] = {
	[1] = 1, [2] = 1, [3] = 3, [4] = 1, [5] = 1, [6] = 1, [7] = 3, [8] = 3, [9] = 1, [10] = 2,
};

static void known_registers_come_apart_into_their_fields(struct kunit *test)
{
	static const struct {
		u64		id;
		struct regid	reg;
	} cases[] = {
		{ RISCV | SIZE_64 | 0x01000000, { REGID_CONFIG, 0, 0, 8 } },
		{ RISCV | SIZE_64 | 0x02000020, { REGID_CORE, 0, 32, 8 } },
		{ RISCV | SIZE_64 | 0x03000008, { REGID_CSR, REGID_CSR_GENERAL, 8, 8 } },
		{ RISCV | SIZE_64 | 0x03010006, { REGID_CSR, REGID_CSR_AIA, 6, 8 } },
		{ RISCV | SIZE_64 | 0x03020000, { REGID_CSR, REGID_CSR_SMSTATEEN, 0, 8 } },
		{ RISCV | SIZE_64 | 0x04000003, { REGID_TIMER, 0, 3, 8 } },
		{ RISCV | SIZE_32 | 0x05000020, { REGID_FP_F, 0, 32, 4 } },
		{ RISCV | SIZE_64 | 0x0600001f, { REGID_FP_D, 0, 31, 8 } },
		{ RISCV | SIZE_64 | 0x0702ffff, { REGID_ISA_EXT, REGID_EXT_MULTI_DIS, 65535, 8 } },
		{ RISCV | SIZE_64 | 0x0801000d, { REGID_SBI_EXT, REGID_EXT_MULTI_EN, 13, 8 } },
		{ RISCV | 0x00d0000009000024ull, { REGID_VECTOR, 0, 36, 8192 } },
		{ RISCV | SIZE_64 | 0x0a010002, { REGID_SBI_STATE, REGID_SBI_STATE_FWFT, 2, 8 } },
	};
	struct regid reg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_ASSERT_EQ_MSG(test, regid_parse(cases[i].id, &reg), 0, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, reg.class, cases[i].reg.class, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, reg.subclass, cases[i].reg.subclass, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, reg.index, cases[i].reg.index, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, reg.size, cases[i].reg.size, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, regid_make(&reg), cases[i].id, "case %u", i);
	}
}

static void every_class_and_subclass_is_either_known_or_refused(struct kunit *test)
{
	unsigned int class, subclass;
	struct regid reg;

	for (class = 0; class < 256; class++)
		for (subclass = 0; subclass < 256; subclass++) {
			u64 id = RISCV | SIZE_64 | (u64)class << 24 | subclass << 16;
			int want = subclass < subclasses[class] ? 0 : -ENOENT;

			KUNIT_ASSERT_EQ_MSG(test, regid_parse(id, &reg), want, "class %u/%u",
					    class, subclass);
		}
}

static void other_architectures_do_not_exist(struct kunit *test)
{
	struct regid reg;
	u64 arch;

	for (arch = 0; arch < 256; arch++)
		KUNIT_EXPECT_EQ(test, regid_parse(arch << 56 | SIZE_64 | 0x02000000, &reg),
				arch == 0x80 ? 0 : -ENOENT);
}

static void reserved_bits_are_refused(struct kunit *test)
{
	struct regid reg;
	unsigned int bit;

	for (bit = 32; bit < 52; bit++)
		KUNIT_EXPECT_EQ(test, regid_parse(RISCV | SIZE_64 | 0x02000000 | 1ull << bit, &reg),
				-ENOENT);
}

static void refused_id_leaves_the_result_alone(struct kunit *test)
{
	struct regid reg = { .class = 77, .index = 88 };

	KUNIT_EXPECT_EQ(test, regid_parse(0, &reg), -ENOENT);
	KUNIT_EXPECT_EQ(test, regid_parse(U64_MAX, &reg), -ENOENT);
	KUNIT_EXPECT_EQ(test, reg.class, 77);
	KUNIT_EXPECT_EQ(test, reg.index, 88);
}

static void every_size_code_survives_the_round_trip(struct kunit *test)
{
	struct regid reg;
	u64 code;

	for (code = 0; code < 16; code++) {
		u64 id = RISCV | code << 52 | 0x09000005;

		KUNIT_ASSERT_EQ(test, regid_parse(id, &reg), 0);
		KUNIT_EXPECT_EQ(test, reg.size, 1u << code);
		KUNIT_EXPECT_EQ(test, regid_make(&reg), id);
	}
}

static struct kunit_case regid_cases[] = {
	KUNIT_CASE(known_registers_come_apart_into_their_fields),
	KUNIT_CASE(every_class_and_subclass_is_either_known_or_refused),
	KUNIT_CASE(other_architectures_do_not_exist),
	KUNIT_CASE(reserved_bits_are_refused),
	KUNIT_CASE(refused_id_leaves_the_result_alone),
	KUNIT_CASE(every_size_code_survives_the_round_trip),
	{}
};

static struct kunit_suite regid_suite = {
	.name = "kvm_riscv_regid",
	.test_cases = regid_cases,
};

kunit_test_suite(regid_suite);
