// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ISA extensions of this host: by the kernel's word where it knows the name, else by what the
 * device tree, or ACPI's table, says of every hart.
 */
#include <linux/cpumask.h>
#include <linux/of.h>
#include <linux/string.h>

#include <compat/kshim.h>
#include <compat/kshim_acpi.h>
#include <compat/kshim_isa.h>

#include "host.h"
#include "model/rhct.h"

/* Without D: the save area and the code that fills it take all of F and D, or nothing. */
static const u8 rvh_isa_float[] = {
	RVISA_F,	RVISA_ZFH,	RVISA_ZFHMIN,	RVISA_ZFA,	RVISA_ZFBFMIN,
	RVISA_ZCD,	RVISA_ZCF,
};

static const u8 rvh_isa_vector[] = {
	RVISA_V,	RVISA_ZVBB,	RVISA_ZVBC,	RVISA_ZVKB,	RVISA_ZVKG,
	RVISA_ZVKNED,	RVISA_ZVKNHA,	RVISA_ZVKNHB,	RVISA_ZVKSED,	RVISA_ZVKSH,
	RVISA_ZVKT,	RVISA_ZVFH,	RVISA_ZVFHMIN,	RVISA_ZVFBFMIN,	RVISA_ZVFBFWMA,
};

static bool rvh_isa_of_hart(unsigned int cpu, struct rvisa_set *set)
{
	struct device_node *node __free(device_node) = of_get_cpu_node(cpu, NULL);
	struct property *list;
	const char *name;

	*set = (struct rvisa_set) { };
	if (!node)
		return false;
	if (!of_property_present(node, "riscv,isa-extensions"))
		return !of_property_read_string(node, "riscv,isa", &name) &&
		       !rvisa_parse_string(name, strlen(name), set);

	of_property_for_each_string(node, "riscv,isa-extensions", list, name)
		rvisa_parse_name(name, strlen(name), set);
	rvisa_imply(set);
	return true;
}

/* What ACPI says of all harts; of none if there is no ACPI. */
static struct rhct_harts rvh_acpi_harts(void)
{
	struct rhct_harts harts = { };
	size_t len;
	void *table;

	table = kshim_acpi_table("RHCT", &len);
	if (!table)
		return harts;
	rhct_parse(table, len, &harts);
	kshim_acpi_table_put(table);
	return harts;
}

static void rvh_isa_of_firmware(struct rvisa_set *set)
{
	const struct rhct_harts harts = rvh_acpi_harts();
	struct rvisa_set hart;
	unsigned int cpu;

	if (harts.count) {
		*set = harts.isa;
		return;
	}
	*set = (struct rvisa_set) { .bits = { ~0ULL, ~0ULL } };
	for_each_possible_cpu(cpu) {
		if (!rvh_isa_of_hart(cpu, &hart))
			hart = (struct rvisa_set) { };
		rvisa_intersect(set, &hart);
	}
}

static void rvh_isa_remove(struct rvisa_set *set, const u8 *ids, size_t count)
{
	while (count--)
		rvisa_remove(set, ids[count]);
}

void rvh_host_isa(struct rvisa_set *set)
{
	unsigned int nr;
	int has;

	rvh_isa_of_firmware(set);
	for (nr = 0; nr < RVISA_COUNT; nr++) {
		has = kshim_host_has_isa(nr);
		if (has > 0)
			rvisa_add(set, nr);
		else if (!has)
			rvisa_remove(set, nr);
	}

	if (!rvisa_has(set, RVISA_D))
		rvh_isa_remove(set, rvh_isa_float, ARRAY_SIZE(rvh_isa_float));
}

void rvh_host_isa_drop_vector(struct rvisa_set *set)
{
	rvh_isa_remove(set, rvh_isa_vector, ARRAY_SIZE(rvh_isa_vector));
}

static u32 rvh_cbop_block_of_hart(unsigned int cpu)
{
	struct device_node *node __free(device_node) = of_get_cpu_node(cpu, NULL);
	u32 size;

	if (!node || of_property_read_u32(node, "riscv,cbop-block-size", &size))
		return 0;
	return size;
}

unsigned int rvh_host_cbop_block(void)
{
	unsigned int cpu, size = kshim_cbop_block_size();
	struct rhct_harts harts;

	if (size)
		return size;
	harts = rvh_acpi_harts();
	if (harts.count)
		return harts.cbop_block;
	size = rvh_cbop_block_of_hart(cpumask_first(cpu_possible_mask));
	for_each_possible_cpu(cpu) {
		if (rvh_cbop_block_of_hart(cpu) != size)
			return 0;
	}
	return size;
}
