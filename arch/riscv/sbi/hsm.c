// SPDX-License-Identifier: GPL-2.0-only
/*
 * SBI v3.0 chapter 9 (Hart State Management Extension). START_PENDING lasts until the hart's
 * thread, or an ioctl on its vCPU, puts the registers in place: only the holder of its mutex does.
 */
#include <linux/cleanup.h>

#include "sbi.h"

void rvh_hsm_init(struct vmm_vcpu *vcpu)
{
	raw_spin_lock_init(&vcpu->rvh.hsm.lock);
	vcpu->rvh.hsm.state = vcpu->index ? RVH_HSM_STOPPED : RVH_HSM_STARTED;
}

bool rvh_hsm_is_runnable(const struct vmm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->rvh.hsm.state) != RVH_HSM_STOPPED;
}

/* Leave @from for @to; not if the state is another one by now. */
static bool rvh_hsm_move(struct rvh_hsm *hsm, enum rvh_hsm_state from, enum rvh_hsm_state to)
{
	guard(raw_spinlock)(&hsm->lock);

	if (hsm->state != from)
		return false;
	WRITE_ONCE(hsm->state, to);
	return true;
}

/*
 * SBI state that a reset of the system ends. The registers are userspace's to set, as on in-tree
 * KVM; it has no means to reset this.
 */
static void rvh_hsm_forget(struct vmm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->rvh.hsm.forget, false);
	rvh_sbi_reset(vcpu);
}

/* Leave a state that has registers to be put in place; not if it is another one by now. */
static bool rvh_hsm_leave(struct rvh_hsm *hsm, enum rvh_hsm_state from, unsigned long *pc,
			  unsigned long *opaque)
{
	guard(raw_spinlock)(&hsm->lock);

	if (hsm->state != from)
		return false;
	WRITE_ONCE(hsm->state, RVH_HSM_STARTED);
	*pc = hsm->pc;
	*opaque = hsm->opaque;
	return true;
}

static void rvh_hsm_begin(struct vmm_vcpu *vcpu)
{
	unsigned long pc, opaque;

	if (rvh_hsm_leave(&vcpu->rvh.hsm, RVH_HSM_START_PENDING, &pc, &opaque))
		rvh_vcpu_reset(vcpu, pc, opaque);
}

static void rvh_hsm_wake(struct vmm_vcpu *vcpu)
{
	unsigned long pc, opaque;

	if (rvh_hsm_leave(&vcpu->rvh.hsm, RVH_HSM_SUSPENDED, &pc, &opaque) && vcpu->rvh.hsm.lost)
		rvh_vcpu_resume(vcpu, pc, opaque);
}

void rvh_hsm_settle(struct vmm_vcpu *vcpu)
{
	struct rvh_hsm *hsm = &vcpu->rvh.hsm;

	if (READ_ONCE(hsm->forget))
		rvh_hsm_forget(vcpu);
	switch (READ_ONCE(hsm->state)) {
	case RVH_HSM_START_PENDING:
		rvh_hsm_begin(vcpu);
		break;
	case RVH_HSM_SUSPENDED:
		/* It may end at any time. One that keeps the registers shows them. */
		if (hsm->lost)
			rvh_hsm_wake(vcpu);
		break;
	case RVH_HSM_STARTED:
	case RVH_HSM_STOPPED:
		break;
	}
}

int rvh_hsm_prepare(struct vmm_vcpu *vcpu)
{
	struct rvh_hsm *hsm = &vcpu->rvh.hsm;

	switch (READ_ONCE(hsm->state)) {
	case RVH_HSM_STARTED:
		return VMM_STEP_AGAIN;
	case RVH_HSM_STOPPED:
		return VMM_STEP_HALT;
	case RVH_HSM_START_PENDING:
		rvh_hsm_settle(vcpu);
		break;
	case RVH_HSM_SUSPENDED:
		if (!rvh_irq_is_pending(vcpu))
			return VMM_STEP_HALT;
		rvh_hsm_wake(vcpu);
		break;
	}
	/* It may have been stopped in between. */
	return rvh_hsm_is_runnable(vcpu) ? VMM_STEP_AGAIN : VMM_STEP_HALT;
}

void rvh_hsm_set_stopped(struct vmm_vcpu *vcpu, bool stopped)
{
	struct rvh_hsm *hsm = &vcpu->rvh.hsm;

	scoped_guard(raw_spinlock, &hsm->lock)
		WRITE_ONCE(hsm->state, stopped ? RVH_HSM_STOPPED : RVH_HSM_STARTED);
	if (stopped) {
		vmm_req_post(vcpu, VMM_REQ_STATE);
		vmm_kick(vcpu);
	}
}

static void rvh_hsm_mark_all_stopped(struct vmm_vm *vm)
{
	struct vmm_vcpu *vcpu;
	unsigned long id;

	vmm_for_each_vcpu(vm, id, vcpu) {
		guard(raw_spinlock)(&vcpu->rvh.hsm.lock);
		WRITE_ONCE(vcpu->rvh.hsm.state, RVH_HSM_STOPPED);
		WRITE_ONCE(vcpu->rvh.hsm.forget, true);
	}
}

void rvh_hsm_stop_all(struct vmm_vm *vm)
{
	/*
	 * Another hart may be starting one that is marked already. After the first pass every
	 * hart is marked, so none begins a start any more (rvh_hsm_start()); the second one finds
	 * those that began before.
	 */
	rvh_hsm_mark_all_stopped(vm);
	rvh_hsm_mark_all_stopped(vm);
	vmm_kick_sync(vm, VMM_REQ_STATE, NULL, NULL);
}

/* ---- the calls ------------------------------------------------------------------------------ */

static long rvh_hsm_mark_starting(struct vmm_vcpu *vcpu, struct rvh_hsm *target, const u64 *args)
{
	guard(raw_spinlock)(&target->lock);

	/* Who has been stopped meanwhile starts nobody: pairs with rvh_hsm_stop_all(). */
	if (READ_ONCE(vcpu->rvh.hsm.state) != RVH_HSM_STARTED)
		return SBIABI_ERR_FAILED;
	if (target->state != RVH_HSM_STOPPED)
		return SBIABI_ERR_ALREADY_AVAILABLE;
	target->pc = args[1];
	target->opaque = args[2];
	WRITE_ONCE(target->state, RVH_HSM_START_PENDING);
	return SBIABI_SUCCESS;
}

static long rvh_hsm_start(struct vmm_vcpu *vcpu, const u64 *args)
{
	struct vmm_vcpu *target = vmm_vcpu_by_id(vcpu->vm, args[0]);
	long error;

	if (!target)
		return SBIABI_ERR_INVALID_PARAM;
	if (args[1] >= vmm_arch_gpa_limit(vcpu->vm))
		return SBIABI_ERR_INVALID_ADDRESS;
	error = rvh_hsm_mark_starting(vcpu, &target->rvh.hsm, args);
	if (error)
		return error;
	vmm_req_post(target, VMM_REQ_STATE);
	vmm_kick(target);
	return SBIABI_SUCCESS;
}

static long rvh_hsm_status(struct vmm_vcpu *vcpu, const u64 *args, long *status)
{
	const struct vmm_vcpu *target = vmm_vcpu_by_id(vcpu->vm, args[0]);

	if (!target)
		return SBIABI_ERR_INVALID_PARAM;
	*status = READ_ONCE(target->rvh.hsm.state);
	return SBIABI_SUCCESS;
}

/* rvh_hsm_prepare() ends it, when an interrupt is pending. */
static enum rvh_verdict rvh_hsm_suspend(struct vmm_vcpu *vcpu, const u64 *args,
					struct sbi_ret *ret)
{
	struct rvh_hsm *hsm = &vcpu->rvh.hsm;
	enum sbiabi_hsm_suspend type;

	ret->error = sbiabi_check_suspend(args, vmm_arch_gpa_limit(vcpu->vm), &type);
	if (ret->error)
		return RVH_ADVANCE;
	guard(raw_spinlock)(&hsm->lock);
	/* Who has been stopped meanwhile stays so. */
	if (hsm->state != RVH_HSM_STARTED)
		return RVH_HALT;
	hsm->lost = type == SBIABI_SUSPEND_NON_RETENTIVE;
	hsm->pc = args[1];
	hsm->opaque = args[2];
	WRITE_ONCE(hsm->state, RVH_HSM_SUSPENDED);
	return RVH_HALT;
}

bool rvh_hsm_is_alone(struct vmm_vcpu *vcpu)
{
	struct vmm_vcpu *other;
	unsigned long id;

	vmm_for_each_vcpu(vcpu->vm, id, other) {
		if (other != vcpu && READ_ONCE(other->rvh.hsm.state) != RVH_HSM_STOPPED)
			return false;
	}
	return true;
}

enum rvh_verdict rvh_sbi_hsm(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			     struct sbi_ret *ret)
{
	switch (fid) {
	case SBIABI_HSM_HART_START:
		return rvh_sbi_error(ret, rvh_hsm_start(vcpu, args));
	case SBIABI_HSM_HART_STOP:
		/* It does not return: rvh_hsm_prepare() finds the hart stopped. */
		rvh_hsm_move(&vcpu->rvh.hsm, RVH_HSM_STARTED, RVH_HSM_STOPPED);
		return RVH_AGAIN;
	case SBIABI_HSM_HART_GET_STATUS:
		return rvh_sbi_error(ret, rvh_hsm_status(vcpu, args, &ret->value));
	case SBIABI_HSM_HART_SUSPEND:
		return rvh_hsm_suspend(vcpu, args, ret);
	default:
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	}
}
