// SPDX-License-Identifier: GPL-2.0-only
/* Registers and the state of a vCPU that never ran. */
#include "abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ROOM	4096

static struct kvm_reg_list *list;

static int get_list(int vcpu, uint64_t room)
{
	memset(list, 0xa5, sizeof(*list) + ROOM * sizeof(uint64_t));
	list->n = room;
	return ioctl(vcpu, KVM_GET_REG_LIST, list);
}

static void test_list(int vcpu)
{
	uint64_t count, i, j, doubled = 0, unreadable = 0;
	uint8_t value[256];

	abi_check_errno(get_list(vcpu, 0), E2BIG, "a list without room");
	count = list->n;
	abi_check(count > 0 && count < ROOM, "says how many there are (%u)", (unsigned int)count);
	abi_check(list->reg[0] == 0xa5a5a5a5a5a5a5a5, "and stores none");
	abi_check_errno(get_list(vcpu, count - 1), E2BIG, "one too few");
	abi_check(list->n == count && list->reg[0] == 0xa5a5a5a5a5a5a5a5, "is the same");
	abi_check(!get_list(vcpu, ROOM) && list->n == count, "with room to spare");
	abi_check(list->reg[count] == 0xa5a5a5a5a5a5a5a5, "nothing is stored beyond");

	for (i = 0; i < count; i++) {
		struct kvm_one_reg reg = { .id = list->reg[i], .addr = (uintptr_t)value };

		unreadable += ioctl(vcpu, KVM_GET_ONE_REG, &reg) != 0;
		for (j = 0; j < i; j++)
			doubled += list->reg[i] == list->reg[j];
	}
	abi_check(!unreadable, "every one can be read (%u cannot)", (unsigned int)unreadable);
	abi_check(!doubled, "none is listed twice");
}

static void test_bad_ids(int vcpu)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .addr = (uintptr_t)&value };
	static const struct {
		const char	*what;
		uint64_t	id;
		int		error;
	} cases[] = {
		{ "an unknown group",
		  KVM_REG_RISCV | KVM_REG_SIZE_U64 | 0x7fUL << 24, ENOENT },
		{ "an unknown core register",
		  KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CORE | 33, ENOENT },
		{ "a core register far away",
		  KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CORE | 0xffff, ENOENT },
		{ "a core register of 4 bytes",
		  KVM_REG_RISCV | KVM_REG_SIZE_U32 | KVM_REG_RISCV_CORE, EINVAL },
		{ "a core register of 256 bytes",
		  KVM_REG_RISCV | KVM_REG_SIZE_U2048 | KVM_REG_RISCV_CORE, EINVAL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		reg.id = cases[i].id;
		abi_check_errno(ioctl(vcpu, KVM_GET_ONE_REG, &reg), cases[i].error, "get %s",
				cases[i].what);
		abi_check_errno(ioctl(vcpu, KVM_SET_ONE_REG, &reg), cases[i].error, "set %s",
				cases[i].what);
	}
	reg.id = ABI_CORE(regs.a0);
	reg.addr = 8;
	abi_check_errno(ioctl(vcpu, KVM_GET_ONE_REG, &reg), EFAULT, "get to nowhere");
	abi_check_errno(ioctl(vcpu, KVM_SET_ONE_REG, &reg), EFAULT, "set from nowhere");
}

static void test_core(int vcpu)
{
	unsigned int bad = 0;
	uint64_t i;

	for (i = 0; i < 32; i++)
		abi_set_reg(vcpu, ABI_CORE(regs.pc) + i, 0x1234567800000000 + 4 * i);
	for (i = 0; i < 32; i++)
		bad += abi_get_reg(vcpu, ABI_CORE(regs.pc) + i) != 0x1234567800000000 + 4 * i;
	abi_check(!bad, "pc and x1 to x31 keep what is set (%u do not)", bad);
	abi_check(abi_get_reg(vcpu, ABI_CORE(mode)) == 1, "the mode is S");
}

static uint32_t mp_state(int vcpu)
{
	struct kvm_mp_state state = { .mp_state = -1 };

	abi_need(!ioctl(vcpu, KVM_GET_MP_STATE, &state), "KVM_GET_MP_STATE");
	return state.mp_state;
}

static int set_mp_state(int vcpu, uint32_t value)
{
	struct kvm_mp_state state = { .mp_state = value };

	return ioctl(vcpu, KVM_SET_MP_STATE, &state);
}

/* SIE, SPIE, UBE, SPP, VS, FS, SUM, MXR, UXL, SD: Priv. v1.12 §4.1.1 */
#define SSTATUS_FIELDS	0x80000003000c6762UL

/* An emulated hart does with others what none may: mstatus gets them when the guest is entered. */
static void test_sstatus(int vcpu)
{
	abi_set_reg(vcpu, ABI_CSR(sstatus), ~0UL);
	abi_check_ours(!(abi_get_reg(vcpu, ABI_CSR(sstatus)) & ~SSTATUS_FIELDS),
		       "in-tree KVM leaves it to the hart", "sstatus has the fields it has");
	abi_set_reg(vcpu, ABI_CSR(sstatus), 0);
}

static void test_mp_state(const struct abi_vm *vm)
{
	int other = ioctl(vm->fd, KVM_CREATE_VCPU, 2UL);
	int third = ioctl(vm->fd, KVM_CREATE_VCPU, 1UL);

	abi_check(mp_state(vm->vcpu) == KVM_MP_STATE_RUNNABLE, "the first vCPU starts runnable");
	abi_check(mp_state(other) == KVM_MP_STATE_STOPPED &&
		  mp_state(third) == KVM_MP_STATE_STOPPED, "the others start stopped");
	abi_check(!set_mp_state(other, KVM_MP_STATE_RUNNABLE) &&
		  mp_state(other) == KVM_MP_STATE_RUNNABLE, "a stopped vCPU can be started");
	abi_check(!set_mp_state(vm->vcpu, KVM_MP_STATE_STOPPED) &&
		  mp_state(vm->vcpu) == KVM_MP_STATE_STOPPED, "the first one can be stopped");
	abi_check_errno(set_mp_state(vm->vcpu, KVM_MP_STATE_HALTED), EINVAL, "no state 'halted'");
	abi_check_errno(set_mp_state(vm->vcpu, -1), EINVAL, "no state -1");
	abi_check(mp_state(vm->vcpu) == KVM_MP_STATE_STOPPED, "refused states change nothing");
	close(other);
	close(third);
}

/* The first one created is runnable, whatever its id. */
static void test_first_by_creation(void)
{
	int sys = abi_open();
	int fd = ioctl(sys, KVM_CREATE_VM, 0UL);
	int seven = ioctl(fd, KVM_CREATE_VCPU, 7UL);
	int zero = ioctl(fd, KVM_CREATE_VCPU, 0UL);

	abi_check(mp_state(seven) == KVM_MP_STATE_RUNNABLE &&
		  mp_state(zero) == KVM_MP_STATE_STOPPED, "'first' is by creation, not by id");
	close(zero);
	close(seven);
	close(fd);
	close(sys);
}

int main(void)
{
	struct abi_vm vm;

	abi_start(60);
	list = malloc(sizeof(*list) + (ROOM + 1) * sizeof(uint64_t));
	abi_vm_create(&vm);
	test_list(vm.vcpu);
	test_bad_ids(vm.vcpu);
	test_core(vm.vcpu);
	test_sstatus(vm.vcpu);
	test_mp_state(&vm);
	abi_vm_destroy(&vm);
	test_first_by_creation();
	free(list);
	return abi_finish();
}
