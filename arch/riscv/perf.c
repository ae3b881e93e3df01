// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples of profilers, told as the guest's where they are. The interrupt that takes a sample ends
 * guest code, and is taken when the host turns interrupts on again: from rvh_perf_begin() to
 * rvh_perf_end().
 */
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/preempt.h>

#include <compat/kshim.h>

#include "rvh.h"

/* Whose guest code an interrupt that is taken now has ended. */
static DEFINE_PER_CPU(const struct vmm_vcpu *, rvh_perf_vcpu);

void rvh_perf_begin(const struct vmm_vcpu *vcpu)
{
	__this_cpu_write(rvh_perf_vcpu, vcpu);
}

void rvh_perf_end(void)
{
	__this_cpu_write(rvh_perf_vcpu, NULL);
}

static unsigned int rvh_perf_state(void)
{
	const struct vmm_vcpu *vcpu = __this_cpu_read(rvh_perf_vcpu);

	/* Behind the interrupt there may be work of the host's. */
	if (!vcpu || in_serving_softirq())
		return 0;
	return PERF_GUEST_ACTIVE | (rvh_guest_is_user(vcpu) ? PERF_GUEST_USER : 0);
}

static unsigned long rvh_perf_ip(void)
{
	const struct vmm_vcpu *vcpu = __this_cpu_read(rvh_perf_vcpu);

	return vcpu ? vcpu->rvh.ctx.pc : 0;
}

static struct perf_guest_info_callbacks rvh_perf_callbacks = {
	.state	= rvh_perf_state,
	.get_ip	= rvh_perf_ip,
};

void rvh_perf_init(void)
{
	kshim_guest_perf_register(&rvh_perf_callbacks);
}

void rvh_perf_exit(void)
{
	kshim_guest_perf_unregister(&rvh_perf_callbacks);
}
