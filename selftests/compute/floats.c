// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floating point with results that integers know: all sums and products here are exact. The 32
 * registers are in use all the time, so that one that is another's for a moment shows.
 */
#include "compute.h"

#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TURNS	20000U

#define EACH(X)	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) \
		X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27)	\
		X(28) X(29) X(30)
#define FILL(n)		"fcvt.d.l f" #n ", %[first]\n addi %[first], %[first], 1\n"
#define ADD(n)		"fadd.d f" #n ", f" #n ", f31\n"
#define DUMP(n)		"fsd f" #n ", 8 * " #n "(%[at])\n"
#define CLOBBER(n)	"f" #n,

/* Register n begins with @first + n and gets @step TURNS times; f31 holds the step. */
static void count_up(long first, long step, double *at)
{
	unsigned long turns = TURNS;

	__asm__ volatile(EACH(FILL)
			 "fcvt.d.l f31, %[step]\n"
			 "1: " EACH(ADD)
			 "addi %[turns], %[turns], -1\n"
			 "bnez %[turns], 1b\n"
			 EACH(DUMP)
			 : [first] "+r" (first), [turns] "+r" (turns)
			 : [step] "r" (step), [at] "r" (at)
			 : EACH(CLOBBER) "f31", "memory");
}

static bool registers_are_right(unsigned int seed)
{
	long first = seed % 10007, step = 1 + seed % 97;
	double result[31];
	unsigned int i;

	count_up(first, step, result);
	for (i = 0; i < 31; i++) {
		if (result[i] != first + i + step * (long)TURNS) {
			printf("f%u is %f\n", i, result[i]);
			return false;
		}
	}
	return true;
}

/* The rounding mode is this process's own. */
static bool rounding_is_right(unsigned int seed)
{
	static const int modes[] = { FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD };
	volatile double one = 1, three = 3;
	unsigned int i;
	bool good;

	fesetround(modes[seed % 4]);
	for (i = 0, good = true; i < 2000 && good; i++) {
		double third = one / three;

		good = fegetround() == modes[seed % 4] &&
		       (third > 0x1.5555555555555p-2) == (modes[seed % 4] == FE_UPWARD);
	}
	fesetround(FE_TONEAREST);
	if (!good)
		printf("rounding mode %u is another\n", seed % 4);
	return good;
}

/* Whole numbers, which the library's functions leave whole. */
static bool library_is_right(unsigned int seed)
{
	double sum = 0;
	unsigned int i;

	for (i = 1; i <= 3000; i++) {
		double x = (seed + i) % 4096;

		sum += sqrt(x * x) + fma(x, 2, -x) - floor(x + 0.5);
	}
	for (i = 1; i <= 3000; i++)
		sum -= (seed + i) % 4096;
	if (sum != 0)
		printf("a sum is %f instead of 0\n", sum);
	return sum == 0;
}

bool floats_are_right(unsigned int seed)
{
	return registers_are_right(seed) && rounding_is_right(seed) && library_is_right(seed);
}
