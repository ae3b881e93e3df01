// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any table of routes, against a model that compares each entry with each other one, and looks a
 * GSI up by searching the entries.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <linux/errno.h>

#include "../../virt/model/routes.h"

#define MAX_ENTRIES	200

static struct route_entry entries[MAX_ENTRIES];
static unsigned int count;

/* Three bits of each entry choose how wild its numbers are, as few inputs are of use else. */
static void read_entries(const uint8_t *data, size_t size)
{
	for (count = 0; count < MAX_ENTRIES && size >= 12; count++, data += 12, size -= 12) {
		struct route_entry *entry = &entries[count];
		uint32_t gsi, dest;

		memset(entry, 0, sizeof(*entry));
		memcpy(&gsi, data + 1, 4);
		memcpy(&dest, data + 5, 4);
		entry->gsi = data[0] & 0x80 ? gsi : gsi % (ROUTES_MAX + (data[0] & 0x40 ? 4 : 0));
		entry->route.type = data[0] & 0x20 ? data[9] : 1 + data[9] % 2;
		entry->route.data = data[0] & 0x10 ? dest : dest % (ROUTES_PINS + 1);
		entry->route.addr = data[0] & 0x08 ? (uint64_t)dest << data[10] % 32 : 0;
	}
}

static bool entry_is_good(const struct route_entry *entry)
{
	if (entry->gsi >= 4096)
		return false;
	return entry->route.type == ROUTE_MSI ||
	       (entry->route.type == ROUTE_PIN && entry->route.pin < 1024);
}

/* What routes_check() has to say. */
static int model_check(void)
{
	unsigned int i, j;
	int room = 0;

	for (i = 0; i < count; i++) {
		if (!entry_is_good(&entries[i]))
			return -EINVAL;
		for (j = 0; j < i; j++) {
			if (entries[i].gsi == entries[j].gsi)
				return -EINVAL;
		}
		if (room < (int)entries[i].gsi + 1)
			room = entries[i].gsi + 1;
	}
	return room;
}

static const struct route_entry *model_find(u32 gsi)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (entries[i].gsi == gsi)
			return &entries[i];
	}
	return NULL;
}

static void compare(const struct route *table, u32 nr_gsis)
{
	u32 gsi;

	for (gsi = 0; gsi < nr_gsis; gsi++) {
		const struct route_entry *entry = model_find(gsi);

		if (!entry)
			FUZZ_CHECK(table[gsi].type == ROUTE_NONE, "GSI %u has a route", gsi);
		else
			FUZZ_CHECK(!memcmp(&table[gsi], &entry->route, sizeof(entry->route)),
				   "GSI %u goes elsewhere", gsi);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned long *seen = calloc(ROUTES_MAX / 8, 1);
	struct route *table;
	int room;

	read_entries(data, size);
	room = routes_check(entries, count, seen);
	free(seen);
	FUZZ_CHECK(room == model_check(), "%d instead of %d", room, model_check());
	if (room < 0)
		return 0;
	/* Of just this size, so that the sanitizer sees what is written behind it. */
	table = calloc(room, sizeof(*table));
	routes_fill(table, entries, count);
	compare(table, room);
	free(table);
	return 0;
}
