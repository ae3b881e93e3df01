// SPDX-License-Identifier: GPL-2.0-only
#include "irq_fixture.h"

#include <linux/err.h>

struct eventfd_ctx *fake_events;

static struct eventfd_ctx *fake_of(unsigned int fd)
{
	return fd < FAKE_EVENTS && fake_events[fd].open ? &fake_events[fd] : NULL;
}

/* A file is its eventfd here, and a reference on the one is none on the other. */
struct file *fake_fget(unsigned int fd)
{
	return (struct file *)fake_of(fd);
}

void fake_fput(struct file *file)
{
}

__poll_t fake_poll(struct file *file, poll_table *table)
{
	struct eventfd_ctx *ctx = (struct eventfd_ctx *)file;

	poll_wait(file, &ctx->queue, table);
	return READ_ONCE(ctx->count) ? EPOLLIN : 0;
}

struct eventfd_ctx *fake_ctx_fileget(struct file *file)
{
	struct eventfd_ctx *ctx = (struct eventfd_ctx *)file;

	atomic_inc(&ctx->refs);
	return ctx;
}

struct eventfd_ctx *fake_ctx_fdget(int fd)
{
	struct eventfd_ctx *ctx = fake_of(fd);

	return ctx ? fake_ctx_fileget((struct file *)ctx) : ERR_PTR(-EBADF);
}

void fake_ctx_put(struct eventfd_ctx *ctx)
{
	atomic_dec(&ctx->refs);
}

void fake_ctx_do_read(struct eventfd_ctx *ctx, u64 *count)
{
	lockdep_assert_held(&ctx->queue.lock);

	*count = ctx->count;
	ctx->taken += ctx->count;
	ctx->count = 0;
}

void fake_eventfd_signal(struct eventfd_ctx *ctx)
{
	guard(spinlock_irqsave)(&ctx->queue.lock);
	ctx->count++;
	ctx->signals++;
	wake_up_locked_poll(&ctx->queue, EPOLLIN);
}

void fake_close(unsigned int fd)
{
	struct eventfd_ctx *ctx = &fake_events[fd];

	ctx->open = false;
	wake_up_poll(&ctx->queue, EPOLLHUP);
}
