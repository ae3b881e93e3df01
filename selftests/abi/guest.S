/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bare guest code, position-independent, S-mode without paging. Copied to ABI_RAM; a test enters at
 * one of the labels with arguments in a0, a1. Function 0 of the extension ends each part.
 */
#define ABI_SBI_EID	0x08ffffff
#define SIE_STIE	(1 << 5)
#define SIE_SEIE	(1 << 9)
#define SSTATUS_FS	(3 << 13)
#define SSTATUS_VS	(3 << 9)
#define SBI_TIME	0x54494d45

	.section .rodata
	.balign	8
	.global	guest_start, guest_sbi, guest_mmio, guest_wfi, guest_spin, guest_access
	.global	guest_hammer, guest_sweep, guest_break
	.global	guest_nap, guest_turns
	.global	guest_stores, guest_sb, guest_sh, guest_sw, guest_sd, guest_csw, guest_csd
	.global	guest_ld, guest_burst, guest_loads, guest_mixed, guest_float
	.global	guest_units, guest_modes, guest_seed, guest_trap, guest_end
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

/* Sleeps a0 times until its timer is due, a1 ticks later. */
guest_nap:
	mv	s0, a0
	mv	s1, a1
	li	t0, SIE_STIE
	csrw	sie, t0
1:	rdtime	a0
	add	a0, a0, s1
	li	a6, 0
	li	a7, SBI_TIME
	ecall
2:	wfi
	csrr	t1, sip
	and	t1, t1, t0
	beqz	t1, 2b
	addi	s0, s0, -1
	bnez	s0, 1b
	j	done

/* Counts the word at a0 up a2 times, each time when its lowest bit is a1; waits by WRS.NTO. */
guest_turns:
	lr.d	t0, (a0)
	andi	t1, t0, 1
	beq	t1, a1, 1f
	.word	0x00d00073	/* wrs.nto */
	j	guest_turns
1:	addi	t0, t0, 1
	sd	t0, 0(a0)
	addi	a2, a2, -1
	bnez	a2, guest_turns
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
	lla	t0, guest_trap
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

	.altmacro
	.macro	each_reg op, n
	\op	%n
	.if	n - 31
	each_reg \op, %(n + 1)
	.endif
	.endm

	.macro	dump_f n
	fsd	f\n, 8 * \n(s1)
	.endm

	.macro	fill_f n
	fmv.d.x	f\n, t0
	addi	t0, t0, 1
	.endm

	.macro	fill_v n
	vmv.v.x	v\n, t0
	addi	t0, t0, 1
	.endm

/*
 * Writes all of floating point and, if a1 is not 0, of vector to (a0): f0 to f31, then fcsr,
 * vstart, vl, vtype, vcsr, then v0 to v31. Function 1 says so; the answer in a0 fills them: it and
 * what follows, in elements of 64 bits. Then it counts down from s3. Again and again.
 */
	.option	push
	.option	arch, +v
guest_units:
	mv	s0, a0
	mv	s2, a1
	li	t0, SSTATUS_FS
	csrs	sstatus, t0
	beqz	s2, 1f
	li	t0, SSTATUS_VS
	csrs	sstatus, t0
1:	mv	s1, s0
	each_reg dump_f, 0
	frcsr	t0
	sd	t0, 256(s1)
	beqz	s2, 2f
	csrr	t2, vstart
	sd	t2, 264(s1)
	csrr	t0, vl
	sd	t0, 272(s1)
	csrr	t0, vtype
	sd	t0, 280(s1)
	csrr	t0, vcsr
	sd	t0, 288(s1)
	csrr	t1, vlenb
	slli	t1, t1, 3
	addi	s1, s1, 296
	csrw	vstart, zero
	vs8r.v	v0, (s1)
	add	s1, s1, t1
	vs8r.v	v8, (s1)
	add	s1, s1, t1
	vs8r.v	v16, (s1)
	add	s1, s1, t1
	vs8r.v	v24, (s1)
	csrw	vstart, t2
2:	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	beqz	a0, 1b
	mv	t0, a0
	each_reg fill_f, 0
	andi	t0, a0, 7
	fscsr	t0
	beqz	s2, 1b
	mv	t0, a0
	vsetvli	t1, zero, e64, m1, ta, ma
	each_reg fill_v, 0
	andi	t0, a0, 7
	csrw	vcsr, t0
	vsetvli	zero, t0, e8, m1, ta, ma
	csrw	vstart, t0
	mv	t0, s3
3:	beqz	t0, 1b
	addi	t0, t0, -1
	j	3b

/*
 * Sets fcsr and, if a1 is not 0, vcsr to a0 or, if a2 is not 0 either, vl instead, and uses neither
 * unit otherwise. Function 1 says so, and what is there afterwards.
 */
guest_modes:
	mv	s1, a0
	mv	s2, a1
	mv	s3, a2
	li	t0, SSTATUS_FS
	csrs	sstatus, t0
	beqz	s2, 1f
	li	t0, SSTATUS_VS
	csrs	sstatus, t0
1:	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	fscsr	s1
	beqz	s2, 2f
	bnez	s3, 4f
	csrw	vcsr, s1
	j	2f
4:	vsetvli	zero, s1, e8, m1, ta, ma
2:	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	frcsr	a0
	beqz	s2, 3f
	csrr	a1, vcsr
	beqz	s3, 3f
	csrr	a1, vl
3:	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	j	done
	.option	pop

/*
 * Writes to the CSR seed in every form, with s2 and 5: function 1 says what came back, function 2
 * a trap.
 */
guest_seed:
	lla	t0, guest_trap
	csrw	stvec, t0
	li	s2, 0x5a
	csrrw	a0, 0x015, s2
	csrrs	a1, 0x015, s2
	csrrc	a2, 0x015, s2
	csrrwi	a3, 0x015, 5
	csrrsi	a4, 0x015, 5
	csrrwi	zero, 0x015, 5
	li	a6, 1
	li	a7, ABI_SBI_EID
	ecall
	csrr	a0, 0x015
	j	done

/* A trap handler: says sepc, scause and stval in function 2, steps over the instruction. */
	.balign	4
guest_trap:
	csrr	a0, sepc
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
