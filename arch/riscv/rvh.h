/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of arch/riscv say to each other. */
#ifndef RVH_H
#define RVH_H

#include <linux/container_of.h>
#include <linux/percpu.h>

#include <vmm/arch.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <compat/kshim.h>

#include "hw/csr_bits.h"
#include "model/insn.h"
#include "rvh_types.h"

/* What an exit handler wants; only exit.c applies it. */
enum rvh_verdict {
	/* Up to RVH_ADVANCE: run on, so many bytes behind ctx.pc. */
	RVH_AGAIN		= 0,
	RVH_ADVANCE_SHORT	= 2,	/* a compressed instruction is done */
	RVH_ADVANCE		= 4,	/* the instruction is done */
	RVH_SLOW,	/* a fast handler: not in the inner loop, please */
	RVH_INJECT,	/* raise vcpu->rvh.inject in the guest */
	RVH_USER,	/* kvm_run is filled in; pc is left to vcpu->resume */
	RVH_HALT,	/* the instruction is done; block until there is something to do */
	RVH_EFAULT,	/* KVM_RUN fails: memory that cannot be mapped */
	RVH_EHWPOISON,	/* KVM_RUN fails: memory that is damaged */
	RVH_EIO,	/* KVM_RUN fails: a trap that cannot happen */
	RVH_EINTR,	/* KVM_RUN fails: a signal */
};

/* ---- host.c: what this host can do -------------------------------------------------------- */

struct vmm_pin;

struct rvh_host {
	struct rvisa_set	isa;		/* what every hart has and guests can be given */
	unsigned int	gpt_levels;	/* most levels that hgatp takes */
	unsigned int	gpt_levels_mask;	/* bit n: n levels work */
	unsigned int	vmid_bits;
	u64		timebase;	/* Hz */
	bool		sstc;
	bool		svinval;
	bool		smstateen;
	bool		ssaia;
	bool		aia_traps;	/* without it, guests' accesses to its CSRs come here */
	bool		fp;		/* F and D */
	bool		lcofi;		/* guests can be sent the counter-overflow interrupt */
	unsigned int	counters;	/* of the PMU of a guest's hart, 0: it has no PMU */
	unsigned long	mvendorid;
	unsigned long	marchid;
	unsigned long	mimpid;
	unsigned int	cbom_block;
	unsigned int	cboz_block;
	unsigned int	cbop_block;
	unsigned int	satp_mode;
	unsigned int	vlenb;		/* of vector registers, 0 without V */
	u8		pmlens;		/* lengths of pointer masking: SBIABI_PMLEN_* */
	bool		misaligned;	/* firmware leaves such exceptions to S-mode */
};

extern struct rvh_host rvh_host __ro_after_init;

/* ---- vcpu.c -------------------------------------------------------------------------------- */

/**
 * rvh_vcpu_reset() - The state in which a hart starts.
 * @vcpu:   Not running; its mutex is held, or it is the calling thread's.
 * @pc:     First instruction.
 * @opaque: Goes to a1; a0 gets the hart id.
 *
 * SBI v3.0 §9.1 (Hart start): S-mode, satp 0, SIE 0.
 */
void rvh_vcpu_reset(struct vmm_vcpu *vcpu, unsigned long pc, unsigned long opaque);

/**
 * rvh_vcpu_resume() - The state in which a hart wakes that has lost its registers.
 * @vcpu:   As for rvh_vcpu_reset().
 * @pc:     As before.
 * @opaque: As before.
 *
 * Interrupts, the timer and what the SBI keeps stay. SBI v3.0 §9.4 (Hart suspend), chapter 18.
 */
void rvh_vcpu_resume(struct vmm_vcpu *vcpu, unsigned long pc, unsigned long opaque);

/**
 * rvh_vcpu_configure() - Compute hedeleg, henvcfg and hstateen0 from extensions and features.
 * @vcpu: Its mutex is held.
 */
void rvh_vcpu_configure(struct vmm_vcpu *vcpu);

static inline bool rvh_guest_is_user(const struct vmm_vcpu *vcpu)
{
	return !(vcpu->rvh.ctx.sstatus & HART_SSTATUS_SPP);
}

/* ---- world.c, fp.c, vector.c --------------------------------------------------------------- */

/*
 * The vCPU's registers are in the hart from rvh_world_load() to rvh_world_put(): while fast
 * handlers run. Elsewhere they are in vcpu->rvh, and only there.
 */
void rvh_world_cpu_reset(void);
bool rvh_world_serve(struct vmm_vcpu *vcpu);

/* May the vCPU go on in guest code? Serves what can be served with interrupts off. */
static __always_inline bool rvh_world_may_go_on(struct vmm_vcpu *vcpu)
{
	if (unlikely(READ_ONCE(vcpu->req)))
		return rvh_world_serve(vcpu);
	return !kshim_guest_work_pending(vcpu->work);
}

/* vmm_arch_enter() without a look at single-stepping. */
void rvh_world_enter(struct vmm_vcpu *vcpu);

void rvh_fp_load(struct vmm_vcpu *vcpu);
void rvh_fp_put(struct vmm_vcpu *vcpu);
/* Give the host task its FP registers, which are lent, back before it can use them. */
void rvh_fp_return(struct vmm_vcpu *vcpu);

/* May the calling thread use vector? Who may not cannot give it to a guest either. */
bool rvh_vector_is_allowed(void);
/* Return: 0 or -ENOMEM. */
int rvh_vector_init(struct vmm_vcpu *vcpu);
void rvh_vector_destroy(struct vmm_vcpu *vcpu);
void rvh_vector_reset(struct vmm_vcpu *vcpu);
/* As for floating point. Only where vcpu->rvh.vector.regs is there. */
void rvh_vector_load(struct vmm_vcpu *vcpu);
void rvh_vector_put(struct vmm_vcpu *vcpu);
void rvh_vector_return(struct vmm_vcpu *vcpu);

/* ---- perf.c -------------------------------------------------------------------------------- */

void rvh_perf_init(void);
void rvh_perf_exit(void);
/* Samples between the two are of this vCPU's guest code. Context: preemption off. */
void rvh_perf_begin(const struct vmm_vcpu *vcpu);
void rvh_perf_end(void);

/* ---- irq.c --------------------------------------------------------------------------------- */

/**
 * rvh_irq_post() - Set or clear bits of another vCPU's hvip.
 * @vcpu:  Any vCPU.
 * @set:   Mask of hvip bits to raise.
 * @clear: Mask of hvip bits to lower.
 *
 * The vCPU is kicked when a bit is raised.
 *
 * Context: Any, lock-free.
 */
void rvh_irq_post(struct vmm_vcpu *vcpu, unsigned long set, unsigned long clear);

/**
 * rvh_irq_merge() - Take the posted bits over into vs.hvip.
 * @vcpu: The calling thread's, or not running with its mutex held.
 *
 * Return: True when vs.hvip changed.
 */
bool rvh_irq_merge(struct vmm_vcpu *vcpu);

/* Give the hart what is pending. Context: resident, or about to be; interrupts off. */
void rvh_irq_load(const struct vmm_vcpu *vcpu, unsigned long hvip);

/* The interrupts pending and enabled at their source, numbered as in hvip. As below. */
unsigned long rvh_irq_pending(struct vmm_vcpu *vcpu);

/**
 * rvh_irq_is_pending() - Is an interrupt pending and enabled at its source (vsie)?
 * @vcpu: Any vCPU; exact for a vCPU that is not in guest code.
 */
bool rvh_irq_is_pending(struct vmm_vcpu *vcpu);
/* The same by what the hart says. Context: resident. */
bool rvh_irq_is_pending_resident(void);

/* ---- aia/: interrupt controllers ------------------------------------------------------------ */

struct vmm_device_ops;
struct vmm_irq_sink;

extern const struct vmm_device_ops rvh_aia_ops;
extern const struct vmm_irq_sink rvh_aia_sink;

/*
 * Accesses to addresses without memory. Return: it is done. Context: the vCPU's thread, interrupts
 * on; those with _fast: anywhere, in the inner loop, too.
 */
bool rvh_aia_load(struct vmm_vcpu *vcpu, gpa_t gpa, unsigned int len, u64 *value);
bool rvh_aia_store(struct vmm_vcpu *vcpu, gpa_t gpa, unsigned int len, u64 value);
bool rvh_aia_store_fast(struct vmm_vcpu *vcpu, gpa_t gpa, unsigned int len, u64 value);

/* Send the MSIs that are due by state that userspace has set. Context: process context. */
void rvh_aia_send(struct vmm_vm *vm);

/* Is it one of the AIA's at S-level? Context: any. */
bool rvh_aia_has_csr(unsigned int csr);
/* A CSR instruction that trapped. Return: it is done. Context: as before; _fast: resident. */
bool rvh_aia_csr(struct vmm_vcpu *vcpu, const struct rvinsn *insn);
bool rvh_aia_csr_fast(struct vmm_vcpu *vcpu, const struct rvinsn *insn);

/* Harts' guest interrupt files. Context: that of vmm_arch_host_*() and vmm_arch_cpu_*(). */
void rvh_hgei_init(void);
void rvh_hgei_exit(void);
void rvh_hgei_cpu_probe(void);
void rvh_hgei_cpu_begin(void);
void rvh_hgei_cpu_end(void);

/* All that follows is about vCPUs with an interrupt file (vcpu->rvh.imsic). */

/**
 * rvh_imsic_signals(), rvh_imsic_rings() - Does the file signal to its vCPU?
 * @vcpu: Any.
 *
 * The first one is about files in memory, the signal of which is VSEIP of hvip. Of those in a hart,
 * the second one knows what is needed for a halted vCPU.
 *
 * Context: Any.
 */
bool rvh_imsic_signals(const struct vmm_vcpu *vcpu);
bool rvh_imsic_rings(const struct vmm_vcpu *vcpu);

/* Take the file away from another hart than this one. Context: preemption off, interrupts on. */
void rvh_imsic_follow(struct vmm_vcpu *vcpu);

/**
 * rvh_imsic_load() - Have the file where the vCPU can run with it.
 * @vcpu: About to be resident; after rvh_imsic_follow().
 *
 * Context: Interrupts off.
 * Return:  False: it has to be in this hart, which has none to give.
 */
bool rvh_imsic_load(struct vmm_vcpu *vcpu);
/* Tell userspace of that. Context: the vCPU's thread. */
void rvh_imsic_fail(const struct vmm_vcpu *vcpu);

/* The vCPU is about to block: rvh_imsic_rings() may change. Context: its thread. */
void rvh_imsic_halt(struct vmm_vcpu *vcpu);

/* No MSI may be on its way to its vCPU, which does not run. Context: process context. */
void rvh_imsic_destroy(struct vmm_vcpu *vcpu);
/* Context: process context; the vCPU's thread, or with its mutex. */
void rvh_imsic_reset(struct vmm_vcpu *vcpu);

/* What follows is for files in memory: is it there, bring it there. Context: its thread. */
bool rvh_imsic_is_in_memory(const struct vmm_vcpu *vcpu);
void rvh_imsic_home(struct vmm_vcpu *vcpu);
/* The identity that stopei shows, or 0. */
u32 rvh_imsic_top(const struct vmm_vcpu *vcpu);
/* The value of stopei; @write: and the guest takes that interrupt. */
unsigned long rvh_imsic_claim(struct vmm_vcpu *vcpu, bool write);
int rvh_imsic_rmw(struct vmm_vcpu *vcpu, unsigned long iselect, unsigned long *old,
		  unsigned long new, unsigned long mask);

/* ---- timer.c ------------------------------------------------------------------------------- */

void rvh_timer_init(struct vmm_vcpu *vcpu);
void rvh_timer_destroy(struct vmm_vcpu *vcpu);
u64 rvh_timer_now(const struct vmm_vm *vm);
/**
 * rvh_timer_set() - Program the guest's timer (SBI TIME, or the compare register).
 * @vcpu:    The calling thread's vCPU; its state may be resident.
 * @compare: Guest time in ticks.
 *
 * Context: Preemption off when resident; otherwise its mutex is held.
 */
void rvh_timer_set(struct vmm_vcpu *vcpu, u64 compare);
/* The clock of the VM was set. Context: any; any vCPU. */
void rvh_timer_retime(struct vmm_vcpu *vcpu);
/* Context of load and put: resident, interrupts off. */
void rvh_timer_load(struct vmm_vcpu *vcpu);
void rvh_timer_put(struct vmm_vcpu *vcpu);
bool rvh_timer_is_due(const struct vmm_vcpu *vcpu);
void rvh_timer_halt_begin(struct vmm_vcpu *vcpu);
void rvh_timer_halt_end(struct vmm_vcpu *vcpu);

/* ---- pmu.c --------------------------------------------------------------------------------- */

/* May sleep. The second frees everything. */
void rvh_pmu_reset(struct vmm_vcpu *vcpu);
void rvh_pmu_destroy(struct vmm_vcpu *vcpu);
/* Serve VMM_REQ_PMU. Context: the vCPU's thread, sleeps. */
void rvh_pmu_prepare(struct vmm_vcpu *vcpu);
/* The end of KVM_RUN, when there is a PMU. */
void rvh_pmu_run_done(struct vmm_vcpu *vcpu);
/* Read a counter, by its CSR's distance from cycle. Return: false without an event. Sleeps. */
bool rvh_pmu_read_csr(struct vmm_vcpu *vcpu, unsigned int nr, u64 *value);
/* scountovf of the guest, whatever it may read of it. */
u64 rvh_pmu_overflown(const struct vmm_vcpu *vcpu);

/* Does somebody want to know of firmware events of these two? */
static __always_inline bool rvh_pmu_counts(const struct vmm_vcpu *vcpu,
					   const struct vmm_vcpu *target)
{
	return unlikely(READ_ONCE(vcpu->rvh.irq.fw_counted) |
			READ_ONCE(target->rvh.irq.fw_counted));
}

/* One more of enum pmuevent_firmware, if it is counted. Context: any, for any vCPU. */
void rvh_pmu_count_one(struct vmm_vcpu *vcpu, unsigned int event);
/* An exception of this cause is raised. */
void rvh_pmu_count_trap(struct vmm_vcpu *vcpu, unsigned long cause);
/* @vcpu has @target execute a fence. */
void rvh_pmu_count_fence(struct vmm_vcpu *vcpu, struct vmm_vcpu *target,
			 enum sbiabi_fence_kind kind);

/* ---- vmid.c -------------------------------------------------------------------------------- */

void rvh_vmid_init(unsigned int bits);
void rvh_vmid_vm_init(struct vmm_vm *vm);
bool rvh_vmid_is_current(const struct vmm_vm *vm);
/* Renew a VM's VMID if its generation is over; -EIO once closed. Sleepable, interrupts on. */
int rvh_vmid_renew(struct vmm_vm *vm);
/* No VM has a current VMID from now on. Context: sleepable. */
void rvh_vmid_close(void);
/* Without usable VMIDs: flush when another VM ran on this hart. Context: interrupts off. */
void rvh_vmid_enter(struct vmm_vm *vm);

/* ---- fence.c ------------------------------------------------------------------------------- */

int rvh_fence_vm_init(struct vmm_vm *vm);
void rvh_fence_vm_destroy(struct vmm_vm *vm);
void rvh_fence_vcpu_init(struct vmm_vcpu *vcpu);
/* Note that this vCPU's translations now live on this hart; drop stale ones. Preemption off. */
void rvh_fence_load(struct vmm_vcpu *vcpu);
/* Fence a guest-physical range on every hart that may hold it. Context: does not sleep. */
void rvh_fence_gpa(struct vmm_vm *vm, gpa_t start, gpa_t end);
/* Execute a guest's fence on the calling hart, where its vCPU is resident. */
void rvh_fence_local(struct vmm_vcpu *vcpu, const struct sbiabi_fence *fence);
/* Execute what others queued. Context: resident, interrupts off. */
void rvh_fence_drain(struct vmm_vcpu *vcpu);
/**
 * rvh_fence_remote() - Have a fence executed by the vCPUs it names; wait until it took effect.
 * @vcpu:  The calling thread's vCPU (it may be among the targets).
 * @fence: Checked by sbiabi_check_fence(); every target exists.
 *
 * Context: Process context, interrupts on, not resident.
 */
void rvh_fence_remote(struct vmm_vcpu *vcpu, const struct sbiabi_fence *fence);

/* ---- gpt.c --------------------------------------------------------------------------------- */

int rvh_gpt_init(struct vmm_vm *vm);
/**
 * rvh_gpt_set_levels() - Choose the guest-physical address width of a VM.
 * @vm:     It has no slot and no vCPU, so nothing is mapped.
 * @levels: In rvh_host.gpt_levels_mask.
 */
void rvh_gpt_set_levels(struct vmm_vm *vm, unsigned int levels);
void rvh_gpt_destroy(struct vmm_vm *vm);
/* How mapping a page went. */
enum rvh_map {
	RVH_MAP_DONE,
	RVH_MAP_NO_SLOT,	/* no memory there */
	RVH_MAP_READONLY,	/* a write to a read-only slot */
	RVH_MAP_ABSENT,		/* the host has no such page present, or it cannot be written */
	RVH_MAP_RETRY,		/* the host is changing it: run on, fault again */
	RVH_MAP_STOCK,		/* rvh_gpt_stock() first */
};

/**
 * rvh_gpt_map_present() - Map a guest page that the host has present, and neighbours.
 * @vcpu:  The calling thread's vCPU; current->mm is the VM's.
 * @gpa:   Guest-physical address, any alignment.
 * @write: It has to be writable; it is marked as written.
 *
 * Context: Process context; does not sleep, but on PREEMPT_RT.
 */
enum rvh_map rvh_gpt_map_present(struct vmm_vcpu *vcpu, gpa_t gpa, bool write);
/*
 * The same of a page that the host had to bring in. Its neighbours are absent like it was, or they
 * came with it, and then the next fault takes them along: they are not looked at.
 */
enum rvh_map rvh_gpt_map_brought(struct vmm_vcpu *vcpu, gpa_t gpa, bool write);
/*
 * The same in the inner loop, interrupts off. Where a fence of other harts is needed it is left in
 * vcpu->rvh.flush, for rvh_gpt_fence_left(), and the loop has to be left.
 */
enum rvh_map rvh_gpt_map_fast(struct vmm_vcpu *vcpu, gpa_t gpa, bool write);
void rvh_gpt_fence_left(struct vmm_vcpu *vcpu);
/**
 * rvh_gpt_map_pin() - Map one guest page that is pinned.
 * @vcpu: The calling thread's vCPU.
 * @gpa:  Guest-physical address, any alignment.
 * @pin:  The page, from vmm_gpa_pin().
 *
 * Context: Process context; slots.srcu held for reading.
 */
enum rvh_map rvh_gpt_map_pin(struct vmm_vcpu *vcpu, gpa_t gpa, const struct vmm_pin *pin);
/* Fill the vCPU's stock of page-table pages. Context: sleeps. Return: 0 or -ENOMEM. */
int rvh_gpt_stock(struct vmm_vcpu *vcpu);
void rvh_gpt_unstock(struct vmm_vcpu *vcpu);
/* Wait until all tables that were taken away are freed. Context: sleeps. */
void rvh_gpt_wait(void);

/* vcpu->rvh.ctx.scause when there is nothing to handle: no guest code ran, or it is done already */
#define RVH_CAUSE_NONE		(~0UL)
/* ... and when a fast handler has filled kvm_run in */
#define RVH_CAUSE_USER		(~1UL)
/* ... and when the guest cannot run: no guest interrupt file */
#define RVH_CAUSE_NO_FILE	(~2UL)

/* ---- exits --------------------------------------------------------------------------------- */

/* Did an interrupt of the host end the last run of guest code? */
static inline bool rvh_exit_is_irq(const struct rvh_ctx *ctx)
{
	return ctx->scause & HART_CAUSE_IRQ && ctx->scause < RVH_CAUSE_NO_FILE;
}

/* Called by switch.S with interrupts off; see there for the values. */
unsigned long rvh_fast(struct rvh_ctx *ctx);
unsigned long rvh_fast_call(struct rvh_ctx *ctx);

/* Is somebody interested in what rvh_exit_trace() tells? One instruction for each of them. */
static __always_inline bool rvh_exit_is_traced(void)
{
	return trace_kvm_exit_enabled() || trace_kvm_sbi_enabled() ||
	       trace_kvm_page_fault_enabled();
}

/* Tell tracers of the trap in vcpu->rvh.ctx. Context: out of guest context, interrupts off. */
void rvh_exit_trace(const struct vmm_vcpu *vcpu);

/*
 * Extensions whose calls there are most of, by their ids modulo the size. The answer is like a fast
 * handler of an exit.
 */
#define RVH_SBI_HOT	16
struct rvh_sbi_hot {
	u32	eid;
	u32	bit;		/* in rvh_vcpu.sbi_fast; 0: no row */
	enum rvh_verdict (*answer)(struct vmm_vcpu *vcpu);
};

extern const struct rvh_sbi_hot rvh_sbi_hot[RVH_SBI_HOT];

/* Of the other extensions. */
enum rvh_verdict rvh_sbi_fast(struct vmm_vcpu *vcpu);
/* Calls that the PMU counts are not for the inner loop. Context: the vCPU's thread. */
void rvh_sbi_choose_fast(struct vmm_vcpu *vcpu);
bool rvh_sbi_has_pmu(const struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_sbi(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_fault_fast(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_store_fast(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_fault(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_vinsn(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_reflect(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_breakpoint(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_vinsn_fast(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_illegal(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_illegal_fast(struct vmm_vcpu *vcpu);
enum rvh_verdict rvh_mmio(struct vmm_vcpu *vcpu, gpa_t gpa);
/**
 * rvh_mmio_fast() - Finish an access to an address without memory, or hand it to userspace.
 * @vcpu: The calling thread's vCPU, with a guest-page fault.
 * @gpa:  Of the access; no slot holds it.
 *
 * Context: The inner loop, interrupts off.
 * Return:  RVH_ADVANCE, RVH_ADVANCE_SHORT; RVH_USER; RVH_SLOW for what the hart did not describe in
 *          htinst, and for what is no plain load or store.
 */
enum rvh_verdict rvh_mmio_fast(struct vmm_vcpu *vcpu, gpa_t gpa);
/* The instruction that caused this exit. Return: false when it could not be fetched: run on. */
bool rvh_exit_insn(struct vmm_vcpu *vcpu, u32 *raw);
/* Step over an instruction, for vcpu->resume functions. */
void rvh_advance(struct vmm_vcpu *vcpu, unsigned int len);

/* Fill vcpu->rvh.inject with an exception at the current pc. Return: RVH_INJECT. */
enum rvh_verdict rvh_raise(struct vmm_vcpu *vcpu, unsigned long cause, unsigned long tval);
/* Apply an injection at once (for vcpu->resume functions). Context: not resident. */
void rvh_inject(struct vmm_vcpu *vcpu);

static inline struct vmm_vcpu *rvh_ctx_to_vcpu(struct rvh_ctx *ctx)
{
	return container_of(ctx, struct vmm_vcpu, rvh.ctx);
}

/* ---- debug.c -------------------------------------------------------------------------------- */

void rvh_step_vm_init(struct vmm_vm *vm);
/* Wait until no other vCPU of the VM is in the middle of a step. Return: 0 or -EINTR. */
int rvh_step_park(struct vmm_vcpu *vcpu);
/**
 * rvh_step_prepare() - The end of a step, or the begin of one.
 * @vcpu: The calling thread's vCPU, which is single-stepped.
 *
 * Return: VMM_STEP_AGAIN, or VMM_STEP_USER with KVM_EXIT_DEBUG.
 */
int rvh_step_prepare(struct vmm_vcpu *vcpu);
/* What is delegated meanwhile. */
unsigned long rvh_step_hedeleg(const struct vmm_vcpu *vcpu);
/* Instead of rvh_world_enter(): one instruction, or less. */
void rvh_step_enter(struct vmm_vcpu *vcpu);
/* Return: the trap is dealt with, and *ret is what vmm_arch_handle() has to return. */
bool rvh_step_handle(struct vmm_vcpu *vcpu, int *ret);

/* ---- hsm (sbi/hsm.c), used by the run loop -------------------------------------------------- */

/**
 * rvh_hsm_prepare() - Apply a pending start; say whether the vCPU may run.
 * @vcpu: The calling thread's vCPU.
 *
 * Return: VMM_STEP_AGAIN, or VMM_STEP_HALT while stopped.
 */
int rvh_hsm_prepare(struct vmm_vcpu *vcpu);
bool rvh_hsm_is_runnable(const struct vmm_vcpu *vcpu);
void rvh_hsm_init(struct vmm_vcpu *vcpu);

/* ---- legacy calls (sbi/legacy.c), used by the world switch ----------------------------------- */

/* An SBI call left the inner loop: read the mask it may have. Context: resident, interrupts off. */
void rvh_legacy_fetch(struct vmm_vcpu *vcpu, unsigned long hstatus);

/* ---- steal time (sbi/sta.c), used by the run loop -------------------------------------------- */

/* Is there something to be told? Context: the vCPU's thread. */
static inline bool rvh_sta_is_due(const struct vmm_vcpu *vcpu)
{
	const struct rvh_sta *sta = &vcpu->rvh.sta;

	return sta->on && (sta->preempted || sta->told != kshim_run_delay());
}

/* Tell it. Context: as before, process context; sleeps. */
void rvh_sta_update(struct vmm_vcpu *vcpu);

/* ---- registers (regs/onereg.c) -------------------------------------------------------------- */

/* A register set needs the vCPU's hart copies thrown away: memory is newer. */
static inline void rvh_vcpu_touch(struct vmm_vcpu *vcpu)
{
	vcpu->rvh.vs_stale = true;
}

#endif
