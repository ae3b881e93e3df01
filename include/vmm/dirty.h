/* SPDX-License-Identifier: GPL-2.0-only */
/* Which guest pages were written. */
#ifndef VMM_DIRTY_H
#define VMM_DIRTY_H

#include <linux/types.h>

#include <vmm/addr.h>

struct page;
struct vmm_slot;
struct vmm_vcpu;
struct vmm_vm;

/**
 * vmm_dirty_mark() - Note a write to a guest page, if its slot logs.
 * @vcpu: The calling thread's vCPU. In its ring, if it has one; when that is full with this page,
 *        the vCPU executes no further guest code.
 * @slot: The slot that holds the page.
 * @gfn:  The page.
 *
 * Context: Any; RCU or vm->slots.srcu read side.
 */
void vmm_dirty_mark(struct vmm_vcpu *vcpu, struct vmm_slot *slot, gfn_t gfn);

/* How logs behave, for all slots of a VM; the bits of KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2. */
#define VMM_DIRTY_MANUAL	1U	/* reading a log leaves the marks: userspace clears them */
#define VMM_DIRTY_INITIALLY_SET	2U	/* a new log has all pages marked, and protects none */

/**
 * vmm_dirty_log_set_mode() - Choose how logs behave from now on.
 * @vm:   The VM.
 * @mode: VMM_DIRTY_* bits, unchecked.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0 or -EINVAL.
 */
int vmm_dirty_log_set_mode(struct vmm_vm *vm, u64 mode);

/* Marks that were read out of a log: one bit for each page of the slot. */
struct vmm_dirty_log {
	unsigned long	*bitmap;
	size_t		bytes;
	u64		npages;
};

/**
 * vmm_dirty_log_read() - Read the marks of a slot.
 * @vm:  The VM.
 * @id:  Slot number with address space, unchecked.
 * @log: Filled on success; the caller frees @log->bitmap with kvfree().
 *
 * The marks are taken, so that later writes mark again, unless the mode is VMM_DIRTY_MANUAL.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0; -ENXIO there are rings instead; -EINVAL no such number; -ENOENT no such slot, or it
 *          does not log; -ENOMEM.
 */
int vmm_dirty_log_read(struct vmm_vm *vm, u32 id, struct vmm_dirty_log *log);

/**
 * vmm_dirty_log_give_back() - Undo vmm_dirty_log_read(): userspace could not be told of the marks.
 * @vm:  The VM.
 * @id:  As for vmm_dirty_log_read().
 * @log: What that gave. Still the caller's to free.
 *
 * Nothing happens when the slot is not there any more. Marks that were only read, and have been
 * cleared since, come back.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 */
void vmm_dirty_log_give_back(struct vmm_vm *vm, u32 id, const struct vmm_dirty_log *log);

/* Pages of a slot, relative to its first. */
struct vmm_dirty_range {
	u32	slot;			/* number with address space */
	u64	first;
	u64	count;
};

/**
 * vmm_dirty_log_check() - Can the marks of these pages be cleared?
 * @vm:    The VM.
 * @range: Unchecked. @range->count is bounded by the slot's size when this succeeds.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0; -ENXIO there are rings instead; -EINVAL no such number, not whole words, or not in
 *          the slot; -ENOENT no such slot, or it does not log.
 */
int vmm_dirty_log_check(struct vmm_vm *vm, const struct vmm_dirty_range *range);

/**
 * vmm_dirty_log_clear() - Clear marks; later writes to these pages mark again.
 * @vm:     The VM.
 * @range:  Unchecked.
 * @bitmap: A bit for each page of @range, whole words; which marks to clear. Overwritten.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  As for vmm_dirty_log_check().
 */
int vmm_dirty_log_clear(struct vmm_vm *vm, const struct vmm_dirty_range *range,
			unsigned long *bitmap);

/* The largest ring: 65,536 pages. */
#define VMM_DIRTY_RING_MAX	(1UL << 20)

/**
 * vmm_dirty_ring_enable() - From now on, tell of written pages in a ring for each vCPU.
 * @vm:    The VM.
 * @bytes: Size of each ring, unchecked.
 *
 * Context: Process context, sleeps; vm->lock held; takes vm->slots.lock.
 * Return:  0; -EINVAL not a size, a second time, or there are vCPUs; -E2BIG.
 */
int vmm_dirty_ring_enable(struct vmm_vm *vm, u64 bytes);

/**
 * vmm_dirty_ring_add_bitmap() - Beside the rings, have a bitmap for what no vCPU writes.
 * @vm: The VM.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0; -EINVAL without rings, or when there are slots.
 */
int vmm_dirty_ring_add_bitmap(struct vmm_vm *vm);

/**
 * vmm_dirty_ring_reset() - Take back what userspace has harvested; later writes are told again.
 * @vm: The VM.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  How many entries; -EINVAL without rings; -EINTR the thread is being killed.
 */
long vmm_dirty_ring_reset(struct vmm_vm *vm);

int vmm_dirty_ring_init(struct vmm_vcpu *vcpu);
void vmm_dirty_ring_destroy(struct vmm_vcpu *vcpu);

/**
 * vmm_dirty_ring_page() - A page of a vCPU's ring.
 * @vcpu:  The vCPU.
 * @index: Any value.
 *
 * Return: The page, which lives as the vCPU, or NULL behind the end of the ring.
 */
struct page *vmm_dirty_ring_page(struct vmm_vcpu *vcpu, unsigned long index);

/**
 * vmm_dirty_ring_leave() - Serve VMM_REQ_RING: is the ring still full?
 * @vcpu: The calling thread's.
 *
 * Context: In KVM_RUN.
 * Return:  VMM_STEP_AGAIN, or VMM_STEP_USER with the exit filled in.
 */
int vmm_dirty_ring_leave(struct vmm_vcpu *vcpu);

#endif
