/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world switch and the inner loop around it.
 *
 * Guest code is entered by sret with hstatus.SPV set (Priv. v1.12 §8.6.4) and left by a trap to
 * hart_trap. Between the two the host's callee-saved registers are in the context; the guest's
 * s1 to s11 stay in the hart while the C handler runs, since that preserves them. Only an exit
 * that leaves the loop, or one whose handler may want them, stores them.
 *
 * While C runs, stvec is the host's and sscratch is 0, as everywhere in the kernel. hstatus,
 * sstatus and sepc are written before every sret: a WARN or a page fault in C changes all three.
 */
#include <linux/linkage.h>

#include "csr_num.h"
#include "hart_offsets.h"

#define CAUSE_ECALL_VS	10

/* What the C handler returns */
#define FAST_LEAVE	0
#define FAST_AGAIN	1	/* FAST_RELOAD is anything else */

#define X(n)		(CTX_X + 8 * (n))(a0)
#define HOST_S(n)	(CTX_HOST_S + 8 * (n))(a0)

	.macro guest_s op
	\op	s1, X(9)
	\op	s2, X(18)
	\op	s3, X(19)
	\op	s4, X(20)
	\op	s5, X(21)
	\op	s6, X(22)
	\op	s7, X(23)
	\op	s8, X(24)
	\op	s9, X(25)
	\op	s10, X(26)
	\op	s11, X(27)
	.endm

	/* s0 apart: it is the host's frame pointer while C runs */
	.macro host_s op
	\op	s1, HOST_S(1)
	\op	s2, HOST_S(2)
	\op	s3, HOST_S(3)
	\op	s4, HOST_S(4)
	\op	s5, HOST_S(5)
	\op	s6, HOST_S(6)
	\op	s7, HOST_S(7)
	\op	s8, HOST_S(8)
	\op	s9, HOST_S(9)
	\op	s10, HOST_S(10)
	\op	s11, HOST_S(11)
	.endm

	/* all but s1 to s11 and a0 */
	.macro guest_rest op
	\op	ra, X(1)
	\op	sp, X(2)
	\op	gp, X(3)
	\op	tp, X(4)
	\op	t0, X(5)
	\op	t1, X(6)
	\op	t2, X(7)
	\op	s0, X(8)
	\op	a1, X(11)
	\op	a2, X(12)
	\op	a3, X(13)
	\op	a4, X(14)
	\op	a5, X(15)
	\op	a6, X(16)
	\op	a7, X(17)
	\op	t3, X(28)
	\op	t4, X(29)
	\op	t5, X(30)
	\op	t6, X(31)
	.endm

	.text
/*
 * void hart_run(struct rvh_ctx *ctx)
 *
 * Runs the guest until rvh_fast() or rvh_fast_call() declines an exit, or a host interrupt is
 * pending.
 * Interrupts are off; ctx is in linear memory, because the window in which stvec is ours must not
 * fault.
 */
SYM_FUNC_START(hart_run)
	addi	sp, sp, -16
	sd	a0, 0(sp)
	csrr	t0, HART_CSR_STVEC
	sd	t0, CTX_HOST_STVEC(a0)
	sd	ra, CTX_HOST_RA(a0)
	sd	sp, CTX_HOST_SP(a0)
	sd	gp, CTX_HOST_GP(a0)
	sd	tp, CTX_HOST_TP(a0)
	sd	s0, HOST_S(0)
	host_s	sd
	guest_s	ld

.Lenter:
	ld	t0, CTX_HSTATUS(a0)
	ld	t1, CTX_SSTATUS(a0)
	ld	t2, CTX_PC(a0)
	lla	t3, hart_trap
	csrw	HART_CSR_HSTATUS, t0
	csrrw	t1, HART_CSR_SSTATUS, t1
	csrw	HART_CSR_SEPC, t2
	csrw	HART_CSR_STVEC, t3
	csrw	HART_CSR_SSCRATCH, a0
	sd	t1, CTX_HOST_SSTATUS(a0)
	guest_rest ld
	ld	a0, X(10)
	sret

	.balign	4
SYM_INNER_LABEL(hart_trap, SYM_L_LOCAL)
	csrrw	a0, HART_CSR_SSCRATCH, a0
	guest_rest sd
	csrrw	t0, HART_CSR_SSCRATCH, zero
	ld	t1, CTX_HOST_STVEC(a0)
	ld	t2, CTX_HOST_SSTATUS(a0)
	csrr	t3, HART_CSR_SCAUSE
	csrr	t4, HART_CSR_SEPC
	csrw	HART_CSR_STVEC, t1
	csrrw	t2, HART_CSR_SSTATUS, t2
	sd	t0, X(10)
	sd	t2, CTX_SSTATUS(a0)
	sd	t3, CTX_SCAUSE(a0)
	sd	t4, CTX_PC(a0)
	ld	sp, CTX_HOST_SP(a0)
	ld	gp, CTX_HOST_GP(a0)
	ld	tp, CTX_HOST_TP(a0)
	ld	s0, HOST_S(0)
	li	t5, CAUSE_ECALL_VS
	bne	t3, t5, .Lother

	call	rvh_fast_call
	mv	t0, a0
	ld	a0, 0(sp)
	bnez	t0, .Lenter
	guest_s	sd

.Lleave:
	host_s	ld
	ld	ra, CTX_HOST_RA(a0)
	addi	sp, sp, 16
	ret

.Lother:
	guest_s	sd
	bltz	t3, .Lleave		/* a host interrupt is taken outside */
	csrr	t0, HART_CSR_STVAL
	csrr	t1, HART_CSR_HTVAL
	csrr	t2, HART_CSR_HTINST
	sd	t0, CTX_STVAL(a0)
	sd	t1, CTX_HTVAL(a0)
	sd	t2, CTX_HTINST(a0)
	call	rvh_fast
	mv	t0, a0
	ld	a0, 0(sp)
	beqz	t0, .Lleave
	li	t1, FAST_AGAIN
	beq	t0, t1, .Lenter
	guest_s	ld
	j	.Lenter
SYM_FUNC_END(hart_run)
