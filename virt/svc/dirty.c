// SPDX-License-Identifier: GPL-2.0-only
/* Marks of written guest pages. */
#include <vmm/dirty.h>
#include <vmm/slots.h>
#include <vmm/trace.h>
#include <vmm/vcpu.h>

#include <linux/bitops.h>
#include <linux/bug.h>

static void mark_in_bitmap(struct vmm_slot *slot, unsigned long nr)
{
	/* Most pages are written many times: leave the cache line shared. */
	if (!test_bit(nr, slot->dirty))
		set_bit(nr, slot->dirty);
}

static void mark_in_ring(struct vmm_vcpu *vcpu, struct vmm_slot *slot, unsigned long nr)
{
	/*
	 * Always, as a full ring keeps the vCPU from guest code and the reserve is for more than it
	 * can write in between. A page must not get lost: better no VM than a wrong copy of one.
	 */
	if (WARN_ON_ONCE(!dirtyring_push(&vcpu->ring, slot->info.id, nr)))
		vmm_vm_kill(vcpu->vm);
	if (dirtyring_is_full(&vcpu->ring))
		vmm_req_post(vcpu, VMM_REQ_RING);
}

void vmm_dirty_mark(struct vmm_vcpu *vcpu, struct vmm_slot *slot, gfn_t gfn)
{
	unsigned long nr = gfn - slot->info.gfn;

	if (!vmm_slot_is_logging(slot))
		return;
	trace_kvm_dirty_mark(vcpu->id, slot->info.id, gfn);
	if (vcpu->ring.entry)
		mark_in_ring(vcpu, slot, nr);
	else
		mark_in_bitmap(slot, nr);
}
