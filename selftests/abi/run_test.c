// SPDX-License-Identifier: GPL-2.0-only
/* KVM_RUN with a bare guest: calls to userspace, devices, sleeping, signals. */
#include "abi.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct abi_vm vm;

static uint64_t get(uint64_t id)
{
	return abi_get_reg(vm.vcpu, id);
}

/* ---- SBI ------------------------------------------------------------------------------------- */

static bool args_are(uint64_t first, uint64_t second)
{
	const __u64 *args = (const __u64 *)vm.run->riscv_sbi.args;

	return args[0] == first && args[1] == second && args[2] == 0x12 && args[3] == 0x13 &&
	       args[4] == 0x14 && args[5] == 0x15;
}

static void test_sbi(void)
{
	uint64_t pc;

	abi_vm_boot(&vm, guest_sbi);
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1) && args_are(0x10, 0x11),
		  "an SBI call comes with its arguments");
	abi_check((long)vm.run->riscv_sbi.ret[0] == -2 && vm.run->riscv_sbi.ret[1] == 0,
		  "the answer is preset to 'not supported'");

	pc = get(ABI_CORE(regs.pc));
	vm.run->riscv_sbi.ret[0] = 0x1000;
	vm.run->riscv_sbi.ret[1] = 0x2000;
	vm.run->immediate_exit = 1;
	abi_check_errno(abi_run(&vm), EINTR, "immediate_exit");
	abi_check(get(ABI_CORE(regs.a0)) == 0x1000 && get(ABI_CORE(regs.a1)) == 0x2000,
		  "finishes the call first");
	abi_check(get(ABI_CORE(regs.pc)) == pc + 4, "and steps over the instruction");
	abi_check(abi_is_sbi(&vm, 1), "that is no exit: the last one's reason stays");

	vm.run->immediate_exit = 0;
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 2) && args_are(0x1000, 0x2000),
		  "the guest has got the answer");
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 0), "and goes on");
	abi_vm_destroy(&vm);
}

/* ---- MMIO ------------------------------------------------------------------------------------ */

#define PATTERN	0x8182838485868788UL

static const char unsigned_loads[] = "in-tree KVM of 6.12 extends no sign";

static bool is_mmio(uint64_t offset, unsigned int len, bool is_write)
{
	return !abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_MMIO &&
	       vm.run->mmio.phys_addr == ABI_DEVICE + offset && vm.run->mmio.len == len &&
	       vm.run->mmio.is_write == is_write;
}

static void check_store(const char *name, uint64_t offset, unsigned int len)
{
	uint64_t want = PATTERN, got = 0;

	if (is_mmio(offset, len, true))
		memcpy(&got, vm.run->mmio.data, len);
	abi_check(!memcmp(&got, &want, len), "%s to a device", name);
}

static void check_load(const char *name, uint64_t offset, unsigned int len)
{
	uint64_t value = PATTERN;

	abi_check(is_mmio(offset, len, false), "%s from a device", name);
	memcpy(vm.run->mmio.data, &value, 8);
}

static void test_mmio(void)
{
	abi_vm_boot(&vm, guest_mmio);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), ABI_DEVICE);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.t0), PATTERN);

	check_store("sb", 0, 1);
	check_store("sh", 2, 2);
	check_store("sw", 4, 4);
	check_store("sd", 8, 8);
	check_store("c.sw", 16, 4);
	check_store("c.sd", 24, 8);
	check_load("lb", 1, 1);
	check_load("lbu", 3, 1);
	check_load("lh", 2, 2);
	check_load("lhu", 6, 2);
	check_load("lw", 4, 4);
	check_load("lwu", 12, 4);
	check_load("ld", 8, 8);
	check_load("ld to x0", 16, 8);
	check_load("c.lw", 16, 4);
	check_load("c.ld", 24, 8);
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 0), "the guest comes to its end");

	abi_check_ours(get(ABI_CORE(regs.s2)) == 0xffffffffffffff88, unsigned_loads,
		       "lb extends the sign");
	abi_check(get(ABI_CORE(regs.s3)) == 0x88, "lbu does not");
	abi_check_ours(get(ABI_CORE(regs.s4)) == 0xffffffffffff8788, unsigned_loads, "lh does");
	abi_check(get(ABI_CORE(regs.s5)) == 0x8788, "lhu does not");
	abi_check_ours(get(ABI_CORE(regs.s6)) == 0xffffffff85868788, unsigned_loads, "lw does");
	abi_check(get(ABI_CORE(regs.s7)) == 0x85868788, "lwu does not");
	abi_check(get(ABI_CORE(regs.s8)) == PATTERN, "ld takes all");
	abi_check_ours(get(ABI_CORE(regs.s1)) == 0xffffffff85868788, unsigned_loads, "c.lw does");
	abi_check(get(ABI_CORE(regs.a4)) == PATTERN, "c.ld takes all");
	abi_vm_destroy(&vm);
}

static void test_mmio_then_leave(void)
{
	uint64_t pc, value = PATTERN;
	int i;

	abi_vm_boot(&vm, guest_mmio);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), ABI_DEVICE);
	for (i = 0; i < 7; i++)
		abi_need(!abi_run(&vm), "MMIO");
	pc = get(ABI_CORE(regs.pc));
	memcpy(vm.run->mmio.data, &value, 8);
	vm.run->immediate_exit = 1;
	abi_check_errno(abi_run(&vm), EINTR, "immediate_exit after a load from a device");
	abi_check((uint8_t)get(ABI_CORE(regs.s2)) == 0x88 && get(ABI_CORE(regs.pc)) == pc + 4,
		  "finishes the load");
	abi_vm_destroy(&vm);
}

/* ---- signals --------------------------------------------------------------------------------- */

static void leave(int signal)
{
	(void)signal;
	vm.run->immediate_exit = 1;
}

/* Set by the running thread before KVM_RUN. */
static volatile pid_t runner_tid;
static volatile bool runner_done;
static int runner_result, runner_errno;

static void *runner(void *unused)
{
	(void)unused;
	runner_tid = syscall(SYS_gettid);
	runner_result = abi_run(&vm);
	runner_errno = errno;
	runner_done = true;
	return NULL;
}

static pthread_t start_runner(void)
{
	pthread_t thread;

	runner_tid = 0;
	runner_done = false;
	abi_need(!pthread_create(&thread, NULL, runner, NULL), "pthread_create");
	while (!runner_tid)
		sched_yield();
	return thread;
}

/* 'S' in the third field of /proc/.../stat: the thread sleeps. */
static bool runner_sleeps(void)
{
	char path[64], state = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)runner_tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(file);
	return state == 'S';
}

static void await_sleep(void)
{
	while (!runner_sleeps() && !runner_done)
		usleep(1000);
}

static bool interrupted(pthread_t thread)
{
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	return runner_result == -1 && runner_errno == EINTR;
}

static void test_signal(void)
{
	uint64_t count;
	pthread_t thread;

	abi_vm_boot(&vm, guest_spin);
	vm.run->immediate_exit = 1;
	abi_check_errno(abi_run(&vm), EINTR, "immediate_exit before the first run");
	abi_check(get(ABI_CORE(regs.t0)) == 0, "runs nothing");
	vm.run->immediate_exit = 0;

	thread = start_runner();
	usleep(20000);
	abi_check(interrupted(thread), "a signal ends KVM_RUN with EINTR");
	abi_check(vm.run->exit_reason == KVM_EXIT_INTR || vm.run->immediate_exit,
		  "and the exit reason says so");
	count = get(ABI_CORE(regs.t0));

	/* However little of the hart it gets; never, and the watchdog ends this. */
	while (get(ABI_CORE(regs.t0)) <= count) {
		vm.run->immediate_exit = 0;
		thread = start_runner();
		usleep(20000);
		abi_need(interrupted(thread), "second signal");
	}
	abi_check(true, "the guest goes on where it was");
	abi_vm_destroy(&vm);
}

static void test_signal_mask(void)
{
	struct kvm_signal_mask *mask = calloc(1, sizeof(*mask) + 8);
	sigset_t usr2, pending;

	abi_vm_boot(&vm, guest_spin);
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	sigprocmask(SIG_BLOCK, &usr2, NULL);
	mask->len = 8;
	abi_need(!ioctl(vm.vcpu, KVM_SET_SIGNAL_MASK, mask), "KVM_SET_SIGNAL_MASK");

	raise(SIGUSR2);
	abi_check_errno(abi_run(&vm), EINTR, "a signal that only KVM_RUN lets through ends it");
	sigemptyset(&pending);
	sigpending(&pending);
	abi_check(sigismember(&pending, SIGUSR2), "and stays pending");
	abi_check(vm.run->exit_reason == KVM_EXIT_INTR, "the exit reason says so");

	signal(SIGUSR2, SIG_IGN);
	sigprocmask(SIG_UNBLOCK, &usr2, NULL);
	free(mask);
	abi_vm_destroy(&vm);
}

/* ---- sleeping -------------------------------------------------------------------------------- */

static void interrupt(unsigned int value)
{
	struct kvm_interrupt irq = { .irq = value };

	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &irq), "KVM_INTERRUPT");
}

#define SIP_SEIP	(1UL << 9)

static void test_wfi(void)
{
	pthread_t thread;

	abi_vm_boot(&vm, guest_wfi);
	thread = start_runner();
	await_sleep();
	abi_check(!runner_done, "wfi sleeps");
	interrupt(KVM_INTERRUPT_SET);
	pthread_join(thread, NULL);
	abi_check(!runner_result && abi_is_sbi(&vm, 1), "an interrupt wakes it, while it runs");
	abi_check(vm.run->riscv_sbi.args[0] & SIP_SEIP, "and is pending");

	interrupt(KVM_INTERRUPT_UNSET);
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 0) &&
		  !(vm.run->riscv_sbi.args[0] & SIP_SEIP), "until it is lowered");
	abi_vm_destroy(&vm);
}

static void test_wfi_signal(void)
{
	pthread_t thread;

	abi_vm_boot(&vm, guest_wfi);
	thread = start_runner();
	await_sleep();
	abi_check(interrupted(thread), "a signal ends wfi with EINTR");

	vm.run->immediate_exit = 0;
	interrupt(KVM_INTERRUPT_SET);
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1),
		  "an interrupt that is there already is seen");
	abi_vm_destroy(&vm);
}

static void test_stopped(void)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_STOPPED };
	pthread_t thread;

	abi_vm_boot(&vm, guest_sbi);
	abi_need(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	thread = start_runner();
	await_sleep();
	abi_check(!runner_done, "KVM_RUN of a stopped vCPU sleeps");
	interrupt(KVM_INTERRUPT_SET);
	usleep(20000);
	abi_check(!runner_done, "an interrupt does not start it");
	abi_check(interrupted(thread), "a signal ends it");

	vm.run->immediate_exit = 0;
	state.mp_state = KVM_MP_STATE_RUNNABLE;
	abi_need(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1), "then it can be started");
	abi_vm_destroy(&vm);
}

int main(void)
{
	struct sigaction action = { .sa_handler = leave };

	abi_start(60);
	sigaction(SIGUSR1, &action, NULL);
	test_sbi();
	test_mmio();
	test_mmio_then_leave();
	test_signal();
	test_signal_mask();
	test_wfi();
	test_wfi_signal();
	test_stopped();
	return abi_finish();
}
