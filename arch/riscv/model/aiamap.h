/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a VM's interrupt controllers are: AIA v1.0 §3.6 (Arrangement of the memory regions of
 * multiple interrupt files). Pure.
 *
 * An IMSIC address is base | group << group_shift | hart << (12 + guest_bits); the hart index of
 * its vCPU, which the APLIC's target registers have, is group << hart_bits | hart.
 */
#ifndef RVH_MODEL_AIAMAP_H
#define RVH_MODEL_AIAMAP_H

#include <linux/types.h>

/* An address that nobody has set. */
#define AIAMAP_UNSET	(~0ULL)

/* What can be configured: KVM_DEV_RISCV_AIA_CONFIG_* */
enum aiamap_attr {
	AIAMAP_MODE		= 0,
	AIAMAP_IDS		= 1,
	AIAMAP_SRCS		= 2,
	AIAMAP_GROUP_BITS	= 3,
	AIAMAP_GROUP_SHIFT	= 4,
	AIAMAP_HART_BITS	= 5,
	AIAMAP_GUEST_BITS	= 6,
};

/* Each value has passed aiamap_check_config(). */
struct aiamap_config {
	u32	nr_ids;
	u32	nr_sources;	/* 0: there is no APLIC */
	u32	group_bits;
	u32	group_shift;
	u32	hart_bits;
	u32	guest_bits;
	u64	aplic;		/* address */
	u64	aplic_size;	/* bytes */
};

struct aiamap_entry {
	u32	hart;		/* hart index */
	u32	vcpu;
};

struct aiamap {
	u64			base;		/* address without all fields */
	u64			group_mask;	/* fields of an address, where they are */
	u64			hart_mask;
	u32			group_shift;	/* from the address to the hart index */
	u32			hart_shift;
	u32			nr_vcpus;
	struct aiamap_entry	entry[];	/* by ascending hart index */
};

/**
 * aiamap_check_config() - May a value be configured?
 * @attr:  Which; any number.
 * @value: Any.
 *
 * Whether the host can do what a mode asks for is not looked at.
 *
 * Context: Any.
 * Return:  0; -ENXIO no such attribute; -EINVAL out of range.
 */
int aiamap_check_config(u64 attr, u32 value);

/**
 * aiamap_size() - Memory for a map.
 * @nr_vcpus: vCPUs of the VM.
 *
 * Context: Any.
 * Return:  Bytes.
 */
size_t aiamap_size(u32 nr_vcpus);

/**
 * aiamap_build() - Hold a configuration against the rules, and note who is where.
 * @map:      aiamap_size() bytes. Filled; without meaning on error.
 * @config:   What was configured.
 * @imsic:    Address of each vCPU's interrupt file, by vCPU number.
 * @nr_vcpus: How many there are, at least 1. Time grows with its square.
 *
 * Context: Any.
 * Return:  0; -EINVAL an address is missing, no multiple of a page, the same as another, or more
 *          than the fields apart from the others; fields overlap; the APLIC overlaps a file or the
 *          end of the address space, or has more sources than there are identities.
 */
int aiamap_build(struct aiamap *map, const struct aiamap_config *config, const u64 *imsic,
		 u32 nr_vcpus);

/**
 * aiamap_imsic_index() - Whose interrupt file is at an address?
 * @map: The map.
 * @gpa: Any address.
 *
 * Pages of guest interrupt files are nobody's: vCPUs have none.
 *
 * Context: Any.
 * Return:  Hart index, for which aiamap_vcpu() may know no vCPU; -EINVAL no such page.
 */
int aiamap_imsic_index(const struct aiamap *map, u64 gpa);

/**
 * aiamap_vcpu() - The vCPU of a hart index.
 * @map:  The map.
 * @hart: Any number.
 *
 * Context: Any.
 * Return:  vCPU number; -EINVAL none has it.
 */
int aiamap_vcpu(const struct aiamap *map, u32 hart);

#endif
