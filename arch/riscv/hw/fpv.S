/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Save and restore of the floating-point registers (struct rvh_fp) and of the vector registers
 * (struct rvh_vector), which have the layout of the kernel's struct __riscv_d_ext_state and struct
 * __riscv_v_ext_state. sstatus.FS or VS is on. (The kernel's own are not exported.)
 */
#include <linux/linkage.h>

#include "csr_num.h"

	.text
	.macro fp_regs op
	\op	f0, 0(a0)
	\op	f1, 8(a0)
	\op	f2, 16(a0)
	\op	f3, 24(a0)
	\op	f4, 32(a0)
	\op	f5, 40(a0)
	\op	f6, 48(a0)
	\op	f7, 56(a0)
	\op	f8, 64(a0)
	\op	f9, 72(a0)
	\op	f10, 80(a0)
	\op	f11, 88(a0)
	\op	f12, 96(a0)
	\op	f13, 104(a0)
	\op	f14, 112(a0)
	\op	f15, 120(a0)
	\op	f16, 128(a0)
	\op	f17, 136(a0)
	\op	f18, 144(a0)
	\op	f19, 152(a0)
	\op	f20, 160(a0)
	\op	f21, 168(a0)
	\op	f22, 176(a0)
	\op	f23, 184(a0)
	\op	f24, 192(a0)
	\op	f25, 200(a0)
	\op	f26, 208(a0)
	\op	f27, 216(a0)
	\op	f28, 224(a0)
	\op	f29, 232(a0)
	\op	f30, 240(a0)
	\op	f31, 248(a0)
	.endm

/* void hart_fp_save(struct rvh_fp *fp) */
SYM_FUNC_START(hart_fp_save)
	fp_regs	fsd
	frcsr	t0
	sw	t0, 256(a0)
	ret
SYM_FUNC_END(hart_fp_save)

/* void hart_fp_restore(const struct rvh_fp *fp) */
SYM_FUNC_START(hart_fp_restore)
	lw	t0, 256(a0)
	fp_regs	fld
	fscsr	t0
	ret
SYM_FUNC_END(hart_fp_restore)

/*
 * All of v0 to v31 from or to (a1), which is changed. Whole registers: neither vl nor vtype matter,
 * but vstart has to be 0. Vector v1.0 §7.9; spelled in numbers for assemblers without them.
 */
	.macro vector_regs opcode, width
	csrr	t1, HART_CSR_VLENB
	slli	t1, t1, 3
	csrwi	HART_CSR_VSTART, 0
	.insn	i \opcode, \width, x0, a1, -472
	add	a1, a1, t1
	.insn	i \opcode, \width, x8, a1, -472
	add	a1, a1, t1
	.insn	i \opcode, \width, x16, a1, -472
	add	a1, a1, t1
	.insn	i \opcode, \width, x24, a1, -472
	.endm

/* void hart_vector_save(struct rvh_vector *vector): the hart keeps what it has */
SYM_FUNC_START(hart_vector_save)
	csrr	t0, HART_CSR_VSTART
	csrr	t1, HART_CSR_VL
	csrr	t2, HART_CSR_VTYPE
	csrr	t3, HART_CSR_VCSR
	csrr	t4, HART_CSR_VLENB
	ld	a1, 40(a0)
	sd	t0, 0(a0)
	sd	t1, 8(a0)
	sd	t2, 16(a0)
	sd	t3, 24(a0)
	sd	t4, 32(a0)
	vector_regs 0x27, 0			/* vs8r.v v0, (a1) and so on */
	csrw	HART_CSR_VSTART, t0
	ret
SYM_FUNC_END(hart_vector_save)

/* void hart_vector_restore(const struct rvh_vector *vector) */
SYM_FUNC_START(hart_vector_restore)
	ld	a1, 40(a0)
	vector_regs 0x07, 7			/* vl8re64.v v0, (a1) and so on */
	ld	t0, 0(a0)
	ld	t1, 8(a0)
	ld	t2, 16(a0)
	ld	t3, 24(a0)
	.insn	r 0x57, 7, 0x40, x0, t1, t2	/* vsetvl zero, t1, t2: sets vstart to 0 */
	csrw	HART_CSR_VCSR, t3
	csrw	HART_CSR_VSTART, t0
	ret
SYM_FUNC_END(hart_vector_restore)
