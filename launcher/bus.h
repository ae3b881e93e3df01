/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_BUS_H
#define RVRUN_BUS_H

#include <stdbool.h>
#include <stdint.h>

#define BUS_MAX_REGIONS	40

/**
 * typedef bus_access - Serve a guest access to a device; called from any vCPU thread.
 * @device: As given to bus_add().
 * @offset: From the start of the region; the whole access lies within it.
 * @data:   @len bytes, little-endian: the value to write, or where to put the value read.
 * @len:    1, 2, 4 or 8; @offset need not be aligned to it.
 * @write:  Direction.
 */
typedef void bus_access(void *device, uint64_t offset, uint8_t *data, unsigned int len, bool write);

/** struct bus - The devices by guest-physical address; fixed once the vCPUs run. */
struct bus {
	struct bus_region {
		uint64_t	base;
		uint64_t	size;
		bus_access	*access;
		void		*device;
	}		regions[BUS_MAX_REGIONS];
	unsigned int	nregions;
};

/** bus_add() - Register a region. Return: 0, or -1 if it overlaps another or the table is full. */
int bus_add(struct bus *bus, uint64_t base, uint64_t size, bus_access *access, void *device);

/** bus_do() - Do an access. Return: 0, or -1 if no device claims it: a read then gives 0. */
int bus_do(const struct bus *bus, uint64_t gpa, uint8_t *data, unsigned int len, bool write);

#endif
