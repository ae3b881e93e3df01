/* SPDX-License-Identifier: GPL-2.0-only */
/* Which SBI calls and CSR accesses a VM's userspace wants for itself: pure. */
#ifndef RVH_MODEL_EXITFILTER_H
#define RVH_MODEL_EXITFILTER_H

#include <linux/types.h>

/* Ranges of extension ids that can be added */
#define EXITFILTER_RANGES	16
#define EXITFILTER_CSRS		4096

/* The values are those of the ABI. */
enum exitfilter_kind {
	EXITFILTER_SBI	= 0,
	EXITFILTER_CSR	= 1,
};

struct exitfilter {
	unsigned int	nr_ranges;
	struct {
		u64	first, last;
	}	range[EXITFILTER_RANGES];
	u64	csrs[EXITFILTER_CSRS / 64];	/* bit: CSR number */
};

/* The access of a CSR instruction. */
struct exitfilter_access {
	u16	csr;
	bool	user;		/* from U-mode */
	bool	writes;
	u32	scounteren;
};

/**
 * exitfilter_add() - Let userspace have some more.
 * @filter: Zeroed at first; unchanged on error.
 * @kind:   enum exitfilter_kind, or any number.
 * @first:  SBI extension id, or CSR number.
 * @last:   Likewise, the last one.
 *
 * Context: Any.
 * Return: 0; -EINVAL for another kind, a range that is none, a CSR beyond 4095; -EEXIST when it has
 *         some of it already; -ENOSPC when there are too many ranges of extensions.
 */
int exitfilter_add(struct exitfilter *filter, u64 kind, u64 first, u64 last);

/**
 * exitfilter_has_sbi() - Is one of these SBI extensions userspace's?
 * @filter: The filter.
 * @first:  First of the ids.
 * @last:   Last of them.
 *
 * Context: Any.
 */
bool exitfilter_has_sbi(const struct exitfilter *filter, u64 first, u64 last);

/**
 * exitfilter_has_csr() - Is this access to a CSR userspace's?
 * @filter: The filter.
 * @access: The access.
 *
 * What no register of that number would allow stays an illegal instruction: a write to a read-only
 * one, U-mode in one of S-mode or in a counter that scounteren keeps from it.
 *
 * Context: Any.
 */
bool exitfilter_has_csr(const struct exitfilter *filter, const struct exitfilter_access *access);

#endif
