// SPDX-License-Identifier: GPL-2.0-only
/*
 * fill MIB: writes that much memory, each word another number, and looks whether all of them are
 * still there; says nothing unless something is wrong.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* No two words of memory have the same: the factor is odd. */
static uint64_t number_of(size_t word)
{
	return (word + 1) * 0x9e3779b97f4a7c15u;
}

int main(int argc, char **argv)
{
	size_t size = strtoul(argc > 1 ? argv[1] : "", NULL, 0) << 20;
	size_t words = size / sizeof(uint64_t), wrong = 0, i;
	uint64_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (!size || memory == MAP_FAILED) {
		printf("no %zu bytes of memory\n", size);
		return 1;
	}
	for (i = 0; i < words; i++)
		memory[i] = number_of(i);
	for (i = 0; i < words; i++)
		wrong += memory[i] != number_of(i);
	if (wrong)
		printf("%zu of %zu words are wrong\n", wrong, words);
	return wrong != 0;
}
