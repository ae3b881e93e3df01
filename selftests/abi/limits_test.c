// SPDX-License-Identifier: GPL-2.0-only
/* As many memory slots as there may be. */
#include "abi.h"

#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE	0x1000UL
#define GPA	0x100000000UL
#define DELETED	300U

static uint8_t *memory;		/* one page, the memory of all slots */

static unsigned int create(const struct abi_vm *vm, unsigned int count)
{
	unsigned int id;

	for (id = 1; id < count; id++)
		if (abi_set_slot(vm->fd, id, 0, GPA + id * PAGE, PAGE, memory))
			break;
	return id;
}

/* What makes a VM large must not make its end long, or wrong. */
static void test_slots(unsigned int count)
{
	struct abi_vm vm;
	unsigned int id;

	abi_vm_create(&vm);
	abi_check(create(&vm, count) == count, "%u slots", count);
	abi_vm_destroy(&vm);

	abi_vm_create(&vm);
	abi_check(create(&vm, count) == count, "again, in another VM");
	/* In-tree KVM waits for readers at each, some milliseconds. */
	for (id = 1; id < DELETED; id++)
		if (abi_set_slot(vm.fd, id, 0, 0, 0, 0))
			break;
	abi_check(id == DELETED, "some are deleted");
	abi_check(create(&vm, DELETED) == DELETED, "and come back");
	abi_vm_destroy(&vm);
}

int main(void)
{
	int sys = abi_open(), most = ioctl(sys, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS);

	abi_start(120);
	memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(memory != MAP_FAILED, "mmap");

	abi_check(most == 32767, "32767 slots, it says");
	/* In-tree KVM takes time that grows with their square. */
	test_slots(abi_is_in_tree() ? 1000 : most);
	return abi_finish();
}
