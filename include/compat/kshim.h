/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels we build against, each under a name that says what is meant. The
 * only reader of HAVE_*, which scripts/probe-kernel.sh finds out. To add one, see
 * Documentation/porting.rst.
 */
#ifndef COMPAT_KSHIM_H
#define COMPAT_KSHIM_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/irqchip/riscv-imsic.h>
#include <linux/limits.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/syscore_ops.h>
#include <linux/thread_info.h>
#include <linux/types.h>
#include <linux/version.h>

#include <asm/cacheflush.h>

#include "kshim_config.h"

#ifdef HAVE_GUEST_WORK
#include <linux/entry-virt.h>
#endif

/* Documents which lock protects a member; newer kernels give it to the compiler to check. */
#ifndef __guarded_by
#define __guarded_by(...)
#endif

/* What the aging callbacks of struct mmu_notifier_ops return; 0 and 1 mean the same in both. */
#ifdef HAVE_NOTIFIER_AGE_BOOL
typedef bool kshim_age_t;
#else
typedef int kshim_age_t;
#endif

/**
 * kshim_hrtimer_init() - Set up a timer that is not running.
 * @timer:  Zeroed or never started.
 * @clock:  CLOCK_MONOTONIC and the like.
 * @mode:   HRTIMER_MODE_*.
 * @fn:     Called on expiry.
 *
 * Context: Any.
 */
static inline void kshim_hrtimer_init(struct hrtimer *timer, clockid_t clock,
				      enum hrtimer_mode mode,
				      enum hrtimer_restart (*fn)(struct hrtimer *timer))
{
#ifdef HAVE_HRTIMER_SETUP
	hrtimer_setup(timer, fn, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
#endif
}

#ifndef _TIF_NEED_RESCHED_LAZY
#define _TIF_NEED_RESCHED_LAZY	0
#endif
#define KSHIM_TIF_RESCHED	(_TIF_NEED_RESCHED | _TIF_NEED_RESCHED_LAZY)
#define KSHIM_TIF_SIGNAL	(_TIF_SIGPENDING | _TIF_NOTIFY_SIGNAL)

/*
 * Thread flags that stand for work to be done before guest code runs: KSHIM_WORK_FIRST until an
 * ioctl has run some, then KSHIM_WORK. They differ where an ioctl can only make way for such work:
 * some is there at each start (a task that is stopped at each system call by its tracer), so one
 * that always made way first would come to nothing.
 */
#define KSHIM_WORK		(KSHIM_TIF_RESCHED | KSHIM_TIF_SIGNAL | _TIF_NOTIFY_RESUME)
#ifdef HAVE_GUEST_WORK
#define KSHIM_WORK_FIRST	KSHIM_WORK
#else
#define KSHIM_WORK_FIRST	(KSHIM_TIF_RESCHED | KSHIM_TIF_SIGNAL)
#endif

/**
 * kshim_guest_work_pending() - Does this task owe the kernel something before it runs guest code?
 * @work: KSHIM_WORK_FIRST or KSHIM_WORK.
 *
 * A wake-up on the same hart sets such a flag without an interrupt, so the test belongs behind
 * everything that may wake somebody, with interrupts off until guest entry.
 *
 * Context: Any; one load.
 */
static __always_inline bool kshim_guest_work_pending(unsigned long work)
{
	return read_thread_flags() & work;
}

/**
 * kshim_guest_work() - Do what kshim_guest_work_pending() found.
 * @work: The same as there.
 *
 * Only some kernels let a module run the work that is due on return to user mode (7.2 with in-tree
 * KVM configured; the function of 6.12 writes to in-tree KVM's vCPU). On the others such work ends
 * the ioctl with -ERESTARTNOHAND: the kernel does the work at its boundary and restarts the ioctl,
 * unless a signal handler ran in between, which gives EINTR. Userspace sees neither number.
 *
 * Context: Process context, interrupts and preemption on, no lock held: schedules.
 * Return:  0 nothing is pending now; -EINTR a signal is; -ERESTARTNOHAND as above: leave the ioctl
 *          as for -EINTR, and let kshim_ioctl_result() be the last thing it does.
 */
static inline int kshim_guest_work(unsigned long work)
{
#ifdef HAVE_GUEST_WORK
	return xfer_to_guest_mode_handle_work();
#else
	unsigned long flags;

	while ((flags = read_thread_flags() & work)) {
		if (flags & KSHIM_TIF_SIGNAL)
			return -EINTR;
		if (flags & _TIF_NOTIFY_RESUME)
			return -ERESTARTNOHAND;
		schedule();
	}
	return 0;
#endif
}

/**
 * kshim_ioctl_result() - Make the result of an ioctl that called kshim_guest_work() fit to return.
 * @ret:  Result so far.
 *
 * A restart code is looked at only where a signal seems to be pending, so this sets the flag; the
 * kernel recomputes it. Nothing may come after that recomputes it earlier (a change of the signal
 * mask).
 *
 * Context: Process context, at the very end of the ioctl.
 * Return:  @ret.
 */
static inline long kshim_ioctl_result(long ret)
{
	if (ret == -ERESTARTNOHAND)
		set_thread_flag(TIF_SIGPENDING);
	return ret;
}

/**
 * KSHIM_SYSCORE() - Define a callback for the end of the kernel: reboot, power-off, kexec.
 * @name:         Name of the object, for kshim_syscore_register().
 * @shutdown_fn:  void (void); devices are shut down, all harts online, tasks still run; sleeps.
 */
#ifdef HAVE_SYSCORE_DATA
#define KSHIM_SYSCORE(name, shutdown_fn)						\
static void name##_shutdown(void *data) { shutdown_fn(); }				\
static const struct syscore_ops name##_ops = { .shutdown = name##_shutdown };		\
static struct syscore name = { .ops = &name##_ops }

#define kshim_syscore_register(syscore)		register_syscore(syscore)
#define kshim_syscore_unregister(syscore)	unregister_syscore(syscore)
#else
#define KSHIM_SYSCORE(name, shutdown_fn)						\
static struct syscore_ops name = { .shutdown = shutdown_fn }

#define kshim_syscore_register(syscore)		register_syscore_ops(syscore)
#define kshim_syscore_unregister(syscore)	unregister_syscore_ops(syscore)
#endif

/**
 * kshim_guest_perf_register() - Have profilers ask whether they interrupted guest code.
 * @callbacks: Asked in interrupts. Stays until kshim_guest_perf_unregister() has returned.
 *
 * Only kernels with CONFIG_GUEST_PERF_EVENTS ask, which in-tree KVM selects on RISC-V since 7.x;
 * on others guest code counts as the host's code around it.
 *
 * Context: Process context, sleeps; nobody else's callbacks are registered.
 */
static inline void kshim_guest_perf_register(struct perf_guest_info_callbacks *callbacks)
{
#ifdef HAVE_GUEST_PERF
	perf_register_guest_info_callbacks(callbacks);
#endif
}

static inline void kshim_guest_perf_unregister(struct perf_guest_info_callbacks *callbacks)
{
#ifdef HAVE_GUEST_PERF
	perf_unregister_guest_info_callbacks(callbacks);
#endif
}

/**
 * kshim_run_delay() - How long this thread was ready to run, and waited.
 *
 * Only kernels with CONFIG_SCHED_INFO (of SCHEDSTATS or TASK_DELAY_ACCT) know it.
 *
 * Context: Process context.
 * Return:  Nanoseconds since the thread began; always 0 where the kernel does not know it.
 */
static inline u64 kshim_run_delay(void)
{
#ifdef HAVE_RUN_DELAY
	return current->sched_info.run_delay;
#else
	return 0;
#endif
}

static inline bool kshim_has_run_delay(void)
{
#ifdef HAVE_RUN_DELAY
	return true;
#else
	return false;
#endif
}

/**
 * kshim_cbop_block_size() - Bytes that one cache-block prefetch works on.
 *
 * Context: Any.
 * Return:  0 where the host has no Zicbop or the kernel does not know it.
 */
static inline unsigned int kshim_cbop_block_size(void)
{
#ifdef HAVE_CBOP_BLOCK_SIZE
	return riscv_cbop_block_size;
#else
	return 0;
#endif
}

/**
 * kshim_guest_files() - Guest interrupt files that firmware says a hart has.
 * @local: Of the hart.
 *
 * Context: Any.
 * Return:  U32_MAX where the kernel does not ask it.
 */
static inline u32 kshim_guest_files(const struct imsic_local_config *local)
{
#ifdef HAVE_IMSIC_GUEST_FILES
	return local->nr_guest_files;
#else
	return U32_MAX;
#endif
}

/**
 * kshim_linux_version() - The kernel that the module is built for, as guests get to see it.
 *
 * Context: Any.
 * Return:  Major, minor and patch number in bits 31..16, 15..8, 7..0.
 */
static inline u32 kshim_linux_version(void)
{
	return LINUX_VERSION_CODE;
}

#endif
