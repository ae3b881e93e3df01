// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest-page faults: memory is mapped, everything else is a device or an access fault.
 * Priv. v1.12 §8.6.1 (Hypervisor Cause Codes), §8.6.3 (Transformed Instruction)
 */
#include <linux/srcu.h>

#include <uapi/kvm_abi.h>

#include <vmm/gpa.h>

#include "hw/csr_bits.h"
#include "rvh.h"

static bool rvh_fault_is_implicit(const struct rvh_ctx *ctx, bool *write)
{
	struct rvinsn insn;

	switch (rvinsn_decode_htinst(ctx->htinst, &insn)) {
	case RVINSN_HTINST_PT_READ:
		*write = false;
		return true;
	case RVINSN_HTINST_PT_WRITE:
		*write = true;
		return true;
	case RVINSN_HTINST_NONE:
	case RVINSN_HTINST_INSN:
	case RVINSN_HTINST_CUSTOM:
		break;
	}
	return false;
}

/* The guest touched what cannot be touched: the access fault that belongs to the instruction. */
static enum rvh_verdict rvh_fault_refuse(struct vmm_vcpu *vcpu)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;

	switch (ctx->scause) {
	case HART_CAUSE_INSN_GUEST_PAGE:
		return rvh_raise(vcpu, HART_CAUSE_INSN_ACCESS, ctx->stval);
	case HART_CAUSE_LOAD_GUEST_PAGE:
		return rvh_raise(vcpu, HART_CAUSE_LOAD_ACCESS, ctx->stval);
	default:
		return rvh_raise(vcpu, HART_CAUSE_STORE_ACCESS, ctx->stval);
	}
}

static enum rvh_verdict rvh_fault_no_memory(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_MEMORY_FAULT;
	run->memory_fault.flags = 0;
	run->memory_fault.gpa = gpa & ~(VMM_PAGE_SIZE - 1);
	run->memory_fault.size = VMM_PAGE_SIZE;
	return RVH_EFAULT;
}

static int rvh_fault_map(struct vmm_vcpu *vcpu, gpa_t gpa, bool write)
{
	struct vmm_vm *vm = vcpu->vm;
	struct vmm_pin pin;
	int err;

	guard(srcu)(&vm->slots.srcu);

	err = vmm_gpa_pin(vm, gpa, write ? GPA_WRITE : GPA_READ, &pin);
	if (err)
		return err;
	err = rvh_gpt_map(vcpu, gpa, &pin);
	vmm_gpa_unpin(&pin, pin.writable);
	return err;
}

/* What the instruction accessed: for an implicit access stval is not the address of that. */
static gpa_t rvh_fault_gpa(const struct rvh_ctx *ctx)
{
	return ctx->htval << 2 | (ctx->stval & 3);
}

notrace enum rvh_verdict rvh_fault_fast(struct vmm_vcpu *vcpu)
{
	gpa_t gpa = rvh_fault_gpa(&vcpu->rvh.ctx);

	if (vmm_slot_find(vcpu->vm, gpa_to_gfn(gpa)))
		return RVH_SLOW;
	return rvh_mmio_fast(vcpu, gpa);
}

enum rvh_verdict rvh_fault(struct vmm_vcpu *vcpu)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	bool write = ctx->scause == HART_CAUSE_STORE_GUEST_PAGE;
	bool implicit = rvh_fault_is_implicit(ctx, &write);
	gpa_t gpa = implicit ? ctx->htval << 2 : rvh_fault_gpa(ctx);
	int err;

	err = rvh_fault_map(vcpu, gpa, write);
	switch (err) {
	case 0:
		return RVH_AGAIN;
	case -ENOENT:
	case -EROFS:
		if (implicit || ctx->scause == HART_CAUSE_INSN_GUEST_PAGE)
			return rvh_fault_refuse(vcpu);
		return rvh_mmio(vcpu, gpa);
	case -EINTR:
		return RVH_EINTR;
	default:
		return rvh_fault_no_memory(vcpu, gpa);
	}
}
