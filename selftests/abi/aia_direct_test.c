// SPDX-License-Identifier: GPL-2.0-only
/* An APLIC that signals harts itself, without interrupt files: KVM_DEV_RV_AIA_CONFIG_DELIVERY. */
#include "aia.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct aia m;

static bool signals(unsigned int nr)
{
	return aia_do(&m.hart[nr], aia_sip, 0, 0) & SIP_SEIP;
}

static void set_source(uint32_t source, uint32_t mode, unsigned int hart, uint32_t iprio)
{
	aia_set_mmio(&m, SOURCECFG(source), mode);
	aia_set_mmio(&m, TARGET(source), TARGET_HART(hart) | iprio);
	aia_set_mmio(&m, SETIENUM, source);
}

static void test_registers(void)
{
	abi_check(aia_mmio(&m, DOMAINCFG) == 0x80000000, "domaincfg at first");
	aia_set_mmio(&m, DOMAINCFG, DOMAINCFG_IE | DOMAINCFG_DM);
	abi_check(aia_mmio(&m, DOMAINCFG) == (0x80000000 | DOMAINCFG_IE), "delivery stays direct");
	aia_set_mmio(&m, SOURCECFG(1), EDGE1);
	aia_set_mmio(&m, TARGET(1), TARGET_HART(1));
	abi_check(aia_mmio(&m, TARGET(1)) == (TARGET_HART(1) | 1), "priority 0 is 1");
	aia_set_mmio(&m, GENMSI, -1U);
	abi_check(!aia_mmio(&m, GENMSI), "there is no genmsi");
	aia_set_mmio(&m, ITHRESHOLD(1), -1U);
	aia_set_mmio(&m, IDELIVERY(1), -1U);
	abi_check(aia_mmio(&m, ITHRESHOLD(1)) == 0xff && aia_mmio(&m, IDELIVERY(1)) == 1 &&
		  !aia_mmio(&m, IDELIVERY(0)), "each hart has its own");
	aia_set_mmio(&m, IDELIVERY(AIA_HARTS), 1);
	abi_check(!aia_mmio(&m, IDELIVERY(AIA_HARTS)), "others have none");
	aia_set_mmio(&m, ITHRESHOLD(1), 0);
	aia_set_mmio(&m, IDELIVERY(0), 1);
	aia_set_mmio(&m, SOURCECFG(1), 0);
	abi_check(aia_trap(&m.hart[0], aia_top, 0, 0) &&
		  aia_trap(&m.hart[0], aia_sireg_read, EIE0, 0), "the guest has no interrupt file");
}

static void test_edge(void)
{
	set_source(7, EDGE1, 0, 3);
	abi_need(!aia_line(&m, 7, 1), "KVM_IRQ_LINE");
	abi_check(signals(0) && !signals(1) && aia_mmio(&m, TOPI(0)) == TOP(7, 3), "an edge");
	abi_check(aia_mmio(&m, CLAIMI(0)) == TOP(7, 3) && !signals(0) &&
		  !aia_mmio(&m, CLAIMI(0)), "until it is claimed");
	aia_line(&m, 7, 0);
	abi_check(!signals(0), "no other when it falls");
	aia_line(&m, 7, 1);
	aia_set_mmio(&m, CLRIPNUM, 7);
	abi_check(!signals(0), "cleared instead");
	aia_set_mmio(&m, SETIPNUM, 7);
	aia_set_mmio(&m, TARGET(7), TARGET_HART(1) | 3);
	abi_check(!signals(0) && signals(1), "moved to the other hart while it is pending");
	abi_check(aia_mmio(&m, CLAIMI(1)) == TOP(7, 3) && !signals(1), "and claimed there");
	aia_line(&m, 7, 0);
	aia_set_mmio(&m, SOURCECFG(7), 0);
}

static void test_level(void)
{
	set_source(96, LEVEL1, 1, 9);
	aia_line(&m, 96, 1);
	abi_check(signals(1) && aia_mmio(&m, CLAIMI(1)) == TOP(96, 9) && signals(1),
		  "a level that stays is pending again");
	aia_set_mmio(&m, CLRIENUM, 96);
	abi_check(!signals(1) && aia_mmio(&m, SETIP(3)) == 1, "not while it is disabled");
	aia_set_mmio(&m, SETIENUM, 96);
	abi_check(signals(1), "again when it is enabled");
	aia_line(&m, 96, 0);
	abi_check(!signals(1) && !aia_mmio(&m, CLAIMI(1)), "it goes with the level");
	aia_set_mmio(&m, SETIPNUM, 96);
	abi_check(!signals(1), "a low level cannot be set pending");
	aia_set_mmio(&m, SOURCECFG(96), LEVEL0);
	abi_check(signals(1), "inverted");
	aia_set_mmio(&m, SOURCECFG(96), 0);
	abi_check(!signals(1), "inactive");
}

static void test_priority(void)
{
	set_source(10, DETACHED, 0, 8);
	set_source(11, DETACHED, 0, 4);
	set_source(9, DETACHED, 0, 8);
	aia_set_mmio(&m, SETIPNUM, 10);
	aia_set_mmio(&m, SETIPNUM_LE, 11);
	aia_set_mmio(&m, SETIP(0), 1 << 9);
	abi_check(aia_mmio(&m, TOPI(0)) == TOP(11, 4), "the lowest priority number");
	aia_set_mmio(&m, ITHRESHOLD(0), 4);
	abi_check(!signals(0) && !aia_mmio(&m, CLAIMI(0)), "not at the threshold");
	aia_set_mmio(&m, ITHRESHOLD(0), 5);
	abi_check(signals(0) && aia_mmio(&m, CLAIMI(0)) == TOP(11, 4) && !signals(0),
		  "but below it");
	aia_set_mmio(&m, ITHRESHOLD(0), 0);
	abi_check(aia_mmio(&m, CLAIMI(0)) == TOP(9, 8) && aia_mmio(&m, CLAIMI(0)) == TOP(10, 8) &&
		  !aia_mmio(&m, CLAIMI(0)), "among equals the lowest source");
}

static void test_delivery(void)
{
	aia_set_mmio(&m, IFORCE(0), 1);
	abi_check(signals(0) && !aia_mmio(&m, TOPI(0)), "forced, without a source");
	aia_set_mmio(&m, SETIPNUM, 10);
	abi_check(aia_mmio(&m, CLAIMI(0)) == TOP(10, 8) && signals(0), "one that there is first");
	abi_check(!aia_mmio(&m, CLAIMI(0)) && !signals(0) && !aia_mmio(&m, IFORCE(0)),
		  "a claim of nothing ends it");
	aia_set_mmio(&m, SETIPNUM, 10);
	aia_set_mmio(&m, IDELIVERY(0), 0);
	abi_check(!signals(0) && aia_mmio(&m, TOPI(0)) == TOP(10, 8), "not delivered by idelivery");
	aia_set_mmio(&m, IDELIVERY(0), 1);
	abi_check(signals(0), "and again");
	aia_set_mmio(&m, DOMAINCFG, 0);
	abi_check(!signals(0), "nor by domaincfg");
	aia_set_mmio(&m, DOMAINCFG, DOMAINCFG_IE);
	abi_check(signals(0) && aia_mmio(&m, CLAIMI(0)) == TOP(10, 8) && !signals(0), "and again");
}

static void test_resample(void)
{
	struct kvm_irqfd ask = { .gsi = 20, .flags = KVM_IRQFD_FLAG_RESAMPLE };
	uint64_t count = 1;
	int acked = eventfd(0, EFD_NONBLOCK), event = eventfd(0, EFD_NONBLOCK);

	set_source(20, LEVEL1, 0, 1);
	ask.fd = event;
	ask.resamplefd = acked;
	abi_need(event >= 0 && acked >= 0 && !ioctl(m.hart[0].fd, KVM_IRQFD, &ask), "KVM_IRQFD");
	abi_need(write(event, &count, 8) == 8, "event");
	abi_check(signals(0) && read(acked, &count, 8) == -1, "an eventfd holds the line");
	abi_check(aia_mmio(&m, CLAIMI(0)) == TOP(20, 1) && !signals(0) &&
		  read(acked, &count, 8) == 8 && count == 1, "until the claim, of which it hears");
	close(event);
	close(acked);
}

static void test_attributes(void)
{
	aia_set_aplic(&m, IFORCE(1), 1);
	abi_check(signals(1) && aia_aplic(&m, IFORCE(1)) == 1, "state that is set has its effect");
	abi_check(!aia_aplic(&m, CLAIMI(1)) && aia_aplic(&m, IFORCE(1)) == 1,
		  "reading it as userspace claims nothing");
	aia_set_aplic(&m, IFORCE(1), 0);
	abi_check(!signals(1), "and is gone with it");
}

static void *raise_later(void *unused)
{
	usleep(50000);
	aia_set_aplic(&m, IFORCE(0), 1);
	return NULL;
}

/* A vCPU that waits for an interrupt: guest_wfi in guest.S says sip. */
static void test_halted(void)
{
	struct abi_vm *hart = &m.hart[0];
	pthread_t thread;

	abi_set_reg(hart->vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_wfi - guest_start));
	abi_need(!pthread_create(&thread, NULL, raise_later, NULL), "thread");
	abi_check(!abi_run(hart) && abi_is_sbi(hart, 1) &&
		  hart->run->riscv_sbi.args[0] & SIP_SEIP, "a halted hart is woken");
	pthread_join(thread, NULL);
}

int main(void)
{
	abi_start(30);
	if (!aia_is_there())
		return 0;
	aia_create(&m, true);
	test_registers();
	test_edge();
	test_level();
	test_priority();
	test_delivery();
	test_resample();
	test_attributes();
	test_halted();
	aia_destroy(&m);
	return abi_finish();
}
