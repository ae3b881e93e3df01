// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory that a thread of the VMM fills in: userfaultfd. */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/userfaultfd.h>

#define PAGE	0x1000UL
#define PAGES	64UL
#define SIZE	(PAGES * PAGE)
#define GPA	0x40000000UL

#ifndef UFFD_FEATURE_MINOR_SHMEM
#error "headers of Linux 5.14 or newer are needed"
#endif

static struct abi_vm vm;
static uint8_t *memory;		/* the slot */
static uint8_t *alias;		/* the same file, for who fills it in */
static int uffd, stop_fd;
static atomic_uint faults;

static uint64_t pattern(size_t page)
{
	return 0x5a5a000000000000UL | page;
}

/* ---- who fills in --------------------------------------------------------------------------- */

static void fill_missing(uint64_t at)
{
	static uint64_t page[PAGE / 8] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = { .dst = at, .src = (uintptr_t)page, .len = PAGE };

	page[0] = pattern((at - (uintptr_t)memory) / PAGE);
	abi_need(!ioctl(uffd, UFFDIO_COPY, &copy), "UFFDIO_COPY");
}

static void fill_minor(uint64_t at)
{
	struct uffdio_continue go_on = { .range = { .start = at, .len = PAGE } };
	size_t page = (at - (uintptr_t)memory) / PAGE;

	*(uint64_t *)(alias + page * PAGE) = pattern(page);
	abi_need(!ioctl(uffd, UFFDIO_CONTINUE, &go_on), "UFFDIO_CONTINUE");
}

static void unprotect(uint64_t at)
{
	struct uffdio_writeprotect writable = { .range = { .start = at, .len = PAGE } };

	abi_need(!ioctl(uffd, UFFDIO_WRITEPROTECT, &writable), "UFFDIO_WRITEPROTECT");
}

static void *serve(void *arg)
{
	struct pollfd fds[2] = { { .fd = uffd, .events = POLLIN },
				 { .fd = stop_fd, .events = POLLIN } };
	void (*fill)(uint64_t at) = arg;
	struct uffd_msg msg;

	while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
		if (read(uffd, &msg, sizeof(msg)) != sizeof(msg))
			continue;
		faults++;
		fill(msg.arg.pagefault.address & -PAGE);
	}
	return NULL;
}

/* ---- setting up ----------------------------------------------------------------------------- */

/* Not there: the kernel does not know the feature. */
static bool begin(int fd, uint64_t features, uint64_t mode)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register range = { .mode = mode };

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		return false;
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		      fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	abi_need(memory != MAP_FAILED, "mmap");
	madvise(memory, SIZE, MADV_NOHUGEPAGE);
	range.range.start = (uintptr_t)memory;
	range.range.len = SIZE;
	abi_need(!ioctl(uffd, UFFDIO_REGISTER, &range), "UFFDIO_REGISTER");
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, SIZE, memory), "slot");
	faults = 0;
	return true;
}

static void end(void)
{
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, SIZE);
	close(uffd);
}

/* The guest reads every other page, then writes all: each page is asked for once. */
static bool guest_uses_pages(void)
{
	bool good = true;
	size_t i;

	for (i = 0; i < PAGES; i += 2)
		good &= abi_guest_load(&vm, GPA + i * PAGE) == pattern(i);
	for (i = 0; i < PAGES; i++)
		good &= !abi_guest_store(&vm, GPA + i * PAGE + 8, i) &&
			*(uint64_t *)(memory + i * PAGE + 8) == i &&
			*(uint64_t *)(memory + i * PAGE) == pattern(i);
	return good;
}

static bool serve_while_guest_runs(void (*fill)(uint64_t at))
{
	pthread_t thread;
	bool good;

	stop_fd = eventfd(0, EFD_CLOEXEC);
	abi_need(stop_fd >= 0 && !pthread_create(&thread, NULL, serve, fill), "a thread");
	good = guest_uses_pages();
	eventfd_write(stop_fd, 1);
	pthread_join(thread, NULL);
	close(stop_fd);
	return good;
}

static void test_missing(void)
{
	abi_need(begin(-1, 0, UFFDIO_REGISTER_MODE_MISSING), "userfaultfd");
	abi_check(serve_while_guest_runs(fill_missing), "missing pages are filled in");
	abi_check(faults == PAGES, "each one when the guest touches it: %u", faults);
	end();
}

static void test_minor(void)
{
	int fd = memfd_create("guest", MFD_CLOEXEC);

	abi_need(fd >= 0 && !ftruncate(fd, SIZE), "memfd");
	alias = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	abi_need(alias != MAP_FAILED, "mmap");
	memset(alias, 1, SIZE);
	abi_need(begin(fd, UFFD_FEATURE_MINOR_SHMEM, UFFDIO_REGISTER_MODE_MINOR), "minor faults");
	abi_check(serve_while_guest_runs(fill_minor), "pages of a file are finished");
	abi_check(faults == PAGES, "each one when the guest touches it: %u", faults);
	end();
	munmap(alias, SIZE);
	close(fd);
}

static void test_write_protection(void)
{
	struct uffdio_writeprotect protect = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	size_t i;

	if (!begin(-1, UFFD_FEATURE_PAGEFAULT_FLAG_WP, UFFDIO_REGISTER_MODE_WP)) {
		abi_skip("the kernel cannot do that on RISC-V", "protected pages are unprotected");
		close(uffd);
		return;
	}
	for (i = 0; i < PAGES; i++)
		abi_need(!abi_guest_store(&vm, GPA + i * PAGE, pattern(i)), "store");
	protect.range.start = (uintptr_t)memory;
	protect.range.len = SIZE;
	abi_need(!ioctl(uffd, UFFDIO_WRITEPROTECT, &protect), "protect");
	abi_check(serve_while_guest_runs(unprotect), "protected pages are unprotected");
	abi_check(faults == PAGES, "each one when the guest writes it: %u", faults);
	end();
}

int main(void)
{
	abi_start(60);
	abi_vm_create(&vm);
	test_missing();
	test_minor();
	test_write_protection();
	abi_vm_destroy(&vm);
	return abi_finish();
}
