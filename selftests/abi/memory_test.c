// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory follows what the host does to the memory behind it. */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	0x1000UL
#define HUGE	0x200000UL
#define GPA	0x40000000UL

static struct abi_vm vm;

/* ---- what the guest does ------------------------------------------------------------------- */

static int guest_store(uint64_t gpa, uint64_t value)
{
	return abi_guest_store(&vm, gpa, value);
}

static uint64_t guest_load(uint64_t gpa)
{
	return abi_guest_load(&vm, gpa);
}

/* A store that KVM_RUN cannot do, with what is said of it. */
static bool store_fails(uint64_t gpa)
{
	vm.run->exit_reason = 0;
	return guest_store(gpa, 1) == -1 && errno == EFAULT &&
	       (abi_is_in_tree() || (vm.run->exit_reason == KVM_EXIT_MEMORY_FAULT &&
				     vm.run->memory_fault.gpa == (gpa & -PAGE) &&
				     vm.run->memory_fault.size == PAGE));
}

static uint8_t *map(size_t size, int flags, int fd)
{
	uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	abi_need(memory != MAP_FAILED, "mmap");
	return memory;
}

static uint64_t *word(uint8_t *memory, size_t offset)
{
	return (uint64_t *)(memory + offset);
}

/* ---- the host's doings --------------------------------------------------------------------- */

static void test_coherence(void)
{
	uint8_t *memory = map(16 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	unsigned int i;
	bool good;

	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 16 * PAGE, memory), "slot");
	abi_check(!guest_load(GPA), "absent memory reads 0");
	*word(memory, 8) = 5;
	abi_check(guest_load(GPA + 8) == 5, "the guest sees what the host wrote after that");
	abi_check(!guest_store(GPA + 16, 6) && *word(memory, 16) == 6, "and the other way round");

	for (i = 0; i < 16; i++)
		*word(memory, i * PAGE) = i + 100;
	good = guest_load(GPA + 5 * PAGE) == 105;
	for (i = 0; i < 16; i++)
		good &= !guest_store(GPA + i * PAGE + 8, i + 200);
	for (i = 0; i < 16; i++)
		good &= *word(memory, i * PAGE + 8) == i + 200 && *word(memory, i * PAGE) >= 5;
	abi_check(good, "neighbours of a page are what they are in the host");

	madvise(memory, 8 * PAGE, MADV_DONTNEED);
	abi_check(!guest_load(GPA + 7 * PAGE) && guest_load(GPA + 8 * PAGE) == 108,
		  "what the host drops is gone, its neighbour is not");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, 16 * PAGE);
}

static void test_fork(void)
{
	uint8_t *memory = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int to_child[2], status;
	pid_t child;
	char c;

	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 4 * PAGE, memory), "slot");
	abi_need(!guest_store(GPA, 1) && !guest_store(GPA + PAGE, 2), "stores");
	abi_need(!pipe(to_child), "pipe");
	child = fork();
	if (!child) {
		close(to_child[1]);
		_exit(read(to_child[0], &c, 1) != 0 || *word(memory, 0) != 1 ||
		      *word(memory, PAGE) != 2);
	}
	abi_check(guest_load(GPA) == 1 && !guest_store(GPA, 11) && !guest_store(GPA + PAGE, 12) &&
		  *word(memory, 0) == 11 && *word(memory, PAGE) == 12,
		  "after fork the guest's writes are the parent's");
	close(to_child[0]);
	close(to_child[1]);
	abi_check(waitpid(child, &status, 0) == child && !status, "and not the child's");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, 4 * PAGE);
}

static void test_protection(void)
{
	uint8_t *memory = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memset(memory, 7, 4 * PAGE);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 4 * PAGE, memory), "slot");
	abi_need(!guest_store(GPA + 8, 1), "store");
	mprotect(memory, 2 * PAGE, PROT_READ);
	abi_check(store_fails(GPA + 8) && store_fails(GPA + 8),
		  "a store to protected memory fails");
	abi_check(*word(memory, 8) == 1 && guest_load(GPA + 8) == 1, "it can be read");
	abi_check(!guest_store(GPA + 2 * PAGE, 3), "its neighbour can be written");
	mprotect(memory, 2 * PAGE, PROT_READ | PROT_WRITE);
	abi_check(!guest_store(GPA + 8, 2) && *word(memory, 8) == 2, "unprotected it works again");
	mprotect(memory, PAGE, PROT_NONE);
	abi_check(store_fails(GPA), "a store to memory of no access fails");
	munmap(memory + 3 * PAGE, PAGE);
	abi_check(store_fails(GPA + 3 * PAGE + 0x123 * 8), "a store to unmapped memory fails");
	abi_check(!guest_store(GPA + PAGE, 4), "the rest is as before");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, 4 * PAGE);
}

static void test_shared(void)
{
	int fd = memfd_create("guest", MFD_CLOEXEC);
	uint64_t value = 9;
	uint8_t *memory;

	abi_need(fd >= 0 && !ftruncate(fd, 4 * PAGE), "memfd");
	memory = map(4 * PAGE, MAP_SHARED, fd);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 4 * PAGE, memory), "slot");
	abi_check(pwrite(fd, &value, 8, PAGE) == 8 && guest_load(GPA + PAGE) == 9,
		  "the guest sees what is written to the file");
	/* Read first: then the page is there, and clean. */
	abi_check(!guest_store(GPA + PAGE, 10) && pread(fd, &value, 8, PAGE) == 8 && value == 10,
		  "the file sees what the guest writes");
	abi_need(!ftruncate(fd, PAGE), "truncate");
	abi_check(store_fails(GPA + PAGE), "a store behind the file's end fails");
	abi_need(!ftruncate(fd, 4 * PAGE), "grow");
	abi_check(!guest_load(GPA + PAGE) && !guest_store(GPA + PAGE, 11) &&
		  pread(fd, &value, 8, PAGE) == 8 && value == 11, "grown again it is new memory");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, 4 * PAGE);
	close(fd);
}

/* Every page of @size bytes has its own value, as far as the guest can see. */
static bool guest_sees(uint64_t gpa, size_t size, uint64_t first)
{
	size_t at;

	for (at = 0; at < size; at += PAGE) {
		if (guest_load(gpa + at) != (first ? first + at : 0))
			return false;
	}
	return true;
}

static void test_huge(void)
{
	uint8_t *all = map(4 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	uint8_t *memory = (uint8_t *)(((uintptr_t)all + HUGE - 1) & -HUGE);
	size_t at;
	pid_t child;

	madvise(memory, 2 * HUGE, MADV_HUGEPAGE);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 2 * HUGE, memory), "slot");
	for (at = 0; at < 2 * HUGE; at += PAGE)
		*word(memory, at) = 1000 + at;
	abi_check(guest_sees(GPA, 2 * HUGE, 1000), "large pages are what they are in the host");
	abi_check(!guest_store(GPA + HUGE - 8, 77) && *word(memory, HUGE - 8) == 77,
		  "the last word of one");

	madvise(memory + HUGE / 2, HUGE, MADV_DONTNEED);
	abi_check(guest_sees(GPA, HUGE / 2, 1000) &&
		  guest_sees(GPA + HUGE / 2, HUGE, 0) &&
		  guest_sees(GPA + HUGE + HUGE / 2, HUGE / 2, 1000 + HUGE + HUGE / 2),
		  "a half of each is dropped, the other is not");

	memset(memory, 0, 2 * HUGE);
	for (at = 0; at < 2 * HUGE; at += PAGE)
		*word(memory, at) = 5000 + at;
	abi_need(guest_sees(GPA, PAGE, 5000), "mapped");
	child = fork();
	if (!child)
		_exit(pause());
	abi_check(!guest_store(GPA + 8, 1) && guest_sees(GPA, 2 * HUGE, 5000),
		  "after fork, one is split");
	kill(child, 9);
	waitpid(child, NULL, 0);

	abi_need(!abi_set_slot(vm.fd, 1, 1, GPA, 2 * HUGE, memory), "log");
	abi_check(!guest_store(GPA + HUGE + 8, 2) && guest_sees(GPA, 2 * HUGE, 5000),
		  "while it logs");
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 2 * HUGE, memory), "no log");
	abi_check(guest_sees(GPA, 2 * HUGE, 5000), "and after it");

	/* Slots that cut large pages, or have another alignment. */
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA + PAGE, HUGE, memory), "slot");
	abi_check(guest_sees(GPA + PAGE, HUGE, 5000), "another alignment");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, HUGE - PAGE, memory), "slot");
	abi_check(guest_sees(GPA, HUGE - PAGE, 5000), "a slot that ends inside of one");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_access - guest_start));
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), GPA + HUGE - PAGE);
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_MMIO &&
		  vm.run->mmio.phys_addr == GPA + HUGE - PAGE, "does not reach behind its end");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(all, 4 * HUGE);
}

/* Memory of a device, which has no struct page: the first BAR that can be mapped. */
static void test_device_memory(void)
{
	uint8_t *bar = MAP_FAILED;
	glob_t found;
	size_t i;
	int fd;

	if (glob("/sys/bus/pci/devices/*/resource[0-5]", 0, NULL, &found))
		found.gl_pathc = 0;
	for (i = 0; i < found.gl_pathc && bar == MAP_FAILED; i++) {
		fd = open(found.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fd >= 0)
			bar = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
	}
	if (bar == MAP_FAILED) {
		abi_check_ours(true, "", "memory of a device: there is none here");
		return;
	}
	abi_check_errno(abi_set_slot(vm.fd, 1, 1, GPA, PAGE, bar), EINVAL,
			"memory of a device cannot be logged");
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, PAGE, bar), "slot");
	abi_check(guest_load(GPA) == *(volatile uint64_t *)bar, "memory of a device is read");
	abi_check(!guest_store(GPA + 0xff8, 0), "and can be written");
	munmap(bar, PAGE);
	abi_check(store_fails(GPA), "not any more when it is unmapped");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
}

static int prefault(struct kvm_pre_fault_memory *range)
{
	return ioctl(vm.vcpu, KVM_PRE_FAULT_MEMORY, range);
}

static void check_prefault_error(uint64_t gpa, uint64_t size, uint64_t flags, uint64_t padding,
				 int error, const char *name)
{
	struct kvm_pre_fault_memory range = {
		.gpa = gpa, .size = size, .flags = flags, .padding = { [4] = padding },
	};

	abi_check_errno(prefault(&range), error, "pre-fault: %s", name);
	abi_check(range.gpa == gpa && range.size == size, "and nothing was done");
}

static void test_prefault(void)
{
	struct kvm_pre_fault_memory range = { .gpa = GPA, .size = 8 * PAGE };
	uint8_t *memory, present[16];
	size_t i, count = 0;

	if (!ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_PRE_FAULT_MEMORY)) {
		abi_check_ours(false, "not in in-tree KVM", "pre-fault");
		return;
	}
	memory = map(16 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 16 * PAGE, memory), "slot");
	check_prefault_error(GPA, 0, 0, 0, EINVAL, "nothing");
	check_prefault_error(GPA + 8, PAGE, 0, 0, EINVAL, "an unaligned address");
	check_prefault_error(GPA, PAGE + 8, 0, 0, EINVAL, "an unaligned size");
	check_prefault_error(-PAGE, 2 * PAGE, 0, 0, EINVAL, "a range that wraps");
	check_prefault_error(GPA, PAGE, 1, 0, EINVAL, "a flag");
	check_prefault_error(GPA, PAGE, 0, 1, EINVAL, "padding");
	check_prefault_error(GPA + 16 * PAGE, PAGE, 0, 0, ENOENT, "no slot");
	check_prefault_error(1UL << 62, PAGE, 0, 0, ENOENT, "beyond what can be addressed");

	abi_check(!prefault(&range) && !range.size && range.gpa == GPA + 8 * PAGE,
		  "a range is mapped");
	abi_need(!mincore(memory, 16 * PAGE, present), "mincore");
	for (i = 0; i < 8; i++)
		count += present[i] & 1;
	abi_check(count == 8, "and present in the host");
	range = (struct kvm_pre_fault_memory) { .gpa = GPA, .size = 32 * PAGE };
	abi_check(!prefault(&range) && range.gpa == GPA + 16 * PAGE && range.size == 16 * PAGE,
		  "a range that leaves the slot is mapped up to there");
	abi_check(!guest_store(GPA + 9 * PAGE, 4) && *word(memory, 9 * PAGE) == 4,
		  "what was mapped by reading can be written");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, 16 * PAGE);
}

int main(void)
{
	abi_start(120);
	abi_vm_boot(&vm, guest_access);
	test_coherence();
	test_fork();
	test_protection();
	test_shared();
	test_huge();
	test_device_memory();
	test_prefault();
	abi_vm_destroy(&vm);
	return abi_finish();
}
