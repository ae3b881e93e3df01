/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files that find out what this host can do; the result is rvh_host in rvh.h. */
#ifndef RVH_HOST_H
#define RVH_HOST_H

#include <linux/types.h>

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
 * rvh_host_has_satp_mode() - Does a hart take this mode in vsatp?
 * @mode: Value of satp.MODE, 0 to 15.
 *
 * Context: Any.
 */
bool rvh_host_has_satp_mode(unsigned int mode);

#endif
