// SPDX-License-Identifier: GPL-2.0-only
#include "exitfilter.h"

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/types.h>

/* Priv. v1.12 §2.1 (CSR Address Mapping Conventions) */
#define CSR_READ_ONLY	GENMASK(11, 10)		/* when both are set */
#define CSR_PRIVILEGE	GENMASK(9, 8)		/* 0: U-mode has access */

/* Unpriv. 20240411 chapter 8 (Counters), Priv. v1.12 §4.1.5 (scounteren) */
#define CSR_COUNTERS	0xc00
#define CSR_COUNTERS_NR	32

bool exitfilter_has_sbi(const struct exitfilter *filter, u64 first, u64 last)
{
	unsigned int i;

	for (i = 0; i < filter->nr_ranges; i++)
		if (first <= filter->range[i].last && last >= filter->range[i].first)
			return true;
	return false;
}

static int add_range(struct exitfilter *filter, u64 first, u64 last)
{
	if (exitfilter_has_sbi(filter, first, last))
		return -EEXIST;
	if (filter->nr_ranges == EXITFILTER_RANGES)
		return -ENOSPC;
	filter->range[filter->nr_ranges].first = first;
	filter->range[filter->nr_ranges].last = last;
	filter->nr_ranges++;
	return 0;
}

static bool has_number(const struct exitfilter *filter, unsigned int csr)
{
	return filter->csrs[csr / 64] >> csr % 64 & 1;
}

static int add_csrs(struct exitfilter *filter, u64 first, u64 last)
{
	u64 csr;

	if (last >= EXITFILTER_CSRS)
		return -EINVAL;
	for (csr = first; csr <= last; csr++)
		if (has_number(filter, csr))
			return -EEXIST;
	for (csr = first; csr <= last; csr++)
		filter->csrs[csr / 64] |= 1ull << csr % 64;
	return 0;
}

int exitfilter_add(struct exitfilter *filter, u64 kind, u64 first, u64 last)
{
	if (first > last)
		return -EINVAL;
	switch (kind) {
	case EXITFILTER_SBI:
		return add_range(filter, first, last);
	case EXITFILTER_CSR:
		return add_csrs(filter, first, last);
	default:
		return -EINVAL;
	}
}

bool exitfilter_has_csr(const struct exitfilter *filter, const struct exitfilter_access *access)
{
	unsigned int csr = access->csr % EXITFILTER_CSRS;

	if (!has_number(filter, csr))
		return false;
	if (access->writes && (csr & CSR_READ_ONLY) == CSR_READ_ONLY)
		return false;
	if (!access->user)
		return true;
	if (csr & CSR_PRIVILEGE)
		return false;
	if (csr - CSR_COUNTERS >= CSR_COUNTERS_NR)
		return true;
	return access->scounteren >> (csr - CSR_COUNTERS) & 1;
}
