/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The door to the ABI: <linux/kvm.h>, and what Linux 7.2 added to it since 6.12, our oldest
 * headers. The module, the launcher and the tests include this file and nothing else for KVM_*
 * names, so that all of them speak the same ABI whatever headers they are built with. Numbers are
 * ABI: they never change, and a header that has them already is checked against them.
 */
#ifndef UAPI_KVM_ABI_H
#define UAPI_KVM_ABI_H

#include <linux/kvm.h>

#ifdef __riscv
#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/stddef.h>
#else
#include <assert.h>
#include <stddef.h>
#endif

/* A macro that came last: headers that have it have everything below. */
#ifdef KVM_CAP_S390_HPAGE_2G
#define KVM_ABI_CHECK(name, number)	static_assert((name) == (number), #name)
#else
#define KVM_ABI_CHECK(name, number)	static_assert(1, #name)
#endif

/* enum KVM_RISCV_ISA_EXT_ID; a macro hides the enumerator of the same name and value. */
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_SMNPM, 62);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_SSNPM, 63);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_SVADE, 64);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_SVADU, 65);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_SVVPTC, 66);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZABHA, 67);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZICCRSE, 68);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZAAMO, 69);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZALRSC, 70);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZICBOP, 71);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZFBFMIN, 72);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZVFBFMIN, 73);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZVFBFWMA, 74);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZCLSD, 75);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZILSD, 76);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_ZALASR, 77);
KVM_ABI_CHECK(KVM_RISCV_ISA_EXT_MAX, 78);
#define KVM_RISCV_ISA_EXT_SMNPM		62
#define KVM_RISCV_ISA_EXT_SSNPM		63
#define KVM_RISCV_ISA_EXT_SVADE		64
#define KVM_RISCV_ISA_EXT_SVADU		65
#define KVM_RISCV_ISA_EXT_SVVPTC	66
#define KVM_RISCV_ISA_EXT_ZABHA		67
#define KVM_RISCV_ISA_EXT_ZICCRSE	68
#define KVM_RISCV_ISA_EXT_ZAAMO		69
#define KVM_RISCV_ISA_EXT_ZALRSC	70
#define KVM_RISCV_ISA_EXT_ZICBOP	71
#define KVM_RISCV_ISA_EXT_ZFBFMIN	72
#define KVM_RISCV_ISA_EXT_ZVFBFMIN	73
#define KVM_RISCV_ISA_EXT_ZVFBFWMA	74
#define KVM_RISCV_ISA_EXT_ZCLSD		75
#define KVM_RISCV_ISA_EXT_ZILSD		76
#define KVM_RISCV_ISA_EXT_ZALASR	77
#define KVM_RISCV_ISA_EXT_MAX		78

/* enum KVM_RISCV_SBI_EXT_ID */
KVM_ABI_CHECK(KVM_RISCV_SBI_EXT_SUSP, 11);
KVM_ABI_CHECK(KVM_RISCV_SBI_EXT_FWFT, 12);
KVM_ABI_CHECK(KVM_RISCV_SBI_EXT_MPXY, 13);
KVM_ABI_CHECK(KVM_RISCV_SBI_EXT_MAX, 14);
#define KVM_RISCV_SBI_EXT_SUSP		11
#define KVM_RISCV_SBI_EXT_FWFT		12
#define KVM_RISCV_SBI_EXT_MPXY		13
#define KVM_RISCV_SBI_EXT_MAX		14

/* Index of struct kvm_riscv_config::zicbop_block_size, a member that old headers lack. */
#ifdef KVM_CAP_S390_HPAGE_2G
static_assert(offsetof(struct kvm_riscv_config, zicbop_block_size) == 7 * sizeof(long));
#endif
#define KVM_ABI_CONFIG_ZICBOP_BLOCK_SIZE	7

/* Old headers say 0: no dirty ring. */
#if KVM_DIRTY_LOG_PAGE_OFFSET == 0
#undef KVM_DIRTY_LOG_PAGE_OFFSET
#define KVM_DIRTY_LOG_PAGE_OFFSET	64
#endif
static_assert(KVM_DIRTY_LOG_PAGE_OFFSET == 64);

#ifndef KVM_EXIT_FAIL_ENTRY_NO_VSFILE
#define KVM_EXIT_FAIL_ENTRY_NO_VSFILE	(1ULL << 0)
#endif

#ifndef KVM_REG_RISCV_SBI_FWFT
struct kvm_riscv_sbi_fwft_feature {
	unsigned long enable;
	unsigned long flags;
	unsigned long value;
};

struct kvm_riscv_sbi_fwft {
	struct kvm_riscv_sbi_fwft_feature misaligned_deleg;
	struct kvm_riscv_sbi_fwft_feature pointer_masking;
};

#define KVM_REG_RISCV_SBI_FWFT		(0x1 << KVM_REG_RISCV_SUBTYPE_SHIFT)
#define KVM_REG_RISCV_SBI_FWFT_REG(name)	\
		(offsetof(struct kvm_riscv_sbi_fwft, name) / sizeof(unsigned long))
#endif
static_assert(sizeof(struct kvm_riscv_sbi_fwft) == 6 * sizeof(unsigned long));

/* Ours: the feature PTE_AD_HW_UPDATING, far from what Linux may add; enable, flags and value. */
#define KVM_ABI_SBI_FWFT_PTE_AD		0x7200

/* 6.12 has it in asm/kvm.h, 7.2 in linux/kvm.h */
#ifndef KVM_REG_SIZE
#define KVM_REG_SIZE(id)	(1U << (((id) & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT))
#endif

/* What the rest of the tree counts on. */
static_assert(KVM_API_VERSION == 12);
static_assert(KVM_RISCV_ISA_EXT_ZAWRS == 61);
static_assert(KVM_RISCV_SBI_EXT_STA == 10);
static_assert(sizeof(struct kvm_riscv_core) == 33 * sizeof(unsigned long));
static_assert(sizeof(struct kvm_riscv_timer) == 4 * sizeof(__u64));
static_assert(KVM_INTERRUPT_SET == 0xffffffffU && KVM_INTERRUPT_UNSET == 0xfffffffeU);
#endif /* __riscv */

/*
 * Ours: KVM_ENABLE_CAP has SBI calls and CSR accesses go to userspace, instead of being answered or
 * refused. args[0] is one of these, args[1] and args[2] are the first and the last SBI extension id
 * or CSR number. Its value is how many ranges of SBI extensions there can be.
 */
#define KVM_CAP_RV_FILTER	0x72760000	/* "rv" */
#define KVM_RV_FILTER_SBI	0
#define KVM_RV_FILTER_CSR	1

/*
 * Ours: attributes of KVM_DEV_TYPE_RISCV_AIA, u32, far from what Linux may add.
 * KVM_DEV_RISCV_AIA_GRP_CONFIG: how the APLIC delivers; 0: by MSIs, 1: directly, without an IMSIC.
 * KVM_DEV_RISCV_AIA_GRP_APLIC: values of the wires of sources 32 * word to 32 * word + 31.
 */
#define KVM_DEV_RV_AIA_CONFIG_DELIVERY		0x7200
#define KVM_DEV_RV_AIA_APLIC_INPUT(word)	(0x72000000 + (word))

#ifndef KVM_CAP_RISCV_MP_STATE_RESET
#define KVM_CAP_RISCV_MP_STATE_RESET	242
#endif

#endif
