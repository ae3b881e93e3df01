// SPDX-License-Identifier: GPL-2.0-only
/* Guest-physical addresses of the interrupt controllers, and MSIs that are sent to them. */
#include <vmm/irqline.h>

#include "aia.h"

#define IMSIC_PAGE_MASK	((u64)VIMSIC_PAGE_SIZE - 1)

static notrace struct vmm_vcpu *aia_file_at(const struct rvh_aia *aia, u64 addr)
{
	int hart;

	if (!aia->map)
		return NULL;
	hart = aiamap_imsic_index(aia->map, addr & ~IMSIC_PAGE_MASK);
	return hart < 0 ? NULL : rvh_aia_vcpu(aia, hart);
}

static bool aia_is_aplic(const struct rvh_aia *aia, u64 addr)
{
	return aia->aplic && addr - aia->config.aplic < aia->config.aplic_size;
}

notrace bool rvh_aia_store_fast(struct vmm_vcpu *vcpu, gpa_t gpa, unsigned int len, u64 value)
{
	const struct rvh_aia *aia = rvh_aia_of(vcpu->vm);
	struct vmm_vcpu *target;

	if (!aia)
		return false;
	target = aia_file_at(aia, gpa);
	if (!target)
		return false;
	rvh_imsic_store(target, gpa & IMSIC_PAGE_MASK, len, value);
	return true;
}

bool rvh_aia_store(struct vmm_vcpu *vcpu, gpa_t gpa, unsigned int len, u64 value)
{
	struct rvh_aia *aia = rvh_aia_of(vcpu->vm);

	if (!aia)
		return false;
	if (rvh_aia_store_fast(vcpu, gpa, len, value))
		return true;
	if (!aia_is_aplic(aia, gpa))
		return false;
	if (len == 4)
		rvh_aplic_store(aia, gpa - aia->config.aplic, value);
	return true;
}

bool rvh_aia_load(struct vmm_vcpu *vcpu, gpa_t gpa, unsigned int len, u64 *value)
{
	struct rvh_aia *aia = rvh_aia_of(vcpu->vm);

	if (!aia)
		return false;
	*value = 0;
	if (aia_file_at(aia, gpa))
		return true;
	if (!aia_is_aplic(aia, gpa))
		return false;
	if (len == 4)
		*value = rvh_aplic_load(aia, gpa - aia->config.aplic);
	return true;
}

/* ---- from devices ---------------------------------------------------------------------------- */

/* vm->rvh.aia_sink: what is read before vCPUs see the controllers was written before the sink. */
static void aia_set_pin(struct vmm_vm *vm, u32 pin, bool high)
{
	rvh_aplic_input(vm->rvh.aia_sink, pin, high);
}

static bool aia_send_msi(struct vmm_vm *vm, u64 addr, u32 data)
{
	struct vmm_vcpu *target = aia_file_at(vm->rvh.aia_sink, addr);

	if (!target)
		return false;
	rvh_imsic_store(target, addr & IMSIC_PAGE_MASK, 4, data);
	return true;
}

const struct vmm_irq_sink rvh_aia_sink = {
	.set_pin	= aia_set_pin,
	.send_msi	= aia_send_msi,
};
