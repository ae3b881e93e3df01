// SPDX-License-Identifier: GPL-2.0-only
/* The SBI of v0.1: timer, IPIs, fences by a mask in the guest's memory, shutdown. */
#include "sbi_call.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	SET_TIMER, PUTCHAR, GETCHAR, CLEAR_IPI, SEND_IPI, FENCE_I, SFENCE_VMA, SFENCE_VMA_ASID,
	SHUTDOWN,
};

#define SIP_SSIP	(1 << 1)
#define SIP_STIP	(1 << 5)
#define SSTATUS_SUM	(1 << 18)
#define HARTS		70
#define MASK		(ABI_RAM + 0x100000)	/* of a page that nobody has touched yet */
#define KEPT		0x5555UL		/* in a1 */

#define TABLES		(ABI_RAM + 0x10000)
#define PTE(gpa, flags)	((gpa) >> 2 | (flags))
#define V_R_W_X		0xf
#define USER		0x10
#define A_D		0xc0
#define VIRTUAL		0x40000000UL

#define CAUSE_LOAD_ACCESS	5
#define CAUSE_LOAD_PAGE		13

static struct abi_vm vm;
static int harts[HARTS];

#define CALL(eid, ...)	SBI_CALL(&vm, eid, 0x77, __VA_ARGS__)

static uint64_t *mask_at(uint64_t gpa)
{
	return (uint64_t *)(vm.ram + (gpa - ABI_RAM));
}

static void create(unsigned int count)
{
	unsigned int i;

	abi_vm_create(&vm);
	sbi_install(&vm);
	harts[0] = vm.vcpu;
	for (i = 1; i < count; i++) {
		harts[i] = ioctl(vm.fd, KVM_CREATE_VCPU, (unsigned long)i);
		abi_need(harts[i] >= 0, "KVM_CREATE_VCPU");
	}
}

static void destroy(unsigned int count)
{
	unsigned int i;

	for (i = 1; i < count; i++)
		close(harts[i]);
	abi_vm_destroy(&vm);
}

/* Which harts have an IPI pending; none has afterwards. */
static unsigned int count_ipis(unsigned int count, unsigned int *last)
{
	unsigned int i, found = 0;

	for (i = 0; i < count; i++) {
		if (!(abi_get_reg(harts[i], ABI_CSR(sip)) & SIP_SSIP))
			continue;
		abi_set_reg(harts[i], ABI_CSR(sip), 0);
		found++;
		*last = i;
	}
	return found;
}

static void test_timer(void)
{
	struct sbi_answer got = CALL(SET_TIMER, 0, KEPT);

	abi_check(sbi_gives(got, 0, KEPT) && got.sip & SIP_STIP, "a timer that is due");
	got = CALL(SET_TIMER, -1, KEPT);
	abi_check(sbi_gives(got, 0, KEPT) && !(got.sip & SIP_STIP), "and one that never is");
}

static void test_clear(void)
{
	struct sbi_answer got = CALL(CLEAR_IPI, 0, KEPT);

	abi_check(sbi_gives(got, 0, KEPT), "no IPI to clear");
	abi_set_reg(vm.vcpu, ABI_CSR(sip), SIP_SSIP);
	got = CALL(CLEAR_IPI, 0, KEPT);
	abi_check(got.error > 0 && got.value == KEPT && !(got.sip & SIP_SSIP), "one that is gone");
}

static void test_ipi(void)
{
	unsigned int last = 0;

	/* The first access to this page is the hypervisor's. */
	abi_check(sbi_gives(CALL(SEND_IPI, MASK, KEPT), 0, KEPT) && !count_ipis(HARTS, &last),
		  "an empty mask");
	mask_at(MASK)[0] = 1UL << 63;
	abi_check(sbi_gives(CALL(SEND_IPI, MASK, KEPT), 0, KEPT) &&
		  count_ipis(HARTS, &last) == 1 && last == 63, "hart 63");
	mask_at(MASK)[0] = 0;
	mask_at(MASK)[1] = 1UL << 5;
	abi_check(sbi_gives(CALL(SEND_IPI, MASK, KEPT), 0, KEPT) &&
		  count_ipis(HARTS, &last) == 1 && last == 69, "hart 69, in the second word");
	mask_at(MASK)[1] = 1UL << 20;
	mask_at(MASK)[2] = 1;
	abi_check(sbi_gives(CALL(SEND_IPI, MASK, KEPT), 0, KEPT) && !count_ipis(HARTS, &last),
		  "bits behind the last hart");
	mask_at(MASK + 0xff8)[0] = 1UL << 2;
	mask_at(MASK + 0xff8)[1] = 1;
	abi_check(sbi_gives(CALL(SEND_IPI, MASK + 0xff8, KEPT), 0, KEPT) &&
		  count_ipis(HARTS, &last) == 2 && last == 64, "a mask on two pages");
	abi_check(sbi_gives(CALL(SEND_IPI, 0, KEPT), 0, KEPT) &&
		  count_ipis(HARTS, &last) == HARTS, "no mask: all");
	memset(mask_at(MASK), 0, 0x2000);
}

static void test_fences(void)
{
	unsigned int eid, bad = 0;

	mask_at(MASK)[0] = mask_at(MASK)[1] = -1;
	for (eid = FENCE_I; eid <= SFENCE_VMA_ASID; eid++) {
		bad += !sbi_gives(CALL(eid, MASK, 0, 0, 1), 0, 0);
		bad += !sbi_gives(CALL(eid, MASK, 0x1000, 0x2000, 1), 0, 0x1000);
		bad += !sbi_gives(CALL(eid, 0, 0x1000, -1, 1), 0, 0x1000);
	}
	abi_check(!bad, "fences (%u fail)", bad);
	abi_check(CALL(SFENCE_VMA, MASK, -1, 2).error < 0 &&
		  CALL(SFENCE_VMA_ASID, 0, -1, 2, 0).error < 0 &&
		  !CALL(FENCE_I, MASK, -1, 2).error, "of a range that wraps");
}

/* ---- faults ---------------------------------------------------------------------------------- */

/* The call raises this exception in the guest, at the call. */
static bool faults(uint64_t eid, uint64_t mask, uint64_t cause, uint64_t address)
{
	const uint64_t *args = (const uint64_t *)vm.run->riscv_sbi.args;
	bool right;

	abi_set_reg(vm.vcpu, ABI_CSR(stvec), ABI_RAM + (guest_trap - guest_start));
	sbi_prepare(&vm, eid, 0, (uint64_t[6]) { mask, 0, 0, 0 });
	abi_need(!abi_run(&vm), "KVM_RUN");
	right = abi_is_sbi(&vm, 2) && args[0] == SBI_CODE && args[1] == cause &&
		args[2] == address;
	if (!right)
		printf("# reason %u, function %lu: epc %#lx cause %lu tval %#lx\n",
		       vm.run->exit_reason, (long)vm.run->riscv_sbi.function_id, (long)args[0],
		       (long)args[1], (long)args[2]);
	sbi_answer(&vm);
	return right;
}

static void test_access_faults(void)
{
	unsigned int eid, bad = 0;

	for (eid = SEND_IPI; eid <= SFENCE_VMA_ASID; eid++) {
		bad += !faults(eid, ABI_DEVICE, CAUSE_LOAD_ACCESS, ABI_DEVICE);
		bad += !faults(eid, ABI_RAM + ABI_RAM_SIZE, CAUSE_LOAD_ACCESS,
			       ABI_RAM + ABI_RAM_SIZE);
	}
	abi_check(!bad, "a mask where no memory is (%u others)", bad);
	abi_check(faults(SEND_IPI, ABI_RAM + ABI_RAM_SIZE - 8, CAUSE_LOAD_ACCESS,
			 ABI_RAM + ABI_RAM_SIZE), "a mask that is there in part");
}

/* Sv39: guest memory where it is; at VIRTUAL a page of the mask, and one of user mode. */
static void map(void)
{
	memset(mask_at(TABLES), 0, 0x3000);
	mask_at(TABLES)[2] = PTE(ABI_RAM, V_R_W_X | A_D);
	mask_at(TABLES)[1] = PTE(TABLES + 0x1000, 1);
	mask_at(TABLES + 0x1000)[0] = PTE(TABLES + 0x2000, 1);
	mask_at(TABLES + 0x2000)[0] = PTE(MASK, 3 | A_D);
	mask_at(TABLES + 0x2000)[2] = PTE(MASK, 3 | USER | A_D);
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 8UL << 60 | TABLES >> 12);
}

static void test_translation(void)
{
	unsigned int last = 0;

	memset(mask_at(MASK), 0, 0x2000);
	mask_at(MASK)[0] = 1UL << 7;
	map();
	abi_check(sbi_gives(CALL(SEND_IPI, VIRTUAL, KEPT), 0, KEPT) &&
		  count_ipis(HARTS, &last) == 1 && last == 7, "the pointer is a virtual address");
	abi_check(faults(SEND_IPI, VIRTUAL + 0x1000, CAUSE_LOAD_PAGE, VIRTUAL + 0x1000) &&
		  faults(SEND_IPI, VIRTUAL + 0xff8, CAUSE_LOAD_PAGE, VIRTUAL + 0x1000) &&
		  faults(SFENCE_VMA, 1UL << 50, CAUSE_LOAD_PAGE, 1UL << 50),
		  "where nothing is mapped it is a page fault");
	abi_check(faults(SEND_IPI, VIRTUAL + 0x2000, CAUSE_LOAD_PAGE, VIRTUAL + 0x2000),
		  "so is user memory");
	abi_set_reg(vm.vcpu, ABI_CSR(sstatus), SSTATUS_SUM);
	abi_check(sbi_gives(CALL(SEND_IPI, VIRTUAL + 0x2000, KEPT), 0, KEPT) &&
		  count_ipis(HARTS, &last) == 1, "unless the guest may access it");
	/* Its tables are somewhere else: there is no memory. */
	mask_at(TABLES)[1] = PTE(ABI_DEVICE, 1);
	abi_check(faults(SEND_IPI, VIRTUAL, CAUSE_LOAD_ACCESS, VIRTUAL),
		  "a table without memory is an access fault");
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 0);
	abi_set_reg(vm.vcpu, ABI_CSR(sstatus), 0);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void test_reserved(void)
{
	unsigned int eid, bad = 0;

	for (eid = 9; eid < 16; eid++) {
		bad += !sbi_gives(CALL(eid, 0, KEPT), ERR_NOT_SUPPORTED, KEPT);
		bad += !sbi_gives(SBI_CALL(&vm, EID_BASE, 3, eid), 0, 0);
	}
	abi_check(!bad, "reserved ids are not there (%u are)", bad);
	for (bad = 0, eid = 0; eid < 9; eid++)
		bad += !sbi_gives(SBI_CALL(&vm, EID_BASE, 3, eid), 0, 1);
	abi_check(!bad, "the others are (%u are not)", bad);
}

static void test_shutdown(void)
{
	sbi_prepare(&vm, SHUTDOWN, 0, (uint64_t[6]) { 1, 1 });
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
		  vm.run->system_event.type == KVM_SYSTEM_EVENT_SHUTDOWN &&
		  vm.run->system_event.ndata == 1 && !vm.run->system_event.data[0],
		  "shutdown goes to userspace");
}

static void test_off(void)
{
	unsigned int eid, bad = 0;

	abi_set_reg(vm.vcpu, SBI_EXT(V01), 0);
	for (eid = 0; eid < 16; eid++)
		bad += !sbi_gives(CALL(eid, ABI_DEVICE, KEPT), ERR_NOT_SUPPORTED, 0);
	abi_check(!bad, "without V01 there is none (%u are)", bad);
}

int main(void)
{
	abi_start(60);
	if (abi_is_in_tree()) {
		puts("1..0 # SKIP in-tree KVM is built without it");
		return 0;
	}
	create(HARTS);
	test_timer();
	test_clear();
	test_ipi();
	test_fences();
	test_access_faults();
	test_translation();
	test_reserved();
	test_shutdown();
	destroy(HARTS);
	create(1);
	test_off();
	destroy(1);
	return abi_finish();
}
