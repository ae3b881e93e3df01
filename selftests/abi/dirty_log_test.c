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

/* Marks that userspace could not be told of are still there. */
static void test_lost_answer(void)
{
	static const char gone[] = "in-tree KVM has taken the marks by then";
	uint8_t *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);
	struct kvm_dirty_log log = { .slot = 1 };

	abi_need(pages != MAP_FAILED && !mprotect(pages + PAGE, PAGE, PROT_NONE), "mmap");
	start(KVM_MEM_LOG_DIRTY_PAGES);
	abi_need(touch(5) && touch(70) && touch(199), "writes");
	abi_check_errno(ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log), EFAULT, "a log to nowhere");
	log.dirty_bitmap = pages + PAGE - sizeof(bitmap) + 1;
	abi_check_errno(ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log), EFAULT, "one that is cut off");
	abi_check_ours(LOG_IS(0, 5, 70, 199), gone, "every mark is still there");
	abi_check(LOG_IS_EMPTY(), "and is taken once");
	abi_check(touch(70) && LOG_IS(70), "pages are marked again");
	munmap(pages, 2 * PAGE);
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

/* ---- marks that userspace clears ----------------------------------------------------------- */

static int modes(void)
{
	return ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2);
}

static int set_mode(uint64_t mode)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		.args = { mode },
	};

	return ioctl(vm.fd, KVM_ENABLE_CAP, &cap);
}

static int clear_log(uint32_t slot, uint64_t first, uint32_t count, const uint64_t *marks)
{
	struct kvm_clear_dirty_log clear = {
		.slot = slot, .first_page = first, .num_pages = count,
		.dirty_bitmap = (void *)marks,
	};

	return ioctl(vm.fd, KVM_CLEAR_DIRTY_LOG, &clear);
}

static void test_mode_errors(void)
{
	abi_vm_create(&vm);
	abi_check(modes() & 1, "clearing by hand is offered");
	abi_check_ours(modes() == 3, "newer than Linux 6.12", "with full logs");
	abi_check_errno(set_mode(2), EINVAL, "full logs alone");
	abi_check_errno(set_mode(4), EINVAL, "an unknown mode");
	abi_check_errno(set_mode(1UL << 32 | 1), EINVAL, "a mode with high bits");
	abi_check(!set_mode(1) && (modes() != 3 || !set_mode(3)) && !set_mode(0),
		  "every mode can be set and left");
	abi_vm_destroy(&vm);
}

static void test_clear_errors(void)
{
	static const uint64_t marks[WORDS] = { -1UL, -1UL, -1UL, -1UL };

	start(0);
	abi_check_errno(clear_log(1, 0, PAGES, marks), ENOENT, "clear where nothing logs");
	abi_check_errno(clear_log(2, 0, PAGES, marks), ENOENT, "clear where no slot is");
	abi_check_errno(clear_log(32767, 0, 64, marks), EINVAL, "clear a slot that cannot exist");
	abi_check_errno(clear_log(1 << 16, 0, 64, marks), EINVAL, "clear in another space");
	abi_need(!set_mode(1) && !set_flags(KVM_MEM_LOG_DIRTY_PAGES), "log");
	abi_need(touch(5), "write");
	abi_check_errno(clear_log(1, 1, 64, marks), EINVAL, "clear from inside of a word");
	abi_check_errno(clear_log(1, 0, 63, marks), EINVAL, "clear up to inside of a word");
	abi_check_errno(clear_log(1, 192, 64, marks), EINVAL, "clear past the slot's end");
	abi_check_errno(clear_log(1, 256, 0, marks), EINVAL, "clear nothing past the end");
	abi_check_errno(clear_log(1, -64UL, 64, marks), EINVAL, "clear a range that wraps");
	abi_check_errno(clear_log(1, 0, -64U, marks), EINVAL, "clear far too much");
	abi_check_errno(clear_log(1, 0, PAGES, NULL), EFAULT, "clear by no bitmap");
	abi_check(LOG_IS(5), "and nothing was cleared");
	abi_check(!clear_log(1, 0, 0, NULL) && LOG_IS(5), "clear no pages");
	abi_vm_destroy(&vm);
}

/* Without the mode, clearing is allowed; it has an effect only before the log is read. */
static void test_clear_in_automatic_mode(void)
{
	static const uint64_t marks[WORDS] = { -1UL };

	start(KVM_MEM_LOG_DIRTY_PAGES);
	abi_need(touch(3) && touch(70), "writes");
	abi_check(!clear_log(1, 0, 64, marks) && LOG_IS(70), "clear without the mode");
	abi_check(touch(3) && LOG_IS(3), "and a write marks again");
	abi_vm_destroy(&vm);
}

static void test_manual(void)
{
	static const uint64_t only_5[1] = { 1UL << 5 }, all[WORDS] = { -1UL, -1UL, -1UL, -1UL };

	start(0);
	abi_need(!set_mode(1), "the mode");
	abi_need(touch(9) && !set_flags(KVM_MEM_LOG_DIRTY_PAGES), "log");
	abi_check(LOG_IS_EMPTY(), "a log begins empty");
	abi_need(touch(5) && touch(6) && touch(130) && touch(199), "writes");
	abi_check(LOG_IS(5, 6, 130, 199) && LOG_IS(5, 6, 130, 199), "reading leaves the marks");
	abi_check(!clear_log(1, 0, 64, only_5) && LOG_IS(6, 130, 199), "one mark is cleared");
	abi_check(touch(6) && LOG_IS(6, 130, 199), "a page whose mark was left has it");
	abi_check(touch(5) && LOG_IS(5, 6, 130, 199), "one that was cleared is marked again");
	abi_check(!clear_log(1, 128, 72, all) && LOG_IS(5, 6), "the end of the slot is cleared");
	abi_check(touch(130) && touch(199) && LOG_IS(5, 6, 130, 199), "and marked again");
	abi_check(!clear_log(1, 0, PAGES, all) && LOG_IS_EMPTY(), "all is cleared at once");
	abi_check(touch(9) && LOG_IS(9), "a page written before the log began is marked");
	abi_check(!set_mode(0) && LOG_IS(9) && LOG_IS_EMPTY(), "the mode is left: reading takes");
	abi_vm_destroy(&vm);
}

static void test_initially_set(void)
{
	static const uint64_t all[WORDS] = { -1UL, -1UL, -1UL, -1UL };
	static uint64_t want[WORDS] = { -1UL, -1UL, -1UL, 0xff };

	start(0);
	if (!(modes() & 2)) {
		abi_check_ours(false, "newer than Linux 6.12", "a log begins full");
		abi_vm_destroy(&vm);
		return;
	}
	abi_need(!set_mode(3) && touch(7), "the mode");
	abi_need(!set_flags(KVM_MEM_LOG_DIRTY_PAGES), "log");
	abi_check(!get_log(1) && !memcmp(bitmap, want, sizeof(want)), "a log begins full");
	abi_check(!clear_log(1, 0, 64, all), "a part is cleared");
	want[0] = 0;
	abi_check(!get_log(1) && !memcmp(bitmap, want, sizeof(want)), "and is empty");
	want[0] = 1UL << 7;
	abi_check(touch(7) && !get_log(1) && !memcmp(bitmap, want, sizeof(want)),
		  "a page that was writable is marked");
	abi_check(!clear_log(1, 0, PAGES, all) && LOG_IS_EMPTY(), "all is cleared");
	abi_check(touch(7) && touch(199) && LOG_IS(7, 199), "and writes mark");
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
	test_lost_answer();
	test_marks();
	test_toggle();
	test_mode_errors();
	test_clear_errors();
	test_clear_in_automatic_mode();
	test_manual();
	test_initially_set();
	return abi_finish();
}
