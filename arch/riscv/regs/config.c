// SPDX-License-Identifier: GPL-2.0-only
/* Class CONFIG: what kind of hart this is. Most of it closes with the first KVM_RUN. */
#include <linux/build_bug.h>
#include <linux/errno.h>

#include <uapi/kvm_abi.h>

#include "regs.h"

/* As in onereg.def */
static_assert(KVM_REG_RISCV_CONFIG_REG(satp_mode) == 6);

u64 rvh_reg_get_misa(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_letters(&vcpu->rvh.isa);
}

int rvh_reg_set_misa(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	struct rvisa_set isa = vcpu->rvh.isa;
	int err;

	err = rvisa_set_letters(&rvh_host.isa, &isa, value);
	if (err)
		return err;
	if (vcpu->ran)
		return value == rvisa_letters(&vcpu->rvh.isa) ? 0 : -EBUSY;
	if (!rvisa_has(&vcpu->rvh.isa, RVISA_V) && !rvh_vector_is_allowed())
		rvisa_remove(&isa, RVISA_V);
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

u64 rvh_reg_get_zicbom_block(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return config_get_block(vcpu, RVISA_ZICBOM, rvh_host.cbom_block);
}

int rvh_reg_set_zicbom_block(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_block(value, rvh_host.cbom_block);
}

u64 rvh_reg_get_zicboz_block(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return config_get_block(vcpu, RVISA_ZICBOZ, rvh_host.cboz_block);
}

int rvh_reg_set_zicboz_block(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_block(value, rvh_host.cboz_block);
}

u64 rvh_reg_get_zicbop_block(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return config_get_block(vcpu, RVISA_ZICBOP, rvh_host.cbop_block);
}

int rvh_reg_set_zicbop_block(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
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

u64 rvh_reg_get_mvendorid(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.mvendorid;
}

int rvh_reg_set_mvendorid(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_machine_id(vcpu, &vcpu->rvh.mvendorid, value);
}

u64 rvh_reg_get_marchid(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.marchid;
}

int rvh_reg_set_marchid(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_machine_id(vcpu, &vcpu->rvh.marchid, value);
}

u64 rvh_reg_get_mimpid(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.mimpid;
}

int rvh_reg_set_mimpid(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return config_set_machine_id(vcpu, &vcpu->rvh.mimpid, value);
}

u64 rvh_reg_get_satp_mode(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvh_host.satp_mode;
}

int rvh_reg_set_satp_mode(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	return value == rvh_host.satp_mode ? 0 : -EINVAL;
}
