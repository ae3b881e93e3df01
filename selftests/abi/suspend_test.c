// SPDX-License-Identifier: GPL-2.0-only
/* Harts and systems that sleep: how they get there, how they come back, what others see. */
#define _GNU_SOURCE
#include "sbi_call.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIP_SSIP	(1 << 1)
#define SIE_SEIE	(1 << 9)
#define RETENTIVE	0
#define NON_RETENTIVE	0x80000000UL
#define RESUME		(SBI_CODE + 4)	/* says what is in a0 and a1, as after a call */
#define OPAQUE		0x123456789aUL

enum { STARTED, STOPPED, START_PENDING, STOP_PENDING, SUSPENDED };

static const char no_such[] = "in-tree KVM has no non-retentive suspend";

static struct abi_vm vm, other;		/* one machine, two harts */
static uint64_t limit;

static void create(void)
{
	abi_vm_create(&vm);
	sbi_install(&vm);
	other = vm;
	other.vcpu = ioctl(vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(other.vcpu >= 0, "a second vCPU");
	other.run = mmap(NULL, vm.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, other.vcpu, 0);
	abi_need(other.run != MAP_FAILED, "its kvm_run");
	limit = 1UL << ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_VM_GPA_BITS);
}

static void destroy(void)
{
	munmap(other.run, vm.run_size);
	close(other.vcpu);
	abi_vm_destroy(&vm);
}

static void set_mp_state(int vcpu, uint32_t mp_state)
{
	struct kvm_mp_state state = { .mp_state = mp_state };

	abi_need(!ioctl(vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
}

static void interrupt(unsigned int value)
{
	struct kvm_interrupt irq = { .irq = value };

	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &irq), "KVM_INTERRUPT");
}

static long status_of_hart_0(void)
{
	return SBI_CALL(&other, EID_HSM, 2, 0).value;
}

/* ---- a thread for hart 0 --------------------------------------------------------------------- */

static int runner_ret, runner_errno;

static void *runner(void *unused)
{
	runner_ret = abi_run(&vm);
	runner_errno = errno;
	return NULL;
}

static void ignore(int signal)
{
}

static pthread_t start_runner(void)
{
	pthread_t thread;

	signal(SIGUSR1, ignore);
	abi_need(!pthread_create(&thread, NULL, runner, NULL), "pthread_create");
	return thread;
}

/* It has got there, or never does. */
static bool gets(long status)
{
	unsigned int tries = 2000;

	while (status_of_hart_0() != status && --tries)
		usleep(1000);
	return tries;
}

/* ---- harts ----------------------------------------------------------------------------------- */

static void test_errors(void)
{
	static const uint64_t types[] = {
		1, 0x0fffffff, 0x10000000, 0x7fffffff, 0x80000001, 0x8fffffff, 0x90000000,
		0xffffffff,
	};
	unsigned int i, bad = 0;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		bad += !sbi_gives(SBI_CALL(&vm, EID_HSM, 3, types[i], RESUME),
				  ERR_INVALID_PARAM, 0);
	abi_check_ours(!bad, "in-tree KVM says 'not supported' for some",
		       "types that do not exist (%u are there)", bad);
	abi_check_ours(sbi_gives(SBI_CALL(&vm, EID_HSM, 3, NON_RETENTIVE, limit),
				 ERR_INVALID_ADDRESS, 0) &&
		       sbi_gives(SBI_CALL(&vm, EID_HSM, 3, NON_RETENTIVE, -4),
				 ERR_INVALID_ADDRESS, 0), no_such, "no address to resume at");
}

/* With an interrupt pending, it is over at once. */
static void test_at_once(void)
{
	struct sbi_answer got;

	abi_set_reg(vm.vcpu, ABI_CSR(sie), SIP_SSIP);
	abi_set_reg(vm.vcpu, ABI_CSR(sip), SIP_SSIP);
	abi_set_reg(vm.vcpu, ABI_CSR(sstatus), 2);
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), SBI_CODE);
	got = SBI_CALL(&vm, EID_HSM, 3, 0xdead00000000 | NON_RETENTIVE, RESUME, OPAQUE);
	abi_check_ours(sbi_gives(got, 0, OPAQUE), no_such,
		       "a hart that lost its registers has its number and what it was given");
	abi_check_ours(got.sip & SIP_SSIP && !abi_get_reg(vm.vcpu, ABI_CSR(sie)) &&
		       !(abi_get_reg(vm.vcpu, ABI_CSR(sstatus)) & 2) &&
		       !abi_get_reg(vm.vcpu, ABI_CSR(satp)), no_such,
		       "the interrupt is still pending, and off");
	abi_set_reg(vm.vcpu, ABI_CSR(sstatus), 0);
	abi_set_reg(vm.vcpu, ABI_CSR(sie), SIP_SSIP);
	got = SBI_CALL(&vm, EID_HSM, 3, RETENTIVE, limit);
	abi_check(sbi_gives(got, 0, 0), "one that kept them needs no address");
	abi_set_reg(vm.vcpu, ABI_CSR(sie), 0);
	abi_set_reg(vm.vcpu, ABI_CSR(sip), 0);
}

static void test_sleep(uint64_t type, const char *name)
{
	struct sbi_answer got;
	pthread_t thread;

	set_mp_state(other.vcpu, KVM_MP_STATE_RUNNABLE);
	abi_set_reg(vm.vcpu, ABI_CSR(sie), SIE_SEIE);
	sbi_prepare(&vm, EID_HSM, 3, (uint64_t[6]) { type, RESUME, OPAQUE });
	thread = start_runner();
	abi_check(gets(SUSPENDED), "%s: others see it suspended", name);
	interrupt(KVM_INTERRUPT_SET);
	pthread_join(thread, NULL);
	abi_need(!runner_ret && abi_is_sbi(&vm, 0), "the hart wakes");
	got = sbi_answer(&vm);
	abi_check(sbi_gives(got, 0, type ? OPAQUE : 0), "%s: it wakes where it should", name);
	abi_check(status_of_hart_0() == STARTED, "%s: it is started then", name);
	interrupt(KVM_INTERRUPT_UNSET);
}

/* WFI is none of it: who waits for a hart to stop would be misled. */
static void test_wfi(void)
{
	unsigned int i, bad = 0;
	pthread_t thread;

	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_wfi - guest_start));
	thread = start_runner();
	for (i = 0; i < 50; i++) {
		bad += status_of_hart_0() != STARTED;
		usleep(1000);
	}
	abi_check_ours(!bad, "in-tree KVM says suspended", "a hart in WFI is started");
	interrupt(KVM_INTERRUPT_SET);
	pthread_join(thread, NULL);
	interrupt(KVM_INTERRUPT_UNSET);
	abi_need(abi_is_sbi(&vm, 1), "WFI ends");
	/* The call is part of another program. */
	vm.run->immediate_exit = 1;
	abi_need(abi_run(&vm) == -1, "immediate_exit");
	vm.run->immediate_exit = 0;
}

/* Who reads its registers sees those that it wakes up with. */
static void test_read_while_asleep(void)
{
	pthread_t thread;

	abi_set_reg(vm.vcpu, ABI_CSR(sie), SIE_SEIE);
	sbi_prepare(&vm, EID_HSM, 3, (uint64_t[6]) { NON_RETENTIVE, RESUME, OPAQUE });
	thread = start_runner();
	abi_need(gets(SUSPENDED), "suspended");
	while (pthread_tryjoin_np(thread, NULL)) {
		pthread_kill(thread, SIGUSR1);
		usleep(1000);
	}
	abi_check(runner_ret == -1 && runner_errno == EINTR, "a signal interrupts KVM_RUN");
	abi_check(status_of_hart_0() == SUSPENDED, "not the suspension");
	abi_check(abi_get_reg(vm.vcpu, ABI_CORE(regs.pc)) == RESUME &&
		  abi_get_reg(vm.vcpu, ABI_CORE(regs.a1)) == OPAQUE,
		  "registers are those of the resume");
	abi_check(status_of_hart_0() == STARTED, "which has happened then");
}

/* ---- the system ------------------------------------------------------------------------------ */

static const char checks_other[] = "in-tree KVM of 6.12 has none";

static void test_system_off(void)
{
	abi_check(!abi_get_reg(vm.vcpu, SBI_EXT(SUSP)) && !abi_get_reg(vm.vcpu, SBI_EXT(MPXY)),
		  "SUSP and MPXY are off");
	abi_check(sbi_gives(SBI_CALL(&vm, EID_SUSP, 0, 0, RESUME), ERR_NOT_SUPPORTED, 0) &&
		  sbi_gives(SBI_CALL(&vm, EID_MPXY, 0), ERR_NOT_SUPPORTED, 0),
		  "they are not there then");
}

static bool is_forwarded(uint64_t eid, uint64_t fid)
{
	return vm.run->exit_reason == KVM_EXIT_RISCV_SBI &&
	       vm.run->riscv_sbi.extension_id == eid && vm.run->riscv_sbi.function_id == fid;
}

static void test_system_errors(void)
{
	abi_check(sbi_gives(SBI_CALL(&vm, EID_BASE, 3, EID_SUSP), 0, 1), "SUSP is on");
	abi_check(sbi_gives(SBI_CALL(&vm, EID_SUSP, 1), ERR_NOT_SUPPORTED, 0),
		  "it has one function");
	abi_check(sbi_gives(SBI_CALL(&vm, EID_SUSP, 0, 1, RESUME), ERR_INVALID_PARAM, 0) &&
		  sbi_gives(SBI_CALL(&vm, EID_SUSP, 0, 0x80000000, RESUME), ERR_INVALID_PARAM, 0),
		  "and one type of sleep");
	abi_check(sbi_gives(SBI_CALL(&vm, EID_SUSP, 0, 0, limit), ERR_INVALID_ADDRESS, 0),
		  "there has to be an address");
	set_mp_state(other.vcpu, KVM_MP_STATE_RUNNABLE);
	abi_check(sbi_gives(SBI_CALL(&vm, EID_SUSP, 0, 0, RESUME), ERR_DENIED, 0),
		  "not while another hart runs");
	set_mp_state(other.vcpu, KVM_MP_STATE_STOPPED);
	abi_need(sbi_gives(SBI_CALL(&vm, EID_HSM, 0, 1, RESUME, 0), 0, 0), "hart 1 starts");
	abi_check(sbi_gives(SBI_CALL(&vm, EID_SUSP, 0, 0, RESUME), ERR_DENIED, 0),
		  "nor while it is about to");
	set_mp_state(other.vcpu, KVM_MP_STATE_STOPPED);
}

static void test_system(void)
{
	sbi_prepare(&vm, EID_SUSP, 0, (uint64_t[6]) { 0, RESUME, OPAQUE });
	abi_check(!abi_run(&vm) && is_forwarded(EID_SUSP, 0) &&
		  vm.run->riscv_sbi.args[1] == RESUME && vm.run->riscv_sbi.args[2] == OPAQUE,
		  "userspace suspends");
	abi_set_reg(vm.vcpu, ABI_CSR(sscratch), 7);
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 0) && sbi_gives(sbi_answer(&vm), 0, OPAQUE),
		  "running on is to wake up");
	abi_check(!abi_get_reg(vm.vcpu, ABI_CSR(satp)) && !abi_get_reg(vm.vcpu, ABI_CSR(sie)),
		  "with registers as after a reset");

	sbi_prepare(&vm, EID_SUSP, 0, (uint64_t[6]) { 0, RESUME, OPAQUE });
	abi_need(!abi_run(&vm) && is_forwarded(EID_SUSP, 0), "SUSP");
	vm.run->riscv_sbi.ret[0] = ERR_FAILED;
	vm.run->riscv_sbi.ret[1] = 0;
	abi_check_ours(!abi_run(&vm) && abi_is_sbi(&vm, 0) &&
		       sbi_gives(sbi_answer(&vm), ERR_FAILED, 0),
		       "in-tree KVM wakes it up all the same",
		       "a userspace that cannot sleep says so to the guest");
}

static void test_proxy(void)
{
	unsigned int fid, bad = 0;

	for (fid = 0; fid < 8; fid++) {
		sbi_prepare(&vm, EID_MPXY, fid, (uint64_t[6]) { 1, 2, 3, 4, 5, 6 });
		bad += abi_run(&vm) || !is_forwarded(EID_MPXY, fid);
		vm.run->riscv_sbi.ret[0] = 0;
		vm.run->riscv_sbi.ret[1] = fid;
		bad += abi_run(&vm) || !abi_is_sbi(&vm, 0) || !sbi_gives(sbi_answer(&vm), 0, fid);
	}
	abi_check(!bad, "userspace is the other end of the message proxy");
	abi_check_ours(sbi_gives(SBI_CALL(&vm, EID_MPXY, 8), ERR_NOT_SUPPORTED, 0),
		       "in-tree KVM forwards any function", "which has eight functions");
}

static bool has_ext(uint64_t id)
{
	uint64_t value;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return !ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg);
}

int main(void)
{
	abi_start(60);
	create();
	test_errors();
	set_mp_state(other.vcpu, KVM_MP_STATE_RUNNABLE);
	test_wfi();
	test_sleep(RETENTIVE, "retentive");
	if (!abi_is_in_tree()) {
		test_at_once();
		test_sleep(NON_RETENTIVE, "non-retentive");
		test_read_while_asleep();
	}
	destroy();

	create();
	if (!has_ext(SBI_EXT(SUSP))) {
		abi_skip(checks_other, "SUSP and MPXY");
	} else {
		test_system_off();
		destroy();
		create();
		abi_set_reg(vm.vcpu, SBI_EXT(SUSP), 1);
		abi_set_reg(other.vcpu, SBI_EXT(SUSP), 1);
		abi_set_reg(vm.vcpu, SBI_EXT(MPXY), 1);
		test_system_errors();
		test_system();
		test_proxy();
	}
	destroy();
	return abi_finish();
}
