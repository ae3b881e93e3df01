// SPDX-License-Identifier: GPL-2.0-only
/* Loads and stores that hit no memory: decode, try the bus, exit to userspace, finish. */
#include <linux/string.h>

#include <vmm/bus.h>

#include <uapi/kvm_abi.h>

#include "hw/csr_bits.h"
#include "rvh.h"

/* KVM_RUN after KVM_EXIT_MMIO: userspace may have changed kvm_run; only data is taken from it. */
static int rvh_mmio_resume(struct vmm_vcpu *vcpu)
{
	const struct rvh_mmio *mmio = &vcpu->rvh.mmio;
	u64 data = 0;

	if (!mmio->write) {
		struct rvinsn insn = { .width = mmio->len, .sign = mmio->sign };

		memcpy(&data, vcpu->run->mmio.data, sizeof(data));
		if (mmio->rd)
			vcpu->rvh.ctx.x[mmio->rd] = rvinsn_load_value(&insn, data);
	}
	rvh_advance(vcpu, mmio->insn_len);
	return 0;
}

static enum rvh_verdict rvh_mmio_to_user(struct vmm_vcpu *vcpu, gpa_t gpa,
					 const struct rvinsn *insn)
{
	struct rvh_mmio *mmio = &vcpu->rvh.mmio;
	struct kvm_run *run = vcpu->run;

	mmio->len = insn->width;
	mmio->insn_len = insn->len;
	mmio->rd = insn->rd % 32;
	mmio->write = insn->kind == RVINSN_STORE;
	mmio->sign = insn->sign;

	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = gpa;
	run->mmio.len = insn->width;
	run->mmio.is_write = mmio->write;
	memset(run->mmio.data, 0, sizeof(run->mmio.data));
	if (mmio->write)
		memcpy(run->mmio.data, &vcpu->rvh.ctx.x[insn->rs2 % 32], insn->width);
	vcpu->resume = rvh_mmio_resume;
	vmm_stat_add(vcpu, mmio_exit_user, 1);
	return RVH_USER;
}

/* RVH_SLOW: userspace has to do the store. */
static notrace enum rvh_verdict rvh_mmio_store(struct vmm_vcpu *vcpu, gpa_t gpa,
					       const struct rvinsn *insn)
{
	if (!vmm_bus_write(vcpu->vm, gpa, insn->width, vcpu->rvh.ctx.x[insn->rs2 % 32]))
		return RVH_SLOW;
	vmm_stat_add(vcpu, mmio_exit_kernel, 1);
	return insn->len == 2 ? RVH_ADVANCE_SHORT : RVH_ADVANCE;
}

notrace enum rvh_verdict rvh_mmio_fast(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	struct rvinsn insn;

	/* The lock of an eventfd may sleep. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return RVH_SLOW;
	if (rvinsn_decode_htinst(vcpu->rvh.ctx.htinst, &insn) != RVINSN_HTINST_INSN ||
	    insn.kind != RVINSN_STORE || gpa & (insn.width - 1))
		return RVH_SLOW;
	return rvh_mmio_store(vcpu, gpa, &insn);
}

enum rvh_verdict rvh_mmio(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	bool write = ctx->scause == HART_CAUSE_STORE_GUEST_PAGE;
	enum rvh_verdict verdict;
	struct rvinsn insn;
	u32 raw;

	if (rvinsn_decode_htinst(ctx->htinst, &insn) != RVINSN_HTINST_INSN) {
		if (!rvh_exit_insn(vcpu, &raw))
			return RVH_AGAIN;
		rvinsn_decode(raw, &insn);
	}

	/* A device register does not answer to floating point, vectors or atomics. */
	if (insn.kind != (write ? RVINSN_STORE : RVINSN_LOAD))
		return rvh_raise(vcpu, write ? HART_CAUSE_STORE_ACCESS : HART_CAUSE_LOAD_ACCESS,
				 ctx->stval);
	if (gpa & (insn.width - 1))
		return rvh_raise(vcpu, write ? HART_CAUSE_STORE_MISALIGNED :
				 HART_CAUSE_LOAD_MISALIGNED, ctx->stval);
	verdict = write ? rvh_mmio_store(vcpu, gpa, &insn) : RVH_SLOW;
	return verdict == RVH_SLOW ? rvh_mmio_to_user(vcpu, gpa, &insn) : verdict;
}
