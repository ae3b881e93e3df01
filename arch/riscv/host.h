/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that find out what this host can do; the result is rvh_host in rvh.h. */
#ifndef RVH_HOST_H
#define RVH_HOST_H

#include <linux/types.h>

#include <vmm/addr.h>

#include "model/gstage.h"
#include "model/isa.h"

/**
 * rvh_host_isa() - What every hart has and a guest can be given.
 * @set: Filled.
 *
 * Context: Process context.
 */
void rvh_host_isa(struct rvisa_set *set);

/**
 * rvh_host_isa_drop_vector() - Take all from a set that works on vector registers.
 * @set: Changed in place.
 *
 * Context: Any.
 */
void rvh_host_isa_drop_vector(struct rvisa_set *set);

/**
 * rvh_host_cbop_block() - Bytes that a cache-block prefetch works on.
 *
 * Context: Process context.
 * Return: 0 when it is unknown, or not the same for all harts.
 */
unsigned int rvh_host_cbop_block(void);

/**
 * rvh_host_sets_ad() - Do all harts that are online set A and D in G-stage entries by themselves?
 *
 * Context: Process context, sleeps; rvh_host.gpt_levels is known.
 */
bool rvh_host_sets_ad(void);

/**
 * rvh_host_traps_aia() - Do guests' accesses to the AIA's CSRs come here as illegal instructions?
 *
 * Context: Process context, sleeps; no hart has Ssaia; rvh_host.gpt_levels is known.
 */
bool rvh_host_traps_aia(void);

/* Guest-physical memory to try something with. */
struct rvh_scratch {
	struct page	*pages;
	struct gstage	tables;
	unsigned long	hgatp;
	void		*data;		/* the memory of the page that each hart has */
};

struct rvh_scratch_saved {
	unsigned long	hgatp;
	unsigned long	vsatp;
};

/**
 * rvh_scratch_create() - Make a G-stage with a page for each hart that is online.
 * @scratch: Filled.
 * @prot:    As for gstage_map().
 *
 * Context: Process context; cpus_read_lock() held.
 * Return:  It could be made, and is to be destroyed.
 */
bool rvh_scratch_create(struct rvh_scratch *scratch, u64 prot);
void rvh_scratch_destroy(struct rvh_scratch *scratch);

/* Where a hart's page is. */
gpa_t rvh_scratch_gpa(unsigned int cpu);

/* Guest addresses lead there, without a VS-stage. Context: interrupts off between the two. */
void rvh_scratch_begin(const struct rvh_scratch *scratch, struct rvh_scratch_saved *saved);
void rvh_scratch_end(const struct rvh_scratch_saved *saved);

/**
 * rvh_host_has_satp_mode() - Does a hart take this mode in vsatp?
 * @mode: Value of satp.MODE, 0 to 15.
 *
 * Context: Any.
 */
bool rvh_host_has_satp_mode(unsigned int mode);

#endif
