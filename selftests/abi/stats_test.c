// SPDX-License-Identifier: GPL-2.0-only
/* Statistics: the layout of the file, its life, what is counted, and debugfs. */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define PAGE		0x1000UL
#define HUGE		0x200000UL
#define GPA		0x40000000UL
#define FILE_MAX	0x10000UL
#define AROUND		16UL	/* pages of a fault, by default */

static int get_fd(int fd)
{
	int stats = ioctl(fd, KVM_GET_STATS_FD, 0UL);

	abi_need(stats >= 0, "KVM_GET_STATS_FD");
	return stats;
}

/* ---- layout -------------------------------------------------------------------------------- */

static struct {
	uint8_t			bytes[FILE_MAX];
	size_t			size;
	struct kvm_stats_header	header;
} file;

static void load(int stats)
{
	ssize_t got = pread(stats, file.bytes, sizeof(file.bytes), 0);

	abi_need(got >= (ssize_t)sizeof(file.header), "read the statistics");
	file.size = got;
	memcpy(&file.header, file.bytes, sizeof(file.header));
}

static size_t desc_size(void)
{
	return sizeof(struct kvm_stats_desc) + file.header.name_size;
}

static const struct kvm_stats_desc *desc_at(unsigned int i)
{
	return (const void *)(file.bytes + file.header.desc_offset + i * desc_size());
}

static bool is_exponent_sane(const struct kvm_stats_desc *desc)
{
	switch (desc->flags & KVM_STATS_UNIT_MASK) {
	case KVM_STATS_UNIT_SECONDS:
		return desc->exponent <= 0;
	case KVM_STATS_UNIT_BOOLEAN:
		return desc->exponent == 0;
	default:
		return desc->exponent >= 0;
	}
}

static bool is_desc_sane(const struct kvm_stats_desc *desc)
{
	uint32_t known = KVM_STATS_TYPE_MASK | KVM_STATS_UNIT_MASK | KVM_STATS_BASE_MASK;
	uint32_t type = desc->flags & KVM_STATS_TYPE_MASK;

	return !(desc->flags & ~known) && type <= KVM_STATS_TYPE_MAX &&
	       (desc->flags & KVM_STATS_UNIT_MASK) <= KVM_STATS_UNIT_MAX &&
	       (desc->flags & KVM_STATS_BASE_MASK) <= KVM_STATS_BASE_MAX &&
	       is_exponent_sane(desc) && desc->size && desc->name[0] &&
	       strnlen(desc->name, file.header.name_size) < file.header.name_size &&
	       !desc->bucket_size == (type != KVM_STATS_TYPE_LINEAR_HIST);
}

/* Values follow each other without a hole, and no name comes twice. */
static bool are_descs_sane(void)
{
	size_t at = 0;
	unsigned int i, j;

	for (i = 0; i < file.header.num_desc; i++) {
		const struct kvm_stats_desc *desc = desc_at(i);

		if (!is_desc_sane(desc) || desc->offset != at)
			return false;
		at += desc->size * sizeof(uint64_t);
		for (j = 0; j < i; j++)
			if (!strcmp(desc_at(j)->name, desc->name))
				return false;
	}
	return file.header.data_offset + at == file.size;
}

static void test_layout(int stats, const char *id, const char *what)
{
	const struct kvm_stats_header *h = &file.header;

	load(stats);
	abi_check(h->flags == 0 && h->name_size && h->num_desc, "%s: the header", what);
	abi_check(h->id_offset == sizeof(*h) && h->desc_offset == h->id_offset + h->name_size &&
		  h->data_offset == h->desc_offset + h->num_desc * desc_size(),
		  "%s: the parts follow each other", what);
	abi_check(!strncmp((char *)file.bytes + h->id_offset, id, h->name_size),
		  "%s: the id is %s", what, id);
	abi_check(are_descs_sane(), "%s: each descriptor is sane", what);
}

static bool reads_same(int stats, size_t at, size_t len)
{
	static uint8_t part[FILE_MAX];
	size_t want = at >= file.size ? 0 : len < file.size - at ? len : file.size - at;

	return pread(stats, part, len, at) == (ssize_t)want &&
	       !memcmp(part, file.bytes + (want ? at : 0), want);
}

/* Of a machine that stands still. */
static void test_reading(int stats, const char *what)
{
	static const size_t lengths[] = { 0, 1, 7, 8, 64, FILE_MAX };
	static uint8_t bytes[FILE_MAX];
	bool same = true;
	ssize_t got = 1;
	size_t at, i;

	load(stats);
	for (at = 0; at < file.size + 16; at += 5)
		for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
			same &= reads_same(stats, at, lengths[i]);
	abi_check(same, "%s: every part can be read for itself", what);
	abi_check(reads_same(stats, 1UL << 40, 8), "%s: there is nothing far behind it", what);
	for (at = 0; got > 0; at += got)
		got = read(stats, bytes + at, 100);
	abi_check(!got && at == file.size && !memcmp(bytes, file.bytes, at),
		  "%s: or all in a row", what);
	abi_check_errno(pread(stats, bytes, 8, -8L), EINVAL, "%s: a negative place", what);
	abi_check_errno(pread(stats, (void *)-4096UL, 8, 0), EFAULT, "%s: a bad place to read to",
			what);
	abi_check_errno(write(stats, bytes, 8), EBADF, "%s: it cannot be written", what);
	abi_check_errno(ioctl(stats, KVM_GET_STATS_FD, 0UL), ENOTTY, "%s: it has no ioctl", what);
}

/* ---- values -------------------------------------------------------------------------------- */

static const struct kvm_stats_desc *find(int stats, const char *name)
{
	unsigned int i;

	load(stats);
	for (i = 0; i < file.header.num_desc; i++)
		if (!strcmp(desc_at(i)->name, name))
			return desc_at(i);
	return NULL;
}

/* The sum of the values: of the buckets of a histogram. */
static uint64_t value(int stats, const char *name)
{
	const struct kvm_stats_desc *desc = find(stats, name);
	uint64_t sum = 0, one;
	unsigned int i;

	if (!desc) {
		abi_check(false, "there is %s", name);
		return 0;
	}
	for (i = 0; i < desc->size; i++) {
		memcpy(&one, file.bytes + file.header.data_offset + desc->offset + i * sizeof(one),
		       sizeof(one));
		sum += one;
	}
	return sum;
}

static void test_capability(void)
{
	struct abi_vm vm;
	int of_vm, of_vcpu;

	abi_vm_create(&vm);
	abi_check(ioctl(vm.sys, KVM_CHECK_EXTENSION, KVM_CAP_BINARY_STATS_FD) == 1 &&
		  ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_BINARY_STATS_FD) == 1,
		  "statistics are offered");
	of_vm = ioctl(vm.fd, KVM_GET_STATS_FD, 1UL);
	of_vcpu = ioctl(vm.vcpu, KVM_GET_STATS_FD, -1UL);
	abi_check(of_vm >= 0 && of_vcpu >= 0, "the argument means nothing");
	close(of_vm);
	close(of_vcpu);
	abi_vm_destroy(&vm);
}

static void test_files(void)
{
	char vm_id[32], vcpu_id[48];
	struct abi_vm vm;
	int of_vm, of_vcpu;

	abi_vm_boot(&vm, guest_sbi);
	of_vm = get_fd(vm.fd);
	of_vcpu = get_fd(vm.vcpu);
	abi_need(!abi_run(&vm), "run");
	snprintf(vm_id, sizeof(vm_id), "kvm-%d", getpid());
	snprintf(vcpu_id, sizeof(vcpu_id), "kvm-%d/vcpu-0", getpid());
	test_layout(of_vm, vm_id, "VM");
	test_layout(of_vcpu, vcpu_id, "vCPU");
	test_reading(of_vm, "VM");
	test_reading(of_vcpu, "vCPU");

	load(of_vcpu);
	abi_vm_destroy(&vm);
	abi_check(reads_same(of_vcpu, 0, FILE_MAX), "the file outlives VM and vCPU");
	abi_check(!close(of_vcpu) && value(of_vm, "remote_tlb_flush_requests") + 1,
		  "and so does the VM's, without the vCPU's");
	close(of_vm);
}

static void test_limit(void)
{
	struct rlimit limit, low;
	struct abi_vm vm;
	int next;

	abi_vm_create(&vm);
	next = dup(vm.fd);
	close(next);
	abi_need(!getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
	low = limit;
	low.rlim_cur = next;
	abi_need(!setrlimit(RLIMIT_NOFILE, &low), "setrlimit");
	abi_check_errno(ioctl(vm.fd, KVM_GET_STATS_FD, 0UL), EMFILE, "VM: no more files");
	abi_check_errno(ioctl(vm.vcpu, KVM_GET_STATS_FD, 0UL), EMFILE, "vCPU: no more files");
	abi_need(!setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
	abi_vm_destroy(&vm);
}

/* ---- what vCPUs count ---------------------------------------------------------------------- */

static void test_exits(void)
{
	struct abi_vm vm;
	int stats;

	abi_vm_boot(&vm, guest_sbi);
	stats = get_fd(vm.vcpu);
	abi_check(!value(stats, "exits") && !value(stats, "ecall_exit_stat"),
		  "a new vCPU counted nothing");
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 1), "run");
	abi_check(value(stats, "ecall_exit_stat") == 1, "an SBI call is counted");
	abi_check(value(stats, "exits") > 1, "among other exits");
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 2), "run");
	abi_check(value(stats, "ecall_exit_stat") == 2, "and the next");
	close(stats);
	abi_vm_destroy(&vm);

	abi_vm_boot(&vm, guest_mmio);
	stats = get_fd(vm.vcpu);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), ABI_DEVICE);
	abi_need(!abi_run(&vm) && !abi_run(&vm), "run");
	abi_check(value(stats, "mmio_exit_user") == 2, "MMIO is counted");
	close(stats);
	abi_vm_destroy(&vm);
}

static void on_usr1(int sig)
{
	(void)sig;
}

/* Keeps the hart busy for a while, then ends the other's KVM_RUN. */
static void *keep_busy(void *other)
{
	struct timespec begin, now;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - begin.tv_sec + (now.tv_nsec - begin.tv_nsec) / 1e9 < 0.3);
	pthread_kill(*(pthread_t *)other, SIGUSR1);
	return NULL;
}

/* A vCPU that makes way for other threads has not had a signal. */
static void test_preempted(void)
{
	struct sigaction action = { .sa_handler = on_usr1 };
	pthread_t self = pthread_self(), thread;
	cpu_set_t all, hart0;
	struct abi_vm vm;
	int stats;

	abi_vm_boot(&vm, guest_spin);
	stats = get_fd(vm.vcpu);
	CPU_ZERO(&hart0);
	CPU_SET(0, &hart0);
	abi_need(!sched_getaffinity(0, sizeof(all), &all), "sched_getaffinity");
	abi_need(!sched_setaffinity(0, sizeof(hart0), &hart0), "sched_setaffinity");
	abi_need(!sigaction(SIGUSR1, &action, NULL), "sigaction");
	abi_need(!pthread_create(&thread, NULL, keep_busy, &self), "pthread_create");
	abi_check_errno(abi_run(&vm), EINTR, "a signal ends KVM_RUN beside a busy thread");
	abi_check(value(stats, "signal_exits") <= 1, "and nothing else looks like one");
	pthread_join(thread, NULL);
	signal(SIGUSR1, SIG_DFL);
	sched_setaffinity(0, sizeof(all), &all);
	close(stats);
	abi_vm_destroy(&vm);
}

static void test_signal(void)
{
	struct { struct kvm_signal_mask head; uint8_t mask[8]; } none = { .head.len = 8 };
	struct abi_vm vm;
	sigset_t set;
	int stats;

	abi_vm_boot(&vm, guest_spin);
	stats = get_fd(vm.vcpu);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	abi_need(!ioctl(vm.vcpu, KVM_SET_SIGNAL_MASK, &none), "KVM_SET_SIGNAL_MASK");
	abi_check_errno(abi_run(&vm), EINTR, "a signal ends KVM_RUN");
	abi_check(value(stats, "signal_exits") == 1, "and is counted");
	signal(SIGUSR1, SIG_IGN);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	close(stats);
	abi_vm_destroy(&vm);
}

static void *run_thread(void *vm)
{
	abi_need(!abi_run(vm), "run");
	return NULL;
}

static void test_halt(void)
{
	struct kvm_interrupt irq = { .irq = KVM_INTERRUPT_SET };
	struct abi_vm vm;
	pthread_t thread;
	int stats;

	abi_vm_boot(&vm, guest_wfi);
	stats = get_fd(vm.vcpu);
	pthread_create(&thread, NULL, run_thread, &vm);
	while (!value(stats, "blocking"))
		usleep(100);
	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &irq), "KVM_INTERRUPT");
	pthread_join(thread, NULL);
	abi_check(!value(stats, "blocking"), "a halted vCPU says so");
	abi_check(value(stats, "wfi_exit_stat") > 0, "WFI is counted");
	abi_check(value(stats, "halt_wakeup") > 0, "its end is counted");
	abi_check(value(stats, "halt_wait_ns") > 0, "its length is");
	abi_check(value(stats, "halt_wait_hist") > 0, "also by lengths");
	close(stats);
	abi_vm_destroy(&vm);
}

/* ---- guest memory -------------------------------------------------------------------------- */

static struct {
	struct abi_vm	vm;
	int		stats;
	uint8_t		*memory;	/* HUGE bytes, aligned */
	uint64_t	small, huge;	/* before it was touched */
} mem;

static bool touch(unsigned int page)
{
	abi_set_reg(mem.vm.vcpu, ABI_CORE(regs.s2), GPA + page * PAGE);
	return !abi_run(&mem.vm) && abi_is_sbi(&mem.vm, 1);
}

/* By how much the counts of pages are over what they were. */
static bool mapped(uint64_t small, uint64_t huge)
{
	return value(mem.stats, "pages_4k") == mem.small + small &&
	       value(mem.stats, "pages_2m") == mem.huge + huge && !value(mem.stats, "pages_1g");
}

static void memory_start(int advice)
{
	uint8_t *area = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);

	abi_need(area != MAP_FAILED, "mmap");
	mem.memory = (uint8_t *)(((uintptr_t)area + HUGE - 1) & ~(HUGE - 1));
	/* Fails where the kernel has no huge pages. */
	madvise(mem.memory, HUGE, advice);
	memset(mem.memory, 1, HUGE);

	abi_vm_boot(&mem.vm, guest_access);
	mem.stats = get_fd(mem.vm.fd);
	abi_need(!abi_set_slot(mem.vm.fd, 1, 0, GPA, HUGE, mem.memory), "slot 1");
	abi_set_reg(mem.vm.vcpu, ABI_CORE(regs.a0), ABI_RAM + ABI_RAM_SIZE - PAGE);
	abi_need(!abi_run(&mem.vm) && abi_is_sbi(&mem.vm, 1), "first run");
	mem.small = value(mem.stats, "pages_4k");
	mem.huge = value(mem.stats, "pages_2m");
}

static void memory_end(void)
{
	close(mem.stats);
	abi_vm_destroy(&mem.vm);
	munmap(mem.memory, HUGE);
}

static void test_small_pages(void)
{
	uint64_t faults, around, flushes;

	memory_start(MADV_NOHUGEPAGE);
	faults = value(mem.stats, "guest_page_faults");
	around = value(mem.stats, "fault_around_pages");
	abi_need(touch(3), "touch");
	abi_check(value(mem.stats, "guest_page_faults") == faults + 1, "one fault");
	abi_check(value(mem.stats, "fault_around_pages") == around + AROUND - 1,
		  "maps neighbours");
	abi_check(mapped(AROUND, 0), "and tells how many pages are mapped");
	abi_check(touch(5) && mapped(AROUND, 0) &&
		  value(mem.stats, "guest_page_faults") == faults + 1, "a neighbour was mapped");

	flushes = value(mem.stats, "remote_tlb_flush_requests");
	madvise(mem.memory + 4 * PAGE, PAGE, MADV_DONTNEED);
	abi_check(mapped(AROUND - 1, 0), "the host takes a page");
	abi_check(value(mem.stats, "remote_tlb_flush_requests") == flushes + 1,
		  "which needs a fence");
	abi_check(touch(4) && mapped(AROUND, 0), "the page comes back");
	abi_check(value(mem.stats, "faults_pinned") > 0, "since the host brings it in");
	abi_need(!abi_set_slot(mem.vm.fd, 1, 0, GPA, 0, mem.memory), "delete slot 1");
	abi_check(mapped(0, 0), "with the slot all pages go");
	memory_end();
}

static bool is_huge(const void *hva)
{
	unsigned long start, kib = 0;
	bool here = false;
	char line[256];
	FILE *maps = fopen("/proc/self/smaps", "r");

	abi_need(maps, "/proc/self/smaps");
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-", &start) == 1 && strchr(line, '-'))
			here = start == (uintptr_t)hva;
		if (here && sscanf(line, "AnonHugePages: %lu", &kib) == 1)
			break;
	}
	fclose(maps);
	return kib;
}

static void test_huge_page(void)
{
	uint64_t leaves, splits;

	memory_start(MADV_HUGEPAGE);
	if (!is_huge(mem.memory)) {
		abi_check(true, "huge leaves # SKIP this kernel gave no huge page");
		memory_end();
		return;
	}
	leaves = value(mem.stats, "huge_leaves");
	splits = value(mem.stats, "huge_splits");
	abi_check(touch(7) && mapped(0, 1), "one leaf maps a huge page");
	abi_check(touch(300) && mapped(0, 1) && value(mem.stats, "huge_leaves") == leaves + 1,
		  "all of it");
	abi_need(!abi_set_slot(mem.vm.fd, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, HUGE, mem.memory),
		 "log");
	abi_check(touch(9) && mapped(512, 0), "while pages are logged, they are small");
	abi_check(value(mem.stats, "huge_splits") == splits + 1, "so it was split");
	abi_need(!abi_set_slot(mem.vm.fd, 1, 0, GPA, HUGE, mem.memory), "stop to log");
	madvise(mem.memory, HUGE, MADV_DONTNEED);
	abi_check(mapped(0, 0), "the host takes all");

	memset(mem.memory, 1, HUGE);
	if (is_huge(mem.memory)) {
		abi_check(touch(0) && mapped(0, 1), "and gives a huge page again");
		madvise(mem.memory, HUGE, MADV_DONTNEED);
		abi_check(mapped(0, 0), "and takes it");
	}
	memory_end();
}

/* ---- debugfs ------------------------------------------------------------------------------- */

/* The first number behind @key in a file of the VM's directory; -1 if there is none. */
static long debugfs_number(const char *name, const char *key)
{
	char pattern[128], format[64], line[128];
	long number = -1, found;
	glob_t paths;
	FILE *stream;

	snprintf(pattern, sizeof(pattern), "/sys/kernel/debug/kvm/%d-*/%s", getpid(), name);
	snprintf(format, sizeof(format), "%s%%ld", key);
	if (glob(pattern, 0, NULL, &paths))
		return -1;
	stream = fopen(paths.gl_pathv[0], "r");
	while (stream && fgets(line, sizeof(line), stream))
		if (sscanf(line, format, &found) == 1)
			number = found;
	if (stream)
		fclose(stream);
	globfree(&paths);
	return number;
}

static void test_debugfs(void)
{
	struct abi_vm vm;
	int stats;

	abi_vm_boot(&vm, guest_sbi);
	stats = get_fd(vm.vcpu);
	abi_need(!abi_run(&vm) && !abi_run(&vm), "run");
	abi_check_ours(debugfs_number("guest_page_faults", "") > 0, "has no such file",
		       "debugfs: a sum of the vCPUs");
	abi_check(debugfs_number("remote_tlb_flush", "") >= 0, "debugfs: one of the VM");
	abi_check_ours(debugfs_number("vcpu0/stats", "exits ") == (long)value(stats, "exits"),
		       "has no such file", "debugfs: those of a vCPU");
	close(stats);
	abi_vm_destroy(&vm);
	abi_check(debugfs_number("remote_tlb_flush", "") == -1, "debugfs: gone with the VM");
}

int main(void)
{
	abi_start(60);
	test_capability();
	test_files();
	test_limit();
	test_exits();
	test_preempted();
	test_signal();
	test_halt();
	if (!abi_is_in_tree()) {
		test_small_pages();
		test_huge_page();
	}
	test_debugfs();
	return abi_finish();
}
