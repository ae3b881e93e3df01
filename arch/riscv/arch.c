// SPDX-License-Identifier: GPL-2.0-only
/* Numbers of the ABI that pass through include/vmm/arch.h, and what they mean here. */
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/slab.h>

#include <uapi/kvm_abi.h>

#include "rvh.h"
#include "sbi/sbi.h"

/* Guest-physical address bits: three levels are 41 of them, each more adds 9. */
static unsigned int rvh_gpa_bits(unsigned int levels)
{
	return 41 + 9 * (levels - GSTAGE_MIN_LEVELS);
}

long vmm_arch_check_cap(struct vmm_vm *vm, unsigned long cap)
{
	switch (cap) {
	case KVM_CAP_VM_GPA_BITS:
		return rvh_gpa_bits(vm ? READ_ONCE(vm->rvh.gpt.tables.levels) :
				    rvh_host.gpt_levels);
	case KVM_CAP_RISCV_MP_STATE_RESET:
		return 1;
	case KVM_CAP_RV_FILTER:
		return EXITFILTER_RANGES;
	default:
		return 0;
	}
}

/* The narrowest space that holds @bits; nothing may have been built in the one before. */
static int rvh_set_gpa_bits(struct vmm_vm *vm, u64 bits)
{
	unsigned int levels;

	lockdep_assert_held(&vm->lock);

	for (levels = GSTAGE_MIN_LEVELS; levels <= rvh_host.gpt_levels; levels++) {
		if (bits <= rvh_gpa_bits(levels) && rvh_host.gpt_levels_mask & BIT(levels))
			break;
	}
	if (levels > rvh_host.gpt_levels)
		return -EINVAL;

	guard(mutex)(&vm->slots.lock);
	if (vm->nr_vcpus || !xa_empty(&vm->slots.by_id))
		return -EBUSY;
	rvh_gpt_set_levels(vm, levels);
	return 0;
}

static_assert(KVM_RV_FILTER_SBI == EXITFILTER_SBI);
static_assert(KVM_RV_FILTER_CSR == EXITFILTER_CSR);

/* Before there are vCPUs, which read it without a lock. */
static int rvh_add_filter(struct vmm_vm *vm, const u64 *args)
{
	struct exitfilter *filter __free(kfree) = NULL;
	int err;

	lockdep_assert_held(&vm->lock);

	if (vm->nr_vcpus)
		return -EBUSY;
	if (args[3])
		return -EINVAL;
	if (vm->rvh.filter)
		return exitfilter_add(vm->rvh.filter, args[0], args[1], args[2]);

	filter = kzalloc(sizeof(*filter), GFP_KERNEL_ACCOUNT);
	if (!filter)
		return -ENOMEM;
	err = exitfilter_add(filter, args[0], args[1], args[2]);
	if (!err)
		vm->rvh.filter = no_free_ptr(filter);
	return err;
}

int vmm_arch_enable_cap(struct vmm_vm *vm, u32 cap, const u64 *args)
{
	switch (cap) {
	case KVM_CAP_VM_GPA_BITS:
		return rvh_set_gpa_bits(vm, args[0]);
	case KVM_CAP_RISCV_MP_STATE_RESET:
		if (args[0])
			return -EINVAL;
		WRITE_ONCE(vm->rvh.mp_reset, true);
		return 0;
	case KVM_CAP_RV_FILTER:
		return rvh_add_filter(vm, args);
	default:
		return -EINVAL;
	}
}

u32 vmm_arch_mp_state_get(struct vmm_vcpu *vcpu)
{
	rvh_hsm_settle(vcpu);
	return rvh_hsm_is_runnable(vcpu) ? KVM_MP_STATE_RUNNABLE : KVM_MP_STATE_STOPPED;
}

int vmm_arch_mp_state_set(struct vmm_vcpu *vcpu, u32 state)
{
	rvh_hsm_settle(vcpu);
	switch (state) {
	case KVM_MP_STATE_RUNNABLE:
		rvh_hsm_set_stopped(vcpu, false);
		return 0;
	case KVM_MP_STATE_STOPPED:
		rvh_hsm_set_stopped(vcpu, true);
		return 0;
	case KVM_MP_STATE_INIT_RECEIVED:
		/* A reset of the hart's registers; whether it is stopped stays as it is. */
		if (!READ_ONCE(vcpu->vm->rvh.mp_reset))
			return -EINVAL;
		rvh_vcpu_reset(vcpu, 0, 0);
		return 0;
	default:
		return -EINVAL;
	}
}
