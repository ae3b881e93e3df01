/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files here provide for the rows of onereg.def, and onereg.c walks. */
#ifndef RVH_REGS_H
#define RVH_REGS_H

#include "../model/regid.h"
#include "../rvh.h"

/*
 * Registers with consecutive indices. @nr below counts from the first one, and is below @count even
 * when the hart speculates. The vCPU's mutex is held and it is not running.
 */
struct rvh_reg_row {
	u8	class;			/* enum regid_class */
	u8	subclass;
	u8	size;			/* bytes: 4 or 8; 0: vlenb */
	bool	listed;
	u16	first;
	u16	count;
	bool	(*has)(const struct vmm_vcpu *vcpu, unsigned int nr);
	u64	(*get)(struct vmm_vcpu *vcpu, unsigned int nr);
	/* 0; -EINVAL, -EBUSY after the first run, -ENOENT; on error nothing has changed */
	int	(*set)(struct vmm_vcpu *vcpu, unsigned int nr, u64 value);
	/* instead of these two: where it lies */
	void	*(*place)(struct vmm_vcpu *vcpu, unsigned int nr);
};

#define REG(class, subclass, index, count, size, has, kind, access, doc)	\
	bool rvh_reg_has_##has(const struct vmm_vcpu *vcpu, unsigned int nr);	\
	u64 rvh_reg_get_##access(struct vmm_vcpu *vcpu, unsigned int nr);	\
	int rvh_reg_set_##access(struct vmm_vcpu *vcpu, unsigned int nr, u64 value);
#define REG_WIDE(class, subclass, index, count, has, access, doc)		\
	bool rvh_reg_has_##has(const struct vmm_vcpu *vcpu, unsigned int nr);	\
	void *rvh_reg_place_##access(struct vmm_vcpu *vcpu, unsigned int nr);
#include "onereg.def"

#endif
