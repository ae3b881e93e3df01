// SPDX-License-Identifier: GPL-2.0-only
#include "sbi.h"

#include <string.h>

#include "ram.h"
#include "test.h"

#define BASE		0x80000000ULL
#define SIZE		0x100000ULL

#define DBCN		0x4442434eULL
#define NOT_SUPPORTED	((uint64_t)-2)
#define INVALID_PARAM	((uint64_t)-3)

static char sent[8192];
static size_t nsent;
static const char *input;

static void note_tx(void *ctx, const void *buf, size_t len)
{
	CHECK(ctx == &sent && len && len <= sizeof(sent) - nsent);
	memcpy(sent + nsent, buf, len);
	nsent += len;
}

static size_t give_rx(void *ctx, uint8_t *buf, size_t room)
{
	size_t len = 0;

	CHECK(ctx == &sent && room);
	while (len < room && *input)
		buf[len++] = (uint8_t)*input++;
	return len;
}

static const struct sbi_console console = { .tx = note_tx, .rx = give_rx, .ctx = sent };
static const struct sbi_console output_only = { .tx = note_tx, .ctx = sent };
static struct ram ram;
static struct sbi_call call;

static bool do_call(const struct sbi_console *on, uint64_t extension, uint64_t function,
		    uint64_t a0, uint64_t a1, uint64_t a2)
{
	call = (struct sbi_call){
		.extension = extension,
		.function = function,
		.args = { a0, a1, a2 },
		.error = 99,
		.value = 99,
	};
	return sbi_handle(&call, on, &ram);
}

static void start(const char *text)
{
	nsent = 0;
	input = text;
	CHECK(!ram_create(&ram, BASE, SIZE));
}

static void dbcn_writes_guest_memory(void)
{
	start("");
	memcpy(ram.host + 4090, "across a page", 13);
	CHECK(do_call(&console, DBCN, 0, 13, BASE + 4090, 0));
	CHECK(call.error == 0 && call.value == 13);
	CHECK(nsent == 13 && !memcmp(sent, "across a page", 13));

	/* The last bytes of memory, and none at all. */
	CHECK(do_call(&console, DBCN, 0, 8, BASE + SIZE - 8, 0));
	CHECK(call.error == 0 && call.value == 8);
	CHECK(do_call(&console, DBCN, 0, 0, BASE, 0));
	CHECK(call.error == 0 && call.value == 0 && nsent == 21);
	ram_destroy(&ram);
}

static void dbcn_long_write_is_partial(void)
{
	start("");
	CHECK(do_call(&console, DBCN, 0, SIZE, BASE, 0));
	CHECK(call.error == 0 && call.value == nsent && nsent > 0 && nsent < SIZE);
	ram_destroy(&ram);
}

static void dbcn_reads_into_guest_memory(void)
{
	start("typed");
	CHECK(do_call(&console, DBCN, 1, 3, BASE + 100, 0));
	CHECK(call.error == 0 && call.value == 3 && !memcmp(ram.host + 100, "typ\0", 4));
	CHECK(do_call(&console, DBCN, 1, 64, BASE + 100, 0));
	CHECK(call.error == 0 && call.value == 2 && !memcmp(ram.host + 100, "edp", 3));
	CHECK(do_call(&console, DBCN, 1, 64, BASE + 100, 0));
	CHECK(call.error == 0 && call.value == 0);
	CHECK(do_call(&console, DBCN, 1, 0, BASE, 0));
	CHECK(call.error == 0 && call.value == 0);

	input = "for the UART";
	CHECK(do_call(&output_only, DBCN, 1, 64, BASE, 0));
	CHECK(call.error == 0 && call.value == 0);
	ram_destroy(&ram);
}

static void dbcn_refuses_what_is_not_guest_memory(void)
{
	static const struct {
		uint64_t	len, low, high;
	} bad[] = {
		{ 1, BASE - 1, 0 },
		{ 2, BASE - 1, 0 },
		{ 1, BASE + SIZE, 0 },
		{ 2, BASE + SIZE - 1, 0 },
		{ SIZE + 1, BASE, 0 },
		{ UINT64_MAX, BASE, 0 },
		{ 0ULL - BASE, BASE, 0 },
		{ 16, UINT64_MAX - 7, 0 },
		{ 1, 0, 0 },
		{ 1, BASE, 1 },			/* the upper half counts */
		{ 1, BASE, UINT64_MAX },
	};
	uint64_t function;
	size_t i;

	start("input");
	for (function = 0; function < 2; function++) {
		for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
			CHECK(do_call(&console, DBCN, function, bad[i].len, bad[i].low,
				      bad[i].high));
			CHECK(call.error == INVALID_PARAM && call.value == 0);
		}
	}
	CHECK(nsent == 0 && !strcmp(input, "input"));
	ram_destroy(&ram);
}

static void dbcn_write_byte_uses_the_low_byte(void)
{
	start("");
	CHECK(do_call(&console, DBCN, 2, 0xffffffffffffff00ULL | 'q', 7, 7));
	CHECK(call.error == 0 && call.value == 0 && nsent == 1 && sent[0] == 'q');
	ram_destroy(&ram);
}

static void dbcn_unknown_function_is_not_supported(void)
{
	start("");
	CHECK(do_call(&console, DBCN, 3, 0, 0, 0));
	CHECK(call.error == NOT_SUPPORTED && call.value == 0);
	CHECK(do_call(&console, DBCN, UINT64_MAX, 0, 0, 0));
	CHECK(call.error == NOT_SUPPORTED);
	ram_destroy(&ram);
}

static void legacy_console_works(void)
{
	start("k");
	CHECK(do_call(&console, 1, 0, 0x100 | 'o', 0, 0) && call.error == 0);
	CHECK(nsent == 1 && sent[0] == 'o');
	CHECK(do_call(&console, 2, 0, 0, 0, 0) && call.error == 'k');
	CHECK(do_call(&console, 2, 0, 0, 0, 0) && call.error == (uint64_t)-1);
	CHECK(do_call(&output_only, 2, 0, 0, 0, 0) && call.error == (uint64_t)-1);
	ram_destroy(&ram);
}

static void user_ranges_are_empty_and_others_not_ours(void)
{
	start("");
	CHECK(do_call(&console, 0x08000000, 0, 0, 0, 0) && call.error == NOT_SUPPORTED);
	CHECK(do_call(&console, 0x09ffffff, 9, 0, 0, 0) && call.error == NOT_SUPPORTED);
	/* Whether such an extension exists is asked through BASE. */
	CHECK(do_call(&console, 0x10, 3, 0x0b000000 - 1, 0, 0) == false);
	CHECK(do_call(&console, 0x10, 3, 0x09000000, 0, 0));
	CHECK(call.error == 0 && call.value == 0);

	CHECK(!do_call(&console, 0x10, 0, 0, 0, 0));
	CHECK(!do_call(&console, 0x07ffffff, 0, 0, 0, 0));
	CHECK(!do_call(&console, 0x0a000000, 0, 0, 0, 0));
	CHECK(!do_call(&console, 0x53525354, 0, 0, 0, 0));
	ram_destroy(&ram);
}

const struct test sbi_tests[] = {
	TEST(dbcn_writes_guest_memory),
	TEST(dbcn_long_write_is_partial),
	TEST(dbcn_reads_into_guest_memory),
	TEST(dbcn_refuses_what_is_not_guest_memory),
	TEST(dbcn_write_byte_uses_the_low_byte),
	TEST(dbcn_unknown_function_is_not_supported),
	TEST(legacy_console_works),
	TEST(user_ranges_are_empty_and_others_not_ours),
	{ NULL, NULL },
};
