/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which extensions of our ABI the kernel knows by name, and under which bit of its host bitmap.
 * A kernel that is too old for a name leaves the answer to the caller (the ISA strings of the
 * firmware's tables).
 */
#ifndef COMPAT_KSHIM_ISA_H
#define COMPAT_KSHIM_ISA_H

#include <linux/errno.h>
#include <linux/types.h>

#include <asm/cpufeature.h>
#include <asm/hwcap.h>

#include <uapi/kvm_abi.h>

/* Bit + 1 in the kernel's bitmap, by KVM_RISCV_ISA_EXT_*; 0 where the kernel has no name for it. */
static const u8 kshim_isa_bits[KVM_RISCV_ISA_EXT_MAX] = {
#define KSHIM_ISA(abi, host)	[KVM_RISCV_ISA_EXT_##abi] = RISCV_ISA_EXT_##host + 1
	KSHIM_ISA(A, a),
	KSHIM_ISA(C, c),
	KSHIM_ISA(D, d),
	KSHIM_ISA(F, f),
	KSHIM_ISA(H, h),
	KSHIM_ISA(I, i),
	KSHIM_ISA(M, m),
	KSHIM_ISA(SVPBMT, SVPBMT),
	KSHIM_ISA(SSTC, SSTC),
	KSHIM_ISA(SVINVAL, SVINVAL),
	KSHIM_ISA(ZIHINTPAUSE, ZIHINTPAUSE),
	KSHIM_ISA(ZICBOM, ZICBOM),
	KSHIM_ISA(ZICBOZ, ZICBOZ),
	KSHIM_ISA(ZBB, ZBB),
	KSHIM_ISA(SSAIA, SSAIA),
	KSHIM_ISA(V, v),
	KSHIM_ISA(SVNAPOT, SVNAPOT),
	KSHIM_ISA(ZBA, ZBA),
	KSHIM_ISA(ZBS, ZBS),
	KSHIM_ISA(ZICNTR, ZICNTR),
	KSHIM_ISA(ZICSR, ZICSR),
	KSHIM_ISA(ZIFENCEI, ZIFENCEI),
	KSHIM_ISA(ZIHPM, ZIHPM),
	KSHIM_ISA(SMSTATEEN, SMSTATEEN),
	KSHIM_ISA(ZICOND, ZICOND),
	KSHIM_ISA(ZBC, ZBC),
	KSHIM_ISA(ZBKB, ZBKB),
	KSHIM_ISA(ZBKC, ZBKC),
	KSHIM_ISA(ZBKX, ZBKX),
	KSHIM_ISA(ZKND, ZKND),
	KSHIM_ISA(ZKNE, ZKNE),
	KSHIM_ISA(ZKNH, ZKNH),
	KSHIM_ISA(ZKR, ZKR),
	KSHIM_ISA(ZKSED, ZKSED),
	KSHIM_ISA(ZKSH, ZKSH),
	KSHIM_ISA(ZKT, ZKT),
	KSHIM_ISA(ZVBB, ZVBB),
	KSHIM_ISA(ZVBC, ZVBC),
	KSHIM_ISA(ZVKB, ZVKB),
	KSHIM_ISA(ZVKG, ZVKG),
	KSHIM_ISA(ZVKNED, ZVKNED),
	KSHIM_ISA(ZVKNHA, ZVKNHA),
	KSHIM_ISA(ZVKNHB, ZVKNHB),
	KSHIM_ISA(ZVKSED, ZVKSED),
	KSHIM_ISA(ZVKSH, ZVKSH),
	KSHIM_ISA(ZVKT, ZVKT),
	KSHIM_ISA(ZFH, ZFH),
	KSHIM_ISA(ZFHMIN, ZFHMIN),
	KSHIM_ISA(ZIHINTNTL, ZIHINTNTL),
	KSHIM_ISA(ZVFH, ZVFH),
	KSHIM_ISA(ZVFHMIN, ZVFHMIN),
	KSHIM_ISA(ZFA, ZFA),
	KSHIM_ISA(ZTSO, ZTSO),
	KSHIM_ISA(ZACAS, ZACAS),
	KSHIM_ISA(SSCOFPMF, SSCOFPMF),
	KSHIM_ISA(ZIMOP, ZIMOP),
	KSHIM_ISA(ZCA, ZCA),
	KSHIM_ISA(ZCB, ZCB),
	KSHIM_ISA(ZCD, ZCD),
	KSHIM_ISA(ZCF, ZCF),
	KSHIM_ISA(ZCMOP, ZCMOP),
	KSHIM_ISA(ZAWRS, ZAWRS),
#ifdef RISCV_ISA_EXT_SSNPM
	KSHIM_ISA(SMNPM, SSNPM),
#endif
#ifdef RISCV_ISA_EXT_SSNPM
	KSHIM_ISA(SSNPM, SSNPM),
#endif
#ifdef RISCV_ISA_EXT_SVADE
	KSHIM_ISA(SVADE, SVADE),
#endif
#ifdef RISCV_ISA_EXT_SVADU
	KSHIM_ISA(SVADU, SVADU),
#endif
#ifdef RISCV_ISA_EXT_SVVPTC
	KSHIM_ISA(SVVPTC, SVVPTC),
#endif
#ifdef RISCV_ISA_EXT_ZABHA
	KSHIM_ISA(ZABHA, ZABHA),
#endif
#ifdef RISCV_ISA_EXT_ZICCRSE
	KSHIM_ISA(ZICCRSE, ZICCRSE),
#endif
#ifdef RISCV_ISA_EXT_ZAAMO
	KSHIM_ISA(ZAAMO, ZAAMO),
#endif
#ifdef RISCV_ISA_EXT_ZALRSC
	KSHIM_ISA(ZALRSC, ZALRSC),
#endif
#ifdef RISCV_ISA_EXT_ZICBOP
	KSHIM_ISA(ZICBOP, ZICBOP),
#endif
#ifdef RISCV_ISA_EXT_ZFBFMIN
	KSHIM_ISA(ZFBFMIN, ZFBFMIN),
#endif
#ifdef RISCV_ISA_EXT_ZVFBFMIN
	KSHIM_ISA(ZVFBFMIN, ZVFBFMIN),
#endif
#ifdef RISCV_ISA_EXT_ZVFBFWMA
	KSHIM_ISA(ZVFBFWMA, ZVFBFWMA),
#endif
#ifdef RISCV_ISA_EXT_ZCLSD
	KSHIM_ISA(ZCLSD, ZCLSD),
#endif
#ifdef RISCV_ISA_EXT_ZILSD
	KSHIM_ISA(ZILSD, ZILSD),
#endif
#ifdef RISCV_ISA_EXT_ZALASR
	KSHIM_ISA(ZALASR, ZALASR),
#endif
#undef KSHIM_ISA
};

/**
 * kshim_host_has_isa() - Does every hart of the host have an extension, as far as the kernel knows?
 * @abi:  KVM_RISCV_ISA_EXT_*; the caller keeps it below KVM_RISCV_ISA_EXT_MAX.
 *
 * SMNPM asks for the host's Ssnpm: a guest's M-level control of pointer masking in S-mode is the
 * host's henvcfg.
 *
 * Context: Any.
 * Return:  1 yes; 0 no; -ENOENT this kernel does not know the extension: ask the ISA string.
 */
static inline int kshim_host_has_isa(unsigned int abi)
{
	if (!kshim_isa_bits[abi])
		return -ENOENT;
	return __riscv_isa_extension_available(NULL, kshim_isa_bits[abi] - 1);
}

#endif
