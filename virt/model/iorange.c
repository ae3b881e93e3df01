// SPDX-License-Identifier: GPL-2.0-only
#include "iorange.h"

#include <linux/errno.h>
#include <linux/minmax.h>

int iorange_check(u64 addr, u32 len, bool has_data)
{
	switch (len) {
	case 0:
		if (has_data)
			return -EINVAL;
		break;
	case 1:
	case 2:
	case 4:
	case 8:
		break;
	default:
		return -EINVAL;
	}
	return addr + len < addr ? -EINVAL : 0;
}

bool iorange_same(const struct iorange *a, const struct iorange *b)
{
	return a->addr == b->addr && a->len == b->len && a->has_data == b->has_data &&
	       (!a->has_data || a->data == b->data);
}

/* How many zones begin at or below an address. */
static unsigned int zones_up_to(const struct iorange_zone *zones, unsigned int count, u64 addr)
{
	unsigned int low = 0;

	while (low < count) {
		unsigned int middle = low + (count - low) / 2;

		if (zones[middle].first <= addr)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

bool iorange_zones_hold(const struct iorange_zone *zones, unsigned int count, u64 first, u64 last)
{
	unsigned int below = zones_up_to(zones, count, first);

	return below && zones[below - 1].reach >= last;
}

static unsigned int zones_append(struct iorange_zone *zones, unsigned int count, u64 first,
				 u64 last)
{
	zones[count].first = first;
	zones[count].last = last;
	zones[count].reach = count ? max(zones[count - 1].reach, last) : last;
	return count + 1;
}

static bool zone_is(const struct iorange_zone *zone, u64 first, u64 last)
{
	return zone->first == first && zone->last == last;
}

unsigned int iorange_zones_add(struct iorange_zone *to, const struct iorange_zone *from,
			       unsigned int count, u64 first, u64 last)
{
	unsigned int place = zones_up_to(from, count, first);
	bool known = false;
	unsigned int i, n = 0;

	for (i = 0; i < place; i++) {
		n = zones_append(to, n, from[i].first, from[i].last);
		known |= zone_is(&from[i], first, last);
	}
	if (!known)
		n = zones_append(to, n, first, last);
	for (; i < count; i++)
		n = zones_append(to, n, from[i].first, from[i].last);
	return n;
}

unsigned int iorange_zones_remove(struct iorange_zone *to, const struct iorange_zone *from,
				  unsigned int count, u64 first, u64 last)
{
	unsigned int i, n = 0;

	for (i = 0; i < count; i++) {
		if (from[i].first > first || from[i].last < last)
			n = zones_append(to, n, from[i].first, from[i].last);
	}
	return n;
}
