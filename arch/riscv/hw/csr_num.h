/* SPDX-License-Identifier: GPL-2.0-only */
/* CSR numbers used here: Priv. v1.12 chapter 2 (Control and Status Registers). Pure; asm-safe. */
#ifndef RVH_HW_CSR_NUM_H
#define RVH_HW_CSR_NUM_H

/* unprivileged */
#define HART_CSR_FFLAGS		0x001
#define HART_CSR_FRM		0x002
#define HART_CSR_FCSR		0x003
#define HART_CSR_VSTART		0x008
#define HART_CSR_VCSR		0x00f
#define HART_CSR_SEED		0x015
#define HART_CSR_CYCLE		0xc00
#define HART_CSR_TIME		0xc01
#define HART_CSR_INSTRET	0xc02
#define HART_CSR_HPMCOUNTER3	0xc03
#define HART_CSR_HPMCOUNTER31	0xc1f
#define HART_CSR_VL		0xc20
#define HART_CSR_VTYPE		0xc21
#define HART_CSR_VLENB		0xc22
#define HART_CSR_SCOUNTOVF	0xda0

/* supervisor */
#define HART_CSR_SSTATUS	0x100
#define HART_CSR_SIE		0x104
#define HART_CSR_STVEC		0x105
#define HART_CSR_SCOUNTEREN	0x106
#define HART_CSR_SENVCFG	0x10a
#define HART_CSR_SSTATEEN0	0x10c
#define HART_CSR_SSCRATCH	0x140
#define HART_CSR_SEPC		0x141
#define HART_CSR_SCAUSE		0x142
#define HART_CSR_STVAL		0x143
#define HART_CSR_SIP		0x144
#define HART_CSR_STIMECMP	0x14d
#define HART_CSR_SISELECT	0x150
#define HART_CSR_SIREG		0x151
#define HART_CSR_STOPEI		0x15c
#define HART_CSR_SATP		0x180
#define HART_CSR_STOPI		0xdb0

/* hypervisor */
#define HART_CSR_HSTATUS	0x600
#define HART_CSR_HEDELEG	0x602
#define HART_CSR_HIDELEG	0x603
#define HART_CSR_HIE		0x604
#define HART_CSR_HTIMEDELTA	0x605
#define HART_CSR_HCOUNTEREN	0x606
#define HART_CSR_HGEIE		0x607
#define HART_CSR_HVIEN		0x608
#define HART_CSR_HVICTL		0x609
#define HART_CSR_HENVCFG	0x60a
#define HART_CSR_HSTATEEN0	0x60c
#define HART_CSR_HTVAL		0x643
#define HART_CSR_HIP		0x644
#define HART_CSR_HVIP		0x645
#define HART_CSR_HVIPRIO1	0x646
#define HART_CSR_HVIPRIO2	0x647
#define HART_CSR_HTINST		0x64a
#define HART_CSR_HGATP		0x680
#define HART_CSR_HGEIP		0xe12

/* virtual supervisor */
#define HART_CSR_VSSTATUS	0x200
#define HART_CSR_VSIE		0x204
#define HART_CSR_VSTVEC		0x205
#define HART_CSR_VSSCRATCH	0x240
#define HART_CSR_VSEPC		0x241
#define HART_CSR_VSCAUSE	0x242
#define HART_CSR_VSTVAL		0x243
#define HART_CSR_VSIP		0x244
#define HART_CSR_VSTIMECMP	0x24d
#define HART_CSR_VSISELECT	0x250
#define HART_CSR_VSIREG		0x251
#define HART_CSR_VSATP		0x280

#endif
