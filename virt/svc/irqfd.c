// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds that raise interrupts. Each has a place in its eventfd's wait queue, and is called by
 * whoever signals the eventfd, under that queue's lock.
 *
 * It ends in one of three ways: by its client, with its VM, or with its eventfd. Whoever takes it
 * out of the table ends it. When an eventfd is closed, that is left to a work item, since the wait
 * queue's lock is held then; the others wait for that work before they free.
 */
#include <vmm/irqline.h>
#include <vmm/trace.h>
#include <vmm/vm.h>

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/hashtable.h>
#include <linux/poll.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "irq.h"

struct irqfd {
	/* Read by each event. */
	wait_queue_entry_t	wait;		/* in *queue, which is the eventfd's */
	struct vmm_vm		*vm;
	struct eventfd_ctx	*ctx;
	u32			gsi;
	struct vmm_resampler	resampler;

	wait_queue_head_t	*queue;
	struct hlist_node	by_ctx;		/* in irqfd_table; unhashed: somebody ends it */
	struct list_head	node;		/* in vm->irq.irqfds */
	struct work_struct	hup;
};

/* All of the system: of two VMs that share an eventfd, one would miss what the other reads. */
static DEFINE_HASHTABLE(irqfd_table, 12);
static DEFINE_MUTEX(irqfd_lock);		/* the table and the lists of the VMs */
static struct workqueue_struct *irqfd_works;

int vmm_irqfd_module_init(void)
{
	irqfd_works = alloc_workqueue("kvm-riscv-irqfd", WQ_UNBOUND, 0);
	return irqfd_works ? 0 : -ENOMEM;
}

void vmm_irqfd_module_exit(void)
{
	destroy_workqueue(irqfd_works);
}

/* ---- events --------------------------------------------------------------------------------- */

/* Take what was signalled, if there is where it can go; else it stays. */
static void irqfd_take(struct irqfd *irqfd)
{
	struct vmm_irq *irq = &irqfd->vm->irq;
	const struct vmm_irq_sink *sink;
	struct route route;
	u64 count;

	lockdep_assert_held(&irqfd->queue->lock);

	guard(rcu)();
	sink = rcu_dereference(irq->sink);
	if (!sink || !vmm_irq_find_route(irq, irqfd->gsi, &route))
		return;
	eventfd_ctx_do_read(irqfd->ctx, &count);
	if (!count)
		return;
	trace_kvm_irqfd(irqfd->gsi, route.addr, route.data);
	if (route.type == ROUTE_MSI)
		sink->send_msi(irqfd->vm, route.addr, route.data);
	else if (irqfd->resampler.ctx)
		vmm_resampler_raise(irqfd->vm, sink, &irqfd->resampler, route.pin);
	else
		vmm_irq_pulse(irqfd->vm, sink, route.pin);
}

/* Called with the queue's lock held, interrupts off (with PREEMPT_RT: on), in any context. */
static int irqfd_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct irqfd *irqfd = container_of(wait, struct irqfd, wait);
	__poll_t events = key_to_poll(key);

	if (events & EPOLLIN)
		irqfd_take(irqfd);
	if (events & EPOLLHUP)
		queue_work(irqfd_works, &irqfd->hup);
	return 0;
}

static void irqfd_look(struct irqfd *irqfd)
{
	guard(spinlock_irqsave)(&irqfd->queue->lock);
	irqfd_take(irqfd);
}

void vmm_irqfds_retry(struct vmm_vm *vm)
{
	struct irqfd *irqfd;

	guard(mutex)(&irqfd_lock);

	list_for_each_entry(irqfd, &vm->irq.irqfds, node) {
		irqfd_look(irqfd);
		cond_resched();
	}
}

/* ---- the table ------------------------------------------------------------------------------ */

static struct irqfd *irqfd_find(const struct eventfd_ctx *ctx)
{
	struct irqfd *irqfd;

	lockdep_assert_held(&irqfd_lock);

	hash_for_each_possible(irqfd_table, irqfd, by_ctx, (unsigned long)ctx) {
		if (irqfd->ctx == ctx)
			return irqfd;
	}
	return NULL;
}

static void irqfd_link(struct irqfd *irqfd)
{
	struct vmm_irq *irq = &irqfd->vm->irq;

	lockdep_assert_held(&irqfd_lock);

	hash_add(irqfd_table, &irqfd->by_ctx, (unsigned long)irqfd->ctx);
	list_add_tail(&irqfd->node, &irq->irqfds);
	irq->nr_irqfds++;
	if (irqfd->resampler.ctx) {
		list_add_tail_rcu(&irqfd->resampler.node, &irq->resamplers);
		irq->nr_resamplers++;
	}
}

/* Who calls this goes on with irqfd_end() and irqfd_free(). */
static void irqfd_unlink(struct irqfd *irqfd)
{
	struct vmm_irq *irq = &irqfd->vm->irq;

	lockdep_assert_held(&irqfd_lock);

	hash_del(&irqfd->by_ctx);
	list_del(&irqfd->node);
	irq->nr_irqfds--;
	if (irqfd->resampler.ctx) {
		list_del_rcu(&irqfd->resampler.node);
		irq->nr_resamplers--;
	}
}

/* ---- ends ----------------------------------------------------------------------------------- */

/* No event is taken after this. What was not taken stays in the eventfd. */
static void irqfd_end(struct irqfd *irqfd)
{
	remove_wait_queue(irqfd->queue, &irqfd->wait);
	if (irqfd->resampler.ctx)
		vmm_resampler_end(irqfd->vm, &irqfd->resampler);
}

static void irqfd_free(struct irqfd *irqfd)
{
	if (irqfd->resampler.ctx)
		eventfd_ctx_put(irqfd->resampler.ctx);
	eventfd_ctx_put(irqfd->ctx);
	kfree(irqfd);
}

/* Whoever acknowledges may have found the resampler before it was unlinked. */
static void irqfd_settle(const struct irqfd *irqfd)
{
	if (irqfd->resampler.ctx)
		synchronize_rcu_expedited();
}

/* The eventfd is closed. It is so once, so this is not queued again while it runs. */
static void irqfd_hup(struct work_struct *work)
{
	struct irqfd *irqfd = container_of(work, struct irqfd, hup);

	scoped_guard(mutex, &irqfd_lock) {
		if (hlist_unhashed(&irqfd->by_ctx))
			return;
		irqfd_unlink(irqfd);
	}
	irqfd_end(irqfd);
	irqfd_settle(irqfd);
	irqfd_free(irqfd);
}

void vmm_irqfds_destroy(struct vmm_vm *vm)
{
	struct irqfd *irqfd, *next;
	LIST_HEAD(ending);

	scoped_guard(mutex, &irqfd_lock) {
		list_for_each_entry_safe(irqfd, next, &vm->irq.irqfds, node) {
			irqfd_unlink(irqfd);
			list_add(&irqfd->node, &ending);
		}
	}
	/* No vCPU is left to acknowledge anything, so no grace period is needed. */
	list_for_each_entry_safe(irqfd, next, &ending, node) {
		irqfd_end(irqfd);
		cancel_work_sync(&irqfd->hup);
		irqfd_free(irqfd);
	}
	/* Those whose eventfd was closed before use the VM until their work is done. */
	flush_workqueue(irqfd_works);
}

/* ---- clients' calls ------------------------------------------------------------------------- */

struct irqfd_poll {
	poll_table	table;
	struct irqfd	*irqfd;
};

static void irqfd_queue(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	struct irqfd *irqfd = container_of(table, struct irqfd_poll, table)->irqfd;

	irqfd->queue = queue;
	add_wait_queue(queue, &irqfd->wait);
}

/* Nothing fails once the wait queue knows the irqfd; then only irqfd_lock keeps it. */
static int irqfd_arm(struct irqfd *irqfd, struct file *file)
{
	struct irqfd_poll poll = { .irqfd = irqfd };
	struct vmm_irq *irq = &irqfd->vm->irq;

	guard(mutex)(&irqfd_lock);

	if (irqfd_find(irqfd->ctx))
		return -EBUSY;
	if (irq->nr_irqfds >= VMM_MAX_IRQFDS)
		return -ENOSPC;
	if (irqfd->resampler.ctx && irq->nr_resamplers >= VMM_MAX_RESAMPLERS)
		return -ENOSPC;
	irqfd_link(irqfd);
	init_poll_funcptr(&poll.table, irqfd_queue);
	vfs_poll(file, &poll.table);
	/* What was signalled before is an event, too. */
	irqfd_look(irqfd);
	return 0;
}

static struct irqfd *irqfd_new(struct vmm_vm *vm, const struct vmm_irqfd_request *req,
			       struct file *file)
{
	struct irqfd *irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);
	struct eventfd_ctx *ctx = NULL;

	if (!irqfd)
		return ERR_PTR(-ENOMEM);
	irqfd->vm = vm;
	irqfd->gsi = req->gsi;
	init_waitqueue_func_entry(&irqfd->wait, irqfd_wake);
	INIT_WORK(&irqfd->hup, irqfd_hup);

	if (req->resample)
		ctx = eventfd_ctx_fdget(req->resample_fd);
	if (!IS_ERR(ctx)) {
		irqfd->resampler.ctx = ctx;
		ctx = eventfd_ctx_fileget(file);
		if (!IS_ERR(ctx)) {
			irqfd->ctx = ctx;
			return irqfd;
		}
		if (irqfd->resampler.ctx)
			eventfd_ctx_put(irqfd->resampler.ctx);
	}
	kfree(irqfd);
	return ERR_CAST(ctx);
}

static int irqfd_assign_file(struct vmm_vm *vm, const struct vmm_irqfd_request *req,
			     struct file *file)
{
	struct irqfd *irqfd = irqfd_new(vm, req, file);
	int err;

	if (IS_ERR(irqfd))
		return PTR_ERR(irqfd);
	err = irqfd_arm(irqfd, file);
	if (err)
		irqfd_free(irqfd);
	return err;
}

int vmm_irqfd_assign(struct vmm_vm *vm, const struct vmm_irqfd_request *req)
{
	struct file *file;
	int err;

	if (req->resample && READ_ONCE(vm->irq.state) == VMM_IRQ_NONE)
		return -EINVAL;
	file = fget(req->fd);
	if (!file)
		return -EBADF;
	/* The file keeps its eventfd from being closed until all is set up. */
	err = irqfd_assign_file(vm, req, file);
	fput(file);
	return err;
}

/* Take the irqfd of this eventfd and GSI out of the table. */
static struct irqfd *irqfd_remove(struct vmm_vm *vm, u32 gsi, const struct eventfd_ctx *ctx)
{
	struct irqfd *irqfd;

	guard(mutex)(&irqfd_lock);

	irqfd = irqfd_find(ctx);
	if (!irqfd || irqfd->vm != vm || irqfd->gsi != gsi)
		return NULL;
	irqfd_unlink(irqfd);
	return irqfd;
}

int vmm_irqfd_deassign(struct vmm_vm *vm, const struct vmm_irqfd_request *req)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fdget(req->fd);
	struct irqfd *irqfd;

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	irqfd = irqfd_remove(vm, req->gsi, ctx);
	eventfd_ctx_put(ctx);
	if (!irqfd)
		return 0;

	irqfd_end(irqfd);
	cancel_work_sync(&irqfd->hup);
	irqfd_settle(irqfd);
	irqfd_free(irqfd);
	return 0;
}
