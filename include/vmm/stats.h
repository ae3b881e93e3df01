/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of VMs and vCPUs. What is counted, and where it is told, is in stats.def.
 *
 * A vCPU's counters are plain words that only the holder of its mutex writes, so that counting
 * costs a load and a store; sums are made when they are read. Anybody may read them at any time.
 */
#ifndef VMM_STATS_H
#define VMM_STATS_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct dentry;
struct vmm_vcpu;
struct vmm_vm;

#define VMM_STAT_BUCKETS	32

enum vmm_stat_kind {
	VMM_STAT_COUNT,
	VMM_STAT_EXIT,
	VMM_STAT_EXITS,
	VMM_STAT_NOW,
	VMM_STAT_HIST,
};

enum vmm_stat_unit {
	VMM_STAT_NONE,
	VMM_STAT_NS,
	VMM_STAT_BOOL,
};

#define STAT(scope, name, kind, unit, doc)	STAT_OF_##scope(name)
#define STAT_OF_VM(name)			atomic64_t name;
#define STAT_OF_SHARE(name)			atomic64_t name;
#define STAT_OF_EACH(name)
#define STAT_OF_VCPU(name)
struct vmm_vm_counters {
#include <vmm/stats.def>
};
#undef STAT
#undef STAT_OF_VM
#undef STAT_OF_SHARE
#undef STAT_OF_EACH
#undef STAT_OF_VCPU

#define STAT(scope, name, kind, unit, doc)	STAT_OF_##scope(STAT_AS_##kind(name))
#define STAT_OF_VM(member)
#define STAT_OF_SHARE(member)			member
#define STAT_OF_EACH(member)			member
#define STAT_OF_VCPU(member)			member
#define STAT_AS_COUNT(name)			u64 name;
#define STAT_AS_EXIT(name)			u64 name;
#define STAT_AS_EXITS(name)
#define STAT_AS_NOW(name)			u64 name;
#define STAT_AS_HIST(name)			u64 name[VMM_STAT_BUCKETS];
struct vmm_vcpu_stats {
#include <vmm/stats.def>
};
#undef STAT
#undef STAT_OF_VM
#undef STAT_OF_SHARE
#undef STAT_OF_EACH
#undef STAT_OF_VCPU
#undef STAT_AS_COUNT
#undef STAT_AS_EXIT
#undef STAT_AS_EXITS
#undef STAT_AS_NOW
#undef STAT_AS_HIST

struct vmm_vm_stats {
	struct vmm_vm_counters	counters;
	pid_t			pid;	/* of the thread that created the VM */
	struct dentry		*dir;	/* in debugfs; NULL or an ERR_PTR where there is none */
};

/* Context of the two: the thread that holds the vCPU's mutex; @n may be negative. */
#define vmm_stat_set(vcpu, name, value)	WRITE_ONCE((vcpu)->stats.name, value)
#define vmm_stat_add(vcpu, name, n)	vmm_stat_set(vcpu, name, (vcpu)->stats.name + (n))
/* Context: any. */
#define vmm_stat_vm_add(vm, name, n)	atomic64_add(n, &(vm)->stats.counters.name)

/* One row of stats.def. */
struct vmm_stat {
	const char		*name;
	enum vmm_stat_kind	kind;
	enum vmm_stat_unit	unit;
	unsigned int		count;		/* of values, at most VMM_STAT_BUCKETS */
	bool			vm_tells;	/* among the VM's statistics */
	bool			vcpu_tells;	/* among a vCPU's statistics */
	int			vm_offset;	/* in struct vmm_vm_counters, or -1 */
	int			vcpu_offset;	/* in struct vmm_vcpu_stats, or -1 */
};

extern const struct vmm_stat vmm_stats[];
extern const unsigned int vmm_nr_stats;

/**
 * vmm_stat_of_vm() - Read a statistic of a VM.
 * @vm:     The VM.
 * @stat:   A row of vmm_stats[] with vm_tells.
 * @values: stat->count values.
 *
 * Context: Process context.
 */
void vmm_stat_of_vm(struct vmm_vm *vm, const struct vmm_stat *stat, u64 *values);

/**
 * vmm_stat_of_vcpu() - Read a statistic of a vCPU.
 * @vcpu:   The vCPU; it may be running.
 * @stat:   A row of vmm_stats[] of which vCPUs have a part.
 * @values: stat->count values.
 *
 * Context: Any.
 */
void vmm_stat_of_vcpu(const struct vmm_vcpu *vcpu, const struct vmm_stat *stat, u64 *values);

/**
 * vmm_stat_bucket() - The bucket of a HIST statistic that a value belongs to.
 * @value: In the unit of the statistic.
 */
unsigned int vmm_stat_bucket(u64 value);

/*
 * The same in debugfs: kvm/PID-SERIAL/NAME for a VM, and kvm/PID-SERIAL/vcpuID/stats. Nothing
 * depends on it, so nothing fails when it cannot be made.
 *
 * Context: Process context, sleeps.
 */
int vmm_stats_fs_init(void);
void vmm_stats_fs_exit(void);
int vmm_stats_vm_init(struct vmm_vm *vm);
void vmm_stats_vm_destroy(struct vmm_vm *vm);
void vmm_stats_vcpu_add(struct vmm_vcpu *vcpu);

#endif
