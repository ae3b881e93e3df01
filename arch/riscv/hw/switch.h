/* SPDX-License-Identifier: GPL-2.0-only */
/* The assembly routines. */
#ifndef RVH_HW_SWITCH_H
#define RVH_HW_SWITCH_H

#include <linux/types.h>

struct rvh_ctx;
struct rvh_fp;
struct rvh_vector;

void hart_run(struct rvh_ctx *ctx);
unsigned long hart_fetch_insn(unsigned long gva, u32 *raw, unsigned long hstatus);
/* What a fault of the hart leaves in these registers. */
struct hart_fault {
	unsigned long	stval;
	unsigned long	htval;
};

unsigned long hart_read_guest(unsigned long gva, u64 *value, unsigned long hstatus,
			      struct hart_fault *fault);
void hart_load_guest(unsigned long gva, unsigned long hstatus);
void hart_store_guest(unsigned long gva, unsigned long hstatus);
bool hart_seed_works(void);

struct hart_trap_seen {
	unsigned long	scause;
	unsigned long	sepc;
	unsigned long	hstatus;
};

void hart_try_guest(unsigned long pc, struct hart_trap_seen *seen, unsigned long hstatus);
void hart_fp_save(struct rvh_fp *fp);
void hart_fp_restore(const struct rvh_fp *fp);
void hart_vector_save(struct rvh_vector *vector);
void hart_vector_restore(const struct rvh_vector *vector);

/* What rvh_fast() returns to switch.S */
#define HART_FAST_LEAVE		0
#define HART_FAST_AGAIN		1
#define HART_FAST_RELOAD	2	/* again; the handler changed s1 to s11 in memory */

#endif
