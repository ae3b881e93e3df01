/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of populate: bare, S-mode, position-independent. From a0 on, a1 bytes apart, it stores
 * the address to a2 places; then it looks whether all of them still hold it, and says how many do
 * not.
 */
	.section .rodata
	.balign	8
	.global	touch_start, touch_end
touch_start:
	mv	t0, a0
	mv	t1, a2
1:	sd	t0, 0(t0)
	add	t0, t0, a1
	addi	t1, t1, -1
	bnez	t1, 1b
	mv	t0, a0
	mv	t1, a2
	li	a0, 0
2:	ld	t2, 0(t0)
	beq	t2, t0, 3f
	addi	a0, a0, 1
3:	add	t0, t0, a1
	addi	t1, t1, -1
	bnez	t1, 2b
	li	a6, 0
	li	a7, 0x08ffffff
4:	ecall
	j	4b
touch_end:
	.section .note.GNU-stack, "", @progbits
