// SPDX-License-Identifier: GPL-2.0-only
/* What to do when KVM_RUN returns. */
#include "exit.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "kvm_uapi.h"
#include "msg.h"
#include "vcpu.h"
#include "vm.h"

/* Unprivileged CSR of Zkr; RISC-V Cryptography Extensions 1.0.1, chapter "Entropy Source". */
#define CSR_SEED		0x015
#define SEED_OPST_ES16		(2UL << 30)
#define SEED_OPST_WAIT		(1UL << 30)

/* SBI 2.0, "System Reset Extension": reset_reason. */
#define SRST_SYSTEM_FAILURE	1

static bool exit_fatal(struct vcpu *vcpu)
{
	vm_stop(vcpu->vm, VM_ERROR);
	return false;
}

static bool exit_mmio(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint64_t gpa = run->mmio.phys_addr;
	uint32_t len = run->mmio.len;
	bool write = run->mmio.is_write;

	if (len != 1 && len != 2 && len != 4 && len != 8) {
		msg_error("vCPU %u: MMIO exit with length %u", vcpu->index, len);
		return exit_fatal(vcpu);
	}
	if (bus_do(&vcpu->vm->bus, gpa, run->mmio.data, len, write))
		msg_debug("vCPU %u: %s of %u bytes at 0x%llx, where nothing is", vcpu->index,
			  write ? "store" : "load", len, (unsigned long long)gpa);
	return true;
}

static bool exit_sbi(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	struct sbi_call call = {
		.extension = run->riscv_sbi.extension_id,
		.function = run->riscv_sbi.function_id,
	};
	size_t i;

	for (i = 0; i < 6; i++)
		call.args[i] = run->riscv_sbi.args[i];
	if (!sbi_handle(&call, &vcpu->vm->console, &vcpu->vm->ram)) {
		msg_error("vCPU %u: SBI call that is not ours: extension 0x%llx function 0x%llx",
			  vcpu->index, (unsigned long long)call.extension,
			  (unsigned long long)call.function);
		return exit_fatal(vcpu);
	}
	run->riscv_sbi.ret[0] = (unsigned long)call.error;
	run->riscv_sbi.ret[1] = (unsigned long)call.value;
	return true;
}

static bool exit_csr(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint16_t entropy;

	if (run->riscv_csr.csr_num != CSR_SEED) {
		msg_error("vCPU %u: access to CSR 0x%lx, which is not ours", vcpu->index,
			  (unsigned long)run->riscv_csr.csr_num);
		return exit_fatal(vcpu);
	}
	if (getrandom(&entropy, sizeof(entropy), GRND_NONBLOCK) == sizeof(entropy))
		run->riscv_csr.ret_value = SEED_OPST_ES16 | entropy;
	else
		run->riscv_csr.ret_value = SEED_OPST_WAIT;
	return true;
}

static bool exit_system_event(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	bool failure = run->system_event.ndata && run->system_event.data[0] == SRST_SYSTEM_FAILURE;

	switch (run->system_event.type) {
	case KVM_SYSTEM_EVENT_SHUTDOWN:
		if (failure)
			msg_error("the guest powered off after a system failure");
		vm_stop(vcpu->vm, failure ? VM_FAILED : VM_OFF);
		return false;
	case KVM_SYSTEM_EVENT_RESET:
		if (failure)
			msg_error("the guest asked for a reset after a system failure");
		vm_stop(vcpu->vm, failure ? VM_FAILED : VM_RESET);
		return false;
	case KVM_SYSTEM_EVENT_CRASH:
		msg_error("the guest crashed");
		vm_stop(vcpu->vm, VM_FAILED);
		return false;
	default:
		msg_error("vCPU %u: unknown system event %u", vcpu->index, run->system_event.type);
		return exit_fatal(vcpu);
	}
}

static bool exit_unknown(struct vcpu *vcpu)
{
	const char *name = "unknown exit";
	uint64_t pc = 0;

	if (vcpu->run->exit_reason == KVM_EXIT_FAIL_ENTRY)
		name = "failed guest entry";
	else if (vcpu->run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
		name = "internal error of KVM";

	vcpu_get_reg(vcpu, ONEREG_PC, &pc);
	msg_error("vCPU %u: %s (reason %u, pc 0x%llx)", vcpu->index, name,
		  vcpu->run->exit_reason, (unsigned long long)pc);
	return exit_fatal(vcpu);
}

bool exit_handle(struct vcpu *vcpu)
{
	switch (vcpu->run->exit_reason) {
	case KVM_EXIT_MMIO:
		return exit_mmio(vcpu);
	case KVM_EXIT_RISCV_SBI:
		return exit_sbi(vcpu);
	case KVM_EXIT_RISCV_CSR:
		return exit_csr(vcpu);
	case KVM_EXIT_SYSTEM_EVENT:
		return exit_system_event(vcpu);
	case KVM_EXIT_INTR:
		return true;
	default:
		return exit_unknown(vcpu);
	}
}
