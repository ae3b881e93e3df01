// SPDX-License-Identifier: GPL-2.0-only
/* A G-stage to try things with: each hart has a guest page, and all lead to the same memory. */
#include <linux/bitfield.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/smp.h>

#include "host.h"
#include "hw/csr.h"
#include "hw/fence.h"
#include "rvh.h"

/* The root, a table for each level below it, the page that is accessed */
#define SCRATCH_DATA	((1 << GSTAGE_ROOT_ORDER) + GSTAGE_MAX_LEVELS - 1)
#define SCRATCH_ORDER	4

gpa_t rvh_scratch_gpa(unsigned int cpu)
{
	return (gpa_t)cpu << VMM_PAGE_SHIFT;
}

static bool scratch_map(struct rvh_scratch *scratch, u64 *memory, u64 prot)
{
	phys_addr_t pa = page_to_phys(scratch->pages);
	struct gstage_pages spare = {};
	struct gstage_flush flush = {};
	unsigned int i, cpu;

	gstage_init(&scratch->tables, memory, rvh_host.gpt_levels, (unsigned long)memory - pa);
	for (i = 1 << GSTAGE_ROOT_ORDER; i < SCRATCH_DATA; i++)
		gstage_pages_push(&spare, memory + i * (PAGE_SIZE / sizeof(*memory)));
	for_each_online_cpu(cpu)
		if (gstage_map(&scratch->tables, rvh_scratch_gpa(cpu),
			       pa + SCRATCH_DATA * PAGE_SIZE, 0, prot, &spare, NULL, &flush))
			return false;
	return true;
}

bool rvh_scratch_create(struct rvh_scratch *scratch, u64 prot)
{
	scratch->pages = alloc_pages(GFP_KERNEL | __GFP_ZERO, SCRATCH_ORDER);
	if (!scratch->pages)
		return false;
	scratch->data = page_address(scratch->pages) + SCRATCH_DATA * PAGE_SIZE;
	scratch->hgatp = FIELD_PREP(HART_HGATP_MODE, HART_HGATP_MODE_SV39X4 +
				    rvh_host.gpt_levels - GSTAGE_MIN_LEVELS) |
			 FIELD_PREP(HART_HGATP_PPN, page_to_pfn(scratch->pages));
	if (scratch_map(scratch, page_address(scratch->pages), prot))
		return true;
	rvh_scratch_destroy(scratch);
	return false;
}

void rvh_scratch_destroy(struct rvh_scratch *scratch)
{
	__free_pages(scratch->pages, SCRATCH_ORDER);
}

void rvh_scratch_begin(const struct rvh_scratch *scratch, struct rvh_scratch_saved *saved)
{
	saved->hgatp = hart_csr_read(HART_CSR_HGATP);
	saved->vsatp = hart_csr_read(HART_CSR_VSATP);
	hart_csr_write(HART_CSR_VSATP, 0);
	hart_csr_write(HART_CSR_HGATP, scratch->hgatp);
	hart_hfence_gvma_all();
	hart_hfence_vvma_all();
}

void rvh_scratch_end(const struct rvh_scratch_saved *saved)
{
	hart_csr_write(HART_CSR_HGATP, saved->hgatp);
	hart_csr_write(HART_CSR_VSATP, saved->vsatp);
	hart_hfence_gvma_all();
	hart_hfence_vvma_all();
}
