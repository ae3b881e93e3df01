// SPDX-License-Identifier: GPL-2.0-only
/*
 * Harts are made ready for guests when the module is loaded, when they come online later, and when
 * they come out of a sleep that may have cost them their registers. They are left clean when they
 * go offline and when the kernel ends: the next one may be started by this one (kexec).
 */
#include <vmm/arch.h>
#include <vmm/hw.h>

#include <linux/cpu_pm.h>
#include <linux/cpuhotplug.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include <compat/kshim.h>

/* The kernel has one such state, for whichever KVM is loaded: also a lock against another one. */
#define HW_STATE	CPUHP_AP_KVM_ONLINE

/* Written and read by the hart itself. */
static DEFINE_PER_CPU(bool, hw_ready);

int vmm_hw_check_free(void)
{
	int err = cpuhp_setup_state_nocalls(HW_STATE, "virt/kvm-riscv:probe", NULL, NULL);

	if (!err)
		cpuhp_remove_state_nocalls(HW_STATE);
	return err;
}

static int hw_online(unsigned int cpu)
{
	int err = vmm_arch_cpu_enable();

	if (!err)
		__this_cpu_write(hw_ready, true);
	return err;
}

static int hw_offline(unsigned int cpu)
{
	/* vCPU threads were moved away, and registers are in a hart only while a guest runs. */
	__this_cpu_write(hw_ready, false);
	vmm_arch_cpu_disable();
	return 0;
}

/*
 * Suspend and deep idle states call this, with interrupts off. No vCPU is in the hart: it would not
 * be idle, and tasks are frozen during suspend.
 */
static int hw_power(struct notifier_block *nb, unsigned long event, void *unused)
{
	if (!__this_cpu_read(hw_ready))
		return NOTIFY_OK;
	switch (event) {
	case CPU_PM_ENTER:
		vmm_arch_cpu_disable();
		break;
	case CPU_PM_ENTER_FAILED:
	case CPU_PM_EXIT:
		vmm_arch_cpu_resume();
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block hw_power_nb = {
	.notifier_call = hw_power,
};

static void hw_finish(void *unused)
{
	__this_cpu_write(hw_ready, false);
	vmm_arch_cpu_disable();
}

/* Tasks are still running, vCPUs among them. */
static void hw_shutdown(void)
{
	vmm_arch_host_close();
	on_each_cpu(hw_finish, NULL, 1);
}

KSHIM_SYSCORE(hw_syscore, hw_shutdown);

int vmm_hw_enable(void)
{
	int err;

	/* Before the first hart is ready, so that none sleeps unnoticed. */
	err = cpu_pm_register_notifier(&hw_power_nb);
	if (err)
		return err;
	err = cpuhp_setup_state(HW_STATE, "virt/kvm-riscv:online", hw_online, hw_offline);
	if (err) {
		cpu_pm_unregister_notifier(&hw_power_nb);
		return err;
	}
	kshim_syscore_register(&hw_syscore);
	return 0;
}

void vmm_hw_disable(void)
{
	kshim_syscore_unregister(&hw_syscore);
	cpuhp_remove_state(HW_STATE);
	cpu_pm_unregister_notifier(&hw_power_nb);
}
