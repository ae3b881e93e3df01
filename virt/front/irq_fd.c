// SPDX-License-Identifier: GPL-2.0-only
/* Interrupts that a client raises at a VM, and how it routes them. */
#include "door.h"

#include <vmm/irqline.h>
#include <vmm/vm.h>

#include <linux/cleanup.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

long door_vm_irq_line(struct vmm_vm *vm, struct door_arg *arg)
{
	return vmm_irq_line(vm, arg->line.irq, arg->line.level);
}

static u64 msi_addr(u32 high, u32 low)
{
	return (u64)high << 32 | low;
}

long door_vm_signal_msi(struct vmm_vm *vm, struct door_arg *arg)
{
	const struct kvm_msi *msi = &arg->msi;

	/* Device ids are not used: KVM_CAP_MSI_DEVID says so. msi->pad was never to be cleared. */
	if (msi->flags)
		return -EINVAL;
	return vmm_irq_signal_msi(vm, msi_addr(msi->address_hi, msi->address_lo), msi->data);
}

/* The rest of the rules is routes_check()'s. */
static int route_of_user(struct route_entry *entry, const struct kvm_irq_routing_entry *from)
{
	struct route *route = &entry->route;

	if (from->flags)
		return -EINVAL;
	entry->gsi = from->gsi;
	switch (from->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		/* There is one controller. */
		if (from->u.irqchip.irqchip)
			return -EINVAL;
		route->type = ROUTE_PIN;
		route->pin = from->u.irqchip.pin;
		return 0;
	case KVM_IRQ_ROUTING_MSI:
		route->type = ROUTE_MSI;
		route->addr = msi_addr(from->u.msi.address_hi, from->u.msi.address_lo);
		route->data = from->u.msi.data;
		return 0;
	default:
		return -EINVAL;
	}
}

static long routes_from_user(struct route_entry *entries, unsigned int count,
			     const struct kvm_irq_routing_entry __user *user)
{
	struct kvm_irq_routing_entry from;
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		if (copy_from_user(&from, &user[i], sizeof(from)))
			return -EFAULT;
		err = route_of_user(&entries[i], &from);
		if (err)
			return err;
	}
	return 0;
}

long door_vm_set_routes(struct vmm_vm *vm, struct door_arg *arg)
{
	const struct kvm_irq_routing __user *user = arg->user;
	struct route_entry *entries __free(kvfree) = NULL;
	unsigned int count = arg->routing.nr;
	long err;

	if (arg->routing.flags || count > ROUTES_MAX)
		return -EINVAL;
	entries = kvcalloc(count, sizeof(*entries), GFP_KERNEL_ACCOUNT);
	if (!entries)
		return -ENOMEM;
	err = routes_from_user(entries, count, user->entries);
	if (err)
		return err;
	return vmm_irq_set_routes(vm, entries, count);
}

long door_vm_irqfd(struct vmm_vm *vm, struct door_arg *arg)
{
	const struct kvm_irqfd *ask = &arg->irqfd;
	const struct vmm_irqfd_request req = {
		.fd		= ask->fd,
		.gsi		= ask->gsi,
		.resample	= ask->flags & KVM_IRQFD_FLAG_RESAMPLE,
		.resample_fd	= ask->resamplefd,
	};

	/* ask->pad is ignored: clients were never told to clear it. */
	if (ask->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
		return -EINVAL;
	if (ask->flags & KVM_IRQFD_FLAG_DEASSIGN)
		return vmm_irqfd_deassign(vm, &req);
	return vmm_irqfd_assign(vm, &req);
}
