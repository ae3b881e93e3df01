// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vector registers that are in use all the time, loops over memory as a compiler makes them, and
 * the C library's string functions, which use vector where it is new enough.
 */
#include "compute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TURNS		5000U
#define BYTES		4096U
#define VLENB_MAX	1024U

#define EACH(X)	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) \
		X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27)	\
		X(28) X(29) X(30) X(31)
#define FILL(n)		"vmv.v.x v" #n ", %[first]\n addi %[first], %[first], 1\n"
#define ADD(n)		"vadd.vi v" #n ", v" #n ", 3\n"
#define CLOBBER(n)	"v" #n,
#define VECTOR(text)	".option push\n.option arch, +v\n" text ".option pop\n"

/* Register n begins with @first + n in each element of 64 bits and gets 3 TURNS times. */
static unsigned long count_up(unsigned long first, void *at)
{
	unsigned long turns = TURNS, eight;

	__asm__ volatile(VECTOR("vsetvli %[eight], zero, e64, m1, ta, ma\n"
				EACH(FILL)
				"1: " EACH(ADD)
				"addi %[turns], %[turns], -1\n"
				"bnez %[turns], 1b\n"
				"csrr %[eight], vlenb\n"
				"slli %[eight], %[eight], 3\n"
				"vs8r.v v0, (%[at])\n"
				"add %[at], %[at], %[eight]\n"
				"vs8r.v v8, (%[at])\n"
				"add %[at], %[at], %[eight]\n"
				"vs8r.v v16, (%[at])\n"
				"add %[at], %[at], %[eight]\n"
				"vs8r.v v24, (%[at])\n")
			 : [first] "+r" (first), [turns] "+r" (turns), [eight] "=&r" (eight),
			   [at] "+r" (at)
			 : : EACH(CLOBBER) "memory");
	return eight / 8;
}

static bool registers_are_right(unsigned int seed)
{
	static uint64_t result[32 * VLENB_MAX / 8];
	unsigned long vlenb = count_up(seed, result), i, words;

	words = vlenb / 8;
	for (i = 0; i < 32 * words; i++) {
		if (result[i] != seed + i / words + 3UL * TURNS) {
			printf("v%lu is 0x%lx\n", i / words, result[i]);
			return false;
		}
	}
	return true;
}

/* A loop as in the specification's examples: lengths and types change all the time. */
static void add_bytes(uint8_t *to, const uint8_t *from, size_t n, unsigned int value)
{
	while (n) {
		size_t vl;

		__asm__ volatile(VECTOR("vsetvli %[vl], %[n], e8, m8, ta, ma\n"
					"vle8.v v8, (%[from])\n"
					"vadd.vx v8, v8, %[value]\n"
					"vse8.v v8, (%[to])\n")
				 : [vl] "=&r" (vl)
				 : [n] "r" (n), [from] "r" (from), [to] "r" (to),
				   [value] "r" (value)
				 : "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "memory");
		n -= vl;
		to += vl;
		from += vl;
	}
}

static bool loops_are_right(unsigned int seed)
{
	static uint8_t from[BYTES], to[BYTES];
	unsigned int n = 1 + seed % (BYTES - 1), i;

	for (i = 0; i < BYTES; i++) {
		from[i] = i * 7 + seed;
		to[i] = 0xee;
	}
	add_bytes(to, from, n, seed * 3);
	for (i = 0; i < BYTES; i++) {
		uint8_t wanted = i < n ? from[i] + seed * 3 : 0xee;

		if (to[i] != wanted) {
			printf("byte %u of %u is %u instead of %u\n", i, n, to[i], wanted);
			return false;
		}
	}
	return true;
}

/* Saturation, and the rounding mode of fixed point. */
static bool fixed_point_is_right(unsigned int seed)
{
	unsigned long vcsr, mode = seed % 4, i;

	for (i = 0; i < 2000; i++) {
		if (i == 0)
			__asm__ volatile("csrw 0x00f, %0" : : "r" (mode << 1));
		__asm__ volatile("csrr %0, 0x00f" : "=r" (vcsr));
		if (vcsr >> 1 != mode) {
			printf("vcsr is %lu\n", vcsr);
			return false;
		}
	}
	return true;
}

bool vectors_are_right(unsigned int seed)
{
	return registers_are_right(seed) && loops_are_right(seed) && fixed_point_is_right(seed);
}

bool strings_are_right(unsigned int seed)
{
	static char text[BYTES + 1], copy[BYTES + 1];
	unsigned int len = 8 + seed % (BYTES - 8), i;

	memset(text, 0, sizeof(text));
	memset(copy, 1, sizeof(copy));
	for (i = 0; i < len; i++)
		text[i] = 'a' + (i + seed) % 26;
	memcpy(copy, text, len + 1);
	if (strlen(copy) != len || strcmp(copy, text) || memcmp(copy, text, len + 1) ||
	    strchr(copy, 0) != copy + len || memchr(copy, 1, len)) {
		printf("a text of %u bytes is another\n", len);
		return false;
	}
	copy[len / 2] ^= 1;
	if (!strcmp(copy, text) || !memcmp(copy, text, len) ||
	    memcmp(copy, text, len / 2)) {
		printf("a byte in %u is not seen\n", len);
		return false;
	}
	memmove(copy + 1, copy, len - 1);
	if (strlen(copy) != len || copy[1] != copy[0] || copy[len - 1] != text[len - 2]) {
		printf("a text of %u bytes is not moved\n", len);
		return false;
	}
	return true;
}
