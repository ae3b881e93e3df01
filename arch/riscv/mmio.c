// SPDX-License-Identifier: GPL-2.0-only
/* Loads and stores that hit no memory: decode, try the bus, exit to userspace, finish. */
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/stddef.h>

#include <vmm/bus.h>
#include <vmm/trace.h>

#include <uapi/kvm_abi.h>

#include "hw/csr_bits.h"
#include "mmio.h"
#include "rvh.h"

/* kvm_run->mmio.data in one piece: it is a page's part, and aligned in it. */
static u64 *rvh_mmio_data(struct kvm_run *run)
{
	BUILD_BUG_ON(offsetof(struct kvm_run, mmio.data) % sizeof(u64));
	return (u64 *)run->mmio.data;
}

/* What a load gets. */
static void rvh_mmio_give(struct vmm_vcpu *vcpu, const struct rvinsn *insn, u64 gpa, u64 data)
{
	if (!insn->rd)
		return;
	vcpu->rvh.ctx.x[insn->rd % 32] = rvinsn_load_value(insn, data);
	trace_kvm_mmio(vcpu->id, VMM_MMIO_READ, insn->width, gpa, data);
}

/* KVM_RUN after KVM_EXIT_MMIO: userspace may have changed kvm_run; only data is taken from it. */
static int rvh_mmio_resume(struct vmm_vcpu *vcpu)
{
	const struct rvh_mmio *mmio = &vcpu->rvh.mmio;

	if (!mmio->write) {
		const struct rvinsn insn = {
			.width = mmio->len, .sign = mmio->sign, .rd = mmio->rd,
		};

		rvh_mmio_give(vcpu, &insn, READ_ONCE(vcpu->run->mmio.phys_addr),
			      READ_ONCE(*rvh_mmio_data(vcpu->run)));
	}
	rvh_advance(vcpu, mmio->insn_len);
	return 0;
}

/* In the inner loop, too. @data: what is stored, 0 for a load. */
static __always_inline enum rvh_verdict rvh_mmio_to_user(struct vmm_vcpu *vcpu, gpa_t gpa, u64 data)
{
	const struct rvh_mmio *mmio = &vcpu->rvh.mmio;
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = gpa;
	/* Little-endian: the bytes that are stored come first, and the others are zero. */
	*rvh_mmio_data(run) = data;
	run->mmio.len = mmio->len;
	run->mmio.is_write = mmio->write;
	vcpu->resume = rvh_mmio_resume;
	vmm_stat_add(vcpu, mmio_exit_user, 1);
	trace_kvm_mmio(vcpu->id, mmio->write ? VMM_MMIO_WRITE : VMM_MMIO_ASK, mmio->len, gpa, data);
	return RVH_USER;
}

static __always_inline u64 rvh_mmio_mask(unsigned int width)
{
	return ~0ULL >> (64 - 8 * width);
}

/* The @width bytes of a register that are stored. */
static __always_inline u64 rvh_mmio_value(const struct vmm_vcpu *vcpu, unsigned int rs2,
					  unsigned int width)
{
	return vcpu->rvh.ctx.x[rs2 % 32] & rvh_mmio_mask(width);
}

/* Interrupt controllers in the kernel, whose registers are not for the inner loop. */
static __always_inline bool rvh_mmio_may_be_aia(const struct vmm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->rvh.aia);
}

static notrace enum rvh_verdict rvh_mmio_load_fast(struct vmm_vcpu *vcpu, gpa_t gpa, u64 htinst)
{
	unsigned int width = rvinsn_htinst_width(htinst);

	if (!rvinsn_htinst_is_load(htinst) || gpa & (width - 1) || rvh_mmio_may_be_aia(vcpu))
		return RVH_SLOW;
	vcpu->rvh.mmio = (struct rvh_mmio) {
		.len = width, .insn_len = rvinsn_htinst_len(htinst),
		.rd = rvinsn_htinst_rd(htinst), .sign = rvinsn_htinst_sign(htinst),
	};
	return rvh_mmio_to_user(vcpu, gpa, 0);
}

static notrace bool rvh_mmio_bus_fast(struct vmm_vcpu *vcpu, gpa_t gpa, unsigned int width,
				      u64 data)
{
	struct vmm_bus_hint hint = { .generation = 0 };
	unsigned long htinst = vcpu->rvh.ctx.htinst;

	if (!vmm_bus_write(vcpu->vm, gpa, width, data, &hint))
		return false;
	if (hint.generation &&
	    vmm_slot_is_hole(&vcpu->vm->slots, gpa_to_gfn(gpa), &vcpu->rvh.hint)) {
		vcpu->rvh.notify = (struct rvh_notify) {
			.htinst = htinst, .slots = vcpu->rvh.hint.generation, .hint = hint,
			.mask = rvh_mmio_mask(width), .rs2 = rvinsn_htinst_rs2(htinst) % 32,
			.insn_len = rvinsn_htinst_len(htinst),
		};
	}
	return true;
}

static notrace enum rvh_verdict rvh_mmio_store_fast(struct vmm_vcpu *vcpu, gpa_t gpa, u64 htinst)
{
	unsigned int width = rvinsn_htinst_width(htinst);
	unsigned int len = rvinsn_htinst_len(htinst);
	u64 data;

	if (!rvinsn_htinst_is_store(htinst) || gpa & (width - 1))
		return RVH_SLOW;
	/* The lock of an eventfd may sleep. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return RVH_SLOW;
	data = rvh_mmio_value(vcpu, rvinsn_htinst_rs2(htinst), width);
	if (rvh_mmio_bus_fast(vcpu, gpa, width, data) ||
	    (vcpu->rvh.imsic && rvh_aia_store_fast(vcpu, gpa, width, data))) {
		rvh_mmio_done(vcpu, gpa, width, data);
		return rvh_mmio_stored(len);
	}
	if (rvh_mmio_may_be_aia(vcpu))
		return RVH_SLOW;
	vcpu->rvh.mmio = (struct rvh_mmio) { .len = width, .insn_len = len, .write = true };
	return rvh_mmio_to_user(vcpu, gpa, data);
}

notrace enum rvh_verdict rvh_mmio_fast(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;

	switch (ctx->scause) {
	case HART_CAUSE_LOAD_GUEST_PAGE:
		return rvh_mmio_load_fast(vcpu, gpa, ctx->htinst);
	case HART_CAUSE_STORE_GUEST_PAGE:
		return rvh_mmio_store_fast(vcpu, gpa, ctx->htinst);
	default:
		return RVH_SLOW;
	}
}

enum rvh_verdict rvh_mmio(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	bool write = ctx->scause == HART_CAUSE_STORE_GUEST_PAGE;
	struct rvinsn insn;
	u64 data = 0;
	u32 raw;

	/* Bit 0: the hart told the instruction, though it may be one that is not known here. */
	if (rvinsn_decode_htinst(ctx->htinst, &insn) != RVINSN_HTINST_INSN &&
	    !(ctx->htinst & 1)) {
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
	if (write) {
		data = rvh_mmio_value(vcpu, insn.rs2, insn.width);
		if (vmm_bus_write(vcpu->vm, gpa, insn.width, data, NULL) ||
		    rvh_aia_store(vcpu, gpa, insn.width, data)) {
			rvh_mmio_done(vcpu, gpa, insn.width, data);
			return rvh_mmio_stored(insn.len);
		}
	} else if (rvh_aia_load(vcpu, gpa, insn.width, &data)) {
		rvh_mmio_give(vcpu, &insn, gpa, data);
		vmm_stat_add(vcpu, mmio_exit_kernel, 1);
		return rvh_mmio_stored(insn.len);
	}
	vcpu->rvh.mmio = (struct rvh_mmio) {
		.len = insn.width, .insn_len = insn.len, .rd = insn.rd % 32, .write = write,
		.sign = insn.sign,
	};
	return rvh_mmio_to_user(vcpu, gpa, data);
}
