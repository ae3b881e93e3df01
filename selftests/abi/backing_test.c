// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory of every kind that a host has. BACKING_DIR and BACKING_DAX name directories of a
 * file system on a disk, and of one in persistent memory that is mapped directly.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mempolicy.h>

#define PAGE	0x1000UL
#define HUGE	0x200000UL
#define GIGA	0x40000000UL
#define GPA	0x80000000UL * 2
#define PLACES	64		/* of the guest's accesses, spread over the slot */

static struct abi_vm vm;

static uint64_t *word(uint8_t *memory, size_t offset)
{
	return (uint64_t *)(memory + offset);
}

/* The guest writes and the host reads, then the other way round, here and there in a slot. */
static bool is_shared(uint8_t *memory, size_t size)
{
	size_t step = size / PLACES, at;
	bool good = true;

	for (at = 0; at < size; at += step) {
		good &= !abi_guest_store(&vm, GPA + at, at + 1) && *word(memory, at) == at + 1;
		*word(memory, at + 8) = ~at;
	}
	for (at = 0; at < size; at += step)
		good &= abi_guest_load(&vm, GPA + at + 8) == ~at;
	return good;
}

static bool use(uint8_t *memory, size_t size)
{
	bool good;

	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, size, memory), "slot");
	good = is_shared(memory, size);
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	return good;
}

static uint8_t *map(size_t size, int flags, int fd)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
}

static void test_map(const char *what, uint8_t *memory, size_t size)
{
	if (memory == MAP_FAILED) {
		abi_check(false, "%s: %s", what, strerror(errno));
		return;
	}
	abi_check(use(memory, size), "%s", what);
	munmap(memory, size);
}

/* ---- memory without a file ------------------------------------------------------------------ */

static void test_anonymous(void)
{
	uint8_t *memory;

	test_map("anonymous memory", map(2 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS, -1), 2 * HUGE);
	test_map("shared anonymous memory", map(2 * HUGE, MAP_SHARED | MAP_ANONYMOUS, -1),
		 2 * HUGE);

	memory = map(2 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	abi_check(memory != MAP_FAILED && !mlock(memory, 2 * HUGE) && use(memory, 2 * HUGE) &&
		  !munmap(memory, 2 * HUGE), "locked memory");
}

static void test_numa(void)
{
	unsigned long nodes = 1;
	uint8_t *memory = map(2 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	abi_need(memory != MAP_FAILED, "mmap");
	if (syscall(SYS_mbind, memory, 2 * HUGE, MPOL_BIND, &nodes, 8, 0) && errno == ENOSYS)
		abi_skip("the kernel knows no NUMA", "memory that is bound to a node");
	else
		test_map("memory that is bound to a node", memory, 2 * HUGE);
}

/* Pages of this size that the host has set aside. */
static unsigned long huge_pages(size_t size)
{
	unsigned long count = 0;
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%zukB/free_hugepages",
		 size >> 10);
	file = fopen(path, "r");
	if (file && fscanf(file, "%lu", &count) != 1)
		count = 0;
	if (file)
		fclose(file);
	return count;
}

static void test_hugetlb(size_t size, unsigned int shift)
{
	int flags = MAP_ANONYMOUS | MAP_HUGETLB | (int)(shift << MAP_HUGE_SHIFT);
	char what[60];

	snprintf(what, sizeof(what), "huge pages of %zu MiB", size >> 20);
	if (!huge_pages(size)) {
		abi_skip("the host has set none aside", "%s", what);
		return;
	}
	test_map(what, map(size, MAP_PRIVATE | flags, -1), size);
	test_map(what, map(size, MAP_SHARED | flags, -1), size);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void test_memfd(unsigned int flags, const char *what)
{
	int fd = memfd_create("guest", MFD_CLOEXEC | flags);

	if (flags && huge_pages(HUGE) < 2) {
		abi_skip("the host has set none aside", "%s", what);
	} else {
		abi_need(fd >= 0 && !ftruncate(fd, 2 * HUGE), "memfd");
		test_map(what, map(2 * HUGE, MAP_SHARED, fd), 2 * HUGE);
	}
	close(fd);
}

static bool is_in_file(int fd, size_t size)
{
	size_t step = size / PLACES, at;
	uint64_t words[2];

	for (at = 0; at < size; at += step) {
		if (pread(fd, words, sizeof(words), at) != sizeof(words) ||
		    words[0] != at + 1 || words[1] != ~at)
			return false;
	}
	return true;
}

/* Have the host forget what it holds of files and has written out. */
static void forget(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	sync();
	abi_need(fd >= 0 && write(fd, "3", 1) == 1, "drop_caches");
	close(fd);
}

static void test_file(const char *variable, const char *what, int flags)
{
	const char *dir = getenv(variable);
	uint8_t *memory;
	char path[200];
	bool used;
	int fd;

	if (!dir) {
		abi_skip("the host has no such file system", "%s", what);
		return;
	}
	snprintf(path, sizeof(path), "%s/guest", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	abi_need(fd >= 0 && !posix_fallocate(fd, 0, 2 * HUGE), path);
	memory = map(2 * HUGE, flags, fd);
	abi_need(memory != MAP_FAILED, what);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 2 * HUGE, memory), "slot");
	used = is_shared(memory, 2 * HUGE);
	/* Pages are clean now, and mapped for the guest or not. */
	abi_need(!msync(memory, 2 * HUGE, MS_SYNC), "msync");
	used &= is_shared(memory, 2 * HUGE);
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, 2 * HUGE);
	forget();
	abi_check(used && is_in_file(fd, 2 * HUGE), "%s", what);
	close(fd);
	unlink(path);
}

int main(void)
{
	abi_start(120);
	abi_vm_create(&vm);
	test_anonymous();
	test_numa();
	test_hugetlb(HUGE, 21);
	test_hugetlb(GIGA, 30);
	test_memfd(0, "a memfd");
	test_memfd(MFD_HUGETLB, "a memfd of huge pages");
	test_file("BACKING_DIR", "a file on a disk", MAP_SHARED);
	test_file("BACKING_DAX", "a file in persistent memory", MAP_SHARED);
	abi_vm_destroy(&vm);
	return abi_finish();
}
