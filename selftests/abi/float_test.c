// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floating point of the guest and of the thread that runs it: neither sees the other's, whether
 * they use it at each entry or rarely; and an instruction that is illegal is the guest's affair.
 */
#include "abi.h"

#include <string.h>

#define VALUE		0x4009219f01b866e4UL
#define OURS		0x3ff71547652b82feUL
#define FCSR		5
#define CAUSE_ILLEGAL	2
#define ILLEGAL		0x700bU

static struct abi_vm vm;

static const char redirected[] =
	"in-tree KVM of 6.12 does not delegate it, and OpenSBI 1.6 then takes it to a wrong place";

/* A register that functions preserve, and that nothing else in this program uses: no clobber. */
static void set_own(uint64_t value)
{
	__asm__ volatile("fmv.d.x fs0, %0" : : "r" (value));
}

static uint64_t get_own(void)
{
	uint64_t value;

	__asm__ volatile("fmv.x.d %0, fs0" : "=r" (value));
	return value;
}

static const __u64 *args(void)
{
	return (const __u64 *)vm.run->riscv_sbi.args;
}

static uint32_t insn_at(uint64_t pc)
{
	uint32_t insn = 0;

	if (pc - ABI_RAM < ABI_RAM_SIZE - sizeof(insn))
		memcpy(&insn, vm.ram + (pc - ABI_RAM), sizeof(insn));
	return insn;
}

/* stval may have the instruction or not. */
static bool is_illegal(uint32_t insn)
{
	return !abi_run(&vm) && abi_is_sbi(&vm, 2) && args()[1] == CAUSE_ILLEGAL &&
	       insn_at(args()[0]) == insn && (!args()[2] || args()[2] == insn);
}

static bool rests(unsigned int times)
{
	unsigned int i;

	for (i = 0; i < times; i++) {
		vm.run->riscv_sbi.ret[0] = 1;
		if (abi_run(&vm) || !abi_is_sbi(&vm, 1) || get_own() != OURS)
			return false;
	}
	return true;
}

static bool still_has_it(void)
{
	vm.run->riscv_sbi.ret[0] = 0;
	return !abi_run(&vm) && abi_is_sbi(&vm, 1) && args()[0] == VALUE && args()[1] == FCSR &&
	       get_own() == OURS;
}

int main(void)
{
	uint64_t fcsr;

	abi_start(60);
	abi_vm_boot(&vm, guest_float);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), VALUE);
	set_own(OURS);

	/* fmv.d.x fs0, zero */
	abi_check_ours(is_illegal(0xf2000453), redirected,
		       "an instruction traps while the guest has FS off");
	if (vm.run->exit_reason != KVM_EXIT_RISCV_SBI)
		return abi_finish();
	abi_check(is_illegal(ILLEGAL), "so does one that does not exist, with FS on");
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1) && get_own() == OURS,
		  "the guest's registers are not the thread's");
	abi_check(still_has_it(), "the guest finds what it left");
	abi_check(rests(40), "it runs 40 times and uses nothing");
	abi_check(still_has_it(), "then finds it again");
	abi_check(rests(1) && still_has_it() && rests(3) && still_has_it(), "now and then");

	fcsr = abi_get_reg(vm.vcpu, KVM_REG_RISCV | KVM_REG_SIZE_U32 | KVM_REG_RISCV_FP_D |
			   KVM_REG_RISCV_FP_D_REG(fcsr));
	abi_check(fcsr == FCSR, "userspace sees it as well");
	abi_check(abi_get_reg(vm.vcpu, KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_FP_D |
			      KVM_REG_RISCV_FP_D_REG(f[8])) == VALUE, "and the registers");
	abi_check(rests(40), "it rests again");
	abi_set_reg(vm.vcpu, KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_FP_D |
		    KVM_REG_RISCV_FP_D_REG(f[8]), OURS);
	vm.run->riscv_sbi.ret[0] = 0;
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1) && args()[0] == OURS,
		  "what userspace changes meanwhile is what it gets");
	abi_vm_destroy(&vm);
	return abi_finish();
}
