// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layout of a register id, Documentation/virt/kvm/api.rst §4.68 (KVM_SET_ONE_REG), as uapi
 * linux/kvm.h and asm/kvm.h number it: architecture 63..56, size 55..52, class 31..24,
 * subclass 23..16, index 15..0; the rest is reserved.
 */
#include "regid.h"

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/types.h>

#define REGID_ARCH		GENMASK_ULL(63, 56)
#define REGID_ARCH_RISCV	0x80
#define REGID_SIZE		GENMASK_ULL(55, 52)	/* log2 of bytes */
#define REGID_RESERVED		GENMASK_ULL(51, 32)
#define REGID_CLASS		GENMASK_ULL(31, 24)
#define REGID_SUBCLASS		GENMASK_ULL(23, 16)
#define REGID_INDEX		GENMASK_ULL(15, 0)

#define REGID_MAX_LOG2_SIZE	15

static unsigned int subclass_count(unsigned int class)
{
	switch (class) {
	case REGID_CONFIG:
	case REGID_CORE:
	case REGID_TIMER:
	case REGID_FP_F:
	case REGID_FP_D:
	case REGID_VECTOR:
		return 1;
	case REGID_CSR:
		return REGID_CSR_SMSTATEEN + 1;
	case REGID_ISA_EXT:
	case REGID_SBI_EXT:
		return REGID_EXT_MULTI_DIS + 1;
	case REGID_SBI_STATE:
		return REGID_SBI_STATE_FWFT + 1;
	default:
		return 0;
	}
}

static unsigned int log2_of_size(unsigned int size)
{
	unsigned int log2 = 0;

	while (log2 < REGID_MAX_LOG2_SIZE && size >> (log2 + 1))
		log2++;
	return log2;
}

int regid_parse(u64 id, struct regid *reg)
{
	unsigned int class = FIELD_GET(REGID_CLASS, id);
	unsigned int subclass = FIELD_GET(REGID_SUBCLASS, id);

	if (FIELD_GET(REGID_ARCH, id) != REGID_ARCH_RISCV || id & REGID_RESERVED)
		return -ENOENT;
	if (subclass >= subclass_count(class))
		return -ENOENT;

	*reg = (struct regid) {
		.class = class,
		.subclass = subclass,
		.index = FIELD_GET(REGID_INDEX, id),
		.size = 1u << FIELD_GET(REGID_SIZE, id),
	};
	return 0;
}

u64 regid_make(const struct regid *reg)
{
	return FIELD_PREP(REGID_ARCH, REGID_ARCH_RISCV) |
	       FIELD_PREP(REGID_SIZE, log2_of_size(reg->size)) |
	       FIELD_PREP(REGID_CLASS, reg->class) |
	       FIELD_PREP(REGID_SUBCLASS, reg->subclass) |
	       FIELD_PREP(REGID_INDEX, reg->index);
}
