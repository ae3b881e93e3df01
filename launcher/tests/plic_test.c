// SPDX-License-Identifier: GPL-2.0-only
#include "plic.h"

#include <string.h>

#include "test.h"

#define NHARTS	3

/* Register offsets, from the specification's memory map. */
#define PRIORITY(source)	(4ULL * (source))
#define PENDING(word)		(0x1000ULL + 4 * (word))
#define ENABLE(hart, word)	(0x2000ULL + 0x80 * (hart) + 4 * (word))
#define THRESHOLD(hart)		(0x200000ULL + 0x1000 * (hart))
#define CLAIM(hart)		(THRESHOLD(hart) + 4)

static struct plic plic;
static bool lines[NHARTS];
static unsigned int nchanges;

static void note_line(void *ctx, unsigned int hart, bool level)
{
	CHECK(ctx == &lines);
	CHECK(hart < NHARTS);
	CHECK(lines[hart] != level);
	lines[hart] = level;
	nchanges++;
}

static uint32_t rd(uint64_t offset)
{
	uint8_t data[4];

	memset(data, 0xff, sizeof(data));
	plic_access(&plic, offset, data, 4, false);
	return data[0] | data[1] << 8 | data[2] << 16 | (uint32_t)data[3] << 24;
}

static void wr(uint64_t offset, uint32_t value)
{
	uint8_t data[4] = {
		(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
		(uint8_t)(value >> 24)
	};

	plic_access(&plic, offset, data, 4, true);
}

static void start(void)
{
	memset(lines, 0, sizeof(lines));
	nchanges = 0;
	CHECK(!plic_init(&plic, NHARTS, note_line, lines));
}

static void plic_delivers_claims_and_completes(void)
{
	start();
	wr(PRIORITY(5), 1);
	wr(ENABLE(1, 0), 1 << 5);
	plic_set_level(&plic, 5, true);
	CHECK(!lines[0] && lines[1] && !lines[2]);
	CHECK(rd(PENDING(0)) == 1 << 5);

	CHECK(rd(CLAIM(1)) == 5);
	CHECK(!lines[1] && rd(PENDING(0)) == 0);
	CHECK(rd(CLAIM(1)) == 0);

	plic_set_level(&plic, 5, false);
	wr(CLAIM(1), 5);
	CHECK(!lines[1] && nchanges == 2);
	plic_destroy(&plic);
}

static void plic_level_that_stays_high_interrupts_again_after_completion(void)
{
	start();
	wr(PRIORITY(40), 7);
	wr(ENABLE(0, 1), 1 << 8);
	plic_set_level(&plic, 40, true);
	CHECK(rd(CLAIM(0)) == 40 && !lines[0]);
	/* The gateway holds back until then. */
	plic_set_level(&plic, 40, false);
	plic_set_level(&plic, 40, true);
	CHECK(!lines[0]);
	wr(CLAIM(0), 40);
	CHECK(lines[0] && rd(PENDING(1)) == 1 << 8);
	plic_destroy(&plic);
}

static void plic_request_stays_when_its_level_drops(void)
{
	start();
	wr(PRIORITY(3), 1);
	wr(ENABLE(0, 0), 1 << 3);
	plic_set_level(&plic, 3, true);
	plic_set_level(&plic, 3, false);
	CHECK(lines[0] && rd(CLAIM(0)) == 3);
	wr(CLAIM(0), 3);
	CHECK(!lines[0]);
	plic_destroy(&plic);
}

static void plic_serves_by_priority_then_number(void)
{
	start();
	wr(ENABLE(0, 0), 0xffffffff);
	wr(ENABLE(0, 1), 0xffffffff);
	wr(PRIORITY(4), 2);
	wr(PRIORITY(9), 3);
	wr(PRIORITY(63), 3);
	wr(PRIORITY(1), 0);
	plic_set_level(&plic, 4, true);
	plic_set_level(&plic, 9, true);
	plic_set_level(&plic, 63, true);
	plic_set_level(&plic, 1, true);
	CHECK(rd(CLAIM(0)) == 9);
	CHECK(rd(CLAIM(0)) == 63);
	CHECK(rd(CLAIM(0)) == 4);
	CHECK(rd(CLAIM(0)) == 0);	/* priority 0 never interrupts */
	plic_destroy(&plic);
}

static void plic_threshold_masks_the_line_but_not_the_claim(void)
{
	start();
	wr(PRIORITY(6), 3);
	wr(ENABLE(2, 0), 1 << 6);
	wr(THRESHOLD(2), 3);
	plic_set_level(&plic, 6, true);
	CHECK(!lines[2]);
	wr(THRESHOLD(2), 2);
	CHECK(lines[2]);
	wr(THRESHOLD(2), 7);
	CHECK(!lines[2] && rd(THRESHOLD(2)) == 7);
	CHECK(rd(CLAIM(2)) == 6);
	plic_destroy(&plic);
}

static void plic_one_of_several_harts_gets_it(void)
{
	start();
	wr(PRIORITY(2), 1);
	wr(ENABLE(0, 0), 1 << 2);
	wr(ENABLE(2, 0), 1 << 2);
	plic_set_level(&plic, 2, true);
	CHECK(lines[0] && !lines[1] && lines[2]);
	CHECK(rd(CLAIM(2)) == 2);
	CHECK(!lines[0] && !lines[2] && rd(CLAIM(0)) == 0);
	plic_destroy(&plic);
}

static void plic_completion_by_a_stranger_is_ignored(void)
{
	start();
	wr(PRIORITY(2), 1);
	wr(ENABLE(0, 0), 1 << 2);
	plic_set_level(&plic, 2, true);
	CHECK(rd(CLAIM(0)) == 2);
	wr(CLAIM(1), 2);		/* not enabled there */
	wr(CLAIM(0), 64);		/* no such source */
	wr(CLAIM(0), 0xffffffff);
	wr(CLAIM(0), 0);
	CHECK(!lines[0]);
	wr(CLAIM(0), 2);
	CHECK(lines[0]);
	plic_destroy(&plic);
}

static void plic_registers_keep_what_they_can(void)
{
	start();
	wr(PRIORITY(63), 0xffffffff);
	CHECK(rd(PRIORITY(63)) == PLIC_MAX_PRIORITY);
	wr(PRIORITY(0), 7);
	CHECK(rd(PRIORITY(0)) == 0);
	wr(ENABLE(0, 0), 0xffffffff);
	CHECK(rd(ENABLE(0, 0)) == 0xfffffffe);
	wr(ENABLE(0, 1), 0x80000001);
	CHECK(rd(ENABLE(0, 1)) == 0x80000001 && rd(ENABLE(0, 0)) == 0xfffffffe);
	wr(PENDING(0), 0xffffffff);
	CHECK(rd(PENDING(0)) == 0);
	wr(THRESHOLD(0), 0xffffffff);
	CHECK(rd(THRESHOLD(0)) == PLIC_MAX_PRIORITY);
	plic_destroy(&plic);
}

static void plic_ignores_sources_and_accesses_that_do_not_exist(void)
{
	uint8_t data[8];
	uint64_t offset;

	start();
	plic_set_level(&plic, 0, true);
	plic_set_level(&plic, 64, true);
	plic_set_level(&plic, 0xffffffff, true);
	CHECK(rd(PENDING(0)) == 0 && rd(PENDING(1)) == 0);

	CHECK(rd(PRIORITY(64)) == 0 && rd(PENDING(2)) == 0 && rd(ENABLE(0, 2)) == 0);
	CHECK(rd(ENABLE(NHARTS, 0)) == 0 && rd(THRESHOLD(NHARTS)) == 0);
	CHECK(rd(THRESHOLD(0) + 8) == 0);
	wr(ENABLE(NHARTS, 0), 0xffffffff);
	wr(THRESHOLD(NHARTS), 1);

	wr(PRIORITY(2), 5);
	memset(data, 0xff, sizeof(data));
	plic_access(&plic, PRIORITY(2) + 2, data, 4, false);
	CHECK(data[0] == 0 && data[3] == 0);
	plic_access(&plic, PRIORITY(2) + 1, data, 4, false);
	CHECK(data[0] == 0 && data[3] == 0);
	plic_access(&plic, PRIORITY(2) + 1, data, 4, true);
	CHECK(rd(PRIORITY(2)) == 5);
	memset(data, 0xff, sizeof(data));
	plic_access(&plic, PRIORITY(2), data, 8, false);
	CHECK(data[7] == 0);
	plic_access(&plic, PRIORITY(1), data, 1, true);
	CHECK(rd(PRIORITY(1)) == 0);

	/* A walk over the whole window, for the sanitizers. */
	for (offset = 0; offset < PLIC_SIZE; offset += 4) {
		wr(offset, 0xffffffff);
		rd(offset);
	}
	CHECK(nchanges == 0);
	plic_destroy(&plic);
}

const struct test plic_tests[] = {
	TEST(plic_delivers_claims_and_completes),
	TEST(plic_level_that_stays_high_interrupts_again_after_completion),
	TEST(plic_request_stays_when_its_level_drops),
	TEST(plic_serves_by_priority_then_number),
	TEST(plic_threshold_masks_the_line_but_not_the_claim),
	TEST(plic_one_of_several_harts_gets_it),
	TEST(plic_completion_by_a_stranger_is_ignored),
	TEST(plic_registers_keep_what_they_can),
	TEST(plic_ignores_sources_and_accesses_that_do_not_exist),
	{ NULL, NULL },
};
