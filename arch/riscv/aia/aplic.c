// SPDX-License-Identifier: GPL-2.0-only
/* The APLIC: one domain under one lock; what the model wants done is done here. */
#include <linux/cleanup.h>
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <vmm/irqline.h>

#include <uapi/kvm_abi.h>

#include "aia.h"

int rvh_aplic_create(struct rvh_aia *aia)
{
	const struct aiamap_config *from = &aia->config;
	const struct vaplic_config config = {
		.nr_sources	= from->nr_sources,
		.direct		= aia->direct,
		.nr_idcs	= aia->direct ? aia->nr_vcpus : 0,
		.hart_bits	= aia->direct ? VAPLIC_HART_BITS :
						from->group_bits + from->hart_bits,
		.guest_bits	= from->guest_bits,
		.nr_ids		= from->nr_ids,
	};

	if (!config.nr_sources)
		return 0;
	aia->aplic = kvzalloc(vaplic_size(&config), GFP_KERNEL_ACCOUNT);
	if (!aia->aplic)
		return -ENOMEM;
	vaplic_init(aia->aplic, &config);
	return 0;
}

static void aplic_signal(struct rvh_aia *aia, u32 hart)
{
	struct vmm_vcpu *vcpu = rvh_aia_vcpu(aia, hart);

	lockdep_assert_held(&aia->lock);

	if (!vcpu)
		return;
	if (vaplic_idc_signals(aia->aplic, hart))
		rvh_irq_post(vcpu, HART_HVIP_VSEIP, 0);
	else
		rvh_irq_post(vcpu, 0, HART_HVIP_VSEIP);
}

/*
 * Each takes a look at every source, so there is a time for others in between. Context: process
 * context, sleeps; the lock is not held.
 */
static void aplic_signal_all(struct rvh_aia *aia)
{
	u32 hart;

	for (hart = 0; hart < aia->aplic->config.nr_idcs; hart++) {
		scoped_guard(raw_spinlock_irqsave, &aia->lock)
			aplic_signal(aia, hart);
		cond_resched();
	}
}

/* vCPUs have no guest interrupt files of their own: such an MSI hits nothing. */
static void aplic_send(struct rvh_aia *aia, const struct vaplic_msi *msi)
{
	struct vmm_vcpu *vcpu = msi->guest ? NULL : rvh_aia_vcpu(aia, msi->hart);

	if (vcpu)
		rvh_imsic_post(vcpu, msi->eiid);
}

static void aplic_perform(struct rvh_aia *aia, const struct vaplic_out *out)
{
	unsigned int i;

	lockdep_assert_held(&aia->lock);

	for (i = 0; i < out->nr_msis; i++)
		aplic_send(aia, &out->msi[i]);
	for (i = 0; i < out->nr_idcs; i++)
		aplic_signal(aia, out->idc[i]);
}

/* Devices that share a line look again whether they need it: see vmm_irq_ack_pin(). */
static void aplic_acknowledge(struct rvh_aia *aia, unsigned int word, u32 acked)
{
	unsigned long mask = acked;
	unsigned int bit;

	for_each_set_bit(bit, &mask, 32)
		vmm_irq_ack_pin(aia->vm, 32 * word + bit);
}

/*
 * Called with aia->lock held, returns without it. All signals may change by stores of vCPUs only,
 * which may sleep, and the same goes for acknowledging. The model sends nothing for what is
 * acknowledged before it is asked for more: wires that only wait for that have fallen by then.
 */
static void aplic_finish(struct rvh_aia *aia, struct vaplic_out *out, unsigned long flags)
{
	aplic_perform(aia, out);
	raw_spin_unlock_irqrestore(&aia->lock, flags);

	if (out->all_idcs)
		aplic_signal_all(aia);
	if (out->acked)
		aplic_acknowledge(aia, out->acked_word, out->acked);
	while (out->more) {
		raw_spin_lock_irqsave(&aia->lock, flags);
		vaplic_more(aia->aplic, out);
		aplic_perform(aia, out);
		raw_spin_unlock_irqrestore(&aia->lock, flags);
	}
}

void rvh_aplic_input(struct rvh_aia *aia, u32 source, bool level)
{
	struct vaplic_out out;
	unsigned long flags;

	raw_spin_lock_irqsave(&aia->lock, flags);
	vaplic_input(aia->aplic, source, level, &out);
	aplic_finish(aia, &out, flags);
}

u32 rvh_aplic_load(struct rvh_aia *aia, u32 offset)
{
	struct vaplic_out out;
	unsigned long flags;
	u32 value;

	raw_spin_lock_irqsave(&aia->lock, flags);
	value = vaplic_read(aia->aplic, offset, &out);
	aplic_finish(aia, &out, flags);
	return value;
}

void rvh_aplic_store(struct rvh_aia *aia, u32 offset, u32 value)
{
	struct vaplic_out out;
	unsigned long flags;

	raw_spin_lock_irqsave(&aia->lock, flags);
	vaplic_write(aia->aplic, offset, value, &out);
	aplic_finish(aia, &out, flags);
}

/* ---- state for userspace --------------------------------------------------------------------- */

static bool aplic_is_input(u64 attr)
{
	return attr >= KVM_DEV_RV_AIA_APLIC_INPUT(0) &&
	       attr < KVM_DEV_RV_AIA_APLIC_INPUT(VAPLIC_WORDS);
}

bool rvh_aplic_has(const struct rvh_aia *aia, u64 attr)
{
	u64 size = VAPLIC_IDC + (aia->direct ? (u64)VAPLIC_IDC_SIZE * aia->nr_vcpus : 0);

	return aplic_is_input(attr) || (attr < size && !(attr & 3));
}

u32 rvh_aplic_get(struct rvh_aia *aia, u64 attr)
{
	guard(raw_spinlock_irqsave)(&aia->lock);

	if (aplic_is_input(attr))
		return vaplic_get_inputs(aia->aplic, attr - KVM_DEV_RV_AIA_APLIC_INPUT(0));
	return vaplic_get(aia->aplic, attr);
}

/*
 * Nobody says when all of the state is set: before that, an MSI would go where a target register
 * does not point yet. So it is the first vCPU that runs then who sends them.
 */
void rvh_aplic_set(struct rvh_aia *aia, u64 attr, u32 value)
{
	scoped_guard(raw_spinlock_irqsave, &aia->lock) {
		if (aplic_is_input(attr))
			vaplic_set_inputs(aia->aplic, attr - KVM_DEV_RV_AIA_APLIC_INPUT(0), value);
		else
			vaplic_set(aia->aplic, attr, value);
	}
	aplic_signal_all(aia);
	WRITE_ONCE(aia->vm->rvh.aia_unsent, true);
}

void rvh_aia_send(struct vmm_vm *vm)
{
	struct rvh_aia *aia = rvh_aia_of(vm);
	struct vaplic_out out;
	unsigned long flags;

	/* The flag may be seen before the pointer: the next time. */
	if (!aia)
		return;
	raw_spin_lock_irqsave(&aia->lock, flags);
	WRITE_ONCE(vm->rvh.aia_unsent, false);
	vaplic_more(aia->aplic, &out);
	aplic_finish(aia, &out, flags);
}
