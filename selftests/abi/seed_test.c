// SPDX-License-Identifier: GPL-2.0-only
/* The CSR seed (Zkr): userspace is the guest's entropy source. */
#include "abi.h"

#include <stdio.h>
#include <sys/ioctl.h>

#define SEED		0x015
#define REG_VALUE	0x5aUL
#define IMMEDIATE	5UL
#define CAUSE_ILLEGAL	2

#define ZKR	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_ISA_EXT | KVM_RISCV_ISA_EXT_ZKR)

static struct abi_vm vm;

/* The accesses of guest_seed, in their order. */
static const struct access {
	const char	*name;
	unsigned long	value, mask;
} accesses[] = {
	{ "csrrw", REG_VALUE, ~0UL },
	{ "csrrs", REG_VALUE, REG_VALUE },
	{ "csrrc", 0, REG_VALUE },
	{ "csrrwi", IMMEDIATE, ~0UL },
	{ "csrrsi", IMMEDIATE, IMMEDIATE },
	{ "csrrwi to zero", IMMEDIATE, ~0UL },
};

#define ACCESSES	(sizeof(accesses) / sizeof(accesses[0]))

static void check_access(const struct access *access, unsigned long answer)
{
	const struct kvm_run *run = vm.run;

	abi_check(!abi_run(&vm) && run->exit_reason == KVM_EXIT_RISCV_CSR &&
		  run->riscv_csr.csr_num == SEED && run->riscv_csr.new_value == access->value &&
		  run->riscv_csr.write_mask == access->mask && !run->riscv_csr.ret_value,
		  "%s goes to userspace", access->name);
	vm.run->riscv_csr.ret_value = answer;
}

static bool got_answers(void)
{
	unsigned int i;

	/* The last one is not kept. */
	for (i = 0; i < ACCESSES - 1; i++) {
		if (vm.run->riscv_sbi.args[i] != 0x80001000 + i)
			return false;
	}
	return true;
}

int main(void)
{
	uint64_t has_zkr = 0;
	struct kvm_one_reg reg = { .id = ZKR, .addr = (uintptr_t)&has_zkr };
	unsigned int i;

	abi_start(30);
	abi_vm_boot(&vm, guest_seed);
	if (ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg) || !has_zkr) {
		printf("1..0 # SKIP guests of this host have no Zkr\n");
		return 0;
	}
	for (i = 0; i < ACCESSES; i++)
		check_access(&accesses[i], 0x80001000 + i);
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1) && got_answers(), "its answers are read");
	abi_check_ours(!abi_run(&vm) && abi_is_sbi(&vm, 2) &&
		       vm.run->riscv_sbi.args[1] == CAUSE_ILLEGAL,
		       "in-tree KVM takes any access", "an access that does not write is illegal");
	abi_vm_destroy(&vm);
	return abi_finish();
}
