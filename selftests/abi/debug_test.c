// SPDX-License-Identifier: GPL-2.0-only
/* KVM_SET_GUEST_DEBUG: who gets an ebreak, the guest or userspace. */
#include "abi.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#define EBREAK		0x00100073U
#define CAUSE_EBREAK	3

static int set_debug(const struct abi_vm *vm, uint32_t control)
{
	struct kvm_guest_debug debug = { .control = control };

	return ioctl(vm->vcpu, KVM_SET_GUEST_DEBUG, &debug);
}

static uint32_t insn_at(const struct abi_vm *vm, uint64_t pc)
{
	uint32_t insn = 0;

	if (pc - ABI_RAM < ABI_RAM_SIZE - sizeof(insn))
		memcpy(&insn, vm->ram + (pc - ABI_RAM), sizeof(insn));
	return insn;
}

static void test_guest_gets_it(struct abi_vm *vm)
{
	abi_need(!abi_run(vm), "KVM_RUN");
	abi_check(abi_is_sbi(vm, 1), "the guest handles its ebreak");
	abi_check(insn_at(vm, vm->run->riscv_sbi.args[0]) == EBREAK &&
		  vm->run->riscv_sbi.args[1] == CAUSE_EBREAK, "sepc and scause are the ebreak's");
}

static void test_userspace_gets_it(void)
{
	struct abi_vm vm;
	uint64_t pc;

	abi_vm_boot(&vm, guest_break);
	abi_check(!set_debug(&vm, KVM_GUESTDBG_ENABLE), "debug is on");
	abi_need(!abi_run(&vm), "KVM_RUN");
	abi_check(vm.run->exit_reason == KVM_EXIT_DEBUG, "an ebreak exits");
	pc = abi_get_reg(vm.vcpu, ABI_CORE(regs.pc));
	abi_check(insn_at(&vm, pc) == EBREAK, "pc is at the ebreak");

	abi_need(!abi_run(&vm), "KVM_RUN");
	abi_check(vm.run->exit_reason == KVM_EXIT_DEBUG &&
		  abi_get_reg(vm.vcpu, ABI_CORE(regs.pc)) == pc, "and again, unless pc is moved");

	abi_check(!set_debug(&vm, 0), "debug is off");
	test_guest_gets_it(&vm);
	abi_vm_destroy(&vm);
}

static void test_default(void)
{
	struct abi_vm vm;

	abi_vm_boot(&vm, guest_break);
	abi_check_errno(ioctl(vm.vcpu, KVM_SET_GUEST_DEBUG, NULL), EFAULT, "a bad pointer");
	test_guest_gets_it(&vm);
	abi_vm_destroy(&vm);
}

static void test_step_over(void)
{
	struct abi_vm vm;

	abi_vm_boot(&vm, guest_break);
	abi_need(!set_debug(&vm, KVM_GUESTDBG_ENABLE), "KVM_SET_GUEST_DEBUG");
	abi_need(!abi_run(&vm), "KVM_RUN");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), abi_get_reg(vm.vcpu, ABI_CORE(regs.pc)) + 4);
	abi_need(!abi_run(&vm), "KVM_RUN");
	abi_check(abi_is_sbi(&vm, 0), "goes on behind the ebreak when pc is moved");
	abi_vm_destroy(&vm);
}

int main(void)
{
	abi_start(30);
	test_default();
	test_userspace_gets_it();
	test_step_over();
	return abi_finish();
}
