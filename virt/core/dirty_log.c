// SPDX-License-Identifier: GPL-2.0-only
/* Reading the log of written pages. */
#include <vmm/arch.h>
#include <vmm/dirty.h>
#include <vmm/vm.h>

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/slab.h>

/* Move the marks of @slot to @taken. Return: the words [first, end) that had any. */
static unsigned long take_marks(struct vmm_slot *slot, unsigned long *taken, unsigned long *first)
{
	unsigned long words = BITS_TO_LONGS(slot->info.npages);
	unsigned long i, end = 0;

	for (i = 0; i < words; i++) {
		if (!READ_ONCE(slot->dirty[i]))
			continue;
		taken[i] = xchg(&slot->dirty[i], 0);
		if (!end)
			*first = i;
		end = i + 1;
	}
	return end;
}

/*
 * The marks go first, then the permission to write. A write that comes in between has its page
 * among the marks taken, which are read after it; one that comes later faults and marks again.
 */
static void slot_take(struct vmm_vm *vm, struct vmm_slot *slot, unsigned long *taken)
{
	unsigned long first = 0;
	unsigned long end = take_marks(slot, taken, &first);
	gfn_t base = slot->info.gfn;

	if (!end)
		return;
	vmm_arch_gpt_wrprotect(vm, gfn_to_gpa(base + first * BITS_PER_LONG),
			       gfn_to_gpa(base + min(end * BITS_PER_LONG, slot->info.npages)));
}

int vmm_dirty_log_take(struct vmm_vm *vm, u32 id, struct vmm_dirty_log *log)
{
	struct vmm_slot *slot;

	/* Numbers of other address spaces are larger. */
	if (id >= VMM_MAX_SLOTS)
		return -EINVAL;

	guard(mutex)(&vm->slots.lock);

	slot = xa_load(&vm->slots.by_id, id);
	if (!slot || !slot->dirty)
		return -ENOENT;
	log->bytes = BITS_TO_LONGS(slot->info.npages) * sizeof(long);
	log->bitmap = kvzalloc(log->bytes, GFP_KERNEL_ACCOUNT);
	if (!log->bitmap)
		return -ENOMEM;
	slot_take(vm, slot, log->bitmap);
	return 0;
}
