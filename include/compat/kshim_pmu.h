/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's hardware counters, through perf. A kernel without the driver for SBI PMU, or without
 * perf, has none: then nothing below is called but kshim_pmu_counters().
 */
#ifndef COMPAT_KSHIM_PMU_H
#define COMPAT_KSHIM_PMU_H

#include <linux/err.h>
#include <linux/limits.h>
#include <linux/perf/riscv_pmu.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/types.h>

#include <compat/kshim.h>

#ifdef HAVE_HPM_INFO

/**
 * kshim_pmu_counters() - How many counters a hart of the host has, cycle and instret among them.
 *
 * Context: Process context.
 * Return:  0 where they cannot be used.
 */
static inline unsigned int kshim_pmu_counters(void)
{
	u32 width, count;

	return riscv_pmu_get_hpm_info(&width, &count) ? 0 : count;
}

/**
 * kshim_perf_create() - An event of the calling thread, which nobody but us knows of.
 * @attr:    What is counted. Only guest code is.
 * @handler: Called in interrupts, at the end of each attr->sample_period, if there is one.
 * @context: For kshim_perf_context() in the handler.
 *
 * Context: Process context, sleeps.
 * Return:  The event, to be given back by kshim_perf_release(); an ERR_PTR, -ENOENT or the like for
 *          what the host cannot count, -ENOMEM.
 */
static inline struct perf_event *kshim_perf_create(struct perf_event_attr *attr,
						   perf_overflow_handler_t handler, void *context)
{
	attr->size = sizeof(*attr);
	attr->exclude_host = true;
	attr->exclude_hv = true;
	/* The driver takes exclude_user and exclude_kernel for the modes of the guest then. */
	attr->config1 = RISCV_PMU_CONFIG1_GUEST_EVENTS;
	return perf_event_create_kernel_counter(attr, -1, current, handler, context);
}

static inline void *kshim_perf_context(const struct perf_event *event)
{
	return event->overflow_handler_context;
}

/* In the handler: all periods but the one that has begun are as long as can be. */
static inline void kshim_perf_stretch(struct perf_event *event)
{
	event->hw.sample_period = S64_MAX;
}

/* Context of these: process context, sleep. After the first, its handler is not called any more. */
static inline void kshim_perf_release(struct perf_event *event)
{
	perf_event_release_kernel(event);
}

static inline void kshim_perf_enable(struct perf_event *event)
{
	perf_event_enable(event);
}

/* Stop counting. Return: what was counted since the last call, or since the beginning. */
static inline u64 kshim_perf_take(struct perf_event *event)
{
	return perf_event_pause(event, true);
}

/* Return: what was counted since then up to now. */
static inline u64 kshim_perf_read(struct perf_event *event)
{
	u64 enabled, running;

	return perf_event_read_value(event, &enabled, &running);
}

/* Begin a period of so many, below 2^63. */
static inline void kshim_perf_set_period(struct perf_event *event, u64 period)
{
	perf_event_period(event, period);
}

#else

static inline unsigned int kshim_pmu_counters(void)
{
	return 0;
}

static inline struct perf_event *kshim_perf_create(struct perf_event_attr *attr,
						   perf_overflow_handler_t handler, void *context)
{
	return ERR_PTR(-ENOENT);
}

static inline void *kshim_perf_context(const struct perf_event *event)
{
	return NULL;
}

static inline void kshim_perf_stretch(struct perf_event *event)
{
}

static inline void kshim_perf_release(struct perf_event *event)
{
}

static inline void kshim_perf_enable(struct perf_event *event)
{
}

static inline u64 kshim_perf_take(struct perf_event *event)
{
	return 0;
}

static inline u64 kshim_perf_read(struct perf_event *event)
{
	return 0;
}

static inline void kshim_perf_set_period(struct perf_event *event, u64 period)
{
}

#endif

/*
 * Kernels without kshim_pmu_asks() cut a raw event off there. The others know how much of it their
 * firmware takes.
 */
#ifdef HAVE_PMU_EVENT_INFO
#define KSHIM_PMU_RAW_BITS	56
#else
#define KSHIM_PMU_RAW_BITS	48
#endif

/**
 * kshim_pmu_asks() - Does the host know an event?
 * @attr: With type and config.
 *
 * Context: Process context.
 * Return:  1 yes; 0 no; -EOPNOTSUPP: kshim_perf_create() tells it.
 */
static inline int kshim_pmu_asks(const struct perf_event_attr *attr)
{
#ifdef HAVE_PMU_EVENT_INFO
	return riscv_pmu_get_event_info(attr->type, attr->config, NULL) >= 0;
#else
	return -EOPNOTSUPP;
#endif
}

#endif
