// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET_ONE_REG, KVM_SET_ONE_REG, KVM_GET_REG_LIST: from an id to a row of onereg.def. The
 * list comes from the same rows and the same tests, so it names nothing that cannot be read.
 */
#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include <uapi/kvm_abi.h>

#include "../sbi/sbi.h"
#include "regs.h"

#define REG(class_, subclass_, index_, count_, size_, has_, kind_, access_, doc)	\
	{									\
		.class = REGID_##class_, .subclass = (subclass_),		\
		.first = (index_), .count = (count_), .size = (size_),		\
		.listed = REG_LISTED_##kind_, .has = rvh_reg_has_##has_,	\
		.get = rvh_reg_get_##access_, .set = rvh_reg_set_##access_,	\
	},
#define REG_WIDE(class_, subclass_, index_, count_, has_, access_, doc)		\
	{									\
		.class = REGID_##class_, .subclass = (subclass_),		\
		.first = (index_), .count = (count_), .listed = true,		\
		.has = rvh_reg_has_##has_, .place = rvh_reg_place_##access_,	\
	},
#define REG_LISTED_ANY		true
#define REG_LISTED_WARL		true
#define REG_LISTED_HOST		true
#define REG_LISTED_CLOSED	true
#define REG_LISTED_WORD		false

static const struct rvh_reg_row rvh_reg_rows[] = {
#include "onereg.def"
};

/* The names that the ABI's header has for the classes of model/regid.h. */
static_assert(KVM_REG_RISCV_CONFIG == REGID_CONFIG << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_CORE == REGID_CORE << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_CSR == REGID_CSR << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_TIMER == REGID_TIMER << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_FP_F == REGID_FP_F << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_FP_D == REGID_FP_D << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_ISA_EXT == REGID_ISA_EXT << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_VECTOR == REGID_VECTOR << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_SBI_EXT == REGID_SBI_EXT << KVM_REG_RISCV_TYPE_SHIFT);
static_assert(KVM_REG_RISCV_SBI_STATE == REGID_SBI_STATE << KVM_REG_RISCV_TYPE_SHIFT);

bool rvh_reg_has_always(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return true;
}

static const struct rvh_reg_row *rvh_reg_row(const struct regid *reg)
{
	const struct rvh_reg_row *row;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rvh_reg_rows); i++) {
		row = &rvh_reg_rows[i];
		if (row->class == reg->class && row->subclass == reg->subclass &&
		    reg->index >= row->first && reg->index - row->first < row->count)
			return row;
	}
	return NULL;
}

static unsigned int rvh_reg_size(const struct rvh_reg_row *row)
{
	return row->place ? rvh_host.vlenb : row->size;
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
	if (!row->has(vcpu, *nr))
		return ERR_PTR(-ENOENT);
	if (reg.size != rvh_reg_size(row))
		return ERR_PTR(-EINVAL);
	return row;
}

int vmm_arch_reg_size(struct vmm_vcpu *vcpu, u64 id)
{
	const struct rvh_reg_row *row;
	unsigned int nr;

	row = rvh_reg_find(vcpu, id, &nr);
	return IS_ERR(row) ? PTR_ERR(row) : rvh_reg_size(row);
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
	*size = rvh_reg_size(row);
	if (row->place) {
		memcpy(buf, row->place(vcpu, nr), *size);
	} else {
		value = row->get(vcpu, nr);
		memcpy(buf, &value, *size);
	}
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
	if (row->place) {
		memcpy(row->place(vcpu, nr), buf, rvh_reg_size(row));
		return 0;
	}
	memcpy(&value, buf, row->size);
	return row->set(vcpu, nr, value);
}

/* Where the ids of a list go; counts on when the array is full. */
struct rvh_reg_list {
	u64		*ids;
	unsigned int	max;
	unsigned int	count;
};

static void rvh_reg_list_row(const struct vmm_vcpu *vcpu, const struct rvh_reg_row *row,
			     struct rvh_reg_list *list)
{
	unsigned int nr;

	for (nr = 0; nr < row->count; nr++) {
		struct regid reg = {
			.class = row->class,
			.subclass = row->subclass,
			.index = row->first + nr,
			.size = rvh_reg_size(row),
		};

		if (!row->has(vcpu, nr))
			continue;
		if (list->ids && list->count < list->max)
			list->ids[list->count] = regid_make(&reg);
		list->count++;
	}
}

unsigned int vmm_arch_reg_list(struct vmm_vcpu *vcpu, u64 *ids, unsigned int max)
{
	struct rvh_reg_list list = { .ids = ids, .max = max };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rvh_reg_rows); i++)
		if (rvh_reg_rows[i].listed)
			rvh_reg_list_row(vcpu, &rvh_reg_rows[i], &list);
	return list.count;
}
