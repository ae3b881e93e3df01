// SPDX-License-Identifier: GPL-2.0-only
/* kvmcap NUMBER: what /dev/kvm answers to KVM_CHECK_EXTENSION. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <uapi/kvm_abi.h>

int main(int argc, char **argv)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int value;

	if (argc != 2)
		errx(2, "usage: kvmcap NUMBER");
	if (kvm < 0)
		err(1, "/dev/kvm");
	value = ioctl(kvm, KVM_CHECK_EXTENSION, strtoul(argv[1], NULL, 0));
	if (value < 0)
		err(1, "KVM_CHECK_EXTENSION");
	printf("%d\n", value);
	return 0;
}
