// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual-instruction traps: what a guest may execute on a real hart but not unseen on a shared
 * one. Priv. v1.12 §8.6.1, table of virtual-instruction exceptions.
 */
#include <linux/compiler.h>

#include <uapi/kvm_abi.h>

#include "hw/csr_num.h"
#include "hw/csr_bits.h"
#include "rvh.h"

bool rvh_exit_insn(struct vmm_vcpu *vcpu, u32 *raw)
{
	*raw = vcpu->rvh.insn;
	return vcpu->rvh.insn_valid;
}

static bool rvh_vinsn_raw(struct vmm_vcpu *vcpu, u32 *raw)
{
	/* stval may hold the instruction or 0. */
	if (vcpu->rvh.ctx.stval) {
		*raw = vcpu->rvh.ctx.stval;
		return true;
	}
	return rvh_exit_insn(vcpu, raw);
}

/* The hart would have refused it in a mode without virtualisation below. */
static enum rvh_verdict rvh_vinsn_refuse(struct vmm_vcpu *vcpu, u32 raw)
{
	return rvh_raise(vcpu, HART_CAUSE_ILLEGAL_INSN, raw);
}

/* KVM_RUN after KVM_EXIT_RISCV_CSR. */
static int rvh_csr_resume(struct vmm_vcpu *vcpu)
{
	if (vcpu->rvh.csr_rd)
		vcpu->rvh.ctx.x[vcpu->rvh.csr_rd] = READ_ONCE(vcpu->run->riscv_csr.ret_value);
	rvh_advance(vcpu, 4);
	return 0;
}

static enum rvh_verdict rvh_csr_to_user(struct vmm_vcpu *vcpu, const struct rvinsn *insn)
{
	unsigned long value = insn->csr_imm ? insn->rs1 : vcpu->rvh.ctx.x[insn->rs1 % 32];
	bool whole = insn->csr_op == RVINSN_CSR_WRITE;
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_RISCV_CSR;
	run->riscv_csr.csr_num = insn->csr;
	run->riscv_csr.new_value = insn->csr_op == RVINSN_CSR_CLEAR ? 0 : value;
	run->riscv_csr.write_mask = whole ? ~0UL : value;
	run->riscv_csr.ret_value = 0;
	vcpu->rvh.csr_rd = insn->rd % 32;
	vcpu->resume = rvh_csr_resume;
	vmm_stat_add(vcpu, csr_exit_user, 1);
	return RVH_USER;
}

/*
 * The entropy source is polled by userspace. Only accesses that write are valid, and those of user
 * mode need a permission that nobody gives. Unpriv. 20240411 chapter 32, "Access Control to seed"
 */
static bool rvh_csr_is_seed(struct vmm_vcpu *vcpu, const struct rvinsn *insn)
{
	return insn->csr == HART_CSR_SEED && rvisa_has(&vcpu->rvh.isa, RVISA_ZKR) &&
	       insn->csr_writes && !rvh_guest_is_user(vcpu);
}

static bool rvh_csr_is_filtered(const struct vmm_vcpu *vcpu, const struct rvinsn *insn)
{
	const struct exitfilter *filter = vcpu->vm->rvh.filter;
	const struct exitfilter_access access = {
		.csr = insn->csr,
		.user = rvh_guest_is_user(vcpu),
		.writes = insn->csr_writes,
		.scounteren = vcpu->rvh.vs.scounteren,
	};

	return filter && exitfilter_has_csr(filter, &access);
}

/*
 * cycle to hpmcounter31: what the guest has asked its PMU to count, and nothing else. A guest
 * without a PMU finds cycle and instret, as Zicntr has them, standing still.
 */
static bool rvh_csr_read_counter(struct vmm_vcpu *vcpu, unsigned int csr, u64 *value)
{
	unsigned int nr = csr - HART_CSR_CYCLE;

	if (csr < HART_CSR_CYCLE || csr > HART_CSR_HPMCOUNTER31)
		return false;
	if (rvh_guest_is_user(vcpu) && !(vcpu->rvh.vs.scounteren & BIT(nr)))
		return false;
	if (rvh_sbi_has_pmu(vcpu))
		return rvh_pmu_read_csr(vcpu, nr, value);
	*value = 0;
	return csr == HART_CSR_CYCLE || csr == HART_CSR_INSTRET;
}

static bool rvh_csr_read(struct vmm_vcpu *vcpu, const struct rvinsn *insn, u64 *value)
{
	if (insn->csr_writes)
		return false;
	if (insn->csr != HART_CSR_SCOUNTOVF)
		return rvh_csr_read_counter(vcpu, insn->csr, value);
	/*
	 * By Sscofpmf alone it reads 0 without a trap, for hcounteren lets no counter through. A
	 * hart with counter delegation (Ssccfg v1.0) traps.
	 */
	*value = rvh_pmu_overflown(vcpu);
	return rvisa_has(&vcpu->rvh.isa, RVISA_SSCOFPMF) && !rvh_guest_is_user(vcpu);
}

static enum rvh_verdict rvh_vinsn_csr(struct vmm_vcpu *vcpu, const struct rvinsn *insn, u32 raw)
{
	u64 value;

	if (rvh_csr_is_filtered(vcpu, insn))
		return rvh_csr_to_user(vcpu, insn);
	if (rvh_aia_csr(vcpu, insn)) {
		vmm_stat_add(vcpu, csr_exit_kernel, 1);
		return RVH_ADVANCE;
	}
	if (rvh_csr_read(vcpu, insn, &value)) {
		if (insn->rd)
			vcpu->rvh.ctx.x[insn->rd % 32] = value;
		vmm_stat_add(vcpu, csr_exit_kernel, 1);
		return RVH_ADVANCE;
	}
	if (rvh_csr_is_seed(vcpu, insn))
		return rvh_csr_to_user(vcpu, insn);
	return rvh_vinsn_refuse(vcpu, raw);
}

enum rvh_verdict rvh_vinsn(struct vmm_vcpu *vcpu)
{
	struct rvinsn insn;
	u32 raw;

	if (!rvh_vinsn_raw(vcpu, &raw))
		return RVH_AGAIN;
	rvinsn_decode(raw, &insn);
	switch (insn.kind) {
	case RVINSN_WFI:
		/* VTW lets VU-mode's WFI trap here as well, where it is illegal. */
		if (rvh_guest_is_user(vcpu))
			return rvh_vinsn_refuse(vcpu, raw);
		vmm_stat_add(vcpu, wfi_exit_stat, 1);
		return RVH_HALT;
	case RVINSN_WRS_NTO:
		vmm_stat_add(vcpu, wrs_exit_stat, 1);
		/* It may end at any time, Zawrs v1.01. What it waits for is another hart. */
		vmm_yield(vcpu);
		return RVH_ADVANCE;
	case RVINSN_CSR:
		return rvh_vinsn_csr(vcpu, &insn, raw);
	case RVINSN_UNKNOWN:
	case RVINSN_LOAD:
	case RVINSN_STORE:
	case RVINSN_WRS_STO:
	case RVINSN_SRET:
	case RVINSN_FENCE_VMA:
	case RVINSN_FLOAT:
	case RVINSN_VECTOR:
		break;
	}
	return rvh_vinsn_refuse(vcpu, raw);
}

/* Where the AIA's CSRs are no more than illegal instructions. Others are the guest's business. */
enum rvh_verdict rvh_illegal(struct vmm_vcpu *vcpu)
{
	struct rvinsn insn;
	u32 raw;

	if (!rvh_vinsn_raw(vcpu, &raw))
		return RVH_AGAIN;
	rvinsn_decode(raw, &insn);
	if (insn.kind != RVINSN_CSR || rvh_host.ssaia || !rvh_aia_has_csr(insn.csr))
		return rvh_reflect(vcpu);
	if (rvh_csr_is_filtered(vcpu, &insn))
		return rvh_csr_to_user(vcpu, &insn);
	if (!rvh_aia_csr(vcpu, &insn))
		return rvh_reflect(vcpu);
	vmm_stat_add(vcpu, csr_exit_kernel, 1);
	return RVH_ADVANCE;
}

notrace enum rvh_verdict rvh_illegal_fast(struct vmm_vcpu *vcpu)
{
	struct rvinsn insn;

	vmm_stat_add(vcpu, instr_illegal_exits, 1);
	if (!vcpu->rvh.ctx.stval || rvh_host.ssaia || rvh_guest_is_user(vcpu))
		return RVH_SLOW;
	rvinsn_decode(vcpu->rvh.ctx.stval, &insn);
	if (insn.kind != RVINSN_CSR || vcpu->vm->rvh.filter || !rvh_aia_csr_fast(vcpu, &insn))
		return RVH_SLOW;
	vmm_stat_add(vcpu, csr_exit_kernel, 1);
	return RVH_ADVANCE;
}

/* A WFI with something pending goes on at once; so does who takes an external interrupt. */
notrace enum rvh_verdict rvh_vinsn_fast(struct vmm_vcpu *vcpu)
{
	struct rvinsn insn;

	vmm_stat_add(vcpu, virtual_insn_exits, 1);
	if (!vcpu->rvh.ctx.stval || rvh_guest_is_user(vcpu))
		return RVH_SLOW;
	rvinsn_decode(vcpu->rvh.ctx.stval, &insn);
	if (insn.kind == RVINSN_CSR && !vcpu->vm->rvh.filter && rvh_aia_csr_fast(vcpu, &insn)) {
		vmm_stat_add(vcpu, csr_exit_kernel, 1);
		return RVH_ADVANCE;
	}
	if (insn.kind != RVINSN_WFI || !rvh_irq_is_pending_resident())
		return RVH_SLOW;
	vmm_stat_add(vcpu, wfi_exit_stat, 1);
	return RVH_ADVANCE;
}
