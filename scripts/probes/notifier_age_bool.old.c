// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mmu_notifier.h>

#define AGE_RETURNS(op, ...) \
	__same_type(((struct mmu_notifier_ops *)NULL)->op(__VA_ARGS__), int)

static_assert(AGE_RETURNS(clear_flush_young, NULL, NULL, 0UL, 0UL));
static_assert(AGE_RETURNS(clear_young, NULL, NULL, 0UL, 0UL));
static_assert(AGE_RETURNS(test_young, NULL, NULL, 0UL));
