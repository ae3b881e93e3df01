// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
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

static bool overlap(u64 a, u64 na, u64 b, u64 nb)
{
	struct slot_info first = { .gfn = a, .npages = na };
	struct slot_info second = { .gfn = b, .npages = nb };

	return slotset_overlap(&first, &second);
}

static void slots_overlap_when_they_share_a_page(struct kunit *test)
{
	u64 a, na, b, nb;

	for (a = 0; a < 6; a++)
		for (na = 1; na < 6; na++)
			for (b = 0; b < 6; b++)
				for (nb = 1; nb < 6; nb++) {
					u64 mine = ((1 << na) - 1) << a;
					u64 other = ((1 << nb) - 1) << b;

					KUNIT_EXPECT_EQ(test, overlap(a, na, b, nb),
							!!(mine & other));
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
	KUNIT_CASE(slots_overlap_when_they_share_a_page),
	{}
};

static struct kunit_suite slotset_suite = {
	.name = "kvm_riscv_slotset",
	.test_cases = slotset_cases,
};

kunit_test_suite(slotset_suite);
