// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each allocation of each operation fails once: the operation says ENOMEM and changes nothing, so
 * that it works when it is tried again. Needs a kernel with fault injection, see
 * Documentation/fault-injection/fault-injection.rst (fail-nth).
 */
#include "abi.h"
#include "aia.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define GPA	0x40000000UL
#define SIZE	0x10000UL
#define LOG	KVM_MEM_LOG_DIRTY_PAGES

static struct abi_vm vm;
static uint8_t *memory;
static int fail_nth;

/* ---- the operations: 0 or -1 with errno ----------------------------------------------------- */

static int extra = -1;

static int create_vm(void)
{
	extra = ioctl(vm.sys, KVM_CREATE_VM, 0UL);
	return extra < 0 ? -1 : 0;
}

static int create_vcpu(void)
{
	static unsigned long id = 1;

	extra = ioctl(vm.fd, KVM_CREATE_VCPU, id);
	if (extra < 0)
		return -1;
	id++;
	return 0;
}

static int close_extra(void)
{
	return close(extra);
}

static int create_slot(void)
{
	return abi_set_slot(vm.fd, 1, LOG, GPA, SIZE, memory);
}

static int stop_log(void)
{
	return abi_set_slot(vm.fd, 1, 0, GPA, SIZE, memory);
}

static int start_log(void)
{
	return abi_set_slot(vm.fd, 1, LOG, GPA, SIZE, memory);
}

static int move_slot(void)
{
	return abi_set_slot(vm.fd, 1, LOG, GPA + SIZE / 2, SIZE, memory);
}

static int get_log(void)
{
	uint64_t bitmap;
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = &bitmap };

	return ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log);
}

static int delete_slot(void)
{
	return abi_set_slot(vm.fd, 1, 0, 0, 0, 0);
}

static int get_reg_list(void)
{
	static struct {
		struct kvm_reg_list	head;
		uint64_t		ids[4096];
	} list;

	list.head.n = 4096;
	return ioctl(vm.vcpu, KVM_GET_REG_LIST, &list);
}

static int get_stats(void)
{
	extra = ioctl(vm.fd, KVM_GET_STATS_FD, 0UL);
	return extra < 0 ? -1 : 0;
}

static int read_stats(void)
{
	static char bytes[4096];

	return pread(extra, bytes, sizeof(bytes), 0) > 0 ? 0 : -1;
}

static int run(void)
{
	return abi_run(&vm) || !abi_is_sbi(&vm, 1) ? -1 : 0;
}

/* ---- failing -------------------------------------------------------------------------------- */

static void set_nth(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	abi_need(pwrite(fail_nth, text, len, 0) == len, "fail-nth");
}

/* Did the allocation that was to fail come at all? */
static bool has_failed(void)
{
	char text[16] = "";

	abi_need(pread(fail_nth, text, sizeof(text) - 1, 0) > 0, "fail-nth");
	return atoi(text) == 0;
}

/* The operation is undone after each success but the last. */
static void test_operation(const char *name, int (*operation)(void), int (*undo)(void))
{
	unsigned int nth, refused = 0, wrong = 0;
	bool failed = true;
	int ret, error;

	for (nth = 1; failed && nth < 1000; nth++) {
		set_nth(nth);
		ret = operation();
		error = errno;
		failed = has_failed();
		set_nth(0);
		if (ret) {
			refused++;
			/* EFAULT: no page for the guest; a page fault does not say why. */
			wrong += !failed || (error != ENOMEM && error != EFAULT);
		} else if (failed && undo) {
			abi_need(!undo(), "undo");
		}
	}
	abi_check(!failed && !ret && !wrong, "%s (%u failures, %u passed on, %u wrongly)", name,
		  nth - 2, refused, wrong);
}

/*
 * Interrupt controllers, of which a VM has one: each try in a VM of its own, and a second one after
 * a failure. @init: the set-up is what fails, else the creation.
 */
static void test_aia(bool init)
{
	unsigned int nth, refused = 0, wrong = 0;
	bool failed = true;
	int ret, error;

	for (nth = 1; failed && nth < 200; nth++) {
		struct abi_vm other;
		int dev = -1;

		abi_vm_create(&other);
		if (init) {
			dev = aia_device(&other);
			aia_place(dev, 1);
			abi_need(!aia_config(dev, KVM_DEV_RISCV_AIA_CONFIG_SRCS, 31) &&
				 !aia_addr(dev, KVM_DEV_RISCV_AIA_ADDR_APLIC, AIA_APLIC), "SRCS");
		}
		set_nth(nth);
		ret = init ? aia_init(dev) : (dev = aia_device(&other)) < 0;
		error = errno;
		failed = has_failed();
		set_nth(0);
		if (ret) {
			refused++;
			wrong += !failed || error != ENOMEM;
			wrong += init ? aia_init(dev) : (dev = aia_device(&other)) < 0;
		}
		if (!init)
			aia_place(dev, 1);
		wrong += !init && aia_init(dev);
		close(dev);
		abi_vm_destroy(&other);
	}
	abi_check(!failed && !ret && !wrong && refused,
		  "%s interrupt controllers (%u failures, %u passed on, %u wrongly)",
		  init ? "set up" : "create", nth - 2, refused, wrong);
}

int main(void)
{
	struct abi_vm other;
	bool aia;

	abi_start(400);
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth < 0) {
		printf("1..0 # SKIP the kernel has no fault injection\n");
		return 0;
	}
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(memory != MAP_FAILED, "mmap");
	abi_vm_boot(&vm, guest_access);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), GPA);

	test_operation("create a VM", create_vm, close_extra);
	test_operation("create a vCPU", create_vcpu, close_extra);
	test_operation("create a slot", create_slot, delete_slot);
	test_operation("list registers", get_reg_list, NULL);
	test_operation("open statistics", get_stats, close_extra);
	test_operation("read statistics", read_stats, NULL);
	test_operation("run", run, NULL);
	test_operation("read the log", get_log, NULL);
	test_operation("stop the log", stop_log, start_log);
	test_operation("start the log", start_log, stop_log);
	test_operation("move the slot", move_slot, start_log);
	test_operation("delete the slot", delete_slot, move_slot);
	abi_vm_destroy(&vm);

	abi_vm_create(&other);
	aia = aia_add(&other, 1) >= 0;
	abi_vm_destroy(&other);
	if (aia) {
		test_aia(false);
		test_aia(true);
	}
	return abi_finish();
}
