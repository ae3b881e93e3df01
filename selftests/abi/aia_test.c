// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts by MSI: from userspace, eventfds, wires and other harts, to interrupt files. */
#include "aia.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct aia m;

static uint64_t claim(unsigned int nr)
{
	return aia_do(&m.hart[nr], aia_claim, 0, 0);
}

static uint64_t top(unsigned int nr)
{
	return aia_do(&m.hart[nr], aia_top, 0, 0);
}

static bool signals(unsigned int nr)
{
	return aia_do(&m.hart[nr], aia_sip, 0, 0) & SIP_SEIP;
}

static uint64_t reg(uint32_t iselect)
{
	return aia_do(&m.hart[0], aia_sireg_read, iselect, 0);
}

static uint64_t set_reg(uint32_t iselect, uint64_t value)
{
	return aia_do(&m.hart[0], aia_sireg_write, iselect, value);
}

static int new_event(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	abi_need(fd >= 0, "eventfd");
	return fd;
}

static void signal_event(int fd)
{
	uint64_t one = 1;

	abi_need(write(fd, &one, sizeof(one)) == sizeof(one), "write to an eventfd");
}

static uint64_t events(int fd)
{
	uint64_t count = 0;

	abi_need(read(fd, &count, sizeof(count)) == sizeof(count) || errno == EAGAIN, "eventfd");
	return count;
}

static void irqfd(int fd, uint32_t gsi, uint32_t flags, int resamplefd)
{
	struct kvm_irqfd ask = {
		.fd = fd, .gsi = gsi, .flags = flags, .resamplefd = resamplefd,
	};

	abi_need(!ioctl(m.hart[0].fd, KVM_IRQFD, &ask), "KVM_IRQFD");
}

/* ---- registers of a file -------------------------------------------------------------------- */

static void test_registers(void)
{
	abi_check(!reg(EIDELIVERY) && !reg(EITHRESHOLD) && !reg(EIP0) && !reg(EIE0) && !top(0) &&
		  !signals(0), "nothing at first");
	abi_check(!set_reg(EIDELIVERY, -1UL) && reg(EIDELIVERY) == 1, "eidelivery has one bit");
	/* That of a hart may have more. */
	abi_check(!set_reg(EITHRESHOLD, -1UL) &&
		  (reg(EITHRESHOLD) & (aia_mode ? AIA_IDS : -1UL)) == AIA_IDS,
		  "eithreshold as many as identities");
	set_reg(EITHRESHOLD, 0);
	abi_check(!set_reg(EIE0, -1UL) && reg(EIE0) == -2UL, "there is no identity 0");
	abi_check(!set_reg(EIE0 + 6, -1UL) && reg(EIE0 + 6) == -1UL && !set_reg(EIE0 + 8, -1UL) &&
		  !reg(EIE0 + 8), "eie is as long as there are identities");
	abi_check(aia_do(&m.hart[0], aia_sireg_clear, EIE0, 0xff00) == -2UL &&
		  aia_do(&m.hart[0], aia_sireg_set, EIE0, 0x100) == (-2UL & ~0xff00UL) &&
		  reg(EIE0) == ((-2UL & ~0xff00UL) | 0x100), "bits are set and cleared");
	abi_check(aia_file(&m, 0, EIE0) == reg(EIE0) && aia_file(&m, 1, EIE0) == 0,
		  "userspace sees the same, of each hart its own");
	abi_check(aia_trap(&m.hart[0], aia_sireg_read, EIE0 + 1, 0) &&
		  aia_trap(&m.hart[0], aia_sireg_read, 0x100, 0) &&
		  aia_trap(&m.hart[0], aia_sireg_read, 0x2f, 0), "others trap");
	abi_check(!reg(0x71) && !reg(0x7f) && !set_reg(0x73, -1UL) && !reg(0x73),
		  "what is reserved reads 0");
	set_reg(EIE0, 0);
	set_reg(EIP0, 1 << 5 | 1);
	abi_check(reg(EIP0) == 1 << 5 && !top(0) && !signals(0), "pending, not enabled");
	set_reg(EIE0, -1UL);
	abi_check(top(0) == TOPEI(5) && signals(0), "enabled, it is seen at once");
	set_reg(EIDELIVERY, 0);
	abi_check(top(0) == TOPEI(5) && !signals(0), "without delivery it is no interrupt");
	set_reg(EIDELIVERY, 1);
	abi_check(signals(0) && claim(0) == TOPEI(5) && !signals(0) && !top(0) && !reg(EIP0),
		  "with delivery, it is until it is claimed");
}

/* Priorities of interrupts that the hart has itself; bytes by number. */
static void test_iprio(void)
{
	const uint64_t ssi_sti = 1UL << 8 | 5UL << 40;

	abi_check(!set_reg(0x30, -1UL) && reg(0x30) == 0x0000ff000000ff00,
		  "iprio of the first eight: software and timer (%#lx)", (long)reg(0x30));
	set_reg(0x30, ssi_sti);
	abi_check(reg(0x30) == ssi_sti, "as they were written");
	set_reg(0x32, -1UL);
	abi_check(!(reg(0x32) & 0xff00), "the external interrupt has none (%#lx)",
		  (long)reg(0x32));
	abi_check(aia_trap(&m.hart[0], aia_sireg_read, 0x31, 0) != 0, "odd ones trap");
	set_reg(0x30, 0);
	set_reg(0x32, 0);
}

/* ---- MSIs ----------------------------------------------------------------------------------- */

static void test_msi(void)
{
	struct kvm_msi msi = { .address_lo = AIA_IMSIC, .data = 7 };

	aia_enable(&m);
	abi_check(aia_msi(&m, 0, 7) == 1 && signals(0) && !signals(1) && claim(0) == TOPEI(7) &&
		  !signals(0), "KVM_SIGNAL_MSI");
	abi_check(aia_msi(&m, 1, AIA_IDS) == 1 && !signals(0) && claim(1) == TOPEI(AIA_IDS),
		  "to the other hart");
	abi_check(aia_msi(&m, 0, 0) == 1 && aia_msi(&m, 0, AIA_IDS + 1) == 1 &&
		  aia_msi(&m, 0, -1U) == 1 && !top(0), "what is no identity is ignored");
	msi.address_lo += 4;
	msi.data = __builtin_bswap32(8);
	abi_check(ioctl(m.hart[0].fd, KVM_SIGNAL_MSI, &msi) == 1 && claim(0) == TOPEI(8),
		  "in the other byte order");
	msi.address_lo = AIA_IMSIC + 8;
	abi_check(ioctl(m.hart[0].fd, KVM_SIGNAL_MSI, &msi) >= 0 && !top(0),
		  "elsewhere in the page nothing is");
	msi.address_lo = AIA_IMSIC;
	msi.address_hi = 1;
	abi_check(!ioctl(m.hart[0].fd, KVM_SIGNAL_MSI, &msi) && !top(0), "nor 4 GiB higher");
	aia_msi(&m, 0, 9);
	aia_msi(&m, 0, 9);
	abi_check(claim(0) == TOPEI(9) && !claim(0), "twice the same is once");
}

static void test_priority(void)
{
	static const uint32_t ids[] = { 64, 200, 3, 63, 129 };
	static const uint32_t order[] = { 3, 63, 64, 129, 200 };
	unsigned int i, wrong = 0;

	for (i = 0; i < 5; i++)
		aia_msi(&m, 0, ids[i]);
	for (i = 0; i < 5; i++)
		wrong += top(0) != TOPEI(order[i]) || claim(0) != TOPEI(order[i]);
	abi_check(!wrong && !claim(0), "the lowest comes first (%u wrong)", wrong);
	set_reg(EITHRESHOLD, 64);
	aia_msi(&m, 0, 64);
	abi_check(!signals(0) && !top(0), "the threshold is not below itself");
	aia_msi(&m, 0, 63);
	abi_check(signals(0) && claim(0) == TOPEI(63) && !signals(0), "what is below it comes");
	set_reg(EITHRESHOLD, 0);
	abi_check(signals(0) && claim(0) == TOPEI(64), "without it, the rest");
	abi_check(!aia_do(&m.hart[0], aia_stopi, 0, 0), "stopi of nothing");
	aia_msi(&m, 0, 1);
	abi_check(aia_do(&m.hart[0], aia_stopi, 0, 0) >> 16 == 9, "stopi of an external interrupt");
	claim(0);
	abi_set_reg(m.hart[0].vcpu, ABI_CSR(sie), 0);
}

static void test_ipi(void)
{
	aia_do(&m.hart[0], aia_store, AIA_IMSIC + AIA_PAGE, 11);
	abi_check(signals(1) && claim(1) == TOPEI(11), "from one hart to another");
	aia_do(&m.hart[1], aia_store, AIA_IMSIC + AIA_PAGE, 12);
	abi_check(claim(1) == TOPEI(12), "to itself");
	abi_check(!aia_do(&m.hart[0], aia_load, AIA_IMSIC, 0) &&
		  !aia_do(&m.hart[0], aia_load, AIA_IMSIC + AIA_PAGE + 4, 0), "a file reads 0");
}

/* ---- wires ---------------------------------------------------------------------------------- */

static void set_source(uint32_t source, uint32_t mode, unsigned int hart, uint32_t id)
{
	aia_set_mmio(&m, SOURCECFG(source), mode);
	aia_set_mmio(&m, TARGET(source), TARGET_HART(hart) | id);
	aia_set_mmio(&m, SETIENUM, source);
}

static void test_edge(void)
{
	aia_set_mmio(&m, DOMAINCFG, DOMAINCFG_IE);
	abi_check(aia_mmio(&m, DOMAINCFG) == (0x80000000 | DOMAINCFG_IE | DOMAINCFG_DM),
		  "MSIs are how it delivers");
	abi_need(!aia_line(&m, 33, 1), "KVM_IRQ_LINE");
	abi_check(!top(1), "an inactive source does nothing");
	aia_line(&m, 33, 0);
	set_source(33, EDGE1, 1, 40);
	aia_line(&m, 33, 1);
	abi_check(claim(1) == TOPEI(40), "an edge");
	aia_line(&m, 33, 1);
	abi_check(!claim(1), "high already: none");
	aia_line(&m, 33, 0);
	abi_check(!claim(1), "falls: none");
	aia_line(&m, 33, 1);
	abi_check(claim(1) == TOPEI(40), "again");
	aia_set_mmio(&m, CLRIENUM, 33);
	aia_line(&m, 33, 0);
	aia_line(&m, 33, 1);
	abi_check(!claim(1) && aia_mmio(&m, SETIP(1)) == 2, "disabled: it waits");
	aia_set_mmio(&m, SETIENUM, 33);
	abi_check(claim(1) == TOPEI(40) && !aia_mmio(&m, SETIP(1)), "until it is enabled");
	aia_set_mmio(&m, SETIPNUM_LE, 33);
	abi_check(claim(1) == TOPEI(40), "set pending by number");
	aia_set_mmio(&m, GENMSI, TARGET_HART(1) | 41);
	abi_check(claim(1) == TOPEI(41), "an MSI without a source");
	aia_set_mmio(&m, SOURCECFG(33), 0);
	aia_line(&m, 33, 0);
}

static void test_level(void)
{
	set_source(1, LEVEL1, 0, 50);
	aia_line(&m, 1, 1);
	abi_check(claim(0) == TOPEI(50) && !claim(0), "a level, once");
	abi_check(aia_mmio(&m, IN_CLRIP(0)) == 2, "the wire is high");
	aia_set_mmio(&m, SETIPNUM_LE, 1);
	abi_check(claim(0) == TOPEI(50), "at the end of handling it is still high: again");
	aia_set_mmio(&m, SETIPNUM_BE, __builtin_bswap32(1));
	abi_check(claim(0) == TOPEI(50), "in the other byte order");
	aia_line(&m, 1, 0);
	aia_set_mmio(&m, SETIPNUM_LE, 1);
	abi_check(!claim(0) && !aia_mmio(&m, IN_CLRIP(0)), "low: not again");
	aia_set_mmio(&m, SOURCECFG(1), LEVEL0);
	abi_check(claim(0) == TOPEI(50), "inverted, that is high");
	aia_line(&m, 1, 1);
	aia_set_mmio(&m, SETIPNUM_LE, 1);
	abi_check(!claim(0), "and high is low");
	aia_set_mmio(&m, SOURCECFG(1), 0);
	aia_line(&m, 1, 0);
}

/* ---- eventfds ------------------------------------------------------------------------------- */

static void route_msi(uint32_t gsi, unsigned int nr, uint32_t id)
{
	struct {
		struct kvm_irq_routing		head;
		struct kvm_irq_routing_entry	entry[2];
	} table = { .head.nr = 2 };

	table.entry[0].gsi = gsi;
	table.entry[0].type = KVM_IRQ_ROUTING_MSI;
	table.entry[0].u.msi.address_lo = AIA_IMSIC + nr * AIA_PAGE;
	table.entry[0].u.msi.data = id;
	table.entry[1].gsi = 5;
	table.entry[1].type = KVM_IRQ_ROUTING_IRQCHIP;
	table.entry[1].u.irqchip.pin = 5;
	abi_need(!ioctl(m.hart[0].fd, KVM_SET_GSI_ROUTING, &table), "KVM_SET_GSI_ROUTING");
}

static void test_irqfd(void)
{
	int event = new_event(), second = new_event();

	set_source(5, EDGE1, 0, 60);
	irqfd(event, 5, 0, -1);
	signal_event(event);
	abi_check(claim(0) == TOPEI(60) && !events(event), "an eventfd to the pin of its number");
	route_msi(4000, 1, 61);
	irqfd(second, 4000, 0, -1);
	signal_event(second);
	abi_check(claim(1) == TOPEI(61) && !events(second), "an eventfd to an MSI");
	signal_event(event);
	abi_check(claim(0) == TOPEI(60), "the pin by a route");
	route_msi(4000, 0, 62);
	signal_event(second);
	abi_check(claim(0) == TOPEI(62), "another route");
	irqfd(event, 5, KVM_IRQFD_FLAG_DEASSIGN, -1);
	irqfd(second, 4000, KVM_IRQFD_FLAG_DEASSIGN, -1);
	signal_event(event);
	abi_check(!claim(0) && events(event) == 1, "deassigned, it is like any other");
	aia_set_mmio(&m, SOURCECFG(5), 0);
	close(event);
	close(second);
}

static void test_resample(void)
{
	int event = new_event(), acked = new_event();

	set_source(5, LEVEL1, 0, 70);
	irqfd(event, 5, KVM_IRQFD_FLAG_RESAMPLE, acked);
	signal_event(event);
	abi_check(claim(0) == TOPEI(70) && aia_mmio(&m, SETIP(0)) == 0 && !events(acked),
		  "an eventfd holds a line");
	abi_check(aia_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(0)) == 1 << 5, "which stays high");
	aia_set_mmio(&m, SETIPNUM_LE, 5);
	abi_check(events(acked) == 1 && !claim(0) &&
		  !aia_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(0)),
		  "until the end of handling is told; then it falls");
	aia_set_mmio(&m, SETIPNUM_LE, 5);
	abi_check(!events(acked) && !claim(0), "that is told once");
	signal_event(event);
	abi_check(claim(0) == TOPEI(70), "the next event");
	abi_check(aia_mmio(&m, IN_CLRIP(0)) == 1 << 5 && events(acked) == 1 &&
		  !aia_mmio(&m, IN_CLRIP(0)), "ended by looking at the wire");
	signal_event(event);
	abi_need(!aia_line(&m, 5, 1), "KVM_IRQ_LINE");
	claim(0);
	aia_set_mmio(&m, SETIPNUM_LE, 5);
	abi_check(events(acked) == 1 && claim(0) == TOPEI(70),
		  "a line that somebody else holds stays high");
	aia_line(&m, 5, 0);
	irqfd(event, 5, KVM_IRQFD_FLAG_DEASSIGN, -1);
	aia_set_mmio(&m, SOURCECFG(5), 0);
	close(event);
	close(acked);
}

/* What is emulated is one step, too. */
static void test_step(void)
{
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
	};
	uint64_t pc = aia_address(aia_stopi);
	unsigned int i, wrong = 0;

	abi_set_reg(m.hart[0].vcpu, ABI_CORE(regs.pc), pc);
	abi_need(!ioctl(m.hart[0].vcpu, KVM_SET_GUEST_DEBUG, &debug), "KVM_SET_GUEST_DEBUG");
	for (i = 1; i <= 3; i++)
		wrong += abi_run(&m.hart[0]) || m.hart[0].run->exit_reason != KVM_EXIT_DEBUG ||
			 abi_get_reg(m.hart[0].vcpu, ABI_CORE(regs.pc)) != pc + 4 * i;
	debug.control = 0;
	abi_need(!ioctl(m.hart[0].vcpu, KVM_SET_GUEST_DEBUG, &debug), "KVM_SET_GUEST_DEBUG");
	abi_check(!wrong, "reading stopi is one step (%u wrong)", wrong);
}

/* Two groups of one hart each, far apart: which one an address or a target of the APLIC means. */
static void test_groups(void)
{
	const uint64_t far = AIA_IMSIC + (1 << 24);
	struct kvm_msi msi = { .address_lo = far, .data = 40 };

	aia_configure(&m, false);
	abi_need(!aia_config(m.dev, KVM_DEV_RISCV_AIA_CONFIG_HART_BITS, 0) &&
		 !aia_config(m.dev, KVM_DEV_RISCV_AIA_CONFIG_GROUP_BITS, 1) &&
		 !aia_config(m.dev, KVM_DEV_RISCV_AIA_CONFIG_GROUP_SHIFT, 24) &&
		 !aia_addr(m.dev, KVM_DEV_RISCV_AIA_ADDR_IMSIC(1), far) && !aia_init(m.dev),
		 "two groups");
	aia_enable(&m);
	abi_check(ioctl(m.hart[0].fd, KVM_SIGNAL_MSI, &msi) == 1 && claim(1) == TOPEI(40) &&
		  !claim(0), "an MSI to the second group");
	msi.address_lo = AIA_IMSIC;
	abi_check(ioctl(m.hart[0].fd, KVM_SIGNAL_MSI, &msi) == 1 && claim(0) == TOPEI(40) &&
		  !claim(1), "and to the first");
	aia_do(&m.hart[0], aia_store, far, 41);
	abi_check(claim(1) == TOPEI(41) && !claim(0), "a store of a hart to the other group");
	aia_set_mmio(&m, DOMAINCFG, DOMAINCFG_IE);
	set_source(7, EDGE1, 1, 42);
	aia_set_mmio(&m, SETIENUM, 7);
	aia_line(&m, 7, 1);
	abi_check(claim(1) == TOPEI(42) && !claim(0), "a wire to the second group");
	aia_line(&m, 7, 0);
	aia_destroy(&m);
}

int main(void)
{
	abi_start(180);
	if (!aia_is_there())
		return 0;
	while (aia_next_mode()) {
		aia_create(&m, false);
		test_registers();
		test_iprio();
		test_msi();
		test_priority();
		test_ipi();
		test_edge();
		test_level();
		test_irqfd();
		test_resample();
		test_step();
		aia_destroy(&m);
		test_groups();
	}
	return abi_finish();
}
