/* SPDX-License-Identifier: GPL-2.0-only */
/* A minimal harness: each test is a function; the output is TAP. */
#ifndef RVRUN_TEST_H
#define RVRUN_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct test - A named test; tests of a file end with an empty entry. */
struct test {
	const char	*name;
	void		(*run)(void);
};

#define TEST(function)	{ #function, function }

/** test_fail() - Note that the running test has failed, and where. */
void test_fail(const char *file, int line, const char *what);

/** test_mute() - Send standard error (and output) to /dev/null, or back. */
void test_mute(bool mute);

/** test_file() - Write a temporary file, removed at exit. Return: its path. */
const char *test_file(const void *bytes, size_t len);

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			test_fail(__FILE__, __LINE__, #condition); \
	} while (0)

extern const struct test bus_tests[], isa_tests[], load_tests[], options_tests[], plic_tests[],
	sbi_tests[], serial_tests[], term_tests[], thread_tests[], virtdt_tests[],
	wire_tests[];

#endif
