// SPDX-License-Identifier: GPL-2.0-only
/* Stores that signal an eventfd. model/iorange.c says which of them exclude each other. */
#include <vmm/bus.h>
#include <vmm/trace.h>
#include <vmm/vm.h>

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "model/iorange.h"
#include "svc.h"

struct ioeventfd {
	struct latch_tree_node	node;
	struct iorange		range;
	struct eventfd_ctx	*ctx;
};

static struct ioeventfd *to_ioeventfd(struct latch_tree_node *node)
{
	return container_of(node, struct ioeventfd, node);
}

static bool ioeventfd_less(struct latch_tree_node *a, struct latch_tree_node *b)
{
	return iorange_order(&to_ioeventfd(a)->range, &to_ioeventfd(b)->range) < 0;
}

static __always_inline int ioeventfd_compare(void *range, struct latch_tree_node *node)
{
	return iorange_order(range, &to_ioeventfd(node)->range);
}

static const struct latch_tree_ops ioeventfd_order = {
	.less	= ioeventfd_less,
	.comp	= ioeventfd_compare,
};

/* The ioeventfd that shares a store with @range; any of them when there are several. */
static __always_inline struct ioeventfd *ioeventfd_find(struct latch_tree_root *events,
							const struct iorange *range)
{
	struct latch_tree_node *node = latch_tree_find((void *)range, events, &ioeventfd_order);

	return node ? to_ioeventfd(node) : NULL;
}

notrace bool vmm_ioeventfd_write(struct vmm_bus *bus, gpa_t gpa, unsigned int len, u64 data,
				 struct vmm_bus_hint *hint)
{
	const struct iorange store = { .addr = gpa, .data = data, .len = len, .has_data = true };
	/* Before the look at the tree: what is found and goes after this has another. */
	u64 generation = smp_load_acquire(&bus->generation);
	struct ioeventfd *event = ioeventfd_find(&bus->events[VMM_BUS_MMIO], &store);

	if (!event)
		return false;
	if (hint)
		*hint = (struct vmm_bus_hint) {
			.ctx = event->ctx, .generation = generation, .gpa = gpa, .len = len,
			.has_data = event->range.has_data, .data = event->range.data,
		};
	trace_kvm_ioeventfd(gpa, len, data);
	eventfd_signal(event->ctx);
	return true;
}

static struct ioeventfd *ioeventfd_new(const struct vmm_ioeventfd_request *req)
{
	struct ioeventfd *event = kzalloc(sizeof(*event), GFP_KERNEL_ACCOUNT);
	struct eventfd_ctx *ctx;

	if (!event)
		return ERR_PTR(-ENOMEM);
	ctx = eventfd_ctx_fdget(req->fd);
	if (IS_ERR(ctx)) {
		kfree(event);
		return ERR_CAST(ctx);
	}
	event->ctx = ctx;
	event->range.addr = req->addr;
	event->range.len = req->len;
	event->range.has_data = req->has_data;
	event->range.data = req->data;
	return event;
}

static void ioeventfd_free(struct ioeventfd *event)
{
	eventfd_ctx_put(event->ctx);
	kfree(event);
}

static int ioeventfd_insert(struct vmm_bus *bus, enum vmm_bus_space space, struct ioeventfd *event)
{
	struct latch_tree_root *events = &bus->events[space];

	guard(mutex)(&bus->lock);

	if (ioeventfd_find(events, &event->range))
		return -EEXIST;
	if (bus->nr_events >= VMM_MAX_IOEVENTFDS)
		return -ENOSPC;
	latch_tree_insert(&event->node, events, &ioeventfd_order);
	bus->nr_events++;
	return 0;
}

int vmm_ioeventfd_assign(struct vmm_vm *vm, const struct vmm_ioeventfd_request *req)
{
	struct ioeventfd *event;
	int err;

	err = iorange_check(req->addr, req->len, req->has_data);
	if (err)
		return err;
	event = ioeventfd_new(req);
	if (IS_ERR(event))
		return PTR_ERR(event);
	err = ioeventfd_insert(&vm->bus, req->space, event);
	if (err)
		ioeventfd_free(event);
	return err;
}

/* Take an ioeventfd out of its tree; readers may still hold it. */
static struct ioeventfd *ioeventfd_remove(struct vmm_bus *bus, enum vmm_bus_space space,
					  const struct iorange *range, struct eventfd_ctx *ctx)
{
	struct latch_tree_root *events = &bus->events[space];
	struct ioeventfd *event;

	guard(mutex)(&bus->lock);

	event = ioeventfd_find(events, range);
	if (!event || event->ctx != ctx || !iorange_same(&event->range, range))
		return NULL;
	latch_tree_erase(&event->node, events, &ioeventfd_order);
	/* Pairs with the look at it before a search: what this search found is of the old one. */
	smp_store_release(&bus->generation, bus->generation + 1);
	bus->nr_events--;
	return event;
}

int vmm_ioeventfd_deassign(struct vmm_vm *vm, const struct vmm_ioeventfd_request *req)
{
	const struct iorange range = {
		.addr		= req->addr,
		.len		= req->len,
		.has_data	= req->has_data,
		.data		= req->data,
	};
	struct ioeventfd *event = NULL;
	struct eventfd_ctx *ctx;

	ctx = eventfd_ctx_fdget(req->fd);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	/* What cannot be assigned is not there. */
	if (!iorange_check(req->addr, req->len, req->has_data))
		event = ioeventfd_remove(&vm->bus, req->space, &range, ctx);
	eventfd_ctx_put(ctx);
	if (!event)
		return -ENOENT;

	vmm_bus_settle();
	ioeventfd_free(event);
	return 0;
}

void vmm_ioeventfds_destroy(struct vmm_bus *bus)
{
	struct ioeventfd *event, *next;
	unsigned int space;

	for (space = 0; space < VMM_BUS_SPACES; space++) {
		struct rb_root *root = &bus->events[space].tree[0];

		rbtree_postorder_for_each_entry_safe(event, next, root, node.node[0])
			ioeventfd_free(event);
	}
}
