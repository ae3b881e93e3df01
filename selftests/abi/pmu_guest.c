// SPDX-License-Identifier: GPL-2.0-only
#include "pmu_guest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The end of each code, and the trap handler. s6: exceptions, s7: scause, s8: stval;
 * s10: interrupts, whose bit of sip is in s9. An ecall of user mode goes on in S-mode.
 */
asm(".section .rodata\n"
	".balign 8\n"
	".option push\n"
	".option norvc\n"
	".global pmu_tail, pmu_tail_end, pmu_trap, pmu_trap_end\n"
	"pmu_tail:\n"
	"	csrr	s4, sip\n"
	"	li	a6, 0\n"
	"	li	a7, 0x08ffffff\n"
	"	ecall\n"
	"pmu_tail_end:\n"
	"	.balign 8\n"
	"pmu_trap:\n"
	"	csrr	s7, scause\n"
	"	bltz	s7, 1f\n"
	"	csrr	s8, stval\n"
	"	addi	s6, s6, 1\n"
	"	csrr	t5, sepc\n"
	"	addi	t5, t5, 4\n"
	"	csrw	sepc, t5\n"
	"	addi	t5, s7, -8\n"
	"	bnez	t5, 2f\n"
	"	li	t5, 0x100\n"
	"	csrs	sstatus, t5\n"
	"2:	sret\n"
	"1:	csrc	sip, s9\n"
	"	addi	s10, s10, 1\n"
	"	sret\n"
	"pmu_trap_end:\n"
	".option pop\n"
	".previous\n");
extern const uint8_t pmu_tail[], pmu_tail_end[], pmu_trap[], pmu_trap_end[];

struct abi_vm pmu_vm;
int pmu_hart1;
unsigned int pmu_counters, pmu_firmware;

/* ---- the guest ------------------------------------------------------------------------------- */

static void put_code(const uint32_t *insns, size_t count)
{
	uint8_t *to = pmu_vm.ram + (CODE - ABI_RAM);
	const uint32_t fence = INSN_FENCE_I;

	memcpy(to, &fence, sizeof(fence));
	memcpy(to + 4, insns, count * sizeof(*insns));
	memcpy(to + 4 + count * sizeof(*insns), pmu_tail, pmu_tail_end - pmu_tail);
}

/* Run what was put there, up to its end. */
static void run_code(void)
{
	abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.pc), CODE);
	abi_need(!abi_run(&pmu_vm) && abi_is_sbi(&pmu_vm, 0), "the guest comes to its end");
	pmu_vm.run->immediate_exit = 1;
	abi_need(abi_run(&pmu_vm) == -1 && errno == EINTR, "immediate_exit");
	pmu_vm.run->immediate_exit = 0;
}

void pmu_run_insns(const uint32_t *insns, size_t count)
{
	put_code(insns, count);
	run_code();
}

void pmu_spin(unsigned long rounds)
{
	abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.s5), rounds);
	PMU_RUN(INSN_SPIN_DOWN, INSN_SPIN_AGAIN);
}

struct answer pmu_call(uint64_t eid, uint64_t fid, const uint64_t args[6])
{
	unsigned int i;

	for (i = 0; i < 6; i++)
		abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.a0) + i, args[i]);
	abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.a6), fid);
	abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.a7), eid);
	/* mv s2, a0; mv s3, a1 */
	PMU_RUN(INSN_ECALL, 0x00050913U, 0x00058993U);
	return (struct answer) {
		.error = abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s2)),
		.value = abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s3)),
	};
}

uint64_t pmu_exceptions(void)
{
	return abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s6));
}

bool pmu_read_csr(unsigned int csr, uint64_t *value)
{
	uint64_t before = pmu_exceptions();

	PMU_RUN(INSN_READ(csr));
	*value = abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s2));
	if (pmu_exceptions() == before)
		return true;
	abi_need(abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s7)) == CAUSE_ILLEGAL &&
		 abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s8)) == INSN_READ(csr),
		 "illegal instruction");
	return false;
}

uint64_t pmu_value(unsigned int nr)
{
	uint64_t value;

	if (nr >= pmu_firmware)
		return PMU(FW_READ, nr).value;
	abi_need(pmu_read_csr(CSR_CYCLE + nr, &value), "the counter can be read");
	return value;
}

int pmu_config(uint64_t event, uint64_t data, uint64_t flags)
{
	uint64_t all = ((1UL << (pmu_counters - 1)) * 2 - 1) & ~2UL;
	struct answer got = PMU(CONFIG, 0, all, flags, event, data);

	return got.error ? -1 : (int)got.value;
}

void pmu_release(unsigned int nr)
{
	PMU(STOP, nr, 1, RESET);
}

/* The vCPU has run then: what is to be turned off is turned off in a machine made later. */
static void ask_counters(void)
{
	pmu_counters = PMU(NUM).value;
	abi_need(pmu_counters > 3 && pmu_counters <= 64, "a number of counters");
	for (pmu_firmware = 0; !(PMU(INFO, pmu_firmware).value >> 63); pmu_firmware++)
		abi_need(pmu_firmware < pmu_counters, "a firmware counter");
}

bool pmu_create(void)
{
	void *readonly = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);

	abi_need(readonly != MAP_FAILED, "mmap");
	abi_vm_create(&pmu_vm);
	abi_need(!abi_set_slot(pmu_vm.fd, 7, KVM_MEM_READONLY, READONLY, 0x1000, readonly),
		 "a slot");
	pmu_hart1 = ioctl(pmu_vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(pmu_hart1 >= 0, "a second vCPU");
	memcpy(pmu_vm.ram + (TRAP - ABI_RAM), pmu_trap, pmu_trap_end - pmu_trap);
	abi_set_reg(pmu_vm.vcpu, ABI_CSR(stvec), TRAP);
	if (!pmu_has(SBI_EXT(PMU))) {
		puts("1..0 # SKIP the host has no counters for guests");
		return false;
	}
	if (!pmu_counters)
		ask_counters();
	return true;
}

void pmu_destroy(void)
{
	close(pmu_hart1);
	abi_vm_destroy(&pmu_vm);
}

bool pmu_has(uint64_t id)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return !ioctl(pmu_vm.vcpu, KVM_GET_ONE_REG, &reg) && value;
}

uint64_t pmu_interrupts(void)
{
	return abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s10));
}

void pmu_set_timers(void)
{
	CALL(EID_TIME, 0, -1);
	CALL(EID_TIME, 0, -1);
	CALL(EID_TIME, 1, -1);		/* none */
}

