// SPDX-License-Identifier: GPL-2.0-only
/* Class CONFIG: what kind of hart this is. Most of it closes with the first KVM_RUN. */
#include <linux/array_size.h>
#include <linux/errno.h>

#include <uapi/kvm_abi.h>

#include "regs.h"

static u64 config_get_isa(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_letters(&vcpu->rvh.isa);
}

static int config_set_isa(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	struct rvisa_set isa = vcpu->rvh.isa;
	int err;

	err = rvisa_set_letters(&rvh_host.isa, &isa, value);
	if (err)
		return err;
	if (vcpu->ran)
		return value == rvisa_letters(&vcpu->rvh.isa) ? 0 : -EBUSY;
	vcpu->rvh.isa = isa;
	rvh_vcpu_configure(vcpu);
	return 0;
}

/* Bytes of a cache block: the host's, or 0 where the vCPU lacks the extension. */
static u64 config_get_block(const struct vmm_vcpu *vcpu, enum rvisa_id id, unsigned int host)
{
	return rvisa_has(&vcpu->rvh.isa, id) ? host : 0;
}

static int config_set_block(u64 value, unsigned int host)
{
	return value && value != host ? -EINVAL : 0;
}

static u64 config_get_zicbom(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return config_get_block(vcpu, RVISA_ZICBOM, rvh_host.cbom_block);
}

static int config_set_zicbom(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_block(value, rvh_host.cbom_block);
}

static u64 config_get_zicboz(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return config_get_block(vcpu, RVISA_ZICBOZ, rvh_host.cboz_block);
}

static int config_set_zicboz(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_block(value, rvh_host.cboz_block);
}

static u64 config_get_zicbop(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return config_get_block(vcpu, RVISA_ZICBOP, rvh_host.cbop_block);
}

static int config_set_zicbop(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_block(value, rvh_host.cbop_block);
}

static int config_set_machine_id(struct vmm_vcpu *vcpu, unsigned long *id, u64 value)
{
	if (vcpu->ran && value != *id)
		return -EBUSY;
	*id = value;
	return 0;
}

static u64 config_get_mvendorid(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.mvendorid;
}

static int config_set_mvendorid(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_machine_id(vcpu, &vcpu->rvh.mvendorid, value);
}

static u64 config_get_marchid(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.marchid;
}

static int config_set_marchid(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_machine_id(vcpu, &vcpu->rvh.marchid, value);
}

static u64 config_get_mimpid(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.mimpid;
}

static int config_set_mimpid(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_machine_id(vcpu, &vcpu->rvh.mimpid, value);
}

static u64 config_get_satp_mode(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_host.satp_mode;
}

static int config_set_satp_mode(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return value == rvh_host.satp_mode ? 0 : -EINVAL;
}

#define CONFIG_ROW(index, name) \
	{ .first = (index), .count = 1, .size = 8, .get = config_get_##name, \
	  .set = config_set_##name }

static const struct rvh_reg_row config_rows[] = {
	CONFIG_ROW(KVM_REG_RISCV_CONFIG_REG(isa),		isa),
	CONFIG_ROW(KVM_REG_RISCV_CONFIG_REG(zicbom_block_size),	zicbom),
	CONFIG_ROW(KVM_REG_RISCV_CONFIG_REG(mvendorid),		mvendorid),
	CONFIG_ROW(KVM_REG_RISCV_CONFIG_REG(marchid),		marchid),
	CONFIG_ROW(KVM_REG_RISCV_CONFIG_REG(mimpid),		mimpid),
	CONFIG_ROW(KVM_REG_RISCV_CONFIG_REG(zicboz_block_size),	zicboz),
	CONFIG_ROW(KVM_REG_RISCV_CONFIG_REG(satp_mode),		satp_mode),
	CONFIG_ROW(KVM_ABI_CONFIG_ZICBOP_BLOCK_SIZE,		zicbop),
};

const struct rvh_reg_class rvh_regs_config = RVH_REG_CLASS(config_rows);
