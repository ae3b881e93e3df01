// SPDX-License-Identifier: GPL-2.0-only
/*
 * populate [--rounds N] [--cgroup DIRECTORY]	Page tables of guest memory that comes and goes.
 * populate --touch MIB				A guest that writes and reads back that much.
 * populate --tables MIB			A guest that needs that much of page tables, and
 *						four kilobytes of memory.
 * Prints TAP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi.h"

#define PAGE	0x1000UL
#define HUGE	0x200000UL
#define SIZE	(256UL << 20)
#define GPA	0x100000000UL
#define SLOT	1
#define HALF	(32UL << 20)
#define TABLES	(SIZE / HUGE)

/*
 * A vCPU may have as many tables in stock for its next fault, which count already; how many it is
 * depends on when it last left the guest.
 */
#define STOCK	4

extern const uint8_t touch_start[], touch_end[];

static struct abi_vm vm;
static const char *cgroup;

/* ---- what the host counts ------------------------------------------------------------------ */

static unsigned long read_count(const char *path, const char *name)
{
	FILE *file = fopen(path, "r");
	unsigned long count = -1UL, value;
	char line[256], word[128];

	abi_need(file, path);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%127s %lu", word, &value) == 2 && !strcmp(word, name))
			count = value;
	}
	fclose(file);
	return count;
}

/* The harts keep changes of their own for a while. */
static unsigned long tables_of_host(void)
{
	FILE *refresh = fopen("/proc/sys/vm/stat_refresh", "w");

	if (refresh) {
		fputs("1\n", refresh);
		fclose(refresh);
	}
	return read_count("/proc/vmstat", "nr_sec_page_table_pages");
}

static unsigned long tables_of_group(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/memory.stat", cgroup);
	return read_count(path, "sec_pagetables") / PAGE;
}

#define TRIES	100	/* of a tenth of a second */

/* Tables are freed after a grace period; and a group's count may be some seconds old. */
static bool tables_come_down_to(unsigned long most)
{
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (tables_of_host() <= most && (!cgroup || tables_of_group() <= most))
			return true;
		usleep(100000);
	}
	return false;
}

static bool tables_are_at_least(unsigned long least)
{
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (tables_of_host() >= least && (!cgroup || tables_of_group() >= least))
			return true;
		usleep(100000);
	}
	return false;
}

/* ---- guest memory -------------------------------------------------------------------------- */

static uint8_t *new_memory(size_t size, int advice)
{
	uint8_t *memory = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	abi_need(memory != MAP_FAILED, "guest memory");
	memory = (uint8_t *)(((uintptr_t)memory + HUGE - 1) & ~(HUGE - 1));
	madvise(memory, size, advice);
	return memory;
}

/* So that the guest's accesses are work for its page tables only. */
static uint8_t *populated_memory(size_t size, int advice)
{
	uint8_t *memory = new_memory(size, advice);

	abi_need(!madvise(memory, size, MADV_POPULATE_WRITE), "MADV_POPULATE_WRITE");
	return memory;
}

static void create(void)
{
	abi_vm_create(&vm);
	memcpy(vm.ram, touch_start, touch_end - touch_start);
}

static void add_slot(uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size, uint8_t *memory)
{
	abi_need(!abi_set_slot(vm.fd, id, flags, gpa, size, memory), "slot");
}

/* The guest stores to @count places; the number of those that it lost. */
static uint64_t touch(uint64_t gpa, uint64_t step, uint64_t count)
{
	uint64_t lost;

	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), gpa);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), step);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a2), count);
	while (abi_run(&vm))
		abi_need(errno == EINTR || errno == EAGAIN, "KVM_RUN");
	abi_need(abi_is_sbi(&vm, 0), "the guest's end");
	lost = vm.run->riscv_sbi.args[0];
	/* The call is completed, so that registers can be set for the next time. */
	vm.run->immediate_exit = 1;
	abi_need(abi_run(&vm) == -1 && errno == EINTR, "the end of the call");
	vm.run->immediate_exit = 0;
	return lost;
}

static bool prefault(uint64_t gpa, uint64_t size)
{
	struct kvm_pre_fault_memory range = { .gpa = gpa, .size = size };

	while (range.size) {
		if (ioctl(vm.vcpu, KVM_PRE_FAULT_MEMORY, &range) && errno != EINTR)
			return false;
	}
	return true;
}

static bool can_prefault(void)
{
	return ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_PRE_FAULT_MEMORY) > 0;
}

/* ---- rounds -------------------------------------------------------------------------------- */

static unsigned int unmapped, uncounted;

/*
 * The host's memory is kept from round to round, so that a round is the G-stage's work. Every
 * fourth is in large pages that the guest's first writes split, as the slot logs.
 */
static void one_round(unsigned int round, uint8_t *small, uint8_t *large)
{
	create();
	if (round % 4 == 3)
		add_slot(SLOT, KVM_MEM_LOG_DIRTY_PAGES, GPA, SIZE, large);
	else
		add_slot(SLOT, 0, GPA, SIZE, small);
	if (round % 4 == 3 || !can_prefault())
		unmapped += touch(GPA, PAGE, SIZE / PAGE) != 0;
	else
		unmapped += !prefault(GPA, SIZE);
	uncounted += tables_of_host() < TABLES;
	abi_vm_destroy(&vm);
}

static void test_rounds(unsigned int rounds)
{
	uint8_t *small = populated_memory(SIZE, MADV_NOHUGEPAGE);
	uint8_t *large = populated_memory(SIZE, MADV_HUGEPAGE);
	unsigned long start, most = 0, i;

	start = tables_of_host();
	for (i = 0; i < rounds; i++) {
		one_round(i, small, large);
		/* Tables of several rounds may wait to be freed, not of all. */
		most = tables_of_host() > most ? tables_of_host() : most;
	}
	abi_check(!unmapped, "%u rounds: 256 MiB are mapped (%u times not)", rounds, unmapped);
	abi_check(!uncounted, "... with as many page tables as that takes (%u times not)",
		  uncounted);
	abi_check(tables_come_down_to(start), "page tables are back at %lu", start);
	printf("# most page tables at a time: %lu\n", most);
	munmap(small, SIZE);
	munmap(large, SIZE);
}

/* ---- half of a VM -------------------------------------------------------------------------- */

static void unmap_half(uint8_t *memory)
{
	abi_need(!munmap(memory + HALF, HALF), "munmap");
}

static void discard_half(uint8_t *memory)
{
	abi_need(!madvise(memory + HALF, HALF, MADV_DONTNEED), "madvise");
}

static void delete_half(uint8_t *memory)
{
	(void)memory;
	abi_need(!abi_set_slot(vm.fd, SLOT + 1, 0, 0, 0, NULL), "delete");
}

static void test_half(const char *how, void (*lose)(uint8_t *memory))
{
	uint8_t *memory = populated_memory(2 * HALF, MADV_NOHUGEPAGE);
	unsigned long start = tables_of_host(), without;

	create();
	add_slot(SLOT, 0, GPA, HALF, memory);
	add_slot(SLOT + 1, 0, GPA + HALF, HALF, memory + HALF);
	abi_check(!touch(GPA, PAGE, HALF / PAGE), "half of a VM is populated");
	without = tables_of_host();
	abi_check(!touch(GPA + HALF, PAGE, HALF / PAGE) &&
		  tables_are_at_least(start + 2 * HALF / HUGE), "and the other half");
	lose(memory);
	abi_check(tables_come_down_to(without + STOCK), "%s gives its page tables back", how);
	abi_check(tables_of_host() >= start + HALF / HUGE, "and leaves the first half its own");
	abi_vm_destroy(&vm);
	abi_check(tables_come_down_to(start), "destroying the VM gives all back");
	munmap(memory, 2 * HALF);
}

/* ---- limits -------------------------------------------------------------------------------- */

static int test_touch(unsigned long mib)
{
	uint8_t *memory = new_memory(mib << 20, MADV_NOHUGEPAGE);
	uint64_t lost;

	create();
	add_slot(SLOT, 0, GPA, mib << 20, memory);
	lost = touch(GPA, PAGE, (mib << 20) / PAGE);
	abi_check(!lost, "a guest wrote %lu MiB and read them back (%lu pages lost)", mib, lost);
	abi_vm_destroy(&vm);
	return abi_finish();
}

/* One page of memory in many slots, each far enough from the next to need a table of its own. */
static int test_tables(unsigned long mib)
{
	unsigned long count = (mib << 20) / PAGE, i;
	uint8_t *memory = new_memory(PAGE, MADV_NOHUGEPAGE);

	create();
	for (i = 0; i < count; i++)
		add_slot(SLOT + i, 0, GPA + i * HUGE, PAGE, memory);
	printf("# slots are there\n");
	touch(GPA, HUGE, count);
	abi_check(tables_are_at_least(count), "%lu page tables for one page of memory", count);
	abi_vm_destroy(&vm);
	return abi_finish();
}

int main(int argc, char **argv)
{
	unsigned int rounds = 50;
	int i;

	abi_start(1500);
	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--rounds"))
			rounds = strtoul(argv[i + 1], NULL, 0);
		else if (!strcmp(argv[i], "--cgroup"))
			cgroup = argv[i + 1];
		else if (!strcmp(argv[i], "--touch"))
			return test_touch(strtoul(argv[i + 1], NULL, 0));
		else if (!strcmp(argv[i], "--tables"))
			return test_tables(strtoul(argv[i + 1], NULL, 0));
	}
	test_half("unmapping the other half", unmap_half);
	test_half("discarding the other half", discard_half);
	test_half("deleting the slot of the other half", delete_half);
	test_rounds(rounds);
	return abi_finish();
}
