// SPDX-License-Identifier: GPL-2.0-only
/* SBI FWFT: what there is, what it refuses, what it does to the guest, when it is reset. */
#include "sbi_call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FWFT(index)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_SBI_STATE |	\
			 KVM_REG_RISCV_SBI_FWFT | (index))
#define ISA(name)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_ISA_EXT |	\
			 KVM_RISCV_ISA_EXT_##name)

enum { MISALIGNED, LANDING_PAD, SHADOW_STACK, DOUBLE_TRAP, PTE_AD, PMLEN, FEATURES };
enum { ENABLE, FLAGS, VALUE };

#define SET	0
#define GET	1
#define LOCK	1

static const char no_such[] = "in-tree KVM has it not";

/* The registers of a feature, those that have some. */
static const int registers[FEATURES] = {
	[MISALIGNED] = KVM_REG_RISCV_SBI_FWFT_REG(misaligned_deleg),
	[LANDING_PAD] = -1, [SHADOW_STACK] = -1, [DOUBLE_TRAP] = -1,
	[PTE_AD] = KVM_ABI_SBI_FWFT_PTE_AD,
	[PMLEN] = KVM_REG_RISCV_SBI_FWFT_REG(pointer_masking),
};

static struct abi_vm vm;

#define CALL(fid, ...)	SBI_CALL(&vm, EID_FWFT, fid, __VA_ARGS__)

static int get(int feature, int field, uint64_t *value)
{
	struct kvm_one_reg reg = { .id = FWFT(registers[feature] + field) };

	reg.addr = (uintptr_t)value;
	return ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg);
}

static int set(int feature, int field, uint64_t value)
{
	struct kvm_one_reg reg = { .id = FWFT(registers[feature] + field) };

	reg.addr = (uintptr_t)&value;
	return ioctl(vm.vcpu, KVM_SET_ONE_REG, &reg);
}

static bool is_there(int feature)
{
	uint64_t value;

	return registers[feature] >= 0 && !get(feature, ENABLE, &value);
}

static bool reads(int feature, int field, uint64_t wanted)
{
	uint64_t value;

	return !get(feature, field, &value) && value == wanted;
}

static void create(void)
{
	abi_vm_create(&vm);
	sbi_install(&vm);
}

/* ---- the calls ------------------------------------------------------------------------------ */

static void test_unknown(void)
{
	static const uint64_t ids[] = {
		6, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0xbfffffff, 0xc0000000,
		0xffffffff,
	};
	unsigned int i, bad = 0;

	abi_check(sbi_gives(SBI_CALL(&vm, EID_BASE, 3, EID_FWFT), 0, 1), "probe finds it");
	abi_check(sbi_gives(CALL(2, 0), ERR_NOT_SUPPORTED, 0), "it has two functions");
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		bad += !sbi_gives(CALL(SET, ids[i], 0, 0), ERR_DENIED, 0);
		bad += !sbi_gives(CALL(GET, ids[i]), ERR_DENIED, 0);
	}
	abi_check(!bad, "what is reserved or of a platform is denied (%u are not)", bad);
	for (bad = 0, i = 0; i < FEATURES; i++) {
		if (is_there(i))
			continue;
		bad += !sbi_gives(CALL(SET, i, 0, 0), ERR_NOT_SUPPORTED, 0);
		bad += !sbi_gives(CALL(GET, i), ERR_NOT_SUPPORTED, 0);
	}
	abi_check(!bad, "what this host has not is not supported (%u are)", bad);
}

static void test_switch(int feature, const char *name)
{
	if (!is_there(feature)) {
		abi_skip("not on this host", "%s", name);
		return;
	}
	abi_check(sbi_gives(CALL(SET, feature, 1, 0), 0, 0) &&
		  sbi_gives(CALL(GET, feature), 0, 1) &&
		  reads(feature, VALUE, 1) && reads(feature, FLAGS, 0), "%s: on", name);
	abi_check(sbi_gives(CALL(SET, feature, 0, 0), 0, 0) && sbi_gives(CALL(GET, feature), 0, 0),
		  "%s: off", name);
	abi_check(sbi_gives(CALL(SET, feature, 2, 0), ERR_INVALID_PARAM, 0) &&
		  sbi_gives(CALL(SET, feature, 1, 2), ERR_INVALID_PARAM, 0) &&
		  sbi_gives(CALL(SET, feature, 2, LOCK), ERR_INVALID_PARAM, 0) &&
		  sbi_gives(CALL(GET, feature), 0, 0) && reads(feature, FLAGS, 0),
		  "%s: nothing else", name);
	abi_check(sbi_gives(CALL(SET, feature | 1UL << 32, 1, LOCK), 0, 0) &&
		  reads(feature, FLAGS, LOCK), "%s: locked", name);
	abi_check(sbi_gives(CALL(SET, feature, 0, 0), ERR_DENIED_LOCKED, 0) &&
		  sbi_gives(CALL(SET, feature, 1, 0), ERR_DENIED_LOCKED, 0) &&
		  sbi_gives(CALL(GET, feature), 0, 1), "%s: stays", name);
	abi_check(!set(feature, FLAGS, 0) && sbi_gives(CALL(SET, feature, 0, 0), 0, 0),
		  "%s: userspace unlocks it", name);
}

/* Lengths are rounded up to one that there is. */
static void test_length(void)
{
	struct sbi_answer got;
	uint64_t asked;
	bool bad = false;

	if (!is_there(PMLEN)) {
		abi_skip("not on this host", "pointer masking");
		return;
	}
	for (asked = 0; asked < 20; asked++) {
		got = CALL(SET, PMLEN, asked, 0);
		if (got.error == ERR_INVALID_PARAM && asked)
			continue;
		got = CALL(GET, PMLEN);
		bad |= got.error || got.value < asked || (got.value && got.value != 7 &&
							  got.value != 16);
		bad |= !reads(PMLEN, VALUE, got.value) || (!asked && got.value);
	}
	abi_check(!bad, "pointer masking: at least what was asked for");
	abi_check(sbi_gives(CALL(SET, PMLEN, 17, 0), ERR_INVALID_PARAM, 0) &&
		  sbi_gives(CALL(SET, PMLEN, -1, 0), ERR_INVALID_PARAM, 0), "not any length");
	abi_check(sbi_gives(CALL(SET, PMLEN, 0, 0), 0, 0), "pointer masking: off");
}

/* ---- what they do --------------------------------------------------------------------------- */

#define TABLES		(ABI_RAM + 0x10000)	/* three pages */
#define DATA		(ABI_RAM + 0x20000)
#define VIRTUAL		0x1000UL		/* of DATA, without A and D */
#define PTE(gpa, flags)	((gpa) >> 2 | (flags))
#define V_R_W_X		0xf
#define A_D		0xc0
#define CAUSE_STORE_PAGE	15

static uint64_t *table(unsigned int nr)
{
	return (uint64_t *)(vm.ram + (TABLES - ABI_RAM) + nr * 0x1000);
}

/* Sv39: guest memory where it is, and a page at VIRTUAL. */
static void map(void)
{
	memset(table(0), 0, 0x3000);
	table(0)[2] = PTE(ABI_RAM, V_R_W_X | A_D);
	table(0)[0] = PTE(TABLES + 0x1000, 1);
	table(1)[0] = PTE(TABLES + 0x2000, 1);
	table(2)[1] = PTE(DATA, 7);
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 8UL << 60 | TABLES >> 12);
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), ABI_RAM + (guest_trap - guest_start));
}

static void finish_call(void)
{
	vm.run->immediate_exit = 1;
	abi_need(abi_run(&vm) == -1 && errno == EINTR, "immediate exit");
	vm.run->immediate_exit = 0;
}

/* A store there, in S-mode with translation. Return: scause, or 0. */
static uint64_t store(uint64_t address, uint64_t value)
{
	uint64_t cause;

	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_access - guest_start));
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), address);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), value);
	abi_need(!abi_run(&vm), "KVM_RUN");
	cause = abi_is_sbi(&vm, 2) ? vm.run->riscv_sbi.args[1] : 0;
	abi_need(cause || abi_is_sbi(&vm, 1), "store or trap");
	finish_call();
	return cause;
}

static uint64_t set_feature(int feature, uint64_t value)
{
	uint64_t satp = abi_get_reg(vm.vcpu, ABI_CSR(satp));
	struct sbi_answer got;

	/* The code that calls is where it is, translated or not. */
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 0);
	got = CALL(SET, feature, value, 0);
	abi_set_reg(vm.vcpu, ABI_CSR(satp), satp);
	return got.error;
}

static void test_ad(void)
{
	if (!is_there(PTE_AD)) {
		abi_skip("not on this host", "A and D by hardware");
		return;
	}
	map();
	abi_need(!set_feature(PTE_AD, 0), "A and D by software");
	abi_check(store(VIRTUAL, 1) == CAUSE_STORE_PAGE && !(table(2)[1] & A_D),
		  "without it, an entry without A and D is a page fault");
	abi_need(!set_feature(PTE_AD, 1), "A and D by hardware");
	abi_check(!store(VIRTUAL, 2) && (table(2)[1] & A_D) == A_D &&
		  *(uint64_t *)(vm.ram + (DATA - ABI_RAM)) == 2, "with it, they are set");
	table(2)[1] &= ~(uint64_t)A_D;
	abi_need(!set_feature(PTE_AD, 0), "A and D by software");
	abi_check(store(VIRTUAL, 3) == CAUSE_STORE_PAGE, "and without it not, again");
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 0);
}

static bool is_qemu(void)
{
	char name[64] = "";
	FILE *file = fopen("/proc/device-tree/compatible", "r");

	if (!file)
		return false;
	(void)!fread(name, 1, sizeof(name) - 1, file);
	fclose(file);
	return !strcmp(name, "riscv-virtio");
}

static void test_masks(void)
{
	static const unsigned int lengths[] = { 7, 16 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		uint64_t tag = 0x155UL << (64 - lengths[i]);
		bool masks;

		if (!is_there(PMLEN) || set_feature(PMLEN, lengths[i]) ||
		    !reads(PMLEN, VALUE, lengths[i])) {
			abi_skip("not on this host", "masks of %u bits", lengths[i]);
			continue;
		}
		map();
		masks = !store(tag | (DATA + 8), 40 + i) &&
			*(uint64_t *)(vm.ram + (DATA + 8 - ABI_RAM)) == 40 + i;
		if (!masks && is_qemu())
			abi_skip("QEMU (10.0) masks no address of a guest's S-mode",
				 "masks of %u bits: the tag does not count", lengths[i]);
		else
			abi_check(masks, "masks of %u bits: the tag does not count", lengths[i]);
		abi_check(store(tag | 1UL << (63 - lengths[i]) | (DATA + 8), 50) ==
			  CAUSE_STORE_PAGE, "but the bit below does");
		abi_need(!set_feature(PMLEN, 0), "no mask");
		abi_check(store(tag | (DATA + 8), 60) == CAUSE_STORE_PAGE, "without, it does");
	}
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 0);
}

/* Delegated or not: the guest has its data, or the exception. */
static void test_misaligned(void)
{
	uint64_t cause;

	if (!is_there(MISALIGNED)) {
		abi_skip("firmware of this host handles them", "misaligned accesses");
		return;
	}
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), ABI_RAM + (guest_trap - guest_start));
	abi_need(!set_feature(MISALIGNED, 1), "delegation");
	cause = store(DATA + 1, 0x1122334455667788);
	abi_check(cause == 6 || (!cause && !memcmp(vm.ram + (DATA + 1 - ABI_RAM),
						   &(uint64_t){ 0x1122334455667788 }, 8)),
		  "a misaligned store is made or raises its exception (%lu)", (long)cause);
	abi_need(!set_feature(MISALIGNED, 0), "no delegation");
}

/* ---- registers, resets ----------------------------------------------------------------------- */

static void test_offer(int feature, const char *name)
{
	if (!is_there(feature)) {
		abi_skip("not on this host", "%s: registers", name);
		return;
	}
	abi_check(reads(feature, ENABLE, 1) && !set(feature, ENABLE, 0) &&
		  reads(feature, ENABLE, 0), "%s can be taken away", name);
	abi_check_errno(set(feature, ENABLE, 2), EINVAL, "%s: or not", name);
	abi_check_errno(set(feature, FLAGS, 2), EINVAL, "%s: one flag", name);
	abi_check_errno(set(feature, VALUE, 17), EINVAL, "%s: a value", name);
	abi_check(sbi_gives(CALL(GET, feature), ERR_NOT_SUPPORTED, 0) &&
		  sbi_gives(CALL(SET, feature, 0, 0), ERR_NOT_SUPPORTED, 0),
		  "%s is not supported then", name);
	abi_check_errno(set(feature, ENABLE, 1), EBUSY, "%s: nor can it come back", name);
	abi_check(!set(feature, ENABLE, 0), "%s: but stay away", name);
}

static void test_reset(int feature, uint64_t value)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_RISCV_MP_STATE_RESET };
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_INIT_RECEIVED };
	uint64_t first;

	if (!is_there(feature))
		return;
	get(feature, VALUE, &first);
	abi_need(!ioctl(vm.fd, KVM_ENABLE_CAP, &cap), "reset");
	abi_need(sbi_gives(CALL(SET, feature, value, LOCK), 0, 0), "FWFT");
	abi_check(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state) && reads(feature, VALUE, first) &&
		  reads(feature, FLAGS, 0), "feature %d: a reset of the hart undoes it", feature);
	abi_need(sbi_gives(CALL(SET, feature, value, LOCK), 0, 0), "FWFT");
	sbi_prepare(&vm, EID_SRST, 0, (uint64_t[6]) { 1, 0 });
	abi_need(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_SYSTEM_EVENT, "SRST");
	state.mp_state = KVM_MP_STATE_RUNNABLE;
	abi_need(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	abi_check(reads(feature, VALUE, first) && reads(feature, FLAGS, 0),
		  "feature %d: so does one of the system", feature);
}

/* A feature goes with the extension it needs. */
static void test_without(int feature, uint64_t isa, const char *name)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = isa, .addr = (uintptr_t)&value };

	if (!is_there(feature) || ioctl(vm.vcpu, KVM_SET_ONE_REG, &reg)) {
		abi_skip("not on this host", "without %s", name);
		return;
	}
	abi_check_errno(get(feature, VALUE, &value), ENOENT, "without %s: no registers", name);
	abi_check(sbi_gives(CALL(SET, feature, 1, 0), ERR_NOT_SUPPORTED, 0), "and no feature");
}

int main(void)
{
	abi_start(60);
	if (abi_is_in_tree()) {
		printf("1..0 # SKIP %s\n", no_such);
		return 0;
	}
	create();
	test_unknown();
	test_switch(MISALIGNED, "delegation of misaligned accesses");
	test_switch(PTE_AD, "A and D by hardware");
	test_length();
	test_ad();
	test_masks();
	test_misaligned();
	abi_vm_destroy(&vm);

	create();
	test_offer(MISALIGNED, "delegation");
	abi_vm_destroy(&vm);
	create();
	test_offer(PTE_AD, "A and D");
	abi_vm_destroy(&vm);
	create();
	test_offer(PMLEN, "masks");
	abi_vm_destroy(&vm);

	create();
	test_reset(MISALIGNED, 1);
	test_reset(PTE_AD, 0);
	test_reset(PMLEN, 7);
	abi_vm_destroy(&vm);

	create();
	test_without(PTE_AD, ISA(SVADU), "Svadu");
	abi_vm_destroy(&vm);
	create();
	test_without(PMLEN, ISA(SMNPM), "Smnpm");
	abi_vm_destroy(&vm);
	return abi_finish();
}
