// SPDX-License-Identifier: GPL-2.0-only
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned int tests, failures;

static void report(bool passed, const char *format, va_list args, const char *todo)
{
	tests++;
	if (!passed && !todo)
		failures++;
	printf("%s %u - ", passed ? "ok" : "not ok", tests);
	vprintf(format, args);
	if (todo)
		printf(" # TODO %s", todo);
	putchar('\n');
}

void abi_check(bool passed, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(passed, format, args, NULL);
	va_end(args);
}

bool abi_is_in_tree(void)
{
	const char *kvm = getenv("KVM");

	return kvm && !strcmp(kvm, "in-tree");
}

void abi_check_ours(bool passed, const char *in_tree, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(passed, format, args, abi_is_in_tree() ? in_tree : NULL);
	va_end(args);
}

void abi_check_errno(long ret, int wanted, const char *format, ...)
{
	int got = ret == -1 ? errno : 0;
	va_list args;

	va_start(args, format);
	report(got == wanted, format, args, NULL);
	va_end(args);
	if (got != wanted)
		printf("#   %s instead of %s\n", got ? strerror(got) : "success", strerror(wanted));
}

void abi_skip(const char *why, const char *format, ...)
{
	va_list args;

	printf("ok %u - ", ++tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(" # SKIP %s\n", why);
}

void abi_need(bool fulfilled, const char *what)
{
	if (fulfilled)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

void abi_start(unsigned int seconds)
{
	const char *kernel = getenv("LAB_KERNEL");

	setvbuf(stdout, NULL, _IOLBF, 0);
	/* As in selftests/host/lib.sh: twice that when the machine has more to do. */
	alarm(seconds * (kernel && strcmp(kernel, "stock") ? 6 : 2));
}

int abi_finish(void)
{
	printf("1..%u\n", tests);
	return failures != 0;
}

int abi_open(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	abi_need(fd >= 0, "/dev/kvm");
	return fd;
}

int abi_set_slot(int vm, uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
		 const void *hva)
{
	struct kvm_userspace_memory_region region = {
		.slot			= id,
		.flags			= flags,
		.guest_phys_addr	= gpa,
		.memory_size		= size,
		.userspace_addr		= (uintptr_t)hva,
	};

	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region);
}

void abi_vm_begin(struct abi_vm *vm)
{
	vm->sys = abi_open();
	vm->fd = ioctl(vm->sys, KVM_CREATE_VM, 0UL);
	abi_need(vm->fd >= 0, "KVM_CREATE_VM");
}

void abi_vm_finish(struct abi_vm *vm)
{
	vm->ram = mmap(NULL, ABI_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	abi_need(vm->ram != MAP_FAILED, "guest memory");
	memcpy(vm->ram, guest_start, guest_end - guest_start);
	abi_need(!abi_set_slot(vm->fd, 0, 0, ABI_RAM, ABI_RAM_SIZE, vm->ram), "slot 0");

	vm->vcpu = ioctl(vm->fd, KVM_CREATE_VCPU, 0UL);
	abi_need(vm->vcpu >= 0, "KVM_CREATE_VCPU");
	vm->run_size = ioctl(vm->sys, KVM_GET_VCPU_MMAP_SIZE, 0UL);
	vm->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu, 0);
	abi_need(vm->run != MAP_FAILED, "kvm_run");
}

void abi_vm_create(struct abi_vm *vm)
{
	abi_vm_begin(vm);
	abi_vm_finish(vm);
}

void abi_vm_destroy(struct abi_vm *vm)
{
	munmap(vm->run, vm->run_size);
	close(vm->vcpu);
	close(vm->fd);
	close(vm->sys);
	munmap(vm->ram, ABI_RAM_SIZE);
}

uint64_t abi_get_reg(int vcpu, uint64_t id)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	abi_need(!ioctl(vcpu, KVM_GET_ONE_REG, &reg), "KVM_GET_ONE_REG");
	return value;
}

void abi_set_reg(int vcpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	abi_need(!ioctl(vcpu, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

void abi_vm_boot(struct abi_vm *vm, const uint8_t *label)
{
	abi_vm_create(vm);
	abi_set_reg(vm->vcpu, ABI_CORE(regs.pc), ABI_RAM + (label - guest_start));
}

int abi_run(struct abi_vm *vm)
{
	return ioctl(vm->vcpu, KVM_RUN, 0UL);
}

bool abi_is_sbi(const struct abi_vm *vm, unsigned long function)
{
	return vm->run->exit_reason == KVM_EXIT_RISCV_SBI &&
	       vm->run->riscv_sbi.extension_id == ABI_SBI_EID &&
	       vm->run->riscv_sbi.function_id == function;
}

int64_t abi_stat(int fd, const char *name)
{
	int stats = ioctl(fd, KVM_GET_STATS_FD, 0UL);
	struct kvm_stats_header header;
	char bytes[sizeof(struct kvm_stats_desc) + 256];
	const struct kvm_stats_desc *desc = (const void *)bytes;
	uint64_t values[64];
	int64_t sum = -1;
	size_t size, i;

	abi_need(stats >= 0, "KVM_GET_STATS_FD");
	abi_need(pread(stats, &header, sizeof(header), 0) == sizeof(header), "statistics");
	size = sizeof(*desc) + header.name_size;
	abi_need(size <= sizeof(bytes), "names of statistics");
	for (i = 0; i < header.num_desc && sum < 0; i++) {
		abi_need(pread(stats, bytes, size, header.desc_offset + i * size) == (ssize_t)size,
			 "descriptor");
		if (strcmp(desc->name, name))
			continue;
		size = desc->size * sizeof(values[0]);
		abi_need(size <= sizeof(values) &&
			 pread(stats, values, size, header.data_offset + desc->offset) ==
			 (ssize_t)size, "values");
		for (sum = i = 0; i < desc->size; i++)
			sum += values[i];
	}
	close(stats);
	return sum;
}

/* Finish the call that the guest made, so that registers can be set. */
static void finish_call(struct abi_vm *vm)
{
	vm->run->immediate_exit = 1;
	abi_need(abi_run(vm) == -1 && errno == EINTR, "immediate exit");
	vm->run->immediate_exit = 0;
}

int abi_guest_store(struct abi_vm *vm, uint64_t gpa, uint64_t value)
{
	int ret;

	abi_set_reg(vm->vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_access - guest_start));
	abi_set_reg(vm->vcpu, ABI_CORE(regs.a0), gpa);
	abi_set_reg(vm->vcpu, ABI_CORE(regs.a1), value);
	ret = abi_run(vm);
	if (!ret)
		finish_call(vm);
	return ret;
}

uint64_t abi_guest_load(struct abi_vm *vm, uint64_t gpa)
{
	uint64_t value;

	abi_set_reg(vm->vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_loads - guest_start));
	abi_need(!abi_run(vm) && abi_is_sbi(vm, 1), "first call");
	vm->run->riscv_sbi.ret[0] = gpa;
	abi_need(!abi_run(vm) && abi_is_sbi(vm, 1), "second call");
	value = vm->run->riscv_sbi.args[0];
	finish_call(vm);
	return value;
}
