/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to guest memory through the guest's own translation, with recovery from faults. */
#include <linux/linkage.h>

#include "csr_num.h"

	.text
/*
 * unsigned long hart_fetch_insn(unsigned long gva, u32 *raw, unsigned long hstatus)
 *
 * HLVX.HU, Priv. v1.12 §8.3.1: a read with execute permission and the privilege of hstatus.SPVP.
 * The kernel's trap table knows no guest-page fault, so stvec points here meanwhile; a trap
 * clobbers sepc, scause, stval, htval and htinst, which the caller has captured.
 * Interrupts are off and the vCPU is resident. Returns 0, or the cause of the fault.
 */
SYM_FUNC_START(hart_fetch_insn)
	csrrw	a2, HART_CSR_HSTATUS, a2
	csrr	t1, HART_CSR_SSTATUS
	lla	t0, .Lfault
	csrrw	t0, HART_CSR_STVEC, t0
	.insn	r 0x73, 4, 0x32, a3, a0, x3	/* hlvx.hu a3, (a0) */
	not	a4, a3
	andi	a4, a4, 3
	bnez	a4, .Ldone			/* 16 bits long */
	addi	a0, a0, 2
	.insn	r 0x73, 4, 0x32, a4, a0, x3	/* hlvx.hu a4, (a0) */
	slli	a4, a4, 16
	or	a3, a3, a4
.Ldone:
	sw	a3, 0(a1)
	li	a0, 0
.Lout:
	csrw	HART_CSR_STVEC, t0
	csrw	HART_CSR_HSTATUS, a2
	ret

	.balign	4
.Lfault:
	csrr	a0, HART_CSR_SCAUSE
	csrw	HART_CSR_SSTATUS, t1
	j	.Lout
SYM_FUNC_END(hart_fetch_insn)

/*
 * unsigned long hart_read_guest(unsigned long gva, u64 *value, unsigned long hstatus,
 *				 struct hart_fault *fault)
 *
 * Load 8 bytes as a guest would. Returns 0, or the cause of the fault with stval and htval in
 * *fault. Else as above.
 */
SYM_FUNC_START(hart_read_guest)
	csrrw	a2, HART_CSR_HSTATUS, a2
	csrr	t1, HART_CSR_SSTATUS
	lla	t0, .Lread_fault
	csrrw	t0, HART_CSR_STVEC, t0
	.insn	r 0x73, 4, 0x36, a4, a0, x0	/* hlv.d a4, (a0) */
	sd	a4, 0(a1)
	li	a0, 0
.Lread_out:
	csrw	HART_CSR_STVEC, t0
	csrw	HART_CSR_HSTATUS, a2
	ret

	.balign	4
.Lread_fault:
	csrr	a0, HART_CSR_STVAL
	csrr	a4, HART_CSR_HTVAL
	sd	a0, 0(a3)
	sd	a4, 8(a3)
	csrr	a0, HART_CSR_SCAUSE
	csrw	HART_CSR_SSTATUS, t1
	j	.Lread_out
SYM_FUNC_END(hart_read_guest)

/*
 * void hart_load_guest(unsigned long gva, unsigned long hstatus)
 * void hart_store_guest(unsigned long gva, unsigned long hstatus)
 *
 * Load 8 bytes, or store 0 there, as a guest would by hgatp, vsatp and hstatus.SPVP; a fault is the
 * end of it. Else as above.
 */
SYM_FUNC_START(hart_load_guest)
	li	a2, 0
	j	hart_access_guest
SYM_FUNC_END(hart_load_guest)

SYM_FUNC_START(hart_store_guest)
	li	a2, 1
	j	hart_access_guest
SYM_FUNC_END(hart_store_guest)

SYM_FUNC_START_LOCAL(hart_access_guest)
	csrrw	a1, HART_CSR_HSTATUS, a1
	csrr	t1, HART_CSR_SSTATUS
	lla	t0, .Laccess_fault
	csrrw	t0, HART_CSR_STVEC, t0
	bnez	a2, .Lstore
	.insn	r 0x73, 4, 0x36, a3, a0, x0	/* hlv.d a3, (a0) */
	j	.Laccess_out
.Lstore:
	.insn	r 0x73, 4, 0x37, x0, a0, x0	/* hsv.d zero, (a0) */
.Laccess_out:
	csrw	HART_CSR_STVEC, t0
	csrw	HART_CSR_HSTATUS, a1
	ret

	.balign	4
.Laccess_fault:
	csrw	HART_CSR_SSTATUS, t1
	j	.Laccess_out
SYM_FUNC_END(hart_access_guest)
