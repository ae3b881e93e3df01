// SPDX-License-Identifier: GPL-2.0-only
/* Halted vCPUs: KVM_CAP_HALT_POLL, what is polled and counted; and WRS, which yields. */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAPS		20
#define ROUNDS		100	/* at most, when others keep the harts busy */
#define TURNS		200
#define WORD		(ABI_RAM + 0x100000)

static int set_max(int vm, uint64_t ns)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_HALT_POLL, .args = { ns } };

	return ioctl(vm, KVM_ENABLE_CAP, &cap);
}

static void test_cap(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_HALT_POLL, .flags = 1 };
	struct abi_vm vm;

	abi_vm_create(&vm);
	abi_check(ioctl(vm.sys, KVM_CHECK_EXTENSION, KVM_CAP_HALT_POLL) == 1 &&
		  ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_HALT_POLL) == 1, "the capability");
	abi_check(!set_max(vm.fd, 0) && !set_max(vm.fd, 1) && !set_max(vm.fd, UINT32_MAX),
		  "each limit of 32 bits");
	abi_check_errno(set_max(vm.fd, UINT32_MAX + 1UL), EINVAL, "one more");
	abi_check_errno(set_max(vm.fd, UINT64_MAX), EINVAL, "64 bits");
	abi_check_errno(ioctl(vm.fd, KVM_ENABLE_CAP, &cap), EINVAL, "a flag");
	abi_vm_destroy(&vm);
}

/* The guest halts some times, a tenth of a millisecond each. */
static void nap(struct abi_vm *vm)
{
	uint64_t hz = abi_get_reg(vm->vcpu, KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_TIMER |
				  KVM_REG_RISCV_TIMER_REG(frequency));

	abi_set_reg(vm->vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_nap - guest_start));
	abi_set_reg(vm->vcpu, ABI_CORE(regs.a0), NAPS);
	abi_set_reg(vm->vcpu, ABI_CORE(regs.a1), hz / 10000);
	abi_need(!abi_run(vm) && abi_is_sbi(vm, 0), "a nap");
	vm->run->immediate_exit = 1;
	abi_need(abi_run(vm) == -1 && errno == EINTR, "immediate exit");
	vm->run->immediate_exit = 0;
}

static int64_t stat(const struct abi_vm *vm, const char *name)
{
	int64_t value = abi_stat(vm->vcpu, name);

	abi_need(value >= 0, name);
	return value;
}

/* Every name that monitors look for is there, and nothing is counted before there is something. */
static void test_names(void)
{
	static const char * const names[] = {
		"halt_successful_poll", "halt_attempted_poll", "halt_poll_invalid", "halt_wakeup",
		"halt_poll_success_ns", "halt_poll_fail_ns", "halt_wait_ns",
		"halt_poll_success_hist", "halt_poll_fail_hist", "halt_wait_hist", "blocking",
		"ecall_exit_stat", "wfi_exit_stat", "wrs_exit_stat", "mmio_exit_user",
		"mmio_exit_kernel", "csr_exit_kernel", "signal_exits", "exits",
	};
	struct abi_vm vm;
	size_t i;

	abi_vm_create(&vm);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		abi_check(abi_stat(vm.vcpu, names[i]) == 0, "%s is there", names[i]);
	abi_vm_destroy(&vm);
}

static void test_no_poll(void)
{
	struct abi_vm vm;
	unsigned int i;

	abi_vm_create(&vm);
	abi_need(!set_max(vm.fd, 0), "KVM_CAP_HALT_POLL");
	/* Where all is slow, time is up before the guest gets to halt. */
	for (i = 0; i < ROUNDS && !stat(&vm, "halt_wakeup"); i++)
		nap(&vm);
	abi_check(stat(&vm, "halt_attempted_poll") == 0, "limit 0: no polling");
	abi_check(stat(&vm, "halt_wakeup") > 0 && stat(&vm, "halt_wait_ns") > 0 &&
		  stat(&vm, "halt_wait_hist") == stat(&vm, "halt_wakeup"), "but sleep");
	abi_vm_destroy(&vm);
}

static void test_poll(void)
{
	struct abi_vm vm;
	int64_t attempts, wakeups;
	unsigned int i;

	abi_vm_create(&vm);
	abi_need(!set_max(vm.fd, 100000000), "KVM_CAP_HALT_POLL");
	for (i = 0; i < ROUNDS && stat(&vm, "halt_successful_poll") < NAPS; i++)
		nap(&vm);
	attempts = stat(&vm, "halt_attempted_poll");
	abi_check(stat(&vm, "halt_successful_poll") >= NAPS, "short halts are polled");
	abi_check(attempts >= stat(&vm, "halt_successful_poll"), "with an attempt each");
	abi_check(stat(&vm, "halt_poll_success_hist") == stat(&vm, "halt_successful_poll") &&
		  stat(&vm, "halt_poll_success_hist") + stat(&vm, "halt_poll_fail_hist") ==
		  attempts, "each is in a histogram");
	/* On a slow kernel a short halt is over before it is first looked at: that takes 0 ns. */
	abi_check(stat(&vm, "halt_poll_fail_hist") == 0 || stat(&vm, "halt_poll_fail_ns") > 0,
		  "the time of those in vain is counted");

	abi_need(!set_max(vm.fd, 0), "KVM_CAP_HALT_POLL");
	wakeups = stat(&vm, "halt_wakeup");
	for (i = 0; i < ROUNDS && stat(&vm, "halt_wakeup") == wakeups; i++)
		nap(&vm);
	abi_check(stat(&vm, "halt_attempted_poll") == attempts, "none after the limit became 0");
	abi_vm_destroy(&vm);
}

/* ---- WRS ----------------------------------------------------------------------------------- */

static void boot_turns(int vcpu, uint64_t parity)
{
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };

	abi_need(!ioctl(vcpu, KVM_SET_MP_STATE, &runnable), "KVM_SET_MP_STATE");
	abi_set_reg(vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_turns - guest_start));
	abi_set_reg(vcpu, ABI_CORE(regs.a0), WORD);
	abi_set_reg(vcpu, ABI_CORE(regs.a1), parity);
	abi_set_reg(vcpu, ABI_CORE(regs.a2), TURNS);
}

static void *run_second(void *vcpu)
{
	return (void *)(long)ioctl(*(int *)vcpu, KVM_RUN, 0UL);
}

/* Two vCPUs on one hart take turns: what one waits for, only the other can do. */
static void test_wrs(void)
{
	const uint64_t zawrs = KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_ISA_EXT |
			       KVM_REG_RISCV_ISA_SINGLE | KVM_RISCV_ISA_EXT_ZAWRS;
	uint64_t has = 0, count;
	struct kvm_one_reg reg = { .id = zawrs, .addr = (uintptr_t)&has };
	int64_t traps;
	struct abi_vm vm;
	pthread_t thread;
	cpu_set_t hart0;
	void *ret;
	int second;

	abi_vm_create(&vm);
	if (ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg) || !has) {
		abi_skip("this host has no Zawrs", "WRS");
		abi_vm_destroy(&vm);
		return;
	}
	CPU_ZERO(&hart0);
	CPU_SET(0, &hart0);
	abi_need(!sched_setaffinity(0, sizeof(hart0), &hart0), "sched_setaffinity");
	second = ioctl(vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(second >= 0, "second vCPU");
	boot_turns(vm.vcpu, 0);
	boot_turns(second, 1);
	abi_need(!pthread_create(&thread, NULL, run_second, &second), "pthread_create");
	abi_need(!abi_run(&vm), "KVM_RUN");
	pthread_join(thread, &ret);
	memcpy(&count, vm.ram + (WORD - ABI_RAM), sizeof(count));
	abi_check(!ret && abi_is_sbi(&vm, 0) && count == 2 * TURNS, "two vCPUs took their turns");
	traps = abi_stat(vm.vcpu, "wrs_exit_stat") + abi_stat(second, "wrs_exit_stat");
	/* Whoever waits a time slice for the other traps hundreds of times in it. */
	abi_check(traps > 0 && traps < 20 * TURNS, "and yielded when it was the other's (%lld)",
		  (long long)traps);
	close(second);
	abi_vm_destroy(&vm);
}

int main(void)
{
	abi_start(60);
	test_cap();
	test_names();
	test_no_poll();
	test_poll();
	test_wrs();
	return abi_finish();
}
