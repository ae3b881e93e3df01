/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt controllers of a VM: an APLIC, and an interrupt file (IMSIC) for each vCPU. What
 * they are to do is in model/vaplic.c, model/vimsic.c and model/aiamap.c.
 */
#ifndef RVH_AIA_H
#define RVH_AIA_H

#include <linux/compiler.h>
#include <linux/spinlock.h>

#include "../model/aiamap.h"
#include "../model/vaplic.h"
#include "../model/vimsic.h"
#include "../rvh.h"

/* A device of KVM_DEV_TYPE_RISCV_AIA, of which a VM has one at most. */
struct rvh_aia {
	struct vmm_vm		*vm;

	/* Set up by attributes, under vm->lock; all that follows is fixed once ready. */
	bool			ready;		/* under vm->lock */
	struct aiamap_config	config;
	u32			mode;		/* KVM_DEV_RISCV_AIA_MODE_* */
	bool			direct;		/* the APLIC signals harts itself: no IMSIC */
	u64			imsic[VMM_MAX_VCPUS];	/* addresses */

	struct aiamap		*map;		/* NULL with direct delivery */
	u32			nr_vcpus;
	struct vmm_vcpu		**vcpus;	/* by the order of creation */

	raw_spinlock_t		lock;		/* of the APLIC; below vm->irq.line_lock */
	struct vaplic		*aplic;		/* NULL without wired sources */
};

/* The interrupt file of a vCPU; lives as long as the vCPU. */
struct rvh_imsic {
	struct vimsic		file;	/* what is not in a guest interrupt file */
	bool			accel;	/* it may be in one; fixed before it runs */
	bool			must;	/* it has to be while the guest runs; likewise */

	raw_spinlock_t		lock;	/* of the next three, below aia->lock; see imsic.c */
	void __iomem		*page;	/* of a guest interrupt file; NULL: it is in memory */
	unsigned int		hgei;	/* its number ... */
	int			cpu;	/* ... and hart; or -1; READ_ONCE */

	bool			armed;	/* it may interrupt the host; owner thread */
	bool			rung;	/* it did since the last entry; READ_ONCE */
};

/* The controllers of a VM, once they are set up: then they live as long as it. Context: any. */
static __always_inline struct rvh_aia *rvh_aia_of(const struct vmm_vm *vm)
{
	/* Pairs with aia_init(). */
	return smp_load_acquire(&vm->rvh.aia);
}

/* The vCPU of a hart index, as the APLIC and addresses have it; or NULL. Context: any. */
struct vmm_vcpu *rvh_aia_vcpu(const struct rvh_aia *aia, u32 hart);

/* ---- imsic.c -------------------------------------------------------------------------------- */

/**
 * rvh_imsic_create() - Give a vCPU that has none an interrupt file.
 * @vcpu: It has never run.
 * @aia:  How it is to be.
 *
 * Context: The vCPU's mutex is held.
 * Return:  0 or -ENOMEM.
 */
int rvh_imsic_create(struct vmm_vcpu *vcpu, const struct rvh_aia *aia);

/* Take it out of this hart's guest interrupt file, if it is there. Context: interrupts off. */
void rvh_imsic_leave(struct vmm_vcpu *vcpu);

/* Its guest interrupt file signals to the host. Context: interrupts off, on that file's hart. */
void rvh_imsic_ring(struct vmm_vcpu *vcpu);

/**
 * rvh_imsic_post() - An MSI for a vCPU.
 * @vcpu: It has an interrupt file.
 * @id:   Any number.
 *
 * Context: Any. Lock-free for a file in software; others take its lock.
 */
void rvh_imsic_post(struct vmm_vcpu *vcpu, u32 id);

/* A store to the page of a vCPU's interrupt file. As before. */
void rvh_imsic_store(struct vmm_vcpu *vcpu, u32 offset, unsigned int len, u32 value);

/* Is there such a register? Context: any. */
bool rvh_imsic_has(const struct vmm_vcpu *vcpu, u32 iselect);

/**
 * rvh_imsic_get(), rvh_imsic_set() - A register of an interrupt file for userspace.
 * @vcpu:    It has an interrupt file, and may be running.
 * @iselect: Any number.
 * @value:   The whole register.
 *
 * Context: Process context.
 * Return:  0; -EINVAL no such register.
 */
int rvh_imsic_get(struct vmm_vcpu *vcpu, u32 iselect, unsigned long *value);
int rvh_imsic_set(struct vmm_vcpu *vcpu, u32 iselect, unsigned long value);

/* ---- aplic.c -------------------------------------------------------------------------------- */

/* Make the APLIC that is configured. Context: vm->lock held. Return: 0 or -ENOMEM. */
int rvh_aplic_create(struct rvh_aia *aia);

/* A wired source changes. Context: any; takes aia->lock. */
void rvh_aplic_input(struct rvh_aia *aia, u32 source, bool level);

/* Loads and stores of 32 bits by a vCPU. Context: process context, no lock held. */
u32 rvh_aplic_load(struct rvh_aia *aia, u32 offset);
void rvh_aplic_store(struct rvh_aia *aia, u32 offset, u32 value);

/* State for userspace. @attr: see rvh_aplic_has(). Context: vm->lock held. */
bool rvh_aplic_has(const struct rvh_aia *aia, u64 attr);
u32 rvh_aplic_get(struct rvh_aia *aia, u64 attr);
void rvh_aplic_set(struct rvh_aia *aia, u64 attr, u32 value);

#endif
