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

/* Subclasses: bits 23..16 of the id; every other class has only 0. */
enum regid_csr_subclass {
	REGID_CSR_GENERAL	= 0,
	REGID_CSR_AIA		= 1,
	REGID_CSR_SMSTATEEN	= 2,
};

/* For REGID_ISA_EXT and REGID_SBI_EXT */
enum regid_ext_subclass {
	REGID_EXT_SINGLE	= 0,
	REGID_EXT_MULTI_EN	= 1,
	REGID_EXT_MULTI_DIS	= 2,
};

enum regid_sbi_state_subclass {
	REGID_SBI_STATE_STA	= 0,
	REGID_SBI_STATE_FWFT	= 1,
};

struct regid {
	u8	class;		/* enum regid_class */
	u8	subclass;	/* bits 23..16 */
	u16	index;		/* bits 15..0 */
	u16	size;		/* bytes, a power of two */
};

/**
 * regid_parse() - Take a register id of userspace apart.
 * @id:  The id; any 64-bit value.
 * @reg: Filled on success.
 *
 * Neither the index nor the size is judged: which index exists and how large it is, only the table
 * of the class knows. The caller clamps the index (array_index_nospec) after its bound check.
 *
 * Context: Any.
 * Return: 0; -ENOENT for another architecture, a reserved bit, an unknown class or subclass.
 */
int regid_parse(u64 id, struct regid *reg);

/**
 * regid_make() - Compose the id of a register.
 * @reg: One of our registers; the size is a power of two of at most 32768 bytes.
 *
 * Context: Any.
 * Return: The id, for which regid_parse() gives @reg again.
 */
u64 regid_make(const struct regid *reg);

#endif
