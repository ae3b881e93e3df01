// SPDX-License-Identifier: GPL-2.0-only
/* Guest-physical addresses to devices. */
#include "bus.h"

#include <string.h>

int bus_add(struct bus *bus, uint64_t base, uint64_t size, bus_access *access, void *device)
{
	unsigned int i;

	if (bus->nregions == BUS_MAX_REGIONS || !size || base > UINT64_MAX - size)
		return -1;
	for (i = 0; i < bus->nregions; i++) {
		const struct bus_region *other = &bus->regions[i];

		if (base < other->base + other->size && other->base < base + size)
			return -1;
	}
	bus->regions[bus->nregions++] = (struct bus_region){
		.base = base,
		.size = size,
		.access = access,
		.device = device,
	};
	return 0;
}

int bus_do(const struct bus *bus, uint64_t gpa, uint8_t *data, unsigned int len, bool write)
{
	unsigned int i;

	for (i = 0; i < bus->nregions; i++) {
		const struct bus_region *region = &bus->regions[i];
		uint64_t offset = gpa - region->base;

		if (gpa < region->base || offset >= region->size || len > region->size - offset)
			continue;
		region->access(region->device, offset, data, len, write);
		return 0;
	}
	if (!write)
		memset(data, 0, len);
	return -1;
}
