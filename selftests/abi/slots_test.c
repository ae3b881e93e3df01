// SPDX-License-Identifier: GPL-2.0-only
/* The rules for memory slots, and that a running guest sees their changes. */
#include "abi.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	0x1000UL
#define GPA	0x40000000UL
#define SIZE	0x10000UL

static uint8_t *memory;		/* two times SIZE */

/* ---- refusals -------------------------------------------------------------------------------- */

static void test_refusals(int vm)
{
	struct {
		const char	*what;
		uint32_t	id, flags;
		uint64_t	gpa, size;
		void		*hva;
		int		error;
	} cases[] = {
		{ "unaligned guest address",	1, 0, GPA + 1, SIZE, memory, EINVAL },
		{ "unaligned size",		1, 0, GPA, SIZE + 0x800, memory, EINVAL },
		{ "unaligned host address",	1, 0, GPA, SIZE, memory + 8, EINVAL },
		{ "slot 32767",			32767, 0, GPA, SIZE, memory, EINVAL },
		{ "address space 1",		1 << 16 | 1, 0, GPA, SIZE, memory, EINVAL },
		{ "unknown flag",		1, 1 << 30, GPA, SIZE, memory, EINVAL },
		{ "flag of guest_memfd",	1, 1 << 2, GPA, SIZE, memory, EINVAL },
		{ "wrapping guest range",	1, 0, -SIZE, 2 * SIZE, memory, EINVAL },
		{ "host range in the kernel",	1, 0, GPA, SIZE, (void *)-(2 * SIZE), EINVAL },
		{ "more than 2^31 - 1 pages",	1, 0, GPA, 1UL << 43, memory, EINVAL },
		{ "beyond guest addresses",	1, 0, 1UL << 60, SIZE, memory, EFAULT },
		{ "deleting nothing",		1, 0, GPA, 0, memory, EINVAL },
		{ "overlap of the first page",	1, 0, ABI_RAM - SIZE + PAGE, SIZE, memory, EEXIST },
		{ "overlap of the last page",	1, 0, ABI_RAM + ABI_RAM_SIZE - PAGE, SIZE, memory,
		  EEXIST },
		{ "overlap inside",		1, 0, ABI_RAM + SIZE, SIZE, memory, EEXIST },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		abi_check_errno(abi_set_slot(vm, cases[i].id, cases[i].flags, cases[i].gpa,
					     cases[i].size, cases[i].hva),
				cases[i].error, "refused: %s", cases[i].what);
	abi_check(!abi_set_slot(vm, 1, 0, GPA, SIZE, memory) && !abi_set_slot(vm, 1, 0, GPA, 0, 0),
		  "after all that, slot 1 is free");
}

/* ---- changes --------------------------------------------------------------------------------- */

static void test_changes(int vm)
{
	const uint32_t log = KVM_MEM_LOG_DIRTY_PAGES;

	abi_check(!abi_set_slot(vm, 1, 0, GPA, SIZE, memory), "create");
	abi_check(!abi_set_slot(vm, 1, 0, GPA, SIZE, memory), "the same again changes nothing");
	abi_check_errno(abi_set_slot(vm, 1, 0, GPA, 2 * SIZE, memory), EINVAL, "grow");
	abi_check_errno(abi_set_slot(vm, 1, 0, GPA, SIZE, memory + SIZE), EINVAL,
			"other host memory");
	abi_check_errno(abi_set_slot(vm, 1, KVM_MEM_READONLY, GPA, SIZE, memory), EINVAL,
			"make read-only");
	abi_check(!abi_set_slot(vm, 1, log, GPA, SIZE, memory), "start logging");
	abi_check(!abi_set_slot(vm, 1, 0, GPA, SIZE, memory), "stop logging");
	abi_check(!abi_set_slot(vm, 2, 0, GPA + SIZE, SIZE, memory), "a neighbour, same memory");
	abi_check_errno(abi_set_slot(vm, 1, 0, GPA + PAGE, SIZE, memory), EEXIST,
			"move over the neighbour");
	abi_check(!abi_set_slot(vm, 1, 0, GPA - PAGE, SIZE, memory), "move, overlapping itself");
	abi_check(!abi_set_slot(vm, 3, 0, GPA + SIZE - PAGE, PAGE, memory),
		  "the page it left is free");
	abi_check_errno(abi_set_slot(vm, 4, 0, GPA + SIZE - 2 * PAGE, PAGE, memory), EEXIST,
			"the page before is not");
	abi_check(!abi_set_slot(vm, 1, log, GPA - 4 * SIZE, SIZE, memory), "move far and log");
	abi_check(!abi_set_slot(vm, 1, 0, 0, 0, memory), "delete");
	abi_check_errno(abi_set_slot(vm, 1, 0, 0, 0, memory), EINVAL, "delete again");
	abi_check(!abi_set_slot(vm, 2, 0, 0, 0, 0) && !abi_set_slot(vm, 3, 0, 0, 0, 0),
		  "delete the others");
	abi_check(!abi_set_slot(vm, 32766, 0, 0, SIZE, memory) &&
		  !abi_set_slot(vm, 32766, 0, 0, 0, 0), "the last slot, at guest address 0");
}

static void test_host_protection(int vm)
{
	uint8_t *readonly = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	abi_check_errno(abi_set_slot(vm, 1, 0, GPA, SIZE, readonly), EPERM,
			"writable slot over memory that is not");
	abi_check(!abi_set_slot(vm, 1, KVM_MEM_READONLY, GPA, SIZE, readonly) &&
		  !abi_set_slot(vm, 1, 0, GPA, 0, 0), "read-only slot over it");
	munmap(readonly, SIZE);
}

static void test_region2(int vm)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = 1, .guest_phys_addr = GPA, .memory_size = SIZE,
		.userspace_addr = (uintptr_t)memory,
	};

	abi_check(!ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region), "the larger struct");
	region.memory_size = 0;
	abi_check(!ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region), "deletes too");
	region.memory_size = SIZE;
	region.flags = KVM_MEM_GUEST_MEMFD;
	abi_check_errno(ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region), EINVAL,
			"but has no guest_memfd");
}

/* ---- with a guest ---------------------------------------------------------------------------- */

static struct abi_vm vm;

/* The guest stores @value to its address and loads it back. */
static bool guest_writes(uint64_t value)
{
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), value);
	/* The first run may still be at the store, later ones first finish the call. */
	if (vm.run->exit_reason)
		abi_set_reg(vm.vcpu, ABI_CORE(regs.s3), value);
	return !abi_run(&vm) && abi_is_sbi(&vm, 1) &&
	       abi_get_reg(vm.vcpu, ABI_CORE(regs.a2)) == value;
}

static bool exits_to_device(uint64_t gpa, bool is_write)
{
	return !abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_MMIO &&
	       vm.run->mmio.phys_addr == gpa && vm.run->mmio.is_write == is_write;
}

static void aim(uint64_t gpa, bool running)
{
	abi_set_reg(vm.vcpu, running ? ABI_CORE(regs.s2) : ABI_CORE(regs.a0), gpa);
}

static uint64_t word(const void *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static void test_guest_sees_changes(void)
{
	abi_vm_boot(&vm, guest_access);
	memset(memory, 0, 2 * SIZE);

	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, SIZE, memory), "slot");
	aim(GPA + PAGE, false);
	abi_check(guest_writes(1) && word(memory + PAGE) == 1, "the guest writes a slot");

	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA + 4 * PAGE, SIZE, memory), "move");
	abi_check(exits_to_device(GPA + PAGE, true), "what was there before a move is a device");
	abi_check(exits_to_device(GPA + PAGE, false), "for loads too");
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1), "the guest goes on");
	aim(GPA + 5 * PAGE, true);
	abi_check(guest_writes(2) && word(memory + PAGE) == 2, "it is at its new place");

	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, 0), "delete");
	abi_check(exits_to_device(GPA + 5 * PAGE, true), "a deleted slot is a device");
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA + 4 * PAGE, SIZE, memory + SIZE), "other memory");
	/* The store was given to userspace; the load finds the new slot. */
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1), "a new slot there");
	abi_check(guest_writes(3) && word(memory + SIZE + PAGE) == 3 && word(memory + PAGE) == 2,
		  "has its own memory");
	abi_vm_destroy(&vm);
}

static void test_readonly(void)
{
	abi_vm_boot(&vm, guest_access);
	memset(memory, 0, SIZE);
	memory[PAGE] = 77;

	abi_need(!abi_set_slot(vm.fd, 1, KVM_MEM_READONLY, GPA, SIZE, memory), "slot");
	aim(GPA + PAGE, false);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), 5);
	abi_check(exits_to_device(GPA + PAGE, true) && word(vm.run->mmio.data) == 5,
		  "a store to a read-only slot is a device's");
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1) &&
		  abi_get_reg(vm.vcpu, ABI_CORE(regs.a2)) == 77, "a load reads the memory");
	abi_vm_destroy(&vm);
}

/* The host's memory management takes pages away; the guest sees what the process sees. */
static void test_host_changes(void)
{
	uint8_t *page = memory + PAGE;

	abi_vm_boot(&vm, guest_access);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, SIZE, memory), "slot");
	aim(GPA + PAGE, false);
	abi_check(guest_writes(8) && word(page) == 8, "written by the guest");
	abi_need(!madvise(page, PAGE, MADV_DONTNEED), "madvise");
	abi_check(word(page) == 0, "dropped by the host");
	abi_check(guest_writes(9) && word(page) == 9, "written again, to the same page");

	abi_need(mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0) == page, "mmap");
	abi_check(guest_writes(10) && word(page) == 10, "after the host mapped other memory");

	abi_need(!munmap(page, PAGE), "munmap");
	abi_check_errno(abi_run(&vm), EFAULT, "no memory behind the slot");
	abi_need(mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0) == page, "mmap");
	abi_check(guest_writes(11) && word(page) == 11, "then the guest goes on");

	abi_need(!mprotect(page, PAGE, PROT_READ), "mprotect");
	abi_check_errno(abi_run(&vm), EFAULT, "a store to memory that became read-only");
	abi_check(word(page) == 11, "did not happen");
	abi_need(!mprotect(page, PAGE, PROT_READ | PROT_WRITE), "mprotect");
	abi_vm_destroy(&vm);
}

int main(void)
{
	struct abi_vm rules;

	abi_start(60);
	memory = mmap(NULL, 2 * SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(memory != MAP_FAILED, "mmap");

	abi_vm_create(&rules);
	test_refusals(rules.fd);
	test_changes(rules.fd);
	test_host_protection(rules.fd);
	test_region2(rules.fd);
	abi_vm_destroy(&rules);

	test_guest_sees_changes();
	test_readonly();
	test_host_changes();
	return abi_finish();
}
