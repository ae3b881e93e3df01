// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest reads, writes, sets and clears each CSR number there is, from S- and U-mode; what it gets
 * is compared with csr_model.c: a value, or the illegal-instruction exception with its stval.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define BATCH		4096	/* CSRs */
#define PART		512	/* of them at a time */
#define WRONG_MAX	10
#define CAUSE_ILLEGAL	2
#define CAUSE_ECALL_U	8
#define SSTATUS_FS	(3 << 13)
#define SSTATUS_VS	(3 << 9)

#define REG(class, index)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (class) | (index))

enum { T0 = 5, T1 = 6, T2 = 7, T3 = 28 };
enum { RW = 1, RS = 2, RC = 3 };	/* funct3 */

#define INSN_RET	0x00008067U
#define INSN_ECALL	0x00000073U
#define INSNS		5	/* read, operate, read, restore, return */

static struct abi_vm vm;
static struct csr_machine machine;
static struct fuzz_random numbers;
static unsigned long tried, wrong, illegal;

static uint32_t csr_insn(unsigned int csr, unsigned int op, unsigned int rd, unsigned int rs1)
{
	return csr << 20 | rs1 << 15 | op << 12 | rd << 7 | 0x73;
}

static uint32_t *code_of(unsigned int nr)
{
	return (uint32_t *)fuzz_at(&vm, FUZZ_INSNS) + nr * INSNS;
}

static struct fuzz_csr *records(void)
{
	return fuzz_at(&vm, FUZZ_RECORDS);
}

static bool has(unsigned int isa)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = {
		.id = REG(KVM_REG_RISCV_ISA_EXT, isa), .addr = (uintptr_t)&value,
	};

	return !ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg) && value;
}

/* Nothing takes scountovf from a guest where the hart has it: Sscofpmf, section on scountovf. */
static bool host_has_sscofpmf(void)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[4096];
	bool found = false;

	abi_need(file, "/proc/cpuinfo");
	while (!found && fgets(line, sizeof(line), file))
		found = strstr(line, "_sscofpmf");
	fclose(file);
	return found;
}

static bool has_pmu(void)
{
	uint64_t value = 0;
	struct kvm_one_reg reg = {
		.id = REG(KVM_REG_RISCV_SBI_EXT, KVM_RISCV_SBI_EXT_PMU),
		.addr = (uintptr_t)&value,
	};

	return !ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg) && value;
}

static void set_up(void)
{
	fuzz_vm_create(&vm);
	machine = (struct csr_machine) {
		.fp = has(KVM_RISCV_ISA_EXT_F),
		.vector = has(KVM_RISCV_ISA_EXT_V),
		.sstc = has(KVM_RISCV_ISA_EXT_SSTC),
		.smstateen = has(KVM_RISCV_ISA_EXT_SMSTATEEN),
		.sscofpmf = host_has_sscofpmf(),
		.aia = has(KVM_RISCV_ISA_EXT_SSAIA),
		.zkr = has(KVM_RISCV_ISA_EXT_ZKR),
		.pmu = has_pmu(),
	};
}

/* Records of CSRs that the guest survives. Return: how many. */
static unsigned int make_part(unsigned int first, unsigned int op, bool user, unsigned int *csrs)
{
	unsigned int csr, nr = 0;

	for (csr = first; csr < first + PART; csr++) {
		struct csr_wanted want = csr_model(&machine, csr, user);
		uint32_t *code = code_of(nr);

		if (want.kind == CSR_NOT_TRIED)
			continue;
		csrs[nr] = csr;
		code[0] = csr_insn(csr, RS, T0, 0);
		code[1] = csr_insn(csr, op, T1, T2);
		code[2] = csr_insn(csr, RS, T3, 0);
		code[3] = csr_insn(csr, RW, 0, T0);
		code[4] = user ? INSN_ECALL : INSN_RET;
		records()[nr] = (struct fuzz_csr) {
			.code = FUZZ_INSNS + nr * INSNS * sizeof(*code),
			.operand = fuzz_number(&numbers) & (want.safe ? want.safe : UINT64_MAX),
			.user = user,
		};
		nr++;
	}
	return nr;
}

static uint64_t result(const struct fuzz_csr *record, unsigned int op)
{
	switch (op) {
	case RS:
		return record->old | record->operand;
	case RC:
		return record->old & ~record->operand;
	default:
		return record->operand;
	}
}

static bool came_to_its_end(const struct fuzz_csr *record)
{
	return record->cause == (record->user ? CAUSE_ECALL_U : FUZZ_NO_TRAP);
}

static bool is_refused(const struct fuzz_csr *record, unsigned int nr, unsigned int at)
{
	return record->cause == CAUSE_ILLEGAL && record->epc == record->code + 4 * at &&
	       record->tval == code_of(nr)[at];
}

static bool is_right(const struct fuzz_csr *record, unsigned int nr, unsigned int op,
		     const struct csr_wanted *want)
{
	switch (want->kind) {
	case CSR_ILLEGAL:
		return is_refused(record, nr, 0);
	case CSR_READ_ONLY:
		return is_refused(record, nr, 1);
	case CSR_READ_WRITE:
		return came_to_its_end(record) && record->rd == record->old &&
		       !((record->new ^ result(record, op)) & want->kept) &&
		       !(record->new & want->zero);
	case CSR_NOT_JUDGED:
		/* It is there, or it is not. */
		return came_to_its_end(record) || is_refused(record, nr, 0) ||
		       is_refused(record, nr, 1);
	case CSR_NOT_TRIED:
		break;
	}
	return false;
}

static void judge(unsigned int count, unsigned int op, bool user, const unsigned int *csrs)
{
	unsigned int nr;

	for (nr = 0; nr < count; nr++) {
		const struct fuzz_csr *record = &records()[nr];
		struct csr_wanted want = csr_model(&machine, csrs[nr], user);

		tried++;
		illegal += record->cause == CAUSE_ILLEGAL;
		if (is_right(record, nr, op, &want) || wrong++ >= WRONG_MAX)
			continue;
		printf("# CSR %#x op %u %s: operand %#lx, old %#lx rd %#lx new %#lx; "
		       "cause %ld tval %#lx epc + %#lx; wanted kind %d\n", csrs[nr], op,
		       user ? "U" : "S", record->operand, record->old, record->rd, record->new,
		       (long)record->cause, record->tval, record->epc - record->code, want.kind);
	}
}

/* A CSR that userspace provides (seed) reads 0. */
static bool run_to_end(void)
{
	for (;;) {
		if (abi_run(&vm))
			return false;
		if (vm.run->exit_reason != KVM_EXIT_RISCV_CSR)
			return fuzz_is_done(&vm);
		vm.run->riscv_csr.ret_value = 0;
	}
}

/* All CSRs with one operation in one mode. */
static bool try_all(unsigned int op, bool user)
{
	unsigned int csrs[PART];
	unsigned int first, count;

	/* 0 is a reset, for ours. */
	machine.scounteren = 1 + fuzz_below(&numbers, 7);
	for (first = 0; first < BATCH; first += PART) {
		abi_set_reg(vm.vcpu, ABI_CSR(scounteren), machine.scounteren);
		abi_set_reg(vm.vcpu, ABI_CSR(sstatus), (machine.fp ? SSTATUS_FS : 0) |
			    (machine.vector ? SSTATUS_VS : 0));
		abi_set_reg(vm.vcpu, ABI_CSR(sie), 0);
		abi_set_reg(vm.vcpu, ABI_CORE(mode), 1);
		count = make_part(first, op, user, csrs);
		fuzz_begin(&vm, fuzz_csrs, count);
		if (!run_to_end())
			return false;
		judge(count, op, user, csrs);
	}
	return true;
}

int main(void)
{
	unsigned int op;
	bool ran = true;
	time_t end;

	if (abi_is_in_tree()) {
		puts("1..0 # SKIP only ours is measured by the specification");
		return 0;
	}
	abi_start(60 + fuzz_seconds());
	numbers.state = fuzz_seed();
	set_up();
	end = time(NULL) + fuzz_seconds();
	do {
		for (op = RW; ran && op <= RC; op++)
			ran = try_all(op, false) && try_all(op, true);
	} while (ran && time(NULL) < end);
	abi_check(ran, "KVM_RUN (reason %u, pc %#lx)", vm.run->exit_reason,
		  abi_get_reg(vm.vcpu, ABI_CORE(regs.pc)));
	abi_check(tried > 6 * BATCH / 2 && illegal > tried / 2 && illegal < tried,
		  "%lu of %lu accesses were refused", illegal, tried);
	abi_check(!wrong, "%lu of %lu are as the model says", tried - wrong, tried);
	abi_vm_destroy(&vm);
	return abi_finish();
}
