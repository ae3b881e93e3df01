// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mapping of a vCPU: what can be mapped, what can be touched, and a userspace that writes all
 * of kvm_run and of the coalesced ring while the vCPU runs.
 */
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE		0x1000UL
#define RING_PAGE	1UL	/* KVM_CAP_COALESCED_MMIO */

static struct abi_vm vm;

/* ---- mappings ------------------------------------------------------------------------------ */

static sigjmp_buf after_fault;

static void on_fault(int signal)
{
	siglongjmp(after_fault, signal);
}

/* Return: the signal that reading (or writing) a byte gave, or 0. */
static int touch(volatile uint8_t *p, bool write)
{
	int signal = sigsetjmp(after_fault, 1);

	if (signal)
		return signal;
	if (write)
		*p = 1;
	else
		(void)*p;
	return 0;
}

static uint8_t *map(uint64_t page, size_t pages, int protection, int flags)
{
	return mmap(NULL, pages * PAGE, protection, flags, vm.vcpu, page * PAGE);
}

static void test_beyond(void)
{
	static const uint64_t far[] = { 100, 1000, 1 << 20, 1UL << 31, 1UL << 32, 1UL << 40,
					(1UL << 32) + 1, (1UL << 50) };
	unsigned int bad = 0;
	uint64_t i;

	for (i = 2; i < 80; i++) {
		uint8_t *page = map(i, 1, PROT_READ | PROT_WRITE, MAP_SHARED);

		bad += page == MAP_FAILED || touch(page, false) != SIGBUS ||
		       touch(page, true) != SIGBUS;
		munmap(page, PAGE);
	}
	abi_check(!bad, "SIGBUS for every page behind the ring (%u give something else)", bad);
	for (bad = 0, i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		uint8_t *page = map(far[i], 1, PROT_READ, MAP_SHARED);

		/* The kernel may refuse the largest by itself. */
		bad += page != MAP_FAILED && touch(page, false) != SIGBUS;
		munmap(page, PAGE);
	}
	abi_check(!bad, "and far away (%u give something else)", bad);
}

static void test_long_mapping(void)
{
	uint8_t *pages = map(0, 4, PROT_READ | PROT_WRITE, MAP_SHARED);

	abi_need(pages != MAP_FAILED, "four pages");
	abi_check(!touch(pages, true) && !touch(pages + RING_PAGE * PAGE, true) &&
		  touch(pages + 2 * PAGE, true) == SIGBUS &&
		  touch(pages + 3 * PAGE, false) == SIGBUS, "a longer mapping has the two pages");
	pages[0] = 0;
	pages[RING_PAGE * PAGE] = 0;
	abi_check(!munmap(pages + PAGE, PAGE) && !touch(pages, false) &&
		  touch(pages + PAGE, false) == SIGSEGV, "and can have a hole");
	munmap(pages, 4 * PAGE);
}

static void test_protections(void)
{
	uint8_t *page = map(0, 1, PROT_READ, MAP_SHARED);

	abi_check(page != MAP_FAILED && !touch(page, false) && touch(page, true) == SIGSEGV,
		  "a mapping to read");
	munmap(page, PAGE);
	page = map(0, 1, PROT_NONE, MAP_SHARED);
	abi_check(page != MAP_FAILED && touch(page, false) == SIGSEGV, "one for nothing");
	munmap(page, PAGE);
	page = map(0, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	vm.run->immediate_exit = 0;
	abi_check(page != MAP_FAILED && !touch(page + 1, true) && page[1] == 1 &&
		  !vm.run->immediate_exit, "a private one: writes go nowhere");
	munmap(page, PAGE);
}

static void test_bad_mappings(void)
{
	abi_check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, vm.sys, 0) == MAP_FAILED &&
		  errno == ENODEV, "/dev/kvm cannot be mapped");
	abi_check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, vm.fd, 0) == MAP_FAILED &&
		  errno == ENODEV, "nor can a VM");
	abi_check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, vm.vcpu, 0x800) == MAP_FAILED &&
		  errno == EINVAL, "an offset within a page");
	abi_check(mmap(NULL, 0, PROT_READ, MAP_SHARED, vm.vcpu, 0) == MAP_FAILED &&
		  errno == EINVAL, "a mapping of nothing");
	abi_check(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, vm.vcpu, -PAGE) == MAP_FAILED,
		  "an offset that wraps");
}

/* kvm_run is the kernel's page: whether userspace maps it does not matter. */
static void test_unmapped(void)
{
	abi_vm_boot(&vm, guest_sbi);
	munmap(vm.run, vm.run_size);
	abi_check(!abi_run(&vm), "KVM_RUN without a mapping");
	vm.run = (void *)map(0, vm.run_size / PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	abi_need(vm.run != MAP_FAILED, "kvm_run");
	abi_check(abi_is_sbi(&vm, 1), "has its result in the page");
	abi_vm_destroy(&vm);
}

static void test_other_calls(void)
{
	const int fds[] = { vm.sys, vm.fd, vm.vcpu };
	unsigned int i, bad = 0;
	char byte = 0;

	for (i = 0; i < 3; i++) {
		bad += read(fds[i], &byte, 1) != -1 || errno != EINVAL;
		bad += write(fds[i], &byte, 1) != -1 || errno != EINVAL;
		bad += ftruncate(fds[i], 0) != -1;
	}
	abi_check(!bad, "no fd can be read, written or cut (%u can)", bad);
}

/* ---- a userspace that writes where it should not ------------------------------------------- */

#define SCRIBBLE_MS	700

static volatile bool stop;
static uint8_t *run_pages;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void *scribble(void *seed)
{
	uint64_t state = (uintptr_t)seed;
	volatile uint64_t *words = (void *)run_pages;
	unsigned int i;

	while (!stop) {
		for (i = 0; i < 2 * PAGE / 8; i++)
			words[i] = next_random(&state);
		/* Half of the time without immediate_exit; and indices that are in the ring. */
		for (i = 0; i < 200; i++) {
			uint64_t random = next_random(&state);

			run_pages[1] = 0;
			words[PAGE / 8] = (random & 127) << 32 | (random >> 32 & 127);
			words[random % (2 * PAGE / 8)] = random;
		}
	}
	return NULL;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000UL + now.tv_nsec / 1000000;
}

static void test_scribble(void)
{
	struct kvm_coalesced_mmio_zone zone = { .addr = ABI_DEVICE + 8, .size = 8 };
	uint8_t *copy = malloc(ABI_RAM_SIZE);
	pthread_t threads[2];
	uint64_t end, runs = 0;
	int error = 0;

	abi_vm_boot(&vm, guest_mixed);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), ABI_DEVICE);
	abi_need(!ioctl(vm.fd, KVM_REGISTER_COALESCED_MMIO, &zone), "zone");
	memcpy(copy, vm.ram, ABI_RAM_SIZE);
	run_pages = (void *)vm.run;
	stop = false;
	abi_need(!pthread_create(&threads[0], NULL, scribble, (void *)0x9e3779b97f4a7c15) &&
		 !pthread_create(&threads[1], NULL, scribble, (void *)0xbf58476d1ce4e5b9),
		 "pthread_create");
	for (end = now_ms() + SCRIBBLE_MS; now_ms() < end && !error; runs++) {
		if (abi_run(&vm) && errno != EINTR)
			error = errno;
	}
	stop = true;
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	abi_check(!error, "KVM_RUN beside scribbling threads (error %d)", error);
	abi_check(runs > 0 && abi_get_reg(vm.vcpu, ABI_CORE(regs.s1)) > 0,
		  "and the guest goes round (%lu times, %lu runs)",
		  (unsigned long)abi_get_reg(vm.vcpu, ABI_CORE(regs.s1)), (unsigned long)runs);
	abi_check(abi_get_reg(vm.vcpu, ABI_CORE(regs.s0)) == ABI_DEVICE &&
		  !memcmp(copy, vm.ram, ABI_RAM_SIZE), "where it did before, its memory as it was");
	free(copy);
	abi_vm_destroy(&vm);
}

/* ---- signals that cannot be masked --------------------------------------------------------- */

static void spin_masked(void)
{
	struct kvm_signal_mask *mask = calloc(1, sizeof(*mask) + 8);

	mask->len = 8;
	memset(mask->sigset, 0xff, 8);
	abi_vm_boot(&vm, guest_spin);
	abi_need(!ioctl(vm.vcpu, KVM_SET_SIGNAL_MASK, mask), "KVM_SET_SIGNAL_MASK");
	abi_run(&vm);
	_exit(1);
}

static void test_kill_masked(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		spin_masked();
	usleep(200000);
	kill(pid, SIGKILL);
	abi_check(pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
		  WTERMSIG(status) == SIGKILL, "a mask of all signals does not keep SIGKILL off");
}

int main(void)
{
	struct sigaction fault = { .sa_handler = on_fault };

	abi_start(60);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGSEGV, &fault, NULL);
	abi_vm_create(&vm);
	test_beyond();
	test_long_mapping();
	test_protections();
	test_bad_mappings();
	test_other_calls();
	abi_vm_destroy(&vm);
	test_unmapped();
	test_scribble();
	test_kill_masked();
	return abi_finish();
}
