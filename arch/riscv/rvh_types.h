/* SPDX-License-Identifier: GPL-2.0-only */
/* What arch/riscv keeps in a VM and in a vCPU. Fields are for arch/riscv alone. */
#ifndef RVH_TYPES_H
#define RVH_TYPES_H

#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <vmm/addr.h>
#include <vmm/bus.h>
#include <vmm/slots.h>

#include "model/exitfilter.h"
#include "model/gstage.h"
#include "model/hostpt.h"
#include "model/isa.h"
#include "model/sbiabi.h"

/* ---- per VM ------------------------------------------------------------------------------ */

struct rvh_gpt {
	rwlock_t	lock;		/* write: take leaves away; read: change them; see gpt.c */
	unsigned int	removing;	/* written under lock: whose fence may be outstanding */
	struct gstage	tables;
	struct page	*root;
	u64		hgatp;		/* without the VMID */
	struct hostpt	host;		/* the owner's tables */
};

/* One VMID per VM, renewed when the generation moved on: vmid.c */
struct rvh_vmid {
	u64	generation;		/* acquire/release; written under the pool's lock */
	u64	serial;			/* tells VMs apart for good, unlike their addresses */
	u32	number;
};

/* Which harts may hold translations of this VM: fence.c */
struct rvh_tlb {
	cpumask_t	harts;
	u32		*last_vcpu;	/* by hart: index + 1 of the vCPU that ran there last */
};

struct rvh_aia;

struct rvh_vm {
	struct mutex	step_lock;	/* held by the vCPU that makes a single step */
	struct rvh_gpt	gpt;
	struct rvh_vmid	vmid;
	struct rvh_tlb	tlb;
	struct rvh_aia	*aia;		/* controllers that are set up, or NULL; acquire */
	struct rvh_aia	*aia_sink;	/* likewise; set before its sink is attached, for that */
	bool		aia_unsent;	/* their state was set: vmm_arch_prepare() sends MSIs */
	struct exitfilter *filter;	/* what userspace wants, or NULL; fixed before vCPUs */
	bool		mp_reset;	/* KVM_CAP_RISCV_MP_STATE_RESET; READ_ONCE */
	u64		time_delta;	/* guest time - host time, in ticks; READ_ONCE */
};

/* ---- per vCPU ---------------------------------------------------------------------------- */

/* The guest's integer state and what the world switch needs; offsets are known to switch.S. */
struct rvh_ctx {
	unsigned long	x[32];		/* x[0] is never written and stays 0 */
	unsigned long	pc;
	unsigned long	sstatus;	/* HS-level sstatus while the guest runs: SPP is its mode */
	unsigned long	hstatus;

	/* the trap that ended the last run of guest code, captured at once */
	unsigned long	scause;
	unsigned long	stval;
	unsigned long	htval;		/* valid for guest-page faults only, like htinst */
	unsigned long	htinst;

	unsigned long	host_s[12];
	unsigned long	host_ra;
	unsigned long	host_sp;
	unsigned long	host_gp;
	unsigned long	host_tp;
	unsigned long	host_sstatus;
	unsigned long	host_stvec;
};

/* VS-level CSRs, and those HS-level ones that VU and VS code uses directly. */
struct rvh_vs {
	unsigned long	vsstatus;
	unsigned long	vsie;
	unsigned long	vstvec;
	unsigned long	vsscratch;
	unsigned long	vsepc;
	unsigned long	vscause;
	unsigned long	vstval;
	unsigned long	vsatp;
	unsigned long	hvip;		/* VSSIP, VSTIP (no Sstc), VSEIP, LCOFIP */
	unsigned long	scounteren;
	unsigned long	senvcfg;
	unsigned long	sstateen0;
	unsigned long	vsiselect;	/* with Ssaia, like the next two */
	unsigned long	hviprio1;
	unsigned long	hviprio2;
	u64		vstimecmp;	/* last; also the deadline where there is no Sstc */
};

/* The layout of the kernel's struct __riscv_d_ext_state (checked in fp.c). */
struct rvh_fp {
	u64	f[32];
	u32	fcsr;
};

/* The layout of the kernel's struct __riscv_v_ext_state (checked in vector.c). */
struct rvh_vector {
	unsigned long	vstart;
	unsigned long	vl;
	unsigned long	vtype;
	unsigned long	vcsr;
	unsigned long	vlenb;		/* filled by each save */
	void		*regs;		/* v0 to v31; NULL where the host has no vector */
};

/*
 * Interrupt bits posted by others, in one word so that a pair of set and clear is one atomic step:
 * bits 0..31 are to be set, bits 32..63 to be cleared in hvip. A poster moves its bit to the one
 * half and out of the other; the vCPU takes the whole word.
 */
struct rvh_irq {
	atomic64_t	post;
	u32		fw_counted;	/* by the PMU, bit: enum pmuevent_firmware; READ_ONCE */
};

struct rvh_timer {
	struct hrtimer	hrt;
	raw_spinlock_t	lock;		/* without Sstc: hrt and VSTIP follow vs.vstimecmp */
};

/* Firmware features: sbi/fwft.c. Owner thread, or the vCPU's mutex. */
struct rvh_fwft {
	struct sbiabi_fwft	state;
	u8			available;	/* bit: feature; by host and extensions */
	u8			hidden;		/* what userspace does not want offered */
	bool			ad_default;	/* A and D are hardware's until told otherwise */
};

#define RVH_NO_GPA	(~0ULL)
#define RVH_FENCE_QUEUE	16

/* Fences that other harts asked this vCPU to execute: fence.c */
struct rvh_fence {
	int			hart;		/* where it ran last; owner thread only */
	raw_spinlock_t		lock;
	unsigned int		count;		/* over the queue's size: flush all */
	struct sbiabi_fence	queue[RVH_FENCE_QUEUE];
};

enum rvh_hsm_state {		/* SBI v3.0 chapter 9 (HSM Extension), table of hart states */
	RVH_HSM_STARTED		= 0,
	RVH_HSM_STOPPED		= 1,
	RVH_HSM_START_PENDING	= 2,
	RVH_HSM_SUSPENDED	= 4,
};

struct rvh_hsm {
	raw_spinlock_t		lock;
	enum rvh_hsm_state	state;		/* READ_ONCE; written under lock */
	unsigned long		pc;		/* of a pending start, or of a resume */
	unsigned long		opaque;
	bool			lost;		/* while suspended: its registers, too */
	bool			forget;		/* a reset of the system came over it; READ_ONCE */
};

#define RVH_LEGACY_WORDS	16	/* bits for VMM_MAX_VCPUS */

/* The mask of a legacy SBI call, read while the guest's translation was at hand: sbi/legacy.c */
struct rvh_legacy {
	unsigned long	cause;		/* why it could not be read, or 0 */
	unsigned long	stval;
	unsigned long	htval;
	unsigned int	words;		/* 0: there was none to be read */
	u64		mask[RVH_LEGACY_WORDS];
};

/* Steal time: sbi/sta.c. Owner thread, or the vCPU's mutex. */
struct rvh_sta {
	u64	shmem_lo;	/* address, as the SBI has it: all ones for none */
	u64	shmem_hi;
	bool	on;		/* the two are an address */
	bool	preempted;	/* what was written there last */
	pid_t	thread;		/* whose run_delay ... */
	u64	told;		/* ... the guest knows up to here */
};

/* How an exception is to be raised in the guest. */
struct rvh_fault_info {
	unsigned long	cause;
	unsigned long	tval;
	unsigned long	pc;		/* value for vsepc */
};

/* A user exit that the next KVM_RUN has to finish. */
struct rvh_mmio {
	u8		len;		/* of the access */
	u8		insn_len;
	u8		rd;
	bool		write;
	bool		sign;
};

/* The store that signalled an eventfd last, and what made it one: mmio.c. Owner thread. */
struct rvh_notify {
	unsigned long		htinst;
	unsigned long		slots;		/* their generation: none was there */
	struct vmm_bus_hint	hint;
	u64			mask;		/* of the bits that are stored */
	u8			rs2;		/* the register that is stored, below 32 */
	u8			insn_len;
};

/* Single-stepping: debug.c. Owner thread, or the vCPU's mutex. */
struct rvh_step {
	bool	on;
	bool	begun;		/* the step from pc on is not over */
	bool	looped;		/* it was a jump to itself */
	int	err;		/* why the step could not be made */
	u64	pc;
	struct rvh_plant {
		bool	there;	/* an ebreak, in place of parcel */
		u16	parcel;
		u64	gpa;
	}	next, trap;
};

struct rvh_imsic;
struct rvh_pmu;

struct rvh_vcpu {
	struct rvh_ctx	ctx;
	struct rvh_vs	vs;
	struct rvh_irq	irq;

	/* what the hart registers hold; owner thread, preemption off */
	bool		vs_stale;	/* memory is newer than any hart */
	bool		fp_lent;	/* the host task's FP registers are in its thread struct */
	bool		vector_lent;	/* the host task's vector registers likewise */
	bool		vector_stale;	/* memory is newer than the hart */
	unsigned long	vector_of_task;	/* sstatus.VS of the host task whose registers are lent */
	u32		insn;		/* fetched for this exit; see world.c */
	bool		insn_valid;
	struct gstage_pages spare;	/* page tables for the next fault; owner thread */
	gpa_t		spurious_gpa;	/* the hart remembers an old entry; or RVH_NO_GPA */
	struct gstage_flush flush;	/* of a fast fault: outstanding; owner thread */
	struct vmm_slot_hint hint;	/* of the last fault */
	bool		no_slot;	/* the fast fault found none */
	bool		absent;		/* the fast fault found that the host has to bring it in */
	struct sbi_ret	sbi_ret;	/* of the call being answered */
	struct rvh_pmu	*pmu;		/* made when first used; pmu.h */
	struct rvh_imsic *imsic;	/* its interrupt file; set before vm's aia */

	/* configuration, frozen by the first run */
	unsigned long	hedeleg;
	u64		henvcfg;
	u64		hstateen0;
	struct rvisa_set	isa;
	bool		no_ssaia;	/* userspace turned it off */
	u32		sbi_enabled;	/* bit: KVM_RISCV_SBI_EXT_* number */
	u32		sbi_fast;	/* those whose calls the inner loop may answer */
	unsigned long	mvendorid;
	unsigned long	marchid;
	unsigned long	mimpid;

	struct rvh_fault_info	inject;		/* with RVH_INJECT */
	struct rvh_mmio		mmio;		/* with a KVM_EXIT_MMIO */
	struct rvh_notify	notify;
	u8			csr_rd;		/* with a KVM_EXIT_RISCV_CSR */
	struct rvh_timer	timer;
	struct rvh_fence	fence;
	struct rvh_hsm		hsm;
	struct rvh_legacy	legacy;
	struct rvh_sta		sta;
	struct rvh_fwft		fwft;
	struct rvh_step		step;

	struct rvh_fp		fp;
	struct rvh_vector	vector;
};

#endif
