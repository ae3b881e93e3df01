// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts on their way to the controller: the routes, the lines, and which controller there is.
 * model/routes.c has the rules for routes.
 */
#include <vmm/irqline.h>
#include <vmm/trace.h>
#include <vmm/vm.h>

#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "irq.h"

struct vmm_routes {
	u32		nr_gsis;
	struct route	by_gsi[] __counted_by(nr_gsis);
};

int vmm_irq_init(struct vmm_vm *vm)
{
	struct vmm_irq *irq = &vm->irq;

	mutex_init(&irq->lock);
	raw_spin_lock_init(&irq->line_lock);
	INIT_LIST_HEAD(&irq->irqfds);
	INIT_LIST_HEAD(&irq->resamplers);
	return 0;
}

void vmm_irq_destroy(struct vmm_vm *vm)
{
	vmm_irqfds_destroy(vm);
	kvfree(rcu_dereference_protected(vm->irq.routes, true));
	mutex_destroy(&vm->irq.lock);
}

/* ---- routes --------------------------------------------------------------------------------- */

static struct vmm_routes *routes_alloc(u32 nr_gsis)
{
	struct vmm_routes *routes;

	routes = kvzalloc(struct_size(routes, by_gsi, nr_gsis), GFP_KERNEL_ACCOUNT);
	if (routes)
		routes->nr_gsis = nr_gsis;
	return routes;
}

static struct vmm_routes *routes_of_entries(const struct route_entry *entries, unsigned int count)
{
	unsigned long *seen __free(kfree) = kcalloc(BITS_TO_LONGS(ROUTES_MAX), sizeof(*seen),
						    GFP_KERNEL_ACCOUNT);
	struct vmm_routes *routes;
	int nr_gsis;

	if (!seen)
		return ERR_PTR(-ENOMEM);
	nr_gsis = routes_check(entries, count, seen);
	if (nr_gsis < 0)
		return ERR_PTR(nr_gsis);
	routes = routes_alloc(nr_gsis);
	if (!routes)
		return ERR_PTR(-ENOMEM);
	routes_fill(routes->by_gsi, entries, count);
	return routes;
}

bool vmm_irq_find_route(struct vmm_irq *irq, u32 gsi, struct route *route)
{
	const struct vmm_routes *routes = rcu_dereference(irq->routes);

	if (!routes || gsi >= routes->nr_gsis)
		return false;
	*route = routes->by_gsi[array_index_nospec(gsi, routes->nr_gsis)];
	return route->type != ROUTE_NONE;
}

static int irq_replace_routes(struct vmm_irq *irq, const struct route_entry *entries,
			      unsigned int count)
{
	struct vmm_routes *routes;

	guard(mutex)(&irq->lock);

	if (irq->state == VMM_IRQ_NONE)
		return -EINVAL;
	routes = routes_of_entries(entries, count);
	if (IS_ERR(routes))
		return PTR_ERR(routes);
	routes = rcu_replace_pointer(irq->routes, routes, lockdep_is_held(&irq->lock));
	/* Clients wait for this, and look-ups are short: disturb the other harts for it. */
	if (routes)
		synchronize_rcu_expedited();
	kvfree(routes);
	return 0;
}

int vmm_irq_set_routes(struct vmm_vm *vm, const struct route_entry *entries, unsigned int count)
{
	int err = irq_replace_routes(&vm->irq, entries, count);

	if (!err)
		vmm_irqfds_retry(vm);
	return err;
}

/* ---- the controller ------------------------------------------------------------------------- */

void vmm_irq_announce(struct vmm_vm *vm)
{
	guard(mutex)(&vm->irq.lock);

	WARN_ON_ONCE(vm->irq.state != VMM_IRQ_NONE);
	WRITE_ONCE(vm->irq.state, VMM_IRQ_ANNOUNCED);
}

static int irq_publish_sink(struct vmm_irq *irq, const struct vmm_irq_sink *sink, u32 nr_pins)
{
	guard(mutex)(&irq->lock);

	WARN_ON_ONCE(irq->state != VMM_IRQ_ANNOUNCED || nr_pins >= ROUTES_PINS);
	if (!rcu_access_pointer(irq->routes)) {
		struct vmm_routes *routes = routes_alloc(nr_pins + 1);

		if (!routes)
			return -ENOMEM;
		routes_fill_pins(routes->by_gsi, routes->nr_gsis);
		rcu_assign_pointer(irq->routes, routes);
	}
	scoped_guard(raw_spinlock_irqsave, &irq->line_lock) {
		bitmap_zero(irq->driven, ROUTES_PINS);
		bitmap_zero(irq->raised, ROUTES_PINS);
		irq->nr_pins = nr_pins;
	}
	WRITE_ONCE(irq->state, VMM_IRQ_ATTACHED);
	rcu_assign_pointer(irq->sink, sink);
	return 0;
}

int vmm_irq_attach(struct vmm_vm *vm, const struct vmm_irq_sink *sink, u32 nr_pins)
{
	int err = irq_publish_sink(&vm->irq, sink, nr_pins);

	if (!err)
		vmm_irqfds_retry(vm);
	return err;
}

void vmm_irq_detach(struct vmm_vm *vm)
{
	struct vmm_irq *irq = &vm->irq;

	guard(mutex)(&irq->lock);

	WRITE_ONCE(irq->state, VMM_IRQ_NONE);
	if (!rcu_access_pointer(irq->sink))
		return;
	rcu_assign_pointer(irq->sink, NULL);
	synchronize_rcu_expedited();
	vmm_resamplers_reset(irq);
}

/* Why there is no sink: for client calls. */
static int irq_no_sink(const struct vmm_irq *irq, int no_controller)
{
	return READ_ONCE(irq->state) == VMM_IRQ_NONE ? no_controller : -EBUSY;
}

/* ---- interrupts ----------------------------------------------------------------------------- */

/* Has the sink such a pin? Under line_lock. */
static bool irq_has_pin(const struct vmm_irq *irq, u32 pin)
{
	lockdep_assert_held(&irq->line_lock);
	return pin && pin <= irq->nr_pins;
}

int vmm_irq_line(struct vmm_vm *vm, u32 pin, bool high)
{
	struct vmm_irq *irq = &vm->irq;
	const struct vmm_irq_sink *sink;

	guard(rcu)();
	sink = rcu_dereference(irq->sink);
	if (!sink)
		return irq_no_sink(irq, -ENXIO);

	guard(raw_spinlock_irqsave)(&irq->line_lock);
	if (!irq_has_pin(irq, pin))
		return -ENODEV;
	pin = array_index_nospec(pin, ROUTES_PINS);
	__assign_bit(pin, irq->driven, high);
	trace_kvm_set_irq(pin, high);
	sink->set_pin(vm, pin, high || test_bit(pin, irq->raised));
	return 0;
}

void vmm_irq_pulse(struct vmm_vm *vm, const struct vmm_irq_sink *sink, u32 pin)
{
	struct vmm_irq *irq = &vm->irq;

	guard(raw_spinlock_irqsave)(&irq->line_lock);
	if (!irq_has_pin(irq, pin))
		return;
	pin = array_index_nospec(pin, ROUTES_PINS);
	/* Others may hold the line high: then it stays so, and there is no edge, as with a wire. */
	sink->set_pin(vm, pin, true);
	sink->set_pin(vm, pin, test_bit(pin, irq->driven) || test_bit(pin, irq->raised));
}

int vmm_irq_signal_msi(struct vmm_vm *vm, u64 addr, u32 data)
{
	const struct vmm_irq_sink *sink;
	bool delivered;

	guard(rcu)();
	sink = rcu_dereference(vm->irq.sink);
	if (!sink)
		return irq_no_sink(&vm->irq, -EINVAL);
	delivered = sink->send_msi(vm, addr, data);
	trace_kvm_msi(addr, data, delivered);
	return delivered;
}
