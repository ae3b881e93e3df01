// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and clearing the log of written pages.
 *
 * Marks go first, then the permission to write. A write in between has its page among those that
 * userspace reads after the ioctl; one that comes later faults and marks again.
 */
#include <vmm/arch.h>
#include <vmm/dirty.h>
#include <vmm/trace.h>
#include <vmm/vm.h>

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/slab.h>

int vmm_dirty_log_set_mode(struct vmm_vm *vm, u64 mode)
{
	/* All pages marked is of use only to one who clears them by himself. */
	if (mode & ~(u64)(VMM_DIRTY_MANUAL | VMM_DIRTY_INITIALLY_SET) ||
	    mode == VMM_DIRTY_INITIALLY_SET)
		return -EINVAL;

	guard(mutex)(&vm->slots.lock);
	vm->slots.log_mode = mode;
	return 0;
}

/* The slot with number @id, if it logs. */
static int find_log(struct vmm_vm *vm, u32 id, struct vmm_slot **slot)
{
	lockdep_assert_held(&vm->slots.lock);

	if (vm->slots.ring_entries && !vm->slots.ring_bitmap)
		return -ENXIO;
	/* Numbers of other address spaces are larger. */
	if (id >= VMM_MAX_SLOTS)
		return -EINVAL;
	*slot = xa_load(&vm->slots.by_id, id);
	return *slot && (*slot)->dirty ? 0 : -ENOENT;
}

static void copy_marks(const struct vmm_slot *slot, unsigned long *copy, unsigned long words)
{
	unsigned long i;

	for (i = 0; i < words; i++)
		copy[i] = READ_ONCE(slot->dirty[i]);
}

static void take_marks(struct vmm_vm *vm, struct vmm_slot *slot, unsigned long *taken,
		       unsigned long words)
{
	bool any = false;
	unsigned long i;

	for (i = 0; i < words; i++) {
		/* Most are empty: leave their cache lines shared. */
		if (!READ_ONCE(slot->dirty[i]))
			continue;
		taken[i] = xchg(&slot->dirty[i], 0);
		any = true;
	}
	if (any)
		vmm_arch_gpt_wrprotect_mask(vm, slot->info.gfn, taken, words);
}

int vmm_dirty_log_read(struct vmm_vm *vm, u32 id, struct vmm_dirty_log *log)
{
	struct vmm_slot *slot;
	unsigned long words;
	int err;

	guard(mutex)(&vm->slots.lock);

	err = find_log(vm, id, &slot);
	if (err)
		return err;
	log->npages = slot->info.npages;
	trace_kvm_dirty_log_get(id, 0, log->npages);
	words = BITS_TO_LONGS(log->npages);
	log->bytes = words * sizeof(long);
	log->bitmap = kvzalloc(log->bytes, GFP_KERNEL_ACCOUNT);
	if (!log->bitmap)
		return -ENOMEM;
	if (vm->slots.log_mode & VMM_DIRTY_MANUAL)
		copy_marks(slot, log->bitmap, words);
	else
		take_marks(vm, slot, log->bitmap, words);
	return 0;
}

void vmm_dirty_log_give_back(struct vmm_vm *vm, u32 id, const struct vmm_dirty_log *log)
{
	struct vmm_slot *slot;
	unsigned long i;

	guard(mutex)(&vm->slots.lock);

	/* A mark too many does no harm, should it be another slot by now that has room for it. */
	if (find_log(vm, id, &slot) || slot->info.npages != log->npages)
		return;
	for (i = 0; i < log->bytes / sizeof(long); i++) {
		if (log->bitmap[i])
			atomic_long_or(log->bitmap[i], (atomic_long_t *)&slot->dirty[i]);
	}
}

int vmm_dirty_log_check(struct vmm_vm *vm, const struct vmm_dirty_range *range)
{
	struct vmm_slot *slot;
	int err;

	guard(mutex)(&vm->slots.lock);

	err = find_log(vm, range->slot, &slot);
	if (err)
		return err;
	return slotset_log_has(&slot->info, range->first, range->count) ? 0 : -EINVAL;
}

int vmm_dirty_log_clear(struct vmm_vm *vm, const struct vmm_dirty_range *range,
			unsigned long *bitmap)
{
	unsigned long words = BITS_TO_LONGS(range->count);
	struct vmm_slot *slot;
	unsigned long *dirty;
	unsigned long i;
	int err;

	guard(mutex)(&vm->slots.lock);

	err = find_log(vm, range->slot, &slot);
	if (err)
		return err;
	/* Another thread may have put another slot there. */
	if (!slotset_log_has(&slot->info, range->first, range->count))
		return -EINVAL;

	trace_kvm_dirty_log_clear(range->slot, range->first, range->count);
	dirty = slot->dirty + range->first / BITS_PER_LONG;
	for (i = 0; i < words; i++) {
		/* Bits behind the slot's end are never set in it. */
		bitmap[i] &= READ_ONCE(dirty[i]);
		if (bitmap[i])
			atomic_long_andnot(bitmap[i], (atomic_long_t *)&dirty[i]);
	}
	vmm_arch_gpt_wrprotect_mask(vm, slot->info.gfn + range->first, bitmap, words);
	return 0;
}
