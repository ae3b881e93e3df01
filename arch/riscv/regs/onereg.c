// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET_ONE_REG, KVM_SET_ONE_REG, KVM_GET_REG_LIST: from an id to a row of a class's table. The
 * list comes from the same rows and the same tests, so it names nothing that cannot be read.
 */
#include <linux/err.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include <uapi/kvm_abi.h>

#include "../sbi/sbi.h"
#include "regs.h"

static const struct rvh_reg_class *const rvh_reg_classes[] = {
	[REGID_CONFIG]	= &rvh_regs_config,
	[REGID_CORE]	= &rvh_regs_core,
	[REGID_CSR]	= &rvh_regs_csr,
	[REGID_TIMER]	= &rvh_regs_timer,
	[REGID_FP_F]	= &rvh_regs_fp_f,
	[REGID_FP_D]	= &rvh_regs_fp_d,
	[REGID_ISA_EXT]	= &rvh_regs_isa,
	[REGID_SBI_EXT]	= &rvh_regs_sbi,
};

/* The names that the ABI's header has for the classes of model/regid.h. */
static_assert(KVM_REG_RISCV_CONFIG == REGID_CONFIG << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_CORE == REGID_CORE << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_CSR == REGID_CSR << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_TIMER == REGID_TIMER << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_FP_F == REGID_FP_F << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_FP_D == REGID_FP_D << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_ISA_EXT == REGID_ISA_EXT << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_SBI_EXT == REGID_SBI_EXT << KVM_REG_RISCV_TYPE_SHIFT);

static bool rvh_reg_exists(const struct rvh_reg_row *row, const struct vmm_vcpu *vcpu,
			   unsigned int nr)
{
	return !row->exists || row->exists(vcpu, nr);
}

static const struct rvh_reg_row *rvh_reg_row(const struct regid *reg)
{
	const struct rvh_reg_class *class;
	unsigned int i;

	if (reg->class >= ARRAY_SIZE(rvh_reg_classes))
		return NULL;
	class = rvh_reg_classes[array_index_nospec(reg->class, ARRAY_SIZE(rvh_reg_classes))];
	if (!class)
		return NULL;

	for (i = 0; i < class->count; i++) {
		const struct rvh_reg_row *row = &class->rows[i];

		if (row->subclass == reg->subclass && reg->index >= row->first &&
		    reg->index - row->first < row->count)
			return row;
	}
	return NULL;
}

/* Return: The row, with *nr set; ERR_PTR(-ENOENT) or ERR_PTR(-EINVAL). */
static const struct rvh_reg_row *rvh_reg_find(const struct vmm_vcpu *vcpu, u64 id,
					      unsigned int *nr)
{
	const struct rvh_reg_row *row;
	struct regid reg;
	int err;

	err = regid_parse(id, &reg);
	if (err)
		return ERR_PTR(err);
	row = rvh_reg_row(&reg);
	if (!row)
		return ERR_PTR(-ENOENT);
	*nr = array_index_nospec((unsigned int)(reg.index - row->first), row->count);
	if (!rvh_reg_exists(row, vcpu, *nr))
		return ERR_PTR(-ENOENT);
	if (reg.size != row->size)
		return ERR_PTR(-EINVAL);
	return row;
}

int vmm_arch_reg_size(struct vmm_vcpu *vcpu, u64 id)
{
	const struct rvh_reg_row *row;
	unsigned int nr;

	row = rvh_reg_find(vcpu, id, &nr);
	return IS_ERR(row) ? PTR_ERR(row) : row->size;
}

int vmm_arch_reg_get(struct vmm_vcpu *vcpu, u64 id, void *buf, size_t *size)
{
	const struct rvh_reg_row *row;
	unsigned int nr;
	u64 value;

	row = rvh_reg_find(vcpu, id, &nr);
	if (IS_ERR(row))
		return PTR_ERR(row);

	rvh_hsm_settle(vcpu);
	value = row->get(vcpu, nr);
	memcpy(buf, &value, row->size);
	*size = row->size;
	return 0;
}

int vmm_arch_reg_set(struct vmm_vcpu *vcpu, u64 id, const void *buf)
{
	const struct rvh_reg_row *row;
	unsigned int nr;
	u64 value = 0;

	row = rvh_reg_find(vcpu, id, &nr);
	if (IS_ERR(row))
		return PTR_ERR(row);

	rvh_hsm_settle(vcpu);
	memcpy(&value, buf, row->size);
	return row->set(vcpu, nr, value);
}

/* Where the ids of a list go; counts on when the array is full. */
struct rvh_reg_list {
	u64		*ids;
	unsigned int	max;
	unsigned int	count;
};

static void rvh_reg_list_row(const struct vmm_vcpu *vcpu, unsigned int class,
			     const struct rvh_reg_row *row, struct rvh_reg_list *list)
{
	unsigned int nr;

	for (nr = 0; nr < row->count; nr++) {
		struct regid reg = {
			.class = class,
			.subclass = row->subclass,
			.index = row->first + nr,
			.size = row->size,
		};

		if (!rvh_reg_exists(row, vcpu, nr))
			continue;
		if (list->ids && list->count < list->max)
			list->ids[list->count] = regid_make(&reg);
		list->count++;
	}
}

unsigned int vmm_arch_reg_list(struct vmm_vcpu *vcpu, u64 *ids, unsigned int max)
{
	struct rvh_reg_list list = { .ids = ids, .max = max };
	unsigned int class, i;

	for (class = 0; class < ARRAY_SIZE(rvh_reg_classes); class++) {
		const struct rvh_reg_class *rows = rvh_reg_classes[class];

		for (i = 0; rows && i < rows->count; i++)
			if (!rows->rows[i].unlisted)
				rvh_reg_list_row(vcpu, class, &rows->rows[i], &list);
	}
	return list.count;
}
