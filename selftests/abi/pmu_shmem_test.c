// SPDX-License-Identifier: GPL-2.0-only
/* What a guest's PMU has in memory (SBI v3.0 chapter 11), and the interrupt of an overflow. */
#include "pmu_guest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- shared memory --------------------------------------------------------------------------- */

static uint64_t *shmem(unsigned int word)
{
	return (uint64_t *)(pmu_vm.ram + (SHMEM - ABI_RAM)) + word;
}

static void test_shmem(void)
{
	abi_check(ERROR(SET_SHMEM, SHMEM, 0, 1) == ERR_INVALID_PARAM &&
		  ERROR(SET_SHMEM, SHMEM + 8, 0, 0) == ERR_INVALID_PARAM &&
		  ERROR(SET_SHMEM, -1, 0, 0) == ERR_INVALID_PARAM, "bad arguments");
	abi_check(ERROR(SET_SHMEM, SHMEM, 1, 0) == ERR_INVALID_ADDRESS &&
		  ERROR(SET_SHMEM, HOLE, 0, 0) == ERR_INVALID_ADDRESS &&
		  ERROR(SET_SHMEM, -4096UL, 0, 0) == ERR_INVALID_ADDRESS, "no memory there");
	abi_check(ERROR(SET_SHMEM, READONLY, 0, 0) == ERR_INVALID_ADDRESS, "none to write to");
	memset(shmem(0), 0x5a, 4096);
	abi_check(!ERROR(SET_SHMEM, SHMEM, 0, 0) && *shmem(0) == 0x5a5a5a5a5a5a5a5a,
		  "memory is taken, and left alone");
}

static void test_snapshot(void)
{
	int nr = pmu_config(INSTRUCTIONS, 0, CLEAR_VALUE | AUTO_START);
	int timer = pmu_config(FIRMWARE(5), 0, CLEAR_VALUE | AUTO_START);
	unsigned int i, changed = 0;

	pmu_spin(10000);
	pmu_set_timers();
	abi_check(!ERROR(STOP, 2, 1UL << (nr - 2) | 1UL << (timer - 2), TO_SNAPSHOT),
		  "two are stopped into it");
	abi_check(*shmem(1 + nr - 2) > 20000 && *shmem(1 + timer - 2) == 2,
		  "their values are there (%lu, %lu)", *shmem(1 + nr - 2), *shmem(1 + timer - 2));
	abi_check(!*shmem(0), "none has overflowed");
	for (i = 0; i < 511; i++)
		changed += (int)i != nr - 2 && (int)i != timer - 2 &&
			   *shmem(1 + i) != 0x5a5a5a5a5a5a5a5a;
	abi_check(!changed, "all else is as it was (%u are not)", changed);

	*shmem(1) = 1000000;
	*shmem(1 + timer - nr) = 77;
	abi_check(!ERROR(START, nr, 1 | 1UL << (timer - nr), FROM_SNAPSHOT), "they start from it");
	pmu_set_timers();
	abi_check(pmu_value(nr) > 1000000 && pmu_value(timer) == 79,
		  "and go on there (%lu, %lu)", pmu_value(nr), pmu_value(timer));
	abi_check(ERROR(STOP, nr, 1, TO_SNAPSHOT | RESET) == SUCCESS && *shmem(1) > 1000000,
		  "a reset tells the value, too (%lu)", *shmem(1));
	pmu_release(timer);
}

/* #24: memory that has gone; an address that is taken back. */
static void test_shmem_goes(void)
{
	int nr = pmu_config(INSTRUCTIONS, 0, CLEAR_VALUE | AUTO_START);
	void *memory = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);

	abi_need(memory != MAP_FAILED, "mmap");
	abi_need(!abi_set_slot(pmu_vm.fd, 8, 0, HOLE, 0x1000, memory), "a slot");
	abi_check(!ERROR(SET_SHMEM, HOLE, 0, 0), "other memory is taken");
	abi_need(!abi_set_slot(pmu_vm.fd, 8, 0, HOLE, 0, memory), "no slot");
	memset(shmem(0), 0, 4096);
	abi_check_ours(ERROR(STOP, nr, 1, TO_SNAPSHOT) == ERR_NO_SHMEM, "in-tree KVM hides it",
		       "it has gone");
	abi_check_ours(ERROR(START, nr, 1) == ERR_ALREADY_STARTED, "in-tree KVM hides it",
		       "so the counter counts on");
	abi_check(!*shmem(0) && !*shmem(1), "and nothing is written where it was before");
	abi_check(!ERROR(SET_SHMEM, -1, -1, 0), "it is taken away");
	abi_check(ERROR(STOP, nr, 1, TO_SNAPSHOT) == ERR_NO_SHMEM &&
		  ERROR(START, nr, 1, FROM_SNAPSHOT) == ERR_NO_SHMEM, "there is none");
	pmu_release(nr);
	munmap(memory, 0x1000);
}

struct entry {
	uint32_t	event, output;
	uint64_t	data;
};

static struct entry *entries(void)
{
	return (struct entry *)(pmu_vm.ram + (ENTRIES - ABI_RAM));
}

static const char newer[] = "in-tree KVM of 6.12 has no such call";

static void test_event_info(void)
{
	struct entry *entry = entries();
	unsigned int i;

	for (i = 0; i < 5; i++)
		entry[i].output = ~0U;
	entry[0].event = CYCLES;
	entry[1].event = 0x1234;
	entry[2].event = FIRMWARE(5);
	entry[3].event = FIRMWARE(14);
	abi_check_ours(!ERROR(EVENT_INFO, ENTRIES, 0, 4, 0), newer, "events can be asked for");
	abi_check_ours(entry[0].output == 1 && entry[1].output == 0 && entry[2].output == 1 &&
		       entry[3].output == 0 && entry[4].output == ~0U, newer,
		       "%u, not %u, %u, not %u", entry[0].output, entry[1].output, entry[2].output,
		       entry[3].output);
	entry[1].event = CYCLES | 1 << 20;
	abi_check_ours(ERROR(EVENT_INFO, ENTRIES, 0, 4, 0) == ERR_INVALID_PARAM, newer,
		       "a reserved bit");
	abi_check_ours(ERROR(EVENT_INFO, ENTRIES + 8, 0, 1, 0) == ERR_INVALID_PARAM &&
		       ERROR(EVENT_INFO, ENTRIES, 0, 1, 1) == ERR_INVALID_PARAM, newer,
		       "bad arguments");
	abi_check_ours(ERROR(EVENT_INFO, HOLE, 0, 1, 0) == ERR_INVALID_ADDRESS &&
		       ERROR(EVENT_INFO, READONLY, 0, 1, 0) == ERR_INVALID_ADDRESS &&
		       ERROR(EVENT_INFO, ENTRIES, 1, 1, 0) == ERR_INVALID_ADDRESS &&
		       ERROR(EVENT_INFO, ENTRIES, 0, 1UL << 60, 0) == ERR_INVALID_ADDRESS, newer,
		       "no memory there");
	abi_check_ours(ERROR(EVENT_INFO, ENTRIES, 0, 1UL << 40, 0) == ERR_INVALID_PARAM &&
		       ERROR(EVENT_INFO, ENTRIES, 0, 1025, 0) == ERR_INVALID_PARAM,
		       "in-tree KVM allocates memory for them", "too many");
	abi_check_ours(!ERROR(EVENT_INFO, HOLE, 0, 0, 0), newer, "none is no error");
}

/* ---- overflow -------------------------------------------------------------------------------- */

/* For a module that is changed to send another, and a host that interrupts at other events only. */
static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/* Instructions, and misses of the TLB. */
static void work(unsigned long rounds)
{
	abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.s2), ABI_RAM);
	abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.s5), rounds);
	PMU_RUN(INSN_SFENCE, INSN_LOAD_S3, INSN_SPIN_DOWN, INSN_WORK_AGAIN);
}

static void test_overflow(void)
{
	uint64_t event = from_environment("OVERFLOW_EVENT", INSTRUCTIONS);
	uint64_t irq = from_environment("OVERFLOW_IRQ", 13), bit = 1UL << irq, before;
	int nr = pmu_config(event, 0, CLEAR_VALUE);

	abi_need(!ERROR(SET_SHMEM, SHMEM, 0, 0), "shared memory");
	PMU(START, nr, 1, SET_INIT, -1000UL);
	work(10000);
	abi_check(abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s4)) & bit, "an overflow is pending");
	abi_check(abi_get_reg(pmu_vm.vcpu, ABI_CSR(sip)) & bit, "userspace sees it");
	abi_check(!ERROR(STOP, nr, 1, TO_SNAPSHOT) && *shmem(0) == 1, "in the snapshot, too (%lx)",
		  *shmem(0));
	abi_set_reg(pmu_vm.vcpu, ABI_CSR(sip), 0);
	work(1);
	abi_check(!(abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s4)) & bit), "it can be cleared");

	abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.s9), bit);
	abi_set_reg(pmu_vm.vcpu, ABI_CSR(sie), bit);
	abi_set_reg(pmu_vm.vcpu, ABI_CSR(sstatus), 2);
	before = pmu_interrupts();
	PMU(START, nr, 1, SET_INIT, -5000UL);
	work(20000);
	abi_check(pmu_interrupts() == before + 1 &&
		  abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s7)) == (1UL << 63 | irq),
		  "one interrupt of one overflow (%lu, %lx)", pmu_interrupts() - before,
		  abi_get_reg(pmu_vm.vcpu, ABI_CORE(regs.s7)));
	PMU(STOP, nr, 1);
	/* At the very edge. */
	before = pmu_interrupts();
	PMU(START, nr, 1, SET_INIT, -1UL);
	work(10);
	abi_check(pmu_interrupts() == before + 1, "a period of one (%lu)",
		  pmu_interrupts() - before);
	pmu_release(nr);
	abi_set_reg(pmu_vm.vcpu, ABI_CSR(sstatus), 0);
	abi_set_reg(pmu_vm.vcpu, ABI_CSR(sie), 0);
}

int main(void)
{
	abi_start(60);
	if (!pmu_create())
		return 0;
	test_shmem();
	test_snapshot();
	test_shmem_goes();
	test_event_info();
	pmu_destroy();

	pmu_create();
	if (pmu_has(ISA_EXT(SSCOFPMF)))
		test_overflow();
	else
		abi_skip("the host cannot have it pending in a guest", "the overflow interrupt");
	pmu_destroy();
	return abi_finish();
}
