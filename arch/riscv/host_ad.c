// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do harts set A and D in G-stage entries by themselves? menvcfg.ADUE decides (Svadu v1.0); no
 * S-mode register shows it, and it is left as firmware set it. So each hart accesses a page of
 * scratch tables, and then the entry is looked at. Priv. v1.12 §4.3.1, §8.5.1
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/smp.h>

#include "host.h"
#include "hw/csr.h"
#include "hw/switch.h"
#include "rvh.h"

/* Context: interrupts off. */
static void ad_access(void *scratch)
{
	unsigned long hstatus = hart_csr_read(HART_CSR_HSTATUS) | HART_HSTATUS_SPVP;
	gpa_t gpa = rvh_scratch_gpa(smp_processor_id());
	struct rvh_scratch_saved saved;

	rvh_scratch_begin(scratch, &saved);
	/* A hart that does not set them refuses the access: the entry tells. */
	hart_load_guest(gpa, hstatus);
	hart_store_guest(gpa, hstatus);
	rvh_scratch_end(&saved);
}

static bool ad_is_set(const struct gstage *tables)
{
	const u64 both = GSTAGE_PTE_A | GSTAGE_PTE_D;
	struct gstage_leaf leaf;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (!gstage_lookup(tables, rvh_scratch_gpa(cpu), &leaf) ||
		    (leaf.pte & both) != both)
			return false;
	return true;
}

bool rvh_host_sets_ad(void)
{
	struct rvh_scratch scratch;
	bool set;

	guard(cpus_read_lock)();
	if (!rvh_scratch_create(&scratch, GSTAGE_PTE_R | GSTAGE_PTE_W))
		return false;
	on_each_cpu(ad_access, &scratch, 1);
	set = ad_is_set(&scratch.tables);
	rvh_scratch_destroy(&scratch);
	return set;
}
