// SPDX-License-Identifier: GPL-2.0-only
/* The log of written pages. */
#include "abi.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE	0x1000UL
#define GPA	0x40000000UL
#define PAGES	200UL
#define WORDS	4

static struct abi_vm vm;
static uint8_t *memory;
static uint64_t bitmap[WORDS];

static int get_log(uint32_t slot)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	memset(bitmap, 0xa5, sizeof(bitmap));
	return ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log);
}

/* Exactly these pages are in the log; -1 ends the list. */
static bool log_is(const int *pages)
{
	uint64_t want[WORDS] = { 0 };

	for (; *pages >= 0; pages++)
		want[*pages / 64] |= 1UL << *pages % 64;
	return !get_log(1) && !memcmp(bitmap, want, sizeof(want));
}

#define LOG_IS(...)	log_is((const int[]) { __VA_ARGS__, -1 })
#define LOG_IS_EMPTY()	log_is((const int[]) { -1 })

/* The guest stores to a page and reads it back. */
static bool touch(unsigned int page)
{
	abi_set_reg(vm.vcpu, ABI_CORE(regs.s2), GPA + page * PAGE);
	return !abi_run(&vm) && abi_is_sbi(&vm, 1);
}

static int set_flags(uint32_t flags)
{
	return abi_set_slot(vm.fd, 1, flags, GPA, PAGES * PAGE, memory);
}

static void start(uint32_t flags)
{
	abi_vm_boot(&vm, guest_access);
	abi_need(!set_flags(flags), "slot 1");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), GPA);
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 1), "first run");
}

static void test_errors(void)
{
	struct kvm_dirty_log log = { .slot = 1 };

	start(0);
	abi_check_errno(get_log(1), ENOENT, "a slot that does not log");
	abi_check_errno(get_log(2), ENOENT, "a slot that does not exist");
	abi_check_errno(get_log(32767), EINVAL, "a slot that cannot exist");
	abi_check_errno(get_log(1 << 16), EINVAL, "another address space");
	abi_need(!set_flags(KVM_MEM_LOG_DIRTY_PAGES), "log");
	abi_check_errno(ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log), EFAULT, "no bitmap to fill");
	abi_vm_destroy(&vm);
}

static void test_marks(void)
{
	start(KVM_MEM_LOG_DIRTY_PAGES);
	abi_check(LOG_IS(0), "the first page");
	abi_check(LOG_IS_EMPTY(), "is taken once");
	abi_check(touch(5) && touch(5) && touch(63) && touch(64) && touch(199), "the guest writes");
	abi_check(LOG_IS(5, 63, 64, 199), "exactly those pages");
	abi_check(touch(5) && LOG_IS(5), "a page is marked again after it was taken");
	abi_check(LOG_IS_EMPTY(), "and only then");
	abi_vm_destroy(&vm);
}

static void test_toggle(void)
{
	start(0);
	abi_need(touch(7) && touch(8), "writes before logging");
	abi_need(!set_flags(KVM_MEM_LOG_DIRTY_PAGES), "log");
	abi_check(LOG_IS_EMPTY(), "what was written before is not in the log");
	abi_check(touch(8) && LOG_IS(8), "a page that was writable is marked");

	abi_need(touch(9), "write");
	abi_need(!set_flags(0), "stop");
	abi_check_errno(get_log(1), ENOENT, "no log any more");
	abi_need(touch(10), "write");
	abi_need(!set_flags(KVM_MEM_LOG_DIRTY_PAGES), "log again");
	abi_check(LOG_IS_EMPTY(), "a new log is empty");
	abi_check(touch(10) && LOG_IS(10), "and works");
	abi_vm_destroy(&vm);
}

int main(void)
{
	abi_start(60);
	memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	abi_need(memory != MAP_FAILED, "mmap");
	/* Present pages: a read could map them writable. */
	memset(memory, 1, PAGES * PAGE);
	test_errors();
	test_marks();
	test_toggle();
	return abi_finish();
}
