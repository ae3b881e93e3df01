/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address-translation fences of the calling hart, Priv. v1.12 §8.3.2 (Hypervisor Memory-Management
 * Fence Instructions). Written as .insn so that any assembler will do.
 *
 * HFENCE.VVMA works on the VMID that hgatp holds.
 */
#ifndef RVH_HW_FENCE_H
#define RVH_HW_FENCE_H

/* funct7 0x31: HFENCE.GVMA rs1 = guest-physical address >> 2, rs2 = VMID */
static __always_inline void hart_hfence_gvma_all(void)
{
	asm volatile(".insn r 0x73, 0, 0x31, x0, x0, x0" : : : "memory");
}

static __always_inline void hart_hfence_gvma_vmid(unsigned long vmid)
{
	asm volatile(".insn r 0x73, 0, 0x31, x0, x0, %0" : : "r" (vmid) : "memory");
}

static __always_inline void hart_hfence_gvma_vmid_gpa(unsigned long vmid, unsigned long gpa)
{
	asm volatile(".insn r 0x73, 0, 0x31, x0, %0, %1" : : "r" (gpa >> 2), "r" (vmid) : "memory");
}

/* funct7 0x11: HFENCE.VVMA rs1 = guest-virtual address, rs2 = ASID */
static __always_inline void hart_hfence_vvma_all(void)
{
	asm volatile(".insn r 0x73, 0, 0x11, x0, x0, x0" : : : "memory");
}

static __always_inline void hart_hfence_vvma_gva(unsigned long gva)
{
	asm volatile(".insn r 0x73, 0, 0x11, x0, %0, x0" : : "r" (gva) : "memory");
}

static __always_inline void hart_hfence_vvma_asid(unsigned long asid)
{
	asm volatile(".insn r 0x73, 0, 0x11, x0, x0, %0" : : "r" (asid) : "memory");
}

static __always_inline void hart_hfence_vvma_asid_gva(unsigned long asid, unsigned long gva)
{
	asm volatile(".insn r 0x73, 0, 0x11, x0, %0, %1" : : "r" (gva), "r" (asid) : "memory");
}

static __always_inline void hart_fence_i(void)
{
	asm volatile(".insn i 0x0f, 1, x0, x0, 0" : : : "memory");
}

#endif
