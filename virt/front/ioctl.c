// SPDX-License-Identifier: GPL-2.0-only
/* Dispatch of ioctls: find the row, copy in, lock, call, copy out. */
#include "door.h"

#include <vmm/device.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/nospec.h>
#include <linux/uaccess.h>

#include <compat/kshim.h>

enum door_args { ARGS_ZERO, ARGS_VALUE, ARGS_IN, ARGS_OUT, ARGS_USER };
enum door_lock { LOCK_NONE, LOCK_VM, LOCK_VCPU };

struct door_row {
	unsigned int	cmd;
	enum door_args	args;
	enum door_lock	lock;
	union {
		long	(*sys)(struct door_arg *arg);
		long	(*vm)(struct vmm_vm *vm, struct door_arg *arg);
		long	(*vcpu)(struct vmm_vcpu *vcpu, struct door_arg *arg);
		long	(*device)(struct vmm_device *device, struct door_arg *arg);
	};
};

#define ROW(command, arguments, locks, member, handler)				\
	[_IOC_NR(command)] = {							\
		.cmd = command, .args = ARGS_##arguments, .lock = LOCK_##locks,	\
		.member = handler,						\
	},
#define IOCTL(kind, cmd, args, locks, handler, doc) IOCTL_##kind(cmd, args, locks, handler)

static const struct door_row sys_rows[] = {
#define IOCTL_SYS(cmd, args, locks, handler)	ROW(cmd, args, locks, sys, handler)
#define IOCTL_VM(cmd, args, locks, handler)
#define IOCTL_VCPU(cmd, args, locks, handler)
#define IOCTL_DEV(cmd, args, locks, handler)
#include "ioctls.def"
#undef IOCTL_SYS
};

static const struct door_row vm_rows[] = {
#define IOCTL_SYS(cmd, args, locks, handler)
#undef IOCTL_VM
#define IOCTL_VM(cmd, args, locks, handler)	ROW(cmd, args, locks, vm, handler)
#include "ioctls.def"
#undef IOCTL_VM
};

static const struct door_row vcpu_rows[] = {
#define IOCTL_VM(cmd, args, locks, handler)
#undef IOCTL_VCPU
#define IOCTL_VCPU(cmd, args, locks, handler)	ROW(cmd, args, locks, vcpu, handler)
#include "ioctls.def"
#undef IOCTL_VCPU
};

static const struct door_row device_rows[] = {
#define IOCTL_VCPU(cmd, args, locks, handler)
#undef IOCTL_DEV
#define IOCTL_DEV(cmd, args, locks, handler)	ROW(cmd, args, locks, device, handler)
#include "ioctls.def"
};

/* NULL for what is not in the table: a neighbour's number, another size or direction. */
static const struct door_row *find_row(const struct door_row *rows, unsigned int count,
				       unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);

	if (nr >= count)
		return NULL;
	rows += array_index_nospec(nr, count);
	return rows->sys && rows->cmd == cmd ? rows : NULL;
}

static long copy_in(const struct door_row *row, struct door_arg *arg, unsigned long value)
{
	size_t size = _IOC_SIZE(row->cmd);

	arg->value = value;
	arg->user = (void __user *)value;

	switch (row->args) {
	case ARGS_ZERO:
		return value ? -EINVAL : 0;
	case ARGS_VALUE:
	case ARGS_USER:
		return 0;
	case ARGS_IN:
		return copy_from_user(&arg->region2, arg->user, size) ? -EFAULT : 0;
	case ARGS_OUT:
		memset(&arg->region2, 0, size);
		return 0;
	}
	return -EINVAL;
}

static long copy_out(const struct door_row *row, const struct door_arg *arg, long ret)
{
	if (row->args != ARGS_OUT || ret < 0)
		return ret;
	return copy_to_user(arg->user, &arg->region2, _IOC_SIZE(row->cmd)) ? -EFAULT : ret;
}

/* region2 stands for the whole union in the two functions above. */
#undef IOCTL
#define IOCTL(kind, cmd, args, locks, handler, doc)						\
	static_assert(ARGS_##args == ARGS_USER || _IOC_SIZE(cmd) <=				\
		      sizeof(struct kvm_userspace_memory_region2));
#include "ioctls.def"

static bool vm_is_usable(const struct vmm_vm *vm)
{
	return current->mm == vm->mm && !READ_ONCE(vm->dead);
}

long door_sys_ioctl(struct file *file, unsigned int cmd, unsigned long value)
{
	const struct door_row *row = find_row(sys_rows, ARRAY_SIZE(sys_rows), cmd);
	struct door_arg arg;
	long ret;

	if (!row)
		return -EINVAL;
	ret = copy_in(row, &arg, value);
	if (!ret)
		ret = row->sys(&arg);
	return copy_out(row, &arg, ret);
}

static long vm_call(struct vmm_vm *vm, const struct door_row *row, struct door_arg *arg)
{
	long ret;

	if (row->lock != LOCK_VM)
		return row->vm(vm, arg);
	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	ret = row->vm(vm, arg);
	mutex_unlock(&vm->lock);
	return ret;
}

long door_vm_ioctl(struct file *file, unsigned int cmd, unsigned long value)
{
	const struct door_row *row = find_row(vm_rows, ARRAY_SIZE(vm_rows), cmd);
	struct vmm_vm *vm = file->private_data;
	struct door_arg arg;
	long ret;

	if (!vm_is_usable(vm))
		return -EIO;
	if (!row)
		return -EINVAL;
	ret = copy_in(row, &arg, value);
	if (!ret)
		ret = vm_call(vm, row, &arg);
	return copy_out(row, &arg, ret);
}

static long vcpu_call(struct vmm_vcpu *vcpu, const struct door_row *row, struct door_arg *arg)
{
	long ret;

	if (row->lock != LOCK_VCPU)
		return row->vcpu(vcpu, arg);
	if (mutex_lock_killable(&vcpu->mutex))
		return -EINTR;
	ret = row->vcpu(vcpu, arg);
	mutex_unlock(&vcpu->mutex);
	return ret;
}

/* As its row says, without the table, and without an argument to copy. */
static long vcpu_run(struct vmm_vcpu *vcpu, unsigned long value)
{
	long ret;

	if (value)
		return -EINVAL;
	if (!mutex_trylock(&vcpu->mutex) && mutex_lock_killable(&vcpu->mutex))
		return -EINTR;
	ret = door_vcpu_run(vcpu, NULL);
	mutex_unlock(&vcpu->mutex);
	return kshim_ioctl_result(ret);
}

static noinline long vcpu_ioctl(struct vmm_vcpu *vcpu, unsigned int cmd, unsigned long value)
{
	const struct door_row *row = find_row(vcpu_rows, ARRAY_SIZE(vcpu_rows), cmd);
	struct door_arg arg;
	long ret;

	if (!row)
		return -EINVAL;
	ret = copy_in(row, &arg, value);
	if (!ret)
		ret = vcpu_call(vcpu, row, &arg);
	return copy_out(row, &arg, ret);
}

long door_vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long value)
{
	struct vmm_vcpu *vcpu = file->private_data;

	if (!vm_is_usable(vcpu->vm))
		return -EIO;
	if (likely(cmd == KVM_RUN))
		return vcpu_run(vcpu, value);
	return vcpu_ioctl(vcpu, cmd, value);
}

static long device_call(struct vmm_device *device, const struct door_row *row,
			struct door_arg *arg)
{
	struct vmm_vm *vm = device->vm;
	long ret;

	/* Each row has the lock: attributes never meet a device that changes its stage. */
	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	ret = row->device(device, arg);
	mutex_unlock(&vm->lock);
	return ret;
}

long door_device_ioctl(struct file *file, unsigned int cmd, unsigned long value)
{
	const struct door_row *row = find_row(device_rows, ARRAY_SIZE(device_rows), cmd);
	struct vmm_device *device = file->private_data;
	struct door_arg arg;
	long ret;

	if (!vm_is_usable(device->vm))
		return -EIO;
	if (!row)
		return -ENOTTY;
	ret = copy_in(row, &arg, value);
	if (!ret)
		ret = device_call(device, row, &arg);
	return copy_out(row, &arg, ret);
}

/* 32-bit tasks get nowhere: the registers of a guest do not fit their ABI. */
long door_compat_ioctl(struct file *file, unsigned int cmd, unsigned long value)
{
	return -EINVAL;
}
