/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices in the kernel that a client creates, sets up and saves by their attributes
 * (KVM_CREATE_DEVICE). Which there are is the architecture's: vmm_arch_device_types.
 */
#ifndef VMM_DEVICE_H
#define VMM_DEVICE_H

#include <linux/list.h>
#include <linux/types.h>

struct vmm_vm;

/**
 * struct vmm_device_ops - A type of device, of which a VM can have one.
 * @type:      KVM_DEV_TYPE_*.
 * @name:      Of its file descriptors, such as "kvm-riscv-aia".
 * @available: Can this host have such a device at all?
 *             Context: any process context; @vm may be NULL; no lock held.
 * @create:    A new device, as the other functions get it; or an ERR_PTR: -EBUSY too late for it,
 *             -ENOMEM, and others, which KVM_CREATE_DEVICE returns.
 * @destroy:   The end of the device: with the VM, or when its creation cannot be finished. Then
 *             no vCPU runs, or none did while there was a device. An interrupt controller calls
 *             vmm_irq_detach() first.
 *             Context: process context, sleeps; vm->lock held, or the VM has no user any more.
 * @attr_size: Bytes of an attribute's value: 4 or 8; 0 for what is only a command to @set; -ENXIO
 *             no such attribute. Any @group and @attr are asked for, at any stage of the device.
 * @get:       Value of an attribute that @attr_size knows, 0 bytes included; zero-extended.
 *             Return: 0, or -errno, -ENXIO what cannot be read among them.
 * @set:       Change it. Return: 0, or -errno.
 *
 * Context of all where nothing else is said: process context, may sleep; vm->lock held.
 */
struct vmm_device_ops {
	u32		type;
	const char	*name;
	bool		(*available)(struct vmm_vm *vm);
	void		*(*create)(struct vmm_vm *vm);
	void		(*destroy)(void *dev);
	int		(*attr_size)(void *dev, u32 group, u64 attr);
	int		(*get)(void *dev, u32 group, u64 attr, u64 *value);
	int		(*set)(void *dev, u32 group, u64 attr, u64 value);
};

struct vmm_device {
	struct list_head		node;	/* in vm->devices */
	struct vmm_vm			*vm;
	const struct vmm_device_ops	*ops;
	void				*dev;	/* of ops->create */
};

/* Stages of a VM's life. Context: process context, sleep; no other user of the VM. */
int vmm_devices_init(struct vmm_vm *vm);
void vmm_devices_destroy(struct vmm_vm *vm);

/**
 * vmm_device_create() - Give a VM a device.
 * @vm:  The VM; its lock is held.
 * @ops: Its type.
 *
 * The device lives as long as the VM, unless vmm_device_discard() ends it.
 *
 * Context: Process context, sleeps.
 * Return:  The device, or an ERR_PTR: -ENODEV not on this host; -EEXIST the VM has one; -ENOMEM;
 *          what ops->create says.
 */
struct vmm_device *vmm_device_create(struct vmm_vm *vm, const struct vmm_device_ops *ops);

/**
 * vmm_device_discard() - Destroy a device that nobody was told of.
 * @device: The device; its VM's lock is held since it was created.
 *
 * Context: Process context, sleeps.
 */
void vmm_device_discard(struct vmm_device *device);

#endif
