// SPDX-License-Identifier: GPL-2.0-only
/* Harts are made ready for guests when the module is loaded, or when they come online later. */
#include <vmm/arch.h>
#include <vmm/hw.h>

#include <linux/cpuhotplug.h>

/* The kernel has one such state, for whichever KVM is loaded: also a lock against another one. */
#define HW_STATE	CPUHP_AP_KVM_ONLINE

int vmm_hw_check_free(void)
{
	int err = cpuhp_setup_state_nocalls(HW_STATE, "virt/kvm-riscv:probe", NULL, NULL);

	if (!err)
		cpuhp_remove_state_nocalls(HW_STATE);
	return err;
}

static int hw_online(unsigned int cpu)
{
	return vmm_arch_cpu_enable();
}

static int hw_offline(unsigned int cpu)
{
	/* vCPU threads were moved away, and registers are in a hart only while a guest runs. */
	vmm_arch_cpu_disable();
	return 0;
}

int vmm_hw_enable(void)
{
	return cpuhp_setup_state(HW_STATE, "virt/kvm-riscv:online", hw_online, hw_offline);
}

void vmm_hw_disable(void)
{
	cpuhp_remove_state(HW_STATE);
}
