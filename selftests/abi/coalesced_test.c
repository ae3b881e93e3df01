// SPDX-License-Identifier: GPL-2.0-only
/* Coalesced MMIO: zones, and the ring that userspace can write to as it likes. */
#include "store.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	0x1000UL
#define AT	(ABI_DEVICE + 0x1000)
#define ENTRIES	((PAGE - sizeof(struct kvm_coalesced_mmio_ring)) / \
		 sizeof(struct kvm_coalesced_mmio))
#define VALUE	0x1122334455667788UL

static struct abi_vm vm;
static volatile struct kvm_coalesced_mmio_ring *ring;

static int zone(unsigned long cmd, uint64_t addr, uint32_t size, uint32_t pio)
{
	struct kvm_coalesced_mmio_zone ask = { .addr = addr, .size = size, .pio = pio };

	return ioctl(vm.fd, cmd, &ask);
}

static int add(uint64_t addr, uint32_t size)
{
	return zone(KVM_REGISTER_COALESCED_MMIO, addr, size, 0);
}

static int drop(uint64_t addr, uint32_t size)
{
	return zone(KVM_UNREGISTER_COALESCED_MMIO, addr, size, 0);
}

static void reset(uint32_t at)
{
	ring->first = at;
	ring->last = at;
}

static void boot(void)
{
	store_boot(&vm);
	ring = (void *)((uint8_t *)vm.run + PAGE);
}

/* ---- the page -------------------------------------------------------------------------------- */

static void test_page(void)
{
	volatile struct kvm_coalesced_mmio_ring *second;
	void *mapping;
	int vcpu;

	abi_check(ioctl(vm.sys, KVM_CHECK_EXTENSION, KVM_CAP_COALESCED_MMIO) == 1,
		  "the ring is at page 1");
	abi_check(vm.run_size >= 2 * PAGE, "which is part of the mapping");
	abi_check(!ring->first && !ring->last && !ring->coalesced_mmio[ENTRIES - 1].phys_addr,
		  "it is empty at first");

	vcpu = ioctl(vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(vcpu >= 0, "KVM_CREATE_VCPU");
	mapping = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	abi_need(mapping != MAP_FAILED, "mmap");
	second = (void *)((uint8_t *)mapping + PAGE);
	reset(7);
	abi_check(second->first == 7 && second->last == 7, "all vCPUs have the same");
	munmap(mapping, 2 * PAGE);
	close(vcpu);
	reset(0);
}

/* A page that is mapped outlives the VM's fds. */
static void test_lifetime(void)
{
	boot();
	close(vm.vcpu);
	close(vm.fd);
	reset(5);
	abi_check(ring->first == 5 && ring->last == 5, "the ring lives as long as its mapping");
	munmap(vm.run, vm.run_size);
	munmap(vm.ram, ABI_RAM_SIZE);
	close(vm.sys);
}

/* ---- zones ----------------------------------------------------------------------------------- */

static void test_requests(void)
{
	abi_check_errno(zone(KVM_REGISTER_COALESCED_MMIO, AT, 8, 2), EINVAL, "pio 2");
	abi_check_errno(zone(KVM_REGISTER_COALESCED_MMIO, AT, 8, 1U << 31), EINVAL, "pio 2^31");
	abi_check_errno(zone(KVM_UNREGISTER_COALESCED_MMIO, AT, 8, 2), EINVAL, "remove: pio 2");
	abi_check(!zone(KVM_REGISTER_COALESCED_MMIO, AT, 8, 1), "a zone of ports");
	abi_check(store_exits(&vm, SD, AT, VALUE), "queues no store to memory");
	abi_check(!zone(KVM_UNREGISTER_COALESCED_MMIO, AT, 8, 1), "and can be removed");
	abi_check(!drop(AT, 8), "remove what is not there");
}

static void test_empty(void)
{
	boot();
	abi_check(!add(AT, 0) && !add(-8UL, 0x100), "zones that are empty or wrap");
	abi_check(store_exits(&vm, SD, AT, VALUE), "hold nothing");
	abi_vm_destroy(&vm);
}

static bool entry_is(unsigned int i, uint64_t addr, unsigned int len, uint64_t value)
{
	struct kvm_coalesced_mmio entry;

	memcpy(&entry, (const void *)&ring->coalesced_mmio[i], sizeof(entry));
	return entry.phys_addr == addr && entry.len == len && !entry.pio &&
	       !memcmp(entry.data, &value, len);
}

/* One store at each end of a zone and beside it. */
static void test_edges(void)
{
	enum store store;

	abi_need(!add(AT, 0x20), "zone");
	for (store = SB; store < STORES; store++) {
		unsigned int len = store_lens[store];
		const char *name = store_names[store];

		reset(0);
		abi_check(!store_exits(&vm, store, AT, VALUE) && ring->last == 1 &&
			  entry_is(0, AT, len, VALUE), "%s to the start", name);
		abi_check(!store_exits(&vm, store, AT + 0x20 - len, ~VALUE) && ring->last == 2 &&
			  entry_is(1, AT + 0x20 - len, len, ~VALUE), "%s to the end", name);
		abi_check(store_exits(&vm, store, AT + 0x20, VALUE) &&
			  store_exits(&vm, store, AT - len, VALUE) && ring->last == 2,
			  "%s beside it is an exit", name);
	}
	abi_need(!drop(AT, 0x20), "no zone");
	abi_check(store_exits(&vm, SD, AT, VALUE), "so is one to a zone that was removed");

	abi_need(!add(AT, 4), "zone");
	reset(0);
	abi_check(store_exits(&vm, SD, AT, VALUE) && !ring->last,
		  "a store that is longer than the zone is an exit");
	abi_need(!drop(AT, 4), "no zone");
}

static bool queues(uint64_t addr)
{
	reset(0);
	return !store_exits(&vm, SD, addr, VALUE) && ring->last == 1;
}

static void test_overlap(void)
{
	abi_need(!add(AT, 0x40) && !add(AT, 0x40) && !add(AT + 0x20, 0x40), "zones");
	abi_need(!add(AT + 0x20, 8), "zone");
	abi_check(queues(AT) && queues(AT + 0x38) && queues(AT + 0x58) && !queues(AT + 0x60),
		  "zones may overlap");
	abi_need(!drop(AT, 0x80), "remove");
	abi_check(queues(AT) && queues(AT + 0x58), "none holds all of a larger range: all stay");
	abi_need(!drop(AT + 0x38, 8), "remove");
	abi_check(!queues(AT) && !queues(AT + 0x38) && !queues(AT + 0x58),
		  "all that hold a range go, twins too");
	abi_check(queues(AT + 0x20), "one that does not stays");
	abi_need(!drop(AT + 0x20, 8), "remove");
	abi_check(!queues(AT + 0x20), "until it is meant");
}

static void test_many(void)
{
	unsigned int i, bad = 0;

	for (i = 0; i < 900 && !add(AT + 16 * (i * 7 % 900), 8); i++)
		;
	abi_check(i == 900, "900 zones");
	for (i = 0; i < 900; i += 37)
		bad += !queues(AT + 16 * i) || queues(AT + 16 * i + 8);
	abi_check(!bad, "all work");
	for (i = 0; i < 200 && !add(AT + 16 * (900 + i), 8); i++)
		;
	abi_check(i < 200 && errno == ENOSPC, "but there is a limit");
	while (i--)
		abi_need(!drop(AT + 16 * (900 + i), 8), "remove");
	for (i = 0; i < 900; i++)
		bad += !!drop(AT + 16 * i, 8);
	abi_check(!bad && !queues(AT), "all removed");
}

/* An eventfd comes first. */
static void test_eventfd(void)
{
	struct kvm_ioeventfd ask = { .addr = AT, .len = 4, .fd = eventfd(0, EFD_NONBLOCK) };
	uint64_t count;

	abi_need(!add(AT, 0x20) && !ioctl(vm.fd, KVM_IOEVENTFD, &ask), "zone and ioeventfd");
	reset(0);
	abi_check(!store_exits(&vm, SW, AT, VALUE) && !ring->last &&
		  read(ask.fd, &count, 8) == 8 && count == 1,
		  "a store that signals is not queued");
	abi_check(!store_exits(&vm, SD, AT, VALUE) && ring->last == 1 &&
		  read(ask.fd, &count, 8) == -1, "one that does not is");
	ask.flags = KVM_IOEVENTFD_FLAG_DEASSIGN;
	abi_need(!ioctl(vm.fd, KVM_IOEVENTFD, &ask) && !drop(AT, 0x20), "remove");
	close(ask.fd);
}

/* ---- the ring -------------------------------------------------------------------------------- */

static bool ring_holds(uint32_t start, uint64_t value)
{
	uint32_t i;

	for (i = 0; i < ENTRIES - 1; i++)
		if (!entry_is((start + i) % ENTRIES, AT, 8, value + i))
			return false;
	return true;
}

static void test_full(uint32_t start)
{
	reset(start);
	abi_check(!store_burst(&vm, AT, VALUE, ENTRIES + 1) &&
		  store_is_exit(&vm, AT, VALUE + ENTRIES - 1),
		  "from %u: the store that finds the ring full is an exit", start);
	abi_check(ring->first == start && (ring->last + 1) % ENTRIES == start &&
		  ring_holds(start, VALUE), "all before it are in the ring");
	/* Room for one. */
	ring->first = (start + 1) % ENTRIES;
	abi_check(store_burst_on(&vm) && ring->last == start &&
		  entry_is((start + ENTRIES - 1) % ENTRIES, AT, 8, VALUE + ENTRIES),
		  "room for one takes one");
}

static void test_ring(void)
{
	abi_need(!add(AT, 8), "zone");
	test_full(0);
	test_full(1);
	test_full(ENTRIES / 2);
	test_full(ENTRIES - 1);
	abi_need(!drop(AT, 8), "no zone");
}

/* ---- a hostile userspace --------------------------------------------------------------------- */

static void test_bad_indexes(void)
{
	static const uint32_t bad[] = { ENTRIES, ENTRIES + 1, 1000, 1 << 16, 1U << 31, -2U, -1U };
	static const char takes_first[] = "in-tree KVM does not look at first";
	bool outside = true;
	size_t i;

	abi_need(!add(AT, 8), "zone");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ring->first = 0;
		ring->last = bad[i];
		outside &= store_exits(&vm, SD, AT, VALUE) && ring->last == bad[i];
	}
	abi_check(outside, "the end of the ring is outside of it: exits");
	for (outside = true, i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ring->first = bad[i];
		ring->last = 0;
		outside &= store_exits(&vm, SD, AT, VALUE) && !ring->last;
	}
	abi_check_ours(outside, takes_first, "its start is outside of it: exits");
	abi_need(!drop(AT, 8), "no zone");
}

static volatile bool stop;

static void *scribble(void *unused)
{
	uint32_t seed = 1;

	(void)unused;
	while (!stop) {
		seed = seed * 1664525 + 1013904223;
		ring->last = seed & 1 ? seed : (seed >> 8) % ENTRIES;
		ring->first = seed & 2 ? ~seed : (seed >> 16) % ENTRIES;
	}
	return NULL;
}

static void test_scribble(void)
{
	bool done = false, as_wanted = true;
	unsigned int exits = 0;
	pthread_t thread;

	abi_need(!add(AT, 8), "zone");
	abi_need(!pthread_create(&thread, NULL, scribble, NULL), "pthread_create");
	done = store_burst(&vm, AT, 0, 20000);
	while (!done) {
		exits++;
		as_wanted &= vm.run->exit_reason == KVM_EXIT_MMIO &&
			     vm.run->mmio.phys_addr == AT && vm.run->mmio.len == 8;
		done = store_burst_on(&vm);
	}
	stop = true;
	pthread_join(thread, NULL);
	abi_check(as_wanted, "indexes that change all the time: exits or nothing");
	printf("# %u exits\n", exits);
	abi_need(!drop(AT, 8), "no zone");
	reset(0);
}

/* ---- changes while stores are made ----------------------------------------------------------- */

static void *toggle(void *changes)
{
	while (!stop) {
		abi_need(!add(AT, 8), "zone");
		usleep(100);
		abi_need(!drop(AT, 8), "no zone");
		usleep(100);
		(*(unsigned int *)changes)++;
	}
	return NULL;
}

static void test_toggle(void)
{
	unsigned int changes = 0, bad = 0;
	uint64_t value = 0;
	pthread_t thread;
	bool done;

	stop = false;
	reset(0);
	abi_need(!pthread_create(&thread, NULL, toggle, &changes), "pthread_create");
	done = store_burst(&vm, AT, 0, 5000);
	/* Every value comes once and in order: by the ring, then by the exit. */
	for (;;) {
		while (ring->first != ring->last) {
			bad += !entry_is(ring->first, AT, 8, value++);
			ring->first = (ring->first + 1) % ENTRIES;
		}
		if (done)
			break;
		bad += !store_is_exit(&vm, AT, value++);
		done = store_burst_on(&vm);
	}
	stop = true;
	pthread_join(thread, NULL);
	abi_check(!bad && value == 5000, "a zone that comes and goes loses nothing");
	printf("# %u changes\n", changes);
}

int main(void)
{
	abi_start(100);
	boot();
	test_page();
	test_requests();
	test_edges();
	test_overlap();
	test_many();
	test_eventfd();
	test_ring();
	test_bad_indexes();
	test_scribble();
	test_toggle();
	abi_vm_destroy(&vm);
	test_empty();
	test_lifetime();
	return abi_finish();
}
