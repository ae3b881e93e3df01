/* SPDX-License-Identifier: GPL-2.0-only */
/* Stores that signal the same eventfd as the one before, without a search. */
#ifndef VMM_BUS_AGAIN_H
#define VMM_BUS_AGAIN_H

#include <linux/compiler.h>
#include <linux/eventfd.h>
#include <linux/lockdep.h>

#include <vmm/bus.h>
#include <vmm/trace.h>

/**
 * vmm_bus_write_again() - vmm_bus_write() of a store to the same address, of the same length.
 * @bus:  The VM's.
 * @hint: Of the store before.
 * @data: The value, zero-extended.
 *
 * Context: Interrupts off, which is a read-side section for vmm_bus_settle(). Not with PREEMPT_RT.
 * Return:  True when the store is done; false: ask vmm_bus_write().
 */
static __always_inline bool vmm_bus_write_again(const struct vmm_bus *bus,
						const struct vmm_bus_hint *hint, u64 data)
{
	lockdep_assert_irqs_disabled();

	/* Whoever removes it moves the generation on, and then waits for this to end. */
	if (READ_ONCE(bus->generation) != hint->generation)
		return false;
	if (hint->has_data && hint->data != data)
		return false;
	trace_kvm_ioeventfd(hint->gpa, hint->len, data);
	eventfd_signal(hint->ctx);
	return true;
}

#endif
