// SPDX-License-Identifier: GPL-2.0-only
/* Devices in the kernel: how they are created, and their file descriptors. */
#include "door.h"

#include <vmm/arch.h>
#include <vmm/device.h>
#include <vmm/vm.h>

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/uaccess.h>

static const struct vmm_device_ops *find_type(u32 type)
{
	const struct vmm_device_ops *const *ops;

	for (ops = vmm_arch_device_types; *ops; ops++) {
		if ((*ops)->type == type)
			return *ops;
	}
	return NULL;
}

/* The file is the last thing that can fail, since it would be released later. */
static long device_open(struct vmm_device *device, struct kvm_create_device __user *user)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	if (put_user(fd, &user->fd)) {
		put_unused_fd(fd);
		return -EFAULT;
	}
	file = anon_inode_getfile(device->ops->name, &door_device_fops, device, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	vmm_vm_get(device->vm);
	fd_install(fd, file);
	return 0;
}

static long device_create(struct vmm_vm *vm, const struct vmm_device_ops *ops,
			  struct kvm_create_device __user *user)
{
	struct vmm_device *device = vmm_device_create(vm, ops);
	long err;

	if (IS_ERR(device))
		return PTR_ERR(device);
	err = device_open(device, user);
	if (err)
		vmm_device_discard(device);
	return err;
}

long door_vm_create_device(struct vmm_vm *vm, struct door_arg *arg)
{
	struct kvm_create_device __user *user = arg->user;
	const struct vmm_device_ops *ops;
	struct kvm_create_device ask;

	if (copy_from_user(&ask, user, sizeof(ask)))
		return -EFAULT;
	if (ask.flags & ~KVM_CREATE_DEVICE_TEST)
		return -EINVAL;
	ops = find_type(ask.type);
	if (!ops)
		return -ENODEV;
	if (ask.flags & KVM_CREATE_DEVICE_TEST)
		return ops->available(vm) ? 0 : -ENODEV;
	return device_create(vm, ops, user);
}

/* ---- attributes ----------------------------------------------------------------------------- */

/* Bytes of the attribute's value, or -errno. */
static int attr_size(struct vmm_device *device, const struct kvm_device_attr *attr)
{
	if (attr->flags)
		return -EINVAL;
	return device->ops->attr_size(device->dev, attr->group, attr->attr);
}

long door_device_has_attr(struct vmm_device *device, struct door_arg *arg)
{
	return min(attr_size(device, &arg->attr), 0);
}

long door_device_get_attr(struct vmm_device *device, struct door_arg *arg)
{
	const struct kvm_device_attr *attr = &arg->attr;
	int size = attr_size(device, attr);
	u64 value = 0;
	int err;

	if (size < 0)
		return size;
	err = device->ops->get(device->dev, attr->group, attr->attr, &value);
	if (err)
		return err;
	/* Little-endian: the low bytes are the first. */
	return copy_to_user(u64_to_user_ptr(attr->addr), &value, size) ? -EFAULT : 0;
}

long door_device_set_attr(struct vmm_device *device, struct door_arg *arg)
{
	const struct kvm_device_attr *attr = &arg->attr;
	int size = attr_size(device, attr);
	u64 value = 0;

	if (size < 0)
		return size;
	if (copy_from_user(&value, u64_to_user_ptr(attr->addr), size))
		return -EFAULT;
	return device->ops->set(device->dev, attr->group, attr->attr, value);
}

/* The device lives on, with its VM. */
static int device_release(struct inode *inode, struct file *file)
{
	struct vmm_device *device = file->private_data;

	vmm_vm_put(device->vm);
	return 0;
}

const struct file_operations door_device_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= door_device_ioctl,
	.compat_ioctl	= door_compat_ioctl,
	.release	= device_release,
	.llseek		= noop_llseek,
};
