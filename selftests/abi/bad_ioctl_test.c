// SPDX-License-Identifier: GPL-2.0-only
/* Every row of the module's own table of ioctls: on the wrong fd, with a bad argument. */
#include "abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum kind { SYS, VM, VCPU, KINDS };
enum argument { ZERO, VALUE, IN, OUT, USER };

static const struct row {
	enum kind	kind;
	enum argument	argument;
	unsigned long	cmd;
	const char	*name;
} rows[] = {
#define IOCTL(kind, command, argument, lock, handler, doc)	\
	{ kind, argument, command, #command },
#include "virt/front/ioctls.def"
#undef IOCTL
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static const char *const kind_names[KINDS] = { "/dev/kvm", "a VM", "a vCPU" };

static bool belongs(unsigned long cmd, enum kind kind)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		if (rows[i].kind == kind && rows[i].cmd == cmd)
			return true;
	}
	return false;
}

static void test_wrong_fd(const struct row *row, const int fds[KINDS])
{
	static char zeros[4096];
	enum kind kind;

	for (kind = SYS; kind < KINDS; kind++) {
		if (belongs(row->cmd, kind))
			continue;
		memset(zeros, 0, sizeof(zeros));
		abi_check_errno(ioctl(fds[kind], row->cmd, zeros), EINVAL, "%s on %s", row->name,
				kind_names[kind]);
	}
}

static void test_bad_argument(const struct row *row, const int fds[KINDS], void *nowhere)
{
	switch (row->argument) {
	case ZERO:
		abi_check_errno(ioctl(fds[row->kind], row->cmd, 1UL), EINVAL,
				"%s with an argument", row->name);
		break;
	case VALUE:
		break;
	case IN:
	case OUT:
	case USER:
		abi_check_errno(ioctl(fds[row->kind], row->cmd, nowhere), EFAULT,
				"%s with a bad pointer", row->name);
		abi_check_errno(ioctl(fds[row->kind], row->cmd, -4096UL), EFAULT,
				"%s with a kernel pointer", row->name);
		break;
	}
}

static void test_no_such(const int fds[KINDS])
{
	enum kind kind;

	for (kind = SYS; kind < KINDS; kind++) {
		abi_check_errno(ioctl(fds[kind], 0UL, 0UL), EINVAL, "command 0 on %s",
				kind_names[kind]);
		abi_check_errno(ioctl(fds[kind], _IO(KVMIO, 0xff), 0UL), EINVAL,
				"a number that nobody has, on %s", kind_names[kind]);
		abi_check_errno(ioctl(fds[kind], _IO('x', 0x80), 0UL), EINVAL,
				"another type of command, on %s", kind_names[kind]);
	}
}

static void test_values(const struct abi_vm *vm)
{
	abi_check(ioctl(vm->sys, KVM_GET_API_VERSION, 0UL) == 12, "the API version is 12");
	abi_check(ioctl(vm->sys, KVM_CHECK_EXTENSION, 696969UL) == 0,
		  "unknown capabilities read 0");
	abi_check(ioctl(vm->fd, KVM_CHECK_EXTENSION, -1UL) == 0, "on a VM too");
}

static void test_enable_cap(const struct abi_vm *vm)
{
	struct kvm_enable_cap cap = { .cap = 696969 };

	abi_check_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EINVAL,
			"enable an unknown capability");
	cap.cap = KVM_CAP_USER_MEMORY;
	abi_check_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EINVAL,
			"enable what need not be enabled");
	cap.flags = 1;
	abi_check_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EINVAL, "enable with flags");
}

static void test_signal_mask(const struct abi_vm *vm)
{
	struct kvm_signal_mask *mask = calloc(1, sizeof(*mask) + 16);

	mask->len = 4;
	abi_check_errno(ioctl(vm->vcpu, KVM_SET_SIGNAL_MASK, mask), EINVAL,
			"signal mask too short");
	mask->len = 16;
	abi_check_errno(ioctl(vm->vcpu, KVM_SET_SIGNAL_MASK, mask), EINVAL, "signal mask too long");
	mask->len = 8;
	abi_check(!ioctl(vm->vcpu, KVM_SET_SIGNAL_MASK, mask), "signal mask of 8 bytes");
	abi_check(!ioctl(vm->vcpu, KVM_SET_SIGNAL_MASK, NULL), "no signal mask any more");
	free(mask);
}

int main(void)
{
	struct abi_vm vm;
	void *nowhere;
	size_t i;

	abi_start(60);
	abi_vm_create(&vm);
	nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	{
		const int fds[KINDS] = { vm.sys, vm.fd, vm.vcpu };

		for (i = 0; i < ROWS; i++) {
			test_wrong_fd(&rows[i], fds);
			test_bad_argument(&rows[i], fds, nowhere);
		}
		test_no_such(fds);
	}
	test_values(&vm);
	test_enable_cap(&vm);
	test_signal_mask(&vm);
	abi_vm_destroy(&vm);
	return abi_finish();
}
