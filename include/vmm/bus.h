/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stores to addresses without memory that the kernel finishes itself: those that signal an eventfd,
 * and those that are queued for userspace.
 *
 * vCPUs look up without a lock, with interrupts off in the inner loop; changes are made under
 * vm->bus.lock, and what was found may be freed only after vmm_bus_settle().
 */
#ifndef VMM_BUS_H
#define VMM_BUS_H

#include <linux/mutex.h>
#include <linux/rbtree_latch.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <vmm/addr.h>

struct eventfd_ctx;
struct kvm_coalesced_mmio_ring;
struct page;
struct vmm_vm;
struct vmm_zones;

#define VMM_MAX_IOEVENTFDS	65536
#define VMM_MAX_ZONES		1024

/* RISC-V has no I/O ports: clients may register what lies there, but no store gets there. */
enum vmm_bus_space {
	VMM_BUS_MMIO,
	VMM_BUS_PIO,
	VMM_BUS_SPACES,
};

struct vmm_bus {
	/*
	 * By address, length and value, in the order of iorange_order(): many may share an address,
	 * so an index by address alone would have to search again below it. The latch keeps one
	 * consistent copy for readers while the other changes.
	 */
	struct latch_tree_root	events[VMM_BUS_SPACES];
	struct vmm_zones __rcu	*zones;		/* NULL when there are none */
	u64			generation;	/* moves on as ioeventfds go; written under lock */

	struct mutex		lock;		/* of changes; a leaf but for allocations */
	unsigned int		nr_events;	/* under lock */

	raw_spinlock_t		ring_lock;	/* adding to the ring; a leaf */
	struct kvm_coalesced_mmio_ring *ring;	/* a page that userspace maps and may write */
};

int vmm_bus_init(struct vmm_vm *vm);

/**
 * vmm_bus_destroy() - Release all registrations.
 * @vm: No vCPU runs any more.
 *
 * Context: Process context.
 */
void vmm_bus_destroy(struct vmm_vm *vm);

/* A store that signalled an eventfd. Zeroed at first: generation 0 never was. */
struct vmm_bus_hint {
	struct eventfd_ctx	*ctx;		/* may be freed already: see bus_again.h */
	u64			generation;
	gpa_t			gpa;		/* of the store */
	u64			data;		/* with has_data: what alone does */
	u8			len;		/* of the store, in bytes */
	bool			has_data;
};

/**
 * vmm_bus_write() - Try to finish a store to an address without memory.
 * @vm:   The VM.
 * @gpa:  Guest-physical address.
 * @len:  Bytes: 1, 2, 4 or 8.
 * @data: The value, zero-extended.
 * @hint: Filled when the store signalled an eventfd; or NULL.
 *
 * Context: Any but hard interrupts and NMIs, interrupts on or off. With PREEMPT_RT: interrupts on,
 *          since an eventfd's lock sleeps there.
 * Return:  True when the store is done; false when userspace has to do it.
 */
bool vmm_bus_write(struct vmm_vm *vm, gpa_t gpa, unsigned int len, u64 data,
		   struct vmm_bus_hint *hint);

/* What KVM_IOEVENTFD asks for, unchecked but for its flags. */
struct vmm_ioeventfd_request {
	enum vmm_bus_space	space;
	int			fd;
	u32			len;
	bool			has_data;
	u64			addr;
	u64			data;
};

/**
 * vmm_ioeventfd_assign() - Have stores signal an eventfd.
 * @vm:  The VM.
 * @req: Which stores, and the eventfd.
 *
 * Context: Process context, sleeps; takes vm->bus.lock.
 * Return:  0; -EINVAL no such set of stores, or no eventfd; -EBADF; -EEXIST one of these stores
 *          signals an eventfd already; -ENOSPC; -ENOMEM.
 */
int vmm_ioeventfd_assign(struct vmm_vm *vm, const struct vmm_ioeventfd_request *req);

/**
 * vmm_ioeventfd_deassign() - Undo vmm_ioeventfd_assign() of the same request.
 * @vm:  The VM.
 * @req: As it was assigned.
 *
 * No store signals the eventfd when this has returned: a client that reads the eventfd after that
 * misses none.
 *
 * Context: Process context, sleeps; takes vm->bus.lock.
 * Return:  0; -EBADF; -EINVAL no eventfd; -ENOENT.
 */
int vmm_ioeventfd_deassign(struct vmm_vm *vm, const struct vmm_ioeventfd_request *req);

/**
 * vmm_coalesced_add() - Queue the stores to a range of addresses from now on.
 * @vm:   The VM.
 * @addr: First byte.
 * @size: Bytes. A range that is empty or wraps holds no store, and is forgotten.
 *
 * Context: Process context, sleeps; takes vm->bus.lock.
 * Return:  0 (also when the zone is known); -ENOSPC; -ENOMEM.
 */
int vmm_coalesced_add(struct vmm_vm *vm, u64 addr, u64 size);

/**
 * vmm_coalesced_remove() - Forget the zones that hold all of a range.
 * @vm:   The VM.
 * @addr: First byte.
 * @size: Bytes.
 *
 * No store to them is queued when this has returned.
 *
 * Context: Process context, sleeps; takes vm->bus.lock.
 * Return:  0 (also when there are none); -ENOMEM, and nothing has changed.
 */
int vmm_coalesced_remove(struct vmm_vm *vm, u64 addr, u64 size);

/* The ring, for userspace to map; lives as long as the VM. */
struct page *vmm_coalesced_page(struct vmm_vm *vm);

#endif
