/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of mmio.c that is in the way of each store fault. */
#ifndef RVH_MMIO_H
#define RVH_MMIO_H

#include <linux/build_bug.h>

#include <vmm/bus_again.h>
#include <vmm/trace.h>

#include "rvh.h"

/* Nobody but the kernel had to do with it. In the inner loop, too. */
static __always_inline void rvh_mmio_done(struct vmm_vcpu *vcpu, gpa_t gpa, u32 len, u64 data)
{
	vmm_stat_add(vcpu, mmio_exit_kernel, 1);
	trace_kvm_mmio(vcpu->id, VMM_MMIO_WRITE, len, gpa, data);
}

static __always_inline enum rvh_verdict rvh_mmio_stored(unsigned int insn_len)
{
	static_assert(RVH_ADVANCE_SHORT == 2 && RVH_ADVANCE == 4);
	return insn_len;
}

/**
 * rvh_mmio_notify() - Finish a store like the last one that signalled an eventfd.
 * @vcpu: It took a store guest-page fault.
 * @gpa:  The address.
 *
 * The same instruction at the same address: of the same width, and from the same register.
 *
 * Context: The inner loop.
 * Return:  RVH_ADVANCE or RVH_ADVANCE_SHORT; RVH_SLOW when it is another store, or signals none.
 */
static __always_inline enum rvh_verdict rvh_mmio_notify(struct vmm_vcpu *vcpu, gpa_t gpa)
{
	const struct rvh_notify *last = &vcpu->rvh.notify;
	u64 data;

	if (likely(gpa != last->hint.gpa || vcpu->rvh.ctx.htinst != last->htinst))
		return RVH_SLOW;
	data = vcpu->rvh.ctx.x[last->rs2] & last->mask;
	if (READ_ONCE(vcpu->vm->slots.generation) != last->slots ||
	    !vmm_bus_write_again(&vcpu->vm->bus, &last->hint, data))
		return RVH_SLOW;
	vmm_stat_add(vcpu, guest_page_faults, 1);
	rvh_mmio_done(vcpu, gpa, last->hint.len, data);
	return rvh_mmio_stored(last->insn_len);
}

#endif
