// SPDX-License-Identifier: GPL-2.0-only
/* KVM_IOEVENTFD: what may be registered, which stores signal, and that none is lost. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define AT		(ABI_DEVICE + 0x100)
#define DATAMATCH	KVM_IOEVENTFD_FLAG_DATAMATCH
#define PIO		KVM_IOEVENTFD_FLAG_PIO
#define DEASSIGN	KVM_IOEVENTFD_FLAG_DEASSIGN
#define CCW		KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY

static struct abi_vm vm;
static int event, other;

static int new_event(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	abi_need(fd >= 0, "eventfd");
	return fd;
}

/* Signals since the last call. */
static uint64_t signals(int fd)
{
	uint64_t count = 0;

	abi_need(read(fd, &count, sizeof(count)) == sizeof(count) || errno == EAGAIN, "eventfd");
	return count;
}

/* What a row of the tables below registers. */
struct range {
	uint32_t	flags;
	uint32_t	len;
	uint64_t	addr;
	uint64_t	data;
};

static int assign(const struct range *range, uint32_t flags, int fd)
{
	struct kvm_ioeventfd ask = {
		.datamatch = range->data, .addr = range->addr, .len = range->len, .fd = fd,
		.flags = range->flags | flags,
	};

	return ioctl(vm.fd, KVM_IOEVENTFD, &ask);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static const char takes_all_flags[] = "in-tree KVM takes flags of other architectures";

static const struct refusal {
	const char	*name;
	struct range	range;
	int		error;
	const char	*in_tree;
} refusals[] = {
	{ "length 0",		{ 0, 0, AT, 0 }, 0, NULL },
	{ "length 1",		{ 0, 1, AT, 0 }, 0, NULL },
	{ "length 2",		{ 0, 2, AT, 0 }, 0, NULL },
	{ "length 3",		{ 0, 3, AT, 0 }, EINVAL, NULL },
	{ "length 4",		{ 0, 4, AT, 0 }, 0, NULL },
	{ "length 5",		{ 0, 5, AT, 0 }, EINVAL, NULL },
	{ "length 8",		{ 0, 8, AT, 0 }, 0, NULL },
	{ "length 16",		{ 0, 16, AT, 0 }, EINVAL, NULL },
	{ "length 2^8",		{ 0, 0x100, AT, 0 }, EINVAL, NULL },
	{ "length 2^8 + 4",	{ 0, 0x104, AT, 0 }, EINVAL, NULL },
	{ "length 2^32 - 1",	{ 0, 0xffffffff, AT, 0 }, EINVAL, NULL },
	{ "a value",		{ DATAMATCH, 4, AT, 5 }, 0, NULL },
	{ "a value longer than the store", { DATAMATCH, 1, AT, 0x1234 }, 0, NULL },
	{ "a value without a length", { DATAMATCH, 0, AT, 5 }, EINVAL, NULL },
	{ "an odd address",	{ 0, 4, AT + 1, 0 }, 0, NULL },
	{ "a range that wraps",	{ 0, 4, -3UL, 0 }, EINVAL, NULL },
	{ "a range to the end",	{ 0, 4, -4UL, 0 }, EINVAL, NULL },
	{ "a range before the end", { 0, 4, -5UL, 0 }, 0, NULL },
	{ "the last address, any length", { 0, 0, -1UL, 0 }, 0, NULL },
	{ "a port",		{ PIO, 4, 0x50, 0 }, 0, NULL },
	{ "a port, any length",	{ PIO, 0, 0x50, 0 }, 0, NULL },
	{ "a port, a value",	{ PIO | DATAMATCH, 2, 0x50, 9 }, 0, NULL },
	{ "a CCW notification",	{ CCW, 4, AT, 0 }, EINVAL, takes_all_flags },
	{ "flag 4",		{ 1 << 4, 4, AT, 0 }, EINVAL, takes_all_flags },
	{ "flag 5",		{ 1 << 5, 4, AT, 0 }, EINVAL, NULL },
	{ "flag 31",		{ 1U << 31, 4, AT, 0 }, EINVAL, NULL },
};

static void test_refusals(void)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *row = &refusals[i];
		int ret = assign(&row->range, 0, event);
		int got = ret ? errno : 0;

		abi_check_ours(got == row->error, row->in_tree, "%s: %s", row->name,
			       row->error ? "refused" : "accepted");
		if (!ret)
			abi_need(!assign(&row->range, DEASSIGN, event), row->name);
	}
}

static void test_bad_fds(void)
{
	static const struct range range = { 0, 4, AT, 0 };
	static const char any_flags[] = "in-tree KVM looks at no flags when it deassigns";

	abi_check_errno(assign(&range, 0, -1), EBADF, "no file");
	abi_check_errno(assign(&range, 0, 9999), EBADF, "no such file");
	abi_check_errno(assign(&range, 0, vm.sys), EINVAL, "no eventfd");
	abi_check_errno(assign(&range, DEASSIGN, -1), EBADF, "deassign: no file");
	abi_check_errno(assign(&range, DEASSIGN, vm.sys), EINVAL, "deassign: no eventfd");
	abi_check_ours(assign(&range, DEASSIGN | 1 << 5, event) && errno == EINVAL, any_flags,
		       "deassign with a flag that nobody knows");
}

/* ---- what excludes what ---------------------------------------------------------------------- */

static const struct pair {
	const char	*name;
	struct range	first, second;
	bool		collide;
} pairs[] = {
	{ "the same",			{ 0, 4, AT, 0 },	{ 0, 4, AT, 0 },	true },
	{ "another length",		{ 0, 4, AT, 0 },	{ 0, 2, AT, 0 },	false },
	{ "any length after one",	{ 0, 4, AT, 0 },	{ 0, 0, AT, 0 },	true },
	{ "one length after any",	{ 0, 0, AT, 0 },	{ 0, 8, AT, 0 },	true },
	{ "a value after any length",	{ 0, 0, AT, 0 },	{ DATAMATCH, 8, AT, 1 }, true },
	{ "any length after a value",	{ DATAMATCH, 8, AT, 1 }, { 0, 0, AT, 0 },	true },
	{ "any length twice",		{ 0, 0, AT, 0 },	{ 0, 0, AT, 0 },	true },
	{ "a value after any",		{ 0, 4, AT, 0 },	{ DATAMATCH, 4, AT, 1 }, true },
	{ "any value after one",	{ DATAMATCH, 4, AT, 1 }, { 0, 4, AT, 0 },	true },
	{ "another value",		{ DATAMATCH, 4, AT, 1 }, { DATAMATCH, 4, AT, 2 }, false },
	{ "the same value",		{ DATAMATCH, 4, AT, 1 }, { DATAMATCH, 4, AT, 1 }, true },
	{ "the same value, other length", { DATAMATCH, 4, AT, 1 }, { DATAMATCH, 8, AT, 1 }, false },
	{ "an address inside",		{ 0, 8, AT, 0 },	{ 0, 4, AT + 4, 0 },	false },
	{ "ports are elsewhere",	{ 0, 4, AT, 0 },	{ PIO, 4, AT, 0 },	false },
	{ "the same port",		{ PIO, 4, AT, 0 },	{ PIO, 4, AT, 0 },	true },
	{ "a port, any length",		{ PIO, 0, AT, 0 },	{ PIO, 2, AT, 0 },	true },
};

static void test_collisions(void)
{
	size_t i;
	int ret;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct pair *row = &pairs[i];

		abi_need(!assign(&row->first, 0, event), row->name);
		ret = assign(&row->second, 0, other);
		abi_check(row->collide ? ret && errno == EEXIST : !ret, "%s: %s", row->name,
			  row->collide ? "excluded" : "no collision");
		if (!ret)
			abi_need(!assign(&row->second, DEASSIGN, other), row->name);
		abi_need(!assign(&row->first, DEASSIGN, event), row->name);
	}
}

static void test_deassign(void)
{
	static const struct range one = { DATAMATCH, 4, AT, 7 };
	static const struct {
		const char	*name;
		struct range	range;
	} wrong[] = {
		{ "another address",	{ DATAMATCH, 4, AT + 4, 7 } },
		{ "another length",	{ DATAMATCH, 2, AT, 7 } },
		{ "any length",		{ 0, 0, AT, 7 } },
		{ "a length that is none", { DATAMATCH, 0x104, AT, 7 } },
		{ "another value",	{ DATAMATCH, 4, AT, 8 } },
		{ "any value",		{ 0, 4, AT, 7 } },
		{ "a port",		{ DATAMATCH | PIO, 4, AT, 7 } },
	};
	size_t i;
	int copy;

	abi_check_errno(assign(&one, DEASSIGN, event), ENOENT, "deassign: nothing there");
	abi_need(!assign(&one, 0, event), "assign");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		abi_check_errno(assign(&wrong[i].range, DEASSIGN, event), ENOENT, "deassign: %s",
				wrong[i].name);
	abi_check_errno(assign(&one, DEASSIGN, other), ENOENT, "deassign: another eventfd");
	copy = dup(event);
	abi_check(!assign(&one, DEASSIGN, copy), "deassign by a copy of the fd");
	abi_check_errno(assign(&one, DEASSIGN, event), ENOENT, "deassign again");
	close(copy);
}

/* ---- which stores signal --------------------------------------------------------------------- */

#define VALUE	0x1122334455667788UL

static const struct match {
	const char	*name;
	struct range	range;
	bool		signals[STORES];	/* of VALUE, in the order of enum store */
} matches[] = {
	{ "any length",		{ 0, 0, AT, 0 },	{ true, true, true, true, true, true } },
	{ "length 1",		{ 0, 1, AT, 0 },	{ [SB] = true } },
	{ "length 2",		{ 0, 2, AT, 0 },	{ [SH] = true } },
	{ "length 4",		{ 0, 4, AT, 0 },	{ [SW] = true, [CSW] = true } },
	{ "length 8",		{ 0, 8, AT, 0 },	{ [SD] = true, [CSD] = true } },
	{ "a byte",		{ DATAMATCH, 1, AT, 0x88 }, { [SB] = true } },
	{ "a half-word",	{ DATAMATCH, 2, AT, 0x7788 }, { [SH] = true } },
	{ "a word",		{ DATAMATCH, 4, AT, 0x55667788 }, { [SW] = true, [CSW] = true } },
	{ "a double word",	{ DATAMATCH, 8, AT, VALUE }, { [SD] = true, [CSD] = true } },
	{ "a byte that is longer", { DATAMATCH, 1, AT, 0x188 }, { } },
	{ "a word that is longer", { DATAMATCH, 4, AT, VALUE }, { } },
	{ "another word",	{ DATAMATCH, 4, AT, 0x55667789 }, { } },
	{ "a double word cut off", { DATAMATCH, 8, AT, 0x55667788 }, { } },
	{ "the address before",	{ 0, 0, AT - 8, 0 },	{ } },
	{ "the address after",	{ 0, 0, AT + 1, 0 },	{ } },
	{ "an address inside",	{ 0, 4, AT + 4, 0 },	{ } },
	{ "a port",		{ PIO, 0, AT, 0 },	{ } },
};

static bool matches_row(const struct match *row)
{
	bool as_wanted = true;
	enum store store;

	for (store = SB; store < STORES; store++) {
		bool exits = store_exits(&vm, store, AT, VALUE);
		uint64_t count = signals(event);

		if (exits == row->signals[store] || count != row->signals[store]) {
			printf("#   %s: %s, %d signals\n", store_names[store],
			       exits ? "exit" : "no exit", (int)count);
			as_wanted = false;
		}
	}
	return as_wanted;
}

static void test_matching(void)
{
	size_t i;

	for (i = 0; i < sizeof(matches) / sizeof(matches[0]); i++) {
		const struct match *row = &matches[i];

		abi_need(!assign(&row->range, 0, event), row->name);
		abi_check(matches_row(row), "%s: the right stores signal", row->name);
		abi_need(!assign(&row->range, DEASSIGN, event), row->name);
		abi_check(store_exits(&vm, SW, AT, VALUE) && !signals(event),
			  "%s: none when deassigned", row->name);
	}
}

static void test_neighbours(void)
{
	static const struct range five = { DATAMATCH, 4, AT, 5 }, six = { DATAMATCH, 4, AT, 6 };
	static const struct range half = { 0, 2, AT, 0 };

	abi_need(!assign(&five, 0, event) && !assign(&six, 0, other), "assign");
	abi_need(!assign(&half, 0, other), "assign");
	abi_check(!store_exits(&vm, SW, AT, 5) && signals(event) == 1 && !signals(other),
		  "one value goes to its eventfd");
	abi_check(!store_exits(&vm, SW, AT, 6) && !signals(event) && signals(other) == 1,
		  "another to its own");
	abi_check(store_exits(&vm, SW, AT, 7) && !signals(event) && !signals(other),
		  "a third comes out");
	abi_check(!store_exits(&vm, SH, AT, 5) && !signals(event) && signals(other) == 1,
		  "another length goes to its own");
	abi_need(!assign(&five, DEASSIGN, event) && !assign(&six, DEASSIGN, other), "deassign");
	abi_need(!assign(&half, DEASSIGN, other), "deassign");
}

static void test_loads(void)
{
	static const struct range any = { 0, 0, AT, 0 };

	abi_vm_boot(&vm, guest_access);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), AT);
	abi_need(!assign(&any, 0, event), "assign");
	abi_check(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_MMIO &&
		  !vm.run->mmio.is_write && vm.run->mmio.phys_addr == AT && vm.run->mmio.len == 8,
		  "a load is an exit");
	abi_check(signals(event) == 1, "the store before it was a signal");
	abi_vm_destroy(&vm);
}

static void test_memory(void)
{
	static const struct range any = { 0, 0, 0x20000000, 0 };
	uint64_t *memory = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);

	abi_need(memory != MAP_FAILED, "mmap");
	abi_need(!assign(&any, 0, event), "assign");
	abi_need(!abi_set_slot(vm.fd, 1, 0, any.addr, 0x1000, memory), "slot");
	abi_check(!store_exits(&vm, SD, any.addr, VALUE) && *memory == VALUE && !signals(event),
		  "a store to memory is no signal");
	abi_need(!abi_set_slot(vm.fd, 1, 0, any.addr, 0, memory), "no slot");
	abi_need(!abi_set_slot(vm.fd, 1, KVM_MEM_READONLY, any.addr, 0x1000, memory), "slot");
	abi_check(!store_exits(&vm, SD, any.addr, 1) && *memory == VALUE && signals(event) == 1,
		  "a store to read-only memory is one");
	abi_need(!abi_set_slot(vm.fd, 1, 0, any.addr, 0, memory), "no slot");
	abi_check(!store_exits(&vm, SD, any.addr, 1) && signals(event) == 1,
		  "and so it is without the memory");
	abi_need(!assign(&any, DEASSIGN, event), "deassign");
	munmap(memory, 0x1000);
}

/* A store by the same instruction to the same address as the one before may be known already. */
static void test_again(void)
{
	static const struct range five = { DATAMATCH, 4, AT, 5 };
	static const struct range any = { 0, 0, 0x20000000, 0 };
	uint64_t *memory = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);

	abi_need(memory != MAP_FAILED, "mmap");
	abi_need(!assign(&five, 0, event), "assign");
	abi_check(!store_exits(&vm, SW, AT, 5) && !store_exits(&vm, SW, AT, 5) &&
		  !store_exits(&vm, SW, AT, 5) && signals(event) == 3, "a store again and again");
	abi_check(store_exits(&vm, SW, AT, 6) && !store_exits(&vm, SW, AT, 5) &&
		  signals(event) == 1, "another value is looked at");
	abi_check(!store_exits(&vm, SW, AT, ~0UL << 32 | 5) && signals(event) == 1,
		  "what is not stored is not");
	abi_need(!assign(&five, DEASSIGN, event), "deassign");
	abi_check(store_exits(&vm, SW, AT, 5) && !signals(event), "known, but no longer assigned");
	abi_need(!assign(&five, 0, other), "assign");
	abi_check(!store_exits(&vm, SW, AT, 5) && !store_exits(&vm, SW, AT, 5) &&
		  !signals(event) && signals(other) == 2, "to the eventfd it is for now");
	abi_need(!assign(&five, DEASSIGN, other), "deassign");

	abi_need(!assign(&any, 0, event), "assign");
	abi_check(!store_exits(&vm, SD, any.addr, 1) && !store_exits(&vm, SD, any.addr, 2) &&
		  signals(event) == 2, "a store without memory, twice");
	abi_need(!abi_set_slot(vm.fd, 1, 0, any.addr, 0x1000, memory), "slot");
	abi_check(!store_exits(&vm, SD, any.addr, VALUE) && *memory == VALUE && !signals(event),
		  "there is memory now");
	abi_need(!abi_set_slot(vm.fd, 1, 0, any.addr, 0, memory), "no slot");
	abi_check(!store_exits(&vm, SD, any.addr, 1) && signals(event) == 1, "it is gone again");
	abi_need(!assign(&any, DEASSIGN, event), "deassign");
	munmap(memory, 0x1000);
}

/* ---- many ------------------------------------------------------------------------------------ */

#define MANY	2000

/* Addresses that come in no order, and values at one address. */
static struct range range_of(unsigned int i)
{
	if (i % 2)
		return (struct range) { DATAMATCH, 4, AT, i };
	return (struct range) { 0, 4, AT + 0x1000 + (i * 769 % MANY) * 4, 0 };
}

static bool probe(unsigned int i)
{
	struct range range = range_of(i);

	return !store_exits(&vm, SW, range.addr, range.data) && signals(event) == 1;
}

static void test_many(void)
{
	unsigned int i, bad = 0;
	struct range range;

	for (i = 0; i < MANY; i++) {
		range = range_of(i);
		abi_need(!assign(&range, 0, event), "one of many");
	}
	for (i = 0; i < MANY; i += 7)
		bad += !probe(i);
	abi_check(!bad, "%d registrations: all signal", MANY);
	for (i = 0; i < MANY; i += 2) {
		range = range_of(i);
		abi_need(!assign(&range, DEASSIGN, event), "one of many");
	}
	for (i = 0; i < MANY; i += 7)
		bad += probe(i) != i % 2;
	abi_check(!bad, "half of them deassigned: the others signal");
	for (i = 1; i < MANY; i += 2) {
		range = range_of(i);
		abi_need(!assign(&range, DEASSIGN, event), "one of many");
	}
	abi_check(store_exits(&vm, SW, AT, 1) && !signals(event), "all deassigned");
}

#define MOST	65536

static void test_limit(void)
{
	struct range range = { 0, 0, AT, 0 };
	unsigned int i;

	if (abi_is_in_tree()) {
		abi_check(true, "a limit # SKIP in-tree KVM has none");
		return;
	}
	abi_vm_create(&vm);
	for (i = 0; i <= MOST && !assign(&range, 0, event); i++)
		range.addr++;
	abi_check(i == MOST && errno == ENOSPC, "no more than %d", MOST);
	range.addr--;
	abi_check(!assign(&range, DEASSIGN, event) && !assign(&range, 0, event),
		  "one gone makes room for one");
	/* The rest goes with the VM. */
	abi_vm_destroy(&vm);
}

/* ---- changes while stores are made ----------------------------------------------------------- */

#define RACE_STORES	20000

static const struct range racing = { 0, 8, AT, 0 };
static volatile bool race_over;

static void *race_guest(void *exits)
{
	bool done = store_burst(&vm, AT, 0, RACE_STORES);

	while (!done) {
		(*(uint64_t *)exits)++;
		done = store_burst_on(&vm);
	}
	race_over = true;
	return NULL;
}

static void test_race(void)
{
	uint64_t exits = 0, taken = 0, late = 0, changes = 0;
	pthread_t thread;

	race_over = false;
	abi_need(!pthread_create(&thread, NULL, race_guest, &exits), "pthread_create");
	while (!race_over) {
		abi_need(!assign(&racing, 0, event), "assign");
		usleep(changes++ % 4 * 200);
		abi_need(!assign(&racing, DEASSIGN, event), "deassign");
		taken += signals(event);
		usleep(200);
		late += signals(event);
	}
	pthread_join(thread, NULL);
	abi_check(changes > 1 && taken && exits, "stores while an ioeventfd comes and goes");
	abi_check(taken + exits == RACE_STORES, "each signals or exits: %lu + %lu",
		  (unsigned long)taken, (unsigned long)exits);
	abi_check(!late, "none signals after deassigning: %lu", (unsigned long)late);
}

int main(void)
{
	abi_start(100);
	event = new_event();
	other = new_event();
	store_boot(&vm);
	test_refusals();
	test_bad_fds();
	test_collisions();
	test_deassign();
	test_matching();
	test_neighbours();
	test_memory();
	test_again();
	test_many();
	test_race();
	abi_vm_destroy(&vm);
	test_loads();
	test_limit();
	return abi_finish();
}
