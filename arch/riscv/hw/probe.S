/* SPDX-License-Identifier: GPL-2.0-only */
/* What a hart can do, found out by trying. */
#include <linux/linkage.h>

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
