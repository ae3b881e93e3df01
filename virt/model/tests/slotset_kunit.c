// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "../slotset.h"

#define GPA_LIMIT	(1ULL << 41)
#define HVA_LIMIT	(1ULL << 38)

static const struct slot_limits limits = {
	.gpa_limit	= GPA_LIMIT,
	.hva_limit	= HVA_LIMIT,
	.max_pages	= SZ_2G - 1,
	.max_slots	= 32767,
	.allowed_flags	= SLOT_FLAG_LOG_DIRTY | SLOT_FLAG_READONLY,
};

struct check_case {
	const char		*name;
	struct slot_request	req;
	int			result;
};

/* One rule a row; a row that is refused differs from an accepted one in the thing it names. */
static const struct check_case check_cases[] = {
	{ "plain slot",			{ 0, 0, SZ_2G, SZ_2M, SZ_1G }, 0 },
	{ "one page at zero",		{ 0, 0, 0, SZ_4K, 0 }, 0 },
	{ "both flags",			{ 0, 3, SZ_2G, SZ_2M, SZ_1G }, 0 },
	{ "flag nobody knows",		{ 0, 4, SZ_2G, SZ_2M, SZ_1G }, -EINVAL },
	{ "highest flag",		{ 0, 1U << 31, SZ_2G, SZ_2M, SZ_1G }, -EINVAL },
	{ "last slot number",		{ 32766, 0, SZ_2G, SZ_2M, SZ_1G }, 0 },
	{ "slot number at the limit",	{ 32767, 0, SZ_2G, SZ_2M, SZ_1G }, -EINVAL },
	{ "highest slot number",	{ 65535, 0, SZ_2G, SZ_2M, SZ_1G }, -EINVAL },
	{ "address space 1",		{ 0x10000, 0, SZ_2G, SZ_2M, SZ_1G }, -EINVAL },
	{ "address space 65535",	{ 0xffff0000, 0, SZ_2G, SZ_2M, SZ_1G }, -EINVAL },
	{ "guest address off a page",	{ 0, 0, SZ_2G + 1, SZ_2M, SZ_1G }, -EINVAL },
	{ "guest address half a page",	{ 0, 0, SZ_2G + 0x800, SZ_2M, SZ_1G }, -EINVAL },
	{ "size off a page",		{ 0, 0, SZ_2G, SZ_2M - 1, SZ_1G }, -EINVAL },
	{ "size below a page",		{ 0, 0, SZ_2G, 1, SZ_1G }, -EINVAL },
	{ "host address off a page",	{ 0, 0, SZ_2G, SZ_2M, SZ_1G + 0x10 }, -EINVAL },
	{ "guest range wraps",		{ 0, 0, -(u64)SZ_4K, SZ_2M, SZ_1G }, -EINVAL },
	{ "guest range ends at 2^64",	{ 0, 0, -(u64)SZ_4K, SZ_4K, SZ_1G }, -EINVAL },
	{ "host range wraps",		{ 0, 0, SZ_2G, SZ_2M, -(u64)SZ_4K }, -EINVAL },
	{ "host range ends at 2^64",	{ 0, 0, SZ_2G, SZ_4K, -(u64)SZ_4K }, -EINVAL },
	{ "host range reaches the limit", { 0, 0, SZ_2G, SZ_2M, HVA_LIMIT - SZ_2M }, 0 },
	{ "host range passes the limit", { 0, 0, SZ_2G, SZ_2M, HVA_LIMIT - SZ_1M }, -EINVAL },
	{ "host range starts at the limit", { 0, 0, SZ_2G, SZ_4K, HVA_LIMIT }, -EINVAL },
	{ "slot on the last guest page", { 0, 0, GPA_LIMIT - SZ_4K, SZ_4K, SZ_1G }, 0 },
	{ "slot up to the last guest page", { 0, 0, GPA_LIMIT - SZ_1G, SZ_1G, SZ_1G }, 0 },
	{ "slot one page too long",	{ 0, 0, GPA_LIMIT - SZ_4K, 2 * SZ_4K, SZ_1G }, -EFAULT },
	{ "slot past the guest's space", { 0, 0, GPA_LIMIT, SZ_4K, SZ_1G }, -EFAULT },
	{ "far past the guest's space",	{ 0, 0, -(u64)SZ_2M, SZ_4K, SZ_1G }, -EFAULT },
	{ "bad flag is told before the space", { 0, 4, GPA_LIMIT, SZ_4K, SZ_1G }, -EINVAL },
	{ "delete",			{ 0, 0, SZ_2G, 0, SZ_1G }, 0 },
	{ "delete with address 0",	{ 0, 0, 0, 0, 0 }, 0 },
	{ "delete past the guest's space", { 0, 0, GPA_LIMIT + SZ_4K, 0, SZ_1G }, 0 },
	{ "delete off a page",		{ 0, 0, SZ_2G + 8, 0, SZ_1G }, -EINVAL },
	{ "delete, host address off a page", { 0, 0, SZ_2G, 0, SZ_1G + 8 }, -EINVAL },
	{ "delete with an unknown flag", { 0, 8, SZ_2G, 0, SZ_1G }, -EINVAL },
	{ "delete of a bad number",	{ 40000, 0, SZ_2G, 0, SZ_1G }, -EINVAL },
	{ "delete in address space 1",	{ 0x10000, 0, SZ_2G, 0, SZ_1G }, -EINVAL },
};

static void describe_check(const struct check_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(check, check_cases, describe_check);

static void request_is_held_to_the_limits(struct kunit *test)
{
	const struct check_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, slotset_check(&c->req, &limits), c->result);
}

static void page_count_may_reach_its_limit_only(struct kunit *test)
{
	struct slot_limits few = limits;
	struct slot_request req = { .size = 8 * SZ_4K };

	few.max_pages = 8;
	KUNIT_EXPECT_EQ(test, slotset_check(&req, &few), 0);
	req.size += SZ_4K;
	KUNIT_EXPECT_EQ(test, slotset_check(&req, &few), -EINVAL);
}

static void flag_outside_the_allowed_ones_is_refused(struct kunit *test)
{
	struct slot_limits no_readonly = limits;
	struct slot_request req = { .size = SZ_4K, .flags = SLOT_FLAG_READONLY };

	no_readonly.allowed_flags = SLOT_FLAG_LOG_DIRTY;
	KUNIT_EXPECT_EQ(test, slotset_check(&req, &no_readonly), -EINVAL);
	req.flags = SLOT_FLAG_LOG_DIRTY;
	KUNIT_EXPECT_EQ(test, slotset_check(&req, &no_readonly), 0);
}

static const struct slot_request live_req = {
	.id = 5, .flags = 0, .gpa = SZ_2G, .size = SZ_2M, .hva = SZ_1G,
};

static const struct slot_info live = {
	.gfn = SZ_2G / SZ_4K, .npages = SZ_2M / SZ_4K, .hva = SZ_1G, .flags = 0, .id = 5,
};

static void expect_info(struct kunit *test, const struct slot_info *info,
			const struct slot_info *expected)
{
	KUNIT_EXPECT_EQ(test, info->gfn, expected->gfn);
	KUNIT_EXPECT_EQ(test, info->npages, expected->npages);
	KUNIT_EXPECT_EQ(test, info->hva, expected->hva);
	KUNIT_EXPECT_EQ(test, info->flags, expected->flags);
	KUNIT_EXPECT_EQ(test, info->id, expected->id);
}

static void new_number_creates(struct kunit *test)
{
	struct slot_plan plan;

	KUNIT_ASSERT_EQ(test, slotset_plan(&live_req, NULL, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_CREATE);
	KUNIT_EXPECT_FALSE(test, plan.unmap_old);
	KUNIT_EXPECT_FALSE(test, plan.wrprotect);
	expect_info(test, &plan.next, &live);
}

static void created_slot_that_logs_has_nothing_to_protect(struct kunit *test)
{
	struct slot_request req = live_req;
	struct slot_plan plan;

	req.flags = SLOT_FLAG_LOG_DIRTY | SLOT_FLAG_READONLY;
	KUNIT_ASSERT_EQ(test, slotset_plan(&req, NULL, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_CREATE);
	KUNIT_EXPECT_EQ(test, plan.next.flags, SLOT_FLAG_LOG_DIRTY | SLOT_FLAG_READONLY);
	KUNIT_EXPECT_FALSE(test, plan.wrprotect);
}

static void same_request_again_changes_nothing(struct kunit *test)
{
	struct slot_plan plan;

	KUNIT_ASSERT_EQ(test, slotset_plan(&live_req, &live, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_NOTHING);
	KUNIT_EXPECT_FALSE(test, plan.unmap_old);
	KUNIT_EXPECT_FALSE(test, plan.wrprotect);
}

static void size_zero_deletes_whatever_else_is_given(struct kunit *test)
{
	struct slot_request req = { .id = 5, .flags = SLOT_FLAG_READONLY, .gpa = SZ_4K };
	struct slot_plan plan;

	KUNIT_ASSERT_EQ(test, slotset_plan(&req, &live, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_DELETE);
	KUNIT_EXPECT_TRUE(test, plan.unmap_old);
	KUNIT_EXPECT_FALSE(test, plan.wrprotect);
}

static void deleting_nothing_is_refused(struct kunit *test)
{
	struct slot_request req = live_req;
	struct slot_plan plan;

	req.size = 0;
	KUNIT_EXPECT_EQ(test, slotset_plan(&req, NULL, &plan), -EINVAL);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_NOTHING);
	KUNIT_EXPECT_FALSE(test, plan.unmap_old);
}

static void live_slot_keeps_size_host_address_and_readonly(struct kunit *test)
{
	struct slot_info readonly = live;
	struct slot_request req;
	struct slot_plan plan;

	req = live_req;
	req.size = SZ_2M + SZ_4K;
	KUNIT_EXPECT_EQ(test, slotset_plan(&req, &live, &plan), -EINVAL);
	req.size = SZ_4K;
	KUNIT_EXPECT_EQ(test, slotset_plan(&req, &live, &plan), -EINVAL);

	req = live_req;
	req.hva += SZ_4K;
	KUNIT_EXPECT_EQ(test, slotset_plan(&req, &live, &plan), -EINVAL);
	req.gpa += SZ_1G;
	KUNIT_EXPECT_EQ(test, slotset_plan(&req, &live, &plan), -EINVAL);

	req = live_req;
	req.flags = SLOT_FLAG_READONLY;
	KUNIT_EXPECT_EQ(test, slotset_plan(&req, &live, &plan), -EINVAL);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_NOTHING);

	readonly.flags = SLOT_FLAG_READONLY;
	KUNIT_EXPECT_EQ(test, slotset_plan(&live_req, &readonly, &plan), -EINVAL);
}

static void other_guest_address_moves(struct kunit *test)
{
	struct slot_info moved = live;
	struct slot_request req = live_req;
	struct slot_plan plan;

	req.gpa += SZ_4K;
	moved.gfn += 1;
	KUNIT_ASSERT_EQ(test, slotset_plan(&req, &live, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_MOVE);
	KUNIT_EXPECT_TRUE(test, plan.unmap_old);
	KUNIT_EXPECT_FALSE(test, plan.wrprotect);
	expect_info(test, &plan.next, &moved);
}

static void move_may_start_logging_and_protects_nothing(struct kunit *test)
{
	struct slot_request req = live_req;
	struct slot_plan plan;

	req.gpa = 0;
	req.flags = SLOT_FLAG_LOG_DIRTY;
	KUNIT_ASSERT_EQ(test, slotset_plan(&req, &live, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_MOVE);
	KUNIT_EXPECT_EQ(test, plan.next.flags, SLOT_FLAG_LOG_DIRTY);
	KUNIT_EXPECT_TRUE(test, plan.unmap_old);
	KUNIT_EXPECT_FALSE(test, plan.wrprotect);
}

static void logging_protects_when_it_starts_not_when_it_ends(struct kunit *test)
{
	struct slot_info logging = live;
	struct slot_request req = live_req;
	struct slot_plan plan;

	req.flags = SLOT_FLAG_LOG_DIRTY;
	KUNIT_ASSERT_EQ(test, slotset_plan(&req, &live, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_FLAGS);
	KUNIT_EXPECT_TRUE(test, plan.wrprotect);
	KUNIT_EXPECT_FALSE(test, plan.unmap_old);
	logging.flags = SLOT_FLAG_LOG_DIRTY;
	expect_info(test, &plan.next, &logging);

	KUNIT_ASSERT_EQ(test, slotset_plan(&live_req, &logging, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_FLAGS);
	KUNIT_EXPECT_FALSE(test, plan.wrprotect);
	KUNIT_EXPECT_FALSE(test, plan.unmap_old);
	expect_info(test, &plan.next, &live);

	KUNIT_ASSERT_EQ(test, slotset_plan(&req, &logging, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.change, SLOT_NOTHING);
}

static void host_range_becomes_the_guest_pages_it_touches(struct kunit *test)
{
	const struct slot_info slot = { .gfn = 7, .npages = 3, .hva = 100 * SZ_4K };
	u64 start, end;

	for (start = 98 * SZ_4K; start <= 104 * SZ_4K; start += SZ_4K / 4)
		for (end = 98 * SZ_4K; end <= 104 * SZ_4K; end += SZ_4K / 4) {
			struct slot_range range = {};
			u64 page, first = U64_MAX, behind = 0;

			for (page = 0; page < 3; page++) {
				u64 hva = (100 + page) * SZ_4K;

				if (start >= end || end <= hva || start >= hva + SZ_4K)
					continue;
				first = min(first, (7 + page) * SZ_4K);
				behind = (8 + page) * SZ_4K;
			}
			KUNIT_EXPECT_EQ(test, slotset_gpa_range(&slot, start, end, &range),
					behind != 0);
			if (!behind)
				continue;
			KUNIT_EXPECT_EQ(test, range.start, first);
			KUNIT_EXPECT_EQ(test, range.end, behind);
		}
}

static void all_of_the_host_is_all_of_the_slot(struct kunit *test)
{
	const struct slot_info top = { .gfn = (1ULL << 47) - 1, .npages = 1, .hva = 0 };
	struct slot_range range;

	KUNIT_ASSERT_TRUE(test, slotset_gpa_range(&live, 0, U64_MAX, &range));
	KUNIT_EXPECT_EQ(test, range.start, live.gfn << 12);
	KUNIT_EXPECT_EQ(test, range.end, (live.gfn + live.npages) << 12);
	KUNIT_ASSERT_TRUE(test, slotset_gpa_range(&top, 0, U64_MAX, &range));
	KUNIT_EXPECT_EQ(test, range.end, 1ULL << 59);
}

struct log_case {
	u64	npages;
	u64	first;
	u64	count;
	bool	good;
};

static void log_is_cleared_in_whole_words(struct kunit *test)
{
	static const struct log_case cases[] = {
		{ 200, 0, 64, true }, { 200, 64, 128, true }, { 200, 0, 200, true },
		{ 200, 192, 8, true }, { 200, 0, 0, true }, { 192, 192, 0, true },
		{ 64, 0, 64, true }, { 1, 0, 1, true },
		{ 200, 1, 64, false }, { 200, 0, 63, false }, { 200, 64, 100, false },
		{ 200, 192, 9, false }, { 200, 192, 64, false }, { 200, 256, 0, false },
		{ 200, 0, 201, false }, { 200, 64, -64ULL, false }, { 200, -64ULL, 64, false },
		{ 200, -64ULL, 128, false }, { 1, 0, 2, false }, { 1, 0, 64, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct slot_info slot = { .npages = cases[i].npages };

		KUNIT_EXPECT_EQ_MSG(test, slotset_log_has(&slot, cases[i].first, cases[i].count),
				    cases[i].good, "row %u", i);
	}
}

static struct kunit_case slotset_cases[] = {
	KUNIT_CASE_PARAM(request_is_held_to_the_limits, check_gen_params),
	KUNIT_CASE(page_count_may_reach_its_limit_only),
	KUNIT_CASE(flag_outside_the_allowed_ones_is_refused),
	KUNIT_CASE(new_number_creates),
	KUNIT_CASE(created_slot_that_logs_has_nothing_to_protect),
	KUNIT_CASE(same_request_again_changes_nothing),
	KUNIT_CASE(size_zero_deletes_whatever_else_is_given),
	KUNIT_CASE(deleting_nothing_is_refused),
	KUNIT_CASE(live_slot_keeps_size_host_address_and_readonly),
	KUNIT_CASE(other_guest_address_moves),
	KUNIT_CASE(move_may_start_logging_and_protects_nothing),
	KUNIT_CASE(logging_protects_when_it_starts_not_when_it_ends),
	KUNIT_CASE(host_range_becomes_the_guest_pages_it_touches),
	KUNIT_CASE(all_of_the_host_is_all_of_the_slot),
	KUNIT_CASE(log_is_cleared_in_whole_words),
	{}
};

static struct kunit_suite slotset_suite = {
	.name = "kvm_riscv_slotset",
	.test_cases = slotset_cases,
};

kunit_test_suite(slotset_suite);
