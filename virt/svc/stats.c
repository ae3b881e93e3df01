// SPDX-License-Identifier: GPL-2.0-only
/* The table of statistics, and how one is read. */
#include <vmm/stats.h>
#include <vmm/vcpu.h>
#include <vmm/vm.h>

#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/string.h>

#define VM_AT(name)		offsetof(struct vmm_vm_counters, name)
#define VCPU_AT(name)		offsetof(struct vmm_vcpu_stats, name)

#define TELLS_VM(name, at)	.vm_tells = true, .vm_offset = VM_AT(name), .vcpu_offset = -1
#define TELLS_SHARE(name, at)	.vm_tells = true, .vm_offset = VM_AT(name), .vcpu_offset = at
#define TELLS_EACH(name, at)	.vm_tells = true, .vcpu_tells = true, .vm_offset = -1, \
				.vcpu_offset = at
#define TELLS_VCPU(name, at)	.vcpu_tells = true, .vm_offset = -1, .vcpu_offset = at

#define AT_COUNT(name)		VCPU_AT(name)
#define AT_EXIT(name)		VCPU_AT(name)
#define AT_EXITS(name)		-1
#define AT_NOW(name)		VCPU_AT(name)
#define AT_HIST(name)		VCPU_AT(name)

const struct vmm_stat vmm_stats[] = {
#define STAT(scope, identifier, stat_kind, stat_unit, doc) {				\
	.name = #identifier,								\
	.kind = VMM_STAT_##stat_kind,							\
	.unit = VMM_STAT_##stat_unit,							\
	.count = VMM_STAT_##stat_kind == VMM_STAT_HIST ? VMM_STAT_BUCKETS : 1,		\
	TELLS_##scope(identifier, AT_##stat_kind(identifier)),				\
},
#include <vmm/stats.def>
#undef STAT
};

const unsigned int vmm_nr_stats = ARRAY_SIZE(vmm_stats);

/* The first value of the counter at @offset; others follow. */
static const u64 *counter_at(const struct vmm_vcpu *vcpu, int offset)
{
	return (const void *)&vcpu->stats + offset;
}

static u64 sum_exits(const struct vmm_vcpu *vcpu)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < vmm_nr_stats; i++)
		if (vmm_stats[i].kind == VMM_STAT_EXIT)
			sum += READ_ONCE(*counter_at(vcpu, vmm_stats[i].vcpu_offset));
	return sum;
}

void vmm_stat_of_vcpu(const struct vmm_vcpu *vcpu, const struct vmm_stat *stat, u64 *values)
{
	unsigned int i;

	if (stat->kind == VMM_STAT_EXITS) {
		values[0] = sum_exits(vcpu);
		return;
	}
	for (i = 0; i < stat->count; i++)
		values[i] = READ_ONCE(counter_at(vcpu, stat->vcpu_offset)[i]);
}

void vmm_stat_of_vm(struct vmm_vm *vm, const struct vmm_stat *stat, u64 *values)
{
	u64 part[VMM_STAT_BUCKETS];
	struct vmm_vcpu *vcpu;
	unsigned long id;
	unsigned int i;

	memset(values, 0, stat->count * sizeof(*values));
	if (stat->vm_offset >= 0)
		values[0] = atomic64_read((void *)&vm->stats.counters + stat->vm_offset);
	if (stat->vcpu_offset < 0)
		return;
	vmm_for_each_vcpu(vm, id, vcpu) {
		vmm_stat_of_vcpu(vcpu, stat, part);
		for (i = 0; i < stat->count; i++)
			values[i] += part[i];
	}
	/* One vCPU adds what another takes away, and they are not read at the same time. */
	if (stat->kind == VMM_STAT_NOW)
		values[0] = max_t(s64, values[0], 0);
}

unsigned int vmm_stat_bucket(u64 value)
{
	return min(fls64(value), VMM_STAT_BUCKETS - 1);
}
