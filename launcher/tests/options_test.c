// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <string.h>

#include "test.h"

#define PARSE(options, ...) \
	parse(options, (const char *const[]){ "rvrun", __VA_ARGS__, NULL })

static enum options_verdict parse(struct options *options, const char *const *words)
{
	enum options_verdict verdict;
	char *argv[32];
	int argc;

	for (argc = 0; words[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	argv[argc] = NULL;

	test_mute(true);
	verdict = options_parse(options, argc, argv);
	test_mute(false);
	return verdict;
}

static void options_have_defaults(void)
{
	struct options options;

	CHECK(PARSE(&options, "--kernel", "Image") == OPTIONS_RUN);
	CHECK(!strcmp(options.kernel, "Image"));
	CHECK(!options.initrd && !options.dump_dtb && !strcmp(options.params, ""));
	CHECK(options.mem == 512ULL << 20 && options.cpus == 1);
	CHECK(options.console == CONSOLE_SERIAL && !options.no_reboot && !options.debug);
	CHECK(options.irqchip == IRQCHIP_AUTO);
}

static void options_long_and_short_names_agree(void)
{
	struct options options;

	CHECK(PARSE(&options, "--kernel=K", "--initrd=I", "--params", "a b=c", "--mem", "2G",
		    "--cpus", "4", "--console", "dbcn", "--dump-dtb", "D", "--no-reboot",
		    "--debug") == OPTIONS_RUN);
	CHECK(!strcmp(options.kernel, "K") && !strcmp(options.initrd, "I"));
	CHECK(!strcmp(options.params, "a b=c") && !strcmp(options.dump_dtb, "D"));
	CHECK(options.mem == 2ULL << 30 && options.cpus == 4);
	CHECK(options.console == CONSOLE_DBCN && options.no_reboot && options.debug);

	CHECK(PARSE(&options, "-k", "K", "-i", "I", "-p", "P", "-m", "64", "-c", "512") ==
	      OPTIONS_RUN);
	CHECK(!strcmp(options.kernel, "K") && !strcmp(options.initrd, "I"));
	CHECK(!strcmp(options.params, "P") && options.mem == 64ULL << 20 && options.cpus == 512);
}

static void options_sizes_take_suffixes(void)
{
	struct options options;

	CHECK(PARSE(&options, "-k", "K", "-m", "65536K") == OPTIONS_RUN);
	CHECK(options.mem == 64ULL << 20);
	CHECK(PARSE(&options, "-k", "K", "-m", "100m") == OPTIONS_RUN);
	CHECK(options.mem == 100ULL << 20);
	CHECK(PARSE(&options, "-k", "K", "-m", "1T") == OPTIONS_RUN);
	CHECK(options.mem == 1ULL << 40);
}

static void options_bad_sizes_are_refused(void)
{
	static const char *const bad[] = {
		"", "M", "-1", "-512M", "0", "15M", "512MB", "512Q", "5 12", "2T", "16385K",
		"99999999999999999999", "18446744073709551615G", "0x200",
	};
	struct options options;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(PARSE(&options, "-k", "K", "-m", bad[i]) == OPTIONS_BAD);
}

static void options_bad_cpu_counts_are_refused(void)
{
	static const char *const bad[] = { "", "0", "-1", "513", "4x", "x", "4294967297" };
	struct options options;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(PARSE(&options, "-k", "K", "-c", bad[i]) == OPTIONS_BAD);
}

static void options_name_an_interrupt_controller(void)
{
	struct options options;

	CHECK(PARSE(&options, "-k", "K", "--irqchip=plic") == OPTIONS_RUN);
	CHECK(options.irqchip == IRQCHIP_PLIC);
	CHECK(PARSE(&options, "-k", "K", "--irqchip", "aia") == OPTIONS_RUN);
	CHECK(options.irqchip == IRQCHIP_AIA);
	CHECK(PARSE(&options, "-k", "K", "--irqchip=aia", "--irqchip=auto") == OPTIONS_RUN);
	CHECK(options.irqchip == IRQCHIP_AUTO);
	CHECK(PARSE(&options, "-k", "K", "--irqchip=") == OPTIONS_BAD);
	CHECK(PARSE(&options, "-k", "K", "--irqchip=aplic") == OPTIONS_BAD);
	CHECK(PARSE(&options, "-k", "K", "--irqchip=AIA") == OPTIONS_BAD);
}

static void options_bad_usage_is_refused(void)
{
	struct options options;

	CHECK(PARSE(&options, "--mem", "512M") == OPTIONS_BAD);
	CHECK(PARSE(&options, "--kernel") == OPTIONS_BAD);
	CHECK(PARSE(&options, "-k", "K", "extra") == OPTIONS_BAD);
	CHECK(PARSE(&options, "-k", "K", "--nonsense") == OPTIONS_BAD);
	CHECK(PARSE(&options, "-k", "K", "-z") == OPTIONS_BAD);
	CHECK(PARSE(&options, "-k", "K", "--console", "vga") == OPTIONS_BAD);
	CHECK(PARSE(&options, "-k", "K", "--debug=1") == OPTIONS_BAD);
}

static void options_help_and_version_need_no_kernel(void)
{
	struct options options;

	CHECK(PARSE(&options, "--help") == OPTIONS_DONE);
	CHECK(PARSE(&options, "-h") == OPTIONS_DONE);
	CHECK(PARSE(&options, "--version") == OPTIONS_DONE);
}

const struct test options_tests[] = {
	TEST(options_have_defaults),
	TEST(options_long_and_short_names_agree),
	TEST(options_sizes_take_suffixes),
	TEST(options_bad_sizes_are_refused),
	TEST(options_bad_cpu_counts_are_refused),
	TEST(options_name_an_interrupt_controller),
	TEST(options_bad_usage_is_refused),
	TEST(options_help_and_version_need_no_kernel),
	{ NULL, NULL },
};
