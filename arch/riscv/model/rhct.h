/* SPDX-License-Identifier: GPL-2.0-only */
/* The RISC-V Hart Capabilities Table of ACPI: what the firmware says of the harts. Pure. */
#ifndef RVH_MODEL_RHCT_H
#define RVH_MODEL_RHCT_H

#include <linux/types.h>

#include "isa.h"

struct rhct_harts {
	u32			count;
	struct rvisa_set	isa;		/* what all of them have */
	u32			cbop_block;	/* bytes; 0: unknown, or not the same for all */
};

/**
 * rhct_parse() - Read the table.
 * @table: The table from its header on; need not be aligned.
 * @len:   Bytes that may be read, of which the table says itself how many are its own.
 * @harts: Filled on success. A hart without an ISA string, or with one that cannot be read, has
 *         nothing.
 *
 * What lies outside of the table is not read, whatever the table says; the work is bounded by the
 * square of its length.
 *
 * Context: Any.
 * Return: 0; -EINVAL for another table, one that is too short, and one without harts.
 */
int rhct_parse(const void *table, size_t len, struct rhct_harts *harts);

#endif
