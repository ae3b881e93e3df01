// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do harts set A and D in G-stage entries by themselves? menvcfg.ADUE decides (Svadu v1.0); no
 * S-mode register shows it, and it is left as firmware set it. So each hart accesses a page of
 * scratch tables, and then the entry is looked at. Priv. v1.12 §4.3.1, §8.5.1
 */
#include <linux/bitfield.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/smp.h>

#include "host.h"
#include "hw/csr.h"
#include "hw/fence.h"
#include "hw/switch.h"
#include "model/gstage.h"
#include "rvh.h"

/* The root, a table for each level below it, the page that is accessed */
#define SCRATCH_DATA	((1 << GSTAGE_ROOT_ORDER) + GSTAGE_MAX_LEVELS - 1)
#define SCRATCH_ORDER	4

static gpa_t ad_gpa(unsigned int cpu)
{
	return (gpa_t)cpu << VMM_PAGE_SHIFT;
}

/* Context: interrupts off. Leaves the registers as they were, as the other probes do. */
static void ad_access(void *new_hgatp)
{
	unsigned long hstatus = hart_csr_read(HART_CSR_HSTATUS) | HART_HSTATUS_SPVP;
	unsigned long hgatp = hart_csr_read(HART_CSR_HGATP);
	unsigned long vsatp = hart_csr_read(HART_CSR_VSATP);
	gpa_t gpa = ad_gpa(smp_processor_id());

	hart_csr_write(HART_CSR_VSATP, 0);
	hart_csr_write(HART_CSR_HGATP, *(unsigned long *)new_hgatp);
	hart_hfence_gvma_all();
	hart_hfence_vvma_all();

	/* A hart that does not set them refuses the access: the entry tells. */
	hart_load_guest(gpa, hstatus);
	hart_store_guest(gpa, hstatus);

	hart_csr_write(HART_CSR_HGATP, hgatp);
	hart_csr_write(HART_CSR_VSATP, vsatp);
	hart_hfence_gvma_all();
	hart_hfence_vvma_all();
}

/* An entry for each hart, without A and D; all lead to the same page. */
static bool ad_map(struct gstage *tables, u64 *memory, phys_addr_t pa)
{
	struct gstage_pages spare = {};
	struct gstage_flush flush = {};
	unsigned int i, cpu;

	gstage_init(tables, memory, rvh_host.gpt_levels, (unsigned long)memory - pa);
	for (i = 1 << GSTAGE_ROOT_ORDER; i < SCRATCH_DATA; i++)
		gstage_pages_push(&spare, memory + i * (PAGE_SIZE / sizeof(*memory)));
	for_each_online_cpu(cpu)
		if (gstage_map(tables, ad_gpa(cpu), pa + SCRATCH_DATA * PAGE_SIZE, 0,
			       GSTAGE_PTE_R | GSTAGE_PTE_W, &spare, NULL, &flush))
			return false;
	return true;
}

static bool ad_is_set(const struct gstage *tables)
{
	const u64 both = GSTAGE_PTE_A | GSTAGE_PTE_D;
	struct gstage_leaf leaf;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (!gstage_lookup(tables, ad_gpa(cpu), &leaf) || (leaf.pte & both) != both)
			return false;
	return true;
}

bool rvh_host_sets_ad(void)
{
	struct page *scratch = alloc_pages(GFP_KERNEL | __GFP_ZERO, SCRATCH_ORDER);
	struct gstage tables;
	unsigned long hgatp;
	bool set = false;

	if (!scratch)
		return false;
	hgatp = FIELD_PREP(HART_HGATP_MODE, HART_HGATP_MODE_SV39X4 + rvh_host.gpt_levels -
			   GSTAGE_MIN_LEVELS) |
		FIELD_PREP(HART_HGATP_PPN, page_to_pfn(scratch));
	cpus_read_lock();
	if (ad_map(&tables, page_address(scratch), page_to_phys(scratch))) {
		on_each_cpu(ad_access, &hgatp, 1);
		set = ad_is_set(&tables);
	}
	cpus_read_unlock();
	__free_pages(scratch, SCRATCH_ORDER);
	return set;
}
