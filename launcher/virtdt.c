// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's device tree, after the Devicetree Specification 0.4 and Linux's bindings for
 * riscv/cpus.yaml, riscv/extensions.yaml, sifive,plic-1.0.0.yaml, riscv,aplic.yaml,
 * riscv,imsics.yaml and serial/8250.yaml.
 */
#include "virtdt.h"

#include <libfdt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aia.h"
#include "msg.h"
#include "plic.h"
#include "serial.h"

#define PHANDLE_WIRED		1	/* the controller of devices' lines: PLIC or APLIC */
#define PHANDLE_IMSICS		2
#define PHANDLE_INTC(cpu)	(3 + (cpu))

/* An external interrupt of S-mode is cause 9 of the CPU's own interrupt controller. */
#define INTC_S_EXTERNAL		9

/* The second cell of an APLIC's interrupt, as everywhere in Linux: active while high. */
#define IRQ_TYPE_LEVEL_HIGH	4

/* The usual reference clock of a 16550; the divisor does not matter here. */
#define SERIAL_CLOCK_HZ		3686400

#define ISA_TEXT_SIZE		1024

/* A tree being written; after the first error nothing more is. */
struct tree {
	void	*fdt;
	int	err;
};

static void node_begin(struct tree *tree, const char *name)
{
	if (!tree->err)
		tree->err = fdt_begin_node(tree->fdt, name);
}

static void node_end(struct tree *tree)
{
	if (!tree->err)
		tree->err = fdt_end_node(tree->fdt);
}

static void prop_bytes(struct tree *tree, const char *name, const void *bytes, size_t len)
{
	if (!tree->err)
		tree->err = fdt_property(tree->fdt, name, bytes, (int)len);
}

static void prop_string(struct tree *tree, const char *name, const char *value)
{
	prop_bytes(tree, name, value, strlen(value) + 1);
}

static void prop_u32(struct tree *tree, const char *name, uint32_t value)
{
	if (!tree->err)
		tree->err = fdt_property_u32(tree->fdt, name, value);
}

static void prop_u64(struct tree *tree, const char *name, uint64_t value)
{
	if (!tree->err)
		tree->err = fdt_property_u64(tree->fdt, name, value);
}

static void prop_reg(struct tree *tree, uint64_t base, uint64_t size)
{
	fdt64_t reg[2] = { cpu_to_fdt64(base), cpu_to_fdt64(size) };

	prop_bytes(tree, "reg", reg, sizeof(reg));
}

static void add_chosen(struct tree *tree, const struct virtdt_desc *desc)
{
	char stdout_path[64];

	node_begin(tree, "chosen");
	prop_string(tree, "bootargs", desc->params);
	if (desc->serial_stdout) {
		snprintf(stdout_path, sizeof(stdout_path), "/soc/serial@%llx", MACHINE_SERIAL_BASE);
		prop_string(tree, "stdout-path", stdout_path);
	}
	if (desc->initrd_size) {
		prop_u64(tree, "linux,initrd-start", desc->initrd);
		prop_u64(tree, "linux,initrd-end", desc->initrd + desc->initrd_size);
	}
	prop_bytes(tree, "rng-seed", desc->seed, sizeof(desc->seed));
	node_end(tree);
}

static void add_memory(struct tree *tree, const struct virtdt_desc *desc)
{
	char name[32];

	snprintf(name, sizeof(name), "memory@%llx", (unsigned long long)desc->ram_base);
	node_begin(tree, name);
	prop_string(tree, "device_type", "memory");
	prop_reg(tree, desc->ram_base, desc->ram_size);
	node_end(tree);
}

/* Names of the values of satp.MODE, privileged architecture 1.12, table "Encoding of satp MODE". */
static const char *mmu_type(uint64_t satp_mode)
{
	switch (satp_mode) {
	case 8:
		return "riscv,sv39";
	case 9:
		return "riscv,sv48";
	case 10:
		return "riscv,sv57";
	default:
		return "riscv,none";
	}
}

static void add_isa(struct tree *tree, const struct virtdt_desc *desc)
{
	char text[ISA_TEXT_SIZE];

	prop_string(tree, "riscv,isa-base", "rv64i");
	prop_bytes(tree, "riscv,isa-extensions", text, isa_list(&desc->isa, text, sizeof(text)));
	prop_bytes(tree, "riscv,isa", text, isa_string(&desc->isa, text, sizeof(text)));

	if (desc->isa.has[ISA_ID_ZICBOM] && desc->cbom_size)
		prop_u32(tree, "riscv,cbom-block-size", (uint32_t)desc->cbom_size);
	if (desc->isa.has[ISA_ID_ZICBOZ] && desc->cboz_size)
		prop_u32(tree, "riscv,cboz-block-size", (uint32_t)desc->cboz_size);
	if (desc->isa.has[ISA_ID_ZICBOP] && desc->cbop_size)
		prop_u32(tree, "riscv,cbop-block-size", (uint32_t)desc->cbop_size);
}

static void add_cpu(struct tree *tree, const struct virtdt_desc *desc, unsigned int cpu)
{
	char name[32];

	snprintf(name, sizeof(name), "cpu@%x", cpu);
	node_begin(tree, name);
	prop_string(tree, "device_type", "cpu");
	prop_string(tree, "compatible", "riscv");
	prop_u32(tree, "reg", cpu);
	prop_string(tree, "status", "okay");
	prop_string(tree, "mmu-type", mmu_type(desc->satp_mode));
	add_isa(tree, desc);

	node_begin(tree, "interrupt-controller");
	prop_string(tree, "compatible", "riscv,cpu-intc");
	prop_bytes(tree, "interrupt-controller", NULL, 0);
	prop_u32(tree, "#interrupt-cells", 1);
	prop_u32(tree, "phandle", PHANDLE_INTC(cpu));
	node_end(tree);
	node_end(tree);
}

static void add_cpus(struct tree *tree, const struct virtdt_desc *desc)
{
	unsigned int cpu;

	node_begin(tree, "cpus");
	prop_u32(tree, "#address-cells", 1);
	prop_u32(tree, "#size-cells", 0);
	prop_u32(tree, "timebase-frequency", (uint32_t)desc->timebase);
	for (cpu = 0; cpu < desc->ncpus; cpu++)
		add_cpu(tree, desc, cpu);
	node_end(tree);
}

/* What all interrupt controllers on the bus have. */
static void controller_begin(struct tree *tree, uint64_t base, uint64_t size, uint32_t ncells)
{
	char name[32];

	snprintf(name, sizeof(name), "interrupt-controller@%llx", (unsigned long long)base);
	node_begin(tree, name);
	prop_reg(tree, base, size);
	prop_bytes(tree, "interrupt-controller", NULL, 0);
	prop_u32(tree, "#interrupt-cells", ncells);
}

/* The external interrupt of every CPU. */
static void prop_externals(struct tree *tree, const struct virtdt_desc *desc)
{
	void *contexts;
	unsigned int cpu;

	if (!tree->err)
		tree->err = fdt_property_placeholder(tree->fdt, "interrupts-extended",
						     (int)(desc->ncpus * 2 * sizeof(fdt32_t)),
						     &contexts);
	for (cpu = 0; !tree->err && cpu < desc->ncpus; cpu++) {
		fdt32_t entry[2] = {
			cpu_to_fdt32(PHANDLE_INTC(cpu)), cpu_to_fdt32(INTC_S_EXTERNAL)
		};

		memcpy((uint8_t *)contexts + cpu * sizeof(entry), entry, sizeof(entry));
	}
}

static void add_plic(struct tree *tree, const struct virtdt_desc *desc)
{
	static const char compatible[] = "sifive,plic-1.0.0\0riscv,plic0";

	controller_begin(tree, MACHINE_PLIC_BASE, PLIC_SIZE, 1);
	prop_bytes(tree, "compatible", compatible, sizeof(compatible));
	prop_u32(tree, "#address-cells", 0);
	prop_u32(tree, "riscv,ndev", PLIC_NSOURCES - 1);
	prop_u32(tree, "phandle", PHANDLE_WIRED);
	prop_externals(tree, desc);
	node_end(tree);
}

static void add_aia(struct tree *tree, const struct virtdt_desc *desc)
{
	controller_begin(tree, MACHINE_IMSIC_BASE, (uint64_t)desc->ncpus * IMSIC_SIZE, 0);
	prop_string(tree, "compatible", "riscv,imsics");
	prop_bytes(tree, "msi-controller", NULL, 0);
	prop_u32(tree, "#msi-cells", 0);
	prop_u32(tree, "riscv,num-ids", AIA_NIDS);
	prop_u32(tree, "phandle", PHANDLE_IMSICS);
	prop_externals(tree, desc);
	node_end(tree);

	controller_begin(tree, MACHINE_APLIC_BASE, APLIC_SIZE, 2);
	prop_string(tree, "compatible", "riscv,aplic");
	prop_u32(tree, "msi-parent", PHANDLE_IMSICS);
	prop_u32(tree, "riscv,num-sources", AIA_NSOURCES);
	prop_u32(tree, "phandle", PHANDLE_WIRED);
	node_end(tree);
}

static void add_serial(struct tree *tree, bool aia)
{
	const fdt32_t interrupt[2] = {
		cpu_to_fdt32(MACHINE_SERIAL_IRQ), cpu_to_fdt32(IRQ_TYPE_LEVEL_HIGH)
	};
	char name[32];

	snprintf(name, sizeof(name), "serial@%llx", MACHINE_SERIAL_BASE);
	node_begin(tree, name);
	prop_string(tree, "compatible", "ns16550a");
	prop_reg(tree, MACHINE_SERIAL_BASE, SERIAL_SIZE);
	prop_u32(tree, "interrupt-parent", PHANDLE_WIRED);
	prop_bytes(tree, "interrupts", interrupt, (aia ? 2 : 1) * sizeof(interrupt[0]));
	prop_u32(tree, "clock-frequency", SERIAL_CLOCK_HZ);
	node_end(tree);
}

static void add_soc(struct tree *tree, const struct virtdt_desc *desc)
{
	node_begin(tree, "soc");
	prop_string(tree, "compatible", "simple-bus");
	prop_u32(tree, "#address-cells", 2);
	prop_u32(tree, "#size-cells", 2);
	prop_bytes(tree, "ranges", NULL, 0);
	if (desc->aia)
		add_aia(tree, desc);
	else
		add_plic(tree, desc);
	add_serial(tree, desc->aia);
	node_end(tree);
}

static void add_root(struct tree *tree, const struct virtdt_desc *desc)
{
	node_begin(tree, "");
	prop_u32(tree, "#address-cells", 2);
	prop_u32(tree, "#size-cells", 2);
	prop_string(tree, "compatible", "rvrun,virt");
	prop_string(tree, "model", "rvrun");
	add_chosen(tree, desc);
	add_memory(tree, desc);
	add_cpus(tree, desc);
	add_soc(tree, desc);
	node_end(tree);
}

int virtdt_build(void *buf, size_t size, const struct virtdt_desc *desc)
{
	struct tree tree = { .fdt = buf };

	tree.err = fdt_create(buf, size < INT_MAX ? (int)size : INT_MAX);
	if (!tree.err)
		tree.err = fdt_finish_reservemap(buf);
	add_root(&tree, desc);
	if (!tree.err)
		tree.err = fdt_finish(buf);
	if (tree.err) {
		msg_error("cannot build the device tree: %s", fdt_strerror(tree.err));
		return -1;
	}
	return (int)fdt_totalsize(buf);
}
