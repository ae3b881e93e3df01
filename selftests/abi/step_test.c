// SPDX-License-Identifier: GPL-2.0-only
/* KVM_GUESTDBG_SINGLESTEP: one instruction at a time, whatever it does. */
#include "abi.h"
#include "aia.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Each label is where a step has to end. */
asm(".section .rodata\n"
	".balign 8\n"
	".global step_start, step_end, step_handler, step_user, step_loop, step_next, step_wfi\n"
	".global step_other, step_bad, step_sie\n"
	"step_start:\n"
	"	.option	push\n"
	"	.option	push\n"
	"	.option	norvc\n"
	"	lla	t0, step_handler\n"		/* 0, 4 */
	"	csrw	stvec, t0\n"			/* 8 */
	"	li	a0, 3\n"			/* 12 */
	"1:	addi	a0, a0, -1\n"			/* 16 */
	"	bnez	a0, 1b\n"			/* 20 */
	"	.option	pop\n"
	"	c.li	a1, 1\n"			/* 24 */
	"	c.beqz	a1, step_bad\n"			/* 26 */
	"	c.j	2f\n"				/* 28 */
	"	c.nop\n"
	"2:	jal	ra, 3f\n"			/* 32 */
	"	c.nop\n"				/* 36 */
	"	ecall\n"				/* 38: to userspace */
	"	.word	0x700b\n"			/* 42: illegal */
	"3:	jr	ra\n"				/* 46 */
	"	.option	norvc\n"
	".balign 4\n"
	"step_handler:\n"
	"	csrr	t0, sepc\n"
	"	addi	t0, t0, 4\n"
	"	csrw	sepc, t0\n"
	"	sret\n"
	".balign 4\n"
	"step_user:\n"
	"	nop\n"
	"	ecall\n"
	"step_loop:\n"
	"	jal	t1, step_loop\n"
	"step_next:\n"
	"	lhu	t2, 4(t0)\n"
	"	nop\n"
	"step_sie:\n"
	"	csrrs	t1, sie, t0\n"
	"	csrr	t2, sie\n"
	"	csrrsi	t3, sstatus, 2\n"
	"	nop\n"
	"step_wfi:\n"
	"	wfi\n"
	"	nop\n"
	"step_other:\n"
	"	addi	t1, t1, 1\n"
	"	addi	t2, t2, 1\n"
	"	j	step_other\n"
	"step_bad:\n"
	"	li	a6, 0\n"
	"	li	a7, 0x08ffffff\n"
	"	ecall\n"
	"	.option	pop\n"
	"step_end:\n"
	".previous\n");
extern const uint8_t step_start[], step_end[], step_handler[], step_user[], step_loop[];
extern const uint8_t step_next[], step_wfi[], step_other[], step_bad[], step_sie[];

#define CODE		(ABI_RAM + 0x1000)
#define AT(label)	(CODE + ((label) - step_start))
#define SIE_SEIE	(1UL << 9)
#define SSTATUS_SIE	(1UL << 1)

static const char unknown[] = "in-tree KVM does not know single-stepping";

static struct abi_vm vm;

static void debug(uint32_t control)
{
	struct kvm_guest_debug debug = { .control = control };

	abi_need(!ioctl(vm.vcpu, KVM_SET_GUEST_DEBUG, &debug), "KVM_SET_GUEST_DEBUG");
}

static void boot(const uint8_t *label)
{
	abi_vm_create(&vm);
	memcpy(vm.ram + 0x1000, step_start, step_end - step_start);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), AT(label));
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), AT(step_handler));
	debug(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP);
}

static uint64_t pc(void)
{
	return abi_get_reg(vm.vcpu, ABI_CORE(regs.pc));
}

static bool code_is_whole(void)
{
	return !memcmp(vm.ram + 0x1000, step_start, step_end - step_start);
}

/* One step; the code is what it was. */
static bool step_to(uint64_t to)
{
	int ret = ioctl(vm.vcpu, KVM_RUN, 0UL);
	bool right = !ret && vm.run->exit_reason == KVM_EXIT_DEBUG && pc() == to &&
		     code_is_whole();

	if (!right)
		printf("# KVM_RUN %d, reason %u, pc + %#lx instead of %#lx, %s\n", ret,
		       vm.run->exit_reason, pc() - CODE, to - CODE,
		       code_is_whole() ? "code whole" : "code changed");
	return right;
}

static bool steps(const unsigned int *offset, unsigned int count)
{
	while (count--)
		if (!step_to(CODE + *offset++))
			return false;
	return true;
}

static void test_code(bool aia)
{
	static const unsigned int way[] = {
		4, 8, 12, 16, 20, 16, 20, 16, 20, 24, 26, 28, 32, 46, 36, 38,
	};
	uint64_t handler = AT(step_handler);
	bool right;

	boot(step_start);
	if (aia && aia_add(&vm, 1) < 0) {
		abi_vm_destroy(&vm);
		return;
	}
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a7), ABI_SBI_EID);
	abi_check_ours(steps(way, sizeof(way) / sizeof(way[0])), unknown, "jumps and branches");
	if (abi_is_in_tree()) {
		abi_vm_destroy(&vm);
		return;
	}
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_RISCV_SBI && pc() == CODE + 38,
		  "a call exits as ever");
	abi_check(step_to(CODE + 42), "and is a step when it is answered");
	right = step_to(handler) && abi_get_reg(vm.vcpu, ABI_CSR(sepc)) == CODE + 42 &&
		abi_get_reg(vm.vcpu, ABI_CSR(scause)) == 2;
	abi_check(right, "an exception ends in the guest's handler");
	abi_check(step_to(handler + 4) && step_to(handler + 8) && step_to(handler + 12) &&
		  step_to(CODE + 46), "sret ends where it leads");
	abi_vm_destroy(&vm);
}

static void test_user(void)
{
	boot(step_user);
	abi_set_reg(vm.vcpu, ABI_CORE(mode), 0);
	abi_check(step_to(AT(step_user) + 4) && step_to(AT(step_handler)) &&
		  abi_get_reg(vm.vcpu, ABI_CSR(scause)) == 8 &&
		  abi_get_reg(vm.vcpu, ABI_CORE(mode)) == 1, "a system call of U-mode");
	abi_vm_destroy(&vm);
}

static void test_loop(void)
{
	boot(step_loop);
	abi_check(step_to(AT(step_loop)) && step_to(AT(step_loop)) &&
		  abi_get_reg(vm.vcpu, ABI_CORE(regs.t1)) == AT(step_loop) + 4,
		  "a jump to itself");
	debug(KVM_GUESTDBG_ENABLE);
	vm.run->immediate_exit = 1;
	abi_check(abi_run(&vm) == -1 && errno == EINTR, "stepping can be turned off");
	vm.run->immediate_exit = 0;
	abi_vm_destroy(&vm);
}

/* With a breakpoint of userspace's at the next instruction. */
static void test_break(void)
{
	const uint16_t c_ebreak = 0x9002;
	uint8_t *place;

	boot(step_next);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.t0), AT(step_next));
	place = vm.ram + 0x1000 + (step_next + 4 - step_start);
	memcpy(place, &c_ebreak, sizeof(c_ebreak));
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_DEBUG &&
		  pc() == AT(step_next) + 4 && !memcmp(place, &c_ebreak, sizeof(c_ebreak)),
		  "a step to a breakpoint leaves it there");
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_DEBUG &&
		  pc() == AT(step_next) + 4, "a step at a breakpoint does not pass it");
	abi_vm_destroy(&vm);
}

static void test_interrupts(void)
{
	uint32_t set = KVM_INTERRUPT_SET;
	bool right;

	boot(step_sie);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.t0), SIE_SEIE);
	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &set), "KVM_INTERRUPT");
	right = step_to(AT(step_sie) + 4) && step_to(AT(step_sie) + 8) &&
		abi_get_reg(vm.vcpu, ABI_CORE(regs.t1)) == 0 &&
		abi_get_reg(vm.vcpu, ABI_CORE(regs.t2)) == SIE_SEIE;
	abi_check(right, "sie is written and read as ever");
	right = step_to(AT(step_sie) + 12) &&
		!(abi_get_reg(vm.vcpu, ABI_CORE(regs.t3)) & SSTATUS_SIE) &&
		abi_get_reg(vm.vcpu, ABI_CSR(sstatus)) & SSTATUS_SIE;
	abi_check(right, "so is sstatus");
	right = step_to(AT(step_handler)) &&
		abi_get_reg(vm.vcpu, ABI_CSR(scause)) == (1UL << 63 | 9) &&
		abi_get_reg(vm.vcpu, ABI_CSR(sepc)) == AT(step_sie) + 12 &&
		abi_get_reg(vm.vcpu, ABI_CSR(sie)) == SIE_SEIE;
	abi_check(right, "an interrupt is the step");
	abi_vm_destroy(&vm);

	boot(step_wfi);
	abi_set_reg(vm.vcpu, ABI_CSR(sie), SIE_SEIE);
	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &set), "KVM_INTERRUPT");
	abi_check(step_to(AT(step_wfi) + 4), "a WFI with an interrupt pending");
	abi_vm_destroy(&vm);
}

/* ---- page tables, other vCPUs, memory that cannot be written --------------------------------- */

static void test_paging(void)
{
	uint64_t *root;

	boot(step_next);
	root = (uint64_t *)(vm.ram + 0x10000);
	/* A gigabyte there, and once more below; both are what RAM is in. */
	root[2] = (0x80000000UL >> 12 << 10) | 0xcf;
	root[511] = root[2];
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 8UL << 60 | (ABI_RAM + 0x10000) >> 12);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), 0xffffffffc0000000 + (AT(step_next) - ABI_RAM));
	abi_set_reg(vm.vcpu, ABI_CORE(regs.t0), AT(step_next));
	abi_check(step_to(0xffffffffc0000000 + (AT(step_next) - ABI_RAM) + 4),
		  "code by its virtual address");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), 0x40000000);
	abi_check(step_to(AT(step_handler)) && abi_get_reg(vm.vcpu, ABI_CSR(scause)) == 12,
		  "no code: a page fault of the guest's");
	abi_vm_destroy(&vm);
}

static void *run_other(void *vcpu)
{
	return (void *)(long)(ioctl(*(int *)vcpu, KVM_RUN, 0UL) ? errno : 0);
}

static void interrupted(int signal)
{
}

static void test_two(void)
{
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct sigaction action = { .sa_handler = interrupted };
	unsigned int i, offset = 0;
	bool right = true;
	pthread_t thread;
	void *ret;
	int other;

	sigaction(SIGUSR1, &action, NULL);
	boot(step_other);
	other = ioctl(vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(other >= 0 && !ioctl(other, KVM_SET_MP_STATE, &runnable), "second vCPU");
	abi_set_reg(other, ABI_CORE(regs.pc), AT(step_other));
	/* Should it see an ebreak, it says so. */
	abi_set_reg(other, ABI_CSR(stvec), AT(step_bad) & ~3UL);
	abi_need(!pthread_create(&thread, NULL, run_other, &other), "pthread_create");
	for (i = 0; right && i < 60; i++) {
		offset = i % 3 == 0 ? 4 : i % 3 == 1 ? 8 : 0;
		right = step_to(AT(step_other) + offset);
	}
	abi_check(right, "60 steps beside a vCPU that runs the same code");
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, &ret);
	abi_check((long)ret == EINTR && abi_get_reg(other, ABI_CORE(regs.t1)) > 0,
		  "which sees nothing of it");
	close(other);
	abi_vm_destroy(&vm);
}

/* Steps through three instructions, round and round. */
static bool walk(int vcpu, const struct kvm_run *run, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (ioctl(vcpu, KVM_RUN, 0UL) || run->exit_reason != KVM_EXIT_DEBUG ||
		    abi_get_reg(vcpu, ABI_CORE(regs.pc)) != AT(step_other) + (i + 1) % 3 * 4)
			return false;
	}
	return true;
}

struct walker {
	int		vcpu;
	struct kvm_run	*run;
};

static void *walk_other(void *arg)
{
	const struct walker *walker = arg;

	return (void *)(long)walk(walker->vcpu, walker->run, 30);
}

static void test_both(void)
{
	struct kvm_guest_debug step = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
	};
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct walker other;
	pthread_t thread;
	bool right;
	void *ret;

	boot(step_other);
	other.vcpu = ioctl(vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(other.vcpu >= 0 && !ioctl(other.vcpu, KVM_SET_MP_STATE, &runnable) &&
		 !ioctl(other.vcpu, KVM_SET_GUEST_DEBUG, &step), "second vCPU");
	other.run = mmap(NULL, vm.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, other.vcpu, 0);
	abi_need(other.run != MAP_FAILED, "kvm_run");
	abi_set_reg(other.vcpu, ABI_CORE(regs.pc), AT(step_other));
	abi_need(!pthread_create(&thread, NULL, walk_other, &other), "pthread_create");
	right = walk(vm.vcpu, vm.run, 30);
	pthread_join(thread, &ret);
	abi_check(right && ret && code_is_whole(), "two vCPUs step through the same code");
	munmap(other.run, vm.run_size);
	close(other.vcpu);
	abi_vm_destroy(&vm);
}

static void test_readonly(void)
{
	uint8_t *rom = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	abi_need(rom != MAP_FAILED, "memory");
	boot(step_start);
	memcpy(rom, step_start, step_end - step_start);
	abi_need(!abi_set_slot(vm.fd, 1, KVM_MEM_READONLY, 0x20000000, 0x1000, rom), "slot");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), 0x20000000);
	abi_check_errno(ioctl(vm.vcpu, KVM_RUN, 0UL), EFAULT, "no step in a read-only slot");
	debug(0);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a7), ABI_SBI_EID);
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_RISCV_SBI,
		  "but without stepping it runs");
	abi_vm_destroy(&vm);
	munmap(rom, 0x1000);
}

int main(void)
{
	abi_start(60);
	test_code(false);
	if (!abi_is_in_tree()) {
		test_code(true);
		test_user();
		test_loop();
		test_break();
		test_interrupts();
		test_paging();
		test_two();
		test_both();
		test_readonly();
	}
	return abi_finish();
}
