// SPDX-License-Identifier: GPL-2.0-only
/*
 * kvmperf: what the operations of a RISC-V /dev/kvm cost. Works on any KVM. Each operation is
 * repeated and the time of the empty loop taken off; the result is nanoseconds, which under an
 * emulator that counts one instruction as one nanosecond are instructions. Prints CSV: name, value.
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <uapi/kvm_abi.h>

#define PAGE		4096UL
#define CODE		0x80000000UL	/* guest-physical; the guest's code */
#define MEMORY		0x90000000UL	/* guest-physical; what is touched */
#define MEMORY_PAGES	4096UL
#define ABSENT		0xa0000000UL	/* likewise */
#define HUGE_MEMORY	0xb0000000UL	/* likewise */
#define HUGE		0x200000UL	/* bytes of a large page */
#define DEVICE		0x10000000UL	/* no slot */
#define APLIC		0x0d000000UL
#define IMSIC		0x28000000UL
#define CALLS		20000UL

extern const unsigned char perf_start[], perf_end[], perf_empty[], perf_sbi_base[],
	perf_set_timer[], perf_ipi_self[], perf_fence_self[], perf_wfi_pending[], perf_sbi_user[],
	perf_store[], perf_load[], perf_msi_begin[], perf_msi[];

static struct {
	int		sys, vm, vcpu;
	struct kvm_run	*run;
	unsigned char	*code, *memory;
	double		zap;
} m;

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static void report(const char *name, double ns)
{
	printf("%s,%.0f\n", name, ns);
	fflush(stdout);
}

/* ---- the machine --------------------------------------------------------------------------- */

static void set_reg(uint64_t index, uint64_t value)
{
	struct kvm_one_reg reg = {
		.id = KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CORE | index,
		.addr = (uintptr_t)&value,
	};

	if (ioctl(m.vcpu, KVM_SET_ONE_REG, &reg))
		err(1, "register %#llx", (unsigned long long)reg.id);
}

static int set_slot(uint32_t id, uint64_t gpa, uint64_t size, void *hva, uint32_t flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = id, .flags = flags, .guest_phys_addr = gpa, .memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	return ioctl(m.vm, KVM_SET_USER_MEMORY_REGION, &region);
}

static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "memory");
	madvise(p, size, MADV_NOHUGEPAGE);
	return p;
}

/* A vCPU and memory for m.vm. */
static void machine_fill(void)
{
	int size;

	m.vcpu = ioctl(m.vm, KVM_CREATE_VCPU, 0);
	size = ioctl(m.sys, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (m.vm < 0 || m.vcpu < 0 || size < 0)
		err(1, "VM");
	m.run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, m.vcpu, 0);
	if (m.run == MAP_FAILED)
		err(1, "kvm_run");

	m.code = map(PAGE * 4);
	memcpy(m.code, perf_start, perf_end - perf_start);
	m.memory = map(PAGE * MEMORY_PAGES);
	if (set_slot(0, CODE, PAGE * 4, m.code, 0) ||
	    set_slot(1, MEMORY, PAGE * MEMORY_PAGES, m.memory, 0))
		err(1, "slots");
}

/* What the kernel does about a new machine afterwards is no part of what comes. */
static void settle(void)
{
	usleep(500000);
}

static void machine_create(void)
{
	m.sys = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (m.sys < 0)
		err(1, "/dev/kvm");
	m.vm = ioctl(m.sys, KVM_CREATE_VM, 0);
	machine_fill();
}

static void run_once(void)
{
	if (ioctl(m.vcpu, KVM_RUN, 0))
		err(1, "KVM_RUN");
}

/* Run a loop to its end; userspace answers what exits, with nothing. */
static double run_loop(const unsigned char *label, uint64_t rounds, uint64_t address, uint64_t step)
{
	double start;

	set_reg(KVM_REG_RISCV_CORE_REG(regs.pc), CODE + (label - perf_start));
	set_reg(KVM_REG_RISCV_CORE_REG(regs.s0), rounds);
	set_reg(KVM_REG_RISCV_CORE_REG(regs.s1), address);
	set_reg(KVM_REG_RISCV_CORE_REG(regs.s2), step);

	start = now_ns();
	do {
		run_once();
	} while (m.run->exit_reason != KVM_EXIT_RISCV_SBI || m.run->riscv_sbi.function_id);
	start = now_ns() - start;

	/* Finish the call, so that the registers may be set. */
	m.run->immediate_exit = 1;
	ioctl(m.vcpu, KVM_RUN, 0);
	m.run->immediate_exit = 0;
	return start;
}

static void measure(const char *name, const unsigned char *label, uint64_t rounds,
		    uint64_t address, uint64_t step)
{
	double empty = run_loop(perf_empty, rounds, 0, 0);

	report(name, (run_loop(label, rounds, address, step) - empty) / rounds);
}

/* ---- the operations ------------------------------------------------------------------------ */

static void measure_calls(void)
{
	run_loop(perf_sbi_base, 100, 0, 0);	/* the code is mapped */
	measure("sbi_base", perf_sbi_base, CALLS, 0, 0);
	measure("set_timer", perf_set_timer, CALLS, 0, 0);
	measure("ipi_self", perf_ipi_self, CALLS, 0, 0);
	measure("fence_self", perf_fence_self, CALLS, 0, 0);
	measure("wfi_pending", perf_wfi_pending, CALLS, 0, 0);
	measure("sbi_user", perf_sbi_user, CALLS / 4, 0, 0);
	measure("mmio_load_user", perf_load, CALLS / 4, DEVICE, 0);
	measure("mmio_store_user", perf_store, CALLS / 4, DEVICE, 0);
}

/* ---- two vCPUs on one hart ------------------------------------------------------------------- */

static int add_vcpu(void)
{
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };
	int fd = ioctl(m.vm, KVM_CREATE_VCPU, 1);

	if (fd < 0 || ioctl(fd, KVM_SET_MP_STATE, &runnable))
		err(1, "second vCPU");
	return fd;
}

static void begin_calls(void)
{
	set_reg(KVM_REG_RISCV_CORE_REG(regs.pc), CODE + (perf_sbi_user - perf_start));
	set_reg(KVM_REG_RISCV_CORE_REG(regs.s0), 1UL << 40);
}

static double call_by_turns(int second, unsigned long calls)
{
	int vcpus[] = { m.vcpu, second };
	double start = now_ns();
	unsigned long i;

	for (i = 0; i < calls; i++)
		if (ioctl(vcpus[i % 2], KVM_RUN, 0))
			err(1, "KVM_RUN");
	return (now_ns() - start) / calls;
}

/* A forwarded SBI call of each vCPU, one after the other. */
static void measure_switch(void)
{
	int first, second;

	machine_create();
	first = m.vcpu;
	second = add_vcpu();
	begin_calls();
	m.vcpu = second;
	begin_calls();
	m.vcpu = first;
	call_by_turns(second, 20);
	settle();
	report("sbi_user_by_turns", call_by_turns(second, CALLS / 4));
}

static void measure_ioeventfd(void)
{
	struct kvm_ioeventfd io = {
		.addr = DEVICE + PAGE, .len = 4, .fd = eventfd(0, EFD_CLOEXEC),
	};

	if (ioctl(m.vm, KVM_IOEVENTFD, &io)) {
		warn("ioeventfd: not measured");
		return;
	}
	measure("ioeventfd", perf_store, CALLS, io.addr, 0);
}

/* ---- messages ------------------------------------------------------------------------------ */

static int set_attr(int fd, uint32_t group, uint64_t attr, void *value)
{
	struct kvm_device_attr request = {
		.group = group, .attr = attr, .addr = (uintptr_t)value,
	};

	return ioctl(fd, KVM_SET_DEVICE_ATTR, &request);
}

static bool add_aia(uint32_t mode)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_RISCV_AIA };
	uint64_t aplic = APLIC, imsic = IMSIC;
	uint32_t sources = 31;

	if (ioctl(m.vm, KVM_CREATE_DEVICE, &device))
		return false;
	return !set_attr(device.fd, KVM_DEV_RISCV_AIA_GRP_CONFIG, KVM_DEV_RISCV_AIA_CONFIG_MODE,
			 &mode) &&
	       !set_attr(device.fd, KVM_DEV_RISCV_AIA_GRP_CONFIG, KVM_DEV_RISCV_AIA_CONFIG_SRCS,
			 &sources) &&
	       !set_attr(device.fd, KVM_DEV_RISCV_AIA_GRP_ADDR, KVM_DEV_RISCV_AIA_ADDR_APLIC,
			 &aplic) &&
	       !set_attr(device.fd, KVM_DEV_RISCV_AIA_GRP_ADDR, KVM_DEV_RISCV_AIA_ADDR_IMSIC(0),
			 &imsic) &&
	       !set_attr(device.fd, KVM_DEV_RISCV_AIA_GRP_CTRL, KVM_DEV_RISCV_AIA_CTRL_INIT, NULL);
}

/* GSI 1 is a message to the vCPU: identity 1. */
static bool add_route(void)
{
	struct {
		struct kvm_irq_routing		head;
		struct kvm_irq_routing_entry	entry;
	} table = {
		.head = { .nr = 1 },
		.entry = {
			.gsi = 1, .type = KVM_IRQ_ROUTING_MSI,
			.u.msi = { .address_lo = IMSIC, .data = 1 },
		},
	};

	return !ioctl(m.vm, KVM_SET_GSI_ROUTING, &table);
}

/* In a machine of its own: an eventfd, signalled by the guest's store, sends it a message. */
static void measure_msi_mode(const char *name, uint32_t mode)
{
	struct kvm_ioeventfd io = {
		.addr = DEVICE + PAGE, .len = 4, .fd = eventfd(0, EFD_CLOEXEC),
	};
	struct kvm_irqfd irq = { .fd = io.fd, .gsi = 1 };

	machine_create();
	if (!add_aia(mode))
		return;
	if (!add_route() || ioctl(m.vm, KVM_IOEVENTFD, &io) || ioctl(m.vm, KVM_IRQFD, &irq))
		err(1, "irqfd");
	run_loop(perf_msi_begin, 1, 0, 0);
	measure(name, perf_msi, CALLS, io.addr, 0);
}

static void measure_msi(void)
{
	measure_msi_mode("msi_emul_round_trip", KVM_DEV_RISCV_AIA_MODE_EMUL);
	measure_msi_mode("msi_hwaccel_round_trip", KVM_DEV_RISCV_AIA_MODE_HWACCEL);
}

static void measure_immediate_exit(void)
{
	unsigned long i;
	double start;

	m.run->immediate_exit = 1;
	start = now_ns();
	for (i = 0; i < CALLS; i++)
		ioctl(m.vcpu, KVM_RUN, 0);
	report("immediate_exit", (now_ns() - start) / CALLS);
	m.run->immediate_exit = 0;
}

/* Pages that the host has present. */
static void measure_memory(void)
{
	unsigned long bitmap[MEMORY_PAGES / 64];
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bitmap };
	double start;

	memset(m.memory, 1, PAGE * MEMORY_PAGES);
	measure("first_touch_4k", perf_store, MEMORY_PAGES, MEMORY, PAGE);

	start = now_ns();
	if (set_slot(1, MEMORY, PAGE * MEMORY_PAGES, m.memory, KVM_MEM_LOG_DIRTY_PAGES))
		err(1, "logging");
	report("log_on_per_page", (now_ns() - start) / MEMORY_PAGES);

	measure("wp_fault_4k", perf_store, MEMORY_PAGES, MEMORY, PAGE);

	start = now_ns();
	if (ioctl(m.vm, KVM_GET_DIRTY_LOG, &log)) {
		warn("dirty log: not measured");
	} else {
		report("get_dirty_log_per_page", (now_ns() - start) / MEMORY_PAGES);
		if (set_slot(1, MEMORY, PAGE * MEMORY_PAGES, m.memory, 0))
			err(1, "logging");
	}

	run_loop(perf_store, MEMORY_PAGES, MEMORY, PAGE);
	start = now_ns();
	madvise(m.memory, PAGE * MEMORY_PAGES, MADV_DONTNEED);
	report("unmap_per_page", (now_ns() - start) / MEMORY_PAGES - m.zap);
}

/* Of 2 MiB, aligned, where the kernel can. */
static unsigned char *map_huge(size_t size)
{
	unsigned char *p = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "memory");
	p = (unsigned char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));
	madvise(p, size, MADV_HUGEPAGE);
	return p;
}

/* Pages that the host has not, what it costs to have them included; and those of huge pages. */
static void measure_backing(void)
{
	unsigned char *absent = map(PAGE * MEMORY_PAGES), *huge = map_huge(PAGE * MEMORY_PAGES);

	memset(huge, 1, PAGE * MEMORY_PAGES);
	if (set_slot(2, ABSENT, PAGE * MEMORY_PAGES, absent, 0) ||
	    set_slot(3, HUGE_MEMORY, PAGE * MEMORY_PAGES, huge, 0))
		err(1, "slots");
	measure("touch_absent_4k", perf_store, MEMORY_PAGES, ABSENT, PAGE);
	measure("touch_thp_per_4k", perf_store, MEMORY_PAGES, HUGE_MEMORY, PAGE);
	if (set_slot(2, 0, 0, NULL, 0) || set_slot(3, 0, 0, NULL, 0))
		err(1, "slots");
}

/* ---- the dirty ring -------------------------------------------------------------------------- */

static double harvest(struct kvm_dirty_gfn *ring, unsigned long count)
{
	double start = now_ns();
	unsigned long i;

	for (i = 0; i < count; i++) {
		if (__atomic_load_n(&ring[i].flags, __ATOMIC_ACQUIRE) != KVM_DIRTY_GFN_F_DIRTY)
			errx(1, "dirty ring: entry %lu", i);
		__atomic_store_n(&ring[i].flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	}
	if (ioctl(m.vm, KVM_RESET_DIRTY_RINGS, 0) != (int)count)
		err(1, "KVM_RESET_DIRTY_RINGS");
	return (now_ns() - start) / count;
}

static void measure_ring(void)
{
	const uint64_t bytes = 2 * MEMORY_PAGES * sizeof(struct kvm_dirty_gfn);
	struct kvm_enable_cap cap = { .cap = KVM_CAP_DIRTY_LOG_RING_ACQ_REL, .args = { bytes } };
	struct kvm_dirty_gfn *ring;

	m.vm = ioctl(m.sys, KVM_CREATE_VM, 0);
	if (ioctl(m.vm, KVM_ENABLE_CAP, &cap))
		return;
	machine_fill();
	ring = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, m.vcpu,
		    KVM_DIRTY_LOG_PAGE_OFFSET * PAGE);
	if (ring == MAP_FAILED)
		err(1, "dirty ring");
	memset(m.memory, 1, PAGE * MEMORY_PAGES);
	run_loop(perf_store, MEMORY_PAGES, MEMORY, PAGE);
	if (set_slot(1, MEMORY, PAGE * MEMORY_PAGES, m.memory, KVM_MEM_LOG_DIRTY_PAGES))
		err(1, "logging");
	run_loop(perf_store, MEMORY_PAGES, MEMORY, PAGE);
	report("ring_harvest_per_page", harvest(ring, MEMORY_PAGES));
}

/*
 * What the kernel does to free pages is no concern of the KVM: per page, of a process without a VM.
 */
static void measure_zap(void)
{
	unsigned char *memory = map(PAGE * MEMORY_PAGES);
	double start;

	memset(memory, 1, PAGE * MEMORY_PAGES);
	start = now_ns();
	madvise(memory, PAGE * MEMORY_PAGES, MADV_DONTNEED);
	m.zap = (now_ns() - start) / MEMORY_PAGES;
	munmap(memory, PAGE * MEMORY_PAGES);
	report("unmap_without_vm", m.zap);
}

static void measure_create(void)
{
	const unsigned int rounds = 20;
	double start = now_ns();
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		int vm = ioctl(m.sys, KVM_CREATE_VM, 0);
		int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);

		if (vm < 0 || vcpu < 0)
			err(1, "VM");
		close(vcpu);
		close(vm);
	}
	report("vm_create_destroy", (now_ns() - start) / rounds);
}

/* Slots of one page each; the host's memory is that of slot 1. */
static void add_slots(unsigned int first, unsigned int count)
{
	unsigned int i;

	for (i = first; i < first + count; i++)
		if (set_slot(2 + i, 0x1000000000 + 2 * i * PAGE, PAGE,
			     m.memory + i % MEMORY_PAGES * PAGE, 0))
			err(1, "slot %u", i);
}

static void remove_slots(unsigned int first, unsigned int count)
{
	unsigned int i;

	for (i = first; i < first + count; i++)
		if (set_slot(2 + i, 0, 0, NULL, 0))
			err(1, "slot %u", i);
}

/* @count more slots, and less, when there are @among. */
static void measure_slots_among(const char *add, const char *remove, unsigned int among,
				unsigned int count)
{
	double start;

	add_slots(0, among);
	start = now_ns();
	add_slots(among, count);
	report(add, (now_ns() - start) / count);
	start = now_ns();
	remove_slots(among, count);
	report(remove, (now_ns() - start) / count);
	remove_slots(0, among);
}

static void measure_slots(void)
{
	unsigned int slots = ioctl(m.vm, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS) - 2;

	measure_slots_among("slot_add_1", "slot_remove_1", 0, 1);
	measure_slots_among("slot_add_1000", "slot_remove_1000", 1000, 100);
	/* As many as there can be. */
	measure_slots_among("slot_add", "slot_remove", 0, slots);
}

static void measure_syscall(void)
{
	unsigned long i;
	double start = now_ns();

	for (i = 0; i < CALLS; i++)
		getppid();
	report("getppid", (now_ns() - start) / CALLS);
}

/* Without arguments all groups, otherwise those that are named. */
int main(int argc, char **argv)
{
	static const struct {
		const char	*name;
		void		(*measure)(void);
	} groups[] = {
		{ "syscall",	measure_syscall },
		{ "calls",	measure_calls },
		{ "ioeventfd",	measure_ioeventfd },
		{ "exit",	measure_immediate_exit },
		{ "memory",	measure_memory },
		{ "backing",	measure_backing },
		{ "create",	measure_create },
		{ "slots",	measure_slots },
		{ "msi",	measure_msi },
		{ "switch",	measure_switch },
		{ "ring",	measure_ring },
	};
	unsigned int i;
	int arg;

	measure_zap();
	machine_create();
	settle();
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		for (arg = 1; arg < argc && strcmp(argv[arg], groups[i].name); arg++)
			;
		if (argc == 1 || arg < argc)
			groups[i].measure();
	}
	return 0;
}
