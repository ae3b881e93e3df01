// SPDX-License-Identifier: GPL-2.0-only
/* Runs every unit test of the launcher. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_FILES	64

static const struct test *const suites[] = {
	bus_tests, isa_tests, load_tests, options_tests, plic_tests,
	sbi_tests, serial_tests, term_tests, thread_tests, virtdt_tests,
	wire_tests,
};

static bool failed;
static char files[MAX_FILES][32];
static size_t nfiles;

void test_fail(const char *file, int line, const char *what)
{
	printf("# %s:%d: %s\n", file, line, what);
	failed = true;
}

void test_mute(bool mute)
{
	static int out = -1, err = -1;
	int null;

	fflush(stdout);
	if (!mute) {
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		close(out);
		close(err);
		return;
	}
	out = dup(STDOUT_FILENO);
	err = dup(STDERR_FILENO);
	null = open("/dev/null", O_WRONLY);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	close(null);
}

const char *test_file(const void *bytes, size_t len)
{
	char *path = files[nfiles];
	int fd;

	if (nfiles == MAX_FILES)
		abort();
	snprintf(path, sizeof(files[0]), "/tmp/rvrun-test-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len) {
		perror(path);
		exit(1);
	}
	close(fd);
	nfiles++;
	return path;
}

static void remove_files(void)
{
	while (nfiles)
		unlink(files[--nfiles]);
}

int main(void)
{
	size_t suite, count = 0, nfailed = 0;
	const struct test *test;

	for (suite = 0; suite < sizeof(suites) / sizeof(suites[0]); suite++)
		for (test = suites[suite]; test->name; test++)
			count++;
	printf("TAP version 13\n1..%zu\n", count);

	count = 0;
	for (suite = 0; suite < sizeof(suites) / sizeof(suites[0]); suite++) {
		for (test = suites[suite]; test->name; test++) {
			failed = false;
			test->run();
			remove_files();
			nfailed += failed;
			printf("%sok %zu - %s\n", failed ? "not " : "", ++count, test->name);
			fflush(stdout);
		}
	}
	return nfailed ? 1 : 0;
}
