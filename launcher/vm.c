// SPDX-License-Identifier: GPL-2.0-only
/* Life of a virtual machine. */
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "kvm_uapi.h"
#include "load.h"
#include "msg.h"
#include "options.h"
#include "term.h"
#include "vcpu.h"
#include "vcpu_info.h"
#include "virtdt.h"

#define KVM_PATH	"/dev/kvm"

static bool vm_has_aia(const struct vm *vm)
{
	return vm->aia.fd >= 0;
}

static void console_tx(void *ctx, const void *buf, size_t len)
{
	struct vm *vm = ctx;

	term_write(vm->term, buf, len);
}

static size_t console_rx(void *ctx, uint8_t *buf, size_t room)
{
	struct vm *vm = ctx;

	return term_take(vm->term, buf, room);
}

static void serial_tx(void *ctx, uint8_t byte)
{
	console_tx(ctx, &byte, 1);
}

static size_t serial_no_rx(void *ctx, uint8_t *buf, size_t room)
{
	(void)ctx;
	(void)buf;
	(void)room;
	return 0;
}

static void serial_irq(void *ctx, bool level)
{
	struct vm *vm = ctx;
	int err;

	if (!vm_has_aia(vm)) {
		plic_set_level(&vm->plic, MACHINE_SERIAL_IRQ, level);
		return;
	}
	err = aia_set_serial(&vm->aia, level);
	if (err) {
		msg_error("KVM_IRQ_LINE: %s", strerror(err));
		vm_stop(vm, VM_ERROR);
	}
}

static void plic_line(void *ctx, unsigned int hart, bool level)
{
	struct vm *vm = ctx;

	vcpu_set_irq(&vm->vcpus[hart], level);
}

static int vm_open(struct vm *vm)
{
	int version;

	vm->kvm_fd = open(KVM_PATH, O_RDWR | O_CLOEXEC);
	if (vm->kvm_fd < 0) {
		msg_error("%s: %s", KVM_PATH, strerror(errno));
		return -1;
	}
	version = ioctl(vm->kvm_fd, KVM_GET_API_VERSION, 0);
	if (version != KVM_API_VERSION) {
		msg_error("%s: has API version %d, not %d", KVM_PATH, version, KVM_API_VERSION);
		return -1;
	}
	do {
		vm->fd = ioctl(vm->kvm_fd, KVM_CREATE_VM, 0UL);
	} while (vm->fd < 0 && errno == EINTR);
	if (vm->fd < 0) {
		msg_error("%s: cannot create a VM: %s", KVM_PATH, strerror(errno));
		return -1;
	}
	return 0;
}

/* What the host's KVM offers against what the command line asks for. */
static int vm_check_limits(const struct vm *vm, const struct options *options)
{
	int max_cpus = ioctl(vm->kvm_fd, KVM_CHECK_EXTENSION, (unsigned long)KVM_CAP_MAX_VCPUS);
	int gpa_bits = ioctl(vm->fd, KVM_CHECK_EXTENSION, (unsigned long)KVM_CAP_VM_GPA_BITS);

	if (ioctl(vm->kvm_fd, KVM_CHECK_EXTENSION, (unsigned long)KVM_CAP_ONE_REG) <= 0) {
		msg_error("%s: has no KVM_CAP_ONE_REG", KVM_PATH);
		return -1;
	}
	if (max_cpus > 0 && options->cpus > (unsigned int)max_cpus) {
		msg_error("--cpus %u: %s allows at most %d", options->cpus, KVM_PATH, max_cpus);
		return -1;
	}
	if (gpa_bits > 0 && gpa_bits < 64 &&
	    options->mem > (1ULL << gpa_bits) - MACHINE_RAM_BASE) {
		msg_error("--mem: too much for the %d address bits that %s offers", gpa_bits,
			  KVM_PATH);
		return -1;
	}
	return 0;
}

static int vm_add_ram(struct vm *vm, uint64_t size)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = MACHINE_RAM_BASE,
		.memory_size = size,
	};

	if (ram_create(&vm->ram, MACHINE_RAM_BASE, size))
		return -1;
	region.userspace_addr = (uintptr_t)vm->ram.host;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region)) {
		msg_error("KVM_SET_USER_MEMORY_REGION: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static int vm_add_vcpus(struct vm *vm, unsigned int count)
{
	vm->vcpus = calloc(count, sizeof(*vm->vcpus));
	if (!vm->vcpus) {
		msg_error("no memory for %u vCPUs", count);
		return -1;
	}
	for (; vm->ncpus < count; vm->ncpus++)
		if (vcpu_create(&vm->vcpus[vm->ncpus], vm, vm->ncpus))
			return -1;
	return 0;
}

static int vm_configure_vcpus(const struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->ncpus; i++)
		if (vcpu_configure(&vm->vcpus[i], vm_has_aia(vm)))
			return -1;
	return 0;
}

/* The PLIC is a device like others, and added with them. */
static int vm_add_aia(struct vm *vm, enum irqchip_kind kind)
{
	const char *missing;

	if (kind == IRQCHIP_PLIC)
		return 0;
	missing = aia_open(&vm->aia, vm->fd);
	if (!missing)
		return aia_setup(&vm->aia, vm->ncpus);
	if (kind == IRQCHIP_AUTO) {
		msg_debug("%s: has no AIA (%s): there is a PLIC", KVM_PATH, missing);
		return 0;
	}
	msg_error("--irqchip aia: %s has none (%s)", KVM_PATH, missing);
	return -1;
}

static int vm_add_plic(struct vm *vm)
{
	if (plic_init(&vm->plic, vm->ncpus, plic_line, vm))
		return -1;
	return bus_add(&vm->bus, MACHINE_PLIC_BASE, PLIC_SIZE, plic_access, &vm->plic);
}

/* Both consoles put out what the guest writes; one of them gets the input. */
static int vm_add_devices(struct vm *vm, enum console_kind console)
{
	static const struct serial_ops with_input = {
		.tx = serial_tx, .rx = console_rx, .irq = serial_irq,
	};
	static const struct serial_ops without_input = {
		.tx = serial_tx, .rx = serial_no_rx, .irq = serial_irq,
	};
	bool to_serial = console == CONSOLE_SERIAL;

	vm->console = (struct sbi_console){
		.tx = console_tx,
		.rx = to_serial ? NULL : console_rx,
		.ctx = vm,
	};
	serial_init(&vm->serial, to_serial ? &with_input : &without_input, vm);
	if ((!vm_has_aia(vm) && vm_add_plic(vm)) ||
	    bus_add(&vm->bus, MACHINE_SERIAL_BASE, SERIAL_SIZE, serial_access, &vm->serial)) {
		msg_error("cannot add the devices");
		return -1;
	}
	return 0;
}

static int dump_file(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	ssize_t written = fd < 0 ? -1 : write(fd, bytes, len);
	int err = written < 0 ? errno : (size_t)written < len ? ENOSPC : 0;

	if (fd >= 0 && close(fd) && !err)
		err = errno;
	if (err)
		msg_error("%s: %s", path, strerror(err));
	return err ? -1 : 0;
}

static int vm_add_dtb(struct vm *vm, const struct options *options, const struct layout *layout)
{
	struct virtdt_desc desc = {
		.ncpus = vm->ncpus,
		.aia = vm_has_aia(vm),
		.ram_base = vm->ram.base,
		.ram_size = vm->ram.size,
		.initrd = layout->initrd,
		.initrd_size = layout->initrd_size,
		.params = options->params,
		.serial_stdout = options->console == CONSOLE_SERIAL,
	};
	void *dtb = ram_ptr(&vm->ram, layout->dtb, DTB_MAX_SIZE);
	int size;

	if (vcpu_describe(&vm->vcpus[0], &desc))
		return -1;
	/* Up to 256 bytes always come whole (getrandom(2)). */
	if (getrandom(desc.seed, sizeof(desc.seed), 0) != sizeof(desc.seed)) {
		msg_error("cannot get random numbers: %s", strerror(errno));
		return -1;
	}
	size = virtdt_build(dtb, DTB_MAX_SIZE, &desc);
	if (size < 0)
		return -1;
	msg_debug("device tree of %d bytes", size);
	return options->dump_dtb ? dump_file(options->dump_dtb, dtb, (size_t)size) : 0;
}

/* Boot protocol of Linux, Documentation/arch/riscv/boot.rst. The others wait for SBI HSM. */
static int vm_set_entry(struct vm *vm, const struct layout *layout)
{
	const struct vcpu *boot = &vm->vcpus[0];
	int err;

	err = vcpu_set_reg(boot, ONEREG_PC, layout->entry);
	if (!err)
		err = vcpu_set_reg(boot, ONEREG_A0, boot->index);
	if (!err)
		err = vcpu_set_reg(boot, ONEREG_A1, layout->dtb);
	if (err)
		msg_error("cannot set the registers of vCPU 0: %s", strerror(err));
	return err ? -1 : 0;
}

int vm_create(struct vm *vm, const struct options *options, struct term *term, int wake_fd)
{
	struct layout layout;

	*vm = (struct vm){
		.kvm_fd = -1, .fd = -1, .wake_fd = wake_fd, .aia = { .fd = -1 }, .term = term,
	};

	if (vm_open(vm) || vm_check_limits(vm, options) || vm_add_ram(vm, options->mem) ||
	    vm_add_vcpus(vm, options->cpus) || vm_add_aia(vm, options->irqchip) ||
	    vm_configure_vcpus(vm) || vm_add_devices(vm, options->console) ||
	    load_guest(&layout, options, &vm->ram) || vm_add_dtb(vm, options, &layout))
		return -1;
	return vm_set_entry(vm, &layout);
}

void vm_destroy(struct vm *vm)
{
	while (vm->ncpus)
		vcpu_destroy(&vm->vcpus[--vm->ncpus]);
	free(vm->vcpus);
	if (vm->serial.ops)
		serial_destroy(&vm->serial);
	plic_destroy(&vm->plic);
	aia_destroy(&vm->aia);
	if (vm->fd >= 0)
		close(vm->fd);
	if (vm->kvm_fd >= 0)
		close(vm->kvm_fd);
	ram_destroy(&vm->ram);
}

int vm_start(struct vm *vm)
{
	for (; vm->nstarted < vm->ncpus; vm->nstarted++) {
		if (vcpu_start(&vm->vcpus[vm->nstarted])) {
			vm_stop(vm, VM_ERROR);
			return -1;
		}
	}
	return 0;
}

void vm_stop(struct vm *vm, enum vm_outcome outcome)
{
	const uint64_t one = 1;
	int running = VM_RUNNING;

	if (!atomic_compare_exchange_strong(&vm->outcome, &running, (int)outcome))
		return;
	if (write(vm->wake_fd, &one, sizeof(one)) < 0)
		msg_error("cannot wake the main thread: %s", strerror(errno));
}

void vm_join(struct vm *vm)
{
	while (vm->nstarted)
		vcpu_join(&vm->vcpus[--vm->nstarted]);
}
