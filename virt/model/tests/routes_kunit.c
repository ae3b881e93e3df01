// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "../routes.h"

#define SEEN_WORDS	(ROUTES_MAX / (8 * sizeof(long)))

struct fixture {
	unsigned long		seen[SEEN_WORDS];
	struct route_entry	entries[ROUTES_MAX + 1];
	struct route		table[ROUTES_MAX];
};

static struct route_entry pin_entry(u32 gsi, u32 pin)
{
	return (struct route_entry){ gsi, { .type = ROUTE_PIN, .pin = pin } };
}

static struct route_entry msi_entry(u32 gsi, u64 addr, u32 data)
{
	return (struct route_entry){ gsi, { .type = ROUTE_MSI, .data = data, .addr = addr } };
}

static int check(struct fixture *f, unsigned int count)
{
	memset(f->seen, 0, sizeof(f->seen));
	return routes_check(f->entries, count, f->seen);
}

static int check_one(struct fixture *f, struct route_entry entry)
{
	f->entries[0] = entry;
	return check(f, 1);
}

static struct fixture *fixture_new(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	return f;
}

static void an_empty_table_is_accepted(struct kunit *test)
{
	struct fixture *f = fixture_new(test);

	KUNIT_EXPECT_EQ(test, check(f, 0), 0);
}

static void gsis_and_pins_have_limits(struct kunit *test)
{
	struct fixture *f = fixture_new(test);

	KUNIT_EXPECT_EQ(test, check_one(f, pin_entry(0, 0)), 1);
	KUNIT_EXPECT_EQ(test, check_one(f, pin_entry(4095, 1023)), 4096);
	KUNIT_EXPECT_EQ(test, check_one(f, pin_entry(4096, 1)), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_one(f, pin_entry(U32_MAX, 1)), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_one(f, pin_entry(1, 1024)), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_one(f, pin_entry(1, U32_MAX)), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_one(f, msi_entry(4095, U64_MAX, U32_MAX)), 4096);
	KUNIT_EXPECT_EQ(test, check_one(f, msi_entry(4096, 0, 0)), -EINVAL);
}

static void other_types_are_refused(struct kunit *test)
{
	struct fixture *f = fixture_new(test);
	u32 type;

	for (type = 0; type < 40; type++) {
		struct route_entry entry = { 1, { .type = type } };
		bool known = type == ROUTE_PIN || type == ROUTE_MSI;

		KUNIT_EXPECT_EQ(test, check_one(f, entry), known ? 2 : -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, check_one(f, (struct route_entry){ 1, { .type = U32_MAX } }),
			-EINVAL);
}

static void one_bad_entry_spoils_all(struct kunit *test)
{
	struct fixture *f = fixture_new(test);
	unsigned int bad;

	for (bad = 0; bad < 3; bad++) {
		f->entries[0] = pin_entry(1, 1);
		f->entries[1] = msi_entry(2, 0x1000, 7);
		f->entries[2] = pin_entry(3, 3);
		KUNIT_EXPECT_EQ(test, check(f, 3), 4);
		f->entries[bad].route = (struct route){ .type = ROUTE_PIN, .pin = 1024 };
		KUNIT_EXPECT_EQ(test, check(f, 3), -EINVAL);
	}
}

static void a_gsi_has_one_route(struct kunit *test)
{
	struct fixture *f = fixture_new(test);
	static const struct route_entry twice[][2] = {
		{ { 5, { .type = ROUTE_PIN, .pin = 1 } }, { 5, { .type = ROUTE_PIN, .pin = 1 } } },
		{ { 5, { .type = ROUTE_PIN, .pin = 1 } }, { 5, { .type = ROUTE_PIN, .pin = 2 } } },
		{ { 64, { .type = ROUTE_PIN, .pin = 1 } }, { 64, { .type = ROUTE_MSI } } },
		{ { 63, { .type = ROUTE_MSI } }, { 63, { .type = ROUTE_MSI } } },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(twice); i++) {
		f->entries[0] = twice[i][0];
		f->entries[1] = pin_entry(9, 9);
		f->entries[2] = twice[i][1];
		KUNIT_EXPECT_EQ(test, check(f, 3), -EINVAL);
		f->entries[2].gsi++;
		KUNIT_EXPECT_GT(test, check(f, 3), 0);
	}
}

static void gsis_may_share_a_pin(struct kunit *test)
{
	struct fixture *f = fixture_new(test);

	f->entries[0] = pin_entry(1, 8);
	f->entries[1] = pin_entry(2, 8);
	KUNIT_EXPECT_EQ(test, check(f, 2), 3);
}

static void a_full_table_is_accepted_and_no_fuller(struct kunit *test)
{
	struct fixture *f = fixture_new(test);
	unsigned int i;

	for (i = 0; i < ROUTES_MAX; i++)
		f->entries[i] = msi_entry(ROUTES_MAX - 1 - i, i, i);
	KUNIT_EXPECT_EQ(test, check(f, ROUTES_MAX), ROUTES_MAX);
	f->entries[ROUTES_MAX] = msi_entry(0, 0, 0);
	KUNIT_EXPECT_EQ(test, check(f, ROUTES_MAX + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, check(f, UINT_MAX), -EINVAL);
}

static void routes_are_found_by_gsi(struct kunit *test)
{
	struct fixture *f = fixture_new(test);
	unsigned int i;

	f->entries[0] = msi_entry(9, 0x28000000000, 0x1234);
	f->entries[1] = pin_entry(3, 1023);
	routes_fill(f->table, f->entries, 2);
	for (i = 0; i < 10; i++) {
		if (i != 3 && i != 9)
			KUNIT_EXPECT_EQ(test, f->table[i].type, ROUTE_NONE);
	}
	KUNIT_EXPECT_EQ(test, f->table[3].type, ROUTE_PIN);
	KUNIT_EXPECT_EQ(test, f->table[3].pin, 1023);
	KUNIT_EXPECT_EQ(test, f->table[9].type, ROUTE_MSI);
	KUNIT_EXPECT_EQ(test, f->table[9].addr, 0x28000000000);
	KUNIT_EXPECT_EQ(test, f->table[9].data, 0x1234);
}

static void without_a_table_each_gsi_is_a_pin(struct kunit *test)
{
	struct fixture *f = fixture_new(test);
	unsigned int i;

	routes_fill_pins(f->table, 97);
	KUNIT_EXPECT_EQ(test, f->table[0].type, ROUTE_NONE);
	for (i = 1; i < 97; i++) {
		KUNIT_EXPECT_EQ(test, f->table[i].type, ROUTE_PIN);
		KUNIT_EXPECT_EQ(test, f->table[i].pin, i);
	}
	KUNIT_EXPECT_EQ(test, f->table[97].type, ROUTE_NONE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_empty_table_is_accepted),
	KUNIT_CASE(gsis_and_pins_have_limits),
	KUNIT_CASE(other_types_are_refused),
	KUNIT_CASE(one_bad_entry_spoils_all),
	KUNIT_CASE(a_gsi_has_one_route),
	KUNIT_CASE(gsis_may_share_a_pin),
	KUNIT_CASE(a_full_table_is_accepted_and_no_fuller),
	KUNIT_CASE(routes_are_found_by_gsi),
	KUNIT_CASE(without_a_table_each_gsi_is_a_pin),
	{}
};

static struct kunit_suite routes_suite = {
	.name		= "kvm_riscv_routes",
	.test_cases	= cases,
};
kunit_test_suite(routes_suite);
