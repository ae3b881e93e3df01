// SPDX-License-Identifier: GPL-2.0-only
/* Start and end of the module: stages that are entered in order and left in reverse. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "door.h"

#include <vmm/arch.h>
#include <vmm/hw.h>
#include <vmm/irqline.h>
#include <vmm/stats.h>
#include <vmm/vcpu.h>

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static struct miscdevice module_node = {
	.minor	= KVM_MINOR,
	.name	= "kvm",
	.fops	= &door_sys_fops,
};

static int __init node_init(void)
{
	return misc_register(&module_node);
}

static void node_exit(void)
{
	misc_deregister(&module_node);
}

static void nothing_exit(void)
{
}

/* The other KVM is looked for before a hart is touched; /dev/kvm comes when all works. */
static int (*const module_inits[])(void) __initconst = {
	vmm_hw_check_free,	vmm_vcpu_cache_init,	vmm_irqfd_module_init,
	vmm_arch_host_init,	vmm_hw_enable,		vmm_stats_fs_init,
	node_init,
};

static void (*const module_exits[])(void) = {
	nothing_exit,		vmm_vcpu_cache_exit,	vmm_irqfd_module_exit,
	vmm_arch_host_exit,	vmm_hw_disable,		vmm_stats_fs_exit,
	node_exit,
};

static void module_leave_stages(unsigned int reached)
{
	while (reached--)
		module_exits[reached]();
}

static int __init refuse(int err)
{
	/* Other reasons were logged where they were found. */
	if (err == -EBUSY)
		pr_err("another KVM (module kvm, or built in) holds /dev/kvm; unload it first\n");
	return err;
}

static int __init door_init(void)
{
	unsigned int i;
	int err;

	static_assert(ARRAY_SIZE(module_inits) == ARRAY_SIZE(module_exits));

	for (i = 0; i < ARRAY_SIZE(module_inits); i++) {
		err = module_inits[i]();
		if (!err)
			continue;
		module_leave_stages(i);
		return refuse(err);
	}
	return 0;
}

static void __exit door_exit(void)
{
	module_leave_stages(ARRAY_SIZE(module_exits));
}

module_init(door_init);
module_exit(door_exit);

MODULE_DESCRIPTION("KVM for RISC-V hosts with the hypervisor extension");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
MODULE_ALIAS_MISCDEV(KVM_MINOR);
MODULE_ALIAS("devname:kvm");
