/* SPDX-License-Identifier: GPL-2.0-only */
/* Decoding of the few instructions a hypervisor has to understand: pure. */
#ifndef RVH_MODEL_INSN_H
#define RVH_MODEL_INSN_H

#include <linux/types.h>

enum rvinsn_kind {
	RVINSN_UNKNOWN,
	RVINSN_LOAD,		/* integer load: width, sign, rd */
	RVINSN_STORE,		/* integer store: width, rs2 */
	RVINSN_CSR,		/* csr, op, rd, rs1 or immediate */
	RVINSN_WFI,
	RVINSN_WRS_NTO,
	RVINSN_WRS_STO,
	RVINSN_SRET,
	RVINSN_FENCE_VMA,	/* sfence.vma, sinval.vma and the H-extension fences */
	RVINSN_FLOAT,		/* an F/D/Zfh load, store, move or computation */
	RVINSN_VECTOR,
};

enum rvinsn_csr_op {
	RVINSN_CSR_WRITE,
	RVINSN_CSR_SET,
	RVINSN_CSR_CLEAR,
};

struct rvinsn {
	enum rvinsn_kind	kind;
	u8	len;		/* bytes of the instruction: 2 or 4 */
	u8	width;		/* bytes of memory: 1, 2, 4, 8 */
	bool	sign;		/* a load sign-extends */
	u8	rd;
	u8	rs1;
	u8	rs2;
	/* CSR instructions */
	enum rvinsn_csr_op csr_op;
	bool	csr_imm;	/* rs1 is a 5-bit immediate */
	bool	csr_reads;	/* rd != 0 or not csrrw */
	bool	csr_writes;	/* csrrw, or rs1 != 0 */
	u16	csr;
};

/* What htinst says, Priv. v1.12 §8.6.3 (Transformed Instruction or Pseudoinstruction) */
enum rvinsn_htinst {
	RVINSN_HTINST_NONE,	/* zero: the instruction has to be fetched */
	RVINSN_HTINST_INSN,	/* *insn is filled in */
	RVINSN_HTINST_PT_READ,	/* implicit read of a VS-stage page table */
	RVINSN_HTINST_PT_WRITE,
	RVINSN_HTINST_CUSTOM,
};

unsigned int rvinsn_length(u16 low);
void rvinsn_decode(u32 raw, struct rvinsn *insn);
enum rvinsn_htinst rvinsn_decode_htinst(u64 htinst, struct rvinsn *insn);
u64 rvinsn_load_value(const struct rvinsn *insn, u64 data);

#endif
