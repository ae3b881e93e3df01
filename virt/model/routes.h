/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a global system interrupt (GSI) of a VM goes: pure. */
#ifndef VMM_MODEL_ROUTES_H
#define VMM_MODEL_ROUTES_H

#include <linux/types.h>

#define ROUTES_MAX	4096	/* GSIs are below, and so a table has no more entries */
#define ROUTES_PINS	1024	/* pins are below */

enum route_type {
	ROUTE_NONE,		/* goes nowhere */
	ROUTE_PIN,		/* drives a wired input of the interrupt controller */
	ROUTE_MSI,		/* sends a message */
};

struct route {
	u32	type;		/* enum route_type */
	union {
		u32	pin;	/* ROUTE_PIN */
		u32	data;	/* ROUTE_MSI: what is written ... */
	};
	u64	addr;		/* ... and to which guest-physical address */
};

struct route_entry {
	u32		gsi;
	struct route	route;
};

/**
 * routes_check() - May a client ask for this table?
 * @entries: Not checked yet, in any order.
 * @count:   How many.
 * @seen:    ROUTES_MAX bits, all clear; written.
 *
 * A GSI has one route: two entries for it would have an order, or an interrupt come twice. Several
 * GSIs may go the same way.
 *
 * Return: How many GSIs the table has to have room for: 0 to ROUTES_MAX; -EINVAL a GSI, a pin or a
 *         type that there is not, or a GSI twice.
 */
int routes_check(const struct route_entry *entries, unsigned int count, unsigned long *seen);

/**
 * routes_fill() - Make the table by GSI.
 * @table:   As many as routes_check() said, zeroed.
 * @entries: Which it has accepted.
 * @count:   How many.
 */
void routes_fill(struct route *table, const struct route_entry *entries, unsigned int count);

/**
 * routes_fill_pins() - The table of a client that has none: GSI i drives pin i.
 * @table:  @nr_gsis of them, zeroed.
 * @nr_gsis: One more than the highest pin; pin 0 does not exist.
 */
void routes_fill_pins(struct route *table, unsigned int nr_gsis);

#endif
