// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt controllers in the kernel. Attributes are in the kernel's <asm/kvm.h> and in
 * Documentation/virt/kvm/api.rst.
 */
#include "aia.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kvm_uapi.h"
#include "msg.h"
#include "virtdt.h"

const char *aia_open(struct aia *aia, int vm_fd)
{
	struct kvm_create_device create = { .type = KVM_DEV_TYPE_RISCV_AIA };

	*aia = (struct aia){
		.fd = -1, .vm_fd = vm_fd, .serial = { .raise_fd = -1, .resample_fd = -1 },
	};
	if (ioctl(vm_fd, KVM_CHECK_EXTENSION, (unsigned long)KVM_CAP_IRQCHIP) <= 0)
		return "no KVM_CAP_IRQCHIP";
	if (ioctl(vm_fd, KVM_CREATE_DEVICE, &create))
		return strerror(errno);
	aia->fd = (int)create.fd;
	return NULL;
}

void aia_destroy(struct aia *aia)
{
	if (aia->fd < 0)
		return;
	wire_destroy(&aia->serial);
	close(aia->fd);
	aia->fd = -1;
}

static int aia_set(const struct aia *aia, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr set = {
		.group = group, .attr = attr, .addr = (uintptr_t)value,
	};

	if (!ioctl(aia->fd, KVM_SET_DEVICE_ATTR, &set))
		return 0;
	msg_error("cannot set up the AIA (group %u, attribute %llu): %s", group,
		  (unsigned long long)attr, strerror(errno));
	return -1;
}

static int aia_set_config(const struct aia *aia, uint64_t attr, uint32_t value)
{
	return aia_set(aia, KVM_DEV_RISCV_AIA_GRP_CONFIG, attr, &value);
}

static int aia_set_addr(const struct aia *aia, uint64_t attr, uint64_t value)
{
	return aia_set(aia, KVM_DEV_RISCV_AIA_GRP_ADDR, attr, &value);
}

/* How many bits hart indices up to @ncpus - 1 have. */
static uint32_t hart_bits(unsigned int ncpus)
{
	return ncpus > 1 ? 32 - (uint32_t)__builtin_clz(ncpus - 1) : 0;
}

static int aia_set_addrs(const struct aia *aia, unsigned int ncpus)
{
	int err = aia_set_addr(aia, KVM_DEV_RISCV_AIA_ADDR_APLIC, MACHINE_APLIC_BASE);
	unsigned int cpu;

	for (cpu = 0; !err && cpu < ncpus; cpu++)
		err = aia_set_addr(aia, KVM_DEV_RISCV_AIA_ADDR_IMSIC(cpu),
				   MACHINE_IMSIC_BASE + (uint64_t)cpu * IMSIC_SIZE);
	return err;
}

/* Each source has the GSI of its number. */
static int aia_set_routes(const struct aia *aia)
{
	struct kvm_irq_routing *routing;
	unsigned int i;
	int err;

	routing = calloc(1, sizeof(*routing) + AIA_NSOURCES * sizeof(routing->entries[0]));
	if (!routing) {
		msg_error("no memory for the routes of interrupts");
		return -1;
	}
	routing->nr = AIA_NSOURCES;
	for (i = 0; i < AIA_NSOURCES; i++) {
		routing->entries[i].gsi = i + 1;
		routing->entries[i].type = KVM_IRQ_ROUTING_IRQCHIP;
		routing->entries[i].u.irqchip.pin = i + 1;
	}
	err = ioctl(aia->vm_fd, KVM_SET_GSI_ROUTING, routing);
	if (err)
		msg_error("KVM_SET_GSI_ROUTING: %s", strerror(errno));
	free(routing);
	return err;
}

static int aia_connect_serial(struct aia *aia)
{
	struct kvm_irqfd irqfd = {
		.gsi = MACHINE_SERIAL_IRQ, .flags = KVM_IRQFD_FLAG_RESAMPLE,
	};

	if (ioctl(aia->vm_fd, KVM_CHECK_EXTENSION, (unsigned long)KVM_CAP_IRQFD_RESAMPLE) <= 0)
		return 0;
	if (wire_init(&aia->serial))
		return -1;
	irqfd.fd = (uint32_t)aia->serial.raise_fd;
	irqfd.resamplefd = (uint32_t)aia->serial.resample_fd;
	if (!ioctl(aia->vm_fd, KVM_IRQFD, &irqfd))
		return 0;
	msg_error("KVM_IRQFD: %s", strerror(errno));
	return -1;
}

int aia_setup(struct aia *aia, unsigned int ncpus)
{
	if (aia_set_config(aia, KVM_DEV_RISCV_AIA_CONFIG_SRCS, AIA_NSOURCES) ||
	    aia_set_config(aia, KVM_DEV_RISCV_AIA_CONFIG_IDS, AIA_NIDS) ||
	    aia_set_config(aia, KVM_DEV_RISCV_AIA_CONFIG_HART_BITS, hart_bits(ncpus)) ||
	    aia_set_addrs(aia, ncpus) || aia_set_routes(aia) ||
	    aia_set(aia, KVM_DEV_RISCV_AIA_GRP_CTRL, KVM_DEV_RISCV_AIA_CTRL_INIT, NULL) ||
	    aia_connect_serial(aia))
		return -1;
	msg_debug("AIA in the kernel, the UART interrupts by %s",
		  aia->serial.raise_fd < 0 ? "KVM_IRQ_LINE" : "KVM_IRQFD");
	return 0;
}

int aia_set_serial(struct aia *aia, bool level)
{
	struct kvm_irq_level line = { .irq = MACHINE_SERIAL_IRQ, .level = level };

	if (aia->serial.raise_fd < 0)
		return ioctl(aia->vm_fd, KVM_IRQ_LINE, &line) ? errno : 0;
	wire_set(&aia->serial, level);
	return 0;
}

int aia_poll_fd(const struct aia *aia)
{
	return aia->fd < 0 ? -1 : aia->serial.resample_fd;
}

void aia_resample(struct aia *aia)
{
	wire_resample(&aia->serial);
}
