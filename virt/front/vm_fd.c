// SPDX-License-Identifier: GPL-2.0-only
/* The file descriptor of a VM. */
#include "door.h"

#include <vmm/arch.h>
#include <vmm/bus.h>
#include <vmm/dirty.h>
#include <vmm/slots.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

static_assert(SLOT_FLAG_LOG_DIRTY == KVM_MEM_LOG_DIRTY_PAGES);
static_assert(SLOT_FLAG_READONLY == KVM_MEM_READONLY);
static_assert(VMM_DIRTY_MANUAL == KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
static_assert(VMM_DIRTY_INITIALLY_SET == KVM_DIRTY_LOG_INITIALLY_SET);

/* The file is the last thing that can fail; then the vCPU is made public, and its fd at the end. */
static long vm_publish_vcpu(struct vmm_vcpu *vcpu)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = anon_inode_getfile("kvm-vcpu", &door_vcpu_fops, vcpu, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	vmm_vm_get(vcpu->vm);
	vmm_vcpu_publish(vcpu);
	fd_install(fd, file);
	return fd;
}

long door_vm_create_vcpu(struct vmm_vm *vm, struct door_arg *arg)
{
	struct vmm_vcpu *vcpu = vmm_vcpu_create(vm, arg->value);
	long fd;

	if (IS_ERR(vcpu))
		return PTR_ERR(vcpu);
	fd = vm_publish_vcpu(vcpu);
	if (fd < 0)
		vmm_vcpu_discard(vcpu);
	return fd;
}

long door_vm_check_cap(struct vmm_vm *vm, struct door_arg *arg)
{
	return door_check_cap(vm, arg->value);
}

long door_vm_enable_cap(struct vmm_vm *vm, struct door_arg *arg)
{
	const struct kvm_enable_cap *ask = &arg->cap;

	if (ask->flags)
		return -EINVAL;
	switch (ask->cap) {
	case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2:
		return vmm_dirty_log_set_mode(vm, ask->args[0]);
	case KVM_CAP_DIRTY_LOG_RING_ACQ_REL:
		return vmm_dirty_ring_enable(vm, ask->args[0]);
	case KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP:
		return vmm_dirty_ring_add_bitmap(vm);
	case KVM_CAP_HALT_POLL:
		if (ask->args[0] > UINT_MAX)
			return -EINVAL;
		WRITE_ONCE(vm->halt_poll_max, ask->args[0]);
		return 0;
	default:
		return vmm_arch_enable_cap(vm, ask->cap, ask->args);
	}
}

long door_vm_set_region(struct vmm_vm *vm, struct door_arg *arg)
{
	const struct slot_request req = {
		.id	= arg->region.slot,
		.flags	= arg->region.flags,
		.gpa	= arg->region.guest_phys_addr,
		.size	= arg->region.memory_size,
		.hva	= arg->region.userspace_addr,
	};

	return vmm_slots_change(vm, &req);
}

long door_vm_set_region2(struct vmm_vm *vm, struct door_arg *arg)
{
	/* The members for guest_memfd mean nothing without its flag, which is refused. */
	const struct slot_request req = {
		.id	= arg->region2.slot,
		.flags	= arg->region2.flags,
		.gpa	= arg->region2.guest_phys_addr,
		.size	= arg->region2.memory_size,
		.hva	= arg->region2.userspace_addr,
	};

	return vmm_slots_change(vm, &req);
}

long door_vm_get_dirty_log(struct vmm_vm *vm, struct door_arg *arg)
{
	struct vmm_dirty_log log;
	long err;

	err = vmm_dirty_log_read(vm, arg->dirty_log.slot, &log);
	if (err)
		return err;
	if (copy_to_user(arg->dirty_log.dirty_bitmap, log.bitmap, log.bytes)) {
		vmm_dirty_log_give_back(vm, arg->dirty_log.slot, &log);
		err = -EFAULT;
	}
	kvfree(log.bitmap);
	return err;
}

long door_vm_clear_dirty_log(struct vmm_vm *vm, struct door_arg *arg)
{
	const struct vmm_dirty_range range = {
		.slot	= arg->clear_log.slot,
		.first	= arg->clear_log.first_page,
		.count	= arg->clear_log.num_pages,
	};
	unsigned long *bitmap __free(kvfree) = NULL;
	size_t bytes = BITS_TO_LONGS(range.count) * sizeof(long);
	int err;

	/* First, since it bounds the size. */
	err = vmm_dirty_log_check(vm, &range);
	if (err || !bytes)
		return err;
	bitmap = kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!bitmap)
		return -ENOMEM;
	if (copy_from_user(bitmap, arg->clear_log.dirty_bitmap, bytes))
		return -EFAULT;
	return vmm_dirty_log_clear(vm, &range, bitmap);
}

long door_vm_reset_rings(struct vmm_vm *vm, struct door_arg *arg)
{
	return vmm_dirty_ring_reset(vm);
}

static long vm_change_zone(struct vmm_vm *vm, const struct kvm_coalesced_mmio_zone *zone,
			   int (*change)(struct vmm_vm *vm, u64 addr, u64 size))
{
	if (zone->pio > 1)
		return -EINVAL;
	/* There are no I/O ports, so no store to queue. */
	return zone->pio ? 0 : change(vm, zone->addr, zone->size);
}

long door_vm_add_zone(struct vmm_vm *vm, struct door_arg *arg)
{
	return vm_change_zone(vm, &arg->zone, vmm_coalesced_add);
}

long door_vm_remove_zone(struct vmm_vm *vm, struct door_arg *arg)
{
	return vm_change_zone(vm, &arg->zone, vmm_coalesced_remove);
}

#define IOEVENTFD_FLAGS	\
	(KVM_IOEVENTFD_FLAG_DATAMATCH | KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_DEASSIGN)

long door_vm_ioeventfd(struct vmm_vm *vm, struct door_arg *arg)
{
	const struct kvm_ioeventfd *ask = &arg->ioeventfd;
	const struct vmm_ioeventfd_request req = {
		.space		= ask->flags & KVM_IOEVENTFD_FLAG_PIO ? VMM_BUS_PIO : VMM_BUS_MMIO,
		.fd		= ask->fd,
		.len		= ask->len,
		.has_data	= ask->flags & KVM_IOEVENTFD_FLAG_DATAMATCH,
		.addr		= ask->addr,
		.data		= ask->datamatch,
	};

	/* ask->pad is ignored: clients were never told to clear it. */
	if (ask->flags & ~IOEVENTFD_FLAGS)
		return -EINVAL;
	if (ask->flags & KVM_IOEVENTFD_FLAG_DEASSIGN)
		return vmm_ioeventfd_deassign(vm, &req);
	return vmm_ioeventfd_assign(vm, &req);
}

static int vm_release(struct inode *inode, struct file *file)
{
	vmm_vm_put(file->private_data);
	return 0;
}

const struct file_operations door_vm_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= door_vm_ioctl,
	.compat_ioctl	= door_compat_ioctl,
	.release	= vm_release,
	.llseek		= noop_llseek,
};
