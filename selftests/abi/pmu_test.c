// SPDX-License-Identifier: GPL-2.0-only
/* The counters of a guest, hardware's and firmware's: SBI v3.0 chapter 11, and their CSRs. */
#include "pmu_guest.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* ---- counters -------------------------------------------------------------------------------- */

static void test_counters(void)
{
	unsigned int nr, wrong = 0;
	struct answer got;

	abi_check(CALL(EID_BASE, 3, EID_PMU).value == 1, "BASE knows the PMU");
	abi_check(PMU(NUM).value == pmu_counters, "%u counters", pmu_counters);
	for (nr = 0; nr < pmu_counters; nr++) {
		got = PMU(INFO, nr);
		if (got.error)
			wrong += nr != 1 || got.error != ERR_INVALID_PARAM;
		else if (got.value >> 63)
			wrong += nr < pmu_firmware;
		else
			wrong += (got.value & 0xfff) != CSR_CYCLE + nr || nr > pmu_firmware;
	}
	abi_check(!wrong && pmu_firmware > 2, "the first %u are hardware's", pmu_firmware);
	abi_check(ERROR(INFO, 1) == ERR_INVALID_PARAM, "time is none of them");
	for (nr = wrong = 0; nr < 64; nr++)
		wrong += pmu_counters + nr != 1 &&
			 ERROR(INFO, pmu_counters + nr) != ERR_INVALID_PARAM;
	wrong += ERROR(INFO, 1UL << 32) != ERR_INVALID_PARAM;
	wrong += ERROR(INFO, -1) != ERR_INVALID_PARAM;
	abi_check(!wrong, "there is none past the last (%u are)", wrong);
	abi_check(ERROR(9, 0) == ERR_NOT_SUPPORTED && ERROR(-1, 0) == ERR_NOT_SUPPORTED,
		  "there are nine functions");
}

/* #23: an index that is as large as the number of counters; a mask that reaches beyond 64. */
static void test_bad_sets(void)
{
	static const struct {
		uint64_t base, mask;
	} bad[] = {
		{ 0, 2 }, { 64, 1 }, { 63, 2 }, { 63, -1 }, { 1, 1UL << 63 }, { -1, 1 },
		{ 1UL << 32, 1 }, { 0, -1 }, { 65, -1 },
	};
	unsigned int i, wrong = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		wrong += ERROR(CONFIG, bad[i].base, bad[i].mask, 0, CYCLES) != ERR_INVALID_PARAM;
		wrong += ERROR(START, bad[i].base, bad[i].mask) != ERR_INVALID_PARAM;
		wrong += ERROR(STOP, bad[i].base, bad[i].mask) != ERR_INVALID_PARAM;
	}
	abi_check(!wrong, "sets with a counter that is not there (%u are accepted)", wrong);
	abi_check(!ERROR(START, 0, 0) && !ERROR(STOP, -1, 0), "no counter is no error");
	abi_check(ERROR(CONFIG, 0, 0, 0, CYCLES) == ERR_NOT_SUPPORTED, "but counts nothing");
	abi_check(ERROR(FW_READ, pmu_counters) == ERR_INVALID_PARAM &&
		  ERROR(FW_READ, 64) == ERR_INVALID_PARAM && ERROR(FW_READ, 0) ==
		  ERR_INVALID_PARAM && ERROR(FW_READ, -1) == ERR_INVALID_PARAM &&
		  ERROR(FW_READ_HI, 64) == ERR_INVALID_PARAM &&
		  ERROR(FW_READ, pmu_firmware) == ERR_INVALID_PARAM,
		  "firmware counters that are none, or have no event");
}

static void test_bad_events(void)
{
	static const uint64_t bad[][2] = {
		{ 0, 0 }, { 0x1234, 0 }, { 11, 0 }, { CYCLES, 1 }, { CYCLES | 1 << 20, 0 },
		{ 0x10000 | 7 << 3, 0 }, { 0x10000 | 3 << 1, 0 }, { 0x10000, 1 }, { RAW | 1, 0 },
		{ RAW, 1UL << 48 }, { RAW_V2, 1UL << 56 }, { RAW_V2, 3UL << 62 }, { 0x40000, 0 },
		{ FIRMWARE(22), 0 }, { FIRMWARE(256), 0 }, { FIRMWARE(65535), 0 },
		{ FIRMWARE(5), 1 },
	};
	uint64_t all = ((1UL << (pmu_counters - 1)) * 2 - 1) & ~2UL;
	unsigned int i, wrong = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		wrong += ERROR(CONFIG, 0, all, 0, bad[i][0], bad[i][1]) != ERR_NOT_SUPPORTED;
	abi_check(!wrong, "what is no event (%u are accepted)", wrong);
	abi_check(ERROR(CONFIG, 0, all, 0x100, CYCLES) == ERR_INVALID_PARAM &&
		  ERROR(CONFIG, 0, all, 1UL << 63, CYCLES) == ERR_INVALID_PARAM, "reserved flags");
	abi_check(ERROR(CONFIG, pmu_firmware, 1, 0, CYCLES) == ERR_NOT_SUPPORTED &&
		  ERROR(CONFIG, 0, 1, 0, FIRMWARE(5)) == ERR_NOT_SUPPORTED &&
		  ERROR(CONFIG, 0, 1, 0, INSTRUCTIONS) == ERR_NOT_SUPPORTED,
		  "counters that cannot count it");
}

static void test_start_and_stop(void)
{
	int nr = pmu_config(INSTRUCTIONS, 0, 0);
	uint64_t value, then;

	abi_check(nr >= 2, "instructions can be counted");
	abi_check(ERROR(STOP, nr, 1) == ERR_ALREADY_STOPPED, "it does not count at once");
	abi_check(!ERROR(START, nr, 1, SET_INIT, 1000), "it starts");
	abi_check(ERROR(START, nr, 1) == ERR_ALREADY_STARTED, "once");
	pmu_spin(10000);
	value = pmu_value(nr);
	pmu_spin(10000);
	then = pmu_value(nr);
	abi_check(value > 21000 && then > value + 20000, "from 1000 to %lu to %lu", value, then);
	abi_check(!ERROR(STOP, nr, 1), "it stops");
	value = pmu_value(nr);
	pmu_spin(10000);
	abi_check(value >= then && pmu_value(nr) == value, "and stays what it is (%lu)", value);
	abi_check(!ERROR(START, nr, 1), "it starts again");
	pmu_spin(1000);
	then = pmu_value(nr);
	abi_check(then > value + 2000, "where it was (%lu)", then);
	abi_check(ERROR(START, nr, 1, 4) == ERR_INVALID_PARAM &&
		  ERROR(START, nr, 1, SET_INIT | FROM_SNAPSHOT) == ERR_INVALID_PARAM &&
		  ERROR(STOP, nr, 1, 4) == ERR_INVALID_PARAM &&
		  ERROR(STOP, nr, 1, 1UL << 32) == ERR_INVALID_PARAM, "flags that are none");
	abi_check(ERROR(STOP, nr, 1, TO_SNAPSHOT) == ERR_NO_SHMEM, "there is no shared memory");
	abi_check(ERROR(STOP, nr, 3, RESET) == ERR_ALREADY_STOPPED &&
		  ERROR(STOP, nr, 1) == ERR_ALREADY_STOPPED,
		  "two of which one counts: both are stopped");
	abi_check(ERROR(START, nr, 1) == ERR_INVALID_PARAM && !pmu_read_csr(CSR_CYCLE + nr, &value),
		  "and have no event any more");
	abi_check(ERROR(STOP, nr, 1, RESET) == ERR_ALREADY_STOPPED, "a reset of nothing says so");
}

static void test_flags(void)
{
	int nr = pmu_config(CYCLES, 0, CLEAR_VALUE | AUTO_START), other;
	uint64_t value;

	pmu_spin(1000);
	value = pmu_value(nr);
	abi_check(nr >= 0 && value > 0, "it starts by itself (%lu)", value);
	other = pmu_config(CYCLES, 0, CLEAR_VALUE);
	abi_check(other > nr && pmu_value(other) == 0, "another takes another");
	abi_check(ERROR(CONFIG, 0, 1UL << nr, 0, CYCLES) == ERR_NOT_SUPPORTED,
		  "none is taken twice");
	abi_check(ERROR(CONFIG, 0, 1UL << nr, SKIP_MATCH, CYCLES) == ERR_NOT_SUPPORTED,
		  "nor one that counts");
	PMU(STOP, nr, 1);
	value = pmu_value(nr);
	abi_check(!ERROR(CONFIG, 0, 1UL << nr, SKIP_MATCH, CYCLES) && pmu_value(nr) == value,
		  "one that is stopped keeps its value");
	abi_check(!ERROR(CONFIG, nr, 1, SKIP_MATCH | CLEAR_VALUE, 0) && pmu_value(nr) == 0,
		  "or is cleared");
	pmu_release(nr);
	pmu_release(other);
	/* The guest runs in S-mode. */
	nr = pmu_config(INSTRUCTIONS, 0, CLEAR_VALUE | AUTO_START | 1 << 6);
	pmu_spin(10000);
	value = pmu_value(nr);
	abi_check(value < 1000, "S-mode can be left out (%lu)", value);
	pmu_release(nr);
}

static bool user_traps(unsigned int counter)
{
	uint64_t before = pmu_exceptions();

	abi_set_reg(pmu_vm.vcpu, ABI_CORE(mode), KVM_RISCV_MODE_U);
	PMU_RUN(INSN_READ(CSR_CYCLE + counter), INSN_ECALL);
	return pmu_exceptions() - before == 2;
}

/* A counter that is not configured is an illegal instruction; scounteren is for U-mode. */
static void test_csrs(void)
{
	unsigned int nr, readable = 0;
	uint64_t value;
	int counter;

	for (nr = 0; nr < 32; nr++)
		readable += nr != 1 && pmu_read_csr(CSR_CYCLE + nr, &value);
	abi_check(!readable, "counters without an event cannot be read (%u can)", readable);
	counter = pmu_config(CYCLES, 0, AUTO_START);
	abi_check(pmu_read_csr(CSR_CYCLE + counter, &value), "one with an event can");
	abi_set_reg(pmu_vm.vcpu, ABI_CSR(scounteren), 0);
	abi_check(user_traps(counter), "not by user mode");
	abi_set_reg(pmu_vm.vcpu, ABI_CSR(scounteren), 1U << counter);
	abi_check(!user_traps(counter), "which scounteren allows it");
	abi_check(user_traps(counter + 2), "that one alone");
	pmu_release(counter);
}

/* ---- firmware -------------------------------------------------------------------------------- */

static void fw_event(unsigned int code, const char *what, void (*cause)(void), uint64_t times)
{
	int nr = pmu_config(FIRMWARE(code), 0, CLEAR_VALUE | AUTO_START);
	uint64_t counted, more;

	abi_need(nr >= (int)pmu_firmware, "a firmware counter");
	cause();
	counted = PMU(FW_READ, nr).value;
	PMU(STOP, nr, 1);
	cause();
	more = PMU(FW_READ, nr).value;
	abi_check_ours(counted == times && more == counted && !PMU(FW_READ_HI, nr).value,
		       "in-tree KVM counts other things", "%s: %lu of %lu, then %lu", what, counted,
		       times, more);
	pmu_release(nr);
}

static void send_ipis(void)
{
	CALL(EID_IPI, 0, 3, 0);
	CALL(EID_IPI, 0, 0, -1);
	CALL(EID_IPI, 0, 1, 0);		/* to itself */
	CALL(EID_IPI, 0, 1, 1000);	/* to nobody */
}

static void fence_i(void)
{
	CALL(EID_RFENCE, 0, 3, 0);
	CALL(EID_RFENCE, 0, 1, 0);	/* of itself */
}

static void sfence(void)
{
	CALL(EID_RFENCE, 1, 2, 0, 0x1000, 0x1000);
	CALL(EID_RFENCE, 2, 0, -1, 0, 0, 5);
	CALL(EID_RFENCE, 2, 3, 0, 0, 0, 5);
}

static void illegal(void)
{
	uint64_t value;

	pmu_read_csr(CSR_CYCLE, &value);
}

static void load_nothing(void)
{
	abi_set_reg(pmu_vm.vcpu, ABI_CORE(regs.s2), HOLE);
	PMU_RUN(INSN_AMO);
}

static void test_firmware(void)
{
	fw_event(5, "set timer", pmu_set_timers, 2);
	fw_event(6, "IPI sent", send_ipis, 2);
	fw_event(7, "IPI received, not here", send_ipis, 0);
	fw_event(8, "FENCE.I sent", fence_i, 1);
	fw_event(10, "SFENCE.VMA sent", sfence, 1);
	fw_event(12, "SFENCE.VMA with ASID sent", sfence, 2);
	fw_event(4, "illegal instruction", illegal, 1);
	fw_event(3, "store access fault", load_nothing, 1);
	fw_event(2, "load access fault", load_nothing, 0);
}

/* The other hart counts what it is sent: its registers are as the code leaves them. */
static uint64_t on_hart1(uint64_t fid, const uint64_t args[4])
{
	int vcpu = pmu_vm.vcpu;
	struct kvm_run *run = pmu_vm.run;
	uint64_t value;

	pmu_vm.vcpu = pmu_hart1;
	pmu_vm.run = mmap(NULL, pmu_vm.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, pmu_hart1, 0);
	abi_need(pmu_vm.run != MAP_FAILED, "mmap");
	value = PMU(fid, args[0], args[1], args[2], args[3]).value;
	munmap(pmu_vm.run, pmu_vm.run_size);
	pmu_vm.vcpu = vcpu;
	pmu_vm.run = run;
	return value;
}

static void test_received(void)
{
	static const struct {
		unsigned int	code, times;
		void		(*cause)(void);
		const char	*what;
	} cases[] = {
		{ 7, 2, send_ipis, "IPI" }, { 9, 1, fence_i, "FENCE.I" },
		{ 11, 1, sfence, "SFENCE.VMA" }, { 13, 2, sfence, "SFENCE.VMA with ASID" },
		{ 6, 0, send_ipis, "no IPI of its own" },
	};
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	uint64_t set = ~0UL >> (64 - pmu_counters + pmu_firmware), nr, counted;
	unsigned int i;

	abi_need(!ioctl(pmu_hart1, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		nr = on_hart1(CONFIG, (uint64_t[4]) { pmu_firmware, set, CLEAR_VALUE | AUTO_START,
						      FIRMWARE(cases[i].code) });
		cases[i].cause();
		counted = on_hart1(FW_READ, (uint64_t[4]) { nr });
		abi_check_ours(counted == cases[i].times, "in-tree KVM counts other things",
			       "%s received: %lu of %u", cases[i].what, counted, cases[i].times);
		on_hart1(STOP, (uint64_t[4]) { nr, 1, RESET });
	}
}

/* ---- threads, resets ------------------------------------------------------------------------- */

static void *spin_there(void *unused)
{
	pmu_spin(10000);
	return unused;
}

static void test_threads(void)
{
	int nr = pmu_config(INSTRUCTIONS, 0, CLEAR_VALUE | AUTO_START);
	uint64_t here, there, back;
	pthread_t thread;

	pmu_spin(10000);
	here = pmu_value(nr);
	abi_need(!pthread_create(&thread, NULL, spin_there, NULL), "pthread_create");
	pthread_join(thread, NULL);
	there = pmu_value(nr);
	pmu_spin(10000);
	back = pmu_value(nr);
	abi_check_ours(there > here + 20000 && back > there + 20000,
		       "in-tree KVM counts for the first thread",
		       "another thread runs the vCPU: %lu, %lu, %lu", here, there, back);
	pmu_release(nr);
}

/* Hart 1 stops itself, and is started again: nothing is left of its counters. */
static void test_reset(void)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_STOPPED };
	uint64_t set = ~0UL >> (64 - pmu_counters + pmu_firmware), nr, again;

	nr = on_hart1(CONFIG, (uint64_t[4]) { pmu_firmware, set, AUTO_START, FIRMWARE(5) });
	on_hart1(CONFIG, (uint64_t[4]) { 0, 5, AUTO_START, CYCLES });
	abi_need(!ioctl(pmu_hart1, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	abi_check(!CALL(EID_HSM, 0, 1, CODE, 0).error, "hart 1 is started");
	again = on_hart1(CONFIG, (uint64_t[4]) { pmu_firmware, set, 0, FIRMWARE(5) });
	abi_check_ours(again == nr && on_hart1(CONFIG, (uint64_t[4]) { 0, 5, 0, CYCLES }) == 0,
		       "in-tree KVM's calls fail there", "its counters are free again");
}

/* All at once, and again: none is lost, and there is no more than what there is. */
static void test_all(void)
{
	unsigned int round, taken = 0;
	int nr;

	for (round = 0; round < 2; round++) {
		for (taken = 0; pmu_config(CYCLES, 0, AUTO_START) >= 0; taken++)
			abi_need(taken < 64, "an end");
		for (nr = 0; nr < (int)pmu_firmware; nr++)
			if (nr != 1)
				pmu_release(nr);
	}
	abi_check(taken == pmu_firmware - 2, "%u counters for cycles", taken);
	pmu_config(CYCLES, 0, AUTO_START);
	pmu_config(FIRMWARE(5), 0, AUTO_START);
}

static void test_off(void)
{
	uint64_t value;

	abi_check(CALL(EID_BASE, 3, EID_PMU).value == 0 && ERROR(NUM) == ERR_NOT_SUPPORTED,
		  "a PMU that is off");
	abi_check(pmu_read_csr(CSR_CYCLE, &value) && !value &&
		  pmu_read_csr(CSR_CYCLE + 2, &value) && !value,
		  "cycle and instret stand still then");
	abi_check(!pmu_read_csr(CSR_CYCLE + 3, &value), "and there are no others");
}

int main(void)
{
	abi_start(120);
	if (!pmu_create())
		return 0;
	test_counters();
	test_bad_sets();
	test_bad_events();
	test_start_and_stop();
	test_flags();
	test_firmware();
	test_received();
	test_threads();
	test_reset();
	test_all();
	pmu_destroy();

	pmu_create();
	test_csrs();
	pmu_destroy();

	pmu_create();
	abi_set_reg(pmu_vm.vcpu, SBI_EXT(PMU), 0);
	test_off();
	pmu_destroy();
	return abi_finish();
}
