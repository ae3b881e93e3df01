// SPDX-License-Identifier: GPL-2.0-only
/* Stores to addresses without memory: who finishes them. */
#include <vmm/bus.h>
#include <vmm/vm.h>

#include <linux/rcupdate.h>
#include <linux/seqlock.h>

#include "svc.h"

int vmm_bus_init(struct vmm_vm *vm)
{
	struct vmm_bus *bus = &vm->bus;
	unsigned int space;

	mutex_init(&bus->lock);
	raw_spin_lock_init(&bus->ring_lock);
	for (space = 0; space < VMM_BUS_SPACES; space++)
		seqcount_latch_init(&bus->events[space].seq);
	bus->generation = 1;
	return vmm_coalesced_init(bus);
}

void vmm_bus_destroy(struct vmm_vm *vm)
{
	struct vmm_bus *bus = &vm->bus;

	vmm_ioeventfds_destroy(bus);
	vmm_coalesced_destroy(bus);
	mutex_destroy(&bus->lock);
}

void vmm_bus_settle(void)
{
	/* Clients wait for this, and look-ups are short: disturb the other harts for it. */
	synchronize_rcu_expedited();
}

notrace bool vmm_bus_write(struct vmm_vm *vm, gpa_t gpa, unsigned int len, u64 data,
			   struct vmm_bus_hint *hint)
{
	guard(rcu)();
	return vmm_ioeventfd_write(&vm->bus, gpa, len, data, hint) ||
	       (rcu_access_pointer(vm->bus.zones) &&
		vmm_coalesced_write(&vm->bus, gpa, len, data));
}
