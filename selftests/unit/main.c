// SPDX-License-Identifier: GPL-2.0-only
/* Runs every suite that is linked in, prints KTAP; arguments select suites by part of the name. */
#include <kunit/test.h>
#include <linux/atomic.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct kunit_resource {
	struct kunit_resource	*next;
	void			*memory;
};

struct totals {
	unsigned int	count[3];	/* by enum kunit_status */
};

/* The linker makes these two from the section that kunit_test_suite() fills. */
extern struct kunit_suite *const __start_kunit_suites[];
extern struct kunit_suite *const __stop_kunit_suites[];

/* See linux/atomic.h here. */
void (*unit_before_cmpxchg)(void *where);

static jmp_buf abort_point;

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	struct kunit_resource *res = malloc(sizeof(*res));
	void *memory = calloc(1, size);

	(void)gfp;
	if (!res || !memory) {
		fprintf(stderr, "unit tests: out of memory\n");
		exit(2);
	}
	res->memory = memory;
	res->next = test->resources;
	test->resources = res;
	return memory;
}

static void free_resources(struct kunit *test)
{
	struct kunit_resource *res = test->resources;

	while (res) {
		struct kunit_resource *next = res->next;

		free(res->memory);
		free(res);
		res = next;
	}
	test->resources = NULL;
}

void kunit_fail(struct kunit *test, const char *file, int line, const char *fmt, ...)
{
	va_list args;

	test->status = KUNIT_FAILURE;
	printf("    # %s: FAILED at %s:%d\n    #   ", test->name, file, line);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void kunit_fail_ints(struct kunit *test, const char *file, int line, const char *text,
		     long long left, long long right)
{
	kunit_fail(test, file, line, "expected %s; left is %lld (0x%llx), right %lld (0x%llx)",
		   text, left, left, right, right);
}

void kunit_note(struct kunit *test, const char *fmt, ...)
{
	va_list args;

	if (!*fmt)
		return;
	printf("    # %s: ", test->name);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void kunit_mark_skipped(struct kunit *test, const char *fmt, ...)
{
	va_list args;

	test->status = KUNIT_SKIPPED;
	va_start(args, fmt);
	vsnprintf(test->status_comment, sizeof(test->status_comment), fmt, args);
	va_end(args);
}

void kunit_abort(struct kunit *test)
{
	(void)test;
	longjmp(abort_point, 1);
}

/* Returns the status of one call of the case's function. */
static enum kunit_status run_once(struct kunit_suite *suite, struct kunit_case *tc,
				  struct kunit *test)
{
	test->status = KUNIT_SUCCESS;
	if (!setjmp(abort_point)) {
		if (suite->init && suite->init(test))
			KUNIT_FAIL(test, "init of the suite failed");
		else
			tc->run_case(test);
	}
	if (suite->exit && !setjmp(abort_point))
		suite->exit(test);
	free_resources(test);
	unit_before_cmpxchg = NULL;
	return test->status;
}

static enum kunit_status run_params(struct kunit_suite *suite, struct kunit_case *tc,
				    struct kunit *test)
{
	enum kunit_status worst = KUNIT_SUCCESS;
	char desc[KUNIT_PARAM_DESC_SIZE];
	unsigned int n = 0;

	printf("        KTAP version 1\n        # Subtest: %s\n", tc->name);
	for (;;) {
		desc[0] = '\0';
		test->param_value = tc->generate_params(test->param_value, desc);
		if (!test->param_value)
			break;
		if (!desc[0])
			snprintf(desc, sizeof(desc), "param-%u", n);
		test->priv = NULL;
		if (run_once(suite, tc, test) == KUNIT_FAILURE)
			worst = KUNIT_FAILURE;
		printf("        %s %u %s\n", test->status == KUNIT_FAILURE ? "not ok" : "ok", ++n,
		       desc);
	}
	printf("        1..%u\n", n);
	if (!n) {
		KUNIT_FAIL(test, "no parameters");
		worst = KUNIT_FAILURE;
	}
	return worst;
}

static bool run_suite(struct kunit_suite *suite, unsigned int number, struct totals *totals)
{
	unsigned int ncases = 0, n;
	bool failed = false;

	while (suite->test_cases[ncases].run_case)
		ncases++;
	printf("    KTAP version 1\n    # Subtest: %s\n    1..%u\n", suite->name, ncases);
	if (suite->suite_init && suite->suite_init(suite)) {
		printf("not ok %u %s # suite_init failed\n", number, suite->name);
		totals->count[KUNIT_FAILURE] += ncases;
		return false;
	}
	for (n = 0; n < ncases; n++) {
		struct kunit_case *tc = &suite->test_cases[n];
		struct kunit test = { .name = tc->name };
		enum kunit_status status = tc->generate_params ? run_params(suite, tc, &test) :
								 run_once(suite, tc, &test);

		printf("    %s %u %s", status == KUNIT_FAILURE ? "not ok" : "ok", n + 1, tc->name);
		if (status == KUNIT_SKIPPED)
			printf(" # SKIP %s", test.status_comment);
		putchar('\n');
		fflush(stdout);
		totals->count[status]++;
		failed |= status == KUNIT_FAILURE;
	}
	if (suite->suite_exit)
		suite->suite_exit(suite);
	printf("%s %u %s\n", failed ? "not ok" : "ok", number, suite->name);
	return !failed;
}

static bool suite_wanted(const struct kunit_suite *suite, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (strstr(suite->name, argv[i]))
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	struct kunit_suite *const *suite;
	struct totals totals = {};
	unsigned int nsuites = 0;

	printf("KTAP version 1\n");
	for (suite = __start_kunit_suites; suite < __stop_kunit_suites; suite++)
		if (suite_wanted(*suite, argc, argv))
			run_suite(*suite, ++nsuites, &totals);
	printf("1..%u\n", nsuites);
	printf("# Totals: pass:%u fail:%u skip:%u total:%u\n", totals.count[KUNIT_SUCCESS],
	       totals.count[KUNIT_FAILURE], totals.count[KUNIT_SKIPPED],
	       totals.count[0] + totals.count[1] + totals.count[2]);
	if (!nsuites) {
		fprintf(stderr, "unit tests: no suite matches\n");
		return 2;
	}
	return totals.count[KUNIT_FAILURE] ? 1 : 0;
}
