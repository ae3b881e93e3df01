// SPDX-License-Identifier: GPL-2.0-only
/*
 * Structures with a wrong member, one member at a time: slots, vCPU ids, MP states, debug controls,
 * signal masks, interrupts, logs, devices. The errno is the ABI's and nothing changes.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE	0x1000UL
#define GPA	0x60000000UL	/* free */
#define SIZE	0x10000UL
#define ROOM	0x400000UL	/* more than any slot here */
#define LOG	KVM_MEM_LOG_DIRTY_PAGES
#define RO	KVM_MEM_READONLY

static struct machine m;
static struct tally t = { .m = &m };
static uint8_t *memory;		/* ROOM */
static uint8_t *edge;		/* what lies at and behind it cannot be touched */
static int event;

/* ---- slots --------------------------------------------------------------------------------- */

struct slot {
	uint32_t	id, flags;
	uint64_t	gpa, size;
	const void	*hva;
};

#define HVA(address)	((const void *)(address))

/* Both ioctls have to say the same. */
static void check_slot(struct slot slot, int error, const char *what, uint64_t which)
{
	struct kvm_userspace_memory_region2 region = {
		.slot = slot.id, .flags = slot.flags, .guest_phys_addr = slot.gpa,
		.memory_size = slot.size, .userspace_addr = (uintptr_t)slot.hva,
	};

	tally_gives(&t, ioctl(m.vm.fd, KVM_SET_USER_MEMORY_REGION, &region), error, "%s 0x%lx",
		    what, (unsigned long)which);
	tally_gives(&t, ioctl(m.vm.fd, KVM_SET_USER_MEMORY_REGION2, &region), error, "%s 0x%lx (2)",
		    what, (unsigned long)which);
}

/* A slot that could be made, and one that is there. */
static struct slot good(void)
{
	return (struct slot) { 5, 0, GPA, SIZE, memory };
}

static struct slot logged(void)
{
	return (struct slot) { 1, LOG, SNAPSHOT_LOGGED, SNAPSHOT_SIZE, m.logged };
}

static struct slot readonly(void)
{
	return (struct slot) { 2, RO, SNAPSHOT_READONLY, SNAPSHOT_SIZE, m.readonly };
}

static void test_slot_members(void)
{
	unsigned int bit;
	struct slot s;

	for (bit = 2; bit < 32; bit++) {
		s = good();
		s.flags = 1U << bit;
		check_slot(s, EINVAL, "new: flags", s.flags);
		s = logged();
		s.flags |= 1U << bit;
		check_slot(s, EINVAL, "live: flags", s.flags);
		s.size = 0;
		check_slot(s, EINVAL, "delete: flags", s.flags);
	}
	tally_end(&t, "slots: unknown flags");
	for (bit = 0; bit < 12; bit++) {
		s = good();
		s.gpa += 1UL << bit;
		check_slot(s, EINVAL, "guest address", s.gpa);
		s = good();
		s.size += 1UL << bit;
		check_slot(s, EINVAL, "size", s.size);
		s = good();
		s.size = 1UL << bit;
		check_slot(s, EINVAL, "size", s.size);
		s = good();
		s.hva += 1UL << bit;
		check_slot(s, EINVAL, "host address", (uintptr_t)s.hva);
	}
	tally_end(&t, "slots: what is not aligned");
	s = good();
	for (s.id = 32767; s.id <= 0xffff; s.id += 4681)
		check_slot(s, EINVAL, "number", s.id);
	for (bit = 16; bit < 32; bit++) {
		s.id = 1U << bit | 1;
		check_slot(s, EINVAL, "number", s.id);
	}
	tally_end(&t, "slots: numbers and address spaces that there are not");
}

static void test_slot_ranges(void)
{
	uint64_t limit = 1UL << ioctl(m.vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_VM_GPA_BITS);
	const struct {
		uint64_t	gpa, size;
		const void	*hva;
		int		error;
	} ranges[] = {
		{ -PAGE,	2 * PAGE,	memory,			EINVAL },
		{ -PAGE,	PAGE,		memory,			EINVAL },
		{ GPA,		-PAGE,		memory,			EINVAL },
		{ GPA,		-GPA,		memory,			EINVAL },
		{ 0,		1UL << 63,	memory,			EINVAL },
		{ GPA,		SIZE,		HVA(-PAGE),		EINVAL },
		{ GPA,		SIZE,		HVA(-SIZE),		EINVAL },
		{ GPA,		SIZE,		HVA(1UL << 63),		EINVAL },
		{ GPA,		SIZE,		HVA(0xffffffc000000000), EINVAL },
		{ 0,		1UL << 43,	memory,			EINVAL },
		{ 0,		1UL << 44,	HVA(0),			EINVAL },
		{ limit,	PAGE,		memory,			EFAULT },
		{ limit - PAGE,	2 * PAGE,	memory,			EFAULT },
		{ limit + SIZE,	SIZE,		memory,			EFAULT },
		{ 1UL << 62,	PAGE,		memory,			EFAULT },
		{ -2 * PAGE,	PAGE,		memory,			EFAULT },
	};
	struct slot s;
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		s = good();
		s.gpa = ranges[i].gpa;
		s.size = ranges[i].size;
		s.hva = ranges[i].hva;
		check_slot(s, ranges[i].error, "row", i);
	}
	s = logged();
	s.gpa = limit;
	check_slot(s, EFAULT, "moved to", s.gpa);
	tally_end(&t, "slots: what wraps, is too large, or lies outside");
}

/* A slot lies there; another is put over it in every way in which they overlap. */
static void check_overlaps(uint64_t gpa, uint64_t size)
{
	const struct {
		uint64_t	gpa, size;
	} ranges[] = {
		{ gpa, size }, { gpa, PAGE }, { gpa + size - PAGE, PAGE }, { gpa + PAGE, PAGE },
		{ gpa - PAGE, 2 * PAGE }, { gpa + size - PAGE, 2 * PAGE },
		{ gpa - PAGE, size + 2 * PAGE },
	};
	struct slot s;
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		s = good();
		s.gpa = ranges[i].gpa;
		s.size = ranges[i].size;
		check_slot(s, EEXIST, "at", s.gpa);
		s.flags = LOG;
		check_slot(s, EEXIST, "logging, at", s.gpa);
	}
}

static void test_slot_overlaps(void)
{
	struct slot s = logged();

	check_overlaps(ABI_RAM, ABI_RAM_SIZE);
	check_overlaps(SNAPSHOT_LOGGED, SNAPSHOT_SIZE);
	check_overlaps(SNAPSHOT_READONLY, SNAPSHOT_SIZE);
	tally_end(&t, "slots: overlaps of a new one");
	for (s.gpa = ABI_RAM - s.size + PAGE; s.gpa < ABI_RAM + ABI_RAM_SIZE; s.gpa += s.size / 2)
		check_slot(s, EEXIST, "moved to", s.gpa);
	s.gpa = SNAPSHOT_READONLY + PAGE;
	check_slot(s, EEXIST, "moved to", s.gpa);
	tally_end(&t, "slots: overlaps of one that moves");
}

static void test_slot_live(void)
{
	struct slot s = logged();

	s.size += PAGE;
	check_slot(s, EINVAL, "size", s.size);
	s.size -= 2 * PAGE;
	check_slot(s, EINVAL, "size", s.size);
	s = logged();
	s.hva += PAGE;
	check_slot(s, EINVAL, "host address", (uintptr_t)s.hva);
	s = logged();
	s.flags = LOG | RO;
	check_slot(s, EINVAL, "flags", s.flags);
	s.flags = RO;
	check_slot(s, EINVAL, "flags", s.flags);
	s.gpa = GPA;
	check_slot(s, EINVAL, "flags of one that moves", s.flags);
	s = readonly();
	s.flags = 0;
	check_slot(s, EINVAL, "flags", s.flags);
	s.flags = LOG;
	check_slot(s, EINVAL, "flags", s.flags);
	tally_end(&t, "slots: what cannot change");

	s = logged();
	check_slot(s, 0, "the same slot", 1);
	s = readonly();
	check_slot(s, 0, "the same slot", 2);
	tally_end(&t, "slots: the same again is no change");

	s = (struct slot) { .id = 5 };
	check_slot(s, EINVAL, "delete", s.id);
	s.id = 32766;
	check_slot(s, EINVAL, "delete", s.id);
	tally_end(&t, "slots: there is nothing to delete");
}

/* Host memory that a slot cannot be over; of two pages, the second is of this kind. */
static void test_slot_host(void)
{
	static const int protections[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_EXEC };
	struct slot s = good();
	size_t i;

	s.size = 2 * PAGE;
	for (i = 0; i < sizeof(protections) / sizeof(protections[0]); i++) {
		abi_need(!mprotect(memory + PAGE, PAGE, protections[i]), "mprotect");
		check_slot(s, EPERM, "protection", protections[i]);
		s.gpa = ABI_RAM;
		check_slot(s, EEXIST, "and over another slot, protection", protections[i]);
		s.gpa = GPA;
	}
	abi_need(!mprotect(memory + PAGE, PAGE, PROT_READ | PROT_WRITE), "mprotect");
	tally_end(&t, "slots: memory that cannot be written");
}

/* The kernel's own pages in every process: "pf" in /proc/self/smaps stands for VM_PFNMAP. */
static void *find_pfnmap(void)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	unsigned long first, end, start = 0;
	void *found = NULL;
	char line[512];

	abi_need(maps, "/proc/self/smaps");
	while (!found && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx ", &first, &end) == 2)
			start = first;
		else if (!strncmp(line, "VmFlags:", 8) && strstr(line, " pf"))
			found = (void *)start;
	}
	fclose(maps);
	return found;
}

static void test_slot_pfnmap(void)
{
	void *page = find_pfnmap();

	if (!page) {
		abi_check(true, "no log over a device # SKIP this kernel maps none everywhere");
		return;
	}
	machine_gives(&m, abi_set_slot(m.vm.fd, 5, RO | LOG, GPA, PAGE, page), EINVAL,
		      "slots: no log over a device");
	abi_need(!abi_set_slot(m.vm.fd, 5, RO, GPA, PAGE, page), "slot");
	abi_check_errno(abi_set_slot(m.vm.fd, 5, RO | LOG, GPA, PAGE, page), EINVAL,
			"slots: nor later");
	abi_need(!abi_set_slot(m.vm.fd, 5, 0, 0, 0, NULL), "no slot");
}

/* ---- logs ---------------------------------------------------------------------------------- */

static void test_logs(void)
{
	struct kvm_dirty_log log = { .dirty_bitmap = memory };
	struct kvm_clear_dirty_log clear = { .num_pages = SNAPSHOT_SIZE / PAGE };
	unsigned int bit;

	for (bit = 15; bit < 32; bit++) {
		log.slot = clear.slot = (1U << bit) - 1 + (1U << bit);
		tally_gives(&t, ioctl(m.vm.fd, KVM_GET_DIRTY_LOG, &log), EINVAL, "0x%x", log.slot);
		tally_gives(&t, ioctl(m.vm.fd, KVM_CLEAR_DIRTY_LOG, &clear), EINVAL, "0x%x",
			    clear.slot);
	}
	for (log.slot = 2; log.slot < 8; log.slot++) {
		clear.slot = log.slot;
		tally_gives(&t, ioctl(m.vm.fd, KVM_GET_DIRTY_LOG, &log), ENOENT, "%u", log.slot);
		tally_gives(&t, ioctl(m.vm.fd, KVM_CLEAR_DIRTY_LOG, &clear), ENOENT, "%u",
			    clear.slot);
	}
	tally_end(&t, "logs: slots that are not there or do not log");
	log.slot = clear.slot = 1;
	for (bit = 0; bit < 8; bit++) {
		log.dirty_bitmap = clear.dirty_bitmap = edge - bit;
		tally_gives(&t, ioctl(m.vm.fd, KVM_GET_DIRTY_LOG, &log), EFAULT, "%u bytes", bit);
		tally_gives(&t, ioctl(m.vm.fd, KVM_CLEAR_DIRTY_LOG, &clear), EFAULT, "%u bytes",
			    bit);
	}
	log.dirty_bitmap = clear.dirty_bitmap = (void *)-PAGE;
	tally_gives(&t, ioctl(m.vm.fd, KVM_GET_DIRTY_LOG, &log), EFAULT, "in the kernel");
	tally_gives(&t, ioctl(m.vm.fd, KVM_CLEAR_DIRTY_LOG, &clear), EFAULT, "in the kernel");
	tally_end(&t, "logs: bitmaps that cannot be reached");
}

/* ---- vCPUs --------------------------------------------------------------------------------- */

static void test_vcpu_ids(void)
{
	unsigned int bit;

	tally_gives(&t, ioctl(m.vm.fd, KVM_CREATE_VCPU, 0UL), EEXIST, "0");
	tally_gives(&t, ioctl(m.vm.fd, KVM_CREATE_VCPU, 1UL), EEXIST, "1");
	for (bit = 10; bit < 64; bit++) {
		tally_gives(&t, ioctl(m.vm.fd, KVM_CREATE_VCPU, 1UL << bit), EINVAL, "2^%u", bit);
		tally_gives(&t, ioctl(m.vm.fd, KVM_CREATE_VCPU, -1UL << bit), EINVAL, "-2^%u", bit);
		tally_gives(&t, ioctl(m.vm.fd, KVM_CREATE_VCPU, 1UL << bit | 5), EINVAL,
			    "2^%u + 5", bit);
	}
	tally_end(&t, "vCPUs: ids that are taken or too large");
}

static void test_mp_states(void)
{
	struct kvm_mp_state state;
	unsigned int bit;

	for (state.mp_state = 1; state.mp_state < 64; state.mp_state++) {
		if (state.mp_state != KVM_MP_STATE_STOPPED)
			tally_gives(&t, ioctl(m.vm.vcpu, KVM_SET_MP_STATE, &state), EINVAL, "%u",
				    state.mp_state);
	}
	for (bit = 6; bit < 32; bit++) {
		state.mp_state = 1U << bit;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_SET_MP_STATE, &state), EINVAL, "2^%u", bit);
		state.mp_state |= KVM_MP_STATE_STOPPED;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_SET_MP_STATE, &state), EINVAL, "2^%u + 5",
			    bit);
	}
	tally_end(&t, "MP states that there are not");
}

/* Controls that mean nothing here are taken and ignored: clients set them. */
static void test_debug_controls(void)
{
	struct kvm_guest_debug debug = { .pad = -1 };
	unsigned int bit;

	for (bit = 1; bit < 32; bit++) {
		debug.control = 1U << bit;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_SET_GUEST_DEBUG, &debug), 0, "bit %u", bit);
	}
	tally_end(&t, "debug controls that mean nothing are taken");
}

static void test_signal_masks(void)
{
	struct kvm_signal_mask *mask = (void *)(edge - 64);
	unsigned int len;

	memset(mask, 0, 64);
	for (len = 0; len < 256; len++) {
		mask->len = len;
		if (len != 8)
			tally_gives(&t, ioctl(m.vm.vcpu, KVM_SET_SIGNAL_MASK, mask), EINVAL,
				    "length %u", len);
	}
	for (len = 8; len < 32; len++) {
		mask->len = 1U << len | 8;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_SET_SIGNAL_MASK, mask), EINVAL,
			    "length 2^%u + 8", len);
	}
	tally_end(&t, "signal masks of another length");
	for (len = 0; len < 8; len++) {
		mask = (void *)(edge - sizeof(*mask) - len);
		mask->len = 8;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_SET_SIGNAL_MASK, mask), EFAULT, "%u bytes",
			    len);
	}
	tally_end(&t, "signal masks that are cut off");
	mask = (void *)(edge - sizeof(*mask) - 8);
	mask->len = 8;
	memset(mask->sigset, 0, 8);
	abi_check(!ioctl(m.vm.vcpu, KVM_SET_SIGNAL_MASK, mask) &&
		  !ioctl(m.vm.vcpu, KVM_SET_SIGNAL_MASK, NULL), "one that is not, and none");
}

/* Only one value raises the line; all others lower it. */
static void test_interrupts(void)
{
	struct kvm_interrupt irq;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		irq.irq = 1U << bit;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_INTERRUPT, &irq), 0, "2^%u", bit);
		irq.irq = ~irq.irq;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_INTERRUPT, &irq), 0, "~2^%u", bit);
	}
	tally_end(&t, "interrupts: other values raise none");
}

static void test_reg_list(void)
{
	struct kvm_reg_list *list = (void *)(edge - sizeof(*list));
	uint64_t n;

	for (n = 0; n < 100; n++) {
		list->n = n;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_GET_REG_LIST, list), E2BIG, "%lu",
			    (unsigned long)n);
	}
	tally_end(&t, "lists of registers without room");
	for (n = 12; n < 64; n++) {
		if (n == 32)
			tally_end(&t, "lists of registers that claim room they have not");
		list->n = 1UL << n;
		tally_gives(&t, ioctl(m.vm.vcpu, KVM_GET_REG_LIST, list), EFAULT, "2^%lu",
			    (unsigned long)n);
	}
	tally_end_ours(&t, "in-tree KVM looks at 32 bits of the number", "and more room than that");
}

/* ---- devices ------------------------------------------------------------------------------- */

static void test_ioeventfds(void)
{
	struct kvm_ioeventfd ask = { .addr = ABI_DEVICE, .len = 4, .fd = event };
	unsigned int bit;

	for (bit = 3; bit < 32; bit++) {
		ask.flags = 1U << bit;
		tally_gives(&t, ioctl(m.vm.fd, KVM_IOEVENTFD, &ask), EINVAL, "bit %u", bit);
		ask.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
		tally_gives(&t, ioctl(m.vm.fd, KVM_IOEVENTFD, &ask), EINVAL, "bit %u, deassign",
			    bit);
	}
	tally_end_ours(&t, "in-tree KVM takes flags of others, and any when it deassigns",
		       "ioeventfds: unknown flags");
	ask.flags = 0;
	for (bit = 4; bit < 32; bit++) {
		ask.len = 1U << bit;
		tally_gives(&t, ioctl(m.vm.fd, KVM_IOEVENTFD, &ask), EINVAL, "length 2^%u", bit);
		ask.len = 1U << bit | 4;
		tally_gives(&t, ioctl(m.vm.fd, KVM_IOEVENTFD, &ask), EINVAL, "2^%u + 4", bit);
	}
	tally_end(&t, "ioeventfds: lengths that no store has");
}

static void test_zones(void)
{
	struct kvm_coalesced_mmio_zone zone = { .addr = ABI_DEVICE, .size = PAGE };
	unsigned int bit;

	for (bit = 1; bit < 32; bit++) {
		zone.pio = 1U << bit;
		tally_gives(&t, ioctl(m.vm.fd, KVM_REGISTER_COALESCED_MMIO, &zone), EINVAL,
			    "2^%u", bit);
		zone.pio |= 1;
		tally_gives(&t, ioctl(m.vm.fd, KVM_UNREGISTER_COALESCED_MMIO, &zone), EINVAL,
			    "2^%u + 1, remove", bit);
	}
	tally_end(&t, "coalesced MMIO: other kinds of ports");
}

static void test_all(void)
{
	machine_look(&m);
	test_slot_members();
	test_slot_ranges();
	test_slot_overlaps();
	test_slot_live();
	test_slot_host();
	test_slot_pfnmap();
	test_logs();
	test_vcpu_ids();
	test_mp_states();
	test_debug_controls();
	test_signal_masks();
	test_interrupts();
	test_reg_list();
	test_ioeventfds();
	test_zones();
}

int main(void)
{
	abi_start(240);
	memory = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(memory != MAP_FAILED, "mmap");
	edge = edge_of_memory();
	event = eventfd(0, 0);
	abi_need(event >= 0, "eventfd");

	machine_create(&m);
	test_all();
	/* And again with a vCPU that has run. */
	abi_set_reg(m.vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_sbi - guest_start));
	abi_need(!abi_run(&m.vm) && abi_is_sbi(&m.vm, 1), "KVM_RUN");
	test_all();
	machine_destroy(&m);
	return abi_finish();
}
