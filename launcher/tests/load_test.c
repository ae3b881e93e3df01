// SPDX-License-Identifier: GPL-2.0-only
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "options.h"
#include "ram.h"
#include "test.h"

#define BASE	0x80000000ULL
#define MIB	(1ULL << 20)

static void put_le64(uint8_t *bytes, uint64_t value)
{
	int i;

	for (i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

static void make_header(uint8_t *header, uint64_t offset, uint64_t size, uint64_t flags)
{
	memset(header, 0, IMAGE_HEADER_SIZE);
	memcpy(header, "MZ", 2);	/* as an EFI stub has it */
	put_le64(header + 0x08, offset);
	put_le64(header + 0x10, size);
	put_le64(header + 0x18, flags);
	header[0x20] = 2;
	memcpy(header + 0x30, "RISCV\0\0\0RSC\005", 12);
}

static void load_parses_an_image_header(void)
{
	uint8_t header[IMAGE_HEADER_SIZE];
	struct image image;

	make_header(header, 2 * MIB, 10 * MIB, 0);
	CHECK(!image_parse(&image, header, 8 * MIB));
	CHECK(image.offset == 2 * MIB && image.size == 10 * MIB);

	/* A size that is left out, or too small, is that of the file. */
	make_header(header, 0, 0, 0);
	CHECK(!image_parse(&image, header, 8 * MIB));
	CHECK(image.offset == 0 && image.size == 8 * MIB);
}

static void load_refuses_what_is_no_image(void)
{
	uint8_t header[IMAGE_HEADER_SIZE];
	struct image image;

	make_header(header, 2 * MIB, 10 * MIB, 0);
	CHECK(image_parse(&image, header, IMAGE_HEADER_SIZE - 1));
	make_header(header, 2 * MIB, 10 * MIB, 1);
	CHECK(strstr(image_parse(&image, header, MIB), "big-endian"));
	make_header(header, 2 * MIB + 4096, 10 * MIB, 0);
	CHECK(strstr(image_parse(&image, header, MIB), "offset"));

	memset(header, 0, sizeof(header));
	CHECK(strstr(image_parse(&image, header, MIB), "not a RISC-V"));
	memcpy(header, "\177ELF", 4);
	CHECK(strstr(image_parse(&image, header, MIB), "ELF"));
	memcpy(header, "\037\213\010", 3);
	CHECK(strstr(image_parse(&image, header, MIB), "gzip"));
	memcpy(header, "MZ\0\0zimg", 8);
	CHECK(strstr(image_parse(&image, header, MIB), "EFI"));
}

/* An image file of @file_size bytes, the last of them 0xee. */
static const char *make_image(uint64_t offset, uint64_t size, size_t file_size)
{
	uint8_t *bytes = calloc(1, file_size);
	const char *path;

	make_header(bytes, offset, size, 0);
	bytes[file_size - 1] = 0xee;
	path = test_file(bytes, file_size);
	free(bytes);
	return path;
}

static int load(struct layout *layout, struct ram *ram, uint64_t mem, const char *kernel,
		const char *initrd)
{
	struct options options = { .kernel = kernel, .initrd = initrd, .mem = mem };
	int err;

	test_mute(true);
	err = ram_create(ram, BASE, mem);
	if (!err)
		err = load_guest(layout, &options, ram);
	test_mute(false);
	return err;
}

static void load_places_kernel_initrd_and_tree_apart(void)
{
	static const char initrd[5000] = "initrd";
	struct layout layout;
	struct ram ram;

	CHECK(!load(&layout, &ram, 32 * MIB, make_image(2 * MIB, 4 * MIB, 3000),
		    test_file(initrd, sizeof(initrd))));
	CHECK(layout.entry == BASE + 2 * MIB);
	CHECK(layout.kernel_end == BASE + 6 * MIB);
	CHECK(layout.dtb == BASE + 30 * MIB);
	CHECK(layout.initrd % 4096 == 0 && layout.initrd_size == sizeof(initrd));
	CHECK(layout.initrd >= layout.kernel_end);
	CHECK(layout.initrd + layout.initrd_size <= layout.dtb);

	CHECK(ram.host[2 * MIB + 2999] == 0xee);
	CHECK(!memcmp(ram_ptr(&ram, layout.initrd, sizeof(initrd)), initrd, sizeof(initrd)));
	ram_destroy(&ram);
}

static void load_keeps_below_the_early_mappings_of_a_guest(void)
{
	struct layout layout;
	struct ram ram;

	CHECK(!load(&layout, &ram, 4096 * MIB, make_image(0, MIB, 100), NULL));
	CHECK(layout.dtb == BASE + 2046 * MIB);
	CHECK(!layout.initrd_size);
	ram_destroy(&ram);
}

static void load_refuses_a_kernel_that_does_not_fit(void)
{
	static const uint64_t sizes[] = { 28 * MIB + 1, 32 * MIB, 1ULL << 63, UINT64_MAX };
	struct layout layout;
	struct ram ram;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CHECK(load(&layout, &ram, 32 * MIB, make_image(2 * MIB, sizes[i], 100), NULL));
		ram_destroy(&ram);
	}
	CHECK(load(&layout, &ram, 32 * MIB, make_image(0ULL - 2 * MIB, MIB, 100), NULL));
	CHECK(!layout.entry);
	ram_destroy(&ram);
	CHECK(load(&layout, &ram, 32 * MIB, make_image(32 * MIB, MIB, 100), NULL));
	ram_destroy(&ram);
	CHECK(!load(&layout, &ram, 32 * MIB, make_image(2 * MIB, 28 * MIB, 100), NULL));
	ram_destroy(&ram);
}

static void load_refuses_an_initrd_that_does_not_fit(void)
{
	static char initrd[MIB];
	struct layout layout;
	struct ram ram;

	/* One page between kernel and initrd is too little, a whole MiB is enough. */
	CHECK(load(&layout, &ram, 32 * MIB, make_image(2 * MIB, 27 * MIB + 1, 100),
		   test_file(initrd, sizeof(initrd))));
	ram_destroy(&ram);
	CHECK(!load(&layout, &ram, 32 * MIB, make_image(2 * MIB, 27 * MIB, 100),
		    test_file(initrd, sizeof(initrd))));
	ram_destroy(&ram);
	CHECK(load(&layout, &ram, 32 * MIB, make_image(2 * MIB, 27 * MIB, 100),
		   test_file(initrd, 0)));
	ram_destroy(&ram);
}

static void load_refuses_files_that_cannot_be_read(void)
{
	struct layout layout;
	struct ram ram;

	CHECK(load(&layout, &ram, 32 * MIB, "/nonexistent", NULL));
	ram_destroy(&ram);
	CHECK(load(&layout, &ram, 32 * MIB, "/", NULL));
	ram_destroy(&ram);
	CHECK(load(&layout, &ram, 32 * MIB, "/dev/zero", NULL));
	ram_destroy(&ram);
	CHECK(load(&layout, &ram, 32 * MIB, make_image(0, MIB, 100), "/nonexistent"));
	ram_destroy(&ram);
}

static void ram_translates_only_what_lies_inside(void)
{
	struct ram ram;

	CHECK(!ram_create(&ram, BASE, 16 * MIB));
	CHECK((uintptr_t)ram.host % (2 * MIB) == 0);
	CHECK(ram_ptr(&ram, BASE, 16 * MIB) == ram.host);
	CHECK(ram_ptr(&ram, BASE + 16 * MIB - 1, 1) == ram.host + 16 * MIB - 1);
	CHECK(!ram_ptr(&ram, BASE + 16 * MIB - 1, 2));
	CHECK(!ram_ptr(&ram, BASE + 16 * MIB, 1));
	CHECK(!ram_ptr(&ram, BASE - 1, 2));
	CHECK(!ram_ptr(&ram, 0, 1));
	CHECK(!ram_ptr(&ram, BASE, UINT64_MAX));
	CHECK(!ram_ptr(&ram, BASE + 4096, UINT64_MAX - 4095));
	CHECK(!ram_ptr(&ram, UINT64_MAX, 1));
	ram_destroy(&ram);

	test_mute(true);
	CHECK(ram_create(&ram, BASE, 1ULL << 62));
	test_mute(false);
}

const struct test load_tests[] = {
	TEST(load_parses_an_image_header),
	TEST(load_refuses_what_is_no_image),
	TEST(load_places_kernel_initrd_and_tree_apart),
	TEST(load_keeps_below_the_early_mappings_of_a_guest),
	TEST(load_refuses_a_kernel_that_does_not_fit),
	TEST(load_refuses_an_initrd_that_does_not_fit),
	TEST(load_refuses_files_that_cannot_be_read),
	TEST(ram_translates_only_what_lies_inside),
	{ NULL, NULL },
};
