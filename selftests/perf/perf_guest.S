/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bare guest loops, position-independent, S-mode without paging. The program enters at a label
 * with the number of rounds in s0, an address in s1 and a step in s2; the experimental SBI
 * extension ends the loop.
 */
#define SBI_USER	0x08ffffff
#define SBI_BASE	0x10
#define SBI_TIME	0x54494d45
#define SBI_IPI		0x735049
#define SBI_RFENCE	0x52464e43
#define SIP_SSIP	2

/* AIA: CSRs by number, for assemblers that do not know them, and registers of an interrupt file */
#define SISELECT	0x150
#define SIREG		0x151
#define STOPEI		0x15c
#define EIDELIVERY	0x70
#define EIE0		0xc0

	.macro loop name
	.global	\name
\name:
	.endm

	.macro again name
	addi	s0, s0, -1
	bnez	s0, \name
	j	perf_done
	.endm

	.section .rodata
	.balign	8
	.global	perf_start, perf_end
perf_start:

loop perf_empty
	again perf_empty

loop perf_sbi_base
	li	a7, SBI_BASE
	li	a6, 0
	ecall
	again perf_sbi_base

/* Far ahead, so that none ever fires. */
loop perf_set_timer
	li	a7, SBI_TIME
	li	a6, 0
	li	a0, -2
	ecall
	again perf_set_timer

loop perf_ipi_self
	li	a7, SBI_IPI
	li	a6, 0
	li	a0, 1
	li	a1, 0
	ecall
	csrci	sip, SIP_SSIP
	again perf_ipi_self

loop perf_fence_self
	li	a7, SBI_RFENCE
	li	a6, 1
	li	a0, 1
	li	a1, 0
	li	a2, 0
	li	a3, -1
	ecall
	again perf_fence_self

loop perf_wfi_pending
	csrsi	sie, SIP_SSIP
	csrsi	sip, SIP_SSIP
	wfi
	again perf_wfi_pending

loop perf_sbi_user
	li	a7, SBI_USER
	li	a6, 1
	ecall
	again perf_sbi_user

loop perf_store
	sw	zero, 0(s1)
	add	s1, s1, s2
	again perf_store

loop perf_load
	lw	t0, 0(s1)
	add	s1, s1, s2
	again perf_load

/* Interrupt file: deliver identity 1. */
loop perf_msi_begin
	li	t0, EIDELIVERY
	csrw	SISELECT, t0
	csrwi	SIREG, 1
	li	t0, EIE0
	csrw	SISELECT, t0
	csrwi	SIREG, 2
	j	perf_done

/* A store that has a message sent to the vCPU that runs, and claiming that. */
loop perf_msi
	sw	zero, 0(s1)
1:	csrrw	t0, STOPEI, zero
	beqz	t0, 1b
	again perf_msi

perf_done:
	li	a7, SBI_USER
	li	a6, 0
	ecall
	j	perf_done
perf_end:
