// SPDX-License-Identifier: GPL-2.0-only
/* Statistics in debugfs. */
#include <vmm/stats.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/atomic.h>
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sprintf.h>

static struct dentry *stats_root;

int vmm_stats_fs_init(void)
{
	/* Where tools look for it, unless somebody else has that place: it would be logged. */
	struct dentry *other = debugfs_lookup("kvm", NULL);

	stats_root = debugfs_create_dir(IS_ERR_OR_NULL(other) ? "kvm" : "kvm-riscv", NULL);
	if (!IS_ERR_OR_NULL(other))
		dput(other);
	return 0;
}

void vmm_stats_fs_exit(void)
{
	debugfs_remove(stats_root);
}

static void show_values(struct seq_file *file, const struct vmm_stat *stat, const u64 *values)
{
	unsigned int i;

	for (i = 0; i < stat->count; i++)
		seq_printf(file, "%s%llu", i ? " " : "", values[i]);
	seq_putc(file, '\n');
}

/* The directory knows the VM, the file the statistic. */
static int vm_stat_show(struct seq_file *file, void *unused)
{
	struct vmm_vm *vm = d_inode(file->file->f_path.dentry->d_parent)->i_private;
	const struct vmm_stat *stat = file->private;
	u64 values[VMM_STAT_BUCKETS];

	vmm_stat_of_vm(vm, stat, values);
	show_values(file, stat, values);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vm_stat);

static int vcpu_stats_show(struct seq_file *file, void *unused)
{
	const struct vmm_vcpu *vcpu = file->private;
	u64 values[VMM_STAT_BUCKETS];
	unsigned int i;

	for (i = 0; i < vmm_nr_stats; i++) {
		if (!vmm_stats[i].vcpu_tells)
			continue;
		vmm_stat_of_vcpu(vcpu, &vmm_stats[i], values);
		seq_printf(file, "%s ", vmm_stats[i].name);
		show_values(file, &vmm_stats[i], values);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vcpu_stats);

int vmm_stats_vm_init(struct vmm_vm *vm)
{
	static atomic_t serial;
	struct dentry *dir;
	unsigned int i;
	char name[32];

	vm->stats.pid = task_pid_nr(current);
	snprintf(name, sizeof(name), "%d-%u", vm->stats.pid, (u32)atomic_inc_return(&serial));
	dir = debugfs_create_dir(name, stats_root);
	vm->stats.dir = dir;
	if (IS_ERR(dir))
		return 0;
	/* Before there are files. */
	d_inode(dir)->i_private = vm;
	for (i = 0; i < vmm_nr_stats; i++)
		if (vmm_stats[i].vm_tells)
			debugfs_create_file(vmm_stats[i].name, 0444, dir, (void *)&vmm_stats[i],
					    &vm_stat_fops);
	return 0;
}

/* Waits until nobody reads in there. */
void vmm_stats_vm_destroy(struct vmm_vm *vm)
{
	debugfs_remove(vm->stats.dir);
}

void vmm_stats_vcpu_add(struct vmm_vcpu *vcpu)
{
	struct dentry *dir;
	char name[16];

	if (IS_ERR_OR_NULL(vcpu->vm->stats.dir))
		return;
	snprintf(name, sizeof(name), "vcpu%u", vcpu->id);
	dir = debugfs_create_dir(name, vcpu->vm->stats.dir);
	debugfs_create_file("stats", 0444, dir, vcpu, &vcpu_stats_fops);
}
