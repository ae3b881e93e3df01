// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floating-point and vector registers full of marks: of two guests, of the thread that runs them,
 * of its signal handler, of another thread and of a new process, all on one hart or moved between
 * two. Nobody sees what is another's.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DUMP		0x100000UL	/* in the guest's memory */
#define REGS		32
#define V_WORDS		32		/* of a register of 2048 bits */
#define CAUSE_ILLEGAL	2

#define GUEST_MARK	0x4b00000000000000UL
#define OWN_MARK	0x4c00000000000000UL
#define THREAD_MARK	0x4d00000000000000UL
#define HANDLER_MARK	0x4e00000000000000UL

#define ISA(name)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_ISA_EXT |	\
			 KVM_RISCV_ISA_EXT_##name)
#define VLENB		(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_VECTOR |	\
			 KVM_REG_RISCV_VECTOR_CSR_REG(vlenb))

/* As guest_units writes it. */
struct dump {
	uint64_t	f[REGS];
	uint64_t	fcsr, vstart, vl, vtype, vcsr;
	uint64_t	v[REGS * V_WORDS];
};

struct guest {
	struct abi_vm	vm;
	uint64_t	mark;		/* 0: none yet */
};

static struct guest guests[2];
static unsigned int vlenb;	/* 0: no vector */
static struct dump own;

/* ---- this process's registers -------------------------------------------------------------- */

#define EACH(X)	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) \
		X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27)	\
		X(28) X(29) X(30) X(31)
#define FILL_F(n)	"fmv.d.x f" #n ", t0\n addi t0, t0, 1\n"
#define FILL_V(n)	"vmv.v.x v" #n ", t0\n addi t0, t0, 1\n"
#define DUMP_F(n)	"fsd f" #n ", 8 * " #n "(%[at])\n"
#define CLOBBER_F(n)	"f" #n,
#define CLOBBER_V(n)	"v" #n,
#define CLOBBERS	EACH(CLOBBER_F) EACH(CLOBBER_V) "t0", "t1", "memory"

#define WITH_VECTOR(text)	".option push\n.option arch, +v\n" text ".option pop\n"
#define FILL_ALL									\
	"mv t0, %[mark]\n" EACH(FILL_F)							\
	"beqz %[vlenb], 1f\n"								\
	"mv t0, %[mark]\n"								\
	WITH_VECTOR("vsetvli t1, zero, e64, m1, ta, ma\n" EACH(FILL_V))			\
	"1:\n"
#define DUMP_ALL									\
	EACH(DUMP_F)									\
	"beqz %[vlenb], 2f\n"								\
	"addi t0, %[at], 296\n"								\
	"slli t1, %[vlenb], 3\n"							\
	WITH_VECTOR("vs8r.v v0, (t0)\n add t0, t0, t1\n vs8r.v v8, (t0)\n"		\
		    "add t0, t0, t1\n vs8r.v v16, (t0)\n add t0, t0, t1\n"		\
		    "vs8r.v v24, (t0)\n")						\
	"2:\n"

/* All registers marked, KVM_RUN, all registers stored; nothing comes in between. */
static int run_marked(struct abi_vm *vm, uint64_t mark, struct dump *at)
{
	register long a0 __asm__("a0") = vm->vcpu;
	register long a1 __asm__("a1") = KVM_RUN;
	register long a2 __asm__("a2") = 0;
	register long a7 __asm__("a7") = 29;	/* ioctl */

	__asm__ volatile(FILL_ALL "ecall\n" DUMP_ALL
			 : "+r" (a0)
			 : "r" (a1), "r" (a2), "r" (a7), [mark] "r" (mark),
			   [vlenb] "r" ((unsigned long)vlenb), [at] "r" (at)
			 : CLOBBERS);
	return a0;
}

/* The same with some time that is spent in user mode. */
static void wait_marked(uint64_t mark, struct dump *at)
{
	unsigned long count = 200000;

	__asm__ volatile(FILL_ALL "3: addi %[count], %[count], -1\n bnez %[count], 3b\n" DUMP_ALL
			 : [count] "+r" (count)
			 : [mark] "r" (mark), [vlenb] "r" ((unsigned long)vlenb), [at] "r" (at)
			 : CLOBBERS);
}

/* What a process finds that has never used vector. */
static void look(struct dump *at)
{
	__asm__ volatile(DUMP_ALL
			 : : [vlenb] "r" ((unsigned long)vlenb), [at] "r" (at) : CLOBBERS);
}

/* ---- what a dump has to say ---------------------------------------------------------------- */

static const uint64_t *v_word(const struct dump *dump, unsigned int reg, unsigned int word)
{
	return &dump->v[reg * (vlenb / 8) + word];
}

static bool f_is(const struct dump *dump, uint64_t mark)
{
	unsigned int i;

	for (i = 0; i < REGS; i++) {
		if (dump->f[i] != (mark ? mark + i : 0))
			return false;
	}
	return true;
}

static bool v_is(const struct dump *dump, uint64_t mark)
{
	unsigned int i, word;

	for (i = 0; i < REGS; i++) {
		for (word = 0; word < vlenb / 8; word++) {
			if (*v_word(dump, i, word) != (mark ? mark + i : 0))
				return false;
		}
	}
	return true;
}

/* Marks of the same kind as @mark differ in the lower bits. */
static bool f_has(const struct dump *dump, uint64_t mark)
{
	unsigned int i;

	for (i = 0; i < REGS; i++) {
		if (dump->f[i] >> 56 == mark >> 56)
			return true;
	}
	return false;
}

static bool v_has(const struct dump *dump, uint64_t mark)
{
	unsigned int i;

	for (i = 0; i < REGS * vlenb / 8; i++) {
		if (dump->v[i] >> 56 == mark >> 56)
			return true;
	}
	return false;
}

static bool has(const struct dump *dump, uint64_t mark)
{
	return f_has(dump, mark) || v_has(dump, mark);
}

static const struct dump *dump_of(const struct guest *guest)
{
	return (const struct dump *)(guest->vm.ram + DUMP);
}

/* The guest has what it was told to have, and this thread its own. */
static bool guest_is_itself(struct guest *guest)
{
	const struct dump *dump = dump_of(guest);
	unsigned long low = guest->mark & 7;

	if (!abi_is_sbi(&guest->vm, 1) || !f_is(dump, guest->mark) || dump->fcsr != low) {
		printf("# exit %u, f0 0x%lx, fcsr 0x%lx, mark 0x%lx\n", guest->vm.run->exit_reason,
		       dump->f[0], dump->fcsr, guest->mark);
		return false;
	}
	if (!vlenb)
		return true;
	if ((guest->mark && (dump->vcsr != low || dump->vl != low || dump->vtype != 0xc0 ||
			     dump->vstart != low)) || !v_is(dump, guest->mark)) {
		printf("# v0 0x%lx, vcsr 0x%lx, vl 0x%lx, vtype 0x%lx, vstart 0x%lx, mark 0x%lx\n",
		       dump->v[0], dump->vcsr, dump->vl, dump->vtype, dump->vstart, guest->mark);
		return false;
	}
	return true;
}

/* A system call may change vector registers, to nobody else's. */
static bool thread_is_itself(uint64_t mark)
{
	return f_is(&own, mark) && !v_has(&own, GUEST_MARK) && !v_has(&own, THREAD_MARK);
}

/* ---- tests --------------------------------------------------------------------------------- */

static void guest_start_at(struct guest *guest, bool vector)
{
	abi_vm_boot(&guest->vm, guest_units);
	abi_set_reg(guest->vm.vcpu, ABI_CORE(regs.a0), ABI_RAM + DUMP);
	abi_set_reg(guest->vm.vcpu, ABI_CORE(regs.a1), vector);
}

/* Let it fill its registers anew, or leave them. */
static bool round_is_good(unsigned int nr, uint64_t mark, uint64_t own_mark)
{
	struct guest *guest = &guests[nr];

	guest->vm.run->riscv_sbi.ret[0] = mark;
	if (mark)
		guest->mark = mark;
	return !run_marked(&guest->vm, own_mark, &own) && guest_is_itself(guest) &&
	       thread_is_itself(own_mark);
}

static bool rounds_are_good(unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		/* Sometimes the same guest twice, sometimes with what it has. */
		unsigned int nr = i % 5 / 2 % 2;
		uint64_t mark = i % 3 ? GUEST_MARK + i * 0x10001 : 0;

		if (!round_is_good(nr, mark, OWN_MARK + i * 0x100))
			return false;
	}
	return true;
}

static void test_beginning(unsigned int nr, const char *after)
{
	struct guest *guest = &guests[nr];

	abi_check(!run_marked(&guest->vm, OWN_MARK, &own) && guest_is_itself(guest),
		  "a new guest finds zeros after %s", after);
	abi_check(!vlenb || (dump_of(guest)->vl == 0 && dump_of(guest)->vcsr == 0 &&
			     dump_of(guest)->vstart == 0), "and no vector length");
	abi_check(thread_is_itself(OWN_MARK), "the thread keeps its own");
}

static void test_registers(void)
{
	uint64_t wanted[V_WORDS], value[V_WORDS], id, i;
	struct kvm_one_reg reg = { .addr = (uintptr_t)value };

	id = KVM_REG_RISCV | (uint64_t)__builtin_ctz(vlenb) << KVM_REG_SIZE_SHIFT |
	     KVM_REG_RISCV_VECTOR | KVM_REG_RISCV_VECTOR_REG(31);
	reg.id = id;
	abi_check(!ioctl(guests[0].vm.vcpu, KVM_GET_ONE_REG, &reg) &&
		  !memcmp(value, v_word(dump_of(&guests[0]), 31, 0), vlenb),
		  "userspace reads v31");
	for (i = 0; i < V_WORDS; i++)
		wanted[i] = 0x1234567 * (i + 1);
	reg.addr = (uintptr_t)wanted;
	abi_need(!ioctl(guests[0].vm.vcpu, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
	guests[0].vm.run->riscv_sbi.ret[0] = 0;
	abi_check(!abi_run(&guests[0].vm) &&
		  !memcmp(wanted, v_word(dump_of(&guests[0]), 31, 0), vlenb),
		  "and the guest finds what userspace writes there");
	abi_check(round_is_good(0, GUEST_MARK + 0x77, OWN_MARK), "it can fill them again");
}

static volatile bool stop;

static void *other_thread(void *unused)
{
	static struct dump dump;
	uint64_t rounds = 0;

	(void)unused;
	while (!stop) {
		uint64_t mark = THREAD_MARK + ++rounds * 0x100;

		wait_marked(mark, &dump);
		if (!f_is(&dump, mark) || !v_is(&dump, mark))
			return NULL;
	}
	return (void *)(uintptr_t)rounds;
}

static void test_other_thread(void)
{
	time_t end = time(NULL) + 3;
	bool good = true;
	pthread_t thread;
	void *rounds;

	abi_set_reg(guests[0].vm.vcpu, ABI_CORE(regs.s3), 100000);
	abi_set_reg(guests[1].vm.vcpu, ABI_CORE(regs.s3), 300000);
	abi_need(!pthread_create(&thread, NULL, other_thread, NULL), "thread");
	while (good && time(NULL) < end)
		good = rounds_are_good(30);
	stop = true;
	pthread_join(thread, &rounds);
	abi_check(good, "two guests beside a thread that uses the same");
	abi_check(rounds, "which sees its own, %lu times", (unsigned long)rounds);
}

static void test_new_process(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		look(&own);
		_exit(has(&own, GUEST_MARK) || has(&own, THREAD_MARK) ||
		      v_has(&own, OWN_MARK));
	}
	abi_check(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status),
		  "a new process finds nothing of anybody");
}

/* ---- signals, and other harts -------------------------------------------------------------- */

static unsigned int handled;
static bool handler_is_itself = true;

/* A handler may find what the thread has that it interrupts. */
static void on_signal(int signal)
{
	static struct dump dump;
	uint64_t mark = HANDLER_MARK + ++handled * 0x100;

	(void)signal;
	look(&dump);
	handler_is_itself &= !has(&dump, GUEST_MARK) && !has(&dump, THREAD_MARK);
	wait_marked(mark, &dump);
	handler_is_itself &= f_is(&dump, mark) && v_is(&dump, mark);
}

/* Until the guest has filled its registers and counted: signals end KVM_RUN before. */
static bool interrupted_round_is_good(unsigned int nr, uint64_t mark, uint64_t own_mark)
{
	struct guest *guest = &guests[nr];
	int ret;

	guest->vm.run->riscv_sbi.ret[0] = mark;
	guest->mark = mark;
	do {
		ret = run_marked(&guest->vm, own_mark, &own);
		if (!thread_is_itself(own_mark))
			return false;
	} while (ret == -EINTR);
	return !ret && guest_is_itself(guest);
}

static void test_signals(void)
{
	const struct itimerval often = {
		.it_interval.tv_usec = 3000, .it_value.tv_usec = 3000,
	}, never = {};
	struct sigaction action = { .sa_handler = on_signal };
	unsigned int i;
	bool good = true;

	abi_need(!sigaction(SIGVTALRM, &action, NULL), "sigaction");
	abi_need(!setitimer(ITIMER_VIRTUAL, &often, NULL), "setitimer");
	for (i = 0; i < 400 && good && handled < 100; i++)
		good = interrupted_round_is_good(i % 2, GUEST_MARK + i * 0x10001,
						 OWN_MARK + i * 0x100);
	abi_need(!setitimer(ITIMER_VIRTUAL, &never, NULL), "setitimer");
	abi_check(good, "two guests and their thread, interrupted by %u signals", handled);
	abi_check(handled && handler_is_itself, "whose handler sees none of the guests'");
}

static void *mover(void *thread)
{
	unsigned int rounds = 0;
	cpu_set_t cpus;

	for (; !stop; rounds++) {
		CPU_ZERO(&cpus);
		CPU_SET(rounds % 2, &cpus);
		if (pthread_setaffinity_np(*(pthread_t *)thread, sizeof(cpus), &cpus))
			return NULL;
		usleep(500);
	}
	return (void *)(uintptr_t)rounds;
}

static void test_moved(void)
{
	pthread_t self = pthread_self(), thread;
	time_t end = time(NULL) + 3;
	bool good = true;
	cpu_set_t cpus;
	void *rounds;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		abi_skip("one hart", "moves");
		return;
	}
	stop = false;
	abi_need(!pthread_create(&thread, NULL, mover, &self), "thread");
	while (good && time(NULL) < end)
		good = rounds_are_good(30);
	stop = true;
	pthread_join(thread, &rounds);
	abi_check(good && rounds, "two guests whose thread is moved between harts, %lu times",
		  (unsigned long)rounds);
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	abi_need(!sched_setaffinity(0, sizeof(cpus), &cpus), "sched_setaffinity");
}

/* Rounding modes alone, written without any computation, are state as well; so is vl. */
static void test_modes(bool length)
{
	struct guest guest = {};
	const __u64 *args;

	abi_vm_boot(&guest.vm, guest_modes);
	args = (const __u64 *)guest.vm.run->riscv_sbi.args;
	abi_set_reg(guest.vm.vcpu, ABI_CORE(regs.a0), 6);
	abi_set_reg(guest.vm.vcpu, ABI_CORE(regs.a1), vlenb);
	abi_set_reg(guest.vm.vcpu, ABI_CORE(regs.a2), length);
	abi_need(!abi_run(&guest.vm) && abi_is_sbi(&guest.vm, 1), "first call");
	abi_check(round_is_good(0, GUEST_MARK + 1, OWN_MARK), "another guest");
	abi_need(!abi_run(&guest.vm) && abi_is_sbi(&guest.vm, 1), "second call");
	abi_check(round_is_good(0, GUEST_MARK + 1, OWN_MARK), "another guest");
	abi_need(!abi_run(&guest.vm) && abi_is_sbi(&guest.vm, 1), "third call");
	abi_check(args[0] == 6, "fcsr that was only written is kept");
	abi_check(!vlenb || args[1] == 6, "and %s", length ? "vl" : "vcsr");
	abi_vm_destroy(&guest.vm);
}

static void test_without(void)
{
	struct guest guest = {};

	guest_start_at(&guest, true);
	abi_set_reg(guest.vm.vcpu, ISA(V), 0);
	abi_set_reg(guest.vm.vcpu, ABI_CSR(stvec), ABI_RAM + (guest_trap - guest_start));
	abi_check_ours(!abi_run(&guest.vm) && abi_is_sbi(&guest.vm, 2) &&
		       guest.vm.run->riscv_sbi.args[1] == CAUSE_ILLEGAL,
		       "6.12 does not delegate it, see float_test",
		       "without V, vector is illegal even if the guest turns it on");
	abi_vm_destroy(&guest.vm);
}

int main(void)
{
	struct kvm_one_reg reg = { .id = ISA(V) };
	uint64_t has_v = 0;
	cpu_set_t cpus;

	abi_start(100);
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	abi_need(!sched_setaffinity(0, sizeof(cpus), &cpus), "sched_setaffinity");
	guest_start_at(&guests[0], false);
	reg.addr = (uintptr_t)&has_v;
	if (!ioctl(guests[0].vm.vcpu, KVM_GET_ONE_REG, &reg) && has_v) {
		vlenb = abi_get_reg(guests[0].vm.vcpu, VLENB);
		abi_set_reg(guests[0].vm.vcpu, ABI_CORE(regs.a1), 1);
	}
	guest_start_at(&guests[1], vlenb);

	test_beginning(0, "the thread's");
	abi_check(round_is_good(0, GUEST_MARK + 5, OWN_MARK), "it keeps what it fills them with");
	test_beginning(1, "another guest");
	abi_check(rounds_are_good(300), "both keep theirs for 300 rounds");
	test_other_thread();
	test_signals();
	test_moved();
	test_modes(false);
	test_modes(true);
	if (vlenb) {
		test_registers();
		test_new_process();
		test_without();
	} else {
		abi_skip("the host has none", "vector");
	}
	abi_vm_destroy(&guests[0].vm);
	abi_vm_destroy(&guests[1].vm);
	return abi_finish();
}
