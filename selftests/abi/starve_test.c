// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who changes host memory may have a low priority, and has to get to the end of it although a vCPU
 * on the same hart waits for just that.
 */
#define _GNU_SOURCE
#include "abi.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAGE	0x1000UL
#define GPA	0x40000000UL
#define SIZE	(32UL << 20)
#define CHANGES	5U

/* A vCPU that waits looks again at each tick; one that does not, thousands of times. */
#define FAULTS_PER_CHANGE	500UL

static struct abi_vm vm;
static uint8_t *memory;
static volatile bool stop;

static void leave(int signal)
{
	(void)signal;
	vm.run->immediate_exit = 1;
}

static void *run_until_stop(void *unused)
{
	(void)unused;
	while (!stop) {
		abi_need(!abi_run(&vm) || errno == EINTR, "KVM_RUN");
		vm.run->immediate_exit = 0;
	}
	return NULL;
}

static uint64_t statistic(int stats, const char *name)
{
	static uint8_t file[65536];
	const struct kvm_stats_header *header = (const void *)file;
	size_t step;
	unsigned int i;

	abi_need(pread(stats, file, sizeof(file), 0) > 0, "statistics");
	step = sizeof(struct kvm_stats_desc) + header->name_size;
	for (i = 0; i < header->num_desc; i++) {
		const struct kvm_stats_desc *desc;
		uint64_t value;

		desc = (const void *)(file + header->desc_offset + i * step);
		if (strcmp(desc->name, name))
			continue;
		memcpy(&value, file + header->data_offset + desc->offset, sizeof(value));
		return value;
	}
	abi_need(false, name);
	return 0;
}

/* Faults after which nothing was mapped. */
static uint64_t vain_faults(int stats)
{
	return statistic(stats, "guest_page_faults") - statistic(stats, "faults_fast") -
	       statistic(stats, "faults_spurious") - statistic(stats, "faults_pinned");
}

static void bind_to_one_hart(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	abi_need(!sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
}

static void test_low_priority(void)
{
	uint64_t before, vain;
	pthread_t thread;
	unsigned int i;
	int stats;

	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(memory != MAP_FAILED && !madvise(memory, SIZE, MADV_NOHUGEPAGE), "memory");
	abi_vm_boot(&vm, guest_sweep);
	abi_need(!abi_set_slot(vm.fd, 1, 0, GPA, SIZE, memory), "slot 1");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), GPA);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), SIZE / PAGE);
	stats = ioctl(vm.vcpu, KVM_GET_STATS_FD, 0UL);
	abi_need(stats >= 0, "KVM_GET_STATS_FD");
	before = vain_faults(stats);
	abi_need(!pthread_create(&thread, NULL, run_until_stop, NULL), "pthread_create");
	abi_need(!setpriority(PRIO_PROCESS, 0, 19), "setpriority");
	for (i = 0; i < CHANGES; i++) {
		/* The guest fills it again. */
		usleep(200000);
		abi_need(!madvise(memory, SIZE, MADV_DONTNEED), "madvise");
	}
	stop = true;
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	/* It is read bit by bit, so that nothing may come in between. */
	vain = vain_faults(stats) - before;
	close(stats);
	abi_vm_destroy(&vm);
	munmap(memory, SIZE);
	abi_check(vain <= CHANGES * FAULTS_PER_CHANGE,
		  "a vCPU waits for a change of memory by somebody of low priority (%lu faults)",
		  vain);
}

int main(void)
{
	struct sigaction action = { .sa_handler = leave };

	abi_start(120);
	sigaction(SIGUSR1, &action, NULL);
	bind_to_one_hart();
	if (abi_is_in_tree())
		abi_skip("in-tree KVM does not count them", "faults in vain");
	else
		test_low_priority();
	return abi_finish();
}
