// SPDX-License-Identifier: GPL-2.0-only
/* What KVM_ENABLE_CAP turns on: the width of guest-physical addresses, resetting a vCPU. */
#include "abi.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* What in-tree KVM of our oldest kernel lacks. */
static const char newer[] = "newer than Linux 6.12";

static struct abi_vm vm;
static uint8_t *page;

static int enable(uint32_t cap, uint64_t arg)
{
	struct kvm_enable_cap ask = { .cap = cap, .args = { arg } };

	return ioctl(vm.fd, KVM_ENABLE_CAP, &ask);
}

static int bits(void)
{
	return ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_VM_GPA_BITS);
}

/* A VM without anything in it. */
static void bare_vm(void)
{
	vm.sys = abi_open();
	vm.fd = ioctl(vm.sys, KVM_CREATE_VM, 0UL);
	abi_need(vm.fd >= 0, "VM");
	vm.vcpu = -1;
}

static void bare_vm_gone(void)
{
	abi_need(!close(vm.fd) && !close(vm.sys), "close");
}

/* ---- KVM_CAP_VM_GPA_BITS ------------------------------------------------------------------- */

static bool has_limit(unsigned int width)
{
	uint64_t end = 1UL << width;
	bool good;

	good = abi_set_slot(vm.fd, 0, 0, end, 0x1000, page) < 0 && errno == EFAULT;
	/* The last page of all is left out by in-tree KVM. */
	good &= !abi_set_slot(vm.fd, 0, 0, end - 0x2000, 0x1000, page);
	return good && !abi_set_slot(vm.fd, 0, 0, 0, 0, NULL);
}

static void test_width(uint64_t ask, int want)
{
	int host;

	bare_vm();
	host = ioctl(vm.sys, KVM_CHECK_EXTENSION, KVM_CAP_VM_GPA_BITS);
	if (want <= host) {
		abi_check_ours(!enable(KVM_CAP_VM_GPA_BITS, ask) && bits() == want, newer,
			       "ask for %d bits: %d", (int)ask, want);
		abi_check_ours(has_limit(want), newer, "and slots end there");
		abi_check(ioctl(vm.sys, KVM_CHECK_EXTENSION, KVM_CAP_VM_GPA_BITS) == host,
			  "/dev/kvm says what the host has");
	} else {
		abi_check_errno(enable(KVM_CAP_VM_GPA_BITS, ask), EINVAL,
				"ask for %d bits of %d", (int)ask, host);
	}
	bare_vm_gone();
}

static void test_width_errors(void)
{
	struct kvm_enable_cap ask = { .cap = KVM_CAP_VM_GPA_BITS, .flags = 1, .args = { 41 } };
	int host;

	bare_vm();
	host = bits();
	abi_check_errno(enable(KVM_CAP_VM_GPA_BITS, 60), EINVAL, "more bits than there can be");
	abi_check_errno(enable(KVM_CAP_VM_GPA_BITS, -1UL), EINVAL, "far more");
	abi_check_errno(ioctl(vm.fd, KVM_ENABLE_CAP, &ask), EINVAL, "flags");
	abi_need(!abi_set_slot(vm.fd, 3, 0, 0, 0x1000, page), "slot");
	abi_check_ours(enable(KVM_CAP_VM_GPA_BITS, 41) < 0 && errno == EBUSY, newer,
		       "not with a slot");
	abi_check(bits() == host, "and nothing changed");
	abi_need(!abi_set_slot(vm.fd, 3, 0, 0, 0, NULL), "no slot");
	abi_check_ours(!enable(KVM_CAP_VM_GPA_BITS, host) && bits() == host, newer,
		       "but when it is gone");
	vm.vcpu = ioctl(vm.fd, KVM_CREATE_VCPU, 0UL);
	abi_need(vm.vcpu >= 0, "vCPU");
	abi_check_ours(enable(KVM_CAP_VM_GPA_BITS, 41) < 0 && errno == EBUSY, newer,
		       "not with a vCPU");
	close(vm.vcpu);
	bare_vm_gone();
}

/* Guest code runs in every width. */
static void test_width_runs(int width)
{
	uint8_t *ram;

	bare_vm();
	if (enable(KVM_CAP_VM_GPA_BITS, width)) {
		bare_vm_gone();
		return;
	}
	vm.vcpu = ioctl(vm.fd, KVM_CREATE_VCPU, 0UL);
	vm.run_size = ioctl(vm.sys, KVM_GET_VCPU_MMAP_SIZE, 0UL);
	vm.run = mmap(NULL, vm.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vm.vcpu, 0);
	ram = mmap(NULL, ABI_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(vm.run != MAP_FAILED && ram != MAP_FAILED, "mmap");
	vm.ram = ram;
	memcpy(ram, guest_start, guest_end - guest_start);
	abi_need(!abi_set_slot(vm.fd, 0, 0, ABI_RAM, ABI_RAM_SIZE, ram), "slot 0");
	abi_need(!abi_set_slot(vm.fd, 1, 0, (1UL << width) - 0x2000, 0x1000, page), "slot 1");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_access - guest_start));
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), (1UL << width) - 0x2000);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), 0x1122334455667788);
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1) &&
		  *(uint64_t *)page == 0x1122334455667788,
		  "with %d bits a guest stores at the end of its space", width);
	*(uint64_t *)page = 0;
	abi_vm_destroy(&vm);
}

/* ---- KVM_CAP_RISCV_MP_STATE_RESET ---------------------------------------------------------- */

static int set_state(uint32_t state)
{
	struct kvm_mp_state mp = { .mp_state = state };

	return ioctl(vm.vcpu, KVM_SET_MP_STATE, &mp);
}

static uint32_t state(void)
{
	struct kvm_mp_state mp = { 0 };

	abi_need(!ioctl(vm.vcpu, KVM_GET_MP_STATE, &mp), "KVM_GET_MP_STATE");
	return mp.mp_state;
}

static bool is_reset(void)
{
	return !abi_get_reg(vm.vcpu, ABI_CORE(regs.s2)) && !abi_get_reg(vm.vcpu, ABI_CSR(stvec)) &&
	       !abi_get_reg(vm.vcpu, ABI_CSR(sie)) && !abi_get_reg(vm.vcpu, ABI_CSR(sscratch));
}

static void test_reset(void)
{
	abi_vm_boot(&vm, guest_sbi);
	abi_check_errno(set_state(KVM_MP_STATE_INIT_RECEIVED), EINVAL,
			"reset before it is enabled");
	abi_check_ours(enable(KVM_CAP_RISCV_MP_STATE_RESET, 1) < 0 && errno == EINVAL,
		       "arguments are not looked at", "enable it with an argument");
	abi_check_ours(!enable(KVM_CAP_RISCV_MP_STATE_RESET, 0), newer, "enable it");

	abi_set_reg(vm.vcpu, ABI_CORE(regs.s2), 77);
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 1), "run");
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), ABI_RAM);
	abi_set_reg(vm.vcpu, ABI_CSR(sscratch), 5);
	abi_set_reg(vm.vcpu, ABI_CSR(sie), 1 << 9);
	abi_check_ours(!set_state(KVM_MP_STATE_INIT_RECEIVED) && is_reset(), newer,
		       "the registers are reset");
	abi_check(state() == KVM_MP_STATE_RUNNABLE, "the vCPU stays runnable");
	abi_check(!set_state(KVM_MP_STATE_STOPPED), "stop it");
	abi_check_ours(!set_state(KVM_MP_STATE_INIT_RECEIVED), newer, "reset a stopped one");
	abi_check(state() == KVM_MP_STATE_STOPPED, "it stays stopped");
	abi_check_errno(set_state(KVM_MP_STATE_HALTED), EINVAL, "another state");

	abi_need(!set_state(KVM_MP_STATE_RUNNABLE), "start it");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_sbi - guest_start));
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1), "and it runs from the beginning");
	abi_vm_destroy(&vm);
}

int main(void)
{
	abi_start(60);
	page = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(page != MAP_FAILED, "mmap");
	test_width(0, 41);
	test_width(41, 41);
	test_width(42, 50);
	test_width(50, 50);
	test_width(51, 59);
	test_width(59, 59);
	test_width_errors();
	test_width_runs(41);
	test_width_runs(50);
	test_width_runs(59);
	test_reset();
	return abi_finish();
}
