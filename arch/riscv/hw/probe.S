/* SPDX-License-Identifier: GPL-2.0-only */
/* What a hart can do, found out by trying. */
#include <linux/linkage.h>

#include "csr_bits.h"
#include "csr_num.h"

	.text
/*
 * bool hart_seed_works(void)
 *
 * Poll the entropy source, whose permission M-mode may have kept for itself: that is an illegal
 * instruction. Interrupts are off.
 */
SYM_FUNC_START(hart_seed_works)
	csrr	t1, HART_CSR_SSTATUS
	lla	t0, .Lrefused
	csrrw	t0, HART_CSR_STVEC, t0
	csrrw	a0, HART_CSR_SEED, zero
	li	a0, 1
.Lout:
	csrw	HART_CSR_STVEC, t0
	ret

	.balign	4
.Lrefused:
	li	a0, 0
	csrw	HART_CSR_SSTATUS, t1
	j	.Lout
SYM_FUNC_END(hart_seed_works)

/*
 * void hart_try_guest(unsigned long pc, struct hart_trap_seen *seen, unsigned long hstatus)
 *
 * Execute VS-mode code that traps before it changes a register, and say how. Interrupts are off
 * here, and have to be off there, where sstatus.SIE means nothing.
 */
SYM_FUNC_START(hart_try_guest)
	csrr	t1, HART_CSR_SSTATUS
	csrr	t2, HART_CSR_HSTATUS
	csrrw	t3, HART_CSR_SIE, zero
	lla	t0, .Ltrapped
	csrrw	t0, HART_CSR_STVEC, t0
	csrw	HART_CSR_SEPC, a0
	li	t4, HART_SSTATUS_SPP
	or	t4, t4, t1
	csrw	HART_CSR_SSTATUS, t4
	csrw	HART_CSR_HSTATUS, a2
	sret

	.balign	4
.Ltrapped:
	csrr	t4, HART_CSR_SCAUSE
	csrr	t5, HART_CSR_SEPC
	csrr	t6, HART_CSR_HSTATUS
	sd	t4, 0(a1)
	sd	t5, 8(a1)
	sd	t6, 16(a1)
	csrw	HART_CSR_HSTATUS, t2
	csrw	HART_CSR_SSTATUS, t1
	csrw	HART_CSR_STVEC, t0
	csrw	HART_CSR_SIE, t3
	ret
SYM_FUNC_END(hart_try_guest)
