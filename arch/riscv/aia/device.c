// SPDX-License-Identifier: GPL-2.0-only
/* KVM_DEV_TYPE_RISCV_AIA: how a client sets the interrupt controllers up, and saves them. */
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/nospec.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <vmm/device.h>
#include <vmm/irqline.h>

#include <uapi/kvm_abi.h>

#include "aia.h"
#include "hgei.h"

struct vmm_vcpu *rvh_aia_vcpu(const struct rvh_aia *aia, u32 hart)
{
	int nr = aia->map ? aiamap_vcpu(aia->map, hart) : (int)hart;

	if (nr < 0 || nr >= aia->nr_vcpus)
		return NULL;
	return aia->vcpus[array_index_nospec(nr, aia->nr_vcpus)];
}

/* ---- set-up ---------------------------------------------------------------------------------- */

static bool aia_available(struct vmm_vm *vm)
{
	return vmm_arch_has_irqchip();
}

/* What a vCPU has done already it has done without interrupt controllers. */
static int aia_vcpus_are_idle(struct vmm_vm *vm)
{
	struct vmm_vcpu *vcpu;
	unsigned long id;

	vmm_for_each_vcpu(vm, id, vcpu) {
		bool ran;

		if (!mutex_trylock(&vcpu->mutex))
			return -EBUSY;
		ran = vcpu->ran;
		mutex_unlock(&vcpu->mutex);
		if (ran)
			return -EBUSY;
	}
	return 0;
}

static void *aia_create(struct vmm_vm *vm)
{
	struct rvh_aia *aia;
	unsigned int i;
	int err;

	lockdep_assert_held(&vm->lock);

	err = aia_vcpus_are_idle(vm);
	if (err)
		return ERR_PTR(err);
	aia = kvzalloc(sizeof(*aia), GFP_KERNEL_ACCOUNT);
	if (!aia)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&aia->lock);
	aia->vm = vm;
	aia->mode = rvh_hgei_exist() ? KVM_DEV_RISCV_AIA_MODE_AUTO : KVM_DEV_RISCV_AIA_MODE_EMUL;
	aia->config.nr_ids = max(rvh_hgei_ids(), VIMSIC_MIN_IDS);
	aia->config.group_shift = KVM_DEV_RISCV_AIA_GROUP_SHIFT_MIN;
	aia->config.aplic = AIAMAP_UNSET;
	for (i = 0; i < ARRAY_SIZE(aia->imsic); i++)
		aia->imsic[i] = AIAMAP_UNSET;
	vmm_irq_announce(vm);
	return aia;
}

static void aia_destroy(void *dev)
{
	struct rvh_aia *aia = dev;

	/* One that is set up ends with its VM: nobody looks for it any more. */
	vmm_irq_detach(aia->vm);
	kvfree(aia->aplic);
	kvfree(aia->vcpus);
	kvfree(aia->map);
	kvfree(aia);
}

/* Called with the mutex of a vCPU that has never run, so that nobody looks at its file. */
static int aia_equip(const struct rvh_aia *aia, struct vmm_vcpu *vcpu)
{
	int err;

	/* What a call that failed has left behind. */
	if (vcpu->rvh.imsic) {
		rvh_imsic_destroy(vcpu);
		rvisa_remove(&vcpu->rvh.isa, RVISA_SSAIA);
	}
	if (!aia->direct) {
		err = rvh_imsic_create(vcpu, aia);
		if (err)
			return err;
		if (!vcpu->rvh.no_ssaia)
			rvisa_add(&vcpu->rvh.isa, RVISA_SSAIA);
	}
	rvh_vcpu_configure(vcpu);
	return 0;
}

static int aia_equip_vcpus(const struct rvh_aia *aia)
{
	int err = 0;
	u32 i;

	for (i = 0; i < aia->nr_vcpus && !err; i++) {
		struct vmm_vcpu *vcpu = aia->vcpus[i];

		if (!mutex_trylock(&vcpu->mutex))
			return -EBUSY;
		err = vcpu->ran ? -EBUSY : aia_equip(aia, vcpu);
		mutex_unlock(&vcpu->mutex);
	}
	return err;
}

static int aia_find_vcpus(struct rvh_aia *aia)
{
	struct vmm_vcpu *vcpu;
	unsigned long id;

	if (!aia->vm->nr_vcpus)
		return -EINVAL;
	kvfree(aia->vcpus);
	aia->nr_vcpus = aia->vm->nr_vcpus;
	aia->vcpus = kvcalloc(aia->nr_vcpus, sizeof(*aia->vcpus), GFP_KERNEL_ACCOUNT);
	if (!aia->vcpus)
		return -ENOMEM;
	vmm_for_each_vcpu(aia->vm, id, vcpu)
		aia->vcpus[vcpu->index] = vcpu;
	return 0;
}

static int aia_make_map(struct rvh_aia *aia)
{
	kvfree(aia->map);
	aia->map = kvzalloc(aiamap_size(aia->nr_vcpus), GFP_KERNEL_ACCOUNT);
	if (!aia->map)
		return -ENOMEM;
	return aiamap_build(aia->map, &aia->config, aia->imsic, aia->nr_vcpus);
}

/* Direct delivery: the same rules, as far as they are about the APLIC. */
static int aia_check_direct(const struct rvh_aia *aia)
{
	const struct aiamap_config *config = &aia->config;

	if (!config->nr_sources || config->aplic == AIAMAP_UNSET ||
	    config->aplic > U64_MAX - config->aplic_size)
		return -EINVAL;
	return 0;
}

/* A guest interrupt file has no more identities than it has. */
static bool aia_fits_harts(const struct rvh_aia *aia)
{
	return aia->direct || aia->mode != KVM_DEV_RISCV_AIA_MODE_HWACCEL ||
	       aia->config.nr_ids <= rvh_hgei_ids();
}

static int aia_init(struct rvh_aia *aia)
{
	int err;

	if (!aia_fits_harts(aia))
		return -EINVAL;
	err = aia_vcpus_are_idle(aia->vm);
	if (!err)
		err = aia_find_vcpus(aia);
	if (err)
		return err;
	aia->config.aplic_size = VAPLIC_IDC;
	if (aia->direct)
		aia->config.aplic_size += round_up(VAPLIC_IDC_SIZE * aia->nr_vcpus, SZ_4K);
	err = aia->direct ? aia_check_direct(aia) : aia_make_map(aia);
	if (err)
		return err;
	err = aia_equip_vcpus(aia);
	if (err)
		return err;
	kvfree(aia->aplic);
	aia->aplic = NULL;
	err = rvh_aplic_create(aia);
	if (err)
		return err;

	aia->vm->rvh.aia_sink = aia;
	err = vmm_irq_attach(aia->vm, &rvh_aia_sink, aia->config.nr_sources);
	if (err)
		return err;
	aia->ready = true;
	/* Only what nothing can undo is shown to vCPUs. Pairs with rvh_aia_of(). */
	smp_store_release(&aia->vm->rvh.aia, aia);
	return 0;
}

/* ---- attributes ------------------------------------------------------------------------------ */

/* Where a number of KVM_DEV_RISCV_AIA_GRP_CONFIG is kept; NULL for what is not a plain number. */
static u32 *aia_config_place(struct rvh_aia *aia, u64 attr)
{
	switch (attr) {
	case KVM_DEV_RISCV_AIA_CONFIG_MODE:
		return &aia->mode;
	case KVM_DEV_RISCV_AIA_CONFIG_IDS:
		return &aia->config.nr_ids;
	case KVM_DEV_RISCV_AIA_CONFIG_SRCS:
		return &aia->config.nr_sources;
	case KVM_DEV_RISCV_AIA_CONFIG_GROUP_BITS:
		return &aia->config.group_bits;
	case KVM_DEV_RISCV_AIA_CONFIG_GROUP_SHIFT:
		return &aia->config.group_shift;
	case KVM_DEV_RISCV_AIA_CONFIG_HART_BITS:
		return &aia->config.hart_bits;
	case KVM_DEV_RISCV_AIA_CONFIG_GUEST_BITS:
		return &aia->config.guest_bits;
	default:
		return NULL;
	}
}

static int aia_set_config(struct rvh_aia *aia, u64 attr, u64 value)
{
	int err;

	if (aia->ready)
		return -EBUSY;
	if (attr == KVM_DEV_RV_AIA_CONFIG_DELIVERY) {
		if (value > 1)
			return -EINVAL;
		aia->direct = value;
		return 0;
	}
	err = aiamap_check_config(attr, value);
	if (err)
		return err;
	if (attr == KVM_DEV_RISCV_AIA_CONFIG_MODE && value != KVM_DEV_RISCV_AIA_MODE_EMUL &&
	    !rvh_hgei_exist())
		return -EINVAL;
	*aia_config_place(aia, attr) = value;
	return 0;
}

static u64 *aia_addr_place(struct rvh_aia *aia, u64 attr)
{
	if (attr == KVM_DEV_RISCV_AIA_ADDR_APLIC)
		return &aia->config.aplic;
	attr -= KVM_DEV_RISCV_AIA_ADDR_IMSIC(0);
	if (attr >= ARRAY_SIZE(aia->imsic))
		return NULL;
	return &aia->imsic[array_index_nospec(attr, ARRAY_SIZE(aia->imsic))];
}

static int aia_set_addr(struct rvh_aia *aia, u64 attr, u64 value)
{
	if (aia->ready)
		return -EBUSY;
	if (!IS_ALIGNED(value, SZ_4K))
		return -EINVAL;
	*aia_addr_place(aia, attr) = value;
	return 0;
}

/* The vCPU, by its id, whose interrupt file an attribute of KVM_DEV_RISCV_AIA_GRP_IMSIC is of. */
static struct vmm_vcpu *aia_file_of(struct rvh_aia *aia, u64 attr)
{
	if (!aia->ready || aia->direct)
		return NULL;
	return vmm_vcpu_by_id(aia->vm, KVM_DEV_RISCV_AIA_IMSIC_GET_VCPU(attr));
}

static int aia_attr_size(void *dev, u32 group, u64 attr)
{
	struct rvh_aia *aia = dev;

	switch (group) {
	case KVM_DEV_RISCV_AIA_GRP_CONFIG:
		if (attr == KVM_DEV_RV_AIA_CONFIG_DELIVERY || aia_config_place(aia, attr))
			return sizeof(u32);
		break;
	case KVM_DEV_RISCV_AIA_GRP_ADDR:
		if (aia_addr_place(aia, attr))
			return sizeof(u64);
		break;
	case KVM_DEV_RISCV_AIA_GRP_CTRL:
		if (attr == KVM_DEV_RISCV_AIA_CTRL_INIT)
			return 0;
		break;
	case KVM_DEV_RISCV_AIA_GRP_APLIC:
		if (!aia->ready || !aia->aplic)
			return -ENODEV;
		if (rvh_aplic_has(aia, attr))
			return sizeof(u32);
		break;
	case KVM_DEV_RISCV_AIA_GRP_IMSIC: {
		struct vmm_vcpu *vcpu = aia_file_of(aia, attr);

		if (!vcpu)
			return -ENODEV;
		if (rvh_imsic_has(vcpu, KVM_DEV_RISCV_AIA_IMSIC_GET_ISEL(attr)))
			return sizeof(u64);
		break;
	}
	default:
		break;
	}
	return -ENXIO;
}

static int aia_get_file(struct rvh_aia *aia, u64 attr, u64 *value)
{
	unsigned long reg;
	int err;

	err = rvh_imsic_get(aia_file_of(aia, attr), KVM_DEV_RISCV_AIA_IMSIC_GET_ISEL(attr), &reg);
	if (!err)
		*value = reg;
	return err;
}

static int aia_get(void *dev, u32 group, u64 attr, u64 *value)
{
	struct rvh_aia *aia = dev;

	switch (group) {
	case KVM_DEV_RISCV_AIA_GRP_CONFIG:
		*value = attr == KVM_DEV_RV_AIA_CONFIG_DELIVERY ? aia->direct :
								  *aia_config_place(aia, attr);
		return 0;
	case KVM_DEV_RISCV_AIA_GRP_ADDR:
		*value = *aia_addr_place(aia, attr);
		return 0;
	case KVM_DEV_RISCV_AIA_GRP_APLIC:
		*value = rvh_aplic_get(aia, attr);
		return 0;
	case KVM_DEV_RISCV_AIA_GRP_IMSIC:
		return aia_get_file(aia, attr, value);
	default:
		return -ENXIO;
	}
}

static int aia_set(void *dev, u32 group, u64 attr, u64 value)
{
	struct rvh_aia *aia = dev;

	switch (group) {
	case KVM_DEV_RISCV_AIA_GRP_CONFIG:
		return aia_set_config(aia, attr, value);
	case KVM_DEV_RISCV_AIA_GRP_ADDR:
		return aia_set_addr(aia, attr, value);
	case KVM_DEV_RISCV_AIA_GRP_CTRL:
		return aia->ready ? -EBUSY : aia_init(aia);
	case KVM_DEV_RISCV_AIA_GRP_APLIC:
		rvh_aplic_set(aia, attr, value);
		return 0;
	case KVM_DEV_RISCV_AIA_GRP_IMSIC:
		return rvh_imsic_set(aia_file_of(aia, attr), KVM_DEV_RISCV_AIA_IMSIC_GET_ISEL(attr),
				     value);
	default:
		return -ENXIO;
	}
}

const struct vmm_device_ops rvh_aia_ops = {
	.type		= KVM_DEV_TYPE_RISCV_AIA,
	.name		= "kvm-riscv-aia",
	.available	= aia_available,
	.create		= aia_create,
	.destroy	= aia_destroy,
	.attr_size	= aia_attr_size,
	.get		= aia_get,
	.set		= aia_set,
};
