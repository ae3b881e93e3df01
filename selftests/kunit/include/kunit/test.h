/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for the kernel's <kunit/test.h> in a module for kernels without CONFIG_KUNIT. The
 * interface is that of the unit tests; only what is found at link time differs: a module has no
 * start and stop symbols for a section, so each suite gets a symbol that runner.c names.
 */
#ifndef KVM_RISCV_KUNIT_TEST_H
#define KVM_RISCV_KUNIT_TEST_H

#include <linux/gfp.h>

#define kunit_test_suite(suite) \
	extern struct kunit_suite *const kunit_suite_##suite; \
	struct kunit_suite *const kunit_suite_##suite = &(suite)

#include "../../../unit/include/kunit/test.h"

#endif
