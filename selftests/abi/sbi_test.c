// SPDX-License-Identifier: GPL-2.0-only
/* What the SBI answers: the guest makes one call with arguments that the test has put in place. */
#include "sbi_call.h"

#include <errno.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REG(class, index)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (class) | (index))
#define CSR(name)		REG(KVM_REG_RISCV_CSR, KVM_REG_RISCV_CSR_REG(name))

#define EID_PUTCHAR	1

#define SIP_SSIP	(1 << 1)
#define SIP_STIP	(1 << 5)

static const char older[] = "in-tree KVM of 6.12 has an older SBI";

static struct abi_vm vm;
static int hart1;		/* fd of a second vCPU */

#define CALL(eid, fid, ...)	SBI_CALL(&vm, eid, fid, __VA_ARGS__)

static void test_base(void)
{
	abi_check_ours(sbi_gives(CALL(EID_BASE, 0, 0), 0, 0x03000000), older, "SBI version 3.0");
	abi_check(sbi_gives(CALL(EID_BASE, 1, 0), 0, 3), "implementation KVM");
	abi_check(CALL(EID_BASE, 2, 0).value >= 6 << 16, "its version is the kernel's");
	abi_check(sbi_gives(CALL(EID_BASE, 3, EID_BASE), 0, 1) &&
		  sbi_gives(CALL(EID_BASE, 3, EID_HSM), 0, 1), "probe finds what there is");
	abi_check(sbi_gives(CALL(EID_BASE, 3, EID_DBCN), 0, 0), "not what is off");
	abi_check(sbi_gives(CALL(EID_BASE, 3, 0xb000000), 0, 0), "nor what is unknown");
	abi_check(sbi_gives(CALL(EID_BASE, 7, 0), ERR_NOT_SUPPORTED, 0), "there is no function 7");
	abi_check(sbi_gives(CALL(0xb000000, 0, 0), ERR_NOT_SUPPORTED, 0), "an unknown extension");
	abi_check(sbi_gives(CALL(EID_DBCN, 0, 0), ERR_NOT_SUPPORTED, 0),
		  "an extension that is off");
}

static void test_base_forwarded(void)
{
	sbi_prepare(&vm, EID_BASE, 3, (uint64_t[6]) { 0x09000000 });
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_RISCV_SBI &&
		  vm.run->riscv_sbi.extension_id == EID_BASE &&
		  vm.run->riscv_sbi.args[0] == 0x09000000, "userspace is asked for its own");
	vm.run->riscv_sbi.ret[0] = 0;
	vm.run->riscv_sbi.ret[1] = 1;
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 0) && sbi_gives(sbi_answer(&vm), 0, 1),
		  "and its answer taken");
}

static void test_time(void)
{
	struct sbi_answer got = CALL(EID_TIME, 0, 0);

	abi_check(sbi_gives(got, 0, 0) && got.sip & SIP_STIP,
		  "a timer of the past is pending at once");
	got = CALL(EID_TIME, 0, -1);
	abi_check(sbi_gives(got, 0, 0) && !(got.sip & SIP_STIP), "one of never is not");
	abi_check(sbi_gives(CALL(EID_TIME, 1, 0), ERR_NOT_SUPPORTED, 0), "TIME has one function");
}

static uint64_t hart1_sip(void)
{
	return abi_get_reg(hart1, CSR(sip));
}

static void test_ipi(void)
{
	struct sbi_answer got = CALL(EID_IPI, 0, 1, 0);

	abi_check(sbi_gives(got, 0, 0) && got.sip & SIP_SSIP, "an IPI to itself is pending");
	abi_set_reg(vm.vcpu, CSR(sip), 0);
	got = CALL(EID_IPI, 0, 1, 1);
	abi_check(sbi_gives(got, 0, 0) && !(got.sip & SIP_SSIP) && hart1_sip() & SIP_SSIP,
		  "an IPI to another hart is pending there");
	abi_set_reg(hart1, CSR(sip), 0);
	got = CALL(EID_IPI, 0, 0, -1);
	abi_check(sbi_gives(got, 0, 0) && got.sip & SIP_SSIP && hart1_sip() & SIP_SSIP, "all, too");
	abi_set_reg(vm.vcpu, CSR(sip), 0);
	abi_set_reg(hart1, CSR(sip), 0);
	got = CALL(EID_IPI, 0, 0, 0);
	abi_check(sbi_gives(got, 0, 0) && !(got.sip & SIP_SSIP), "no hart is no error");

	got = CALL(EID_IPI, 0, 1 << 1 | 1 << 5, 0);
	abi_check_ours(sbi_gives(got, ERR_INVALID_PARAM, 0) && !(hart1_sip() & SIP_SSIP), older,
		       "a hart that is not there is one, and nothing is sent");
	abi_check_ours(sbi_gives(CALL(EID_IPI, 0, 1, 1000000), ERR_INVALID_PARAM, 0), older,
		       "a base far away, too");
	abi_check(sbi_gives(CALL(EID_IPI, 1, 0), ERR_NOT_SUPPORTED, 0), "IPI has one function");
	abi_set_reg(hart1, CSR(sip), 0);
}

static void test_rfence(void)
{
	unsigned int fid, bad = 0;

	for (fid = 0; fid < 3; fid++) {
		bad += !sbi_gives(CALL(EID_RFENCE, fid, 1, 0, 0x80000000, 0x1000, 1), 0, 0);
		bad += !sbi_gives(CALL(EID_RFENCE, fid, 3, 0, 0, 0, 1), 0, 0);
		bad += !sbi_gives(CALL(EID_RFENCE, fid, 0, -1, 0x1234, -1, 1), 0, 0);
	}
	abi_check(!bad, "fences of one page and of all, here and elsewhere (%u fail)", bad);
	abi_check_ours(sbi_gives(CALL(EID_RFENCE, 1, 4, 0, 0, 0), ERR_INVALID_PARAM, 0), older,
		       "a hart that is not there");
	for (bad = 0, fid = 3; fid < 8; fid++)
		bad += !sbi_gives(CALL(EID_RFENCE, fid, 1, 0, 0, 0, 1), ERR_NOT_SUPPORTED, 0);
	abi_check(!bad, "the fences of the H extension are not offered (%u are)", bad);
}

static uint32_t hart1_mp_state(void)
{
	struct kvm_mp_state state = { .mp_state = -1 };

	abi_need(!ioctl(hart1, KVM_GET_MP_STATE, &state), "KVM_GET_MP_STATE");
	return state.mp_state;
}

static void test_hsm(void)
{
	abi_check(sbi_gives(CALL(EID_HSM, 2, 0), 0, 0), "hart 0 is started");
	abi_check(sbi_gives(CALL(EID_HSM, 2, 1), 0, 1), "hart 1 is stopped");
	abi_check_ours(sbi_gives(CALL(EID_HSM, 2, 2), ERR_INVALID_PARAM, 0),
		       "in-tree KVM gives the error as value, too", "hart 2 is not there");
	abi_check(sbi_gives(CALL(EID_HSM, 0, 2, SBI_CODE, 0), ERR_INVALID_PARAM, 0),
		  "and cannot be started");
	abi_check(sbi_gives(CALL(EID_HSM, 0, 0, SBI_CODE, 0), ERR_ALREADY_AVAILABLE, 0),
		  "nor hart 0 again");
	abi_check_ours(sbi_gives(CALL(EID_HSM, 0, 1, 1UL << 60, 0), ERR_INVALID_ADDRESS, 0),
		       "in-tree KVM takes any address", "nor one where no memory can be");

	abi_set_reg(hart1, CSR(satp), 8UL << 60);
	abi_set_reg(hart1, ABI_CORE(regs.s0), 77);
	abi_check_ours(sbi_gives(CALL(EID_HSM, 0, 1, SBI_CODE + 8, 0x1234), 0, 0),
		       "in-tree KVM has started it already", "hart 1 can be started");
	abi_check_ours(hart1_mp_state() == KVM_MP_STATE_RUNNABLE &&
		       abi_get_reg(hart1, ABI_CORE(regs.pc)) == SBI_CODE + 8 &&
		       abi_get_reg(hart1, ABI_CORE(regs.a0)) == 1 &&
		       abi_get_reg(hart1, ABI_CORE(regs.a1)) == 0x1234 &&
		       abi_get_reg(hart1, CSR(satp)) == 0 &&
		       abi_get_reg(hart1, ABI_CORE(regs.s0)) == 0,
		       "in-tree KVM shows it when the vCPU runs",
		       "with its registers in place");
	abi_check(sbi_gives(CALL(EID_HSM, 0, 1, SBI_CODE, 0), ERR_ALREADY_AVAILABLE, 0), "once");
	abi_check(sbi_gives(CALL(EID_HSM, 3, 1), ERR_INVALID_PARAM, 0), "a reserved suspend type");
	abi_check(sbi_gives(CALL(EID_HSM, 4, 0), ERR_NOT_SUPPORTED, 0), "HSM has four functions");
}

/* A software interrupt ends a suspension; upper halves do not count. */
static void test_suspend(void)
{
	abi_set_reg(vm.vcpu, CSR(sie), SIP_SSIP);
	abi_set_reg(vm.vcpu, CSR(sip), SIP_SSIP);
	abi_check(sbi_gives(CALL(EID_HSM, 3, 1UL << 32), 0, 0),
		  "with an interrupt pending it is no suspension");
	abi_set_reg(vm.vcpu, CSR(sie), 0);
	abi_set_reg(vm.vcpu, CSR(sip), 0);
}

static volatile bool runner_done;

static void *runner(void *unused)
{
	(void)unused;
	abi_run(&vm);
	runner_done = true;
	return NULL;
}

static void test_suspend_and_wake(void)
{
	struct kvm_interrupt irq = { .irq = KVM_INTERRUPT_SET };
	pthread_t thread;

	abi_set_reg(vm.vcpu, CSR(sie), 1 << 9);
	sbi_prepare(&vm, EID_HSM, 3, (uint64_t[6]) { 0 });
	runner_done = false;
	abi_need(!pthread_create(&thread, NULL, runner, NULL), "pthread_create");
	usleep(50000);
	abi_check(!runner_done, "a suspended hart sleeps");
	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &irq), "KVM_INTERRUPT");
	pthread_join(thread, NULL);
	abi_check(abi_is_sbi(&vm, 0) && sbi_gives(sbi_answer(&vm), 0, 0),
		  "until an interrupt is pending");
	irq.irq = KVM_INTERRUPT_UNSET;
	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &irq), "KVM_INTERRUPT");
	abi_set_reg(vm.vcpu, CSR(sie), 0);
}

static void test_forwarded_console(void)
{
	sbi_prepare(&vm, EID_DBCN, 2, (uint64_t[6]) { 'x' });
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_RISCV_SBI &&
		  vm.run->riscv_sbi.extension_id == EID_DBCN && vm.run->riscv_sbi.args[0] == 'x',
		  "DBCN goes to userspace");
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 0) &&
		  sbi_gives(sbi_answer(&vm), ERR_NOT_SUPPORTED, 0),
		  "which need not know it");
	abi_check_ours(sbi_gives(CALL(EID_DBCN, 3, 0), ERR_NOT_SUPPORTED, 0),
		       "in-tree KVM forwards any function", "it has no function 3");
}

static void test_legacy_console(void)
{
	sbi_prepare(&vm, EID_PUTCHAR, 0, (uint64_t[6]) { 'x', 55 });
	abi_need(!abi_run(&vm), "KVM_RUN");
	abi_check_ours(vm.run->exit_reason == KVM_EXIT_RISCV_SBI &&
		       vm.run->riscv_sbi.extension_id == EID_PUTCHAR,
		       "in-tree KVM is built without", "putchar goes to userspace");
	vm.run->riscv_sbi.ret[0] = 0;
	vm.run->riscv_sbi.ret[1] = 99;
	abi_check_ours(!abi_run(&vm) && sbi_gives(sbi_answer(&vm), 0, 55),
		       "in-tree KVM is built without", "and leaves a1 alone");
}

static void test_reset(void)
{
	struct kvm_mp_state state;

	abi_check(sbi_gives(CALL(EID_SRST, 1, 0), ERR_NOT_SUPPORTED, 0), "SRST has one function");
	abi_check_ours(sbi_gives(CALL(EID_SRST, 0, 3, 0), ERR_INVALID_PARAM, 0),
		       "in-tree KVM says 'not supported'", "a reserved type of reset");
	sbi_prepare(&vm, EID_SRST, 0, (uint64_t[6]) { 1, 1 });
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
		  vm.run->system_event.type == KVM_SYSTEM_EVENT_RESET &&
		  vm.run->system_event.ndata == 1 && vm.run->system_event.data[0] == 1,
		  "a reset goes to userspace, with its reason");
	abi_need(!ioctl(vm.vcpu, KVM_GET_MP_STATE, &state), "KVM_GET_MP_STATE");
	abi_check(state.mp_state == KVM_MP_STATE_STOPPED &&
		  hart1_mp_state() == KVM_MP_STATE_STOPPED, "and every hart is stopped");
	state.mp_state = KVM_MP_STATE_RUNNABLE;
	abi_need(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	sbi_prepare(&vm, EID_SRST, 0, (uint64_t[6]) { 1UL << 32, 0 });
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
		  vm.run->system_event.type == KVM_SYSTEM_EVENT_SHUTDOWN, "so does a shutdown");
}

static void create(void)
{
	abi_vm_create(&vm);
	sbi_install(&vm);
	hart1 = ioctl(vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(hart1 >= 0, "a second vCPU");
}

static void destroy(void)
{
	close(hart1);
	abi_vm_destroy(&vm);
}

int main(void)
{
	abi_start(60);
	create();
	test_base();
	test_base_forwarded();
	test_time();
	test_ipi();
	test_rfence();
	test_hsm();
	test_suspend();
	test_suspend_and_wake();
	test_legacy_console();
	destroy();

	create();
	abi_set_reg(vm.vcpu, SBI_EXT(DBCN), 1);
	test_forwarded_console();
	test_reset();
	destroy();
	return abi_finish();
}
