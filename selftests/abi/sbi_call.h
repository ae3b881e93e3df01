/* SPDX-License-Identifier: GPL-2.0-only */
/* One SBI call at a time: the guest makes it with arguments that the test has put in place. */
#ifndef SBI_CALL_H
#define SBI_CALL_H

#include "abi.h"

#define SBI_CODE		(ABI_RAM + 0x1000)

#define EID_BASE	0x10
#define EID_TIME	0x54494d45
#define EID_IPI		0x735049
#define EID_RFENCE	0x52464e43
#define EID_HSM		0x48534d
#define EID_SRST	0x53525354
#define EID_DBCN	0x4442434e
#define EID_STA		0x535441
#define EID_FWFT	0x46574654
#define EID_SUSP	0x53555350
#define EID_MPXY	0x4d505859

#define ERR_FAILED		-1L
#define ERR_NOT_SUPPORTED	-2L
#define ERR_INVALID_PARAM	-3L
#define ERR_DENIED		-4L
#define ERR_INVALID_ADDRESS	-5L
#define ERR_ALREADY_AVAILABLE	-6L
#define ERR_DENIED_LOCKED	-14L

#define SBI_EXT(name)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_SBI_EXT |	\
			 KVM_RISCV_SBI_EXT_##name)

struct sbi_answer {
	long		error;		/* a0 */
	uint64_t	value;		/* a1 */
	uint64_t	sip;
};

/* Put the code that calls into memory; once for each VM. */
void sbi_install(struct abi_vm *vm);
/* The next KVM_RUN makes this call; function 0 of the experimental extension follows it. */
void sbi_prepare(struct abi_vm *vm, uint64_t eid, uint64_t fid, const uint64_t args[6]);
/* What came back, after the exit by function 0. */
struct sbi_answer sbi_answer(struct abi_vm *vm);
/* All of it, for calls that the kernel answers. */
struct sbi_answer sbi_call(struct abi_vm *vm, uint64_t eid, uint64_t fid, const uint64_t args[6]);
bool sbi_gives(struct sbi_answer got, long error, uint64_t value);

#define SBI_CALL(vm, eid, fid, ...)	sbi_call(vm, eid, fid, (uint64_t[6]) { __VA_ARGS__ })

#endif
