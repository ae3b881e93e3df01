// SPDX-License-Identifier: GPL-2.0-only
/* The devices in the kernel that a VM has. */
#include <vmm/device.h>
#include <vmm/vm.h>

#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/slab.h>

int vmm_devices_init(struct vmm_vm *vm)
{
	INIT_LIST_HEAD(&vm->devices);
	return 0;
}

static void device_destroy(struct vmm_device *device)
{
	list_del(&device->node);
	device->ops->destroy(device->dev);
	kfree(device);
}

void vmm_devices_destroy(struct vmm_vm *vm)
{
	struct vmm_device *device, *next;

	list_for_each_entry_safe(device, next, &vm->devices, node)
		device_destroy(device);
}

static bool has_device(struct vmm_vm *vm, u32 type)
{
	struct vmm_device *device;

	list_for_each_entry(device, &vm->devices, node) {
		if (device->ops->type == type)
			return true;
	}
	return false;
}

struct vmm_device *vmm_device_create(struct vmm_vm *vm, const struct vmm_device_ops *ops)
{
	struct vmm_device *device;
	void *dev;

	lockdep_assert_held(&vm->lock);

	if (!ops->available(vm))
		return ERR_PTR(-ENODEV);
	if (has_device(vm, ops->type))
		return ERR_PTR(-EEXIST);
	device = kzalloc(sizeof(*device), GFP_KERNEL_ACCOUNT);
	if (!device)
		return ERR_PTR(-ENOMEM);
	dev = ops->create(vm);
	if (IS_ERR(dev)) {
		kfree(device);
		return ERR_CAST(dev);
	}
	device->vm = vm;
	device->ops = ops;
	device->dev = dev;
	list_add(&device->node, &vm->devices);
	return device;
}

void vmm_device_discard(struct vmm_device *device)
{
	lockdep_assert_held(&device->vm->lock);
	device_destroy(device);
}
