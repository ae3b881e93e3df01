// SPDX-License-Identifier: GPL-2.0-only
#include "store.h"

#include <stddef.h>
#include <string.h>

extern const uint8_t guest_sb[], guest_sh[], guest_sw[], guest_sd[], guest_csw[], guest_csd[];
extern const uint8_t guest_ld[], guest_burst[];

static const uint8_t *const labels[STORES] = {
	guest_sb, guest_sh, guest_sw, guest_sd, guest_csw, guest_csd,
};

const char *const store_names[STORES] = { "sb", "sh", "sw", "sd", "c.sw", "c.sd" };
const unsigned int store_lens[STORES] = { 1, 2, 4, 8, 4, 8 };

/* KVM_RUN. Return: the guest waits for the next store. */
static bool run_to_wait(struct abi_vm *vm)
{
	abi_need(!abi_run(vm), "KVM_RUN");
	return abi_is_sbi(vm, 1);
}

void store_enter(struct abi_vm *vm)
{
	abi_set_reg(vm->vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_stores - guest_start));
	abi_need(run_to_wait(vm), "first call of the guest");
}

void store_boot(struct abi_vm *vm)
{
	abi_vm_create(vm);
	store_enter(vm);
}

static bool start(struct abi_vm *vm, const uint8_t *label, uint64_t gpa, uint64_t value)
{
	abi_set_reg(vm->vcpu, ABI_CORE(regs.s2), ABI_RAM + (label - guest_start));
	vm->run->riscv_sbi.ret[0] = gpa;
	vm->run->riscv_sbi.ret[1] = value;
	return run_to_wait(vm);
}

static bool is_store(const struct abi_vm *vm, unsigned int len, uint64_t gpa, uint64_t value)
{
	const struct kvm_run *run = vm->run;

	return run->exit_reason == KVM_EXIT_MMIO && run->mmio.is_write &&
	       run->mmio.phys_addr == gpa && run->mmio.len == len &&
	       !memcmp((const void *)run->mmio.data, &value, len);
}

bool store_exits(struct abi_vm *vm, enum store store, uint64_t gpa, uint64_t value)
{
	if (start(vm, labels[store], gpa, value))
		return false;
	abi_need(is_store(vm, store_lens[store], gpa, value), "an exit for the store");
	abi_need(run_to_wait(vm), "the call after the store");
	return true;
}

bool store_loads(struct abi_vm *vm, uint64_t gpa, uint64_t *value)
{
	bool memory = start(vm, guest_ld, gpa, 0);

	if (!memory) {
		abi_need(vm->run->exit_reason == KVM_EXIT_MMIO && !vm->run->mmio.is_write &&
			 vm->run->mmio.phys_addr == gpa, "an exit for the load");
		memset((void *)vm->run->mmio.data, 0, sizeof(vm->run->mmio.data));
		abi_need(run_to_wait(vm), "the call after the load");
	}
	*value = vm->run->riscv_sbi.args[1];
	return memory;
}

bool store_burst(struct abi_vm *vm, uint64_t gpa, uint64_t value, uint64_t count)
{
	abi_set_reg(vm->vcpu, ABI_CORE(regs.s3), count);
	return start(vm, guest_burst, gpa, value);
}

bool store_burst_on(struct abi_vm *vm)
{
	return run_to_wait(vm);
}

bool store_is_exit(const struct abi_vm *vm, uint64_t gpa, uint64_t value)
{
	return is_store(vm, 8, gpa, value);
}
