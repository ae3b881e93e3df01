// SPDX-License-Identifier: GPL-2.0-only
/* What a new vCPU has, by its registers. */
#include "compute.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include <uapi/kvm_abi.h>

static const char *const names[] = {
#define ISA(number, identifier, name, policy, host, needs)	[number] = name,
#include "arch/riscv/model/isa.def"
};

int list_of_guest(void)
{
	int sys = open("/dev/kvm", O_RDWR), vm, vcpu;
	uint64_t value;
	unsigned int i;

	vm = sys < 0 ? -1 : ioctl(sys, KVM_CREATE_VM, 0UL);
	vcpu = vm < 0 ? -1 : ioctl(vm, KVM_CREATE_VCPU, 0UL);
	if (vcpu < 0) {
		perror("/dev/kvm");
		return 1;
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct kvm_one_reg reg = {
			.id = KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_ISA_EXT | i,
			.addr = (uintptr_t)&value,
		};

		if (!ioctl(vcpu, KVM_GET_ONE_REG, &reg) && value)
			puts(names[i]);
	}
	return 0;
}
