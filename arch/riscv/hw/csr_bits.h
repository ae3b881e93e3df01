/* SPDX-License-Identifier: GPL-2.0-only */
/* Fields of CSRs and trap causes, one block per register. Pure. */
#ifndef RVH_HW_CSR_BITS_H
#define RVH_HW_CSR_BITS_H

#include <linux/bits.h>

/* scause, Priv. v1.12 §4.1.8 and §8.6.1 (Hypervisor Cause Codes) */
#define HART_CAUSE_IRQ			BIT(63)
#define HART_CAUSE_INSN_MISALIGNED	0
#define HART_CAUSE_INSN_ACCESS		1
#define HART_CAUSE_ILLEGAL_INSN		2
#define HART_CAUSE_BREAKPOINT		3
#define HART_CAUSE_LOAD_MISALIGNED	4
#define HART_CAUSE_LOAD_ACCESS		5
#define HART_CAUSE_STORE_MISALIGNED	6
#define HART_CAUSE_STORE_ACCESS		7
#define HART_CAUSE_ECALL_U		8
#define HART_CAUSE_ECALL_HS		9
#define HART_CAUSE_ECALL_VS		10
#define HART_CAUSE_INSN_PAGE		12
#define HART_CAUSE_LOAD_PAGE		13
#define HART_CAUSE_STORE_PAGE		15
#define HART_CAUSE_INSN_GUEST_PAGE	20
#define HART_CAUSE_LOAD_GUEST_PAGE	21
#define HART_CAUSE_VIRTUAL_INSN		22
#define HART_CAUSE_STORE_GUEST_PAGE	23

/* Interrupt numbers, Priv. v1.12 §4.1.3 and §8.2.3 */
#define HART_IRQ_SSI			1
#define HART_IRQ_VSSI			2
#define HART_IRQ_STI			5
#define HART_IRQ_VSTI			6
#define HART_IRQ_SEI			9
#define HART_IRQ_VSEI			10
#define HART_IRQ_SGEI			12
#define HART_IRQ_LCOFI			13

/* hvip, hip, hideleg: VS-level numbering. vsip and vsie use the S-level one: a shift by one. */
#define HART_HVIP_VSSIP			BIT(HART_IRQ_VSSI)
#define HART_HVIP_VSTIP			BIT(HART_IRQ_VSTI)
#define HART_HVIP_VSEIP			BIT(HART_IRQ_VSEI)
#define HART_HVIP_VS			(HART_HVIP_VSSIP | HART_HVIP_VSTIP | HART_HVIP_VSEIP)
#define HART_VSIP_VS			(HART_HVIP_VS >> 1)
/* AIA v1.0 §6.3.2: in hvip where hvien has it and hideleg has not; the same number in vsip. */
#define HART_HVIP_LCOFIP		BIT(HART_IRQ_LCOFI)
#define HART_HVIP_ALL			(HART_HVIP_VS | HART_HVIP_LCOFIP)
#define HART_HVIP_TO_VSIP(hvip)		(((hvip) & HART_HVIP_VS) >> 1 | ((hvip) & HART_HVIP_LCOFIP))
#define HART_VSIP_TO_HVIP(vsip)		(((vsip) & HART_VSIP_VS) << 1 | ((vsip) & HART_HVIP_LCOFIP))

/* sstatus and vsstatus, Priv. v1.12 §4.1.1 */
#define HART_SSTATUS_SIE		BIT(1)
#define HART_SSTATUS_SPIE		BIT(5)
#define HART_SSTATUS_UBE		BIT(6)
#define HART_SSTATUS_SPP		BIT(8)
#define HART_SSTATUS_VS			GENMASK(10, 9)
#define HART_SSTATUS_VS_INITIAL		BIT(9)
#define HART_SSTATUS_VS_CLEAN		BIT(10)
#define HART_SSTATUS_VS_DIRTY		GENMASK(10, 9)
#define HART_SSTATUS_FS			GENMASK(14, 13)
#define HART_SSTATUS_FS_INITIAL		BIT(13)
#define HART_SSTATUS_FS_CLEAN		BIT(14)
#define HART_SSTATUS_FS_DIRTY		GENMASK(14, 13)
#define HART_SSTATUS_SUM		BIT(18)
#define HART_SSTATUS_MXR		BIT(19)
#define HART_SSTATUS_SDT		BIT(24)
#define HART_SSTATUS_UXL_64		BIT(33)
#define HART_SSTATUS_SD			BIT(63)

/* vtype and vcsr, Vector v1.0 §3.4 and §3.10 */
#define HART_VTYPE_VILL			BIT(63)
#define HART_VCSR			GENMASK(2, 0)

/* stvec, Priv. v1.12 §4.1.2 */
#define HART_STVEC_MODE			GENMASK(1, 0)
#define HART_STVEC_VECTORED		1

/* hstatus, Priv. v1.12 §8.2.1 */
#define HART_HSTATUS_GVA		BIT(6)
#define HART_HSTATUS_SPV		BIT(7)
#define HART_HSTATUS_SPVP		BIT(8)
#define HART_HSTATUS_HU			BIT(9)
#define HART_HSTATUS_VGEIN		GENMASK(17, 12)
#define HART_HSTATUS_VTVM		BIT(20)
#define HART_HSTATUS_VTW		BIT(21)
#define HART_HSTATUS_VTSR		BIT(22)
#define HART_HSTATUS_VSXL_64		BIT(33)

/* hvictl, AIA v1.0 §6.3.3 */
#define HART_HVICTL_IID_SEI		(HART_IRQ_SEI << 16)
#define HART_HVICTL_IPRIO_1		BIT(0)

/* hgatp, Priv. v1.12 §8.2.10 */
#define HART_HGATP_MODE			GENMASK(63, 60)
#define HART_HGATP_MODE_SV39X4		8UL
#define HART_HGATP_MODE_SV48X4		9UL
#define HART_HGATP_MODE_SV57X4		10UL
#define HART_HGATP_VMID			GENMASK(57, 44)
#define HART_HGATP_PPN			GENMASK(43, 0)

/* henvcfg and senvcfg, Priv. v1.12 §4.1.10 and §8.2.5; Ssnpm; Svadu */
#define HART_ENVCFG_FIOM		BIT_ULL(0)
#define HART_ENVCFG_CBIE_INV		GENMASK_ULL(5, 4)
#define HART_ENVCFG_CBIE_FLUSH		BIT_ULL(4)
#define HART_ENVCFG_CBCFE		BIT_ULL(6)
#define HART_ENVCFG_CBZE		BIT_ULL(7)
#define HART_ENVCFG_PMM			GENMASK_ULL(33, 32)
#define HART_ENVCFG_PMM_7		BIT_ULL(33)
#define HART_ENVCFG_PMM_16		GENMASK_ULL(33, 32)
#define HART_ENVCFG_ADUE		BIT_ULL(61)
#define HART_ENVCFG_PBMTE		BIT_ULL(62)
#define HART_ENVCFG_STCE		BIT_ULL(63)

/* hcounteren and scounteren, Priv. v1.12 §4.1.5 */
#define HART_COUNTEREN_CY		BIT(0)
#define HART_COUNTEREN_TM		BIT(1)
#define HART_COUNTEREN_IR		BIT(2)

/* hstateen0, Smstateen v1.0 chapter 2 */
#define HART_STATEEN0_IMSIC		BIT_ULL(58)
#define HART_STATEEN0_AIA		BIT_ULL(59)
#define HART_STATEEN0_ISEL		BIT_ULL(60)
#define HART_STATEEN0_ENVCFG		BIT_ULL(62)
#define HART_STATEEN0_SE0		BIT_ULL(63)

#endif
