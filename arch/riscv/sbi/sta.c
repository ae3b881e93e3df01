// SPDX-License-Identifier: GPL-2.0-only
/*
 * SBI v3.0 chapter 16 (Steal-time Accounting Extension). What is stolen is what the scheduler lets
 * the vCPU's thread wait while it is ready to run. It changes when the thread gets a hart again, so
 * a look at it before each entry from process context is all: the guest's memory is written where
 * that may sleep, and only after somebody else has had the hart.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/sched.h>
#include <linux/string.h>

#include <asm/barrier.h>

#include <vmm/gpa.h>

#include "sbi.h"

/* Table "STA Shared Memory Structure" */
struct sta_shmem {
	u32	sequence;
	u32	flags;
	u64	steal;		/* ns */
	u8	preempted;
	u8	pad[47];
};
static_assert(sizeof(struct sta_shmem) == SBIABI_STA_SIZE);

static void rvh_sta_begin(struct rvh_sta *sta)
{
	sta->thread = task_pid_nr(current);
	sta->told = kshim_run_delay();
}

void rvh_sta_move(struct vmm_vcpu *vcpu, u64 lo, u64 hi)
{
	vcpu->rvh.sta = (struct rvh_sta) {
		.shmem_lo = lo,
		.shmem_hi = hi,
		.on = lo % SBIABI_STA_SIZE == 0 && !hi,
	};
}

/*
 * The total is kept in the guest's memory alone, so that it goes on after the guest has been moved.
 * What the guest writes there is its own affair.
 */
static int rvh_sta_write(struct vmm_vcpu *vcpu, u64 stolen, bool preempted)
{
	struct vmm_window window;
	struct sta_shmem *shmem;
	u32 odd;
	int err;

	err = vmm_gpa_open(vcpu, (gpa_t)vcpu->rvh.sta.shmem_lo, &window);
	if (err)
		return err;
	shmem = window.at;
	if (stolen) {
		odd = READ_ONCE(shmem->sequence) | 1;
		WRITE_ONCE(shmem->sequence, odd);
		smp_wmb();	/* pairs with the guest's, between sequence and steal */
		WRITE_ONCE(shmem->steal, READ_ONCE(shmem->steal) + stolen);
		smp_wmb();	/* as before */
		WRITE_ONCE(shmem->sequence, odd + 1);
	}
	WRITE_ONCE(shmem->preempted, preempted);
	vmm_gpa_close(vcpu, &window, true);
	vcpu->rvh.sta.preempted = preempted;
	return 0;
}

/* What cannot be written now is told later: nothing is lost while userspace changes slots. */
void rvh_sta_update(struct vmm_vcpu *vcpu)
{
	struct rvh_sta *sta = &vcpu->rvh.sta;
	u64 delay;

	/* What another thread waited for is not the guest's. */
	if (sta->thread != task_pid_nr(current))
		rvh_sta_begin(sta);
	/* Once: it must not change between what is told and what is noted. */
	delay = kshim_run_delay();
	if (!rvh_sta_write(vcpu, delay - sta->told, false))
		sta->told = delay;
}

void vmm_arch_preempt(struct vmm_vcpu *vcpu)
{
	if (vcpu->rvh.sta.on && !vcpu->rvh.sta.preempted && rvh_hsm_is_runnable(vcpu))
		rvh_sta_write(vcpu, 0, true);
}

static int rvh_sta_clear(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	struct vmm_window window;
	int err;

	err = vmm_gpa_open(vcpu, gpa, &window);
	if (err)
		return err;
	memset(window.at, 0, SBIABI_STA_SIZE);
	vmm_gpa_close(vcpu, &window, true);
	return 0;
}

enum rvh_verdict rvh_sbi_sta(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
			     struct sbi_ret *ret)
{
	u64 gpa;
	int err;

	if (fid != SBIABI_STA_SET_SHMEM)
		return rvh_sbi_error(ret, SBIABI_ERR_NOT_SUPPORTED);
	ret->error = sbiabi_check_sta(args, vmm_arch_gpa_limit(vcpu->vm), &gpa);
	if (ret->error)
		return RVH_ADVANCE;

	err = gpa == U64_MAX ? 0 : rvh_sta_clear(vcpu, gpa);
	switch (err) {
	case 0:
		rvh_sta_move(vcpu, args[0], args[1]);
		rvh_sta_begin(&vcpu->rvh.sta);
		return RVH_ADVANCE;
	case -EINTR:
		return RVH_EINTR;
	case -ENOENT:
	case -EROFS:
	case -EFAULT:
		return rvh_sbi_error(ret, SBIABI_ERR_INVALID_ADDRESS);
	default:
		return rvh_sbi_error(ret, SBIABI_ERR_FAILED);
	}
}
