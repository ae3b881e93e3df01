// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests of the module's dealings with the harts. When loaded it says of each hart in the kernel
 * log whether a KVM left anything in the registers of the hypervisor extension ("CPU 1: clean").
 * With forget=1 it also makes harts lose these registers while the host sleeps, as those do which
 * are powered down.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu_pm.h>
#include <linux/module.h>
#include <linux/smp.h>

#include <asm/cpufeature.h>
#include <asm/hwcap.h>

#include "hw/csr.h"

static bool forget;
module_param(forget, bool, 0444);
MODULE_PARM_DESC(forget, "harts lose their registers while the host sleeps");

static unsigned int forgotten;
module_param(forgotten, uint, 0444);
MODULE_PARM_DESC(forgotten, "how often a hart lost its registers");

/* What reads as 0 on a hart that nobody has touched, in these bits. */
#define REGISTERS(X)									\
	X(hgatp, HGATP, ~0UL) X(hvip, HVIP, HART_HVIP_ALL) X(hie, HIE, ~0UL)		\
	X(hgeie, HGEIE, ~0UL) X(hedeleg, HEDELEG, ~0UL) X(hideleg, HIDELEG, ~0UL)	\
	X(hcounteren, HCOUNTEREN, ~0UL) X(henvcfg, HENVCFG, ~0UL)			\
	X(htimedelta, HTIMEDELTA, ~0UL) X(vsie, VSIE, ~0UL) X(vsatp, VSATP, ~0UL)

static bool harts_report_one(const char *name, unsigned long value)
{
	if (value)
		pr_info("CPU %d: %s %#lx\n", smp_processor_id(), name, value);
	return !value;
}

static void harts_report(void *unused)
{
	bool clean = true;

	/* QEMU shows the host's timer interrupt in hvip, too: hence only the bits that exist. */
#define REPORT(name, number, mask) \
	clean &= harts_report_one(#name, hart_csr_read(HART_CSR_##number) & (mask));
	REGISTERS(REPORT)
#undef REPORT
	if (clean)
		pr_info("CPU %d: clean\n", smp_processor_id());
}

static int harts_sleep(struct notifier_block *nb, unsigned long event, void *unused)
{
	if (event != CPU_PM_ENTER)
		return NOTIFY_OK;
#define LOSE(name, number, mask)	hart_csr_write(HART_CSR_##number, 0);
	REGISTERS(LOSE)
#undef LOSE
	hart_csr_write(HART_CSR_VSTVEC, 0);
	hart_csr_write(HART_CSR_VSSCRATCH, 0);
	hart_csr_write(HART_CSR_VSSTATUS, 0);
	forgotten++;
	return NOTIFY_OK;
}

/* Told last of who is told: what the KVM under test saves or puts back then is lost, too. */
static struct notifier_block harts_sleep_nb = {
	.notifier_call	= harts_sleep,
	.priority	= INT_MIN,
};

static int __init harts_init(void)
{
	if (!riscv_isa_extension_available(NULL, h))
		return -ENODEV;
	on_each_cpu(harts_report, NULL, 1);
	return forget ? cpu_pm_register_notifier(&harts_sleep_nb) : 0;
}

static void __exit harts_exit(void)
{
	if (forget)
		cpu_pm_unregister_notifier(&harts_sleep_nb);
}

module_init(harts_init);
module_exit(harts_exit);

MODULE_DESCRIPTION("Looks at, and loses, what a KVM leaves in the harts");
MODULE_LICENSE("GPL");
