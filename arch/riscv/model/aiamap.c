// SPDX-License-Identifier: GPL-2.0-only
#include "aiamap.h"

#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/nospec.h>
#include <linux/sizes.h>

#define PAGE_BITS	12

int aiamap_check_config(u64 attr, u32 value)
{
	static const struct {
		u16	min;
		u16	max;
		u16	ones;	/* bits that have to be set */
	} rules[] = {
		[AIAMAP_MODE]		= { 0, 2, 0 },
		/* One less than a multiple of 64: §3.1 (Interrupt files ...) */
		[AIAMAP_IDS]		= { 63, 2047, 63 },
		[AIAMAP_SRCS]		= { 0, 1023, 0 },
		[AIAMAP_GROUP_BITS]	= { 0, 7, 0 },
		[AIAMAP_GROUP_SHIFT]	= { 24, 55, 0 },
		[AIAMAP_HART_BITS]	= { 0, 15, 0 },
		[AIAMAP_GUEST_BITS]	= { 0, 7, 0 },
	};

	if (attr >= ARRAY_SIZE(rules))
		return -ENXIO;
	attr = array_index_nospec(attr, ARRAY_SIZE(rules));
	if (value < rules[attr].min || value > rules[attr].max ||
	    (value & rules[attr].ones) != rules[attr].ones)
		return -EINVAL;
	return 0;
}

size_t aiamap_size(u32 nr_vcpus)
{
	return sizeof(struct aiamap) + nr_vcpus * sizeof(struct aiamap_entry);
}

static u64 bits_at(u32 width, u32 shift)
{
	return (BIT_ULL(width) - 1) << shift;
}

static int set_fields(struct aiamap *map, const struct aiamap_config *config, u64 address)
{
	u64 guest_mask = bits_at(config->guest_bits, PAGE_BITS);

	map->hart_shift = PAGE_BITS + config->guest_bits;
	map->hart_mask = bits_at(config->hart_bits, map->hart_shift);
	map->group_mask = bits_at(config->group_bits, config->group_shift);
	/* Shifts are from 24 on, widths below 16. */
	map->group_shift = config->group_shift - config->hart_bits;
	map->base = address & ~(map->group_mask | map->hart_mask);
	return map->group_mask & (map->hart_mask | guest_mask) || map->base & guest_mask ? -EINVAL :
											  0;
}

static u32 index_of(const struct aiamap *map, u64 address)
{
	return (address & map->group_mask) >> map->group_shift |
	       (address & map->hart_mask) >> map->hart_shift;
}

static int add_vcpu(struct aiamap *map, u32 vcpu, u64 address)
{
	struct aiamap_entry new = { .hart = index_of(map, address), .vcpu = vcpu };
	u32 i;

	if (address == AIAMAP_UNSET || !IS_ALIGNED(address, SZ_4K) ||
	    (address & ~(map->group_mask | map->hart_mask)) != map->base)
		return -EINVAL;
	for (i = map->nr_vcpus; i && map->entry[i - 1].hart >= new.hart; i--) {
		if (map->entry[i - 1].hart == new.hart)
			return -EINVAL;
		map->entry[i] = map->entry[i - 1];
	}
	map->entry[i] = new;
	map->nr_vcpus++;
	return 0;
}

static bool overlaps_aplic(const struct aiamap_config *config, u64 file)
{
	if (file >= config->aplic)
		return file - config->aplic < config->aplic_size;
	return config->aplic - file < SZ_4K;
}

static int check_aplic(const struct aiamap_config *config, const u64 *imsic, u32 nr_vcpus)
{
	u32 i;

	if (config->aplic == AIAMAP_UNSET || !IS_ALIGNED(config->aplic, SZ_4K) ||
	    config->aplic + config->aplic_size < config->aplic ||
	    config->nr_sources > config->nr_ids)
		return -EINVAL;
	for (i = 0; i < nr_vcpus; i++)
		if (overlaps_aplic(config, imsic[i]))
			return -EINVAL;
	return 0;
}

int aiamap_build(struct aiamap *map, const struct aiamap_config *config, const u64 *imsic,
		 u32 nr_vcpus)
{
	int err = set_fields(map, config, imsic[0]);
	u32 i;

	map->nr_vcpus = 0;
	for (i = 0; !err && i < nr_vcpus; i++)
		err = add_vcpu(map, i, imsic[i]);
	if (!err && config->nr_sources)
		err = check_aplic(config, imsic, nr_vcpus);
	return err;
}

int aiamap_imsic_index(const struct aiamap *map, u64 gpa)
{
	u64 page = ALIGN_DOWN(gpa, SZ_4K);

	if ((page & ~(map->group_mask | map->hart_mask)) != map->base)
		return -EINVAL;
	return index_of(map, page);
}

int aiamap_vcpu(const struct aiamap *map, u32 hart)
{
	u32 low = 0, high = map->nr_vcpus, i;

	/* Where it is if no index below it is left out, as is usual: found at once. */
	for (i = min(hart, high - 1); low < high; i = low + (high - low) / 2) {
		const struct aiamap_entry *entry;

		entry = &map->entry[array_index_nospec(i, map->nr_vcpus)];
		if (entry->hart == hart)
			return entry->vcpu;
		if (entry->hart < hart)
			low = i + 1;
		else
			high = i;
	}
	return -EINVAL;
}
