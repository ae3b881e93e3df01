// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/minmax.h>

#include "routes.h"

static bool route_is_valid(const struct route *route)
{
	switch (route->type) {
	case ROUTE_PIN:
		return route->pin < ROUTES_PINS;
	case ROUTE_MSI:
		return true;
	default:
		return false;
	}
}

int routes_check(const struct route_entry *entries, unsigned int count, unsigned long *seen)
{
	unsigned int i, nr_gsis = 0;

	/* More of them cannot be without a repetition; this bounds the loop. */
	if (count > ROUTES_MAX)
		return -EINVAL;
	for (i = 0; i < count; i++) {
		u32 gsi = entries[i].gsi;

		if (gsi >= ROUTES_MAX || !route_is_valid(&entries[i].route))
			return -EINVAL;
		if (seen[BIT_WORD(gsi)] & BIT_MASK(gsi))
			return -EINVAL;
		seen[BIT_WORD(gsi)] |= BIT_MASK(gsi);
		nr_gsis = max(nr_gsis, gsi + 1);
	}
	return nr_gsis;
}

void routes_fill(struct route *table, const struct route_entry *entries, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		table[entries[i].gsi] = entries[i].route;
}

void routes_fill_pins(struct route *table, unsigned int nr_gsis)
{
	unsigned int gsi;

	for (gsi = 1; gsi < nr_gsis; gsi++)
		table[gsi] = (struct route){ .type = ROUTE_PIN, .pin = gsi };
}
