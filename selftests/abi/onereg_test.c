// SPDX-License-Identifier: GPL-2.0-only
/* Every class of registers: what is there, what it takes and refuses, and when it is too late. */
#include "abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define ID(class, index)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (class) | (index))
#define CONFIG(name)		ID(KVM_REG_RISCV_CONFIG, KVM_REG_RISCV_CONFIG_REG(name))
#define ZICBOP			ID(KVM_REG_RISCV_CONFIG, KVM_ABI_CONFIG_ZICBOP_BLOCK_SIZE)
#define CSR(name)		ID(KVM_REG_RISCV_CSR, KVM_REG_RISCV_CSR_REG(name))
#define TIMER(name)		ID(KVM_REG_RISCV_TIMER, KVM_REG_RISCV_TIMER_REG(name))
#define ISA(name)		ID(KVM_REG_RISCV_ISA_EXT, KVM_RISCV_ISA_EXT_##name)
#define SBI(name)		ID(KVM_REG_RISCV_SBI_EXT, KVM_RISCV_SBI_EXT_##name)
#define FP_F(index)		(KVM_REG_RISCV | KVM_REG_SIZE_U32 | KVM_REG_RISCV_FP_F | (index))
#define FP_D(index)		ID(KVM_REG_RISCV_FP_D, index)
#define FP_D_FCSR		(KVM_REG_RISCV | KVM_REG_SIZE_U32 | KVM_REG_RISCV_FP_D | 32)
#define MULTI_EN(class)		ID((class) | KVM_REG_RISCV_ISA_MULTI_EN, 0)
#define MULTI_DIS(class)	ID((class) | KVM_REG_RISCV_ISA_MULTI_DIS, 0)

#define WIDE			1024	/* bytes of a register, and of one of another size */
#define SCOUNTEREN_TM	2
#define SIP_ALL			(1 << 1 | 1 << 9)	/* STIP is the timer's with Sstc */

static const char checks_less[] = "in-tree KVM takes it";
static const char older[] = "in-tree KVM of 6.12 does not list it";

static const char other_layout[] = "in-tree KVM keeps the views apart";

static struct abi_vm vm;

static int move(unsigned long cmd, uint64_t id, void *at)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)at };

	return ioctl(vm.vcpu, cmd, &reg);
}

static int get(uint64_t id, uint64_t *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	*value = 0;
	return ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg);
}

static int set(uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return ioctl(vm.vcpu, KVM_SET_ONE_REG, &reg);
}

static bool reads(uint64_t id, uint64_t wanted)
{
	uint64_t value;

	return !get(id, &value) && value == wanted;
}

/* Set a value, find it there. */
static bool keeps(uint64_t id, uint64_t value)
{
	return !set(id, value) && reads(id, value);
}

static int error_of(int ret)
{
	return ret == -1 ? errno : ret;
}

static struct kvm_reg_list *list_registers(void)
{
	struct kvm_reg_list none = { .n = 0 }, *list;

	ioctl(vm.vcpu, KVM_GET_REG_LIST, &none);
	list = malloc(sizeof(*list) + none.n * sizeof(list->reg[0]));
	abi_need(list, "malloc");
	list->n = none.n;
	abi_need(!ioctl(vm.vcpu, KVM_GET_REG_LIST, list), "KVM_GET_REG_LIST");
	return list;
}

static unsigned int count_listed(uint64_t class)
{
	struct kvm_reg_list *list = list_registers();
	unsigned int count = 0;
	uint64_t i;

	for (i = 0; i < list->n; i++)
		count += (list->reg[i] & KVM_REG_RISCV_TYPE_MASK) == class;
	free(list);
	return count;
}

/* ---- all of them --------------------------------------------------------------------------- */

static void test_round_trip(void)
{
	struct kvm_reg_list *list = list_registers();
	unsigned int unset = 0, changed = 0, sized = 0;
	uint64_t i, value[WIDE / 8], again[WIDE / 8];

	for (i = 0; i < list->n; i++) {
		uint64_t id = list->reg[i];
		uint64_t wider = id + (1UL << KVM_REG_SIZE_SHIFT);

		/* SET of the state "off" is an error on some kernels. */
		if (move(KVM_GET_ONE_REG, id, value) || id == TIMER(state))
			continue;
		unset += move(KVM_SET_ONE_REG, id, value) != 0;
		changed += id != TIMER(time) && id != CSR(sstatus) &&
			   (move(KVM_GET_ONE_REG, id, again) ||
			    memcmp(again, value, KVM_REG_SIZE(id)));
		sized += error_of(move(KVM_GET_ONE_REG, wider, value)) != EINVAL;
	}
	abi_check(!unset, "every register takes its own value back (%u do not)", unset);
	abi_check(!changed, "and keeps it (%u do not)", changed);
	abi_check(!sized, "none can be had in another size (%u can)", sized);
	if (count_listed(KVM_REG_RISCV_VECTOR))
		abi_skip("vector has 37 for itself", "a list of 200 has room");
	else
		abi_check(list->n <= 200, "a list of 200 has room (%u)", (unsigned int)list->n);
	free(list);
}

static void test_counts(void)
{
	abi_check_ours(count_listed(KVM_REG_RISCV_CONFIG) == 8, older, "8 of CONFIG");
	abi_check(count_listed(KVM_REG_RISCV_CORE) == 33, "33 of CORE");
	abi_check(count_listed(KVM_REG_RISCV_TIMER) == 4, "4 of TIMER");
	abi_check(count_listed(KVM_REG_RISCV_FP_F) == 33, "33 of FP_F");
	abi_check(count_listed(KVM_REG_RISCV_FP_D) == 33, "33 of FP_D");
	abi_check_errno(set(ID(KVM_REG_RISCV_CSR, 11), 0), ENOENT, "the twelfth CSR is none");
	abi_check_errno(set(ID(KVM_REG_RISCV_TIMER, 4), 0), ENOENT, "nor is the fifth of TIMER");
	abi_check_errno(set(ID(KVM_REG_RISCV_CONFIG, 99), 0), ENOENT, "nor is CONFIG 99");
}

/* ---- one class after the other ------------------------------------------------------------- */

static void test_config(void)
{
	uint64_t isa, mode;

	abi_need(!get(CONFIG(isa), &isa) && !get(CONFIG(satp_mode), &mode), "CONFIG");
	abi_check((isa & 0x1101) == 0x1101 && !(isa & 1 << 7), "isa has i, m, a and no h");
	abi_check_errno(set(CONFIG(isa), isa | 1 << 26), EINVAL, "isa has letters only");
	abi_check(!set(CONFIG(isa), 0) && reads(CONFIG(isa), isa & ~0x200028UL),
		  "a letter that cannot go stays, d, f and v go");
	abi_check(keeps(CONFIG(isa), isa), "and come back");
	abi_check(mode >= 8 && mode <= 10, "satp_mode is one of Sv39, Sv48, Sv57");
	abi_check_errno(set(CONFIG(satp_mode), mode - 1), EINVAL, "and no other can be set");
	abi_check(keeps(CONFIG(mvendorid), 0x1234) && keeps(CONFIG(marchid), 1UL << 63) &&
		  keeps(CONFIG(mimpid), 0), "machine ids are free");
	abi_check_errno(set(CONFIG(zicbom_block_size), 63), EINVAL, "a block size is the host's");
	abi_check_errno(set(CONFIG(zicboz_block_size), 1), EINVAL, "likewise for zicboz");
	abi_check_ours(error_of(set(ZICBOP, 1)) == EINVAL, older, "likewise for zicbop");
}

static void test_csr(void)
{
	struct kvm_interrupt irq = { .irq = KVM_INTERRUPT_SET };
	uint64_t sip, scounteren;

	abi_check_ours(!get(CSR(scounteren), &scounteren) && scounteren & SCOUNTEREN_TM,
		       "in-tree KVM begins with 7 or, since 7.x, 0",
		       "user mode may read the time from the beginning");
	abi_check_ours(!set(CSR(scounteren), 0) && reads(CSR(scounteren), SCOUNTEREN_TM),
		       "in-tree KVM keeps 0", "also after a VMM's reset, which writes 0");
	abi_check(keeps(CSR(scounteren), 5) && keeps(CSR(scounteren), SCOUNTEREN_TM),
		  "scounteren keeps other values");
	abi_check(reads(CSR(satp), 0) && reads(CSR(sie), 0), "no translation, no interrupt");
	abi_check(keeps(CSR(stvec), 0x80000100) && keeps(CSR(sscratch), ~0UL) &&
		  keeps(CSR(sepc), 0x80000002) && keeps(CSR(scause), 1UL << 63 | 5) &&
		  keeps(CSR(stval), 0x8000000000000001), "trap registers keep what is set");
	abi_check(!set(CSR(sie), ~0UL) && !get(CSR(sie), &sip) && (sip & 0x222) == 0x222,
		  "sie has its three bits");
	abi_check_ours(error_of(set(CSR(satp), 5UL << 60)) == EINVAL, checks_less,
		       "satp refuses a mode that no hart has");
	abi_check(keeps(CSR(satp), 8UL << 60 | 0x80000), "and takes Sv39");

	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &irq), "KVM_INTERRUPT");
	abi_check_ours(reads(CSR(sip), 1 << 9), "in-tree KVM shows it when the vCPU has run",
		       "an interrupt shows in sip");
	abi_check(keeps(CSR(sip), 0), "which a write replaces");
	abi_check(keeps(CSR(sip), SIP_ALL), "with any of its bits");
	irq.irq = KVM_INTERRUPT_UNSET;
	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &irq), "KVM_INTERRUPT");
	abi_check_ours(reads(CSR(sip), 1 << 1), "as above",
		       "an interrupt that goes leaves the others");
}

static void test_mode(void)
{
	abi_check(keeps(ABI_CORE(mode), 0) && keeps(ABI_CORE(mode), 1), "mode is U or S");
	abi_check_ours(error_of(set(ABI_CORE(mode), 3)) == EINVAL, checks_less, "and nothing else");
}

static void test_timer(void)
{
	uint64_t frequency, time;

	abi_need(!get(TIMER(frequency), &frequency), "frequency");
	abi_check_errno(set(TIMER(frequency), frequency + 1), EINVAL,
			"the frequency is the host's");
	abi_check(!set(TIMER(time), 1UL << 40) && !get(TIMER(time), &time) &&
		  time >= 1UL << 40 && time < (1UL << 40) + 60 * frequency,
		  "time goes on from a set value");
	abi_check(reads(TIMER(state), KVM_RISCV_TIMER_STATE_OFF), "the timer is off");
	abi_check(keeps(TIMER(compare), 1UL << 50), "compare keeps what is set");
	abi_check_ours(!set(TIMER(state), KVM_RISCV_TIMER_STATE_ON) &&
		       reads(TIMER(state), KVM_RISCV_TIMER_STATE_ON),
		       "in-tree KVM shows it when the vCPU runs", "the timer can be armed");
	abi_check_errno(set(TIMER(state), 2), EINVAL, "there is no third state");
}

static void test_fp(void)
{
	uint64_t upper = 0x1122334400000000, value;

	abi_check(keeps(FP_D(31), upper | 0x55667788), "f31 keeps a double");
	abi_check_ours(reads(FP_F(31), 0x55667788), other_layout, "whose lower half is the float");
	abi_check(!set(FP_F(31), 0x99aabbcc) && !get(FP_D(31), &value) &&
		  value >> 32 == upper >> 32, "a float leaves the upper half to FP_D");
	abi_check_ours(keeps(FP_D_FCSR, 0xe1) && reads(FP_F(32), 0xe1), other_layout,
		       "both views have one fcsr");

	abi_check(!set(ISA(D), 0) && error_of(get(FP_D(0), &value)) == ENOENT &&
		  !count_listed(KVM_REG_RISCV_FP_D), "without D there is no FP_D");
	abi_check_ours(!set(FP_F(1), 0x3f800000) && !set(ISA(D), 1) &&
		       reads(FP_D(1), 0xffffffff3f800000),
		       "in-tree KVM boxes no float", "and a float is boxed");
	abi_check(!set(ISA(F), 0) && error_of(get(FP_F(0), &value)) == ENOENT &&
		  !count_listed(KVM_REG_RISCV_FP_F), "without F there is no FP_F");
	abi_need(!set(ISA(F), 1), "F");
}

static void test_isa(void)
{
	uint64_t word;

	abi_check(reads(ISA(A), 1) && reads(ISA(I), 1) && reads(ISA(M), 1), "there are a, i, m");
	abi_check(reads(ISA(H), 0), "h is known and off");
	abi_check_errno(set(ISA(H), 1), EINVAL, "h cannot be on");
	abi_check(!set(ISA(H), 0), "h may be off");
	abi_check_errno(set(ISA(A), 0), EINVAL, "a cannot be off");
	abi_check_errno(set(ISA(D), 2), EINVAL, "an extension is on or off");
	abi_check_errno(set(ID(KVM_REG_RISCV_ISA_EXT, KVM_RISCV_ISA_EXT_MAX), 0), ENOENT,
			"there is none behind the last");
	abi_check(!get(MULTI_EN(KVM_REG_RISCV_ISA_EXT), &word) && word & 1 << KVM_RISCV_ISA_EXT_A,
		  "a word of bits says the same");
	abi_check(!set(MULTI_DIS(KVM_REG_RISCV_ISA_EXT), 1 << KVM_RISCV_ISA_EXT_A |
		       1 << KVM_RISCV_ISA_EXT_D) && reads(ISA(A), 1) && reads(ISA(D), 0),
		  "and changes what may change");
	abi_check(!set(MULTI_EN(KVM_REG_RISCV_ISA_EXT), 1 << KVM_RISCV_ISA_EXT_D) &&
		  reads(ISA(D), 1), "back, too");
}

static void test_sbi(void)
{
	abi_check(reads(SBI(TIME), 1) && reads(SBI(HSM), 1) && reads(SBI(EXPERIMENTAL), 1) &&
		  reads(SBI(V01), 1), "the usual extensions are on");
	abi_check(keeps(SBI(DBCN), 1) && keeps(SBI(DBCN), 0), "DBCN can be on and off");
	abi_check_errno(set(SBI(DBCN), 2), EINVAL, "and nothing else");
	abi_check_errno(set(ID(KVM_REG_RISCV_SBI_EXT, KVM_RISCV_SBI_EXT_MAX), 0), ENOENT,
			"there is none behind the last");
	abi_check(!set(MULTI_DIS(KVM_REG_RISCV_SBI_EXT), 1 << KVM_RISCV_SBI_EXT_TIME) &&
		  reads(SBI(TIME), 0) && reads(SBI(IPI), 1), "a word of bits turns one off");
	abi_check(!set(MULTI_EN(KVM_REG_RISCV_SBI_EXT), 1 << KVM_RISCV_SBI_EXT_TIME) &&
		  reads(SBI(TIME), 1), "and on");
}

static void test_too_late(void)
{
	uint64_t isa;

	abi_vm_boot(&vm, guest_sbi);
	abi_need(!abi_run(&vm), "KVM_RUN");
	abi_need(!get(CONFIG(isa), &isa), "isa");
	abi_check(!set(CONFIG(isa), isa), "after the first run, isa takes its own value");
	abi_check_errno(set(CONFIG(isa), isa & ~8UL), EBUSY, "but no other");
	abi_check(!set(ISA(D), 1), "D may stay on");
	abi_check_errno(set(ISA(D), 0), EBUSY, "but not go");
	abi_check_errno(set(CONFIG(mvendorid), 0x1234), EBUSY, "machine ids are fixed");
	abi_check_errno(set(SBI(DBCN), 1), EBUSY, "SBI extensions, too");
	abi_check_errno(set(SBI(DBCN), 0), EBUSY, "even by their own value");
	abi_check(reads(ISA(D), 1) && reads(SBI(DBCN), 0), "nothing has changed");
	abi_vm_destroy(&vm);
}

int main(void)
{
	abi_start(60);
	abi_vm_create(&vm);
	test_round_trip();
	test_counts();
	test_config();
	test_csr();
	test_mode();
	test_timer();
	test_fp();
	test_isa();
	test_sbi();
	abi_vm_destroy(&vm);
	test_too_late();
	return abi_finish();
}
