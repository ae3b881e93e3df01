// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions at random, by the formats of the Unprivileged and the Privileged Architecture: with
 * nothing but random words, hardly one would get past the decoder of a hart.
 */
#include "fuzz.h"

#define OPCODE_LOAD	0x03
#define OPCODE_LOAD_FP	0x07
#define OPCODE_MISC_MEM	0x0f
#define OPCODE_OP_IMM	0x13
#define OPCODE_STORE	0x23
#define OPCODE_STORE_FP	0x27
#define OPCODE_AMO	0x2f
#define OPCODE_OP	0x33
#define OPCODE_OP_32	0x3b
#define OPCODE_MADD	0x43
#define OPCODE_OP_FP	0x53
#define OPCODE_OP_V	0x57
#define OPCODE_SYSTEM	0x73

#define FUNCT3(n)	((uint32_t)(n) << 12)
#define FUNCT7(n)	((uint32_t)(n) << 25)
#define CSR(n)		((uint32_t)(n) << 20)

static uint32_t word(struct fuzz_random *random)
{
	return fuzz_random(random) >> 32;
}

/* All fields but the opcode are random. */
static uint32_t any(struct fuzz_random *random, uint32_t opcode)
{
	return (word(random) & ~0x7fU) | opcode;
}

static uint32_t registers(struct fuzz_random *random)
{
	return word(random) & (31U << 7 | 31U << 15 | 31U << 20);
}

/* Without an operand, or with all of them in registers. */
static uint32_t privileged(struct fuzz_random *random)
{
	static const uint32_t whole[] = {
		0x00000073, 0x00100073,			/* ecall, ebreak */
		0x00200073, 0x10200073, 0x30200073, 0x7b200073,	/* uret, sret, mret, dret */
		0x10500073, 0x00d00073, 0x01d00073,	/* wfi, wrs.nto, wrs.sto */
		0x70200073,				/* mnret */
	};
	static const uint8_t fences[] = {
		0x09, 0x0b, 0x0c, 0x11, 0x13, 0x31, 0x33,	/* (s|h)(fence|inval) */
	};

	switch (fuzz_below(random, 3)) {
	case 0:
		return whole[fuzz_below(random, sizeof(whole) / sizeof(whole[0]))];
	case 1:
		return FUNCT7(fences[fuzz_below(random, sizeof(fences))]) | OPCODE_SYSTEM |
		       (registers(random) & ~(31U << 7));
	default:
		/* hlv, hlvx, hsv; and zimop's */
		return FUNCT7(0x30 + fuzz_below(random, 16)) | FUNCT3(4) | registers(random) |
		       OPCODE_SYSTEM;
	}
}

static uint32_t csr(struct fuzz_random *random)
{
	static const uint16_t known[] = {
		0x001, 0x003, 0x008, 0x00f, 0x015, 0x100, 0x104, 0x106, 0x10a, 0x10c, 0x140,
		0x141, 0x142, 0x143, 0x144, 0x14d, 0x150, 0x151, 0x15c, 0xc00, 0xc01, 0xc02,
		0xc03, 0xc20, 0xda0, 0xdb0, 0x200, 0x600, 0x680, 0x300,
	};
	uint32_t number = fuzz_below(random, 4) ?
			  known[fuzz_below(random, sizeof(known) / sizeof(known[0]))] :
			  fuzz_below(random, 4096);

	return CSR(number) | FUNCT3(fuzz_below(random, 8)) |
	       (registers(random) & ~(31U << 20)) | OPCODE_SYSTEM;
}

static uint32_t memory(struct fuzz_random *random)
{
	static const uint8_t opcodes[] = {
		OPCODE_LOAD, OPCODE_STORE, OPCODE_LOAD_FP, OPCODE_STORE_FP,
	};

	return any(random, opcodes[fuzz_below(random, sizeof(opcodes))]);
}

static uint32_t atomic(struct fuzz_random *random)
{
	return (word(random) & ~(31U << 27)) | OPCODE_AMO |
	       (uint32_t)fuzz_below(random, 32) << 27;
}

/* fence, fence.i, cbo.*, prefetch */
static uint32_t order(struct fuzz_random *random)
{
	uint32_t insn = any(random, OPCODE_MISC_MEM);

	if (fuzz_below(random, 2))
		insn = (insn & ~(FUNCT3(7) | CSR(0xfff) | 31U << 7)) | FUNCT3(2) |
		       CSR(fuzz_below(random, 5));
	return insn;
}

static uint32_t arithmetic(struct fuzz_random *random)
{
	static const uint8_t opcodes[] = {
		OPCODE_OP_IMM, OPCODE_OP, OPCODE_OP_32, OPCODE_MADD, OPCODE_OP_FP, OPCODE_OP_V,
	};

	return any(random, opcodes[fuzz_below(random, sizeof(opcodes))]);
}

static uint32_t compressed(struct fuzz_random *random)
{
	uint32_t insn = word(random) & 0xffff;

	return (insn & 3) == 3 ? insn - 1 : insn;
}

uint32_t fuzz_insn(struct fuzz_random *random)
{
	switch (fuzz_below(random, 10)) {
	case 0:
		return word(random) | 3;
	case 1:
		return compressed(random);
	case 2:
		return privileged(random);
	case 3:
	case 4:
		return csr(random);
	case 5:
	case 6:
		return memory(random);
	case 7:
		return atomic(random);
	case 8:
		return order(random);
	default:
		return arithmetic(random);
	}
}
