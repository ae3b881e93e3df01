// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control transfer instructions: Unpriv. 20240411 §2.5 (Control Transfer Instructions), §28.4 (the
 * compressed ones); sret: Priv. v1.12 §3.3.2 (Trap-Return Instructions).
 */
#include "step.h"

#include <linux/bits.h>
#include <linux/errno.h>

#define INSN_SRET	0x10200073u

static u64 sign_extend(u64 value, unsigned int bits)
{
	u64 sign = 1ULL << (bits - 1);

	return ((value & (sign | (sign - 1))) ^ sign) - sign;
}

/* Bits [high:low] of an instruction, to be bits from @to on of an immediate. */
static u64 field(u32 raw, unsigned int high, unsigned int low, unsigned int to)
{
	return (u64)((raw & GENMASK(high, low)) >> low) << to;
}

static bool branch_is_taken(u32 raw, const u64 x[32])
{
	u64 a = x[field(raw, 19, 15, 0)], b = x[field(raw, 24, 20, 0)];

	switch (field(raw, 14, 12, 0)) {
	case 0:
		return a == b;
	case 1:
		return a != b;
	case 4:
		return (s64)a < (s64)b;
	case 5:
		return (s64)a >= (s64)b;
	case 6:
		return a < b;
	case 7:
		return a >= b;
	default:
		return false;
	}
}

static void decode_long(u32 raw, u64 pc, const u64 x[32], struct rvstep *step)
{
	switch (raw & 0x7f) {
	case 0x6f:	/* jal */
		step->link = field(raw, 11, 7, 0);
		step->next = pc + sign_extend(field(raw, 31, 31, 20) | field(raw, 19, 12, 12) |
					      field(raw, 20, 20, 11) | field(raw, 30, 21, 1), 21);
		break;
	case 0x67:	/* jalr */
		if (field(raw, 14, 12, 0))
			break;
		step->link = field(raw, 11, 7, 0);
		step->next = (x[field(raw, 19, 15, 0)] +
			      sign_extend(field(raw, 31, 20, 0), 12)) & ~1ULL;
		break;
	case 0x63:	/* branches */
		if (branch_is_taken(raw, x))
			step->next = pc + sign_extend(field(raw, 31, 31, 12) |
						      field(raw, 7, 7, 11) |
						      field(raw, 30, 25, 5) |
						      field(raw, 11, 8, 1), 13);
		break;
	}
}

static u64 short_jump(u32 raw)
{
	return sign_extend(field(raw, 12, 12, 11) | field(raw, 11, 11, 4) |
			   field(raw, 10, 9, 8) | field(raw, 8, 8, 10) | field(raw, 7, 7, 6) |
			   field(raw, 6, 6, 7) | field(raw, 5, 3, 1) | field(raw, 2, 2, 5), 12);
}

static u64 short_branch(u32 raw)
{
	return sign_extend(field(raw, 12, 12, 8) | field(raw, 11, 10, 3) | field(raw, 6, 5, 6) |
			   field(raw, 4, 3, 1) | field(raw, 2, 2, 5), 9);
}

static void decode_short(u16 raw, u64 pc, const u64 x[32], struct rvstep *step)
{
	unsigned int rs1 = field(raw, 11, 7, 0);

	switch (raw & 0xe003) {
	case 0xa001:	/* c.j */
		step->next = pc + short_jump(raw);
		break;
	case 0xc001:	/* c.beqz */
		if (!x[8 + field(raw, 9, 7, 0)])
			step->next = pc + short_branch(raw);
		break;
	case 0xe001:	/* c.bnez */
		if (x[8 + field(raw, 9, 7, 0)])
			step->next = pc + short_branch(raw);
		break;
	case 0x8002:	/* c.jr, c.jalr; with a second register c.mv, c.add */
		if (!rs1 || raw & GENMASK(6, 2))
			break;
		step->next = x[rs1] & ~1ULL;
		step->link = field(raw, 12, 12, 0);
		break;
	}
}

void rvstep_decode(u32 raw, u64 pc, const u64 x[32], u64 sepc, struct rvstep *step)
{
	step->len = (raw & 3) == 3 ? 4 : 2;
	step->next = pc + step->len;
	step->link = 0;
	if (raw == INSN_SRET)
		step->next = sepc & ~1ULL;
	else if (step->len == 4)
		decode_long(raw, pc, x, step);
	else
		decode_short(raw, pc, x, step);
}

/* ---- translation ---------------------------------------------------------------------------- */

#define PTE_V		BIT_ULL(0)
#define PTE_R		BIT_ULL(1)
#define PTE_W		BIT_ULL(2)
#define PTE_X		BIT_ULL(3)
#define PTE_N		BIT_ULL(63)
#define PTE_PPN(pte)	(((pte) & GENMASK_ULL(53, 10)) >> 10)
#define PTE_RESERVED	GENMASK_ULL(60, 54)

#define SATP_PPN(satp)	((satp) & GENMASK_ULL(43, 0))
#define SATP_SV39	8	/* and Sv48, Sv57 */

#define NAPOT_64K	8	/* the ppn's low four bits: the only size there is, Svnapot v1.0 */

/* The page that a leaf of a level gives for an address. Return: false when it is no good one. */
static bool leaf_page(u64 pte, unsigned int level, u64 gva, u64 *gpa)
{
	u64 low = level ? GENMASK_ULL(9 * level - 1, 0) : 0, ppn = PTE_PPN(pte);

	if (pte & PTE_N) {
		if (level || (ppn & 15) != NAPOT_64K)
			return false;
		low = 15;
	} else if (ppn & low) {
		return false;
	}
	*gpa = ((ppn & ~low) | (gva >> 12 & low)) << 12 | (gva & 4095);
	return true;
}

int rvstep_translate(u64 satp, u64 gva, rvstep_read_fn read, void *arg, u64 *gpa)
{
	unsigned int mode = satp >> 60, level;
	u64 table = SATP_PPN(satp) << 12, pte;
	int err;

	if (!mode) {
		*gpa = gva;
		return 0;
	}
	if (mode < SATP_SV39 || mode > SATP_SV39 + 2)
		return -EFAULT;
	level = mode - SATP_SV39 + 3;
	if (sign_extend(gva, 12 + 9 * level) != gva)
		return -EFAULT;
	while (level--) {
		err = read(arg, table + 8 * (gva >> (12 + 9 * level) & 511), &pte);
		if (err)
			return err;
		if (!(pte & PTE_V) || (!(pte & PTE_R) && pte & PTE_W) || pte & PTE_RESERVED)
			return -EFAULT;
		if (pte & (PTE_R | PTE_X))
			return pte & PTE_X && leaf_page(pte, level, gva, gpa) ? 0 : -EFAULT;
		table = PTE_PPN(pte) << 12;
	}
	return -EFAULT;
}
