// SPDX-License-Identifier: GPL-2.0-only
#include "bus.h"

#include <string.h>

#include "test.h"

/* The last access. */
static struct {
	void		*device;
	uint64_t	offset;
	unsigned int	len;
	bool		write;
} seen;

static void note_access(void *device, uint64_t offset, uint8_t *data, unsigned int len, bool write)
{
	seen.device = device;
	seen.offset = offset;
	seen.len = len;
	seen.write = write;
	if (!write)
		memset(data, 0x5a, len);
}

static void bus_reaches_the_device_at_an_address(void)
{
	struct bus bus = { .nregions = 0 };
	uint8_t data[8] = { 0 };
	int low, high;

	CHECK(!bus_add(&bus, 0x1000, 0x100, note_access, &low));
	CHECK(!bus_add(&bus, 0x1100, 0x100, note_access, &high));

	CHECK(!bus_do(&bus, 0x10fc, data, 4, false));
	CHECK(seen.device == &low && seen.offset == 0xfc && seen.len == 4 && !seen.write);
	CHECK(data[3] == 0x5a && data[4] == 0);
	CHECK(!bus_do(&bus, 0x1100, data, 8, true));
	CHECK(seen.device == &high && seen.offset == 0 && seen.len == 8 && seen.write);
}

static void bus_reads_zero_where_nothing_is(void)
{
	struct bus bus = { .nregions = 0 };
	uint8_t data[8];
	int device;

	CHECK(!bus_add(&bus, 0x1000, 0x100, note_access, &device));
	memset(data, 0xff, sizeof(data));
	CHECK(bus_do(&bus, 0xfff, data, 1, false));
	CHECK(data[0] == 0 && data[1] == 0xff);
	CHECK(bus_do(&bus, 0x1100, data, 8, false));
	CHECK(data[7] == 0);
	CHECK(bus_do(&bus, UINT64_MAX, data, 8, true));
}

static void bus_refuses_an_access_across_the_end_of_a_region(void)
{
	struct bus bus = { .nregions = 0 };
	uint8_t data[8] = { 0 };
	int device;

	CHECK(!bus_add(&bus, 0x1000, 0x100, note_access, &device));
	seen.device = NULL;
	CHECK(bus_do(&bus, 0x10fd, data, 4, true));
	CHECK(bus_do(&bus, 0x0fff, data, 2, true));
	CHECK(!seen.device);
}

static void bus_refuses_overlapping_and_wrapping_regions(void)
{
	struct bus bus = { .nregions = 0 };
	int device;

	CHECK(!bus_add(&bus, 0x1000, 0x100, note_access, &device));
	CHECK(bus_add(&bus, 0x1000, 0x100, note_access, &device));
	CHECK(bus_add(&bus, 0x0f01, 0x100, note_access, &device));
	CHECK(bus_add(&bus, 0x10ff, 1, note_access, &device));
	CHECK(bus_add(&bus, 0x3000, 0, note_access, &device));
	CHECK(bus_add(&bus, UINT64_MAX - 1, 0x100, note_access, &device));
	CHECK(bus.nregions == 1);
}

static void bus_refuses_more_regions_than_it_can_hold(void)
{
	struct bus bus = { .nregions = 0 };
	unsigned int i;
	int device;

	for (i = 0; i < BUS_MAX_REGIONS; i++)
		CHECK(!bus_add(&bus, i * 0x1000, 0x1000, note_access, &device));
	CHECK(bus_add(&bus, i * 0x1000, 0x1000, note_access, &device));
}

const struct test bus_tests[] = {
	TEST(bus_reaches_the_device_at_an_address),
	TEST(bus_reads_zero_where_nothing_is),
	TEST(bus_refuses_an_access_across_the_end_of_a_region),
	TEST(bus_refuses_overlapping_and_wrapping_regions),
	TEST(bus_refuses_more_regions_than_it_can_hold),
	{ NULL, NULL },
};
