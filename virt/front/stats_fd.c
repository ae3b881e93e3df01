// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file descriptor of binary statistics: header, id, descriptors and values in a row, as
 * Documentation/virt/kvm/api.rst of the kernel has it (KVM_GET_STATS_FD).
 */
#include "door.h"

#include <vmm/stats.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>

static const u32 stats_types[] = {
	[VMM_STAT_COUNT]	= KVM_STATS_TYPE_CUMULATIVE,
	[VMM_STAT_EXIT]		= KVM_STATS_TYPE_CUMULATIVE,
	[VMM_STAT_EXITS]	= KVM_STATS_TYPE_CUMULATIVE,
	[VMM_STAT_NOW]		= KVM_STATS_TYPE_INSTANT,
	[VMM_STAT_HIST]		= KVM_STATS_TYPE_LOG_HIST,
};

static const struct {
	u32	flags;
	s16	exponent;
} stats_units[] = {
	[VMM_STAT_NONE]	= { KVM_STATS_UNIT_NONE | KVM_STATS_BASE_POW10, 0 },
	[VMM_STAT_NS]	= { KVM_STATS_UNIT_SECONDS | KVM_STATS_BASE_POW10, -9 },
	[VMM_STAT_BOOL]	= { KVM_STATS_UNIT_BOOLEAN | KVM_STATS_BASE_POW10, 0 },
};

/* Whose statistics: the VM's, or those of the vCPU unless that is NULL. */
struct stats_owner {
	struct vmm_vm	*vm;
	struct vmm_vcpu	*vcpu;
};

static bool stats_tells(const struct stats_owner *owner, const struct vmm_stat *stat)
{
	return owner->vcpu ? stat->vcpu_tells : stat->vm_tells;
}

static struct kvm_stats_header stats_header(const struct stats_owner *owner, size_t *size)
{
	struct kvm_stats_header header = {
		.name_size	= KVM_STATS_NAME_SIZE,
		.id_offset	= sizeof(header),
		.desc_offset	= sizeof(header) + KVM_STATS_NAME_SIZE,
	};
	unsigned int i, values = 0;

	for (i = 0; i < vmm_nr_stats; i++) {
		if (!stats_tells(owner, &vmm_stats[i]))
			continue;
		header.num_desc++;
		values += vmm_stats[i].count;
	}
	header.data_offset = header.desc_offset + header.num_desc * sizeof(struct kvm_stats_desc);
	*size = header.data_offset + values * sizeof(u64);
	return header;
}

static void stats_fill_id(const struct stats_owner *owner, char *id)
{
	if (owner->vcpu)
		snprintf(id, KVM_STATS_NAME_SIZE, "kvm-%d/vcpu-%u", owner->vm->stats.pid,
			 owner->vcpu->id);
	else
		snprintf(id, KVM_STATS_NAME_SIZE, "kvm-%d", owner->vm->stats.pid);
}

/* @desc: zeroed. */
static void stats_describe(struct kvm_stats_desc *desc, const struct vmm_stat *stat, u32 offset)
{
	desc->flags = stats_types[stat->kind] | stats_units[stat->unit].flags;
	desc->exponent = stats_units[stat->unit].exponent;
	desc->size = stat->count;
	desc->offset = offset;
	strscpy(desc->name, stat->name, KVM_STATS_NAME_SIZE);
}

/* All that can be read, in one piece; to be freed with kfree(). */
static void *stats_image(const struct stats_owner *owner, size_t *size)
{
	struct kvm_stats_header header = stats_header(owner, size);
	struct kvm_stats_desc *desc;
	unsigned int i;
	u64 *value;
	void *image;

	image = kzalloc(*size, GFP_KERNEL_ACCOUNT);
	if (!image)
		return NULL;
	memcpy(image, &header, sizeof(header));
	stats_fill_id(owner, image + header.id_offset);

	desc = image + header.desc_offset;
	value = image + header.data_offset;
	for (i = 0; i < vmm_nr_stats; i++) {
		const struct vmm_stat *stat = &vmm_stats[i];

		if (!stats_tells(owner, stat))
			continue;
		stats_describe(desc++, stat, (void *)value - image - header.data_offset);
		if (owner->vcpu)
			vmm_stat_of_vcpu(owner->vcpu, stat, value);
		else
			vmm_stat_of_vm(owner->vm, stat, value);
		value += stat->count;
	}
	return image;
}

static ssize_t stats_read(const struct stats_owner *owner, char __user *user, size_t count,
			  loff_t *at)
{
	size_t size;
	void *image __free(kfree) = stats_image(owner, &size);

	if (!image)
		return -ENOMEM;
	return simple_read_from_buffer(user, count, at, image, size);
}

static ssize_t vm_stats_read(struct file *file, char __user *user, size_t count, loff_t *at)
{
	const struct stats_owner owner = { .vm = file->private_data };

	return stats_read(&owner, user, count, at);
}

static ssize_t vcpu_stats_read(struct file *file, char __user *user, size_t count, loff_t *at)
{
	struct vmm_vcpu *vcpu = file->private_data;
	const struct stats_owner owner = { .vm = vcpu->vm, .vcpu = vcpu };

	return stats_read(&owner, user, count, at);
}

static int vm_stats_release(struct inode *inode, struct file *file)
{
	vmm_vm_put(file->private_data);
	return 0;
}

static int vcpu_stats_release(struct inode *inode, struct file *file)
{
	struct vmm_vcpu *vcpu = file->private_data;

	vmm_vm_put(vcpu->vm);
	return 0;
}

static const struct file_operations vm_stats_fops = {
	.owner		= THIS_MODULE,
	.read		= vm_stats_read,
	.release	= vm_stats_release,
	.llseek		= noop_llseek,
};

static const struct file_operations vcpu_stats_fops = {
	.owner		= THIS_MODULE,
	.read		= vcpu_stats_read,
	.release	= vcpu_stats_release,
	.llseek		= noop_llseek,
};

/* The file holds the VM, and so the vCPU. */
static long stats_open(struct vmm_vm *vm, const char *name, const struct file_operations *fops,
		       void *owner)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = anon_inode_getfile_fmode(name, fops, owner, O_RDONLY, FMODE_PREAD);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	vmm_vm_get(vm);
	fd_install(fd, file);
	return fd;
}

long door_vm_get_stats(struct vmm_vm *vm, struct door_arg *arg)
{
	return stats_open(vm, "kvm-vm-stats", &vm_stats_fops, vm);
}

long door_vcpu_get_stats(struct vmm_vcpu *vcpu, struct door_arg *arg)
{
	return stats_open(vcpu->vm, "kvm-vcpu-stats", &vcpu_stats_fops, vcpu);
}
