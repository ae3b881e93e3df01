// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines that eventfds raise and the guest's acknowledging lowers. Each such eventfd remembers the
 * pin that it has raised, so that it may be routed anew meanwhile.
 */
#include <vmm/trace.h>
#include <vmm/vm.h>

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/eventfd.h>
#include <linux/lockdep.h>
#include <linux/nospec.h>
#include <linux/rculist.h>

#include "irq.h"

/* Take one eventfd's share of its pin away; another may still have one. */
static void resampler_lower(struct vmm_vm *vm, const struct vmm_irq_sink *sink,
			    struct vmm_resampler *res)
{
	struct vmm_irq *irq = &vm->irq;
	struct vmm_resampler *other;
	u32 pin = res->pin;

	lockdep_assert_held(&irq->line_lock);

	if (!pin)
		return;
	res->pin = 0;
	list_for_each_entry_rcu(other, &irq->resamplers, node) {
		if (other->pin == pin)
			return;
	}
	__clear_bit(pin, irq->raised);
	sink->set_pin(vm, pin, test_bit(pin, irq->driven));
}

void vmm_resampler_raise(struct vmm_vm *vm, const struct vmm_irq_sink *sink,
			 struct vmm_resampler *res, u32 pin)
{
	struct vmm_irq *irq = &vm->irq;

	guard(raw_spinlock_irqsave)(&irq->line_lock);
	if (res->pin != pin)
		resampler_lower(vm, sink, res);
	if (!pin || pin > irq->nr_pins)
		return;
	pin = array_index_nospec(pin, ROUTES_PINS);
	res->pin = pin;
	__set_bit(pin, irq->raised);
	sink->set_pin(vm, pin, true);
}

void vmm_resampler_end(struct vmm_vm *vm, struct vmm_resampler *res)
{
	const struct vmm_irq_sink *sink;

	guard(rcu)();
	sink = rcu_dereference(vm->irq.sink);
	if (!sink)
		return;
	guard(raw_spinlock_irqsave)(&vm->irq.line_lock);
	resampler_lower(vm, sink, res);
}

void vmm_resamplers_reset(struct vmm_irq *irq)
{
	struct vmm_resampler *res;

	guard(rcu)();
	guard(raw_spinlock_irqsave)(&irq->line_lock);
	list_for_each_entry_rcu(res, &irq->resamplers, node)
		res->pin = 0;
}

/* Lower a pin for all eventfds that have raised it. */
static bool resample_lower_all(struct vmm_vm *vm, const struct vmm_irq_sink *sink, u32 pin)
{
	struct vmm_irq *irq = &vm->irq;
	struct vmm_resampler *res;

	guard(raw_spinlock_irqsave)(&irq->line_lock);
	if (!__test_and_clear_bit(pin, irq->raised))
		return false;
	list_for_each_entry_rcu(res, &irq->resamplers, node) {
		if (res->pin != pin)
			continue;
		res->pin = 0;
		set_bit(0, &res->acked);
	}
	sink->set_pin(vm, pin, test_bit(pin, irq->driven));
	return true;
}

notrace void vmm_irq_ack_pin(struct vmm_vm *vm, u32 pin)
{
	struct vmm_irq *irq = &vm->irq;
	const struct vmm_irq_sink *sink;
	struct vmm_resampler *res;

	if (pin >= ROUTES_PINS)
		return;
	pin = array_index_nospec(pin, ROUTES_PINS);
	if (likely(!test_bit(pin, irq->raised)))
		return;

	guard(rcu)();
	sink = rcu_dereference(irq->sink);
	if (!sink || !resample_lower_all(vm, sink, pin))
		return;
	trace_kvm_ack_irq(pin);
	/* Without the lock: who is signalled may raise a line at once. */
	list_for_each_entry_rcu(res, &irq->resamplers, node) {
		if (test_and_clear_bit(0, &res->acked))
			eventfd_signal(res->ctx);
	}
}
