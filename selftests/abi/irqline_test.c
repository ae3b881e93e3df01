// SPDX-License-Identifier: GPL-2.0-only
/* Lines, messages and routes of a VM that has no interrupt controller in the kernel. */
#include "abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int vm;

static int line(uint32_t irq, uint32_t level)
{
	struct kvm_irq_level ask = { .irq = irq, .level = level };

	return ioctl(vm, KVM_IRQ_LINE, &ask);
}

static void test_lines(void)
{
	static const uint32_t lines[] = { 0, 1, 96, 1023, 1024, 1U << 31, -1U };
	unsigned int bad = 0;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		bad += !line(lines[i], 0) || errno != ENXIO;
		bad += !line(lines[i], 1) || errno != ENXIO;
	}
	abi_check(!bad, "KVM_IRQ_LINE: ENXIO (%u wrong)", bad);
}

static void test_messages(void)
{
	struct kvm_msi msi = { .address_lo = 0x28000000, .data = 1 };
	unsigned int bit, bad = 0;

	abi_check_errno(ioctl(vm, KVM_SIGNAL_MSI, &msi), EINVAL, "KVM_SIGNAL_MSI");
	for (bit = 0; bit < 32; bit++) {
		msi.flags = 1U << bit;
		bad += !ioctl(vm, KVM_SIGNAL_MSI, &msi) || errno != EINVAL;
	}
	abi_check(!bad, "and with any flag (%u wrong)", bad);
}

static void test_routes(void)
{
	struct kvm_irq_routing *routes = calloc(1, sizeof(*routes) +
						4097 * sizeof(struct kvm_irq_routing_entry));

	abi_need(routes, "memory");
	abi_check_errno(ioctl(vm, KVM_SET_GSI_ROUTING, routes), EINVAL, "no routes");
	routes->nr = 1;
	routes->entries[0].gsi = 1;
	routes->entries[0].type = KVM_IRQ_ROUTING_IRQCHIP;
	routes->entries[0].u.irqchip.pin = 1;
	abi_check_errno(ioctl(vm, KVM_SET_GSI_ROUTING, routes), EINVAL, "one");
	routes->flags = 1;
	abi_check_errno(ioctl(vm, KVM_SET_GSI_ROUTING, routes), EINVAL, "with flags");
	routes->flags = 0;
	routes->nr = 4097;
	abi_check_errno(ioctl(vm, KVM_SET_GSI_ROUTING, routes), EINVAL, "too many");
	routes->nr = -1U;
	abi_check_errno(ioctl(vm, KVM_SET_GSI_ROUTING, routes), EINVAL, "2^32 - 1");
	free(routes);
}

int main(void)
{
	int sys;

	abi_start(20);
	sys = abi_open();
	vm = ioctl(sys, KVM_CREATE_VM, 0UL);
	abi_need(vm >= 0, "KVM_CREATE_VM");
	test_lines();
	test_messages();
	test_routes();
	close(vm);
	close(sys);
	return abi_finish();
}
