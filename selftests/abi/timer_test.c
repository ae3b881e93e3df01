// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest time and timers: one clock for a VM, saved and restored to the tick; each timer once, not
 * early and not forgotten, wherever the vCPU's thread runs and however it waits.
 */
#define _GNU_SOURCE
#include "sbi_call.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TIMER(name)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_TIMER |	\
			 KVM_REG_RISCV_TIMER_REG(name))
#define ISA_SSTC	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_ISA_EXT |	\
			 KVM_RISCV_ISA_EXT_SSTC)
#define NEVER		UINT64_MAX
#define SIP_STIP	(1 << 5)
#define CODE		(ABI_RAM + 0x3000)

/*
 * timer_ticks: a0 ticks of a1, each due a1 after the one before was due; a2: by stimecmp. Says in
 * function 0 how many there were, how many early, the latest, how often time went back, and when
 * the last was due.
 * timer_storm: sets a0 timers for soon, one over the other. timer_read: says the time.
 */
asm(".section .rodata\n"
	".balign 8\n"
	".global timer_code, timer_ticks, timer_storm, timer_read, timer_end\n"
	".option push\n"
	".option norvc\n"
	"timer_code:\n"
	"timer_ticks:\n"
	"	mv	s0, a0\n"
	"	mv	s1, a1\n"
	"	mv	s6, a2\n"
	"	li	s2, 0\n"
	"	li	s3, 0\n"
	"	li	s4, 0\n"
	"	li	s5, 0\n"
	"	lla	t0, timer_trap\n"
	"	csrw	stvec, t0\n"
	"	rdtime	s7\n"
	"	mv	s8, s7\n"
	"	add	s7, s7, s1\n"
	"	jal	timer_set\n"
	"	li	t0, 1 << 5\n"
	"	csrs	sie, t0\n"
	/* No tick may come between the look at their number and wfi. */
	"1:	csrci	sstatus, 2\n"
	"	bgeu	s2, s0, 3f\n"
	"	wfi\n"
	"	csrsi	sstatus, 2\n"
	"	rdtime	t1\n"
	"	bgeu	t1, s8, 2f\n"
	"	addi	s5, s5, 1\n"
	"2:	mv	s8, t1\n"
	"	j	1b\n"
	"3:	mv	a0, s2\n"
	"	mv	a1, s3\n"
	"	mv	a2, s4\n"
	"	mv	a3, s5\n"
	"	sub	a4, s7, s1\n"
	"	j	timer_say\n"
	"	.balign	4\n"
	"timer_trap:\n"
	"	rdtime	t2\n"
	"	bgeu	t2, s7, 1f\n"
	"	addi	s3, s3, 1\n"
	"1:	sub	t3, t2, s7\n"
	"	bleu	t3, s4, 2f\n"
	"	mv	s4, t3\n"
	"2:	addi	s2, s2, 1\n"
	"	add	s7, s7, s1\n"
	"	jal	timer_set\n"
	"	sret\n"
	"timer_set:\n"
	"	li	a0, -1\n"
	"	bgeu	s2, s0, 3f\n"
	"	mv	a0, s7\n"
	"3:	bnez	s6, 1f\n"
	"	li	a6, 0\n"
	"	li	a7, 0x54494d45\n"
	"	ecall\n"
	"	ret\n"
	"1:	csrw	0x14d, a0\n"
	"	ret\n"
	"timer_storm:\n"
	"	mv	s0, a0\n"
	"	li	s1, 12345\n"
	"1:	slli	t0, s1, 13\n"
	"	xor	s1, s1, t0\n"
	"	srli	t0, s1, 7\n"
	"	xor	s1, s1, t0\n"
	"	slli	t0, s1, 17\n"
	"	xor	s1, s1, t0\n"
	"	li	t0, 0x7ff\n"
	"	and	t0, s1, t0\n"
	"	rdtime	a0\n"
	"	add	a0, a0, t0\n"
	"	li	a6, 0\n"
	"	li	a7, 0x54494d45\n"
	"	ecall\n"
	"	addi	s0, s0, -1\n"
	"	bnez	s0, 1b\n"
	"timer_read:\n"
	"	rdtime	a0\n"
	"timer_say:\n"
	"	li	a6, 0\n"
	"	li	a7, 0x08ffffff\n"
	"	ecall\n"
	"timer_end:\n"
	".option pop\n"
	".previous\n");
extern const uint8_t timer_code[], timer_ticks[], timer_storm[], timer_read[], timer_end[];

static struct abi_vm vm, second;	/* the second vCPU of the same machine */
static uint64_t hz;

static void create(void)
{
	abi_vm_create(&vm);
	sbi_install(&vm);
	memcpy(vm.ram + (CODE - ABI_RAM), timer_code, timer_end - timer_code);
	second = vm;
	second.vcpu = ioctl(vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(second.vcpu >= 0, "a second vCPU");
	second.run = mmap(NULL, vm.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, second.vcpu, 0);
	abi_need(second.run != MAP_FAILED, "kvm_run");
	hz = abi_get_reg(vm.vcpu, TIMER(frequency));
}

static void destroy(void)
{
	munmap(second.run, vm.run_size);
	close(second.vcpu);
	abi_vm_destroy(&vm);
}

/* Run the guest from a label on until it says something. */
static const unsigned long *run(struct abi_vm *hart, const uint8_t *label, uint64_t a0, uint64_t a1,
				uint64_t a2)
{
	abi_set_reg(hart->vcpu, ABI_CORE(regs.pc), CODE + (label - timer_code));
	abi_set_reg(hart->vcpu, ABI_CORE(regs.a0), a0);
	abi_set_reg(hart->vcpu, ABI_CORE(regs.a1), a1);
	abi_set_reg(hart->vcpu, ABI_CORE(regs.a2), a2);
	abi_need(!abi_run(hart) && abi_is_sbi(hart, 0), "the guest's program");
	return hart->run->riscv_sbi.args;
}

/* So that registers can be set. */
static void finish(struct abi_vm *hart)
{
	hart->run->immediate_exit = 1;
	abi_need(abi_run(hart) == -1, "immediate_exit");
	hart->run->immediate_exit = 0;
}

static uint64_t guest_time(struct abi_vm *hart)
{
	uint64_t time = run(hart, timer_read, 0, 0, 0)[0];

	finish(hart);
	return time;
}

/* ---- the clock ------------------------------------------------------------------------------- */

static void test_clock(void)
{
	struct abi_vm other;
	uint64_t before, after, far = 1UL << 50;

	abi_check(guest_time(&vm) < 60 * hz, "time begins near 0");
	before = abi_get_reg(vm.vcpu, TIMER(time));
	after = guest_time(&vm);
	abi_check(after >= before && after <= abi_get_reg(vm.vcpu, TIMER(time)),
		  "the register is what the guest reads");

	abi_vm_create(&other);
	abi_set_reg(vm.vcpu, TIMER(time), far);
	after = abi_get_reg(second.vcpu, TIMER(time));
	abi_check(after >= far && after < far + 60 * hz && guest_time(&vm) >= far,
		  "setting it sets it for all of the VM's vCPUs");
	abi_check(abi_get_reg(other.vcpu, TIMER(time)) < 60 * hz, "and for no other VM");
	abi_vm_destroy(&other);
	abi_set_reg(vm.vcpu, TIMER(time), 0);
	abi_check(guest_time(&vm) < 60 * hz, "it can go back");
	abi_set_reg(vm.vcpu, TIMER(time), -hz);
	abi_check(guest_time(&vm) - -hz < 60 * hz, "and wrap around");
	abi_set_reg(vm.vcpu, TIMER(time), 0);
}

static void test_stand_still(void)
{
	uint64_t stopped = abi_get_reg(vm.vcpu, TIMER(time)), now;

	usleep(700000);
	abi_set_reg(vm.vcpu, TIMER(time), stopped);
	now = guest_time(&vm);
	abi_check(now >= stopped && now - stopped < hz * 7 / 10,
		  "a guest that is stopped meanwhile finds no gap (%lu us)",
		  (long)((now - stopped) * 1000000 / hz));
}

/* ---- the comparison ------------------------------------------------------------------------- */

static bool is_due(void)
{
	return SBI_CALL(&vm, EID_BASE, 0, 0).sip & SIP_STIP;
}

static void test_compare(void)
{
	uint64_t soon = abi_get_reg(vm.vcpu, TIMER(time)) + 1000 * hz;

	abi_check(!is_due() && abi_get_reg(vm.vcpu, TIMER(compare)) == NEVER &&
		  abi_get_reg(vm.vcpu, TIMER(state)) == KVM_RISCV_TIMER_STATE_OFF, "off at first");
	abi_need(sbi_gives(SBI_CALL(&vm, EID_TIME, 0, soon), 0, 0), "TIME");
	abi_check(abi_get_reg(vm.vcpu, TIMER(compare)) == soon &&
		  abi_get_reg(vm.vcpu, TIMER(state)) == KVM_RISCV_TIMER_STATE_ON,
		  "what the guest sets is read to the tick");
	abi_check(!is_due(), "it is not due");
	abi_set_reg(vm.vcpu, TIMER(time), soon);
	abi_check(is_due(), "it is when time has jumped there");
	abi_set_reg(vm.vcpu, TIMER(time), soon - 500 * hz);
	abi_check(!is_due(), "and is not when it has jumped back");
	abi_set_reg(second.vcpu, TIMER(time), soon + 5);
	abi_check(is_due(), "also by another vCPU's register");
	abi_set_reg(second.vcpu, TIMER(time), soon - 500 * hz);
	abi_check(!is_due(), "and back");
	abi_set_reg(vm.vcpu, TIMER(compare), soon - 600 * hz);
	abi_check(is_due(), "a comparison that is set is due at once");
	abi_set_reg(vm.vcpu, TIMER(compare), NEVER);
	abi_check(!is_due(), "and off again");
	abi_set_reg(vm.vcpu, TIMER(time), 0);
}

static void *nap(void *ret)
{
	*(const unsigned long **)ret = run(&second, timer_ticks, 1, 1000000 * hz, 0);
	return NULL;
}

/* A hart that waits for a time that comes sooner, as the clock is set. */
static void test_jump_while_waiting(void)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	const unsigned long *said = NULL;
	unsigned int tries = 5000;
	pthread_t thread;

	abi_need(!ioctl(second.vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	abi_need(!pthread_create(&thread, NULL, nap, &said), "pthread_create");
	usleep(100000);
	abi_set_reg(vm.vcpu, TIMER(time), 2000000 * hz);
	while (pthread_tryjoin_np(thread, NULL) && --tries)
		usleep(1000);
	abi_check(tries, "a hart that waits wakes when time jumps");
	if (!tries)
		exit(abi_finish());
	abi_check(said[0] == 1 && !said[1], "once, and not early");
	finish(&second);
	abi_set_reg(second.vcpu, TIMER(compare), NEVER);
	abi_set_reg(second.vcpu, ABI_CSR(sie), 0);
	abi_set_reg(vm.vcpu, TIMER(time), 0);
}

/* ---- ticks ---------------------------------------------------------------------------------- */

static volatile bool moving;

/* Move the thread in whose name it is called from hart to hart. */
static void *move(void *thread)
{
	unsigned int harts = sysconf(_SC_NPROCESSORS_ONLN), i;
	cpu_set_t set;

	for (i = 0; moving; i++) {
		CPU_ZERO(&set);
		CPU_SET(i % harts, &set);
		pthread_setaffinity_np(*(pthread_t *)thread, sizeof(set), &set);
		usleep(700);
	}
	return NULL;
}

static void start_moving(pthread_t *mover)
{
	static pthread_t self;

	self = pthread_self();
	moving = true;
	abi_need(!pthread_create(mover, NULL, move, &self), "pthread_create");
}

static void stop_moving(pthread_t mover)
{
	moving = false;
	pthread_join(mover, NULL);
}

static void test_ticks(uint64_t count, uint64_t period, bool sstc, bool moved, const char *name)
{
	uint64_t start = abi_get_reg(vm.vcpu, TIMER(time));
	const unsigned long *said;
	pthread_t mover;

	if (moved)
		start_moving(&mover);
	said = run(&vm, timer_ticks, count, period, sstc);
	if (moved)
		stop_moving(mover);
	printf("# %s: %lu ticks, latest %lu us late\n", name, said[0], said[2] * 1000000 / hz);
	abi_check(said[0] == count && !said[1] && said[4] >= start + count * period,
		  "%s: each tick comes once, none early (%lu)", name, said[1]);
	abi_check(!said[3], "%s: time does not go back", name);
	finish(&vm);
	abi_set_reg(vm.vcpu, TIMER(compare), NEVER);
	abi_set_reg(vm.vcpu, ABI_CSR(sie), 0);
	abi_set_reg(vm.vcpu, ABI_CSR(sip), 0);
}

static void test_naps(bool sstc, const char *name)
{
	static const unsigned int us[] = { 1, 10, 100, 1000, 20000 };
	unsigned int i;

	test_ticks(100, 1, sstc, false, name);
	for (i = 0; i < sizeof(us) / sizeof(us[0]); i++)
		test_ticks(5, us[i] * hz / 1000000, sstc, false, name);
}

/* One timer over the other, some due before the next is set, from hart to hart. */
static void test_storm(void)
{
	pthread_t mover;

	start_moving(&mover);
	run(&vm, timer_storm, 30000, 0, 0);
	stop_moving(mover);
	finish(&vm);
	abi_set_reg(vm.vcpu, TIMER(compare), NEVER);
	abi_check(!is_due(), "many timers, none of which is left");
}

int main(void)
{
	uint64_t sstc = 0;
	struct kvm_one_reg reg = { .id = ISA_SSTC, .addr = (uintptr_t)&sstc };

	abi_start(120);
	create();
	if (ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg))
		sstc = 0;
	printf("# Sstc: %u\n", (unsigned int)sstc);
	test_clock();
	test_stand_still();
	test_compare();
	test_jump_while_waiting();
	test_naps(false, "by SBI");
	test_ticks(500, hz / 500, false, true, "by SBI, moved");
	if (sstc) {
		test_naps(true, "by stimecmp");
		test_ticks(500, hz / 500, true, true, "by stimecmp, moved");
	} else {
		abi_skip("there is no Sstc", "by stimecmp");
	}
	test_storm();
	destroy();
	return abi_finish();
}
