// SPDX-License-Identifier: GPL-2.0-only
#include "isa.h"

#include <string.h>

#include "test.h"

static void isa_names_are_complete_and_unique(void)
{
	unsigned int a, b;

	for (a = 0; a < ISA_NEXTENSIONS; a++) {
		CHECK(isa_name(a) && isa_name(a)[0]);
		for (b = 0; b < a; b++)
			CHECK(strcmp(isa_name(a), isa_name(b)));
	}
	CHECK(!isa_name(ISA_NEXTENSIONS));
}

static void isa_ids_match_their_names(void)
{
	CHECK(!strcmp(isa_name(ISA_ID_ZICBOM), "zicbom"));
	CHECK(!strcmp(isa_name(ISA_ID_ZICBOZ), "zicboz"));
	CHECK(!strcmp(isa_name(ISA_ID_ZICBOP), "zicbop"));
	CHECK(!strcmp(isa_name(ISA_ID_SSAIA), "ssaia"));
	/* Ends of what Linux 6.12 and 7.2 know. */
	CHECK(!strcmp(isa_name(0), "a"));
	CHECK(!strcmp(isa_name(61), "zawrs"));
	CHECK(!strcmp(isa_name(77), "zalasr"));
}

static struct isa isa_of(const char *const *wanted)
{
	struct isa isa = { .has = { false } };
	unsigned int id;

	for (; *wanted; wanted++)
		for (id = 0; id < ISA_NEXTENSIONS; id++)
			if (!strcmp(isa_name(id), *wanted))
				isa.has[id] = true;
	return isa;
}

static const char *const sample[] = {
	"sstc", "c", "zbb", "zicsr", "i", "d", "ssnpm", "a", "zfh", "m", "v", "f", "zawrs",
	"svpbmt", "zvbb", "smstateen", NULL
};

static void isa_string_is_in_canonical_order(void)
{
	struct isa isa = isa_of(sample);
	char text[256];
	size_t size;

	size = isa_string(&isa, text, sizeof(text));
	CHECK(size == strlen(text) + 1);
	CHECK(!strcmp(text, "rv64imafdcv_zicsr_zawrs_zfh_zbb_zvbb"
			    "_smstateen_ssnpm_sstc_svpbmt"));
}

static void isa_list_has_the_same_order(void)
{
	static const char expected[] = "i\0m\0a\0f\0d\0c\0v\0zicsr\0zawrs\0zfh\0zbb\0zvbb\0"
				       "smstateen\0ssnpm\0sstc\0svpbmt";
	struct isa isa = isa_of(sample);
	char text[256];

	CHECK(isa_list(&isa, text, sizeof(text)) == sizeof(expected));
	CHECK(!memcmp(text, expected, sizeof(expected)));
}

static void isa_text_that_does_not_fit_is_refused(void)
{
	struct isa isa;
	char text[1024];
	size_t size, list;

	memset(&isa, 1, sizeof(isa));
	size = isa_string(&isa, text, sizeof(text));
	list = isa_list(&isa, text, sizeof(text));
	CHECK(size && list);
	CHECK(isa_string(&isa, text, size) == size);
	CHECK(!isa_string(&isa, text, size - 1));
	CHECK(!isa_string(&isa, text, 3));
	CHECK(isa_list(&isa, text, list) == list);
	CHECK(!isa_list(&isa, text, list - 1));
}

const struct test isa_tests[] = {
	TEST(isa_names_are_complete_and_unique),
	TEST(isa_ids_match_their_names),
	TEST(isa_string_is_in_canonical_order),
	TEST(isa_list_has_the_same_order),
	TEST(isa_text_that_does_not_fit_is_refused),
	{ NULL, NULL },
};
