// SPDX-License-Identifier: GPL-2.0-only
/* KVM_CAP_RV_FILTER: SBI calls and CSR accesses that userspace wants for itself. */
#include "sbi_call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define EID_UNKNOWN	0x0b000000UL
#define RANGES		16

/* Accesses one after the other, in S-mode or in U-mode; what comes back is in s2. */
asm(".section .rodata\n"
	".balign 8\n"
	".global csr_start, csr_end\n"
	".option push\n"
	".option norvc\n"
	"csr_start:\n"
	"	csrrw	s2, 0x600, s3\n"
	"	csrrs	s2, 0x600, s3\n"
	"	csrrc	s2, 0x680, s3\n"
	"	csrrsi	s2, 0x600, 5\n"
	"	csrrw	zero, 0x605, s3\n"
	"	csrr	s2, 0xc00\n"
	"	csrw	0xc00, s3\n"
	"	csrr	s2, 0xc02\n"
	"	csrr	s2, 0x24d\n"
	"csr_end:\n"
	".option pop\n"
	".previous\n");
extern const uint8_t csr_start[], csr_end[];

#define OPERAND		0xf0f0f0f0f0f0f0f0UL
#define ANSWER		0x123456789abcdef0UL

static struct abi_vm vm;

static long add(uint64_t kind, uint64_t first, uint64_t last)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_RV_FILTER, .args = { kind, first, last },
	};

	return ioctl(vm.fd, KVM_ENABLE_CAP, &cap);
}

#define SBI	KVM_RV_FILTER_SBI
#define CSR	KVM_RV_FILTER_CSR

static void test_errors(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_RV_FILTER, .args = { SBI, 1, 1, 1 } };
	unsigned int i, bad = 0;

	abi_vm_begin(&vm);
	abi_check(ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_RV_FILTER) == RANGES &&
		  ioctl(vm.sys, KVM_CHECK_EXTENSION, KVM_CAP_RV_FILTER) == RANGES, "16 ranges");
	abi_check_errno(ioctl(vm.fd, KVM_ENABLE_CAP, &cap), EINVAL, "a fourth argument");
	cap.args[3] = 0;
	cap.flags = 1;
	abi_check_errno(ioctl(vm.fd, KVM_ENABLE_CAP, &cap), EINVAL, "a flag");
	abi_check_errno(add(2, 0, 0), EINVAL, "a third kind");
	abi_check_errno(add(SBI, 2, 1), EINVAL, "extensions backwards");
	abi_check_errno(add(CSR, 2, 1), EINVAL, "CSRs backwards");
	abi_check_errno(add(CSR, 0, 4096), EINVAL, "CSR 4096");
	abi_check(!add(SBI, 100, 200) && !add(CSR, 100, 200), "some of each");
	abi_check_errno(add(SBI, 0, 100), EEXIST, "the same extension again");
	abi_check_errno(add(CSR, 200, 200), EEXIST, "the same CSR again");
	for (i = 1; i < RANGES; i++)
		bad += add(SBI, 1000 + i, 1000 + i) != 0;
	abi_check(!bad, "16 ranges of extensions");
	abi_check_errno(add(SBI, 2000, 2000), ENOSPC, "one more");
	abi_check(!add(CSR, 0, 99) && !add(CSR, 201, 4095), "CSRs as many as there are");
	abi_vm_finish(&vm);
	abi_check_errno(add(CSR, 0, 0), EBUSY, "not when there is a vCPU");
	abi_check_errno(add(7, 1, 0), EBUSY, "whatever it is");
	abi_vm_destroy(&vm);
}

/* ---- SBI calls ------------------------------------------------------------------------------- */

static bool goes_to_user(uint64_t eid, uint64_t fid)
{
	const struct kvm_run *run = vm.run;
	struct sbi_answer got;

	sbi_prepare(&vm, eid, fid, (uint64_t[6]) { 11, 12, 13, 14, 15, 16 });
	abi_need(!abi_run(&vm), "KVM_RUN");
	if (run->exit_reason != KVM_EXIT_RISCV_SBI || run->riscv_sbi.extension_id != eid ||
	    run->riscv_sbi.function_id != fid || run->riscv_sbi.args[5] != 16) {
		abi_need(abi_is_sbi(&vm, 0), "the end");
		sbi_answer(&vm);
		return false;
	}
	vm.run->riscv_sbi.ret[0] = 77;
	vm.run->riscv_sbi.ret[1] = 78;
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 0), "the call returns");
	got = sbi_answer(&vm);
	return sbi_gives(got, 77, eid < 16 ? 12 : 78);
}

static bool probe_goes_to_user(uint64_t eid)
{
	const struct kvm_run *run = vm.run;
	struct sbi_answer got;

	sbi_prepare(&vm, EID_BASE, 3, (uint64_t[6]) { eid });
	abi_need(!abi_run(&vm), "KVM_RUN");
	if (abi_is_sbi(&vm, 0)) {
		sbi_answer(&vm);
		return false;
	}
	abi_need(run->exit_reason == KVM_EXIT_RISCV_SBI &&
		 run->riscv_sbi.extension_id == EID_BASE && run->riscv_sbi.args[0] == eid, "probe");
	vm.run->riscv_sbi.ret[0] = 0;
	vm.run->riscv_sbi.ret[1] = 9;
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 0), "the call returns");
	got = sbi_answer(&vm);
	return sbi_gives(got, 0, 9);
}

static void create(void)
{
	abi_vm_finish(&vm);
	sbi_install(&vm);
}

static void test_none(void)
{
	abi_vm_begin(&vm);
	create();
	abi_check(!goes_to_user(EID_UNKNOWN, 0) && !goes_to_user(EID_DBCN, 0) &&
		  !probe_goes_to_user(EID_UNKNOWN), "without a filter unknown calls are refused");
	abi_vm_destroy(&vm);
}

static void test_sbi(void)
{
	abi_vm_begin(&vm);
	abi_need(!add(SBI, EID_UNKNOWN, EID_UNKNOWN + 1) && !add(SBI, EID_TIME, EID_TIME) &&
		 !add(SBI, EID_DBCN, EID_DBCN) && !add(SBI, 3, 3), "a filter");
	create();
	abi_check(goes_to_user(EID_UNKNOWN, 5) && goes_to_user(EID_UNKNOWN + 1, 0) &&
		  !goes_to_user(EID_UNKNOWN + 2, 0) && !goes_to_user(EID_UNKNOWN - 1, 0),
		  "an unknown extension, and its neighbour");
	abi_check(goes_to_user(EID_TIME, 0) && goes_to_user(EID_TIME, 1000) &&
		  abi_get_reg(vm.vcpu, KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_TIMER |
			      KVM_REG_RISCV_TIMER_REG(compare)) == UINT64_MAX,
		  "one that the kernel has, and leaves alone");
	abi_check(goes_to_user(EID_DBCN, 9), "one that is off, with any function");
	abi_check(goes_to_user(3, 0), "a legacy call, which leaves a1 alone");
	abi_check(!goes_to_user(EID_IPI, 0) && !goes_to_user(0, 0),
		  "the others are the kernel's");
	abi_check(sbi_gives(SBI_CALL(&vm, EID_IPI, 0, 1, 0), 0, 0) &&
		  sbi_gives(SBI_CALL(&vm, 0, 0, -1, 55), 0, 55), "and answered by it");
	abi_check(probe_goes_to_user(EID_UNKNOWN) && probe_goes_to_user(EID_TIME) &&
		  probe_goes_to_user(3) && !probe_goes_to_user(EID_IPI) && !probe_goes_to_user(0),
		  "userspace is asked whether there is one of its own");
	abi_vm_destroy(&vm);
}

static void test_base(void)
{
	abi_vm_begin(&vm);
	abi_need(!add(SBI, 0, UINT64_MAX), "a filter");
	create();
	abi_check(goes_to_user(EID_BASE, 0) && goes_to_user(EID_BASE, 3) &&
		  goes_to_user(UINT64_MAX, 0) && goes_to_user(0, 0), "all can be had");
	abi_vm_destroy(&vm);
}

/* Of a row of ids a part. */
static void test_part(void)
{
	abi_vm_begin(&vm);
	abi_need(!add(SBI, 0x08000000, 0x08000000), "a filter");
	create();
	abi_set_reg(vm.vcpu, SBI_EXT(V01), 0);
	abi_check(goes_to_user(0x08000000, 0) && goes_to_user(0x08000001, 0),
		  "experimental ones go there anyway");
	abi_check(!goes_to_user(1, 0), "what is off is off");
	abi_vm_destroy(&vm);
}

/* ---- CSRs ------------------------------------------------------------------------------------ */

static void enter(unsigned int nr, bool user)
{
	const uint64_t code = ABI_RAM + 0x2000;

	memcpy(vm.ram + (code - ABI_RAM), csr_start, csr_end - csr_start);
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), ABI_RAM + (guest_trap - guest_start));
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), code + 4 * nr);
	abi_set_reg(vm.vcpu, ABI_CORE(mode), user ? 0 : 1);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.s2), 0);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.s3), OPERAND);
	abi_need(!abi_run(&vm), "KVM_RUN");
}

static bool csr_exit(unsigned int nr, unsigned int csr, uint64_t value, uint64_t mask)
{
	const struct kvm_run *run = vm.run;

	enter(nr, false);
	if (run->exit_reason != KVM_EXIT_RISCV_CSR || run->riscv_csr.csr_num != csr ||
	    run->riscv_csr.new_value != value || run->riscv_csr.write_mask != mask) {
		printf("# access %u: reason %u csr %#lx value %#lx mask %#lx\n", nr,
		       run->exit_reason, run->riscv_csr.csr_num, run->riscv_csr.new_value,
		       run->riscv_csr.write_mask);
		return false;
	}
	vm.run->riscv_csr.ret_value = ANSWER;
	vm.run->immediate_exit = 1;
	abi_need(abi_run(&vm) == -1 && errno == EINTR, "immediate exit");
	vm.run->immediate_exit = 0;
	/* The store to zero leaves s2 alone. */
	return abi_get_reg(vm.vcpu, ABI_CORE(regs.s2)) == (nr == 4 ? 0 : ANSWER);
}

/* An illegal instruction for the guest. */
static bool is_refused(unsigned int nr, bool user)
{
	enter(nr, user);
	if (!abi_is_sbi(&vm, 2) || vm.run->riscv_sbi.args[1] != 2)
		return false;
	sbi_answer(&vm);
	return true;
}

static void test_csrs(void)
{
	abi_vm_begin(&vm);
	abi_need(!add(CSR, 0x600, 0x600) && !add(CSR, 0x602, 0x67f) && !add(CSR, 0x680, 0x6ff) &&
		 !add(CSR, 0xc00, 0xc00), "a filter");
	create();
	abi_check(csr_exit(0, 0x600, OPERAND, -1), "csrrw");
	abi_check(csr_exit(1, 0x600, OPERAND, OPERAND), "csrrs");
	abi_check(csr_exit(2, 0x680, 0, OPERAND), "csrrc");
	abi_check(csr_exit(3, 0x600, 5, 5), "csrrsi");
	abi_check(csr_exit(4, 0x605, OPERAND, -1), "csrw");
	abi_check(csr_exit(5, 0xc00, 0, 0), "a counter is read");
	abi_check(is_refused(6, false), "but not written");
	enter(7, false);
	abi_check(vm.run->exit_reason != KVM_EXIT_RISCV_CSR, "a counter that is not in the filter");
	abi_vm_destroy(&vm);

	abi_vm_begin(&vm);
	abi_need(!add(CSR, 0x600, 0x6ff) && !add(CSR, 0xc00, 0xc00), "a filter");
	create();
	abi_check(is_refused(8, false), "a CSR that is not in it is refused");
	abi_check(is_refused(0, true), "so is one of S-mode, in user mode");
	abi_check(is_refused(5, true), "and a counter, in user mode");
	abi_set_reg(vm.vcpu, ABI_CSR(scounteren), 1);
	enter(5, true);
	abi_check(vm.run->exit_reason == KVM_EXIT_RISCV_CSR && vm.run->riscv_csr.csr_num == 0xc00,
		  "unless scounteren allows it");
	abi_vm_destroy(&vm);
}

int main(void)
{
	abi_start(60);
	if (abi_is_in_tree()) {
		puts("1..0 # SKIP in-tree KVM has no such capability");
		return 0;
	}
	test_errors();
	test_none();
	test_sbi();
	test_base();
	test_part();
	test_csrs();
	return abi_finish();
}
