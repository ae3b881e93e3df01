/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory slots: which guest frames are backed by which host virtual addresses.
 *
 * Readers hold vm->slots.srcu, or are in an RCU read-side section (interrupts off counts); a slot
 * found there stays valid until they leave it. Changes are serialised by vm->slots.lock.
 */
#ifndef VMM_SLOTS_H
#define VMM_SLOTS_H

#include <linux/interval_tree.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/xarray.h>

#include <vmm/addr.h>

#include "../../virt/model/slotset.h"

struct vmm_vm;

#define VMM_MAX_SLOTS		32767
#define VMM_MAX_SLOT_PAGES	((1UL << 31) - 1)

struct vmm_slot {
	struct slot_info		info;
	unsigned long			*dirty;		/* bitmap, NULL unless logging in it */
	bool				stale;		/* replaced or gone; READ_ONCE */
	struct rb_node			gfn_node;	/* in slots.by_gfn */
	struct interval_tree_node	hva_node;	/* in slots.by_hva, bytes */
	struct rcu_head			rcu;
};

struct vmm_slots {
	struct mutex		lock;		/* one change at a time */
	struct srcu_struct	srcu;
	struct rb_root		by_gfn;		/* written under lock; readers: RCU or srcu */
	raw_spinlock_t		gfn_lock;	/* around changes of by_gfn, interrupts off */
	seqcount_raw_spinlock_t	gfn_seq;	/* under it: who finds nothing looks again */
	unsigned long		generation;	/* of by_gfn; written under lock; acquire/release */
	struct xarray		by_id;		/* under lock */
	struct rb_root_cached	by_hva;		/* under hva_lock */
	spinlock_t		hva_lock;	/* inside lock, mmap_lock; outside G-stage's */
	u32			log_mode;	/* under lock: VMM_DIRTY_* of new and old logs */
	u32			ring_entries;	/* of each vCPU; 0: no rings; fixed before vCPUs */
	bool			ring_bitmap;	/* under lock: logs have a bitmap, too */
};

static inline hva_t vmm_slot_hva(const struct vmm_slot *slot, gfn_t gfn)
{
	return slot->info.hva + ((gfn - slot->info.gfn) << VMM_PAGE_SHIFT);
}

static inline bool vmm_slot_is_readonly(const struct vmm_slot *slot)
{
	return slot->info.flags & SLOT_FLAG_READONLY;
}

static inline bool vmm_slot_is_logging(const struct vmm_slot *slot)
{
	return slot->info.flags & SLOT_FLAG_LOG_DIRTY;
}

/**
 * vmm_slot_is_stale() - Was a slot taken away since it was found?
 * @slot: From vmm_slot_find().
 *
 * Context: Under the G-stage lock, for one who is about to map: what is no longer stale there, a
 *          change that comes later unmaps.
 */
static inline bool vmm_slot_is_stale(const struct vmm_slot *slot)
{
	return READ_ONCE(slot->stale);
}

/**
 * vmm_slot_find() - The slot that holds a guest frame.
 * @vm:  The VM.
 * @gfn: Guest frame number, any value.
 *
 * Context: RCU or vm->slots.srcu read side.
 * Return:  The slot, or NULL.
 */
struct vmm_slot *vmm_slot_find(struct vmm_vm *vm, gfn_t gfn);

/* What was found last, a slot and a frame without one: good while the generation is the same. */
struct vmm_slot_hint {
	struct vmm_slot	*slot;
	gfn_t		hole;
	unsigned long	generation;
};

/* Is it known from the last look that no slot holds a guest frame? Context: any. */
static inline bool vmm_slot_is_hole(const struct vmm_slots *slots, gfn_t gfn,
				    const struct vmm_slot_hint *hint)
{
	return gfn == hint->hole && READ_ONCE(slots->generation) == hint->generation;
}

/**
 * vmm_slot_find_hinted() - vmm_slot_find(), cheap where the last one is the right one.
 * @vm:   The VM.
 * @gfn:  Guest frame number, any value.
 * @hint: The caller's alone. Zeroed at first: generation 0 has no slot.
 *
 * Context: As for vmm_slot_find().
 */
struct vmm_slot *vmm_slot_find_hinted(struct vmm_vm *vm, gfn_t gfn, struct vmm_slot_hint *hint);

int vmm_slots_init(struct vmm_vm *vm);
void vmm_slots_destroy(struct vmm_vm *vm);

/**
 * vmm_slots_change() - Create, delete, move or re-flag one slot.
 * @vm:  The VM.
 * @req: What userspace asks for, unchecked.
 *
 * Context: Process context, sleeps; takes vm->slots.lock.
 * Return:  0; -EINVAL, -EEXIST (overlap), -EFAULT (beyond the guest address space), -EPERM
 *          (writable slot over read-only host memory), -ENOMEM. On error nothing has changed.
 */
int vmm_slots_change(struct vmm_vm *vm, const struct slot_request *req);

#endif
