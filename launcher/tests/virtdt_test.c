// SPDX-License-Identifier: GPL-2.0-only
/* The device tree, read back through libfdt. */
#include "virtdt.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aia.h"
#include "load.h"
#include "plic.h"
#include "serial.h"
#include "test.h"

static uint64_t tree_words[DTB_MAX_SIZE / sizeof(uint64_t)];
static void *const fdt = tree_words;

static struct virtdt_desc sample(void)
{
	struct virtdt_desc desc = {
		.ncpus = 4,
		.satp_mode = 9,
		.cbom_size = 64,
		.cboz_size = 32,
		.timebase = 10000000,
		.ram_base = 0x80000000,
		.ram_size = 0x180000000,
		.initrd = 0x9f000000,
		.initrd_size = 0x1234,
		.params = "console=ttyS0 quiet",
		.serial_stdout = true,
	};

	desc.isa.has[0] = desc.isa.has[5] = desc.isa.has[6] = true;	/* a i m */
	desc.isa.has[ISA_ID_ZICBOM] = true;
	memset(desc.seed, 0x77, sizeof(desc.seed));
	return desc;
}

static int build(const struct virtdt_desc *desc, size_t size)
{
	int err;

	test_mute(true);
	err = virtdt_build(fdt, size, desc);
	test_mute(false);
	return err;
}

static int node(const char *path)
{
	int offset = fdt_path_offset(fdt, path);

	CHECK(offset >= 0);
	return offset;
}

static bool string_is(const char *path, const char *name, const char *expected)
{
	const char *value = fdt_stringlist_get(fdt, node(path), name, 0, NULL);

	return value && !strcmp(value, expected);
}

/* A property of @count cells, the wanted one at @index. */
static uint64_t cell(const char *path, const char *name, int count, int index)
{
	const fdt32_t *cells;
	int len;

	cells = fdt_getprop(fdt, node(path), name, &len);
	CHECK(cells && len == count * 4);
	return cells && len == count * 4 ? fdt32_to_cpu(cells[index]) : ~0ULL;
}

static uint64_t pair(const char *path, const char *name, int count, int index)
{
	return cell(path, name, count, index) << 32 | cell(path, name, count, index + 1);
}

static bool missing(const char *path, const char *name)
{
	return !fdt_getprop(fdt, node(path), name, NULL);
}

static void virtdt_is_a_valid_tree(void)
{
	struct virtdt_desc desc = sample();
	int size = build(&desc, DTB_MAX_SIZE);

	CHECK(size > 0 && size < (int)DTB_MAX_SIZE);
	CHECK(!fdt_check_full(fdt, (size_t)size));
	CHECK(cell("/", "#address-cells", 1, 0) == 2 && cell("/", "#size-cells", 1, 0) == 2);
}

static void virtdt_describes_memory_and_boot(void)
{
	struct virtdt_desc desc = sample();
	const char *seed;
	int len;

	CHECK(build(&desc, DTB_MAX_SIZE) > 0);
	CHECK(string_is("/memory@80000000", "device_type", "memory"));
	CHECK(pair("/memory@80000000", "reg", 4, 0) == 0x80000000);
	CHECK(pair("/memory@80000000", "reg", 4, 2) == 0x180000000);

	CHECK(string_is("/chosen", "bootargs", "console=ttyS0 quiet"));
	CHECK(string_is("/chosen", "stdout-path", "/soc/serial@10000000"));
	CHECK(pair("/chosen", "linux,initrd-start", 2, 0) == 0x9f000000);
	CHECK(pair("/chosen", "linux,initrd-end", 2, 0) == 0x9f001234);
	seed = fdt_getprop(fdt, node("/chosen"), "rng-seed", &len);
	CHECK(seed && len == VIRTDT_SEED_SIZE && !memcmp(seed, desc.seed, (size_t)len));
}

static void virtdt_leaves_out_what_is_not_there(void)
{
	struct virtdt_desc desc = sample();

	desc.initrd_size = 0;
	desc.serial_stdout = false;
	desc.params = "";
	desc.isa.has[ISA_ID_ZICBOM] = false;
	desc.satp_mode = 0;
	CHECK(build(&desc, DTB_MAX_SIZE) > 0);
	CHECK(missing("/chosen", "linux,initrd-start") && missing("/chosen", "linux,initrd-end"));
	CHECK(missing("/chosen", "stdout-path"));
	CHECK(string_is("/chosen", "bootargs", ""));
	CHECK(missing("/cpus/cpu@0", "riscv,cbom-block-size"));
	CHECK(string_is("/cpus/cpu@0", "mmu-type", "riscv,none"));
}

static void virtdt_describes_every_cpu(void)
{
	struct virtdt_desc desc = sample();
	char path[64];
	unsigned int cpu;

	CHECK(build(&desc, DTB_MAX_SIZE) > 0);
	CHECK(cell("/cpus", "timebase-frequency", 1, 0) == 10000000);
	for (cpu = 0; cpu < desc.ncpus; cpu++) {
		snprintf(path, sizeof(path), "/cpus/cpu@%x", cpu);
		CHECK(string_is(path, "compatible", "riscv") && cell(path, "reg", 1, 0) == cpu);
		CHECK(string_is(path, "mmu-type", "riscv,sv48"));
		CHECK(string_is(path, "riscv,isa", "rv64ima_zicbom"));
		CHECK(string_is(path, "riscv,isa-base", "rv64i"));
		CHECK(fdt_stringlist_count(fdt, node(path), "riscv,isa-extensions") == 4);
		CHECK(fdt_stringlist_search(fdt, node(path), "riscv,isa-extensions",
					    "zicbom") == 3);
		CHECK(cell(path, "riscv,cbom-block-size", 1, 0) == 64);
		/* A block size without its extension says nothing. */
		CHECK(missing(path, "riscv,cboz-block-size"));
		snprintf(path, sizeof(path), "/cpus/cpu@%x/interrupt-controller", cpu);
		CHECK(string_is(path, "compatible", "riscv,cpu-intc"));
	}
	CHECK(fdt_path_offset(fdt, "/cpus/cpu@4") < 0);
}

/* The node that property @name of @path refers to. */
static int target(const char *path, const char *name)
{
	return fdt_node_offset_by_phandle(fdt, (uint32_t)cell(path, name, 1, 0));
}

/* Whether the controller at @path has the external interrupt of each CPU, in their order. */
static bool interrupts_every_cpu(const char *path, const struct virtdt_desc *desc)
{
	int ncells = 2 * (int)desc->ncpus, cpu, intc;
	bool good = true;

	for (cpu = 0; cpu < (int)desc->ncpus; cpu++) {
		uint32_t phandle = (uint32_t)cell(path, "interrupts-extended", ncells, 2 * cpu);
		const void *reg;

		intc = fdt_node_offset_by_phandle(fdt, phandle);
		reg = fdt_getprop(fdt, fdt_parent_offset(fdt, intc), "reg", NULL);
		good = good && reg && fdt32_ld(reg) == (uint32_t)cpu &&
		       cell(path, "interrupts-extended", ncells, 2 * cpu + 1) == 9;
	}
	return good;
}

static void virtdt_connects_interrupts(void)
{
	static const char plic[] = "/soc/interrupt-controller@c000000";
	static const char serial[] = "/soc/serial@10000000";
	struct virtdt_desc desc = sample();

	CHECK(build(&desc, DTB_MAX_SIZE) > 0);
	CHECK(string_is(plic, "compatible", "sifive,plic-1.0.0"));
	CHECK(pair(plic, "reg", 4, 0) == MACHINE_PLIC_BASE && pair(plic, "reg", 4, 2) == PLIC_SIZE);
	CHECK(cell(plic, "riscv,ndev", 1, 0) == PLIC_NSOURCES - 1);
	CHECK(interrupts_every_cpu(plic, &desc));

	CHECK(string_is(serial, "compatible", "ns16550a"));
	CHECK(pair(serial, "reg", 4, 0) == MACHINE_SERIAL_BASE);
	CHECK(pair(serial, "reg", 4, 2) == SERIAL_SIZE);
	CHECK(cell(serial, "interrupts", 1, 0) == MACHINE_SERIAL_IRQ);
	CHECK(target(serial, "interrupt-parent") == node(plic));
	CHECK(fdt_path_offset(fdt, "/soc/interrupt-controller@d000000") < 0);
	CHECK(fdt_path_offset(fdt, "/soc/interrupt-controller@28000000") < 0);
}

static void virtdt_connects_interrupts_of_an_aia(void)
{
	static const char aplic[] = "/soc/interrupt-controller@d000000";
	static const char imsics[] = "/soc/interrupt-controller@28000000";
	static const char serial[] = "/soc/serial@10000000";
	struct virtdt_desc desc = sample();

	desc.ncpus = 3;
	desc.aia = true;
	CHECK(build(&desc, DTB_MAX_SIZE) > 0);
	CHECK(string_is(imsics, "compatible", "riscv,imsics"));
	CHECK(pair(imsics, "reg", 4, 0) == MACHINE_IMSIC_BASE);
	CHECK(pair(imsics, "reg", 4, 2) == 0x3000);
	CHECK(!missing(imsics, "interrupt-controller") && !missing(imsics, "msi-controller"));
	CHECK(cell(imsics, "#interrupt-cells", 1, 0) == 0 && cell(imsics, "#msi-cells", 1, 0) == 0);
	CHECK(cell(imsics, "riscv,num-ids", 1, 0) == AIA_NIDS);
	CHECK(interrupts_every_cpu(imsics, &desc));

	CHECK(string_is(aplic, "compatible", "riscv,aplic"));
	CHECK(pair(aplic, "reg", 4, 0) == MACHINE_APLIC_BASE && pair(aplic, "reg", 4, 2) == 0x4000);
	CHECK(!missing(aplic, "interrupt-controller") && missing(aplic, "interrupts-extended"));
	CHECK(cell(aplic, "#interrupt-cells", 1, 0) == 2);
	CHECK(cell(aplic, "riscv,num-sources", 1, 0) == AIA_NSOURCES);
	CHECK(target(aplic, "msi-parent") == node(imsics));

	CHECK(target(serial, "interrupt-parent") == node(aplic));
	CHECK(cell(serial, "interrupts", 2, 0) == MACHINE_SERIAL_IRQ);
	CHECK(cell(serial, "interrupts", 2, 1) == 4);
	CHECK(fdt_path_offset(fdt, "/soc/interrupt-controller@c000000") < 0);
}

static void virtdt_gives_every_cpu_of_an_aia_its_file(void)
{
	struct virtdt_desc desc = sample();

	desc.ncpus = 512;
	desc.aia = true;
	CHECK(build(&desc, DTB_MAX_SIZE) > 0);
	CHECK(pair("/soc/interrupt-controller@28000000", "reg", 4, 2) == 512 * IMSIC_SIZE);
	CHECK(interrupts_every_cpu("/soc/interrupt-controller@28000000", &desc));
}

static void virtdt_holds_the_most_cpus_with_every_extension(void)
{
	struct virtdt_desc desc = sample();
	int size;

	desc.ncpus = 512;
	memset(&desc.isa, 1, sizeof(desc.isa));
	size = build(&desc, DTB_MAX_SIZE);
	CHECK(size > 0);
	CHECK(!fdt_check_full(fdt, (size_t)size));
}

static void virtdt_that_does_not_fit_is_refused(void)
{
	struct virtdt_desc desc = sample();
	int size = build(&desc, DTB_MAX_SIZE);
	size_t room;

	for (room = 0; room < (size_t)size; room += 8)
		CHECK(build(&desc, room) < 0);
}

const struct test virtdt_tests[] = {
	TEST(virtdt_is_a_valid_tree),
	TEST(virtdt_describes_memory_and_boot),
	TEST(virtdt_leaves_out_what_is_not_there),
	TEST(virtdt_describes_every_cpu),
	TEST(virtdt_connects_interrupts),
	TEST(virtdt_connects_interrupts_of_an_aia),
	TEST(virtdt_gives_every_cpu_of_an_aia_its_file),
	TEST(virtdt_holds_the_most_cpus_with_every_extension),
	TEST(virtdt_that_does_not_fit_is_refused),
	{ NULL, NULL },
};
