/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of virt/front say to each other: handlers of the ioctls, and their fds. */
#ifndef DOOR_H
#define DOOR_H

#include <linux/compiler.h>
#include <linux/fs.h>

#include <uapi/kvm_abi.h>

struct vmm_device;
struct vmm_vcpu;
struct vmm_vm;

/* The argument of an ioctl, as the column "argument" of ioctls.def says. */
struct door_arg {
	unsigned long	value;
	void __user	*user;
	union {
		struct kvm_clear_dirty_log		clear_log;
		struct kvm_coalesced_mmio_zone		zone;
		struct kvm_device_attr			attr;
		struct kvm_dirty_log			dirty_log;
		struct kvm_guest_debug			debug;
		struct kvm_enable_cap			cap;
		struct kvm_interrupt			irq;
		struct kvm_ioeventfd			ioeventfd;
		struct kvm_irq_level			line;
		struct kvm_irq_routing			routing;	/* without its entries */
		struct kvm_irqfd			irqfd;
		struct kvm_mp_state			mp_state;
		struct kvm_msi				msi;
		struct kvm_one_reg			reg;
		struct kvm_userspace_memory_region	region;
		struct kvm_userspace_memory_region2	region2;
	};
};

extern const struct file_operations door_sys_fops;
extern const struct file_operations door_vm_fops;
extern const struct file_operations door_vcpu_fops;
extern const struct file_operations door_device_fops;

/* ioctl.c: the dispatchers. */
long door_sys_ioctl(struct file *file, unsigned int cmd, unsigned long value);
long door_vm_ioctl(struct file *file, unsigned int cmd, unsigned long value);
long door_vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long value);
long door_device_ioctl(struct file *file, unsigned int cmd, unsigned long value);
long door_compat_ioctl(struct file *file, unsigned int cmd, unsigned long value);

/* sys_fd.c: value of a capability; @vm is NULL when asked on /dev/kvm. */
long door_check_cap(struct vmm_vm *vm, unsigned long cap);

/* Handlers: result of the ioctl, or -errno. */
#define IOCTL(kind, cmd, args, locks, handler, doc) IOCTL_##kind(handler)
#define IOCTL_SYS(handler)	long handler(struct door_arg *arg);
#define IOCTL_VM(handler)	long handler(struct vmm_vm *vm, struct door_arg *arg);
#define IOCTL_VCPU(handler)	long handler(struct vmm_vcpu *vcpu, struct door_arg *arg);
#define IOCTL_DEV(handler)	long handler(struct vmm_device *device, struct door_arg *arg);
#include "ioctls.def"
#undef IOCTL
#undef IOCTL_SYS
#undef IOCTL_VM
#undef IOCTL_VCPU
#undef IOCTL_DEV

#endif
