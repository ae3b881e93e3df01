// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translation caches: which harts may hold what, and fences for the two stages.
 *
 * G-stage: rvh.tlb.harts has every hart on which the VM ran under its present VMID; unmapping
 * fences those. VS-stage: the guest fences its own hart by itself, so a hart must not keep what a
 * vCPU left there before it ran elsewhere, or what another vCPU of the VM left.
 *
 * Priv. v1.12 §8.3.2 (Hypervisor Memory-Management Fence Instructions)
 */
#include <linux/slab.h>
#include <linux/smp.h>

#include <asm/sbi.h>

#include "hw/csr.h"
#include "hw/fence.h"
#include "rvh.h"

/* From here on a fence of everything is cheaper than one for each page. */
#define FENCE_MAX_PAGES	64

int rvh_fence_vm_init(struct vmm_vm *vm)
{
	vm->rvh.tlb.last_vcpu = kcalloc(nr_cpu_ids, sizeof(*vm->rvh.tlb.last_vcpu),
					GFP_KERNEL_ACCOUNT);
	return vm->rvh.tlb.last_vcpu ? 0 : -ENOMEM;
}

void rvh_fence_vm_destroy(struct vmm_vm *vm)
{
	kfree(vm->rvh.tlb.last_vcpu);
}

void rvh_fence_vcpu_init(struct vmm_vcpu *vcpu)
{
	raw_spin_lock_init(&vcpu->rvh.fence.lock);
	vcpu->rvh.fence.hart = -1;
	vcpu->rvh.spurious_gpa = RVH_NO_GPA;
}

void rvh_fence_load(struct vmm_vcpu *vcpu)
{
	struct rvh_tlb *tlb = &vcpu->vm->rvh.tlb;
	u32 vmid = READ_ONCE(vcpu->vm->rvh.vmid.number);
	int cpu = smp_processor_id();

	rvh_vmid_enter(vcpu->vm);

	if (!cpumask_test_cpu(cpu, &tlb->harts)) {
		cpumask_set_cpu(cpu, &tlb->harts);
		/*
		 * Pairs with the barrier in rvh_fence_gpa(): either it sees this hart, or what it
		 * unmapped is seen by translations after the fence.
		 */
		smp_mb__after_atomic();
		hart_hfence_gvma_vmid(vmid);
	}
	if (vcpu->rvh.spurious_gpa != RVH_NO_GPA) {
		hart_hfence_gvma_vmid_gpa(vmid, vcpu->rvh.spurious_gpa);
		vcpu->rvh.spurious_gpa = RVH_NO_GPA;
	}

	/* Slots of last_vcpu are used by their own hart only, interrupts off. */
	if (tlb->last_vcpu[cpu] != vcpu->index + 1 || vcpu->rvh.fence.hart != cpu) {
		hart_hfence_vvma_all();
		/* The guest's FENCE.I was executed on the hart it came from. */
		if (vcpu->rvh.fence.hart != cpu)
			hart_fence_i();
		tlb->last_vcpu[cpu] = vcpu->index + 1;
		vcpu->rvh.fence.hart = cpu;
	}
}

static void rvh_fence_gpa_local(u32 vmid, gpa_t start, gpa_t end)
{
	if ((end - start) >> VMM_PAGE_SHIFT > FENCE_MAX_PAGES) {
		hart_hfence_gvma_vmid(vmid);
		return;
	}
	for (; start < end; start += VMM_PAGE_SIZE)
		hart_hfence_gvma_vmid_gpa(vmid, start);
}

struct rvh_fence_call {
	gpa_t	start;
	gpa_t	end;
	u32	vmid;
};

static void rvh_fence_gpa_call(void *arg)
{
	const struct rvh_fence_call *call = arg;

	rvh_fence_gpa_local(call->vmid, call->start, call->end);
}

void rvh_fence_gpa(struct vmm_vm *vm, gpa_t start, gpa_t end)
{
	struct rvh_fence_call call = { .start = start, .end = end };

	if (start >= end)
		return;
	vmm_stat_vm_add(vm, remote_tlb_flush_requests, 1);
	smp_mb(); /* pairs with the one in rvh_fence_load() */
	if (cpumask_empty(&vm->rvh.tlb.harts))
		return;
	vmm_stat_vm_add(vm, remote_tlb_flush, 1);
	call.vmid = READ_ONCE(vm->rvh.vmid.number);
	on_each_cpu_mask(&vm->rvh.tlb.harts, rvh_fence_gpa_call, &call, true);
}

/* ---- the guest's own fences ---------------------------------------------------------------- */

static void rvh_fence_vvma_range(const struct sbiabi_fence *fence, bool by_asid)
{
	u64 gva = fence->start;
	u64 left = fence->size >> VMM_PAGE_SHIFT;

	for (; left; left--, gva += VMM_PAGE_SIZE) {
		if (by_asid)
			hart_hfence_vvma_asid_gva(fence->asid, gva);
		else
			hart_hfence_vvma_gva(gva);
	}
}

notrace void rvh_fence_local(struct vmm_vcpu *vcpu, const struct sbiabi_fence *fence)
{
	bool all = fence->everything || fence->size >> VMM_PAGE_SHIFT > FENCE_MAX_PAGES;

	switch (fence->kind) {
	case SBIABI_FENCE_I:
		hart_fence_i();
		break;
	case SBIABI_SFENCE_VMA:
		if (all)
			hart_hfence_vvma_all();
		else
			rvh_fence_vvma_range(fence, false);
		break;
	case SBIABI_SFENCE_VMA_ASID:
		if (all)
			hart_hfence_vvma_asid(fence->asid);
		else
			rvh_fence_vvma_range(fence, true);
		break;
	case SBIABI_HFENCE_GVMA_VMID:
	case SBIABI_HFENCE_GVMA:
	case SBIABI_HFENCE_VVMA_ASID:
	case SBIABI_HFENCE_VVMA:
		/* The guest has no hypervisor of its own: refused before. */
		break;
	}
}

void rvh_fence_drain(struct vmm_vcpu *vcpu)
{
	struct rvh_fence *f = &vcpu->rvh.fence;
	unsigned int i;

	guard(raw_spinlock)(&f->lock);

	if (f->count > RVH_FENCE_QUEUE) {
		hart_hfence_vvma_all();
		hart_fence_i();
	} else {
		for (i = 0; i < f->count; i++)
			rvh_fence_local(vcpu, &f->queue[i]);
	}
	f->count = 0;
}

static void rvh_fence_queue(struct vmm_vcpu *vcpu, const struct sbiabi_fence *fence)
{
	struct rvh_fence *f = &vcpu->rvh.fence;
	unsigned long flags;

	raw_spin_lock_irqsave(&f->lock, flags);
	if (f->count < RVH_FENCE_QUEUE)
		f->queue[f->count] = *fence;
	/* One more than fits stands for everything. */
	if (f->count <= RVH_FENCE_QUEUE)
		f->count++;
	raw_spin_unlock_irqrestore(&f->lock, flags);
}

static bool rvh_fence_wants(struct vmm_vcpu *vcpu, const void *harts)
{
	return sbiabi_harts_has(harts, vcpu->id);
}

void rvh_fence_remote(struct vmm_vcpu *vcpu, const struct sbiabi_fence *fence)
{
	struct vmm_vcpu *target;
	unsigned long id;

	vmm_for_each_vcpu(vcpu->vm, id, target) {
		if (!rvh_fence_wants(target, &fence->harts))
			continue;
		if (rvh_pmu_counts(vcpu, target))
			rvh_pmu_count_fence(vcpu, target, fence->kind);
		rvh_fence_queue(target, fence);
	}
	vmm_kick_sync(vcpu->vm, VMM_REQ_FENCE, rvh_fence_wants, &fence->harts);
}
