// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs every suite when the module is loaded and prints KTAP to the kernel log, on kernels without
 * CONFIG_KUNIT. Loading fails with EINVAL when a case failed.
 *
 * A case runs in a thread of its own, so that an assertion can end it from any depth.
 */
#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sprintf.h>

struct kunit_resource {
	struct kunit_resource	*next;
	u8			memory[] __aligned(16);
};

struct totals {
	unsigned int	count[3];	/* by enum kunit_status */
};

struct phase {
	struct kunit_suite	*suite;
	struct kunit_case	*tc;	/* NULL: the exit() of the suite */
	struct kunit		*test;
};

/* KUNIT_SUITES comes from Kbuild: SUITE(name) for each suite of the test files. */
#define SUITE(name)	extern struct kunit_suite *const kunit_suite_##name;
KUNIT_SUITES
#undef SUITE

#define SUITE(name)	&kunit_suite_##name,
static struct kunit_suite *const *const suites[] = { KUNIT_SUITES };
#undef SUITE

static struct completion phase_done;	/* one phase runs at a time */

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	struct kunit_resource *res = kvzalloc(struct_size(res, memory, size), gfp);

	if (!res)
		return NULL;
	res->next = test->resources;
	test->resources = res;
	return res->memory;
}

static void free_resources(struct kunit *test)
{
	struct kunit_resource *res = test->resources;

	while (res) {
		struct kunit_resource *next = res->next;

		kvfree(res);
		res = next;
	}
	test->resources = NULL;
}

static void print_comment(struct kunit *test, const char *fmt, va_list *args)
{
	struct va_format vaf = { .fmt = fmt, .va = args };

	pr_info("    # %s: %pV\n", test->name, &vaf);
}

void kunit_fail(struct kunit *test, const char *file, int line, const char *fmt, ...)
{
	va_list args;

	test->status = KUNIT_FAILURE;
	pr_info("    # %s: FAILED at %s:%d\n", test->name, file, line);
	va_start(args, fmt);
	print_comment(test, fmt, &args);
	va_end(args);
}

void kunit_fail_ints(struct kunit *test, const char *file, int line, const char *text,
		     long long left, long long right)
{
	kunit_fail(test, file, line,
		   "expected %s, but left is %lld (0x%llx), right is %lld (0x%llx)", text, left,
		   left, right, right);
}

void kunit_note(struct kunit *test, const char *fmt, ...)
{
	va_list args;

	if (!*fmt)
		return;
	va_start(args, fmt);
	print_comment(test, fmt, &args);
	va_end(args);
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
	kthread_complete_and_exit(&phase_done, 0);
}

static int phase_thread(void *data)
{
	struct phase *phase = data;
	struct kunit *test = phase->test;

	if (!phase->tc)
		phase->suite->exit(test);
	else if (phase->suite->init && phase->suite->init(test))
		KUNIT_FAIL(test, "init of the suite failed");
	else
		phase->tc->run_case(test);
	kthread_complete_and_exit(&phase_done, 0);
}

static void run_phase(struct kunit_suite *suite, struct kunit_case *tc, struct kunit *test)
{
	struct phase phase = { .suite = suite, .tc = tc, .test = test };
	struct task_struct *thread;

	reinit_completion(&phase_done);
	thread = kthread_run(phase_thread, &phase, "kvm-riscv-kunit");
	if (IS_ERR(thread))
		KUNIT_FAIL(test, "no thread: %ld", PTR_ERR(thread));
	else
		wait_for_completion(&phase_done);
}

static enum kunit_status run_once(struct kunit_suite *suite, struct kunit_case *tc,
				  struct kunit *test)
{
	test->status = KUNIT_SUCCESS;
	run_phase(suite, tc, test);
	if (suite->exit)
		run_phase(suite, NULL, test);
	free_resources(test);
	return test->status;
}

static enum kunit_status run_params(struct kunit_suite *suite, struct kunit_case *tc,
				    struct kunit *test)
{
	enum kunit_status worst = KUNIT_SUCCESS;
	char desc[KUNIT_PARAM_DESC_SIZE];
	unsigned int n = 0;

	pr_info("        KTAP version 1\n");
	pr_info("        # Subtest: %s\n", tc->name);
	for (;;) {
		desc[0] = '\0';
		test->param_value = tc->generate_params(test->param_value, desc);
		if (!test->param_value)
			break;
		test->priv = NULL;
		if (run_once(suite, tc, test) == KUNIT_FAILURE)
			worst = KUNIT_FAILURE;
		pr_info("        %s %u %s\n", test->status == KUNIT_FAILURE ? "not ok" : "ok", ++n,
			desc[0] ? desc : "param");
	}
	pr_info("        1..%u\n", n);
	return n ? worst : KUNIT_FAILURE;
}

static enum kunit_status run_case(struct kunit_suite *suite, struct kunit_case *tc,
				  unsigned int number)
{
	struct kunit *test = kzalloc(sizeof(*test), GFP_KERNEL);
	enum kunit_status status = KUNIT_FAILURE;

	if (test) {
		test->name = tc->name;
		status = tc->generate_params ? run_params(suite, tc, test) :
					       run_once(suite, tc, test);
	}
	pr_info("    %s %u %s%s%s\n", status == KUNIT_FAILURE ? "not ok" : "ok", number, tc->name,
		status == KUNIT_SKIPPED ? " # SKIP " : "",
		status == KUNIT_SKIPPED ? test->status_comment : "");
	kfree(test);
	return status;
}

static void run_suite(struct kunit_suite *suite, unsigned int number, struct totals *totals)
{
	unsigned int ncases = 0, failed = 0, n;

	while (suite->test_cases[ncases].run_case)
		ncases++;
	pr_info("    KTAP version 1\n");
	pr_info("    # Subtest: %s\n", suite->name);
	pr_info("    1..%u\n", ncases);

	if (suite->suite_init && suite->suite_init(suite)) {
		totals->count[KUNIT_FAILURE] += ncases;
		pr_info("not ok %u %s # suite_init failed\n", number, suite->name);
		return;
	}
	for (n = 0; n < ncases; n++) {
		enum kunit_status status = run_case(suite, &suite->test_cases[n], n + 1);

		totals->count[status]++;
		failed += status == KUNIT_FAILURE;
	}
	if (suite->suite_exit)
		suite->suite_exit(suite);
	pr_info("%s %u %s\n", failed ? "not ok" : "ok", number, suite->name);
}

static int __init runner_init(void)
{
	struct totals totals = {};
	unsigned int i;

	init_completion(&phase_done);
	pr_info("KTAP version 1\n");
	pr_info("1..%zu\n", ARRAY_SIZE(suites));
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		run_suite(*suites[i], i + 1, &totals);
	pr_info("# Totals: pass:%u fail:%u skip:%u total:%u\n", totals.count[KUNIT_SUCCESS],
		totals.count[KUNIT_FAILURE], totals.count[KUNIT_SKIPPED],
		totals.count[0] + totals.count[1] + totals.count[2]);
	return totals.count[KUNIT_FAILURE] ? -EINVAL : 0;
}
module_init(runner_init);

static void __exit runner_exit(void)
{
}
module_exit(runner_exit);
