/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_RAM_H
#define RVRUN_RAM_H

#include <stddef.h>
#include <stdint.h>

/** struct ram - The guest's memory: one range of guest-physical addresses. */
struct ram {
	uint8_t		*host;		/* where the range is mapped here */
	uint64_t	base;		/* guest-physical address of its first byte */
	uint64_t	size;
	void		*mapping;	/* what to unmap; host lies within */
	size_t		mapping_size;
};

/**
 * ram_create() - Map zeroed memory for the guest.
 * @ram:  Filled on success; release with ram_destroy().
 * @base: Guest-physical address.
 * @size: Bytes, a multiple of the page size.
 *
 * Return: 0, or -1 after printing why.
 */
int ram_create(struct ram *ram, uint64_t base, uint64_t size);
void ram_destroy(struct ram *ram);

/**
 * ram_ptr() - Translate a guest-physical range, which may come from the guest.
 *
 * Return: Its host address, or NULL if any byte of it lies outside the guest's memory.
 */
static inline void *ram_ptr(const struct ram *ram, uint64_t gpa, uint64_t len)
{
	uint64_t offset = gpa - ram->base;

	if (gpa < ram->base || offset > ram->size || len > ram->size - offset)
		return NULL;
	return ram->host + offset;
}

#endif
