/* SPDX-License-Identifier: GPL-2.0-only */
/* SBI calls of the guest: what the files of sbi/ say to each other and to regs/ and vcpu.c. */
#ifndef RVH_SBI_H
#define RVH_SBI_H

#include "../model/sbiabi.h"
#include "../rvh.h"

/*
 * A handler gets the function id and a0 to a5. It fills *ret (success and 0 before) for the
 * verdicts RVH_ADVANCE and RVH_HALT; the other verdicts leave the guest's registers alone. One that
 * knows no such function says RVH_ADVANCE with SBIABI_ERR_NOT_SUPPORTED. Fast handlers run with
 * interrupts off, the vCPU resident.
 */
typedef enum rvh_verdict rvh_sbi_fn(struct vmm_vcpu *vcpu, unsigned long fid, const u64 *args,
				    struct sbi_ret *ret);

rvh_sbi_fn rvh_sbi_base;
rvh_sbi_fn rvh_sbi_legacy_fast;
rvh_sbi_fn rvh_sbi_legacy;
rvh_sbi_fn rvh_sbi_time;
rvh_sbi_fn rvh_sbi_ipi;
rvh_sbi_fn rvh_sbi_rfence;
rvh_sbi_fn rvh_sbi_hsm;
rvh_sbi_fn rvh_sbi_srst;
rvh_sbi_fn rvh_sbi_sta;
rvh_sbi_fn rvh_sbi_fwft;
rvh_sbi_fn rvh_sbi_susp;
rvh_sbi_fn rvh_sbi_pmu;

/* Hand the call to userspace, which may answer it at the next KVM_RUN. */
rvh_sbi_fn rvh_sbi_forward;

/* For rvh_sbi_hot[]: they read the registers themselves and leave the answer in them. */
enum rvh_verdict rvh_sbi_base_hot(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_sbi_time_hot(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_sbi_ipi_hot(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_sbi_rfence_hot(struct vmm_vcpu *vcpu);

static __always_inline enum rvh_verdict rvh_sbi_reply(struct vmm_vcpu *vcpu, long error,
						      unsigned long value)
{
	vcpu->rvh.ctx.x[10] = error;
	vcpu->rvh.ctx.x[11] = value;
	return RVH_ADVANCE;
}

/* Is the calling hart the one that a hart mask in a0 and a1 names? A base of all ones means all. */
static __always_inline bool rvh_sbi_is_for_self(const struct vmm_vcpu *vcpu)
{
	unsigned long mask = vcpu->rvh.ctx.x[10], base = vcpu->rvh.ctx.x[11];
	unsigned long bit = vcpu->id - base;

	return base <= vcpu->id && bit < BITS_PER_LONG && mask == BIT(bit);
}

/* Shorthand for handlers: the call is answered with an error, or with none. */
static inline enum rvh_verdict rvh_sbi_error(struct sbi_ret *ret, long error)
{
	ret->error = error;
	return RVH_ADVANCE;
}

/* What BASE has to say of an extension id. */
enum rvh_sbi_probe {
	RVH_SBI_PROBE_NO,
	RVH_SBI_PROBE_YES,
	RVH_SBI_PROBE_USER,	/* ask userspace */
};

enum rvh_sbi_probe rvh_sbi_probe(const struct vmm_vcpu *vcpu, unsigned long eid);

/* Does every hart that the list names exist? Context: any; at most 64 look-ups. */
bool rvh_sbi_harts_exist(struct vmm_vm *vm, const struct sbiabi_harts *harts);

/**
 * rvh_sbi_init() - Give a new vCPU the extensions that are on by default.
 * @vcpu: The new vCPU.
 */
void rvh_sbi_init(struct vmm_vcpu *vcpu);

/**
 * rvh_sbi_reset() - What is of the SBI in a hart ends with a reset of the hart.
 * @vcpu: Its mutex is held, or it is the calling thread's; it is not running.
 */
void rvh_sbi_reset(struct vmm_vcpu *vcpu);

/**
 * rvh_sbi_is_known() - Has the module heard of an extension?
 * @nr: KVM_RISCV_SBI_EXT_*, or any other number below 32.
 */
bool rvh_sbi_is_known(unsigned int nr);

/**
 * rvh_sbi_enable() - Turn an extension on or off.
 * @vcpu:   Not run yet; its mutex is held.
 * @nr:     A known number of the ABI.
 * @enable: What it shall be.
 *
 * Return: 0; -ENOENT when it cannot be turned on.
 */
int rvh_sbi_enable(struct vmm_vcpu *vcpu, unsigned int nr, bool enable);

/* ---- steal time (sta.c) -------------------------------------------------------------------- */

/**
 * rvh_sta_move() - Have steal time told at another place from now on.
 * @vcpu: Its mutex is held, or it is the calling thread's.
 * @lo:   Address.
 * @hi:   Its upper half; what is no address is none.
 */
void rvh_sta_move(struct vmm_vcpu *vcpu, u64 lo, u64 hi);

/* ---- firmware features (fwft.c) ------------------------------------------------------------- */

/* The vCPU's mutex is held, or it is the calling thread's. */
void rvh_fwft_reset(struct vmm_vcpu *vcpu);
/* Extensions have changed, and with them what can be offered. */
void rvh_fwft_configure(struct vmm_vcpu *vcpu);
u64 rvh_fwft_henvcfg(const struct vmm_vcpu *vcpu);
bool rvh_fwft_delegates_misaligned(const struct vmm_vcpu *vcpu);

/**
 * rvh_fwft_offer() - Offer a feature to the guest, or not.
 * @vcpu:    Its mutex is held.
 * @feature: One that is available.
 * @offer:   Which.
 *
 * Return: 0; -EBUSY after the first run, when that would be a change.
 */
int rvh_fwft_offer(struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature, bool offer);
void rvh_fwft_lock(struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature, bool lock);
/* As if the guest had set it; also when it is locked. Return: 0; -EINVAL. */
int rvh_fwft_set(struct vmm_vcpu *vcpu, enum sbiabi_fwft_feature feature, u64 value);

/* ---- hart states (hsm.c) -------------------------------------------------------------------- */

/**
 * rvh_hsm_settle() - Apply a start that is pending, so that registers are what the guest will see.
 * @vcpu: Its mutex is held, it is not running.
 */
void rvh_hsm_settle(struct vmm_vcpu *vcpu);

/**
 * rvh_hsm_set_stopped() - Stop or start a hart where it stands.
 * @vcpu: Its mutex is held.
 * @stopped: Which.
 */
void rvh_hsm_set_stopped(struct vmm_vcpu *vcpu, bool stopped);

/**
 * rvh_hsm_is_alone() - Are all harts but one stopped?
 * @vcpu: The one, which makes an SBI call.
 *
 * Then they stay so until it starts one, or userspace does.
 */
bool rvh_hsm_is_alone(struct vmm_vcpu *vcpu);

/**
 * rvh_hsm_stop_all() - Stop every hart of a VM.
 * @vm: The VM.
 *
 * When it returns no vCPU runs guest code, and none will until userspace says so.
 *
 * Context: Process context, interrupts on.
 */
void rvh_hsm_stop_all(struct vmm_vm *vm);

#endif
