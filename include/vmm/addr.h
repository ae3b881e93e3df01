/* SPDX-License-Identifier: GPL-2.0-only */
/* Kinds of addresses. All are bytes except the frame number. */
#ifndef VMM_ADDR_H
#define VMM_ADDR_H

#include <linux/types.h>

typedef u64 gpa_t;		/* guest-physical */
typedef u64 hpa_t;		/* host-physical */
typedef u64 gfn_t;		/* guest frame number: gpa >> 12 */
typedef unsigned long hva_t;	/* in the address space of the VM's owner */
typedef unsigned long gva_t;	/* guest-virtual */

#define VMM_PAGE_SHIFT	12
#define VMM_PAGE_SIZE	(1UL << VMM_PAGE_SHIFT)
#define VMM_NO_GFN	(~0ULL)

static inline gfn_t gpa_to_gfn(gpa_t gpa)
{
	return gpa >> VMM_PAGE_SHIFT;
}

static inline gpa_t gfn_to_gpa(gfn_t gfn)
{
	return gfn << VMM_PAGE_SHIFT;
}

#endif
