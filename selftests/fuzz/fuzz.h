/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzzers share. */
#ifndef SELFTESTS_FUZZ_H
#define SELFTESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Tell what is wrong and stop, so that the input is kept. */
#define FUZZ_CHECK(good, ...) \
	do { \
		if (good) \
			break; \
		fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #good); \
		fprintf(stderr, __VA_ARGS__); \
		fputc('\n', stderr); \
		abort(); \
	} while (0)

#endif
