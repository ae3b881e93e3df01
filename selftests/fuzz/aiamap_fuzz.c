// SPDX-License-Identifier: GPL-2.0-only
/* Any configuration; what is accepted has to obey the formula of AIA v1.0 §3.6. */
#include "fuzz.h"

#include <linux/errno.h>
#include <linux/string.h>

#include "../../arch/riscv/model/aiamap.h"

#define MAX_VCPUS	40

struct input {
	u8	bits[6];
	u8	near;
	u8	count;
	u64	base;
	u64	aplic;
	u64	aplic_size;
	u64	anywhere;
};

static struct aiamap_config config;
static u64 imsic[MAX_VCPUS];
static u32 nr_vcpus;

static u64 address_of(u64 base, u64 group, u64 hart)
{
	return base + (group << config.group_shift) + (hart << (12 + config.guest_bits));
}

static u64 group_of(u64 address)
{
	return (address >> config.group_shift) % (1ull << config.group_bits);
}

static u64 hart_of(u64 address)
{
	return (address >> (12 + config.guest_bits)) % (1ull << config.hart_bits);
}

/* The one base that all addresses have, by sums as in the text. */
static bool is_consistent(void)
{
	u64 base = imsic[0] - address_of(0, group_of(imsic[0]), hart_of(imsic[0]));
	u32 i, k;

	if (config.group_bits && config.group_shift < 12 + config.guest_bits + config.hart_bits)
		return false;
	if (base % (4096ull << config.guest_bits))
		return false;
	for (i = 0; i < nr_vcpus; i++) {
		if (imsic[i] == ~0ull || imsic[i] % 4096)
			return false;
		if (imsic[i] != address_of(base, group_of(imsic[i]), hart_of(imsic[i])))
			return false;
		for (k = 0; k < i; k++)
			if (imsic[k] == imsic[i])
				return false;
	}
	return true;
}

static bool aplic_is_good(void)
{
	u32 i;

	if (!config.nr_sources)
		return true;
	if (config.aplic == ~0ull || config.aplic % 4096 || config.nr_sources > config.nr_ids ||
	    config.aplic + config.aplic_size < config.aplic)
		return false;
	for (i = 0; i < nr_vcpus; i++)
		if (imsic[i] < config.aplic + config.aplic_size && config.aplic < imsic[i] + 4096)
			return false;
	return true;
}

static void read_input(const struct input *in, const uint8_t *data, size_t size)
{
	u32 i;

	config = (struct aiamap_config) {
		.nr_ids = in->bits[0] % 32 * 64 + 63,
		.nr_sources = in->bits[1] * 5 % 1024,
		.group_bits = in->bits[2] % 8,
		.group_shift = 24 + in->bits[3] % 32,
		.hart_bits = in->bits[4] % 16,
		.guest_bits = in->bits[5] % 8,
		.aplic = in->near & 1 ? in->aplic : in->aplic << 12,
		.aplic_size = in->near & 2 ? in->aplic_size : in->aplic_size % 0x20000,
	};
	nr_vcpus = in->count % MAX_VCPUS + 1;
	for (i = 0; i < nr_vcpus; i++) {
		u64 word = i;

		if (size >= 8 * (i + 1))
			memcpy(&word, data + 8 * i, 8);
		if (in->near & 4)
			imsic[i] = word;
		else
			imsic[i] = address_of(in->near & 8 ? in->base : in->base << 24,
					      word % (1u << config.group_bits),
					      (word >> 8) % (1u << config.hart_bits));
	}
	if (in->near & 16)
		config.aplic = imsic[0] + in->aplic % 16 * 4096 - 8 * 4096;
}

static void check_vcpus(const struct aiamap *map, u64 anywhere)
{
	u32 i, bits = config.hart_bits;
	int index;

	for (i = 0; i < nr_vcpus; i++) {
		index = aiamap_imsic_index(map, imsic[i] + anywhere % 4096);
		FUZZ_CHECK(index >= 0 && index == (int)(group_of(imsic[i]) << bits |
							hart_of(imsic[i])), "index %d", index);
		FUZZ_CHECK(aiamap_vcpu(map, index) == (int)i, "vCPU of %d", index);
	}
	index = aiamap_imsic_index(map, anywhere);
	FUZZ_CHECK(index == -EINVAL || index >= 0, "%d", index);
	for (i = 0; i < nr_vcpus && imsic[i] != (anywhere & ~4095ull); i++)
		;
	if (index < 0)
		FUZZ_CHECK(i == nr_vcpus, "the file of vCPU %u is not found", i);
	else
		FUZZ_CHECK(aiamap_vcpu(map, index) == (i < nr_vcpus ? (int)i : -EINVAL),
			   "vCPU of %#llx", (unsigned long long)anywhere);
	index = aiamap_vcpu(map, anywhere);
	FUZZ_CHECK(index == -EINVAL || (index >= 0 && index < (int)nr_vcpus &&
		   aiamap_imsic_index(map, imsic[index]) == (int)anywhere), "%d", index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	struct aiamap *map;
	int err;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	read_input(&in, data + sizeof(in), size - sizeof(in));
	/* Just this memory, so that an access outside it is found. */
	map = malloc(aiamap_size(nr_vcpus));
	err = aiamap_build(map, &config, imsic, nr_vcpus);
	FUZZ_CHECK(err == 0 || err == -EINVAL, "%d", err);
	FUZZ_CHECK(!err == (is_consistent() && aplic_is_good()), "%d", err);
	if (!err) {
		check_vcpus(map, in.anywhere);
		check_vcpus(map, imsic[0] + in.anywhere % 0x4000);
	}
	err = aiamap_check_config(in.base, in.aplic);
	FUZZ_CHECK((err == -ENXIO) == (in.base > 6), "%d", err);
	free(map);
	return 0;
}
