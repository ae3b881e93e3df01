// SPDX-License-Identifier: GPL-2.0-only
/* /dev/kvm. */
#include "door.h"

#include <vmm/arch.h>
#include <vmm/dirty.h>
#include <vmm/irqline.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/anon_inodes.h>
#include <linux/compat.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/minmax.h>
#include <linux/module.h>

#define CAP(number, name, kinds, value, doc) static_assert(KVM_CAP_##name == (number));
#include "caps.def"
#undef CAP

long door_check_cap(struct vmm_vm *vm, unsigned long cap)
{
	switch (cap) {
#define CAP(number, name, kinds, value, doc) case KVM_CAP_##name: return value;
#include "caps.def"
#undef CAP
	default:
		return vmm_arch_check_cap(vm, cap);
	}
}

long door_sys_api_version(struct door_arg *arg)
{
	return KVM_API_VERSION;
}

long door_sys_check_cap(struct door_arg *arg)
{
	return door_check_cap(NULL, arg->value);
}

long door_sys_mmap_size(struct door_arg *arg)
{
	return (KVM_COALESCED_MMIO_PAGE_OFFSET + 1) * PAGE_SIZE;
}

long door_sys_create_vm(struct door_arg *arg)
{
	struct vmm_vm *vm = vmm_vm_create();
	int fd;

	if (IS_ERR(vm))
		return PTR_ERR(vm);
	fd = anon_inode_getfd("kvm-vm", &door_vm_fops, vm, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		vmm_vm_put(vm);
	return fd;
}

static int sys_open(struct inode *inode, struct file *file)
{
	return in_compat_syscall() ? -ENODEV : 0;
}

const struct file_operations door_sys_fops = {
	.owner		= THIS_MODULE,
	.open		= sys_open,
	.unlocked_ioctl	= door_sys_ioctl,
	.compat_ioctl	= door_compat_ioctl,
	.llseek		= noop_llseek,
};
