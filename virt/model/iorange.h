/* SPDX-License-Identifier: GPL-2.0-only */
/* Which stores to a device's address are whose: pure. */
#ifndef VMM_MODEL_IORANGE_H
#define VMM_MODEL_IORANGE_H

#include <linux/types.h>

/*
 * A set of stores: to one address, of one length or any, of one value or any. A single store is the
 * set that leaves nothing open.
 */
struct iorange {
	u64	addr;
	u64	data;		/* with has_data: the store's zero-extended value */
	u8	len;		/* bytes: 1, 2, 4, 8; 0 is any length, and then any value */
	bool	has_data;
};

/**
 * iorange_check() - May a client ask for this set?
 * @addr:     Address of the stores.
 * @len:      Their length, as the client gave it.
 * @has_data: Is one value asked for?
 *
 * Return: 0; -EINVAL for a length that no store has, for a value without a length, or when the
 *         stores would reach the end of the address space.
 */
int iorange_check(u64 addr, u32 len, bool has_data);

/**
 * iorange_order() - Compare two sets, to sort sets that share no store.
 * @a: A set.
 * @b: Another, or the same.
 *
 * Among sets no two of which compare equal this is a strict order. Those of them that compare equal
 * to one more set are neighbours in it, so a search for that set finds one if there is one.
 *
 * Return: Negative or positive; 0 when the two share a store.
 */
static inline int iorange_order(const struct iorange *a, const struct iorange *b)
{
	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if (a->len != b->len)
		return a->len && b->len ? a->len - b->len : 0;
	if (!a->has_data || !b->has_data || a->data == b->data)
		return 0;
	return a->data < b->data ? -1 : 1;
}

/**
 * iorange_same() - Are two sets the same?
 * @a: A set.
 * @b: Another.
 */
bool iorange_same(const struct iorange *a, const struct iorange *b);

/* Addresses from the first byte to the last; zones may overlap. */
struct iorange_zone {
	u64	first;
	u64	last;
	u64	reach;		/* highest last of this zone and those before it in the array */
};

/**
 * iorange_zones_hold() - Is there a zone that holds an access whole?
 * @zones: Sorted by first, from iorange_zones_add() and iorange_zones_remove().
 * @count: How many.
 * @first: First byte of the access.
 * @last:  Its last byte, not below @first.
 */
bool iorange_zones_hold(const struct iorange_zone *zones, unsigned int count, u64 first, u64 last);

/**
 * iorange_zones_add() - Make an array with one zone more.
 * @to:    Room for @count + 1 zones.
 * @from:  The old array, which stays as it is.
 * @count: Zones in it.
 * @first: First byte of the new zone.
 * @last:  Its last byte, not below @first.
 *
 * Return: Zones in @to; @count when there is such a zone already.
 */
unsigned int iorange_zones_add(struct iorange_zone *to, const struct iorange_zone *from,
			       unsigned int count, u64 first, u64 last);

/**
 * iorange_zones_remove() - Make an array without the zones that hold all of a range.
 * @to:    Room for @count zones.
 * @from:  The old array, which stays as it is.
 * @count: Zones in it.
 * @first: First byte of the range.
 * @last:  Its last byte, not below @first.
 *
 * Return: Zones in @to.
 */
unsigned int iorange_zones_remove(struct iorange_zone *to, const struct iorange_zone *from,
				  unsigned int count, u64 first, u64 last);

#endif
