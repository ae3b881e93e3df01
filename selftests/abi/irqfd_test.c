// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_IRQFD on VMs that have no interrupt controller in the kernel: what is refused, who may have
 * an eventfd, that events are not lost, and ends of all kinds at the wrong moment.
 */
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define DEASSIGN	KVM_IRQFD_FLAG_DEASSIGN
#define RESAMPLE	KVM_IRQFD_FLAG_RESAMPLE

static int sys, vm, other_vm;

static int new_event(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	abi_need(fd >= 0, "eventfd");
	return fd;
}

static int new_vm(void)
{
	int fd = ioctl(sys, KVM_CREATE_VM, 0UL);

	abi_need(fd >= 0, "KVM_CREATE_VM");
	return fd;
}

static void signal_event(int fd, uint64_t count)
{
	abi_need(write(fd, &count, sizeof(count)) == sizeof(count), "write to an eventfd");
}

/* Signals since the last call. */
static uint64_t signals(int fd)
{
	uint64_t count = 0;

	abi_need(read(fd, &count, sizeof(count)) == sizeof(count) || errno == EAGAIN, "eventfd");
	return count;
}

static int irqfd(int vm_fd, int fd, uint32_t gsi, uint32_t flags)
{
	struct kvm_irqfd ask = { .fd = fd, .gsi = gsi, .flags = flags, .resamplefd = fd };

	return ioctl(vm_fd, KVM_IRQFD, &ask);
}

static int assign(int vm_fd, int fd, uint32_t gsi)
{
	return irqfd(vm_fd, fd, gsi, 0);
}

static int deassign(int vm_fd, int fd, uint32_t gsi)
{
	return irqfd(vm_fd, fd, gsi, DEASSIGN);
}

/* ---- refusals ------------------------------------------------------------------------------- */

static void test_gsis(void)
{
	static const uint32_t gsis[] = { 0, 1, 1023, 1024, 4095, 4096, 1U << 31, -1U };
	int event = new_event();
	size_t i;

	for (i = 0; i < sizeof(gsis) / sizeof(gsis[0]); i++)
		abi_check(!assign(vm, event, gsis[i]) && !deassign(vm, event, gsis[i]),
			  "GSI %u is taken, without a route", gsis[i]);
	close(event);
}

static void test_flags(void)
{
	int event = new_event();
	unsigned int bit, bad = 0;

	for (bit = 2; bit < 32; bit++) {
		bad += !irqfd(vm, event, 1, 1U << bit) || errno != EINVAL;
		bad += !irqfd(vm, event, 1, DEASSIGN | 1U << bit) || errno != EINVAL;
	}
	abi_check(!bad, "flags that nobody knows (%u wrong)", bad);
	abi_check_errno(irqfd(vm, event, 1, RESAMPLE), EINVAL,
			"resampling without a controller in the kernel");
	abi_check(!assign(vm, event, 1), "nothing has come of it");
	abi_check(!irqfd(vm, event, 1, DEASSIGN | RESAMPLE), "deassign as if it resampled");
	abi_check(!assign(vm, event, 1) && !deassign(vm, event, 1), "that counts");
	close(event);
}

static void test_bad_fds(void)
{
	int event = new_event(), pipes[2];

	abi_need(!pipe(pipes), "pipe");
	abi_check_errno(assign(vm, -1, 1), EBADF, "no file");
	abi_check_errno(assign(vm, 9999, 1), EBADF, "no such file");
	abi_check_errno(assign(vm, sys, 1), EINVAL, "/dev/kvm is no eventfd");
	abi_check_errno(assign(vm, vm, 1), EINVAL, "nor is a VM");
	abi_check_errno(assign(vm, pipes[0], 1), EINVAL, "nor is a pipe");
	abi_check_errno(deassign(vm, -1, 1), EBADF, "deassign: no file");
	abi_check_errno(deassign(vm, vm, 1), EINVAL, "deassign: no eventfd");
	close(event);
	abi_check_errno(assign(vm, event, 1), EBADF, "a closed file");
	abi_check_errno(deassign(vm, event, 1), EBADF, "deassign: a closed file");
	close(pipes[0]);
	close(pipes[1]);
}

/* ---- whose an eventfd is -------------------------------------------------------------------- */

static void test_exclusive(void)
{
	static const char since[] = "in-tree KVM looks beyond the VM since Linux 6.17";
	int event = new_event(), copy = dup(event);

	abi_need(copy >= 0, "dup");
	abi_check(!deassign(vm, event, 7), "deassign what was never assigned");
	abi_need(!assign(vm, event, 7), "assign");
	abi_check_errno(assign(vm, event, 7), EBUSY, "the same once more");
	abi_check_errno(assign(vm, event, 8), EBUSY, "another GSI");
	abi_check_errno(assign(vm, copy, 8), EBUSY, "another fd of the same eventfd");
	abi_check_ours(assign(other_vm, event, 7) == -1 && errno == EBUSY, since, "another VM");
	deassign(other_vm, event, 7);
	abi_check(!deassign(vm, event, 8), "deassign another GSI");
	abi_check_errno(assign(vm, event, 8), EBUSY, "that ends nothing");
	abi_check(!deassign(other_vm, event, 7), "deassign in another VM");
	abi_check_errno(assign(vm, event, 8), EBUSY, "nor does that");
	abi_check(!deassign(vm, copy, 7), "deassign by another fd");
	abi_check(!assign(other_vm, event, 7), "then it is free for another VM");
	abi_check(!deassign(other_vm, event, 7) && !deassign(other_vm, event, 7),
		  "deassign twice");
	close(copy);
	close(event);
}

/* ---- events that nothing takes -------------------------------------------------------------- */

static void test_events_stay(void)
{
	static const char drops[] = "in-tree KVM drops what it cannot deliver";
	int event = new_event();

	signal_event(event, 2);
	abi_need(!assign(vm, event, 1), "assign");
	abi_check_ours(signals(event) == 2, drops, "what was signalled before stays");
	signal_event(event, 3);
	signal_event(event, 4);
	abi_check_ours(signals(event) == 7, drops, "what is signalled stays");
	signal_event(event, 5);
	abi_need(!deassign(vm, event, 1), "deassign");
	abi_check_ours(signals(event) == 5, drops, "and is there after deassigning");
	signal_event(event, 6);
	abi_check(signals(event) == 6, "then it is an eventfd like any other");
	close(event);
}

/* ---- ends ----------------------------------------------------------------------------------- */

#define ROUNDS	500

static void test_close_event(void)
{
	unsigned int i, bad = 0;

	for (i = 0; i < ROUNDS; i++) {
		int event = new_event();

		bad += !!assign(vm, event, i);
		if (i % 3 == 0)
			signal_event(event, 1);
		close(event);
	}
	abi_check(!bad, "%d eventfds are closed while assigned", ROUNDS);
}

static void test_close_vm(void)
{
	int event = new_event();
	unsigned int i, bad = 0;

	for (i = 0; i < ROUNDS / 10; i++) {
		int mortal = new_vm(), orphan = new_event();

		bad += !!assign(mortal, event, 1);
		bad += !!assign(mortal, orphan, 2);
		signal_event(orphan, 1);
		/* By turns: the eventfd goes first, or the VM. */
		if (i % 2)
			close(orphan);
		close(mortal);
		if (!(i % 2)) {
			signal_event(orphan, 1);
			close(orphan);
		}
		signal_event(event, 1);
	}
	abi_check(!bad, "VMs are closed with eventfds assigned: they are free then");
	abi_check(signals(event) > 0 && !assign(vm, event, 1) && !deassign(vm, event, 1),
		  "and go on as eventfds");
	close(event);
}

/* ---- many ----------------------------------------------------------------------------------- */

#define MOST	16384

static void test_limit(void)
{
	static int events[MOST + 1];
	const struct rlimit files = { MOST + 200, MOST + 200 };
	int crowded, i;

	if (setrlimit(RLIMIT_NOFILE, &files)) {
		abi_skip("too few files may be open", "many irqfds");
		return;
	}
	for (i = 0; i <= MOST; i++)
		events[i] = new_event();
	crowded = new_vm();
	for (i = 0; i <= MOST && !assign(crowded, events[i], i % 4096); i++)
		;
	abi_check_ours(i == MOST && errno == ENOSPC, "in-tree KVM has no limit",
		       "no more than %d", MOST);
	abi_check(!deassign(crowded, events[5], 5) && !assign(crowded, events[MOST], 5),
		  "one gone makes room for one");
	abi_check_errno(assign(vm, events[4096], 1), EBUSY, "each of them is taken");
	close(crowded);
	abi_check(!assign(vm, events[4096], 1), "until their VM is gone");
	for (i = 0; i <= MOST; i++)
		close(events[i]);
}

/* ---- races ---------------------------------------------------------------------------------- */

#define WRITERS		3
#define STORM_EVENTS	4
#define STORM_SIGNALS	10000

static int storm_events[STORM_EVENTS];
static atomic_int writers_left;

static void *storm_writer(void *unused)
{
	unsigned int i;

	for (i = 0; i < STORM_SIGNALS; i++)
		signal_event(storm_events[i % STORM_EVENTS], 1);
	writers_left--;
	return NULL;
}

static void test_storm(void)
{
	pthread_t threads[WRITERS];
	unsigned int i, bad = 0, changes = 0;
	uint64_t left = 0;

	for (i = 0; i < STORM_EVENTS; i++)
		storm_events[i] = new_event();
	writers_left = WRITERS;
	for (i = 0; i < WRITERS; i++)
		abi_need(!pthread_create(&threads[i], NULL, storm_writer, NULL), "thread");
	while (writers_left) {
		int event = storm_events[changes++ % STORM_EVENTS];

		bad += !!assign(vm, event, 1) + !!deassign(vm, event, 1);
	}
	for (i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < STORM_EVENTS; i++) {
		left += signals(storm_events[i]);
		close(storm_events[i]);
	}
	abi_check(!bad && changes > 10, "assigned and deassigned while signals storm");
	abi_check_ours(left == WRITERS * STORM_SIGNALS, "in-tree KVM drops what it cannot deliver",
		       "no event is lost: %lu", (unsigned long)left);
}

#define JUGGLES	2000

static int juggled;
static atomic_int holders;
static atomic_uint collisions, taken;

/* Whoever can assign the eventfd has it alone. */
static void *juggler(void *vm_fd)
{
	unsigned int i;

	for (i = 0; i < JUGGLES; i++) {
		if (assign(*(int *)vm_fd, juggled, i)) {
			collisions += errno != EBUSY;
			continue;
		}
		taken++;
		collisions += atomic_fetch_add(&holders, 1) != 0;
		holders--;
		collisions += !!deassign(*(int *)vm_fd, juggled, i);
	}
	return NULL;
}

static void test_juggling(void)
{
	int *vms[] = { &vm, &vm, &other_vm, &other_vm };
	pthread_t threads[4];
	unsigned int i;

	juggled = new_event();
	for (i = 0; i < 4; i++)
		abi_need(!pthread_create(&threads[i], NULL, juggler, vms[i]), "thread");
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	abi_check_ours(!collisions && taken, "in-tree KVM looks beyond the VM since Linux 6.17",
		       "four threads of two VMs have an eventfd by turns (%u wrong)",
		       (unsigned int)collisions);
	close(juggled);
}

static atomic_int closing;	/* an eventfd for the other thread to close; -1: the end */

static void *closer(void *unused)
{
	int fd;

	while ((fd = atomic_load(&closing)) >= 0) {
		if (!fd)
			continue;
		close(fd);
		closing = 0;
	}
	return NULL;
}

/* The eventfd is closed while its irqfd is deassigned, or its VM is. */
static void test_closing_race(void)
{
	pthread_t thread;
	unsigned int i, bad = 0;

	closing = 0;
	abi_need(!pthread_create(&thread, NULL, closer, NULL), "thread");
	for (i = 0; i < ROUNDS; i++) {
		int mortal = i % 2 ? new_vm() : vm;
		int event = new_event();

		bad += !!assign(mortal, event, 3);
		closing = event;
		if (i % 2)
			close(mortal);
		else
			bad += deassign(mortal, event, 3) && errno != EBADF;
		while (closing)
			;
	}
	closing = -1;
	pthread_join(thread, NULL);
	abi_check(!bad, "eventfds are closed while they are deassigned, or their VM closed");
}

int main(void)
{
	abi_start(200);
	sys = abi_open();
	vm = new_vm();
	other_vm = new_vm();
	abi_check(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) == 1, "the capability");
	test_gsis();
	test_flags();
	test_bad_fds();
	test_exclusive();
	test_events_stay();
	test_close_event();
	test_close_vm();
	test_storm();
	test_juggling();
	test_closing_race();
	test_limit();
	close(vm);
	close(other_vm);
	close(sys);
	return abi_finish();
}
