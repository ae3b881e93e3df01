/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bare guest code, position-independent, S-mode without paging. Copied to ABI_RAM; a test enters at
 * one of the labels with arguments in a0, a1. Function 0 of the extension ends each part.
 */
#define ABI_SBI_EID	0x08ffffff
#define SIE_SEIE	(1 << 9)
#define SSTATUS_FS	(3 << 13)

	.section .rodata
	.balign	8
	.global	guest_start, guest_sbi, guest_mmio, guest_wfi, guest_spin, guest_access
	.global	guest_hammer, guest_sweep, guest_break
	.global	guest_stores, guest_sb, guest_sh, guest_sw, guest_sd, guest_csw, guest_csd
	.global	guest_ld, guest_burst, guest_loads, guest_mixed, guest_float, guest_end
guest_start:

/* Hands six arguments over; hands what came back over as arguments of the next call. */
guest_sbi:
	li	a0, 0x10
	li	a1, 0x11
	li	a2, 0x12
	li	a3, 0x13
	li	a4, 0x14
	li	a5, 0x15
	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	li	a6, 2
	ecall
	j	done

/* a0: a device. Stores of t0, then loads, in every form; the test knows the order. */
guest_mmio:
	mv	s0, a0
	.option	push
	.option	norvc
	sb	t0, 0(s0)
	sh	t0, 2(s0)
	sw	t0, 4(s0)
	sd	t0, 8(s0)
	.option	pop
	mv	a5, t0
	c.sw	a5, 16(s0)
	c.sd	a5, 24(s0)
	.option	push
	.option	norvc
	lb	s2, 1(s0)
	lbu	s3, 3(s0)
	lh	s4, 2(s0)
	lhu	s5, 6(s0)
	lw	s6, 4(s0)
	lwu	s7, 12(s0)
	ld	s8, 8(s0)
	ld	zero, 16(s0)
	.option	pop
	c.lw	s1, 16(s0)
	c.ld	a4, 24(s0)
	j	done

/* Sleeps until the external interrupt is pending, then says sip, twice. */
guest_wfi:
	li	t0, SIE_SEIE
	csrw	sie, t0
1:	wfi
	csrr	a0, sip
	and	t1, a0, t0
	beqz	t1, 1b
	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	csrr	a0, sip
	j	done

/* Counts in t0 for ever. */
guest_spin:
	addi	t0, t0, 1
	j	guest_spin

/* Store a1 to (a0), load it back to a2, say so; again and again. */
guest_access:
	sd	a1, 0(a0)
	ld	a2, 0(a0)
	mv	s2, a0
	mv	s3, a1
	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	mv	a0, s2
	mv	a1, s3
	j	guest_access

/* Stores a1 to (a0) for ever. */
guest_hammer:
	sd	a1, 0(a0)
	j	guest_hammer

/* Writes a count that rises to a1 pages from a0 on, round and round. */
guest_sweep:
	li	t3, 0x1000
1:	mv	t1, a0
	mv	t2, a1
2:	addi	t0, t0, 1
	sd	t0, 0(t1)
	add	t1, t1, t3
	addi	t2, t2, -1
	bnez	t2, 2b
	j	1b

/*
 * Says function 1; the answer is the address and the value of a store, and the test has put the
 * address of one of the stores below into s2. Again and again.
 */
guest_stores:
	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	jr	s2
	.option	push
	.option	norvc
guest_sb:
	sb	a1, 0(a0)
	j	guest_stores
guest_sh:
	sh	a1, 0(a0)
	j	guest_stores
guest_sw:
	sw	a1, 0(a0)
	j	guest_stores
guest_sd:
	sd	a1, 0(a0)
	j	guest_stores
/* What it loads is an argument of the next call. */
guest_ld:
	ld	a1, 0(a0)
	j	guest_stores
	.option	pop
guest_csw:
	c.sw	a1, 0(a0)
	j	guest_stores
guest_csd:
	c.sd	a1, 0(a0)
	j	guest_stores

/* Says function 1 with what was loaded last in a0; the answer is the address of the next load. */
guest_loads:
	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	ld	a0, 0(a0)
	j	guest_loads

/* s3 stores of values that rise by one. */
guest_burst:
	sd	a1, 0(a0)
	addi	a1, a1, 1
	addi	s3, s3, -1
	bnez	s3, guest_burst
	j	guest_stores

/* a0: a device. Loads, stores and calls for ever, whatever comes back; counts in s1. */
guest_mixed:
	mv	s0, a0
1:	ld	t0, 0(s0)
	sd	t0, 8(s0)
	lw	t0, 16(s0)
	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	addi	s1, s1, 1
	j	1b

/* An ebreak; the guest's own handler says sepc and scause in function 1. */
guest_break:
	lla	t0, 1f
	csrw	stvec, t0
	.option	push
	.option	norvc
	ebreak
	.option	pop
	j	done
	.balign	4
1:	csrr	a0, sepc
	csrr	a1, scause
	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	j	done

/*
 * Floating point that is off, an illegal instruction, then a1 in a register, which function 1 says
 * along with fcsr when a0 of its answer is 0. Traps are told by function 2.
 */
guest_float:
	lla	t0, 3f
	csrw	stvec, t0
	li	t1, SSTATUS_FS
	csrc	sstatus, t1
	mv	s1, a1
	fmv.d.x	fs0, zero
	csrs	sstatus, t1
	.word	0x700b		/* custom-0 */
	fmv.d.x	fs0, s1
	li	t0, 5
	fscsr	t0
1:	li	a0, 0
	li	a1, 0
2:	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	bnez	a0, 1b
	fmv.x.d	a0, fs0
	frcsr	a1
	j	2b
	.balign	4
3:	csrr	a0, sepc
	csrr	a1, scause
	csrr	a2, stval
	li	a6, 2
	li	a7, ABI_SBI_EID
	ecall
	csrr	t0, sepc
	addi	t0, t0, 4
	csrw	sepc, t0
	sret

done:
	li	a6, 0
	li	a7, ABI_SBI_EID
	ecall
	j	done
guest_end:
	.section .note.GNU-stack, "", @progbits
