// SPDX-License-Identifier: GPL-2.0-only
/*
 * Class CSR: the guest's S-level registers, which are the VS-level ones here. sie needs no shift:
 * vsie has the numbers of S-level interrupts, as sie has. hvip, which backs sip, has those of VS
 * level, one higher, but for LCOFIP, which has one number for all levels.
 */
#include <linux/build_bug.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/stddef.h>

#include <asm/csr.h>

#include <uapi/kvm_abi.h>

#include "../host.h"
#include "../hw/csr_bits.h"
#include "regs.h"

/* As in onereg.def */
static_assert(KVM_REG_RISCV_CSR_REG(senvcfg) == 10);

#define CSR_INDEX(name)	KVM_REG_RISCV_CSR_REG(name)
#define CSR_COUNT	(CSR_INDEX(senvcfg) + 1)

/*
 * What a guest's sstatus can hold beside UXL. Others are kept from the hart: a real one ignores
 * them, but an emulated one (QEMU 10.0) takes them over into mstatus when it enters the guest.
 */
#define VSSTATUS_FIELDS	(HART_SSTATUS_SIE | HART_SSTATUS_SPIE | HART_SSTATUS_UBE | \
			 HART_SSTATUS_SPP | HART_SSTATUS_VS | HART_SSTATUS_FS | \
			 HART_SSTATUS_SUM | HART_SSTATUS_MXR | HART_SSTATUS_SD)

struct csr_field {
	u16		offset;		/* in struct rvh_vs */
	unsigned long	ignored;	/* bits that no write changes: they read as in @fixed */
	unsigned long	fixed;
};

#define CSR_FIELD(name)	.offset = offsetof(struct rvh_vs, name)

static const struct csr_field csr_fields[CSR_COUNT] = {
	[CSR_INDEX(sstatus)]	= { CSR_FIELD(vsstatus), .ignored = ~VSSTATUS_FIELDS,
				    .fixed = HART_SSTATUS_UXL_64 },
	[CSR_INDEX(sie)]	= { CSR_FIELD(vsie),
				    .ignored = ~(HART_VSIP_VS | HART_HVIP_LCOFIP) },
	[CSR_INDEX(stvec)]	= { CSR_FIELD(vstvec) },
	[CSR_INDEX(sscratch)]	= { CSR_FIELD(vsscratch) },
	[CSR_INDEX(sepc)]	= { CSR_FIELD(vsepc), .ignored = BIT(0) },
	[CSR_INDEX(scause)]	= { CSR_FIELD(vscause) },
	[CSR_INDEX(stval)]	= { CSR_FIELD(vstval) },
	[CSR_INDEX(sip)]	= { CSR_FIELD(hvip) },
	[CSR_INDEX(satp)]	= { CSR_FIELD(vsatp) },
	[CSR_INDEX(scounteren)]	= { CSR_FIELD(scounteren), .ignored = ~GENMASK(31, 0) },
	[CSR_INDEX(senvcfg)]	= { CSR_FIELD(senvcfg) },
};

static unsigned long *csr_place(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return (void *)&vcpu->rvh.vs + csr_fields[nr].offset;
}

/* What is posted, and the signal of the interrupt file, which only a file in memory has there. */
static void csr_merge_sip(struct vmm_vcpu *vcpu)
{
	if (vcpu->rvh.imsic)
		rvh_imsic_home(vcpu);
	rvh_irq_merge(vcpu);
}

static u64 csr_load_sip(struct vmm_vcpu *vcpu)
{
	csr_merge_sip(vcpu);
	return HART_HVIP_TO_VSIP(vcpu->rvh.vs.hvip);
}

/*
 * What others posted until now is merged, and so replaced; what they post from now on comes on top.
 * With Sstc, STIP is nobody's to store: it compares time with the timer's register.
 */
static void csr_store_sip(struct vmm_vcpu *vcpu, u64 value)
{
	unsigned long hvip = HART_VSIP_TO_HVIP(value);

	if (rvh_host.sstc)
		hvip &= ~HART_HVIP_VSTIP;
	if (!rvisa_has(&vcpu->rvh.isa, RVISA_SSCOFPMF))
		hvip &= ~HART_HVIP_LCOFIP;
	csr_merge_sip(vcpu);
	WRITE_ONCE(vcpu->rvh.vs.hvip, hvip);
}

u64 rvh_reg_get_csr(struct vmm_vcpu *vcpu, unsigned int nr)
{
	if (nr == CSR_INDEX(sip))
		return csr_load_sip(vcpu);
	return *csr_place(vcpu, nr);
}

int rvh_reg_set_csr(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	const struct csr_field *field = &csr_fields[nr];

	switch (nr) {
	case CSR_INDEX(sip):
		csr_store_sip(vcpu, value);
		return 0;
	case CSR_INDEX(satp):
		/*
		 * DEVIATION: a mode that no hart has is refused with EINVAL. The hart may ignore
		 * such a write and keep what it had, which is another guest's.
		 */
		if (!rvh_host_has_satp_mode(value >> SATP_MODE_SHIFT))
			return -EINVAL;
		break;
	case CSR_INDEX(scounteren):
		/*
		 * DEVIATION: 0 is what a reset gives, 2. QEMU resets by writing 0 to all CSRs, and
		 * processes of Linux guests that rely on firmware here would die.
		 */
		if (!(value & GENMASK(31, 0)))
			value = HART_COUNTEREN_TM;
		break;
	case CSR_INDEX(sie):
		if (!rvisa_has(&vcpu->rvh.isa, RVISA_SSCOFPMF))
			value &= ~HART_HVIP_LCOFIP;
		break;
	default:
		break;
	}
	*csr_place(vcpu, nr) = (value & ~field->ignored) | field->fixed;
	rvh_vcpu_touch(vcpu);
	return 0;
}

bool rvh_reg_has_smstateen(const struct vmm_vcpu *vcpu, unsigned int nr)
{
	return rvisa_has(&vcpu->rvh.isa, RVISA_SMSTATEEN);
}

u64 rvh_reg_get_sstateen0(struct vmm_vcpu *vcpu, unsigned int nr)
{
	return vcpu->rvh.vs.sstateen0;
}

int rvh_reg_set_sstateen0(struct vmm_vcpu *vcpu, unsigned int nr, u64 value)
{
	vcpu->rvh.vs.sstateen0 = value;
	return 0;
}
