// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of class VECTOR: what they hold, what a guest makes of values that no hart has, and
 * who may turn the extension on. That nobody sees another's is units_test's affair.
 */
#include "abi.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DUMP		0x100000UL	/* in the guest's memory: struct dump */
#define REG_BYTES	256		/* the largest register */
#define CAUSE_ILLEGAL	2
#define VILL		(1UL << 63)
#define E8_M1		0xc0UL		/* vtype: bytes, one register, agnostic */
#define MISA_V		(1UL << ('v' - 'a'))

#define ISA_V		(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_ISA_EXT |	\
			 KVM_RISCV_ISA_EXT_V)
#define MISA		(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CONFIG |	\
			 KVM_REG_RISCV_CONFIG_REG(isa))
#define VECTOR(name)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_VECTOR |	\
			 KVM_REG_RISCV_VECTOR_CSR_REG(name))

/* Linux 6.5 and newer; not in each libc's headers. */
#define V_SET_CONTROL	69
#define V_NEXT_OFF	(1UL << 2)
#define V_INHERIT	(1UL << 4)

/* As guest_units writes it. */
struct dump {
	uint64_t	f[32];
	uint64_t	fcsr, vstart, vl, vtype, vcsr;
	uint8_t		v[];
};

static struct abi_vm vm;
static unsigned int vlenb;

static int call(unsigned long cmd, uint64_t id, void *at)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)at };

	return ioctl(vm.vcpu, cmd, &reg);
}

static int set(uint64_t id, uint64_t value)
{
	return call(KVM_SET_ONE_REG, id, &value);
}

static uint64_t get(uint64_t id)
{
	return abi_get_reg(vm.vcpu, id);
}

static bool is_there(uint64_t id)
{
	uint64_t value;

	return !call(KVM_GET_ONE_REG, id, &value);
}

static uint64_t v_id(unsigned int nr)
{
	return KVM_REG_RISCV | (uint64_t)__builtin_ctz(vlenb) << KVM_REG_SIZE_SHIFT |
	       KVM_REG_RISCV_VECTOR | KVM_REG_RISCV_VECTOR_REG(nr);
}

static unsigned int count_listed(void)
{
	static struct {
		struct kvm_reg_list	head;
		uint64_t		ids[1024];
	} list;
	unsigned int count = 0;
	uint64_t i;

	list.head.n = sizeof(list.ids) / sizeof(list.ids[0]);
	abi_need(!ioctl(vm.vcpu, KVM_GET_REG_LIST, &list), "KVM_GET_REG_LIST");
	for (i = 0; i < list.head.n; i++)
		count += (list.ids[i] & KVM_REG_RISCV_TYPE_MASK) == KVM_REG_RISCV_VECTOR;
	return count;
}

static void start(void)
{
	abi_vm_boot(&vm, guest_units);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), ABI_RAM + DUMP);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), 1);
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), ABI_RAM + (guest_trap - guest_start));
}

static const struct dump *run(void)
{
	vm.run->riscv_sbi.ret[0] = 0;
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 1), "KVM_RUN");
	return (const struct dump *)(vm.ram + DUMP);
}

static bool is_illegal(void)
{
	return !abi_run(&vm) && abi_is_sbi(&vm, 2) &&
	       vm.run->riscv_sbi.args[1] == CAUSE_ILLEGAL;
}

static void fill(uint8_t *bytes, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < REG_BYTES; i++)
		bytes[i] = nr * 7 + i + 1;
}

/* ---- tests --------------------------------------------------------------------------------- */

static void test_beginning(void)
{
	static const uint8_t zeros[REG_BYTES];
	uint8_t value[REG_BYTES];
	unsigned int nr, bad = 0;

	abi_check(vlenb >= 16 && vlenb <= REG_BYTES && !(vlenb & (vlenb - 1)), "vlenb is %u",
		  vlenb);
	abi_check(get(MISA) & MISA_V, "isa has V");
	abi_check(count_listed() == 5 + 32, "37 registers are listed");
	abi_check_ours(get(VECTOR(vtype)) == VILL, "in-tree KVM begins with vtype 0",
		       "a new vCPU has an illegal vtype");
	abi_check(!get(VECTOR(vl)) && !get(VECTOR(vstart)) && !get(VECTOR(vcsr)), "and zeros");
	for (nr = 0; nr < 32; nr++)
		bad += call(KVM_GET_ONE_REG, v_id(nr), value) || memcmp(value, zeros, vlenb);
	abi_check(!bad, "also in v0 to v31 (%u are others)", bad);
}

static void test_values(void)
{
	unsigned int bit, bad = 0;

	for (bit = 0; bit < 64; bit++)
		bad += !set(VECTOR(vlenb), vlenb ^ 1UL << bit) || errno != EINVAL;
	abi_check(!bad && get(VECTOR(vlenb)) == vlenb && !set(VECTOR(vlenb), vlenb),
		  "vlenb is the host's and stays that (%u bits do not)", bad);
	abi_check_ours(!set(VECTOR(vstart), -1UL) && get(VECTOR(vstart)) == vlenb * 8 - 1,
		       "in-tree KVM keeps all", "vstart has as many bits as there are elements");
	abi_check_ours(!set(VECTOR(vcsr), -1UL) && get(VECTOR(vcsr)) == 7, "in-tree KVM keeps all",
		       "vcsr has three bits");
	abi_need(!set(VECTOR(vstart), 0) && !set(VECTOR(vcsr), 0), "back");
}

static void test_guest_has_them(void)
{
	uint8_t wanted[REG_BYTES], value[REG_BYTES];
	const struct dump *dump;
	unsigned int nr, bad = 0;

	for (nr = 0; nr < 32; nr++) {
		fill(wanted, nr);
		bad += call(KVM_SET_ONE_REG, v_id(nr), wanted) != 0;
	}
	abi_need(!set(VECTOR(vtype), E8_M1) && !set(VECTOR(vl), 5) && !set(VECTOR(vcsr), 6) &&
		 !set(VECTOR(vstart), 3), "set");
	dump = run();
	for (nr = 0; nr < 32; nr++) {
		fill(wanted, nr);
		bad += memcmp(dump->v + nr * vlenb, wanted, vlenb) ||
		       call(KVM_GET_ONE_REG, v_id(nr), value) || memcmp(value, wanted, vlenb);
	}
	abi_check(!bad, "the guest finds what userspace wrote to v0 to v31 (%u wrong)", bad);
	abi_check(dump->vl == 5 && dump->vtype == E8_M1 && dump->vcsr == 6 && dump->vstart == 3,
		  "and to the others");
	abi_check(get(VECTOR(vl)) == 5 && get(VECTOR(vtype)) == E8_M1 && get(VECTOR(vcsr)) == 6 &&
		  get(VECTOR(vstart)) == 3, "which userspace reads afterwards, too");
}

static void test_what_no_hart_has(void)
{
	static const uint64_t types[] = { -1UL, VILL, 1UL << 20, 1UL << 62, 0x38, 4 };
	unsigned int i;

	abi_need(!set(VECTOR(vstart), 0), "vstart");
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		abi_need(!set(VECTOR(vtype), types[i]) && !set(VECTOR(vl), 5), "set");
		abi_check(run()->vtype == VILL && get(VECTOR(vtype)) == VILL && !get(VECTOR(vl)),
			  "vtype 0x%lx is illegal", types[i]);
	}
	abi_need(!set(VECTOR(vtype), E8_M1) && !set(VECTOR(vl), -1UL), "set");
	abi_check(run()->vl == vlenb && get(VECTOR(vl)) == vlenb, "vl is not more than there is");
}

static void test_off(void)
{
	static uint8_t buffer[REG_BYTES];
	unsigned int nr, bad = 0;

	abi_need(!set(ISA_V, 0), "turn it off");
	abi_check(!(get(MISA) & MISA_V) && !count_listed(), "without V nothing is listed");
	for (nr = 0; nr < 5 + 1 + 32; nr++) {
		uint64_t id = nr < 5 ? VECTOR(vstart) + nr : v_id(0) - 1 + nr - 5;

		bad += !call(KVM_GET_ONE_REG, id, buffer) || errno != ENOENT ||
		       !call(KVM_SET_ONE_REG, id, buffer) || errno != ENOENT;
	}
	abi_check(!bad, "or there (%u are)", bad);
	abi_check(!set(MISA, get(MISA) | MISA_V) && get(ISA_V) == 1, "isa turns it on");
	abi_check(!set(MISA, get(MISA) & ~MISA_V) && !get(ISA_V), "and off");
	abi_check_ours(is_illegal(), "6.12 does not delegate it, see float_test",
		       "then the guest has none");
}

static void test_reset(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_RISCV_MP_STATE_RESET };
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_INIT_RECEIVED };
	uint64_t value[REG_BYTES / 8] = { 1, 2 };

	if (ioctl(vm.fd, KVM_ENABLE_CAP, &cap)) {
		abi_skip("newer than Linux 6.12", "reset");
		return;
	}
	abi_need(!call(KVM_SET_ONE_REG, v_id(17), value) && !set(VECTOR(vcsr), 3), "set");
	abi_check(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state) &&
		  !call(KVM_GET_ONE_REG, v_id(17), value) && !value[0] && !value[1] &&
		  !get(VECTOR(vcsr)), "a reset of the vCPU resets vector");
}

static void test_with(void)
{
	vlenb = get(VECTOR(vlenb));
	test_beginning();
	test_values();
	test_guest_has_them();
	test_what_no_hart_has();
	test_reset();
	abi_vm_destroy(&vm);
	start();
	test_off();
}

/* What a process sees that may not use vector itself: this program, called by test_forbidden(). */
static int forbidden(void)
{
	abi_need(is_there(ISA_V), "V is not offered");
	if (get(ISA_V) || get(MISA) & MISA_V || count_listed())
		return 1;
	if (!set(ISA_V, 1) || errno != EINVAL)
		return 2;
	if (set(MISA, get(MISA) | MISA_V) || get(MISA) & MISA_V)
		return 3;
	return is_illegal() ? 0 : 4;
}

static void test_forbidden(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		abi_need(!prctl(V_SET_CONTROL, V_NEXT_OFF | V_INHERIT), "prctl");
		execl("/proc/self/exe", "vector_test", "forbidden", NULL);
		_exit(9);
	}
	abi_need(waitpid(pid, &status, 0) == pid, "waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGILL) {
		abi_skip("the C library uses vector without asking", "who may not use vector");
		return;
	}
	abi_check_ours(WIFEXITED(status) && !WEXITSTATUS(status), "see float_test",
		       "who may not use vector gives none to a guest (%d)", WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	abi_start(60);
	start();
	if (argc > 1)
		return forbidden();
	if (is_there(ISA_V)) {
		test_with();
		test_forbidden();
	} else {
		abi_check(!count_listed() && !is_there(VECTOR(vlenb)) && errno == ENOENT,
			  "a host without vector has no such registers");
		abi_check(!(get(MISA) & MISA_V), "and isa no V");
		abi_check_ours(is_illegal(), "see float_test", "its instructions are illegal");
	}
	abi_vm_destroy(&vm);
	return abi_finish();
}
