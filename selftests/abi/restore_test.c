// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine of two harts is stopped amid its work, read by KVM_GET_REG_LIST, destroyed, and made
 * anew from what was read: again and again, until the work is done and its results are looked at.
 *
 *   restore_test save FILE	stops after a while and writes the state there, for another KVM
 *   restore_test restore FILE	goes on from it, to the end
 */
#define _GNU_SOURCE
#include "sbi_call.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define HARTS		2
#define REGS		512
#define REG_BYTES	256
#define STEPS		20000000UL
#define FACTOR		6364136223846793005UL
#define SUMMAND		1442695040888963407UL
#define ROUND_DOWN	2			/* rounding mode */
#define CODE		(ABI_RAM + 0x3000)
#define STEAL		(ABI_RAM + 0x8000)	/* shared memory of STA */
#define SIP_SSIP	(1 << 1)
#define SIP_STIP	(1 << 5)
#define SIP_SEIP	(1 << 9)
#define MAGIC		0x6b766d7265737431UL

#define ID(class, index)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (class) | (index))
#define TIMER(name)		ID(KVM_REG_RISCV_TIMER, KVM_REG_RISCV_TIMER_REG(name))
#define STA(name)		ID(KVM_REG_RISCV_SBI_STATE | KVM_REG_RISCV_SBI_STA,		\
				   KVM_REG_RISCV_SBI_STA_REG(name))
#define TYPE(id)		((id) & KVM_REG_RISCV_TYPE_MASK)

/*
 * a0: number of the hart, a1: steps, a2: period of its timer. Each step changes an integer and a
 * floating-point register; the first hart sends the second one an IPI, which stays pending. Says
 * what became of them in function 0: integer, float, fcsr, ticks, ticks that came early, sip.
 */
asm(".section .rodata\n"
	".balign 8\n"
	".global work_start, work_to_set, work_set, work_end\n"
	".option push\n"
	".option norvc\n"
	"work_start:\n"
	"	mv	s0, a1\n"
	"	mv	s1, a0\n"
	"	mv	s2, a2\n"
	"	li	s3, 0\n"
	"	li	s4, 0\n"
	"	addi	t0, a0, 0x100\n"
	"	csrw	sscratch, t0\n"
	"	bnez	a0, 1f\n"
	"	li	a0, 2\n"
	"	li	a1, 0\n"
	"	li	a6, 0\n"
	"	li	a7, 0x735049\n"
	"	ecall\n"
	"1:	lla	t0, work_trap\n"
	"	csrw	stvec, t0\n"
	"	li	t0, 3 << 13\n"
	"	csrs	sstatus, t0\n"
	"	li	t0, 1\n"
	"	fcvt.d.l fs1, t0\n"
	"	fmv.d.x	fs0, zero\n"
	"	li	t0, 2 << 5\n"
	"	fscsr	t0\n"
	"	rdtime	s7\n"
	"	jal	work_timer\n"
	"	li	t0, 1 << 5\n"
	"	csrs	sie, t0\n"
	"	csrsi	sstatus, 2\n"
	"	li	s5, 6364136223846793005\n"
	"	li	s6, 1442695040888963407\n"
	"1:	mul	s1, s1, s5\n"
	"	add	s1, s1, s6\n"
	"	fadd.d	fs0, fs0, fs1\n"
	"	addi	s0, s0, -1\n"
	"	bnez	s0, 1b\n"
	"	csrci	sstatus, 2\n"
	"	mv	a0, s1\n"
	"	fmv.x.d	a1, fs0\n"
	"	frcsr	a2\n"
	"	mv	a3, s3\n"
	"	mv	a4, s4\n"
	"	csrr	a5, sip\n"
	"	li	a6, 0\n"
	"	li	a7, 0x08ffffff\n"
	"	ecall\n"
	"	.balign	4\n"
	"work_trap:\n"
	"	rdtime	t2\n"
	"	bgeu	t2, s7, 1f\n"
	"	addi	s4, s4, 1\n"
	"1:	addi	s3, s3, 1\n"
	"	jal	work_timer\n"
	"	sret\n"
	"work_timer:\n"
	"	add	s7, s7, s2\n"
	"work_to_set:\n"
	"	mv	a0, s7\n"
	"	li	a6, 0\n"
	"	li	a7, 0x54494d45\n"
	"	ecall\n"
	"work_set:\n"
	"	ret\n"
	"work_end:\n"
	".option pop\n"
	".previous\n");
extern const uint8_t work_start[], work_to_set[], work_set[], work_end[];

struct saved {
	uint64_t	magic;
	uint64_t	features;
	struct saved_hart {
		bool		done;
		unsigned long	said[6];
		unsigned long	ticks;
		unsigned long	early;		/* ticks, on a KVM that is not ours */
		bool		lost;		/* what the guest had set its timer to */
		uint32_t	mp_state;
		uint64_t	nregs;
		uint64_t	ids[REGS];
		uint8_t		values[REGS][REG_BYTES];
	}		hart[HARTS];
	uint8_t		ram[ABI_RAM_SIZE];
};

static struct saved *saved;
static struct abi_vm hart[HARTS];		/* one machine */
static bool done[HARTS];
static unsigned long ticks[HARTS];		/* before the machine was saved first */
static unsigned long early[HARTS];		/* before it was saved */
static bool lost[HARTS];			/* ... on in-tree KVM */
static unsigned long said[HARTS][6];
static unsigned int refused, lacking;
static uint64_t features;			/* of FWFT, bit: those that could be set */

/* ---- the machine ---------------------------------------------------------------------------- */

static void create(void)
{
	unsigned int i;

	abi_vm_create(&hart[0]);
	for (i = 1; i < HARTS; i++) {
		hart[i] = hart[0];
		hart[i].vcpu = ioctl(hart[0].fd, KVM_CREATE_VCPU, (unsigned long)i);
		abi_need(hart[i].vcpu >= 0, "KVM_CREATE_VCPU");
		hart[i].run = mmap(NULL, hart[0].run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
				   hart[i].vcpu, 0);
		abi_need(hart[i].run != MAP_FAILED, "kvm_run");
	}
}

static void destroy(void)
{
	unsigned int i;

	for (i = 1; i < HARTS; i++) {
		munmap(hart[i].run, hart[0].run_size);
		close(hart[i].vcpu);
	}
	abi_vm_destroy(&hart[0]);
}

static int move(unsigned long cmd, unsigned int nr, uint64_t id, void *at)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)at };

	return ioctl(hart[nr].vcpu, cmd, &reg) ? errno : 0;
}

static bool has_reg(uint64_t id)
{
	uint8_t value[REG_BYTES];

	return !move(KVM_GET_ONE_REG, 0, id, value);
}

/* SBI state of the first hart, by its own calls. */
static void prepare_sbi(void)
{
	sbi_install(&hart[0]);
	if (has_reg(STA(shmem_lo)))
		abi_need(sbi_gives(SBI_CALL(&hart[0], EID_STA, 0, STEAL, 0, 0), 0, 0), "STA");
	/* Another value than at first, where there is such a feature. */
	features = 0;
	if (!SBI_CALL(&hart[0], EID_FWFT, 0, 4, 0, 0).error)
		features |= 1 << 4;
	if (!SBI_CALL(&hart[0], EID_FWFT, 0, 5, 7, 1).error)
		features |= 1 << 5;
}

static void begin(void)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct kvm_interrupt irq = { .irq = KVM_INTERRUPT_SET };
	uint64_t hz = abi_get_reg(hart[0].vcpu, TIMER(frequency));
	unsigned int i;

	prepare_sbi();
	memcpy(hart[0].ram + (CODE - ABI_RAM), work_start, work_end - work_start);
	for (i = 0; i < HARTS; i++) {
		abi_set_reg(hart[i].vcpu, ABI_CORE(regs.pc), CODE);
		abi_set_reg(hart[i].vcpu, ABI_CORE(regs.a0), i);
		abi_set_reg(hart[i].vcpu, ABI_CORE(regs.a1), STEPS);
		abi_set_reg(hart[i].vcpu, ABI_CORE(regs.a2), hz / 200);
		abi_need(!ioctl(hart[i].vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
		done[i] = false;
	}
	abi_need(!ioctl(hart[0].vcpu, KVM_INTERRUPT, &irq), "KVM_INTERRUPT");
}

/* ---- running -------------------------------------------------------------------------------- */

static volatile bool stop;

static void *run_hart(void *arg)
{
	struct abi_vm *self = arg;
	unsigned int nr = self - hart;

	while (!stop && !done[nr]) {
		if (abi_run(self)) {
			abi_need(errno == EINTR, "KVM_RUN");
			continue;
		}
		abi_need(abi_is_sbi(self, 0), "the guest is done");
		memcpy(said[nr], self->run->riscv_sbi.args, sizeof(said[nr]));
		done[nr] = true;
	}
	return NULL;
}

static void ignore(int signal)
{
}

/* Return: false when all is done. @us: how long; 0: to the end. */
static bool run_for(unsigned int us)
{
	pthread_t threads[HARTS];
	bool more = false;
	unsigned int i;

	stop = false;
	for (i = 0; i < HARTS; i++)
		abi_need(!pthread_create(&threads[i], NULL, run_hart, &hart[i]), "pthread_create");
	if (us) {
		usleep(us);
		stop = true;
	}
	for (i = 0; i < HARTS; i++) {
		while (us && pthread_tryjoin_np(threads[i], NULL)) {
			pthread_kill(threads[i], SIGUSR1);
			usleep(200);
		}
		if (!us)
			pthread_join(threads[i], NULL);
		more |= !done[i];
	}
	return more;
}

/* ---- saving and restoring ------------------------------------------------------------------- */

static bool is_setting_timer(unsigned int nr)
{
	uint64_t offset = abi_get_reg(hart[nr].vcpu, ABI_CORE(regs.pc)) - CODE;

	return offset >= (uint64_t)(work_to_set - work_start) &&
	       offset < (uint64_t)(work_set - work_start);
}

/* The guest lets timer interrupts in once it has set its timer. Then what it set is there. */
static bool has_lost_timer(unsigned int nr)
{
	return abi_get_reg(hart[nr].vcpu, ABI_CSR(sie)) & SIP_STIP && !is_setting_timer(nr) &&
	       abi_get_reg(hart[nr].vcpu, TIMER(compare)) !=
	       abi_get_reg(hart[nr].vcpu, ABI_CORE(regs.s7));
}

static void save_hart(unsigned int nr)
{
	struct saved_hart *to = &saved->hart[nr];
	struct kvm_mp_state state;
	struct {
		struct kvm_reg_list	head;
		uint64_t		ids[REGS];
	} list = { .head.n = REGS };
	unsigned int i;

	abi_need(!ioctl(hart[nr].vcpu, KVM_GET_REG_LIST, &list), "KVM_GET_REG_LIST");
	to->nregs = list.head.n;
	memcpy(to->ids, list.ids, sizeof(to->ids));
	memset(to->values, 0, sizeof(to->values));
	for (i = 0; i < to->nregs; i++)
		abi_need(!move(KVM_GET_ONE_REG, nr, to->ids[i], to->values[i]), "KVM_GET_ONE_REG");
	abi_need(!ioctl(hart[nr].vcpu, KVM_GET_MP_STATE, &state), "KVM_GET_MP_STATE");
	to->mp_state = state.mp_state;
	to->done = done[nr];
	memcpy(to->said, said[nr], sizeof(to->said));
	to->ticks = done[nr] ? said[nr][3] : abi_get_reg(hart[nr].vcpu, ABI_CORE(regs.s3));
	to->early = 0;
	to->lost = false;
	if (abi_is_in_tree()) {
		to->early = done[nr] ? said[nr][4] : abi_get_reg(hart[nr].vcpu, ABI_CORE(regs.s4));
		to->lost = has_lost_timer(nr);
	}
}

static void save(void)
{
	unsigned int i;

	saved->magic = MAGIC;
	saved->features = features;
	for (i = 0; i < HARTS; i++)
		save_hart(i);
	memcpy(saved->ram, hart[0].ram, ABI_RAM_SIZE);
}

/*
 * What the machine is; what it does; its clock, which goes on from then; timers. In-tree KVM of 7.2
 * forgets the lower half of the address of steal time when the upper half is set.
 */
enum { MACHINE, UPPER, STATE, CLOCK, TIMERS, ORDERS };

static int order_of(uint64_t id)
{
	switch (TYPE(id)) {
	case KVM_REG_RISCV_CONFIG:
	case KVM_REG_RISCV_ISA_EXT:
	case KVM_REG_RISCV_SBI_EXT:
		return MACHINE;
	case KVM_REG_RISCV_TIMER:
		return id == TIMER(time) ? CLOCK : TIMERS;
	default:
		return id == STA(shmem_hi) && abi_is_in_tree() ? UPPER : STATE;
	}
}

static void restore_reg(unsigned int nr, uint64_t id, void *value)
{
	uint8_t other[REG_BYTES];
	uint64_t none = 0;
	int error;

	/* "Off" cannot be set on in-tree KVM, and is what there is. */
	if (id == TIMER(state) && !*(uint64_t *)value)
		return;
	/* One clock for all. */
	if (id == TIMER(time) && nr)
		return;
	/* In-tree KVM says by the lower half alone that there is no address. */
	if (id == STA(shmem_hi) && *(uint64_t *)value == UINT64_MAX && abi_is_in_tree())
		value = &none;
	error = move(KVM_SET_ONE_REG, nr, id, value);
	if (!error)
		return;
	/* What it cannot read either it has not: that of 6.12 knows nothing of FWFT. */
	if (error == ENOENT || (error == EINVAL && TYPE(id) == KVM_REG_RISCV_ISA_EXT) ||
	    move(KVM_GET_ONE_REG, nr, id, other)) {
		lacking++;
		printf("# hart %u: no register %#lx, which was %#lx\n", nr, (long)id,
		       *(long *)value);
		return;
	}
	refused++;
	printf("# hart %u: register %#lx takes no %#lx: %s\n", nr, (long)id, *(long *)value,
	       strerror(error));
}

static void restore(void)
{
	unsigned int order, nr, i;

	abi_need(saved->magic == MAGIC, "a saved machine");
	create();
	features = saved->features;
	memcpy(hart[0].ram, saved->ram, ABI_RAM_SIZE);
	for (order = 0; order < ORDERS; order++)
		for (nr = 0; nr < HARTS; nr++)
			for (i = 0; i < saved->hart[nr].nregs; i++)
				if (order_of(saved->hart[nr].ids[i]) == (int)order)
					restore_reg(nr, saved->hart[nr].ids[i],
						    saved->hart[nr].values[i]);
	for (nr = 0; nr < HARTS; nr++) {
		struct kvm_mp_state state = { .mp_state = saved->hart[nr].mp_state };

		abi_need(!ioctl(hart[nr].vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
		done[nr] = saved->hart[nr].done;
		if (!ticks[nr] && !done[nr])
			ticks[nr] = saved->hart[nr].ticks;
		early[nr] = saved->hart[nr].early;
		lost[nr] = saved->hart[nr].lost;
		memcpy(said[nr], saved->hart[nr].said, sizeof(said[nr]));
	}
}

/* What time does meanwhile is no change: it goes on, and without Sstc makes a timer pending. */
static bool is_same(uint64_t id, const uint8_t *value, const uint8_t *was)
{
	uint64_t now, then;

	memcpy(&now, value, sizeof(now));
	memcpy(&then, was, sizeof(then));
	if (id == TIMER(time) || (id == ABI_CSR(sip) && now == (then | SIP_STIP)))
		return true;
	return !memcmp(value, was, KVM_REG_SIZE(id));
}

/* Are the registers those that were saved? */
static unsigned int count_changed(void)
{
	unsigned int nr, i, changed = 0;

	for (nr = 0; nr < HARTS; nr++) {
		const struct saved_hart *from = &saved->hart[nr];

		for (i = 0; i < from->nregs; i++) {
			uint8_t value[REG_BYTES] = {};

			if (!move(KVM_GET_ONE_REG, nr, from->ids[i], value) &&
			    is_same(from->ids[i], value, from->values[i]))
				continue;
			changed++;
			printf("# hart %u: register %#lx: %#lx, was %#lx\n", nr,
			       (long)from->ids[i], *(long *)value, *(long *)from->values[i]);
		}
	}
	return changed;
}

/* ---- results -------------------------------------------------------------------------------- */

static uint64_t wanted(uint64_t value)
{
	unsigned long i;

	for (i = 0; i < STEPS; i++)
		value = value * FACTOR + SUMMAND;
	return value;
}

static void check_hart(unsigned int nr)
{
	const unsigned long *got = said[nr];
	unsigned long wanted_sip = nr ? SIP_SSIP : SIP_SEIP;
	double sum;

	memcpy(&sum, &got[1], sizeof(sum));
	abi_check(got[0] == wanted(nr), "hart %u: integers", nr);
	abi_check(sum == (double)STEPS && got[2] >> 5 == ROUND_DOWN,
		  "hart %u: floating point (%.0f, mode %lu)", nr, sum, got[2] >> 5);
	/*
	 * In-tree KVM does now and then, saved or not: the first time there is no tick then, later
	 * the next one is early.
	 */
	if (lost[nr])
		abi_skip("in-tree KVM had lost what the hart set", "hart %u: its timer", nr);
	else
		abi_check_ours(got[3] > ticks[nr] && got[4] == early[nr],
			       "in-tree KVM loses what a hart sets now and then",
			       "hart %u: its timer, never early (%lu ticks, %lu before)", nr,
			       got[3], ticks[nr]);
	abi_check((got[5] & (SIP_SSIP | SIP_SEIP)) == wanted_sip,
		  "hart %u: interrupts that were pending (%#lx)", nr, got[5]);
	abi_check(abi_get_reg(hart[nr].vcpu, ABI_CSR(sscratch)) == 0x100 + nr,
		  "hart %u: sscratch", nr);
}

static void finish_call(struct abi_vm *vm)
{
	vm->run->immediate_exit = 1;
	abi_need(abi_run(vm) == -1 && errno == EINTR, "immediate exit");
	vm->run->immediate_exit = 0;
}

static void check_sbi(void)
{
	const uint32_t *sequence = (const uint32_t *)(hart[0].ram + (STEAL - ABI_RAM));
	struct sbi_answer got;

	if (has_reg(STA(shmem_lo)))
		abi_check(abi_get_reg(hart[0].vcpu, STA(shmem_lo)) == STEAL && *sequence % 2 == 0,
			  "steal time is told where it was");
	else
		abi_skip("it has none", "steal time is told where it was");
	got = SBI_CALL(&hart[0], EID_FWFT, 1, 4);
	if (got.error || !(features & 1 << 4))
		abi_skip("it has none, or had", "A and D are set by software");
	else
		abi_check(!got.value, "A and D are set by software");
	got = SBI_CALL(&hart[0], EID_FWFT, 1, 5);
	if (got.error || !(features & 1 << 5))
		abi_skip("it has none, or had", "the masks of pointers, which are locked");
	else
		abi_check(got.value == 7 && SBI_CALL(&hart[0], EID_FWFT, 0, 5, 0, 0).error ==
			  ERR_DENIED_LOCKED, "the masks of pointers, which are locked");
}

static void check_results(void)
{
	unsigned int nr;

	abi_check(!refused, "each register takes what it was (%u do not; %u are not there)",
		  refused, lacking);
	for (nr = 0; nr < HARTS; nr++)
		check_hart(nr);
	/* The call by which the guest said so is over, if it was this KVM's. */
	if (hart[0].run->exit_reason == KVM_EXIT_RISCV_SBI)
		finish_call(&hart[0]);
	abi_set_reg(hart[0].vcpu, ABI_CSR(sie), 0);
	check_sbi();
}

static void test_rounds(void)
{
	unsigned int rounds = 0, changed = 0;

	create();
	begin();
	while (rounds < 20 && run_for(30000)) {
		save();
		destroy();
		restore();
		changed += count_changed();
		rounds++;
	}
	run_for(0);
	abi_check(rounds > 2, "%u times", rounds);
	abi_check(!changed, "what is read after that is what was set (%u are not)", changed);
	check_results();
	destroy();
}

static void save_to(const char *path)
{
	FILE *file = fopen(path, "w");

	create();
	begin();
	abi_need(run_for(100000), "a guest that is not done");
	save();
	abi_need(file && fwrite(saved, sizeof(*saved), 1, file) == 1 && !fclose(file), path);
	abi_check(true, "saved");
	destroy();
}

static void restore_from(const char *path)
{
	FILE *file = fopen(path, "r");

	abi_need(file && fread(saved, sizeof(*saved), 1, file) == 1, path);
	fclose(file);
	restore();
	run_for(0);
	check_results();
	destroy();
}

int main(int argc, char **argv)
{
	abi_start(120);
	signal(SIGUSR1, ignore);
	saved = calloc(1, sizeof(*saved));
	abi_need(saved, "memory");
	if (argc == 3 && !strcmp(argv[1], "save"))
		save_to(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "restore"))
		restore_from(argv[2]);
	else
		test_rounds();
	return abi_finish();
}
