/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest of memstress and its host agree on: where things are, and what a page holds.
 *
 * Guest memory is divided into regions of equal size. Of each page every vCPU owns a quarter. The
 * ledger has the generation of each quarter: twice the number, plus one while it is being written.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE		0x1000UL
#define VCPUS		4UL
#define QUARTER		(PAGE / VCPUS)
#define WORDS		(QUARTER / sizeof(uint64_t))
#define REGIONS		16UL

/* Guest-physical. A region is at one of two places, or nowhere for a moment. */
#define GPA_CODE	0x80000000UL
#define GPA_STACKS	(GPA_CODE + 0x10000UL)
#define STACK_SIZE	0x4000UL
#define GPA_CONTROL	(GPA_CODE + 0x20000UL)
#define GPA_LEDGER	(GPA_CODE + 0x100000UL)
#define GPA_REGIONS	0x100000000UL
#define GPA_ELSEWHERE	0x1000000000UL

/* An experimental SBI extension, which goes to userspace. */
#define SBI_EID		0x08ffffffUL
#define SBI_DONE	0UL
/* a0: page, a1: byte in it, a2: what was found, a3: what was expected */
#define SBI_MISMATCH	1UL

enum content {
	CONTENT_OWN,	/* different in each page and generation */
	CONTENT_ALIKE,	/* one of two in each quarter: something to merge */
	CONTENT_ZERO,	/* zeros over zeros, so that pages may be thrown away */
};

struct control {
	volatile uint64_t	stop;
	uint64_t		seed;
	uint64_t		pages;		/* of a region */
	uint64_t		content[REGIONS];
	volatile uint64_t	base[REGIONS];	/* where the guest looks for a region */
	volatile uint64_t	swept[VCPUS];	/* once through all memory */
	volatile uint64_t	visits[VCPUS];
};

/* Quarters hold first, first + step, first + 2 * step... */
struct pattern {
	uint64_t	first;
	uint64_t	step;
};

static inline uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9UL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebUL;
	return x ^ x >> 31;
}

static inline uint64_t next_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15UL;
	return mix(*state);
}

static inline struct pattern pattern_of(const struct control *control, uint64_t page,
					uint64_t vcpu, uint64_t generation)
{
	uint64_t content = control->content[page / control->pages];
	struct pattern pattern = { 0, 0 };
	uint64_t key;

	if (!generation || content == CONTENT_ZERO)
		return pattern;
	key = control->seed + vcpu;
	if (content == CONTENT_ALIKE)
		key += generation % 2 << 8;
	else
		key += page << 8 ^ generation << 36;
	pattern.first = mix(key);
	pattern.step = mix(pattern.first) | 1;
	return pattern;
}

#endif
