/* SPDX-License-Identifier: GPL-2.0-only */
/* Where an instruction leads, and where that is in guest memory: pure, for single-stepping. */
#ifndef RVH_MODEL_STEP_H
#define RVH_MODEL_STEP_H

#include <linux/types.h>

/* What an instruction does to the pc, when it does not trap. */
struct rvstep {
	u64	next;
	u8	link;		/* register that gets the address behind it; 0: none */
	u8	len;		/* of the instruction: 2 or 4 */
};

/**
 * rvstep_decode() - Where an instruction leads.
 * @raw:  The instruction; the upper half is ignored when it is a compressed one.
 * @pc:   Its address.
 * @x:    The 32 integer registers before it.
 * @sepc: That CSR, for an sret.
 * @step: Filled in. What is no jump, or no instruction, leads behind itself.
 *
 * Context: Any.
 */
void rvstep_decode(u32 raw, u64 pc, const u64 x[32], u64 sepc, struct rvstep *step);

/**
 * rvstep_read_fn - Read a page-table entry of the guest.
 * @arg: As for rvstep_translate().
 * @gpa: Guest-physical address, a multiple of 8.
 * @pte: Filled in.
 *
 * Return: 0 or -errno.
 */
typedef int (*rvstep_read_fn)(void *arg, u64 gpa, u64 *pte);

/**
 * rvstep_translate() - Where an address of code is in guest memory.
 * @satp: The guest's.
 * @gva:  Virtual address.
 * @read: Reads the tables.
 * @arg:  For @read.
 * @gpa:  Filled in.
 *
 * Priv. v1.12 §4.3.2 (Virtual Address Translation Process), but that it changes nothing and does
 * not look at the privilege: what the guest may not fetch traps when it tries.
 *
 * Context: As @read.
 * Return:  0; -EFAULT no code is there; or the error of @read.
 */
int rvstep_translate(u64 satp, u64 gva, rvstep_read_fn read, void *arg, u64 *gpa);

#endif
