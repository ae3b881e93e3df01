/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs pmu_*_test share: a guest that does what the test has put into its code;
 * whatever traps is counted and stepped over.
 */
#ifndef PMU_GUEST_H
#define PMU_GUEST_H

#include "abi.h"

#define CODE		(ABI_RAM + 0x1000)
#define TRAP		(ABI_RAM + 0x2000)
#define SHMEM		(ABI_RAM + 0x10000)
#define ENTRIES		(ABI_RAM + 0x20fe0)	/* the second is the last of its page */
#define HOLE		0x40000000UL
#define READONLY	0x50000000UL

#define REG(class, index)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (class) | (index))
#define SBI_EXT(name)		REG(KVM_REG_RISCV_SBI_EXT, KVM_RISCV_SBI_EXT_##name)
#define ISA_EXT(name)		REG(KVM_REG_RISCV_ISA_EXT, KVM_RISCV_ISA_EXT_##name)

#define EID_BASE	0x10
#define EID_TIME	0x54494d45
#define EID_IPI		0x735049
#define EID_RFENCE	0x52464e43
#define EID_HSM		0x48534d
#define EID_PMU		0x504d55

enum { NUM, INFO, CONFIG, START, STOP, FW_READ, FW_READ_HI, SET_SHMEM, EVENT_INFO };

#define SKIP_MATCH	1
#define CLEAR_VALUE	2
#define AUTO_START	4
#define SET_INIT	1
#define FROM_SNAPSHOT	2
#define RESET		1
#define TO_SNAPSHOT	2

#define CYCLES		1
#define INSTRUCTIONS	2
#define RAW		0x20000
#define RAW_V2		0x30000
#define FIRMWARE(code)	(0xf0000 | (code))

#define SUCCESS			0L
#define ERR_NOT_SUPPORTED	-2L
#define ERR_INVALID_PARAM	-3L
#define ERR_INVALID_ADDRESS	-5L
#define ERR_ALREADY_STARTED	-7L
#define ERR_ALREADY_STOPPED	-8L
#define ERR_NO_SHMEM		-9L

#define CAUSE_ILLEGAL	2
#define SIP_SSIP	(1 << 1)

#define INSN_FENCE_I	0x0000100fU
#define INSN_ECALL	0x00000073U
#define INSN_SPIN_DOWN	0xfffa8a93U	/* addi s5, s5, -1 */
#define INSN_SPIN_AGAIN	0xfe0a9ee3U	/* bnez s5, -4 */
#define INSN_SFENCE	0x12000073U
#define INSN_WORK_AGAIN	0xfe0a9ae3U	/* bnez s5, -12 */
#define INSN_LOAD_S3	0x00093983U	/* ld s3, 0(s2) */
#define INSN_AMO	0x0139302fU	/* amoadd.d zero, s3, (s2) */
#define INSN_READ(csr)	((csr) << 20 | 2 << 12 | 18 << 7 | 0x73U)	/* csrr s2, csr */
#define CSR_CYCLE	0xc00U

struct answer {
	long		error;
	uint64_t	value;
};

extern struct abi_vm pmu_vm;
extern int pmu_hart1;			/* fd of a second vCPU */
extern unsigned int pmu_counters;	/* how many */
extern unsigned int pmu_firmware;	/* the first of those for firmware */

/* A machine, and what its PMU has. Return: false, and said so, on a host without counters. */
bool pmu_create(void);
void pmu_destroy(void);
bool pmu_has(uint64_t id);

/* Run what is given, and the guest's way back, on its first hart. */
void pmu_run_insns(const uint32_t *insns, size_t count);
#define PMU_RUN(...)	pmu_run_insns((const uint32_t[]) { __VA_ARGS__ }, \
				      sizeof((const uint32_t[]) { __VA_ARGS__ }) / 4)

/* 2 * @rounds instructions, and some. */
void pmu_spin(unsigned long rounds);

struct answer pmu_call(uint64_t eid, uint64_t fid, const uint64_t args[6]);
#define CALL(eid, fid, ...)	pmu_call(eid, fid, (uint64_t[6]) { __VA_ARGS__ })
#define PMU(fid, ...)		CALL(EID_PMU, fid, __VA_ARGS__)
#define ERROR(fid, ...)		(PMU(fid, __VA_ARGS__).error)

/* Exceptions and interrupts that the guest has taken. */
uint64_t pmu_exceptions(void);
uint64_t pmu_interrupts(void);

/* Return: true with *value, or false when it was an illegal instruction with its stval. */
bool pmu_read_csr(unsigned int csr, uint64_t *value);
uint64_t pmu_value(unsigned int nr);

/* A counter of all for an event, or -1. */
int pmu_config(uint64_t event, uint64_t data, uint64_t flags);
void pmu_release(unsigned int nr);

/* Makes the firmware event "set timer" twice. */
void pmu_set_timers(void);

#endif
