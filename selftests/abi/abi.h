/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs of selftests/abi share: TAP, a VM with one vCPU, the bare guest. */
#ifndef ABI_H
#define ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uapi/kvm_abi.h>

/* ---- TAP ----------------------------------------------------------------------------------- */

void abi_check(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Is it the kernel's own KVM that is tested? */
bool abi_is_in_tree(void);
/* In-tree KVM is known to fail this, for a reason of its own: then it is a TODO in terms of TAP. */
void abi_check_ours(bool passed, const char *in_tree, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* @ret is what a system call returned just now: it has to be -1 with this errno. */
void abi_check_errno(long ret, int wanted, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* What cannot be tested on this host, for the reason @why. */
void abi_skip(const char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Without this nothing goes on: prints the reason and errno. */
void abi_need(bool fulfilled, const char *what);
/* A program that hangs is a failure, too. @seconds: on a machine that does nothing else. */
void abi_start(unsigned int seconds);
int abi_finish(void);

/* ---- a machine ----------------------------------------------------------------------------- */

#define ABI_RAM		0x80000000UL	/* guest-physical */
#define ABI_RAM_SIZE	0x200000UL
#define ABI_DEVICE	0x10000000UL	/* no slot: MMIO */

struct abi_vm {
	int		sys;
	int		fd;
	int		vcpu;
	struct kvm_run	*run;
	size_t		run_size;
	uint8_t		*ram;
};

int abi_open(void);
void abi_vm_create(struct abi_vm *vm);
/* The same in two parts: the VM itself; its memory and vCPU. */
void abi_vm_begin(struct abi_vm *vm);
void abi_vm_finish(struct abi_vm *vm);
void abi_vm_destroy(struct abi_vm *vm);
int abi_set_slot(int vm, uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
		 const void *hva);

#define ABI_CORE(member)								\
	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CORE |			\
	 KVM_REG_RISCV_CORE_REG(member))

#define ABI_CSR(name)									\
	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_CSR |				\
	 KVM_REG_RISCV_CSR_REG(name))

uint64_t abi_get_reg(int vcpu, uint64_t id);
void abi_set_reg(int vcpu, uint64_t id, uint64_t value);

/* ---- the guest: guest.S -------------------------------------------------------------------- */

/* Copied to ABI_RAM by abi_vm_create(); labels are relative to guest_start. */
extern const uint8_t guest_start[], guest_end[];
extern const uint8_t guest_sbi[], guest_mmio[], guest_wfi[], guest_spin[], guest_access[];
extern const uint8_t guest_hammer[], guest_sweep[], guest_break[], guest_stores[];
extern const uint8_t guest_loads[], guest_mixed[], guest_float[], guest_units[], guest_seed[];
extern const uint8_t guest_trap[], guest_modes[];
extern const uint8_t guest_nap[], guest_turns[];

/* An experimental SBI extension, which goes to userspace; function 0 says that all is done. */
#define ABI_SBI_EID	0x08ffffffUL

void abi_vm_boot(struct abi_vm *vm, const uint8_t *label);
int abi_run(struct abi_vm *vm);
/* The sum of a statistic's values; -1: there is none of that name. */
int64_t abi_stat(int fd, const char *name);
/* The guest stores to or loads from its memory, wherever it was before; KVM_RUN's result. */
int abi_guest_store(struct abi_vm *vm, uint64_t gpa, uint64_t value);
uint64_t abi_guest_load(struct abi_vm *vm, uint64_t gpa);
bool abi_is_sbi(const struct abi_vm *vm, unsigned long function);

#endif
