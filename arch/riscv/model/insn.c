// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instruction decoder. Encodings: Unpriv. 20191213 chapter 24 (RV32/64G Instruction Set Listings)
 * and §16.8 (RVC Instruction Set Listings), Zcb and Zawrs of their own ratified documents,
 * supervisor and hypervisor instructions of Priv. v1.12.
 */
#include "insn.h"

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/types.h>

/* Fields of a 32-bit instruction */
#define OPCODE		GENMASK(6, 0)
#define RD		GENMASK(11, 7)
#define FUNCT3		GENMASK(14, 12)
#define RS1		GENMASK(19, 15)
#define RS2		GENMASK(24, 20)
#define FUNCT7		GENMASK(31, 25)
#define FUNCT12		GENMASK(31, 20)

/* Major opcodes, Unpriv. table 24.1 (RISC-V base opcode map) */
#define OP_LOAD		0x03
#define OP_LOAD_FP	0x07
#define OP_STORE	0x23
#define OP_STORE_FP	0x27
#define OP_MADD		0x43
#define OP_MSUB		0x47
#define OP_NMSUB	0x4b
#define OP_NMADD	0x4f
#define OP_FP		0x53
#define OP_V		0x57
#define OP_SYSTEM	0x73
#define OP_VE		0x77	/* vector cryptography, funct3 OPMVV */

#define FUNCT3_OPMVV	2
#define FUNCT3_PRIV	0
#define FUNCT3_HLSV	4	/* hypervisor loads and stores, may-be operations */
#define FUNCT3_CSR_IMM	BIT(2)
#define FUNCT3_CSR_OP	GENMASK(1, 0)

/* Privileged instructions without operands, funct12 */
#define PRIV_WRS_NTO		0x00d
#define PRIV_WRS_STO		0x01d
#define PRIV_SRET		0x102
#define PRIV_WFI		0x105
#define PRIV_SFENCE_W_INVAL	0x180
#define PRIV_SFENCE_INVAL_IR	0x181

/* Fences with rs1 (address) and rs2 (address space), funct7 */
#define PRIV_SFENCE_VMA		0x09
#define PRIV_SINVAL_VMA		0x0b
#define PRIV_HFENCE_VVMA	0x11
#define PRIV_HINVAL_VVMA	0x13
#define PRIV_HFENCE_GVMA	0x31
#define PRIV_HINVAL_GVMA	0x33

/* Fields of a compressed instruction */
#define C_QUADRANT	GENMASK(1, 0)
#define C_FUNCT3	GENMASK(15, 13)
#define C_RD		GENMASK(11, 7)	/* CI format */
#define C_RS2		GENMASK(6, 2)	/* CSS format */
#define C_RS1_PRIME	GENMASK(9, 7)	/* CL and CS formats: x8..x15 */
#define C_RD_PRIME	GENMASK(4, 2)	/* rd' of CL, rs2' of CS */
#define C_ZCB_OP	GENMASK(12, 10)
#define C_ZCB_BIT6	BIT(6)

#define REG_SP		2

/* htinst, Priv. v1.12 §8.6.3, table 8.9 (Special pseudoinstruction values) */
#define HTINST_PT32_READ	0x2000
#define HTINST_PT32_WRITE	0x2020
#define HTINST_PT64_READ	0x3000
#define HTINST_PT64_WRITE	0x3020
#define HTINST_INSN		BIT(0)	/* a transformed instruction */
#define HTINST_LONG		BIT(1)	/* that was not compressed */

unsigned int rvinsn_length(u16 low)
{
	return (low & C_QUADRANT) == C_QUADRANT ? 4 : 2;
}

static void set_load(struct rvinsn *insn, unsigned int width, bool sign, u8 rs1, u8 rd)
{
	insn->kind = RVINSN_LOAD;
	insn->width = width;
	insn->sign = sign;
	insn->rs1 = rs1;
	insn->rd = rd;
}

static void set_store(struct rvinsn *insn, unsigned int width, u8 rs1, u8 rs2)
{
	insn->kind = RVINSN_STORE;
	insn->width = width;
	insn->rs1 = rs1;
	insn->rs2 = rs2;
}

static void decode_load(u32 raw, struct rvinsn *insn)
{
	unsigned int funct3 = FIELD_GET(FUNCT3, raw);

	/* LB LH LW LD, then LBU LHU LWU; the eighth code is reserved. */
	if (funct3 == 7)
		return;
	set_load(insn, 1u << (funct3 & 3), funct3 < 4, FIELD_GET(RS1, raw), FIELD_GET(RD, raw));
}

static void decode_store(u32 raw, struct rvinsn *insn)
{
	unsigned int funct3 = FIELD_GET(FUNCT3, raw);

	if (funct3 > 3)
		return;
	set_store(insn, 1u << funct3, FIELD_GET(RS1, raw), FIELD_GET(RS2, raw));
}

/* Floating-point and vector accesses share opcodes: widths 1 to 4 are scalar (h, w, d, q). */
static void decode_fp_access(u32 raw, struct rvinsn *insn)
{
	unsigned int width = FIELD_GET(FUNCT3, raw);

	insn->kind = width >= 1 && width <= 4 ? RVINSN_FLOAT : RVINSN_VECTOR;
}

static void decode_csr(u32 raw, struct rvinsn *insn)
{
	unsigned int funct3 = FIELD_GET(FUNCT3, raw);

	insn->kind = RVINSN_CSR;
	insn->csr = FIELD_GET(FUNCT12, raw);
	insn->rd = FIELD_GET(RD, raw);
	insn->rs1 = FIELD_GET(RS1, raw);
	insn->csr_imm = funct3 & FUNCT3_CSR_IMM;
	insn->csr_op = RVINSN_CSR_WRITE + FIELD_GET(FUNCT3_CSR_OP, funct3) - 1;

	/*
	 * Which accesses have side effects: Unpriv. 20191213 table 9.1 (Conditions determining
	 * whether a CSR instruction reads or writes the specified CSR).
	 */
	insn->csr_reads = insn->csr_op != RVINSN_CSR_WRITE || insn->rd;
	insn->csr_writes = insn->csr_op == RVINSN_CSR_WRITE || insn->rs1;
}

static void decode_fence(u32 raw, struct rvinsn *insn)
{
	switch (FIELD_GET(FUNCT7, raw)) {
	case PRIV_SFENCE_VMA:
	case PRIV_SINVAL_VMA:
	case PRIV_HFENCE_VVMA:
	case PRIV_HINVAL_VVMA:
	case PRIV_HFENCE_GVMA:
	case PRIV_HINVAL_GVMA:
		insn->kind = RVINSN_FENCE_VMA;
		insn->rs1 = FIELD_GET(RS1, raw);
		insn->rs2 = FIELD_GET(RS2, raw);
		break;
	default:
		break;
	}
}

static enum rvinsn_kind priv_kind(unsigned int funct12)
{
	switch (funct12) {
	case PRIV_WRS_NTO:
		return RVINSN_WRS_NTO;
	case PRIV_WRS_STO:
		return RVINSN_WRS_STO;
	case PRIV_SRET:
		return RVINSN_SRET;
	case PRIV_WFI:
		return RVINSN_WFI;
	case PRIV_SFENCE_W_INVAL:
	case PRIV_SFENCE_INVAL_IR:
		return RVINSN_FENCE_VMA;
	default:
		return RVINSN_UNKNOWN;
	}
}

static void decode_system(u32 raw, struct rvinsn *insn)
{
	unsigned int funct3 = FIELD_GET(FUNCT3, raw);

	if (funct3 == FUNCT3_HLSV)
		return;
	if (funct3 != FUNCT3_PRIV) {
		decode_csr(raw, insn);
		return;
	}
	if (FIELD_GET(RD, raw))
		return;
	if (!FIELD_GET(RS1, raw))
		insn->kind = priv_kind(FIELD_GET(FUNCT12, raw));
	if (insn->kind == RVINSN_UNKNOWN)
		decode_fence(raw, insn);
}

static void decode_32(u32 raw, struct rvinsn *insn)
{
	switch (FIELD_GET(OPCODE, raw)) {
	case OP_LOAD:
		decode_load(raw, insn);
		break;
	case OP_STORE:
		decode_store(raw, insn);
		break;
	case OP_LOAD_FP:
	case OP_STORE_FP:
		decode_fp_access(raw, insn);
		break;
	case OP_MADD:
	case OP_MSUB:
	case OP_NMSUB:
	case OP_NMADD:
	case OP_FP:
		insn->kind = RVINSN_FLOAT;
		break;
	case OP_V:
		insn->kind = RVINSN_VECTOR;
		break;
	case OP_VE:
		if (FIELD_GET(FUNCT3, raw) == FUNCT3_OPMVV)
			insn->kind = RVINSN_VECTOR;
		break;
	case OP_SYSTEM:
		decode_system(raw, insn);
		break;
	default:
		break;
	}
}

/* Byte and halfword accesses, Zc v1.0.4 §2.4 (Zcb) */
static void decode_zcb(u32 raw, struct rvinsn *insn, u8 rs1, u8 reg)
{
	switch (FIELD_GET(C_ZCB_OP, raw)) {
	case 0:
		set_load(insn, 1, false, rs1, reg);
		break;
	case 1:
		set_load(insn, 2, raw & C_ZCB_BIT6, rs1, reg);
		break;
	case 2:
		set_store(insn, 1, rs1, reg);
		break;
	case 3:
		if (!(raw & C_ZCB_BIT6))
			set_store(insn, 2, rs1, reg);
		break;
	default:
		break;
	}
}

static void decode_quadrant0(u32 raw, struct rvinsn *insn)
{
	u8 rs1 = 8 + FIELD_GET(C_RS1_PRIME, raw);
	u8 reg = 8 + FIELD_GET(C_RD_PRIME, raw);

	switch (FIELD_GET(C_FUNCT3, raw)) {
	case 1:	/* C.FLD */
	case 5:	/* C.FSD */
		insn->kind = RVINSN_FLOAT;
		break;
	case 2:
		set_load(insn, 4, true, rs1, reg);
		break;
	case 3:
		set_load(insn, 8, true, rs1, reg);
		break;
	case 4:
		decode_zcb(raw, insn, rs1, reg);
		break;
	case 6:
		set_store(insn, 4, rs1, reg);
		break;
	case 7:
		set_store(insn, 8, rs1, reg);
		break;
	default:
		break;
	}
}

static void decode_quadrant2(u32 raw, struct rvinsn *insn)
{
	u8 rd = FIELD_GET(C_RD, raw);

	switch (FIELD_GET(C_FUNCT3, raw)) {
	case 1:	/* C.FLDSP */
	case 5:	/* C.FSDSP */
		insn->kind = RVINSN_FLOAT;
		break;
	case 2:
		if (rd)		/* C.LWSP with rd = 0 is reserved */
			set_load(insn, 4, true, REG_SP, rd);
		break;
	case 3:
		if (rd)		/* so is C.LDSP */
			set_load(insn, 8, true, REG_SP, rd);
		break;
	case 6:
		set_store(insn, 4, REG_SP, FIELD_GET(C_RS2, raw));
		break;
	case 7:
		set_store(insn, 8, REG_SP, FIELD_GET(C_RS2, raw));
		break;
	default:
		break;
	}
}

void rvinsn_decode(u32 raw, struct rvinsn *insn)
{
	*insn = (struct rvinsn) { .len = rvinsn_length(raw) };

	switch (raw & C_QUADRANT) {
	case 0:
		decode_quadrant0(raw, insn);
		break;
	case 1:	/* jumps, branches and arithmetic only */
		break;
	case 2:
		decode_quadrant2(raw, insn);
		break;
	default:
		decode_32(raw, insn);
		break;
	}
}

enum rvinsn_htinst rvinsn_decode_htinst(u64 htinst, struct rvinsn *insn)
{
	u32 raw = htinst | HTINST_LONG;

	*insn = (struct rvinsn) { };

	switch (htinst) {
	case 0:
		return RVINSN_HTINST_NONE;
	case HTINST_PT32_READ:
	case HTINST_PT64_READ:
		return RVINSN_HTINST_PT_READ;
	case HTINST_PT32_WRITE:
	case HTINST_PT64_WRITE:
		return RVINSN_HTINST_PT_WRITE;
	default:
		break;
	}
	if (htinst >> 32 || !(htinst & HTINST_INSN))
		return RVINSN_HTINST_CUSTOM;

	switch (FIELD_GET(OPCODE, raw)) {
	case OP_LOAD:
	case OP_STORE:
	case OP_LOAD_FP:
	case OP_STORE_FP:
		rvinsn_decode(raw, insn);
		break;
	default:
		break;
	}
	if (insn->kind == RVINSN_UNKNOWN) {
		insn->len = 0;
		return RVINSN_HTINST_CUSTOM;
	}

	/* The field of rs1 holds the offset of the faulting byte in a misaligned access. */
	insn->rs1 = 0;
	insn->len = htinst & HTINST_LONG ? 4 : 2;
	return RVINSN_HTINST_INSN;
}

u64 rvinsn_load_value(const struct rvinsn *insn, u64 data)
{
	switch (insn->width) {
	case 1:
		return insn->sign ? (u64)(s8)data : (u8)data;
	case 2:
		return insn->sign ? (u64)(s16)data : (u16)data;
	case 4:
		return insn->sign ? (u64)(s32)data : (u32)data;
	default:
		return data;
	}
}
