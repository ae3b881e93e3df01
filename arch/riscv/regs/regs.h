/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables of registers for KVM_GET_ONE_REG and its kin: one file each class, walked by onereg.c. */
#ifndef RVH_REGS_H
#define RVH_REGS_H

#include "../model/regid.h"
#include "../rvh.h"

/*
 * Registers of one class with consecutive indices. @nr below counts from @first, and is below
 * @count even when the hart speculates. The vCPU's mutex is held and it is not running.
 */
struct rvh_reg_row {
	u8	subclass;
	u8	size;			/* bytes: 4 or 8 */
	u16	first;
	u16	count;
	bool	unlisted;		/* another view of registers that the list has */
	bool	(*exists)(const struct vmm_vcpu *vcpu, unsigned int nr);	/* NULL: always */
	u64	(*get)(struct vmm_vcpu *vcpu, unsigned int nr);
	/* 0; -EINVAL, -EBUSY after the first run, -ENOENT; on error nothing has changed */
	int	(*set)(struct vmm_vcpu *vcpu, unsigned int nr, u64 value);
};

struct rvh_reg_class {
	const struct rvh_reg_row	*rows;
	unsigned int			count;
};

extern const struct rvh_reg_class rvh_regs_config;
extern const struct rvh_reg_class rvh_regs_core;
extern const struct rvh_reg_class rvh_regs_csr;
extern const struct rvh_reg_class rvh_regs_timer;
extern const struct rvh_reg_class rvh_regs_fp_f;
extern const struct rvh_reg_class rvh_regs_fp_d;
extern const struct rvh_reg_class rvh_regs_isa;
extern const struct rvh_reg_class rvh_regs_sbi;

#define RVH_REG_CLASS(table)	{ .rows = (table), .count = ARRAY_SIZE(table) }

#endif
