/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Eventfds that a test in the kernel can make, as only system calls make the real ones. Included
 * before all else where irqfd.c and resample.c are compiled for the suites: they get these under
 * the kernel's names. Wait queues and locks are the kernel's own.
 */
#ifndef VMM_FAKE_EVENTFD_H
#define VMM_FAKE_EVENTFD_H

#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/refcount.h>
#include <linux/wait.h>

/* The kernel's has this name, too, and is private to it. */
struct eventfd_ctx {
	wait_queue_head_t	queue;
	u64			count;		/* signalled and not read; under queue.lock */
	u64			taken;		/* read; the same */
	unsigned int		signals;	/* calls of fake_eventfd_signal(); the same */
	atomic_t		refs;
	bool			open;		/* its number is a file's */
};

struct file *fake_fget(unsigned int fd);
void fake_fput(struct file *file);
__poll_t fake_poll(struct file *file, poll_table *table);
struct eventfd_ctx *fake_ctx_fdget(int fd);
struct eventfd_ctx *fake_ctx_fileget(struct file *file);
void fake_ctx_put(struct eventfd_ctx *ctx);
void fake_ctx_do_read(struct eventfd_ctx *ctx, u64 *count);
void fake_eventfd_signal(struct eventfd_ctx *ctx);

#define fget			fake_fget
#define fput			fake_fput
#define vfs_poll		fake_poll
#define eventfd_ctx_fdget	fake_ctx_fdget
#define eventfd_ctx_fileget	fake_ctx_fileget
#define eventfd_ctx_put		fake_ctx_put
#define eventfd_ctx_do_read	fake_ctx_do_read
#define eventfd_signal		fake_eventfd_signal

#endif
