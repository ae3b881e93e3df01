// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coalesced MMIO: stores to registered zones go to a ring that userspace reads at its next exit.
 *
 * The ring is one page for the whole VM, mapped through every vCPU. Userspace may write all of it
 * at any time: both of its indexes are read once and checked before each use. A ring that is full
 * or makes no sense takes nothing, and the store becomes an exit.
 */
#include <vmm/bus.h>
#include <vmm/vm.h>

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <uapi/kvm_abi.h>

#include "model/iorange.h"
#include "svc.h"

#define RING_ENTRIES	((PAGE_SIZE - sizeof(struct kvm_coalesced_mmio_ring)) /	\
			 sizeof(struct kvm_coalesced_mmio))
static_assert(RING_ENTRIES == KVM_COALESCED_MMIO_MAX);

struct vmm_zones {
	unsigned int		count;
	struct iorange_zone	zone[];
};

int vmm_coalesced_init(struct vmm_bus *bus)
{
	bus->ring = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return bus->ring ? 0 : -ENOMEM;
}

void vmm_coalesced_destroy(struct vmm_bus *bus)
{
	kvfree(rcu_dereference_protected(bus->zones, true));
	free_page((unsigned long)bus->ring);
}

struct page *vmm_coalesced_page(struct vmm_vm *vm)
{
	return virt_to_page(vm->bus.ring);
}

/* ---- stores ---------------------------------------------------------------------------------- */

static bool ring_add(struct kvm_coalesced_mmio_ring *ring, const struct iorange *store)
{
	u32 last = READ_ONCE(ring->last);
	/* The entry is free once userspace moved first past it; pairs with its release. */
	u32 first = smp_load_acquire(&ring->first);
	struct kvm_coalesced_mmio *entry;
	u32 next;

	if (last >= RING_ENTRIES || first >= RING_ENTRIES)
		return false;
	/* One entry stays unused, to tell a full ring from an empty one. */
	next = (last + 1) % RING_ENTRIES;
	if (next == first)
		return false;

	entry = &ring->coalesced_mmio[array_index_nospec(last, RING_ENTRIES)];
	entry->phys_addr = store->addr;
	entry->len = store->len;
	entry->pio = 0;
	memcpy(entry->data, &store->data, sizeof(entry->data));
	/* Who sees the new index sees the entry; pairs with userspace's load of last. */
	smp_store_release(&ring->last, next);
	return true;
}

bool vmm_coalesced_write(struct vmm_bus *bus, gpa_t gpa, unsigned int len, u64 data)
{
	const struct iorange store = { .addr = gpa, .data = data, .len = len, .has_data = true };
	const struct vmm_zones *zones = rcu_dereference(bus->zones);

	if (!zones || !iorange_zones_hold(zones->zone, zones->count, gpa, gpa + len - 1))
		return false;
	guard(raw_spinlock_irqsave)(&bus->ring_lock);
	return ring_add(bus->ring, &store);
}

/* ---- zones ----------------------------------------------------------------------------------- */

typedef unsigned int (*zones_edit_t)(struct iorange_zone *to, const struct iorange_zone *from,
				     unsigned int count, u64 first, u64 last);

/* Publish an edited copy of the zones; hand the old ones out, to be freed when they are unused. */
static int zones_replace(struct vmm_bus *bus, zones_edit_t edit, u64 first, u64 last,
			 struct vmm_zones **old)
{
	struct vmm_zones *next;
	unsigned int count;
	int err;

	guard(mutex)(&bus->lock);

	*old = rcu_dereference_protected(bus->zones, lockdep_is_held(&bus->lock));
	count = *old ? (*old)->count : 0;
	next = kvmalloc(struct_size(next, zone, count + 1), GFP_KERNEL_ACCOUNT);
	if (!next)
		return -ENOMEM;
	next->count = edit(next->zone, *old ? (*old)->zone : NULL, count, first, last);
	if (next->count != count && next->count <= VMM_MAX_ZONES) {
		rcu_assign_pointer(bus->zones, next);
		return 0;
	}
	*old = NULL;
	err = next->count == count ? 0 : -ENOSPC;
	kvfree(next);
	return err;
}

static int zones_change(struct vmm_bus *bus, zones_edit_t edit, u64 addr, u64 size)
{
	struct vmm_zones *old;
	int err;

	/* No store lies in such a range. */
	if (addr + size <= addr)
		return 0;
	err = zones_replace(bus, edit, addr, addr + size - 1, &old);
	if (err || !old)
		return err;
	vmm_bus_settle();
	kvfree(old);
	return 0;
}

int vmm_coalesced_add(struct vmm_vm *vm, u64 addr, u64 size)
{
	return zones_change(&vm->bus, iorange_zones_add, addr, size);
}

int vmm_coalesced_remove(struct vmm_vm *vm, u64 addr, u64 size)
{
	return zones_change(&vm->bus, iorange_zones_remove, addr, size);
}
