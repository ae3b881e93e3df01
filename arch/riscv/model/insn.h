/* SPDX-License-Identifier: GPL-2.0-only */
/* Decoding of the few instructions a hypervisor has to understand: pure. */
#ifndef RVH_MODEL_INSN_H
#define RVH_MODEL_INSN_H

#include <linux/types.h>

enum rvinsn_kind {
	RVINSN_UNKNOWN,
	RVINSN_LOAD,		/* integer load: width, sign, rd, rs1 */
	RVINSN_STORE,		/* integer store: width, rs2, rs1 */
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

/* Fields that the kind does not name are zero. */
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
	RVINSN_HTINST_INSN,	/* *insn is filled in; its rs1 is not known and reads 0 */
	RVINSN_HTINST_PT_READ,	/* implicit read of a VS-stage page table */
	RVINSN_HTINST_PT_WRITE,
	RVINSN_HTINST_CUSTOM,	/* not a load or store we know: fetch the instruction */
};

/**
 * rvinsn_length() - Length of an instruction by its first 16 bits.
 * @low: First parcel of the instruction, in host byte order.
 *
 * Encodings of 48 bits and more are reserved (Unpriv. 20191213 §1.5, Base Instruction-Length
 * Encoding); they count as 4 and decode to RVINSN_UNKNOWN.
 *
 * Context: Any.
 * Return: 2 or 4 bytes.
 */
unsigned int rvinsn_length(u16 low);

/**
 * rvinsn_decode() - Decode one RV64 instruction.
 * @raw:  The instruction; the upper half is ignored when it is a compressed one.
 * @insn: Filled in completely, RVINSN_UNKNOWN for what a hypervisor need not understand.
 *
 * The encoding alone decides: whether the guest has the extension is the caller's question.
 *
 * Context: Any.
 */
void rvinsn_decode(u32 raw, struct rvinsn *insn);

/**
 * rvinsn_decode_htinst() - Decode what the hart wrote to htinst.
 * @htinst: Value of the CSR, captured at the trap.
 * @insn:   Filled in for RVINSN_HTINST_INSN, else cleared to RVINSN_UNKNOWN. The length is that
 *          of the original instruction: 2 when a compressed one was expanded.
 *
 * Context: Any.
 * Return: What the value is.
 */
enum rvinsn_htinst rvinsn_decode_htinst(u64 htinst, struct rvinsn *insn);

/*
 * Plain loads and stores in htinst, field by field: the same as rvinsn_decode_htinst() says of what
 * devices are made for, in a few instructions. The fields are those of such an access only.
 *
 * Bit 0: an instruction; bit 1: a long one; bits 6 to 2: LOAD is 0, STORE is 8.
 */
static inline unsigned int rvinsn_htinst_funct3(u64 htinst)
{
	return (htinst >> 12) & 7;
}

static inline bool rvinsn_htinst_is_load(u64 htinst)
{
	return (htinst & ~0xffffff82ULL) == 0x01 && rvinsn_htinst_funct3(htinst) < 7;
}

static inline bool rvinsn_htinst_is_store(u64 htinst)
{
	return (htinst & ~0xffffff82ULL) == 0x21 && rvinsn_htinst_funct3(htinst) < 4;
}

static inline unsigned int rvinsn_htinst_len(u64 htinst)
{
	return (htinst & 2) + 2;
}

static inline unsigned int rvinsn_htinst_width(u64 htinst)
{
	return 1U << ((htinst >> 12) & 3);
}

static inline bool rvinsn_htinst_sign(u64 htinst)
{
	return rvinsn_htinst_funct3(htinst) < 4;
}

static inline unsigned int rvinsn_htinst_rd(u64 htinst)
{
	return (htinst >> 7) & 31;
}

static inline unsigned int rvinsn_htinst_rs2(u64 htinst)
{
	return (htinst >> 20) & 31;
}

/**
 * rvinsn_load_value() - What a load writes to rd.
 * @insn: A decoded RVINSN_LOAD.
 * @data: Memory content, little-endian value; bits beyond the width are ignored.
 *
 * Context: Any.
 * Return: @data extended to 64 bits by the rule of the instruction.
 */
u64 rvinsn_load_value(const struct rvinsn *insn, u64 data);

#endif
