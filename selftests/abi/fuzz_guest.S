/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs fuzz_*_test have their guest do, S-mode without paging: records are worked off
 * one after the other, and the last ecall says that all are done. Position-independent.
 */
#define ABI_SBI_EID	0x08ffffff
#define CAUSE_NONE	-1
#define FUZZ_INSNS	0x80080000
#define SAVED_TRAPS	16		/* of FUZZ_SAVED: how often fuzz_handler ran */
#define TRAPS_MAX	2000
#define SSTATUS_SPP	(1 << 8)

/* struct fuzz_call */
#define CALL_ERROR	64
#define CALL_VALUE	72
#define CALL_CHANGED	80
#define CALL_SIZE	88

/* struct fuzz_csr */
#define CSR_CODE	0
#define CSR_OPERAND	8
#define CSR_USER	16
#define CSR_OLD		24
#define CSR_RD		32
#define CSR_NEW		40
#define CSR_CAUSE	48
#define CSR_TVAL	56
#define CSR_EPC		64
#define CSR_SIZE	72

	.section .rodata
	.balign	8
	.global	fuzz_start, fuzz_calls, fuzz_csrs, fuzz_handler, fuzz_finish, fuzz_done, fuzz_end
	.option	norvc
fuzz_start:

	/* A number of its own for each register that a call must not change. */
	.macro	others op
	.set	number, 0x100
	.irp	reg, ra, sp, gp, tp, t0, t1, t2, t3, t4, t5, t6, \
		s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
	\op	\reg, number
	.set	number, number + 1
	.endr
	.endm

	.macro	changed reg, number
	addi	a1, \reg, -\number
	or	a0, a0, a1
	.endm

	.macro	changed_argument reg, at
	ld	a1, \at(s0)
	xor	a1, a1, \reg
	or	a0, a0, a1
	.endm

/* a0: records, a1: how many. */
fuzz_calls:
	mv	s0, a0
	mv	s1, a1
1:	ld	a0, 0(s0)
	ld	a1, 8(s0)
	ld	a2, 16(s0)
	ld	a3, 24(s0)
	ld	a4, 32(s0)
	ld	a5, 40(s0)
	ld	a6, 48(s0)
	ld	a7, 56(s0)
	others	li
	ecall
	sd	a0, CALL_ERROR(s0)
	sd	a1, CALL_VALUE(s0)
	li	a0, 0
	others	changed
	changed_argument a2, 16
	changed_argument a3, 24
	changed_argument a4, 32
	changed_argument a5, 40
	changed_argument a6, 48
	changed_argument a7, 56
	sd	a0, CALL_CHANGED(s0)
	addi	s0, s0, CALL_SIZE
	addi	s1, s1, -1
	bnez	s1, 1b
	j	fuzz_finish

/*
 * The same for CSRs. A record's code reads the CSR to t0, does to it what is to be tried (to t1,
 * from t2), reads it to t3, writes t0 back, and returns: by ra, or from U-mode by an ecall.
 */
fuzz_csrs:
	mv	s0, a0
	mv	s1, a1
	lla	t0, 3f
	csrw	stvec, t0
	fence.i
1:	ld	t2, CSR_OPERAND(s0)
	ld	t4, CSR_CODE(s0)
	ld	t5, CSR_USER(s0)
	li	t0, 0
	li	t1, 0
	li	t3, 0
	bnez	t5, 2f
	jalr	ra, t4
	li	t4, CAUSE_NONE
	sd	t4, CSR_CAUSE(s0)
	j	4f
2:	csrw	sepc, t4
	li	t5, SSTATUS_SPP
	csrc	sstatus, t5
	sret

	.balign	4
3:	csrr	t4, scause
	sd	t4, CSR_CAUSE(s0)
	csrr	t4, stval
	sd	t4, CSR_TVAL(s0)
	csrr	t4, sepc
	sd	t4, CSR_EPC(s0)
4:	sd	t0, CSR_OLD(s0)
	sd	t1, CSR_RD(s0)
	sd	t3, CSR_NEW(s0)
	addi	s0, s0, CSR_SIZE
	addi	s1, s1, -1
	bnez	s1, 1b

fuzz_finish:
	li	a6, 0
	li	a7, ABI_SBI_EID
fuzz_done:
	ecall
	j	fuzz_finish

/*
 * Where instructions trap that userspace made up, S- or U-mode: the next one is tried. sscratch has
 * the address of FUZZ_SAVED, unless one of them changed it. Whatever goes wrong, userspace ends it.
 */
	.balign	4
fuzz_handler:
	csrrw	t6, sscratch, t6
	sd	t5, 0(t6)
	csrr	t5, scause
	bltz	t5, 3f
	ld	t5, SAVED_TRAPS(t6)
	addi	t5, t5, 1
	sd	t5, SAVED_TRAPS(t6)
	addi	t5, t5, -TRAPS_MAX
	bgez	t5, fuzz_finish
	csrr	t5, sepc
	srli	t5, t5, 12
	addi	t5, t5, -(FUZZ_INSNS >> 12 & 0x7ff)
	slli	t5, t5, 53
	bnez	t5, fuzz_finish		/* not in the page of instructions */
	csrr	t5, sepc
	andi	t5, t5, -2
	lhu	t5, 0(t5)
	sd	t4, 8(t6)
	li	t4, 3
	and	t5, t5, t4
	sltu	t5, t5, t4
	xori	t5, t5, 1
	slli	t5, t5, 1
	addi	t5, t5, 2
	csrr	t4, sepc
	add	t5, t5, t4
	csrw	sepc, t5
	ld	t4, 8(t6)
2:	ld	t5, 0(t6)
	csrrw	t6, sscratch, t6
	sret
3:	csrw	sie, zero
	j	2b
fuzz_end:
	.section .note.GNU-stack, "", @progbits
