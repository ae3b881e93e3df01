/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_LOAD_H
#define RVRUN_LOAD_H

#include <stddef.h>
#include <stdint.h>

struct options;
struct ram;

#define IMAGE_HEADER_SIZE	64

/* Linux maps no more than this for a device tree. */
#define DTB_MAX_SIZE		(2ULL << 20)

/** struct image - What the header of a kernel Image says. */
struct image {
	uint64_t	offset;		/* where to load, from the start of memory */
	uint64_t	size;		/* memory it needs from there, file contents included */
};

/** struct layout - Where things lie in guest memory (guest-physical addresses). */
struct layout {
	uint64_t	entry;
	uint64_t	kernel_end;
	uint64_t	initrd;
	uint64_t	initrd_size;	/* 0: none */
	uint64_t	dtb;		/* room for DTB_MAX_SIZE */
};

/**
 * image_parse() - Read the header of a RISC-V Linux Image.
 * @image:     Filled on success.
 * @header:    The first IMAGE_HEADER_SIZE bytes of the file, zeros where it is shorter.
 * @file_size: Of the whole file.
 *
 * Return: NULL, or what is wrong with it.
 */
const char *image_parse(struct image *image, const uint8_t *header, uint64_t file_size);

/**
 * load_guest() - Put kernel and initrd into memory and reserve room for the device tree.
 *
 * Return: 0, or -1 after printing which file is wrong, and how.
 */
int load_guest(struct layout *layout, const struct options *options, const struct ram *ram);

#endif
