// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest makes SBI calls with arguments at the ends of their ranges, and any others; each answer
 * is compared with sbi_model.c, and each register with what it was.
 */
#include "fuzz.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define BATCH		256
#define WRONG_MAX	10	/* shown */
#define REG(class, index)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (class) | (index))
#define CSR_SEIE	(1 << 9)

static const uint64_t eids[] = {
	0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0xf, 0x10, 0x54494d45, 0x735049, 0x52464e43,
	0x48534d, 0x53525354, 0x4442434e, 0x504d55, 0x535441, 0x53555350, 0x46574654, 0x4d505859,
	0x43505043, 0x4e41434c, 0x535345, 0x44425452, 0x08000000, 0x08ffffff, 0x09000000,
	0x09ffffff, 0x0a000000,
};
#define EID_SRST	0x53525354
#define EID_FWFT	0x46574654
#define FWFT(index)	REG(KVM_REG_RISCV_SBI_STATE | KVM_REG_RISCV_SBI_FWFT, index)
#define EID_PMU		0x504d55
#define EIDS	(sizeof(eids) / sizeof(eids[0]))

static struct abi_vm vm;
static int others[FUZZ_HARTS - 1];
static struct sbi_machine machine = { .harts = { 0, 3, 70 } };
static struct fuzz_random numbers;
static unsigned long made, wrong, by_kind[SBI_NOT_JUDGED + 1];

/* What the model says of the calls of a batch, and what userspace answered. */
static struct sbi_wanted wanted[BATCH];
static uint64_t answers[BATCH][2];
static bool forwarded[BATCH], reset[BATCH];

static struct fuzz_call *calls(void)
{
	return fuzz_at(&vm, FUZZ_RECORDS);
}

static void set_up(void)
{
	unsigned int i;

	fuzz_vm_create(&vm);
	for (i = 1; i < FUZZ_HARTS; i++) {
		others[i - 1] = ioctl(vm.fd, KVM_CREATE_VCPU, machine.harts[i]);
		abi_need(others[i - 1] >= 0, "KVM_CREATE_VCPU");
		machine.state[i] = 1;
	}
	/* Always something to wake up for. */
	i = KVM_INTERRUPT_SET;
	abi_need(!ioctl(vm.vcpu, KVM_INTERRUPT, &i), "KVM_INTERRUPT");
	abi_set_reg(vm.vcpu, ABI_CSR(sie), CSR_SEIE);

	machine.gpa_limit = 1UL << ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_VM_GPA_BITS);
	machine.ids[0] = abi_get_reg(vm.vcpu, REG(KVM_REG_RISCV_CONFIG,
						  KVM_REG_RISCV_CONFIG_REG(mvendorid)));
	machine.ids[1] = abi_get_reg(vm.vcpu, REG(KVM_REG_RISCV_CONFIG,
						  KVM_REG_RISCV_CONFIG_REG(marchid)));
	machine.ids[2] = abi_get_reg(vm.vcpu, REG(KVM_REG_RISCV_CONFIG,
						  KVM_REG_RISCV_CONFIG_REG(mimpid)));
}

/* Each extension that there is, on or off. */
static void choose_extensions(void)
{
	unsigned int nr;

	for (nr = 0; nr < KVM_RISCV_SBI_EXT_MAX; nr++) {
		/* What says that all is done has to get through; and there have to be resets. */
		uint64_t value = nr == KVM_RISCV_SBI_EXT_EXPERIMENTAL ||
				 (nr == KVM_RISCV_SBI_EXT_SRST && !made) ||
				 fuzz_below(&numbers, 4);
		struct kvm_one_reg reg = {
			.id = REG(KVM_REG_RISCV_SBI_EXT, nr), .addr = (uintptr_t)&value,
		};

		ioctl(vm.vcpu, KVM_SET_ONE_REG, &reg);
		if (!ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg) && value)
			machine.on |= 1UL << nr;
	}
}

static bool take(uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return !ioctl(vm.vcpu, KVM_SET_ONE_REG, &reg);
}

static void read_feature(unsigned int feature, uint64_t first)
{
	struct sbi_features *features = &machine.features;
	uint64_t value = 0;
	struct kvm_one_reg reg = { .id = FWFT(first + 2), .addr = (uintptr_t)&value };

	if (ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg))
		return;
	features->offered |= 1 << feature;
	features->value[feature] = features->reset[feature] = value;
}

static void read_features(void)
{
	const uint64_t length = FWFT(KVM_REG_RISCV_SBI_FWFT_REG(pointer_masking.value));

	machine.features = (struct sbi_features) { };
	read_feature(0, KVM_REG_RISCV_SBI_FWFT_REG(misaligned_deleg));
	read_feature(4, KVM_ABI_SBI_FWFT_PTE_AD);
	read_feature(5, KVM_REG_RISCV_SBI_FWFT_REG(pointer_masking));
	if (!(machine.features.offered >> 5 & 1))
		return;
	machine.features.pm7 = take(length, 1) && abi_get_reg(vm.vcpu, length) == 7;
	machine.features.pm16 = take(length, 16);
	abi_need(take(length, machine.features.value[5]), "the length as it was");
}

static uint64_t argument(void)
{
	switch (fuzz_below(&numbers, 4)) {
	case 0:
		return machine.harts[fuzz_below(&numbers, FUZZ_HARTS)];
	case 1:
		return eids[fuzz_below(&numbers, EIDS)];
	default:
		return fuzz_number(&numbers);
	}
}

/* What the model starts from. */
static void ask_pmu(void)
{
	struct fuzz_call *call = &calls()[0];

	machine.counters = 0;
	if (!(machine.on >> KVM_RISCV_SBI_EXT_PMU & 1))
		return;
	*call = (struct fuzz_call) { .eid = EID_PMU };
	fuzz_begin(&vm, fuzz_calls, 1);
	abi_need(!abi_run(&vm) && fuzz_is_done(&vm) && !call->error, "the number of counters");
	machine.counters = call->value;
}

static void make_call(struct fuzz_call *call)
{
	static const uint8_t types[] = { 0, 1, 2, 3, 15 };
	unsigned int i;

	call->eid = fuzz_below(&numbers, 16) ? eids[fuzz_below(&numbers, EIDS)] :
					       argument();
	call->fid = fuzz_below(&numbers, 8) ? fuzz_below(&numbers, 9) : fuzz_number(&numbers);
	for (i = 0; i < 6; i++)
		call->args[i] = argument();
	/* Seldom by chance: counters that are there, events. */
	if (!fuzz_below(&numbers, 8)) {
		call->eid = EID_PMU;
		call->args[0] = fuzz_below(&numbers, 66);
		call->args[1] >>= fuzz_below(&numbers, 64);
		call->args[2] = fuzz_below(&numbers, 9);
		call->args[3] = types[fuzz_below(&numbers, 5)] << 16 | fuzz_below(&numbers, 16);
		call->args[4] = fuzz_below(&numbers, 2);
	}
	/* Seldom by chance: a reset, or nearly. */
	if (!fuzz_below(&numbers, 64)) {
		call->eid = EID_SRST;
		call->fid = 0;
		call->args[0] = fuzz_below(&numbers, 4);
		call->args[1] = fuzz_below(&numbers, 3);
	}
	/* Likewise a feature. */
	if (!fuzz_below(&numbers, 32)) {
		call->eid = EID_FWFT;
		call->fid = fuzz_below(&numbers, 3);
		call->args[0] = fuzz_below(&numbers, 8);
		call->args[1] = fuzz_below(&numbers, 20);
		call->args[2] = !fuzz_below(&numbers, 16);
	}
}

static void make_batch(void)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		do {
			make_call(&calls()[i]);
			wanted[i] = sbi_model(&machine, &calls()[i]);
		} while (wanted[i].kind == SBI_NOT_JUDGED);
		forwarded[i] = reset[i] = false;
	}
}

/* Which call is it that made this exit? */
static unsigned int current(void)
{
	uint64_t at = abi_get_reg(vm.vcpu, ABI_CORE(regs.s0)) - FUZZ_RECORDS;

	return at / sizeof(struct fuzz_call) % BATCH;
}

/* All harts are stopped: a userspace that goes on all the same. */
static void go_on_after_reset(void)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };

	reset[current()] = true;
	abi_need(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), abi_get_reg(vm.vcpu, ABI_CORE(regs.pc)) + 4);
}

static void answer(void)
{
	struct kvm_run *run = vm.run;
	unsigned int nr = current();
	const struct fuzz_call *call = &calls()[nr];

	forwarded[nr] = run->riscv_sbi.extension_id == call->eid &&
			run->riscv_sbi.function_id == call->fid &&
			!memcmp(run->riscv_sbi.args, call->args, sizeof(call->args));
	answers[nr][0] = run->riscv_sbi.ret[0] = fuzz_random(&numbers);
	answers[nr][1] = run->riscv_sbi.ret[1] = fuzz_random(&numbers);
}

static bool run_batch(void)
{
	fuzz_begin(&vm, fuzz_calls, BATCH);
	for (;;) {
		if (abi_run(&vm))
			return false;
		if (fuzz_is_done(&vm))
			return true;
		if (vm.run->exit_reason == KVM_EXIT_RISCV_SBI)
			answer();
		else if (vm.run->exit_reason == KVM_EXIT_SYSTEM_EVENT)
			go_on_after_reset();
		else
			return false;
	}
}

static bool is_right(unsigned int nr)
{
	const struct fuzz_call *call = &calls()[nr];
	const struct sbi_wanted *want = &wanted[nr];

	if (call->changed || forwarded[nr] != (want->kind == SBI_FORWARDS) ||
	    reset[nr] != (want->kind == SBI_RESETS))
		return false;
	switch (want->kind) {
	case SBI_FORWARDS:
		/* Legacy calls leave a1 as it is, §5. */
		return call->error == answers[nr][0] &&
		       call->value == (call->eid < 16 ? call->args[1] : answers[nr][1]);
	case SBI_RETURNS:
		return (want->any_error || (long)call->error == want->error ||
			(want->or_error && (long)call->error == want->or_error)) &&
		       (want->any_value || call->value == want->value);
	default:
		return true;
	}
}

static void show(unsigned int nr)
{
	const struct fuzz_call *call = &calls()[nr];
	const struct sbi_wanted *want = &wanted[nr];
	unsigned int i;

	printf("# eid %#lx fid %#lx:", call->eid, call->fid);
	for (i = 0; i < 6; i++)
		printf(" %#lx", call->args[i]);
	printf("\n#   error %ld value %#lx, changed %#lx%s%s; wanted kind %d error %ld %#lx\n",
	       call->error, call->value, call->changed, forwarded[nr] ? ", forwarded" : "",
	       reset[nr] ? ", reset" : "", want->kind, want->error, want->value);
}

static void judge(void)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		made++;
		by_kind[wanted[i].kind]++;
		if (!is_right(i) && wrong++ < WRONG_MAX)
			show(i);
	}
}

/* A call that does not come to an end is told. */
static void interrupt(int signal)
{
}

int main(void)
{
	unsigned int reason = 0;
	bool ran = true;
	time_t end;

	if (abi_is_in_tree()) {
		puts("1..0 # SKIP only ours is measured by the specification");
		return 0;
	}
	abi_start(30 + fuzz_seconds());
	signal(SIGALRM, interrupt);
	numbers.state = fuzz_seed();
	for (end = time(NULL) + fuzz_seconds(); ran && (!made || time(NULL) < end);) {
		unsigned int i, batches = 8;

		machine.on = 0;
		set_up();
		choose_extensions();
		read_features();
		ask_pmu();
		while (ran && batches--) {
			make_batch();
			ran = run_batch();
			if (ran)
				judge();
			else {
				reason = vm.run->exit_reason;
				printf("# at pc %#lx; the guest's last trap: %#lx at %#lx, %#lx\n",
				       (long)abi_get_reg(vm.vcpu, ABI_CORE(regs.pc)),
				       (long)abi_get_reg(vm.vcpu, ABI_CSR(scause)),
				       (long)abi_get_reg(vm.vcpu, ABI_CSR(sepc)),
				       (long)abi_get_reg(vm.vcpu, ABI_CSR(stval)));
				show(current());
			}
		}
		for (i = 0; i < FUZZ_HARTS - 1; i++)
			close(others[i]);
		abi_vm_destroy(&vm);
	}
	abi_check(ran, "KVM_RUN (reason %u)", reason);
	printf("# %lu answered, %lu forwarded, %lu resets\n", by_kind[SBI_RETURNS],
	       by_kind[SBI_FORWARDS], by_kind[SBI_RESETS]);
	abi_check(by_kind[SBI_RETURNS] && by_kind[SBI_FORWARDS] && by_kind[SBI_RESETS],
		  "calls of each kind");
	abi_check(!wrong, "%lu of %lu calls as the model says", made - wrong, made);
	return abi_finish();
}
