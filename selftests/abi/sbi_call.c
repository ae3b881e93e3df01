// SPDX-License-Identifier: GPL-2.0-only
#include "sbi_call.h"

#include <errno.h>
#include <string.h>

/* One call; then a0 and a1 are in s2 and s3, sip in s4, and function 0 tells the test. */
asm(".section .rodata\n"
	".balign 8\n"
	".global call_start, call_end\n"
	"call_start:\n"
	"	ecall\n"
	"	mv	s2, a0\n"
	"	mv	s3, a1\n"
	"	csrr	s4, sip\n"
	"	li	a6, 0\n"
	"	li	a7, 0x08ffffff\n"
	"	ecall\n"
	"call_end:\n"
	".previous\n");
extern const uint8_t call_start[], call_end[];

void sbi_install(struct abi_vm *vm)
{
	memcpy(vm->ram + (SBI_CODE - ABI_RAM), call_start, call_end - call_start);
}

void sbi_prepare(struct abi_vm *vm, uint64_t eid, uint64_t fid, const uint64_t args[6])
{
	unsigned int i;

	abi_set_reg(vm->vcpu, ABI_CORE(regs.pc), SBI_CODE);
	for (i = 0; i < 6; i++)
		abi_set_reg(vm->vcpu, ABI_CORE(regs.a0) + i, args[i]);
	abi_set_reg(vm->vcpu, ABI_CORE(regs.a6), fid);
	abi_set_reg(vm->vcpu, ABI_CORE(regs.a7), eid);
}

/* The next KVM_RUN would begin by writing a0 and a1. */
struct sbi_answer sbi_answer(struct abi_vm *vm)
{
	vm->run->immediate_exit = 1;
	abi_need(abi_run(vm) == -1 && errno == EINTR, "immediate_exit");
	vm->run->immediate_exit = 0;
	return (struct sbi_answer) {
		.error = abi_get_reg(vm->vcpu, ABI_CORE(regs.s2)),
		.value = abi_get_reg(vm->vcpu, ABI_CORE(regs.s3)),
		.sip = abi_get_reg(vm->vcpu, ABI_CORE(regs.s4)),
	};
}

struct sbi_answer sbi_call(struct abi_vm *vm, uint64_t eid, uint64_t fid, const uint64_t args[6])
{
	sbi_prepare(vm, eid, fid, args);
	abi_need(!abi_run(vm), "KVM_RUN");
	abi_need(abi_is_sbi(vm, 0), "the call is answered in the kernel");
	return sbi_answer(vm);
}

bool sbi_gives(struct sbi_answer got, long error, uint64_t value)
{
	return got.error == error && got.value == value;
}
