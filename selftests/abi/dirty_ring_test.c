// SPDX-License-Identifier: GPL-2.0-only
/* Rings of written pages. */
#include "abi.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	0x1000UL
#define GPA	0x40000000UL
#define PAGES	1024UL
#define BYTES	0x1000UL
#define ENTRIES	(BYTES / sizeof(struct kvm_dirty_gfn))
#define RESERVE	64
#define RING_AT	(KVM_DIRTY_LOG_PAGE_OFFSET * PAGE)
#define LOG	KVM_MEM_LOG_DIRTY_PAGES

static const char no_bitmap[] = "in-tree KVM has rings alone";
static struct abi_vm vm;
static uint8_t *memory;
static struct kvm_dirty_gfn *ring;
static unsigned int next;	/* entry of the ring to be harvested next */

static int enable(uint32_t cap, uint64_t value)
{
	struct kvm_enable_cap ask = { .cap = cap, .args = { value } };

	return ioctl(vm.fd, KVM_ENABLE_CAP, &ask);
}

static int ring_enable(uint64_t bytes)
{
	return enable(KVM_CAP_DIRTY_LOG_RING_ACQ_REL, bytes);
}

static bool has_cap(long cap)
{
	int sys = abi_open();
	bool has = ioctl(sys, KVM_CHECK_EXTENSION, cap) > 0;

	close(sys);
	return has;
}

static int reset_rings(void)
{
	return ioctl(vm.fd, KVM_RESET_DIRTY_RINGS, 0UL);
}

static int get_log(uint32_t slot, uint64_t *bitmap)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log);
}

static void *map_ring(int prot, int flags)
{
	return mmap(NULL, BYTES, prot, flags, vm.vcpu, RING_AT);
}

static int set_flags(uint32_t flags)
{
	return abi_set_slot(vm.fd, 1, flags, GPA, PAGES * PAGE, memory);
}

static void start(uint32_t flags, bool bitmap)
{
	abi_vm_begin(&vm);
	abi_need(!ring_enable(BYTES), "a ring");
	if (bitmap)
		abi_need(!enable(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0), "a bitmap");
	abi_vm_finish(&vm);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_access - guest_start));
	abi_need(!set_flags(flags), "slot 1");
	ring = map_ring(PROT_READ | PROT_WRITE, MAP_SHARED);
	abi_need(ring != MAP_FAILED, "map the ring");
	next = 0;
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), GPA);
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 1), "first run");
}

static void stop(void)
{
	munmap(ring, BYTES);
	abi_vm_destroy(&vm);
}

/* The guest stores to a page and reads it back. */
static bool touch(unsigned int page)
{
	abi_set_reg(vm.vcpu, ABI_CORE(regs.s2), GPA + page * PAGE);
	return !abi_run(&vm) && abi_is_sbi(&vm, 1);
}

/* Mark the next entry as harvested; the page in it, or -1. */
static long harvest(void)
{
	struct kvm_dirty_gfn *entry = &ring[next % ENTRIES];

	if (__atomic_load_n(&entry->flags, __ATOMIC_ACQUIRE) != KVM_DIRTY_GFN_F_DIRTY ||
	    entry->slot != 1)
		return -1;
	next++;
	__atomic_store_n(&entry->flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	return entry->offset;
}

static void test_enable(void)
{
	abi_vm_begin(&vm);
	abi_check(ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_DIRTY_LOG_RING_ACQ_REL) == 1 << 20,
		  "the largest ring");
	abi_check(!ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_DIRTY_LOG_RING),
		  "none for those who do without barriers");
	abi_check_errno(enable(KVM_CAP_DIRTY_LOG_RING, BYTES), EINVAL, "which cannot be enabled");
	abi_check_errno(reset_rings(), EINVAL, "reset no rings");
	abi_check_errno(enable(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0), EINVAL,
			"a bitmap beside no rings");
	abi_check_errno(ring_enable(0), EINVAL, "a ring of no bytes");
	abi_check_errno(ring_enable(BYTES / 2), EINVAL, "less than a page");
	abi_check_errno(ring_enable(3 * BYTES), EINVAL, "no power of two");
	abi_check_errno(ring_enable(1UL << 21), E2BIG, "one that is too large");
	abi_check_ours(ring_enable(1UL << 63) == -1 && errno == E2BIG,
		       "in-tree KVM looks at the low half", "one that is far too large");
	abi_check(!ring_enable(1UL << 20), "a ring");
	abi_check_errno(ring_enable(1UL << 20), EINVAL, "a second time");
	abi_check(!reset_rings(), "no entries without vCPUs");
	abi_check_ours(!enable(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0), no_bitmap,
		       "with a bitmap");
	abi_vm_finish(&vm);
	abi_check_errno(enable(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0), EINVAL,
			"a bitmap when there are slots");
	abi_vm_destroy(&vm);

	abi_vm_create(&vm);
	abi_check_errno(ring_enable(BYTES), EINVAL, "a ring when there are vCPUs");
	abi_check(!set_flags(LOG), "and logs are bitmaps");
	abi_vm_destroy(&vm);
}

static sigjmp_buf away;

static void leave(int number)
{
	siglongjmp(away, number);
}

static bool can_read(const volatile uint8_t *where)
{
	struct sigaction act = { .sa_handler = leave }, old;
	bool can = false;

	sigaction(SIGBUS, &act, &old);
	if (!sigsetjmp(away, 1)) {
		(void)*where;
		can = true;
	}
	sigaction(SIGBUS, &old, NULL);
	return can;
}

static void test_mapping(void)
{
	uint8_t *two;

	start(0, false);
	abi_check(map_ring(PROT_READ, MAP_PRIVATE) == MAP_FAILED && errno == EINVAL,
		  "no private mapping");
	/* Newer kernels let no such file be mapped as code, and say so first. */
	abi_check(map_ring(PROT_READ | PROT_EXEC, MAP_SHARED) == MAP_FAILED &&
		  (errno == EINVAL || errno == EPERM), "no code");
	two = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, vm.vcpu, RING_AT);
	abi_need(two != MAP_FAILED, "map more than the ring");
	abi_check(can_read(two) && !can_read(two + PAGE), "the ring, and nothing behind it");
	munmap(two, 2 * PAGE);
	two = mmap(NULL, (KVM_DIRTY_LOG_PAGE_OFFSET + 1) * PAGE, PROT_READ, MAP_SHARED, vm.vcpu, 0);
	abi_check(two != MAP_FAILED && can_read(two) && can_read(two + RING_AT) &&
		  !can_read(two + RING_AT - PAGE), "all pages of a vCPU at once");
	munmap(two, (KVM_DIRTY_LOG_PAGE_OFFSET + 1) * PAGE);
	stop();

	abi_vm_create(&vm);
	two = map_ring(PROT_READ, MAP_PRIVATE);
	abi_check(two != MAP_FAILED && !can_read(two), "no page without a ring");
	munmap(two, BYTES);
	abi_vm_destroy(&vm);
}

static void test_pages(void)
{
	uint64_t bitmap[PAGES / 64];

	start(LOG, false);
	abi_check(touch(5) && touch(5) && touch(64) && touch(PAGES - 1), "the guest writes");
	abi_check(harvest() == 0 && harvest() == 5 && harvest() == 64 && harvest() == PAGES - 1 &&
		  harvest() == -1, "each page is told once, in order");
	abi_check(touch(5) && harvest() == -1, "and not again until it is reset");
	abi_check(reset_rings() == 4, "entries are taken back");
	abi_check(!reset_rings(), "once");
	abi_check(touch(5) && touch(6) && harvest() == 5, "then it is told again");
	abi_check(reset_rings() == 1, "what is not harvested stays");
	abi_check(harvest() == 6 && reset_rings() == 1, "until it is");
	abi_check_errno(get_log(1, bitmap), ENXIO, "there is no bitmap");
	stop();
}

static void test_toggle(void)
{
	start(LOG, false);
	abi_check(harvest() == 0 && reset_rings() == 1, "a page");
	abi_check(!set_flags(0) && touch(7) && harvest() == -1, "a slot that does not log");
	abi_check(!set_flags(LOG) && touch(7) && harvest() == 7, "and does again");
	stop();
}

static void test_full(void)
{
	unsigned int page, told;

	start(LOG, false);
	for (page = 1; touch(page); page++)
		;
	/* The page that filled the ring is in it. */
	abi_check(vm.run->exit_reason == KVM_EXIT_DIRTY_RING_FULL && page == ENTRIES - RESERVE - 1,
		  "the ring is full after %u pages", page);
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_DIRTY_RING_FULL,
		  "and stays so");
	for (told = 0; harvest() == (long)told; told++)
		;
	abi_check(told == page + 1, "it has every page");
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_DIRTY_RING_FULL,
		  "harvesting alone is not enough");
	abi_check(reset_rings() == (int)told, "all of it is taken back");
	abi_check(!abi_run(&vm) && abi_is_sbi(&vm, 1), "and the guest goes on");
	abi_check(abi_get_reg(vm.vcpu, ABI_CORE(regs.s2)) == GPA + page * PAGE,
		  "where it was");
	stop();
}

/* What userspace writes there harms nobody. */
static void test_nonsense(void)
{
	static const struct {
		uint32_t	slot;
		uint64_t	offset;
	} nonsense[] = {
		{ 1, PAGES }, { 1, PAGES - 1 }, { 1, -1UL }, { 1, 1UL << 63 }, { 2, 0 },
		{ 32767, 0 }, { 1 << 16 | 1, 0 }, { -1U, -1UL }, { 0, 5 },
	};
	unsigned int i;

	start(LOG, false);
	for (i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
		abi_need(touch(i + 1), "write");
	for (i = 0; i < ENTRIES; i++) {
		ring[i].flags = KVM_DIRTY_GFN_F_RESET;
		if (i < sizeof(nonsense) / sizeof(nonsense[0])) {
			ring[i].slot = nonsense[i].slot;
			ring[i].offset = nonsense[i].offset;
		}
	}
	abi_check(reset_rings() == (int)i - (int)ENTRIES + 10, "what was pushed is taken back");
	memset(ring, -1, BYTES);
	abi_check(!reset_rings(), "what was not is left");
	next = 10;
	abi_check(touch(500) && harvest() == 500, "and the ring goes on");
	stop();
}

/* The slot is another one when the entry comes back. */
static void test_slot_changes(void)
{
	start(LOG, false);
	abi_need(touch(PAGES - 1) && harvest() == 0 && harvest() == PAGES - 1, "a page");
	abi_need(!abi_set_slot(vm.fd, 1, LOG, GPA, 0, memory), "delete");
	abi_need(!abi_set_slot(vm.fd, 1, LOG, GPA, PAGE, memory), "a smaller one");
	abi_check(reset_rings() == 2, "a page that is gone");
	abi_check(touch(0) && harvest() == 0, "and one that is there");
	abi_need(!abi_set_slot(vm.fd, 1, LOG, GPA + PAGE, PAGE, memory), "move");
	abi_check(reset_rings() == 1 && touch(1) && harvest() == 0, "of a slot that moved");
	stop();
}

static void test_bitmap(void)
{
	static const uint64_t none[PAGES / 64];
	uint64_t bitmap[PAGES / 64];

	if (!has_cap(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP)) {
		abi_check_ours(false, no_bitmap, "a bitmap for what no vCPU writes");
		return;
	}
	start(LOG, true);
	abi_check(touch(9) && harvest() == 0 && harvest() == 9, "pages are in the ring");
	memset(bitmap, -1, sizeof(bitmap));
	abi_check(!get_log(1, bitmap) && !memcmp(bitmap, none, sizeof(none)),
		  "not in the bitmap as well");
	abi_check(reset_rings() == 2 && touch(9) && harvest() == 9, "and come back");
	abi_check_errno(get_log(2, bitmap), ENOENT, "another slot");
	stop();
}

int main(void)
{
	abi_start(60);
	if (!has_cap(KVM_CAP_DIRTY_LOG_RING_ACQ_REL)) {
		printf("1..0 # SKIP rings are newer than Linux 6.12\n");
		return !abi_is_in_tree();
	}
	memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	abi_need(memory != MAP_FAILED, "mmap");
	memset(memory, 1, PAGES * PAGE);
	test_enable();
	test_mapping();
	test_pages();
	if (abi_is_in_tree()) {
		abi_skip("a guest on in-tree KVM of 7.2 does not get on there", "the rest");
		return abi_finish();
	}
	test_toggle();
	test_full();
	test_nonsense();
	test_slot_changes();
	test_bitmap();
	return abi_finish();
}
