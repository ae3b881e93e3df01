/* SPDX-License-Identifier: GPL-2.0-only */
/* ONE_REG identifiers <-> (class, subclass, index, size): pure. */
#ifndef RVH_MODEL_REGID_H
#define RVH_MODEL_REGID_H

#include <linux/types.h>

/* Numbers of the ABI: bits 31..24 of the id */
enum regid_class {
	REGID_CONFIG	= 1,
	REGID_CORE	= 2,
	REGID_CSR	= 3,
	REGID_TIMER	= 4,
	REGID_FP_F	= 5,
	REGID_FP_D	= 6,
	REGID_ISA_EXT	= 7,
	REGID_SBI_EXT	= 8,
	REGID_VECTOR	= 9,
	REGID_SBI_STATE	= 10,
};

struct regid {
	u8	class;		/* enum regid_class */
	u8	subclass;	/* bits 23..16 */
	u16	index;		/* bits 15..0 */
	u16	size;		/* bytes */
};

int regid_parse(u64 id, struct regid *reg);
u64 regid_make(const struct regid *reg);

#endif
