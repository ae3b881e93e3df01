/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The launcher's only door to the KVM ABI: <linux/kvm.h> plus the RISC-V numbers that the
 * oldest supported headers lack, or that a build for another architecture (the unit tests)
 * does not see. Numbers are ABI and never change.
 */
#ifndef RVRUN_KVM_UAPI_H
#define RVRUN_KVM_UAPI_H

#include <linux/kvm.h>
#include <stdint.h>

#ifndef KVM_INTERRUPT_SET
#define KVM_INTERRUPT_SET	0xffffffffU
#define KVM_INTERRUPT_UNSET	0xfffffffeU
#endif

#ifndef KVM_CAP_VM_GPA_BITS
#define KVM_CAP_VM_GPA_BITS	207
#endif

/* An id of the ONE_REG interface: architecture | size | group | index. */
#define ONEREG_ID(group, index) \
	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (uint64_t)(group) << 24 | (index))

#define ONEREG_GROUP_CONFIG		0x01
#define ONEREG_GROUP_CORE		0x02
#define ONEREG_GROUP_TIMER		0x04
#define ONEREG_GROUP_ISA_EXT		0x07
#define ONEREG_GROUP_SBI_EXT		0x08

#define ONEREG_ZICBOM_BLOCK_SIZE	ONEREG_ID(ONEREG_GROUP_CONFIG, 1)
#define ONEREG_ZICBOZ_BLOCK_SIZE	ONEREG_ID(ONEREG_GROUP_CONFIG, 5)
#define ONEREG_SATP_MODE		ONEREG_ID(ONEREG_GROUP_CONFIG, 6)
#define ONEREG_ZICBOP_BLOCK_SIZE	ONEREG_ID(ONEREG_GROUP_CONFIG, 7)

#define ONEREG_PC			ONEREG_ID(ONEREG_GROUP_CORE, 0)
#define ONEREG_A0			ONEREG_ID(ONEREG_GROUP_CORE, 10)
#define ONEREG_A1			ONEREG_ID(ONEREG_GROUP_CORE, 11)

#define ONEREG_TIMER_FREQUENCY		ONEREG_ID(ONEREG_GROUP_TIMER, 0)

#define ONEREG_ISA_EXT(id)		ONEREG_ID(ONEREG_GROUP_ISA_EXT, (id))
#define ONEREG_SBI_EXT(id)		ONEREG_ID(ONEREG_GROUP_SBI_EXT, (id))

/* Indices of the SBI_EXT group. */
#define SBI_EXT_REG_EXPERIMENTAL	7
#define SBI_EXT_REG_VENDOR		8
#define SBI_EXT_REG_DBCN		9

#ifdef __riscv
/* Where the headers have the numbers as well, they must agree. */
_Static_assert(SBI_EXT_REG_EXPERIMENTAL == KVM_RISCV_SBI_EXT_EXPERIMENTAL, "ABI");
_Static_assert(SBI_EXT_REG_DBCN == KVM_RISCV_SBI_EXT_DBCN, "ABI");
_Static_assert(ONEREG_GROUP_CONFIG << 24 == KVM_REG_RISCV_CONFIG, "ABI");
_Static_assert(ONEREG_GROUP_TIMER << 24 == KVM_REG_RISCV_TIMER, "ABI");
_Static_assert(ONEREG_GROUP_ISA_EXT << 24 == KVM_REG_RISCV_ISA_EXT, "ABI");
_Static_assert(ONEREG_GROUP_SBI_EXT << 24 == KVM_REG_RISCV_SBI_EXT, "ABI");
#endif

#endif
