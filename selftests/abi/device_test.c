// SPDX-License-Identifier: GPL-2.0-only
/* KVM_CREATE_DEVICE: types that there are not, what is refused of one that there is. */
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define AIA	KVM_DEV_TYPE_RISCV_AIA
#define TEST	KVM_CREATE_DEVICE_TEST
#define NO_FD	0xabcdU

static int vm;
static struct kvm_create_device ask;

static int create(uint32_t type, uint32_t flags)
{
	ask = (struct kvm_create_device) { .type = type, .flags = flags, .fd = NO_FD };
	return ioctl(vm, KVM_CREATE_DEVICE, &ask);
}

static int lowest_fd(void)
{
	int fd = dup(vm);

	abi_need(fd >= 0, "dup");
	close(fd);
	return fd;
}

static void test_no_such_type(void)
{
	unsigned int type, bad = 0;
	int before = lowest_fd();

	for (type = 0; type < 256; type++) {
		/* In-tree KVM may have others, for VFIO among them. */
		if (type == AIA || (abi_is_in_tree() && type < 16))
			continue;
		bad += !create(type, 0) || errno != ENODEV || ask.fd != NO_FD;
		bad += !create(type, TEST) || errno != ENODEV || ask.fd != NO_FD;
	}
	for (type = 8; type < 32; type++) {
		bad += !create(1U << type, 0) || errno != ENODEV;
		bad += !create(1U << type | AIA, 0) || errno != ENODEV;
	}
	bad += !create(-1U, 0) || errno != ENODEV;
	abi_check(!bad, "types that there are not: ENODEV (%u wrong)", bad);
	abi_check(lowest_fd() == before, "and no file is left");
}

static void test_flags(void)
{
	unsigned int bit, bad = 0;

	for (bit = 1; bit < 32; bit++) {
		bad += !create(1, 1U << bit) || errno != EINVAL;
		bad += !create(AIA, TEST | 1U << bit) || errno != EINVAL;
	}
	abi_check_ours(!bad, "in-tree KVM looks at one flag only",
		       "flags that nobody knows (%u wrong)", bad);
}

/* ---- a device, where there is one ----------------------------------------------------------- */

static int attr(int fd, unsigned long cmd, uint32_t group, uint64_t number, void *value)
{
	struct kvm_device_attr ask = {
		.group = group, .attr = number, .addr = (unsigned long)value,
	};

	return ioctl(fd, cmd, &ask);
}

static void test_bad_attributes(int fd)
{
	unsigned int bit, bad = 0;
	uint64_t value = 0;

	for (bit = 8; bit < 32; bit++) {
		bad += !attr(fd, KVM_HAS_DEVICE_ATTR, 1U << bit, 0, NULL) || errno != ENXIO;
		bad += !attr(fd, KVM_GET_DEVICE_ATTR, 1U << bit, 0, &value) || errno != ENXIO;
		bad += !attr(fd, KVM_SET_DEVICE_ATTR, 1U << bit, 0, &value) || errno != ENXIO;
	}
	for (bit = 8; bit < 64; bit++) {
		bad += !attr(fd, KVM_HAS_DEVICE_ATTR, KVM_DEV_RISCV_AIA_GRP_CONFIG, 1UL << bit,
			     NULL) || errno != ENXIO;
	}
	abi_check(!bad, "attributes that there are not: ENXIO (%u wrong)", bad);
	abi_check(!attr(fd, KVM_HAS_DEVICE_ATTR, KVM_DEV_RISCV_AIA_GRP_CONFIG,
			KVM_DEV_RISCV_AIA_CONFIG_SRCS, NULL), "one that there is");
	abi_check_errno(attr(fd, KVM_GET_DEVICE_ATTR, KVM_DEV_RISCV_AIA_GRP_CONFIG,
			     KVM_DEV_RISCV_AIA_CONFIG_SRCS, NULL), EFAULT, "nowhere to put it");
	abi_check_errno(attr(fd, KVM_SET_DEVICE_ATTR, KVM_DEV_RISCV_AIA_GRP_CONFIG,
			     KVM_DEV_RISCV_AIA_CONFIG_SRCS, NULL), EFAULT, "no value");
	abi_check_errno(ioctl(fd, KVM_CREATE_VCPU, 0UL), ENOTTY, "an ioctl of a VM");
}

/* The device lives as long as the VM, and the VM as long as the device's file. */
static void test_device(void)
{
	uint32_t value = 0;
	int fd;

	if (create(AIA, TEST)) {
		abi_check_errno(create(AIA, TEST), ENODEV, "no AIA on this host");
		abi_check_errno(create(AIA, 0), ENODEV, "none can be created");
		abi_check(ask.fd == NO_FD, "there is no file of it");
		abi_skip("this host has none", "devices");
		return;
	}
	abi_check(ask.fd == NO_FD, "a test leaves no file");
	abi_check(!create(AIA, 0) && ask.fd != NO_FD, "a device");
	fd = ask.fd;
	abi_check(fcntl(fd, F_GETFD) == FD_CLOEXEC, "its file is not inherited");
	abi_check_errno(create(AIA, 0), EEXIST, "a second one");
	test_bad_attributes(fd);
	close(vm);
	abi_check(!attr(fd, KVM_GET_DEVICE_ATTR, KVM_DEV_RISCV_AIA_GRP_CONFIG,
			KVM_DEV_RISCV_AIA_CONFIG_SRCS, &value), "it keeps its VM");
	close(fd);
	vm = -1;
}

int main(void)
{
	int sys;

	abi_start(20);
	sys = abi_open();
	vm = ioctl(sys, KVM_CREATE_VM, 0UL);
	abi_need(vm >= 0, "KVM_CREATE_VM");
	abi_check(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_DEVICE_CTRL) == 1, "the capability");
	test_no_such_type();
	test_flags();
	test_device();
	if (vm >= 0)
		close(vm);
	close(sys);
	return abi_finish();
}
