// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest executes whatever there is, in S- and in U-mode, with registers that point to its memory,
 * beside it and nowhere. Nobody says what must come of it: but KVM_RUN comes back with something
 * that userspace knows, and after that the same vCPU does what a new one does.
 */
#include "aia.h"
#include "fuzz.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define PAGE		0x1000
#define TRAPS_MAX	2000		/* fuzz_guest.S counts up to this */
#define EXITS_MAX	32		/* of one round */
#define ROUND_NS	30000000	/* then a signal ends it */
#define SSTATUS_SPP	(1UL << 8)
#define SSTATUS_VS	(3UL << 9)
#define SSTATUS_FS	(3UL << 13)
#define SSTATUS_SUM	(1UL << 18)

#define CORE(nr)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CORE | (nr))

struct outcome {
	unsigned long	rounds, ended, signals, user_exits;
	unsigned long	traps;
};

static struct abi_vm vm;
static struct fuzz_random numbers;
static struct outcome seen;
static timer_t timer;

static void on_signal(int number)
{
	(void)number;
}

static void arm(long ns)
{
	const struct itimerspec when = {
		.it_value.tv_nsec = ns, .it_interval.tv_nsec = ns,
	};

	abi_need(!timer_settime(timer, 0, &when, NULL), "timer_settime");
}

/* Without SA_RESTART, and again and again: one may come before KVM_RUN begins. */
static void set_up(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };

	abi_need(!sigaction(SIGUSR1, &action, NULL), "sigaction");
	abi_need(!timer_create(CLOCK_MONOTONIC, &event, &timer), "timer_create");
	fuzz_vm_create(&vm);
}

static void put(uint8_t *at, uint32_t insn)
{
	memcpy(at, &insn, fuzz_insn_len(insn));
}

/* A page of instructions, and after them the way to the end: lui t0, addi t0, jr t0. */
static void make_page(void)
{
	uint64_t end = FUZZ_CODE + (fuzz_finish - fuzz_start);
	uint8_t *page = fuzz_at(&vm, FUZZ_INSNS);
	unsigned int at = 0;

	while (at < PAGE - 32) {
		uint32_t insn = fuzz_insn(&numbers);

		put(page + at, insn);
		at += fuzz_insn_len(insn);
	}
	/* auipc t0, upper; addi t0, t0, lower; jr t0; t0 is x5 */
	end -= FUZZ_INSNS + at;
	put(page + at, 0x17 | 5 << 7 | ((uint32_t)(end + 0x800) & ~0xfffU));
	put(page + at + 4, 0x13 | 5 << 7 | 5 << 15 | (uint32_t)(end & 0xfff) << 20);
	put(page + at + 8, 0x67 | 5 << 15);
}

static uint64_t make_number(void)
{
	switch (fuzz_below(&numbers, 4)) {
	case 0:
		return ABI_RAM + fuzz_below(&numbers, ABI_RAM_SIZE);
	case 1:
		return ABI_DEVICE + fuzz_below(&numbers, PAGE);
	default:
		return fuzz_number(&numbers);
	}
}

static void make_registers(void)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	unsigned int nr;

	/* One instruction of the round before may have stopped the hart. */
	abi_need(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	for (nr = 1; nr < 32; nr++)
		abi_set_reg(vm.vcpu, CORE(nr), make_number());
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), FUZZ_INSNS);
	abi_set_reg(vm.vcpu, ABI_CORE(mode), fuzz_below(&numbers, 2));
	abi_set_reg(vm.vcpu, ABI_CSR(sstatus), SSTATUS_FS | SSTATUS_VS | SSTATUS_SUM |
		    (fuzz_random(&numbers) & SSTATUS_SPP));
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 0);
	abi_set_reg(vm.vcpu, ABI_CSR(sie), 0);
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), FUZZ_CODE + (fuzz_handler - fuzz_start));
	abi_set_reg(vm.vcpu, ABI_CSR(sscratch), FUZZ_SAVED);
	abi_set_reg(vm.vcpu, ABI_CSR(scounteren), fuzz_random(&numbers));
	abi_set_reg(vm.vcpu, ABI_CSR(senvcfg), 0);
}

static void make_round(void)
{
	memcpy(fuzz_at(&vm, FUZZ_CODE), fuzz_start, fuzz_end - fuzz_start);
	memset(fuzz_at(&vm, FUZZ_SAVED), 0, PAGE);
	make_page();
	make_registers();
}

/* Give the guest what it asks userspace for. Return: it may go on. */
static bool answer(void)
{
	uint64_t number = fuzz_random(&numbers);

	switch (vm.run->exit_reason) {
	case KVM_EXIT_MMIO:
		memcpy(vm.run->mmio.data, &number, sizeof(number));
		return true;
	case KVM_EXIT_RISCV_SBI:
		vm.run->riscv_sbi.ret[0] = -2;
		return true;
	case KVM_EXIT_RISCV_CSR:
		vm.run->riscv_csr.ret_value = number;
		return true;
	default:
		return false;
	}
}

static bool is_known_exit(void)
{
	switch (vm.run->exit_reason) {
	case KVM_EXIT_MMIO:
	case KVM_EXIT_RISCV_SBI:
	case KVM_EXIT_RISCV_CSR:
	case KVM_EXIT_SYSTEM_EVENT:
		return true;
	default:
		return false;
	}
}

static bool run_round(void)
{
	unsigned int exits;

	for (exits = 0; exits < EXITS_MAX; exits++) {
		if (abi_run(&vm)) {
			seen.signals++;
			return errno == EINTR || errno == EAGAIN;
		}
		if (fuzz_is_done(&vm)) {
			seen.ended++;
			return true;
		}
		if (!is_known_exit())
			return false;
		seen.user_exits++;
		if (!answer())
			return true;
	}
	return true;
}

/* What was begun is completed, so that registers can be set. */
static bool leave_round(void)
{
	const uint64_t *traps = fuzz_at(&vm, FUZZ_SAVED + 16);
	bool left;

	vm.run->immediate_exit = 1;
	left = abi_run(&vm) == -1 && errno == EINTR;
	vm.run->immediate_exit = 0;
	/* One instruction may have stored to it. */
	seen.traps += *traps <= TRAPS_MAX ? *traps : 0;
	return left;
}

/* A vCPU that went through all that makes a call, and gets the answer. */
static bool is_in_order(void)
{
	struct fuzz_call *call = fuzz_at(&vm, FUZZ_RECORDS);

	make_round();
	abi_set_reg(vm.vcpu, ABI_CORE(mode), 1);
	*call = (struct fuzz_call) { .eid = 0x10, .fid = 1 };
	fuzz_begin(&vm, fuzz_calls, 1);
	return !abi_run(&vm) && fuzz_is_done(&vm) && !call->error && !call->changed &&
	       call->value == 3;
}

/* Return: rounds after which the vCPU was not in order. */
static unsigned long run_for(unsigned int seconds, bool *ran)
{
	time_t end = time(NULL) + seconds;
	unsigned long disorder = 0;

	while (*ran && time(NULL) < end) {
		make_round();
		arm(ROUND_NS);
		*ran = run_round() && leave_round();
		arm(0);
		if (++seen.rounds % 8 == 0)
			disorder += !is_in_order();
	}
	return disorder;
}

int main(void)
{
	unsigned long disorder;
	bool ran = true;

	if (abi_is_in_tree()) {
		puts("1..0 # SKIP only ours is tried");
		return 0;
	}
	abi_start(60 + fuzz_seconds());
	numbers.state = fuzz_seed();
	set_up();
	disorder = run_for((fuzz_seconds() + 1) / 2, &ran);
	abi_vm_destroy(&vm);
	fuzz_vm_create(&vm);
	aia_add(&vm, 1);
	disorder += run_for((fuzz_seconds() + 1) / 2, &ran);
	printf("# %lu rounds: %lu came to their end, %lu signals, %lu exits, %lu traps\n",
	       seen.rounds, seen.ended, seen.signals, seen.user_exits, seen.traps);
	abi_check(ran, "KVM_RUN (%s, reason %u, pc %#lx)", strerror(errno), vm.run->exit_reason,
		  abi_get_reg(vm.vcpu, ABI_CORE(regs.pc)));
	abi_check(seen.ended && seen.traps > seen.rounds, "instructions were executed");
	abi_check(!disorder, "the vCPU works after each (%lu times not)", disorder);
	abi_vm_destroy(&vm);
	return abi_finish();
}
