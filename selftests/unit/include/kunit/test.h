/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the kernel's KUnit interface that our suites use, for a run without a kernel.
 * A suite that builds here also builds against the kernel's own <kunit/test.h>: names, argument
 * order and meaning are the same. The runner supplies the functions declared at the end.
 */
#ifndef UNIT_KUNIT_TEST_H
#define UNIT_KUNIT_TEST_H

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#define KUNIT_PARAM_DESC_SIZE	128

#ifndef GFP_KERNEL	/* the kernel's, when the suites run there: selftests/kunit */
typedef unsigned int gfp_t;
#define GFP_KERNEL	((gfp_t)0)
#endif

enum kunit_status {
	KUNIT_SUCCESS,
	KUNIT_FAILURE,
	KUNIT_SKIPPED,
};

struct kunit_resource;

struct kunit {
	void			*priv;		/* of the suite's init() */
	const void		*param_value;	/* of a KUNIT_CASE_PARAM */
	const char		*name;
	enum kunit_status	status;
	char			status_comment[256];
	struct kunit_resource	*resources;	/* freed when the case ends */
};

struct kunit_case {
	void		(*run_case)(struct kunit *test);
	const char	*name;
	const void	*(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char		name[256];
	int			(*suite_init)(struct kunit_suite *suite);
	void			(*suite_exit)(struct kunit_suite *suite);
	int			(*init)(struct kunit *test);
	void			(*exit)(struct kunit *test);
	struct kunit_case	*test_cases;
};

#define KUNIT_CASE(fn)			{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_SLOW(fn)		KUNIT_CASE(fn)
#define KUNIT_CASE_PARAM(fn, gen)	{ .run_case = fn, .name = #fn, .generate_params = gen }

#define KUNIT_ARRAY_PARAM(name, array, get_desc) \
	static const void *name##_gen_params(const void *prev, char *desc) \
	{ \
		const __typeof__((array)[0]) *next = \
			prev ? (const __typeof__((array)[0]) *)prev + 1 : (array); \
		void (*describe)(const __typeof__((array)[0]) *, char *) = get_desc; \
		if ((size_t)(next - (array)) >= ARRAY_SIZE(array)) \
			return NULL; \
		if (describe) \
			describe(next, desc); \
		return next; \
	}

/* A suite is found through its pointer in this section. */
#ifndef kunit_test_suite
#define kunit_test_suite(suite) \
	static struct kunit_suite *const __kunit_ptr_##suite \
	__attribute__((__used__, __section__("kunit_suites"))) = &(suite)
#endif

#define KUNIT_SUCCEED(test)		((void)(test))
#define KUNIT_FAIL(test, fmt, ...) \
	kunit_fail(test, __FILE__, __LINE__, fmt, ##__VA_ARGS__)
#define KUNIT_FAIL_AND_ABORT(test, fmt, ...) \
	do { KUNIT_FAIL(test, fmt, ##__VA_ARGS__); kunit_abort(test); } while (0)
#define kunit_skip(test, fmt, ...) \
	do { kunit_mark_skipped(test, fmt, ##__VA_ARGS__); kunit_abort(test); } while (0)

#define __KUNIT_INTS(test, left, op, right, stop, ...) \
	do { \
		const __typeof__(left) __left = (left); \
		const __typeof__(right) __right = (right); \
		if (!(__left op __right)) \
			kunit_fail_ints(test, __FILE__, __LINE__, #left " " #op " " #right, \
					(long long)__left, (long long)__right); \
		else \
			break; \
		__KUNIT_AFTER(test, stop, ##__VA_ARGS__); \
	} while (0)

#define __KUNIT_PTRS(test, left, op, right, stop, ...) \
	do { \
		const void *__left = (const void *)(left); \
		const void *__right = (const void *)(right); \
		if (__left op __right) \
			break; \
		kunit_fail_ints(test, __FILE__, __LINE__, #left " " #op " " #right, \
				(long long)(uintptr_t)__left, (long long)(uintptr_t)__right); \
		__KUNIT_AFTER(test, stop, ##__VA_ARGS__); \
	} while (0)

#define __KUNIT_COND(test, good, text, stop, ...) \
	do { \
		if (good) \
			break; \
		kunit_fail(test, __FILE__, __LINE__, "expected %s", text); \
		__KUNIT_AFTER(test, stop, ##__VA_ARGS__); \
	} while (0)

#define __KUNIT_AFTER(test, stop, ...) \
	do { \
		kunit_note(test, "" __VA_ARGS__); \
		if (stop) \
			kunit_abort(test); \
	} while (0)

#define KUNIT_EXPECT_EQ(test, l, r)		__KUNIT_INTS(test, l, ==, r, 0)
#define KUNIT_EXPECT_NE(test, l, r)		__KUNIT_INTS(test, l, !=, r, 0)
#define KUNIT_EXPECT_LT(test, l, r)		__KUNIT_INTS(test, l, <, r, 0)
#define KUNIT_EXPECT_LE(test, l, r)		__KUNIT_INTS(test, l, <=, r, 0)
#define KUNIT_EXPECT_GT(test, l, r)		__KUNIT_INTS(test, l, >, r, 0)
#define KUNIT_EXPECT_GE(test, l, r)		__KUNIT_INTS(test, l, >=, r, 0)
#define KUNIT_EXPECT_PTR_EQ(test, l, r)		__KUNIT_PTRS(test, l, ==, r, 0)
#define KUNIT_EXPECT_PTR_NE(test, l, r)		__KUNIT_PTRS(test, l, !=, r, 0)
#define KUNIT_EXPECT_NULL(test, p)		__KUNIT_PTRS(test, p, ==, NULL, 0)
#define KUNIT_EXPECT_NOT_NULL(test, p)		__KUNIT_PTRS(test, p, !=, NULL, 0)
#define KUNIT_EXPECT_TRUE(test, c)		__KUNIT_COND(test, c, #c, 0)
#define KUNIT_EXPECT_FALSE(test, c)		__KUNIT_COND(test, !(c), "!(" #c ")", 0)
#define KUNIT_EXPECT_STREQ(test, l, r) \
	__KUNIT_COND(test, !strcmp(l, r), #l " equals " #r, 0)
#define KUNIT_EXPECT_MEMEQ(test, l, r, size) \
	__KUNIT_COND(test, !memcmp(l, r, size), #l " equals " #r, 0)
#define KUNIT_EXPECT_MEMNEQ(test, l, r, size) \
	__KUNIT_COND(test, memcmp(l, r, size), #l " differs from " #r, 0)

#define KUNIT_EXPECT_EQ_MSG(test, l, r, ...)	__KUNIT_INTS(test, l, ==, r, 0, __VA_ARGS__)
#define KUNIT_EXPECT_NE_MSG(test, l, r, ...)	__KUNIT_INTS(test, l, !=, r, 0, __VA_ARGS__)
#define KUNIT_EXPECT_LT_MSG(test, l, r, ...)	__KUNIT_INTS(test, l, <, r, 0, __VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(test, l, r, ...)	__KUNIT_INTS(test, l, <=, r, 0, __VA_ARGS__)
#define KUNIT_EXPECT_TRUE_MSG(test, c, ...)	__KUNIT_COND(test, c, #c, 0, __VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(test, c, ...) \
	__KUNIT_COND(test, !(c), "!(" #c ")", 0, __VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ_MSG(test, l, r, size, ...) \
	__KUNIT_COND(test, !memcmp(l, r, size), #l " equals " #r, 0, __VA_ARGS__)

#define KUNIT_ASSERT_EQ(test, l, r)		__KUNIT_INTS(test, l, ==, r, 1)
#define KUNIT_ASSERT_NE(test, l, r)		__KUNIT_INTS(test, l, !=, r, 1)
#define KUNIT_ASSERT_LT(test, l, r)		__KUNIT_INTS(test, l, <, r, 1)
#define KUNIT_ASSERT_LE(test, l, r)		__KUNIT_INTS(test, l, <=, r, 1)
#define KUNIT_ASSERT_GT(test, l, r)		__KUNIT_INTS(test, l, >, r, 1)
#define KUNIT_ASSERT_GE(test, l, r)		__KUNIT_INTS(test, l, >=, r, 1)
#define KUNIT_ASSERT_PTR_EQ(test, l, r)		__KUNIT_PTRS(test, l, ==, r, 1)
#define KUNIT_ASSERT_NULL(test, p)		__KUNIT_PTRS(test, p, ==, NULL, 1)
#define KUNIT_ASSERT_NOT_NULL(test, p)		__KUNIT_PTRS(test, p, !=, NULL, 1)
#define KUNIT_ASSERT_TRUE(test, c)		__KUNIT_COND(test, c, #c, 1)
#define KUNIT_ASSERT_FALSE(test, c)		__KUNIT_COND(test, !(c), "!(" #c ")", 1)
#define KUNIT_ASSERT_MEMEQ(test, l, r, size) \
	__KUNIT_COND(test, !memcmp(l, r, size), #l " equals " #r, 1)
#define KUNIT_ASSERT_EQ_MSG(test, l, r, ...)	__KUNIT_INTS(test, l, ==, r, 1, __VA_ARGS__)
#define KUNIT_ASSERT_TRUE_MSG(test, c, ...)	__KUNIT_COND(test, c, #c, 1, __VA_ARGS__)
#define KUNIT_ASSERT_FALSE_MSG(test, c, ...) \
	__KUNIT_COND(test, !(c), "!(" #c ")", 1, __VA_ARGS__)

#define kunit_info(test, fmt, ...)	kunit_note(test, fmt, ##__VA_ARGS__)

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp);
void kunit_fail(struct kunit *test, const char *file, int line, const char *fmt, ...)
	__printf(4, 5);
void kunit_fail_ints(struct kunit *test, const char *file, int line, const char *text,
		     long long left, long long right);
void kunit_note(struct kunit *test, const char *fmt, ...) __printf(2, 3);
void kunit_mark_skipped(struct kunit *test, const char *fmt, ...) __printf(2, 3);
__attribute__((__noreturn__)) void kunit_abort(struct kunit *test);

static inline void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : kunit_kzalloc(test, bytes, gfp);
}

#endif
