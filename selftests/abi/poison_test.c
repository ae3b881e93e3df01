// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory that the host says is damaged: userfaultfd can say so of any page. */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE	0x1000UL
#define HUGE	0x200000UL
#define GPA	0x40000000UL

static struct abi_vm vm;
static int uffd;
static volatile sig_atomic_t signals;
static siginfo_t last;

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	last = *info;
	signals++;
}

/* Run the guest up to a load from @gpa; what KVM_RUN returned. */
static int guest_loads_from(uint64_t gpa)
{
	signals = 0;
	memset(&last, 0, sizeof(last));
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_loads - guest_start));
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 1), "first call");
	vm.run->riscv_sbi.ret[0] = gpa;
	return abi_run(&vm);
}

/* The same for a load that works: what it loaded. */
static uint64_t guest_load(uint64_t gpa)
{
	abi_need(!guest_loads_from(gpa) && abi_is_sbi(&vm, 1), "a load");
	vm.run->immediate_exit = 1;
	abi_need(abi_run(&vm) == -1 && errno == EINTR, "immediate exit");
	vm.run->immediate_exit = 0;
	return vm.run->riscv_sbi.args[0];
}

static bool told_of(const uint8_t *address, int shift)
{
	return last.si_signo == SIGBUS && last.si_code == BUS_MCEERR_AR &&
	       last.si_addr == address && last.si_addr_lsb == shift;
}

static bool open_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_POISON };

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	return uffd >= 0 && !ioctl(uffd, UFFDIO_API, &api);
}

static uint8_t *map(size_t size, int flags)
{
	uint8_t *all = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return all == MAP_FAILED ? NULL : all;
}

static void damage(uint8_t *memory, size_t size, uint8_t *at, size_t unit)
{
	struct uffdio_register area = {
		.range = { (uintptr_t)memory, size }, .mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_poison poison = { .range = { (uintptr_t)at, unit } };

	abi_need(!ioctl(uffd, UFFDIO_REGISTER, &area), "UFFDIO_REGISTER");
	abi_need(!ioctl(uffd, UFFDIO_POISON, &poison), "UFFDIO_POISON");
	abi_need(!ioctl(uffd, UFFDIO_UNREGISTER, &area.range), "UFFDIO_UNREGISTER");
}

static void test_signal(uint8_t *memory)
{
	abi_check(guest_loads_from(GPA + 2 * PAGE + 8) == -1 && errno == EINTR && signals == 1,
		  "a load from a damaged page ends KVM_RUN with a signal");
	abi_check(told_of(memory + 2 * PAGE, 12), "which tells the page");
	abi_check(vm.run->exit_reason == KVM_EXIT_INTR, "the exit is that of a signal");
	abi_check(abi_run(&vm) == -1 && errno == EINTR && signals == 2, "the next one, too");
	abi_check(guest_load(GPA + PAGE) == 7 && guest_load(GPA + 3 * PAGE) == 0 && !signals,
		  "its neighbours can be used");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_access - guest_start));
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), GPA + 2 * PAGE);
	signals = 0;
	abi_check(abi_run(&vm) == -1 && errno == EINTR && signals == 1 &&
		  told_of(memory + 2 * PAGE, 12), "so does a store");
}

/* A thread that blocks the signal, and lets it through in KVM_RUN or not. */
static void test_blocked(uint8_t *memory)
{
	char buffer[sizeof(struct kvm_signal_mask) + 8] = {};
	struct kvm_signal_mask *mask = (struct kvm_signal_mask *)buffer;
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGBUS);
	sigprocmask(SIG_BLOCK, &set, NULL);
	mask->len = 8;
	abi_need(!ioctl(vm.vcpu, KVM_SET_SIGNAL_MASK, mask), "KVM_SET_SIGNAL_MASK");
	abi_check(guest_loads_from(GPA + 2 * PAGE) == -1 && errno == EINTR && !signals &&
		  sigtimedwait(&set, &info, &(struct timespec) {}) == SIGBUS &&
		  info.si_code == BUS_MCEERR_AR && info.si_addr == memory + 2 * PAGE,
		  "blocked outside of KVM_RUN, it ends that and stays pending");
	abi_need(!ioctl(vm.vcpu, KVM_SET_SIGNAL_MASK, NULL), "no mask");
	if (abi_is_in_tree()) {
		abi_check_ours(false, "runs on, and faults for ever", "nobody sees the signal");
	} else {
		vm.run->exit_reason = 0;
		abi_check(guest_loads_from(GPA + 2 * PAGE + 8) == -1 && errno == EHWPOISON &&
			  vm.run->exit_reason == KVM_EXIT_MEMORY_FAULT &&
			  vm.run->memory_fault.gpa == GPA + 2 * PAGE &&
			  vm.run->memory_fault.size == PAGE && !vm.run->memory_fault.flags,
			  "where nobody sees the signal, KVM_RUN fails with EHWPOISON");
		abi_check(sigtimedwait(&set, &info, &(struct timespec) {}) == SIGBUS,
			  "and the signal is pending");
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void test_prefault(void)
{
	struct kvm_pre_fault_memory range = { .gpa = GPA + 2 * PAGE, .size = PAGE };

	if (!ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_PRE_FAULT_MEMORY)) {
		abi_check_ours(false, "not in in-tree KVM", "pre-fault");
		return;
	}
	signals = 0;
	abi_check_errno(ioctl(vm.vcpu, KVM_PRE_FAULT_MEMORY, &range), EHWPOISON,
			"pre-faulting a damaged page");
	abi_check(!signals && range.size == PAGE, "sends no signal");
}

static void test_page(void)
{
	uint8_t *memory = map(4 * PAGE, 0);

	abi_need(memory, "mmap");
	memory[PAGE] = 7;
	damage(memory, 4 * PAGE, memory + 2 * PAGE, PAGE);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 4 * PAGE, memory), "slot");
	test_signal(memory);
	test_prefault();
	test_blocked(memory);
	madvise(memory + 2 * PAGE, PAGE, MADV_DONTNEED);
	abi_check(guest_load(GPA + 2 * PAGE) == 0 && !signals, "a new page in its place is good");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, 4 * PAGE);
}

static void test_hugetlb(void)
{
	int pool = open("/proc/sys/vm/nr_hugepages", O_WRONLY | O_CLOEXEC);
	uint8_t *memory;

	abi_need(pool >= 0 && write(pool, "2", 1) == 1, "pool of huge pages");
	memory = map(2 * HUGE, MAP_HUGETLB);
	abi_need(memory, "huge pages");
	damage(memory, 2 * HUGE, memory + HUGE, HUGE);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, 2 * HUGE, memory), "slot");
	abi_check(guest_load(GPA) == 0, "a huge page");
	abi_check(guest_loads_from(GPA + HUGE + 5 * PAGE) == -1 && errno == EINTR && signals == 1,
		  "a load from one that is damaged ends KVM_RUN with a signal");
	abi_check_ours(told_of(memory + HUGE + 5 * PAGE, 21), "may tell 4 KiB",
		       "which tells its size");
	abi_need(!abi_set_slot(vm.fd, 1, 0, 0, 0, NULL), "no slot");
	munmap(memory, 2 * HUGE);
	abi_need(write(pool, "0", 1) == 1, "no pool");
	close(pool);
}

int main(void)
{
	const struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };

	abi_start(60);
	abi_vm_boot(&vm, guest_loads);
	abi_need(open_uffd(), "userfaultfd that can poison");
	sigaction(SIGBUS, &action, NULL);
	test_page();
	test_hugetlb();
	close(uffd);
	abi_vm_destroy(&vm);
	return abi_finish();
}
