// SPDX-License-Identifier: GPL-2.0-only
/* A guest that writes memory all the time, while the host changes everything around it. */
#include "abi.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	0x1000UL
#define GPA	0x40000000UL
#define PAGES	64UL
#define MARK	0x6d61726b6d61726bUL	/* what the guest writes */

static struct abi_vm vm;
static uint8_t *memory;
static volatile bool stop;
static int run_error;

/* ---- a vCPU that runs until it is told to stop ----------------------------------------------- */

static void leave(int signal)
{
	(void)signal;
	if (vm.run)
		vm.run->immediate_exit = 1;
}

static void *run_until_stop(void *unused)
{
	(void)unused;
	while (!stop) {
		/* Where no slot is for a moment, the store is a device's: nothing to do. */
		if (!abi_run(&vm))
			continue;
		if (errno != EINTR) {
			run_error = errno;
			break;
		}
		/* Before the look at stop: halt() sets that before it sends its signal. */
		vm.run->immediate_exit = 0;
	}
	return NULL;
}

static pthread_t start(const uint8_t *label, uint32_t flags, uint64_t a1)
{
	pthread_t thread;

	stop = false;
	run_error = 0;
	memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	abi_need(memory != MAP_FAILED, "mmap");
	abi_vm_boot(&vm, label);
	abi_need(!abi_set_slot(vm.fd, 1, flags, GPA, PAGES * PAGE, memory), "slot 1");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), GPA);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), a1);
	abi_need(!pthread_create(&thread, NULL, run_until_stop, NULL), "pthread_create");
	return thread;
}

static void halt(pthread_t thread)
{
	stop = true;
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	vm.run->immediate_exit = 0;
}

static void finish(void)
{
	abi_vm_destroy(&vm);
	vm.run = NULL;
	munmap(memory, PAGES * PAGE);
}

static void await_write(void)
{
	while (*(volatile uint64_t *)memory != MARK && !run_error)
		sched_yield();
}

/* ---- pages that the guest has lost ----------------------------------------------------------- */

#define CANARIES	16

/* Memory that was just freed is likely to come back here; the guest must not write to it. */
static bool canaries_sing(void)
{
	volatile uint64_t *cage = mmap(NULL, CANARIES * PAGE, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool good = true;
	int i, round;

	for (i = 0; i < CANARIES; i++)
		cage[i * PAGE / 8 + 1] = 1;
	for (round = 0; round < 20; round++) {
		for (i = 0; i < CANARIES; i++)
			good &= cage[i * PAGE / 8] == 0;
	}
	munmap((void *)cage, CANARIES * PAGE);
	return good;
}

static void drop_page(void)
{
	abi_need(!madvise(memory, PAGE, MADV_DONTNEED), "madvise");
}

static void replace_page(void)
{
	abi_need(mmap(memory, PAGE, PROT_READ | PROT_WRITE,
		      MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == memory, "mmap");
}

static void delete_slot(void)
{
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, 0), "delete");
	drop_page();
}

static void create_slot(void)
{
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, PAGES * PAGE, memory), "create");
}

static void nothing(void)
{
}

static void test_lost_pages(const char *how, void (*lose)(void), void (*restore)(void))
{
	pthread_t thread = start(guest_hammer, 0, MARK);
	int i, hit = 0;

	for (i = 0; i < 150 && !run_error; i++) {
		await_write();
		lose();
		hit += !canaries_sing();
		restore();
	}
	halt(thread);
	abi_check(!hit && !run_error, "no write to pages lost by %s (%d hits, error %d)", how, hit,
		  run_error);
	finish();
}

/* ---- the log --------------------------------------------------------------------------------- */

static uint8_t copy[PAGES * PAGE];

static unsigned int fetch_dirty(void)
{
	uint64_t bitmap = 0;
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = &bitmap };
	unsigned int i, count = 0;

	abi_need(!ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log), "KVM_GET_DIRTY_LOG");
	for (i = 0; i < PAGES; i++) {
		if (!(bitmap >> i & 1))
			continue;
		memcpy(copy + i * PAGE, memory + i * PAGE, PAGE);
		count++;
	}
	return count;
}

/* As a migration does it: copy what was written, until nothing is written any more. */
static void test_log_loses_nothing(void)
{
	pthread_t thread = start(guest_sweep, KVM_MEM_LOG_DIRTY_PAGES, PAGES);
	unsigned int i, fetched = 0;

	memset(copy, 0, sizeof(copy));
	for (i = 0; (i < 150 || !fetched) && !run_error; i++)
		fetched += fetch_dirty();
	halt(thread);
	fetch_dirty();
	abi_check(fetched > 0 && !run_error, "pages were written meanwhile (%u)", fetched);
	abi_check(!memcmp(copy, memory, sizeof(copy)), "the log lost no write");
	finish();
}

static void test_log_toggle(void)
{
	pthread_t thread = start(guest_sweep, 0, PAGES);
	uint32_t flags = KVM_MEM_LOG_DIRTY_PAGES;
	unsigned int i, bad = 0;

	for (i = 0; i < 60 && !run_error; i++) {
		bad += abi_set_slot(vm.fd, 1, flags, GPA, PAGES * PAGE, memory) != 0;
		/* From a full copy on, the log says what changes. */
		if (flags) {
			memcpy(copy, memory, sizeof(copy));
			fetch_dirty();
		}
		flags ^= KVM_MEM_LOG_DIRTY_PAGES;
	}
	bad += abi_set_slot(vm.fd, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, PAGES * PAGE, memory) != 0;
	memcpy(copy, memory, sizeof(copy));
	usleep(10000);
	halt(thread);
	fetch_dirty();
	abi_check(!bad && !run_error && !memcmp(copy, memory, sizeof(copy)),
		  "a log that is started while the guest writes loses no write");
	finish();
}

/* ---- moving a slot under the guest ----------------------------------------------------------- */

static void test_move(void)
{
	pthread_t thread = start(guest_hammer, 0, MARK);
	unsigned int i, bad = 0;

	for (i = 0; i < 150 && !run_error; i++) {
		uint64_t gpa = i % 2 ? GPA : GPA + 8 * PAGE;

		bad += abi_set_slot(vm.fd, 1, 0, gpa, PAGES * PAGE, memory) != 0;
	}
	await_write();
	halt(thread);
	abi_check_ours(!bad && !run_error, "in-tree KVM may say EFAULT while a slot moves",
		       "a slot moves back and forth under a writing guest (%u refused, error %d)",
		       bad, run_error);
	finish();
}

/* ---- interrupts and signals ------------------------------------------------------------------ */

static void *storm(void *unused)
{
	struct kvm_interrupt irq;
	unsigned int i;

	(void)unused;
	for (i = 0; i < 2000; i++) {
		irq.irq = i % 2 ? KVM_INTERRUPT_UNSET : KVM_INTERRUPT_SET;
		if (ioctl(vm.vcpu, KVM_INTERRUPT, &irq))
			run_error = errno;
	}
	return NULL;
}

static void test_interrupt_storm(void)
{
	pthread_t thread = start(guest_hammer, 0, MARK), other;
	unsigned int i;

	abi_need(!pthread_create(&other, NULL, storm, NULL), "pthread_create");
	for (i = 0; i < 150; i++)
		pthread_kill(thread, SIGUSR1);
	pthread_join(other, NULL);
	halt(thread);
	abi_check(!run_error, "interrupts and signals in masses");
	finish();
}

/* ---- sudden death ---------------------------------------------------------------------------- */

static void run_and_be_killed(void)
{
	pthread_t thread = start(guest_hammer, 0, MARK);

	await_write();
	kill(getpid(), SIGKILL);
	pthread_join(thread, NULL);
}

static void test_kill(void)
{
	int i, status, bad = 0;

	for (i = 0; i < 15; i++) {
		pid_t pid = fork();

		if (!pid) {
			run_and_be_killed();
			_exit(1);
		}
		abi_need(pid > 0 && waitpid(pid, &status, 0) == pid, "fork");
		bad += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
	}
	abi_check(!bad, "processes die while their guest runs (%d did not)", bad);
}

int main(void)
{
	struct sigaction action = { .sa_handler = leave };

	abi_start(240);
	sigaction(SIGUSR1, &action, NULL);
	test_lost_pages("madvise", drop_page, nothing);
	test_lost_pages("mmap", replace_page, nothing);
	test_lost_pages("deleting their slot", delete_slot, create_slot);
	test_log_loses_nothing();
	test_log_toggle();
	test_move();
	test_interrupt_storm();
	test_kill();
	return abi_finish();
}
