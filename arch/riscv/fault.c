// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest-page faults: memory is mapped, everything else is a device or an access fault.
 * Priv. v1.12 §8.6.1 (Hypervisor Cause Codes), §8.6.3 (Transformed Instruction)
 */
#include <linux/rcupdate.h>
#include <linux/srcu.h>

#include <uapi/kvm_abi.h>

#include <vmm/gpa.h>

#include "hw/csr_bits.h"
#include "mmio.h"
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

static void rvh_fault_describe(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_MEMORY_FAULT;
	run->memory_fault.flags = 0;
	run->memory_fault.gpa = gpa & ~(VMM_PAGE_SIZE - 1);
	run->memory_fault.size = VMM_PAGE_SIZE;
}

static enum rvh_verdict rvh_fault_no_memory(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	rvh_fault_describe(vcpu, gpa);
	return RVH_EFAULT;
}

/* A signal tells of damaged memory, unless there is nobody to see it. */
static enum rvh_verdict rvh_fault_poisoned(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	guard(srcu)(&vcpu->vm->slots.srcu);

	switch (vmm_gpa_poisoned(vcpu->vm, gpa)) {
	case 0:
		return RVH_AGAIN;
	case -EINTR:
		return RVH_EINTR;
	default:
		rvh_fault_describe(vcpu, gpa);
		return RVH_EHWPOISON;
	}
}

/* The host has it not present, or not writable: have it brought in, which may sleep. */
static enum rvh_map rvh_fault_bring_in(struct vmm_vcpu *vcpu, gpa_t gpa, bool write, int *err)
{
	enum gpa_access access = write ? GPA_WRITE : GPA_READ;
	enum rvh_map map;
	struct vmm_pin pin;

	guard(srcu)(&vcpu->vm->slots.srcu);

	*err = vmm_gpa_bring_in(vcpu->vm, gpa, access, &pin);
	if (*err == -EFAULT && !vmm_gpa_touch(vcpu->vm, gpa, access))
		return rvh_gpt_map_brought(vcpu, gpa, write);
	if (*err)
		return RVH_MAP_ABSENT;
	vmm_stat_add(vcpu, faults_pinned, 1);
	map = rvh_gpt_map_brought(vcpu, gpa, write);
	if (map != RVH_MAP_ABSENT) {
		vmm_gpa_unpin(&pin, false);
		return map;
	}
	/* Writable but clean, for instance: the page gets the mark. */
	map = rvh_gpt_map_pin(vcpu, gpa, &pin);
	vmm_gpa_unpin(&pin, pin.writable);
	return map;
}

static int rvh_fault_map(struct vmm_vcpu *vcpu, gpa_t gpa, bool write)
{
	unsigned long seq = vmm_notifier_begin(vcpu->vm);
	enum rvh_map map = RVH_MAP_ABSENT;
	int err = 0;

	if (vcpu->rvh.no_slot)
		return -ENOENT;
	/* The fast handler may have used it up. */
	err = rvh_gpt_stock(vcpu);
	if (err)
		return err;
	if (!vcpu->rvh.absent)
		map = rvh_gpt_map_present(vcpu, gpa, write);
	if (map == RVH_MAP_ABSENT)
		map = rvh_fault_bring_in(vcpu, gpa, write, &err);

	switch (map) {
	case RVH_MAP_RETRY:
		vmm_notifier_wait(vcpu->vm, seq);
		return 0;
	case RVH_MAP_DONE:
	case RVH_MAP_STOCK:
		return 0;
	case RVH_MAP_NO_SLOT:
		return -ENOENT;
	case RVH_MAP_READONLY:
		return -EROFS;
	case RVH_MAP_ABSENT:
		break;
	}
	return err;
}

/* What the instruction accessed: for an implicit access stval is not the address of that. */
static gpa_t rvh_fault_gpa(const struct rvh_ctx *ctx)
{
	return ctx->htval << 2 | (ctx->stval & 3);
}

static notrace enum rvh_verdict rvh_fault_no_slot(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	enum rvh_verdict verdict = rvh_mmio_fast(vcpu, gpa);

	if (verdict == RVH_SLOW)
		vcpu->rvh.no_slot = true;
	return verdict;
}

static __always_inline enum rvh_verdict rvh_fault_fast_at(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;

	vmm_stat_add(vcpu, guest_page_faults, 1);
	/* Implicit accesses have an htinst of their own. */
	if (ctx->htinst && !(ctx->htinst & 1))
		return RVH_SLOW;
	if (vmm_slot_is_hole(&vcpu->vm->slots, gpa_to_gfn(gpa), &vcpu->rvh.hint))
		return rvh_fault_no_slot(vcpu, gpa);
	switch (rvh_gpt_map_fast(vcpu, gpa, ctx->scause == HART_CAUSE_STORE_GUEST_PAGE)) {
	case RVH_MAP_DONE:
		vmm_stat_add(vcpu, faults_fast, 1);
		return RVH_AGAIN;
	case RVH_MAP_NO_SLOT:
		return rvh_fault_no_slot(vcpu, gpa);
	case RVH_MAP_ABSENT:
		vcpu->rvh.absent = true;
		return RVH_SLOW;
	default:
		return RVH_SLOW;
	}
}

notrace enum rvh_verdict rvh_fault_fast(struct vmm_vcpu *vcpu)
{
	return rvh_fault_fast_at(vcpu, rvh_fault_gpa(&vcpu->rvh.ctx));
}

/* Most stores that fault again and again tell a device of work. */
notrace enum rvh_verdict rvh_store_fast(struct vmm_vcpu *vcpu)
{
	gpa_t gpa = rvh_fault_gpa(&vcpu->rvh.ctx);
	enum rvh_verdict verdict = rvh_mmio_notify(vcpu, gpa);

	return verdict == RVH_SLOW ? rvh_fault_fast_at(vcpu, gpa) : verdict;
}

enum rvh_verdict rvh_fault(struct vmm_vcpu *vcpu)
{
	const struct rvh_ctx *ctx = &vcpu->rvh.ctx;
	bool write = ctx->scause == HART_CAUSE_STORE_GUEST_PAGE;
	bool implicit = rvh_fault_is_implicit(ctx, &write);
	gpa_t gpa = implicit ? ctx->htval << 2 : rvh_fault_gpa(ctx);
	int err;

	rvh_gpt_fence_left(vcpu);
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
	case -EHWPOISON:
		return rvh_fault_poisoned(vcpu, gpa);
	default:
		return rvh_fault_no_memory(vcpu, gpa);
	}
}

long vmm_arch_prefault(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	const struct gstage *tables = &vcpu->vm->rvh.gpt.tables;
	struct gstage_leaf leaf;
	int err;

	vcpu->rvh.no_slot = false;
	vcpu->rvh.absent = false;
	err = rvh_fault_map(vcpu, gpa, false);
	if (err)
		return err;

	guard(rcu)();
	if (!gstage_lookup(tables, gpa, &leaf))
		return 0;
	return leaf.gpa + (1ULL << gstage_level_shift(leaf.level)) - gpa;
}
