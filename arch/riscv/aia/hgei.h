/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The harts' guest interrupt files, AIA v1.0 §3.2.2 (Guest interrupt files) and Priv. v1.12 §8.2.4
 * (Hypervisor Guest External Interrupt Registers). Each hart has its own, numbered from 1.
 */
#ifndef RVH_HGEI_H
#define RVH_HGEI_H

#include <linux/types.h>

struct vimsic_regs;
struct vmm_vcpu;

#define RVH_HGEI_MAX	63	/* files of a hart */

/* Does any hart have guest interrupt files that may be used? Context: any. */
bool rvh_hgei_exist(void);

/* Highest identity of the guest interrupt files; 0 without any. Context: any. */
u32 rvh_hgei_ids(void);

/**
 * rvh_hgei_take() - Get a guest interrupt file of this hart.
 * @vcpu:  Who will own it.
 * @force: Rather take that of another vCPU than have none.
 *
 * That of a halted vCPU is taken anyway: its interrupt file goes on in memory. The new one's
 * contents are those after reset.
 *
 * Context: Interrupts off; the lock of no interrupt file is held.
 * Return:  Its number, or 0.
 */
unsigned int rvh_hgei_take(struct vmm_vcpu *vcpu, bool force);

/* Give it back, as it is after reset. Context: interrupts off, on its hart. */
void rvh_hgei_give(unsigned int file);

/* The page at which it takes MSIs. Context: interrupts off, on its hart. */
void __iomem *rvh_hgei_page(unsigned int file);

/**
 * rvh_hgei_load(), rvh_hgei_unload() - Fill a guest interrupt file; take out what it holds.
 * @file: Of this hart.
 * @regs: All of it. Unloading leaves the file as after reset.
 *
 * Context: Interrupts off.
 */
void rvh_hgei_load(unsigned int file, const struct vimsic_regs *regs);
void rvh_hgei_unload(unsigned int file, struct vimsic_regs *regs);

/**
 * rvh_hgei_arm(), rvh_hgei_disarm() - Let a file interrupt the host, or not.
 * @file: Of this hart.
 *
 * When it signals, rvh_imsic_ring() is called for its owner, once, with interrupts off.
 *
 * Context: Interrupts off.
 */
void rvh_hgei_arm(unsigned int file);
void rvh_hgei_disarm(unsigned int file);

/* Does a file of this hart signal? Context: preemption off. */
bool rvh_hgei_signals(unsigned int file);

#endif
