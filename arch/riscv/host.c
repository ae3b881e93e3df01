// SPDX-License-Identifier: GPL-2.0-only
/* What this host's harts can do, and making a hart ready for guests. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitfield.h>
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include <asm/cacheflush.h>
#include <asm/cpufeature.h>
#include <asm/delay.h>
#include <asm/hwcap.h>
#include <asm/pgtable.h>
#include <asm/sbi.h>
#include <asm/vector.h>

#include <compat/kshim_pmu.h>

#include "host.h"
#include "hw/csr.h"
#include "hw/fence.h"
#include "hw/switch.h"
#include "rvh.h"

#define VMID_BITS_MAX	14	/* width of hgatp.VMID, Priv. v1.12 §8.2.10 */

static unsigned int vmid_bits = VMID_BITS_MAX;
module_param(vmid_bits, uint, 0444);
MODULE_PARM_DESC(vmid_bits, "VMID bits to use at most; 0: flush when another VM runs on a hart");

struct rvh_host rvh_host __ro_after_init;

/* henvcfg fields that guests may get; M-mode decides which of them exist, Priv. v1.12 §8.2.5. */
#define HENVCFG_WANTED	(HART_ENVCFG_STCE | HART_ENVCFG_PBMTE | HART_ENVCFG_ADUE | \
			 HART_ENVCFG_CBIE_INV | HART_ENVCFG_CBCFE | HART_ENVCFG_CBZE)

/* What the CSRs of a hart take when they are written. */
struct rvh_probe {
	unsigned int	gpt_levels_mask;	/* bit n: hgatp takes n levels */
	unsigned int	satp_modes;		/* bit n: vsatp takes mode n */
	unsigned int	vmid_bits;
	unsigned int	pmlens;			/* SBIABI_PMLEN_* that henvcfg takes */
	u64		henvcfg;
	unsigned int	vlenb;			/* 0 without V */
	bool		misaligned;		/* such exceptions are delegated to S-mode */
	bool		seed;			/* the entropy source can be polled here */
	bool		lcofi;			/* hvien lets hvip have this interrupt */
};

/* What all harts have in common. */
static struct rvh_probe rvh_common __ro_after_init;

static unsigned long rvh_hgatp_mode(unsigned int levels)
{
	return FIELD_PREP(HART_HGATP_MODE, HART_HGATP_MODE_SV39X4 + levels - GSTAGE_MIN_LEVELS);
}

static unsigned int rvh_probe_levels(void)
{
	unsigned int levels, mask = 0;

	for (levels = GSTAGE_MIN_LEVELS; levels <= GSTAGE_MAX_LEVELS; levels++) {
		hart_csr_write(HART_CSR_HGATP, rvh_hgatp_mode(levels));
		if ((hart_csr_read(HART_CSR_HGATP) & HART_HGATP_MODE) == rvh_hgatp_mode(levels))
			mask |= BIT(levels);
	}
	return mask;
}

/* Bits that are not implemented read as 0; those that are, are the lowest ones. */
static unsigned int rvh_probe_vmid_bits(unsigned int levels_mask)
{
	/* Not with mode Bare, where the other fields have to be 0. */
	hart_csr_write(HART_CSR_HGATP, rvh_hgatp_mode(__fls(levels_mask)) | HART_HGATP_VMID);
	return fls(FIELD_GET(HART_HGATP_VMID, hart_csr_read(HART_CSR_HGATP)));
}

static unsigned int rvh_probe_satp_modes(void)
{
	const unsigned int last = SATP_MODE_57 >> SATP_MODE_SHIFT;
	unsigned int mode, mask = BIT(0);

	for (mode = SATP_MODE_39 >> SATP_MODE_SHIFT; mode <= last; mode++) {
		hart_csr_write(HART_CSR_VSATP, (unsigned long)mode << SATP_MODE_SHIFT);
		if (hart_csr_read(HART_CSR_VSATP) >> SATP_MODE_SHIFT == mode)
			mask |= BIT(mode);
	}
	return mask;
}

static u64 rvh_probe_henvcfg(u64 value)
{
	hart_csr_write(HART_CSR_HENVCFG, value);
	return hart_csr_read(HART_CSR_HENVCFG) & value;
}

static unsigned int rvh_probe_pmlens(void)
{
	unsigned int pmlens = 0;

	if (rvh_probe_henvcfg(HART_ENVCFG_PMM_7) == HART_ENVCFG_PMM_7)
		pmlens |= SBIABI_PMLEN_7;
	if (rvh_probe_henvcfg(HART_ENVCFG_PMM_16) == HART_ENVCFG_PMM_16)
		pmlens |= SBIABI_PMLEN_16;
	return pmlens;
}

/*
 * Only firmware knows what it handles itself: medeleg is not ours to read. Without FWFT it is asked
 * in vain, and nothing is promised.
 */
static bool rvh_probe_misaligned(void)
{
	struct sbiret ret = sbi_ecall(SBIABI_EXT_FWFT, SBIABI_FWFT_GET,
				      SBIABI_FWFT_MISALIGNED_EXC_DELEG, 0, 0, 0, 0, 0);

	return !ret.error && ret.value == 1;
}

static unsigned int rvh_probe_vlenb(void)
{
	unsigned int vlenb;

	hart_csr_set(HART_CSR_SSTATUS, HART_SSTATUS_VS);
	vlenb = hart_csr_read(HART_CSR_VLENB);
	hart_csr_clear(HART_CSR_SSTATUS, HART_SSTATUS_VS);
	return vlenb;
}

/* AIA v1.0 §6.3.2 (Virtual Interrupts for VS Level): bits of hvien may be read-only 0. */
static bool rvh_probe_lcofi(void)
{
	unsigned long hvien = hart_csr_read(HART_CSR_HVIEN);
	bool works;

	hart_csr_set(HART_CSR_HVIEN, HART_HVIP_LCOFIP);
	works = hart_csr_read(HART_CSR_HVIEN) & HART_HVIP_LCOFIP;
	hart_csr_write(HART_CSR_HVIEN, hvien);
	return works;
}

/* Interrupts off. Leaves the registers as they were: another KVM's vCPU may be in them. */
static void rvh_probe_hart(struct rvh_probe *probe)
{
	unsigned long hgatp = hart_csr_read(HART_CSR_HGATP);
	unsigned long vsatp = hart_csr_read(HART_CSR_VSATP);
	unsigned long henvcfg = hart_csr_read(HART_CSR_HENVCFG);

	*probe = (struct rvh_probe) { .gpt_levels_mask = rvh_probe_levels() };
	if (probe->gpt_levels_mask)
		probe->vmid_bits = rvh_probe_vmid_bits(probe->gpt_levels_mask);
	probe->satp_modes = rvh_probe_satp_modes();

	probe->henvcfg = rvh_probe_henvcfg(HENVCFG_WANTED);
	probe->pmlens = rvh_probe_pmlens();
	probe->misaligned = rvh_probe_misaligned();
	/* Only on a hart that is said to have these registers. */
	if (rvisa_has(&rvh_host.isa, RVISA_V))
		probe->vlenb = rvh_probe_vlenb();
	if (rvisa_has(&rvh_host.isa, RVISA_ZKR))
		probe->seed = hart_seed_works();
	if (rvisa_has(&rvh_host.isa, RVISA_SSAIA))
		probe->lcofi = rvh_probe_lcofi();

	hart_csr_write(HART_CSR_HENVCFG, henvcfg);
	hart_csr_write(HART_CSR_VSATP, vsatp);
	hart_csr_write(HART_CSR_HGATP, hgatp);
	/* A hart may translate ahead by what was in hgatp and vsatp for a moment. */
	hart_hfence_gvma_all();
	hart_hfence_vvma_all();
}

static DEFINE_RAW_SPINLOCK(rvh_common_lock);

static void rvh_probe_merge(void *unused)
{
	struct rvh_probe probe;

	rvh_probe_hart(&probe);

	guard(raw_spinlock)(&rvh_common_lock);
	rvh_common.gpt_levels_mask &= probe.gpt_levels_mask;
	rvh_common.satp_modes &= probe.satp_modes;
	rvh_common.henvcfg &= probe.henvcfg;
	rvh_common.pmlens &= probe.pmlens;
	rvh_common.misaligned &= probe.misaligned;
	rvh_common.seed &= probe.seed;
	if (rvh_common.vlenb != probe.vlenb)
		rvh_common.vlenb = 0;
	rvh_common.lcofi &= probe.lcofi;
	rvh_common.vmid_bits = min(rvh_common.vmid_bits, probe.vmid_bits);
}

static void rvh_probe_all(void)
{
	rvh_common = (struct rvh_probe) {
		.gpt_levels_mask = ~0U,
		.satp_modes = ~0U,
		.henvcfg = HENVCFG_WANTED,
		.pmlens = SBIABI_PMLEN_7 | SBIABI_PMLEN_16,
		.misaligned = true,
		.seed = true,
		/* All bytes of 32 registers, as the kernel saves them. */
		.vlenb = riscv_v_vsize / 32,
		.lcofi = true,
		.vmid_bits = VMID_BITS_MAX,
	};
	on_each_cpu(rvh_probe_merge, NULL, 1);
}

bool rvh_host_has_satp_mode(unsigned int mode)
{
	return rvh_common.satp_modes >> mode & 1;
}

/* What has its henvcfg field stuck at 0 does not work in a guest, whatever the firmware lists. */
static void rvh_isa_drop_uncontrolled(struct rvisa_set *isa)
{
	static const struct {
		u64	henvcfg;
		u8	id;
	} control[] = {
		{ HART_ENVCFG_STCE,	RVISA_SSTC },
		{ HART_ENVCFG_PBMTE,	RVISA_SVPBMT },
		{ HART_ENVCFG_ADUE,	RVISA_SVADU },
		{ HART_ENVCFG_CBCFE,	RVISA_ZICBOM },
		{ HART_ENVCFG_CBZE,	RVISA_ZICBOZ },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(control); i++)
		if (!(rvh_common.henvcfg & control[i].henvcfg))
			rvisa_remove(isa, control[i].id);
	if (!rvh_common.pmlens)
		rvisa_remove(isa, RVISA_SMNPM);
	/* Without mseccfg.SSEED a guest's access would not come here. */
	if (!rvh_common.seed)
		rvisa_remove(isa, RVISA_ZKR);
}

/*
 * With fewer VMIDs than harts, VMs that run at the same time could take them from each other for
 * ever, each time with a flush of every hart: then none are used.
 */
static unsigned int rvh_usable_vmid_bits(void)
{
	unsigned int bits = min(rvh_common.vmid_bits, vmid_bits);

	return BIT(bits) < num_possible_cpus() ? 0 : bits;
}

/* DEVIATION: vector registers of more than 256 bytes are not given to guests. */
static unsigned int rvh_usable_vlenb(const struct rvisa_set *isa)
{
	if (!rvisa_has(isa, RVISA_V) || !rvisa_has(isa, RVISA_D))
		return 0;
	return rvh_common.vlenb <= VMM_REG_MAX ? rvh_common.vlenb : 0;
}

/* A counter that is given to guests ends somewhere: so perf has to be told when it does. */
static void rvh_host_fill_pmu(struct rvh_host *host)
{
	if (!rvisa_has(&host->isa, RVISA_SSCOFPMF))
		return;
	host->counters = kshim_pmu_counters();
	host->lcofi = host->counters && rvh_common.lcofi;
	/*
	 * DEVIATION: Sscofpmf is not offered where the interrupt cannot be sent: hvien of an
	 * emulated hart (QEMU 10.0 and 11.1) has no such bit. Without Ssaia it is off anyway.
	 */
	if (host->ssaia && !host->lcofi)
		rvisa_remove(&host->isa, RVISA_SSCOFPMF);
}

static int rvh_host_check(void)
{
	if (!riscv_isa_extension_available(NULL, h)) {
		pr_err("a hart of this host has no H extension; cannot run guests\n");
		return -ENODEV;
	}
	if (sbi_spec_is_0_1()) {
		pr_err("SBI of this host is older than 0.2; update its firmware\n");
		return -ENODEV;
	}
	if (sbi_probe_extension(SBI_EXT_RFENCE) <= 0) {
		pr_err("SBI of this host has no RFENCE extension; update its firmware\n");
		return -ENODEV;
	}
	return 0;
}

static void rvh_host_fill(void)
{
	struct rvh_host *host = &rvh_host;

	host->gpt_levels_mask = rvh_common.gpt_levels_mask;
	host->gpt_levels = __fls(rvh_common.gpt_levels_mask);
	host->vmid_bits = rvh_usable_vmid_bits();
	host->timebase = riscv_timebase;
	host->mvendorid = sbi_get_mvendorid();
	host->marchid = sbi_get_marchid();
	host->mimpid = sbi_get_mimpid();
	host->cbom_block = riscv_cbom_block_size;
	host->cboz_block = riscv_cboz_block_size;
	host->cbop_block = rvh_host_cbop_block();
	host->satp_mode = satp_mode >> SATP_MODE_SHIFT;
	host->pmlens = rvh_common.pmlens;
	host->misaligned = rvh_common.misaligned;

	rvh_isa_drop_uncontrolled(&host->isa);
	host->fp = rvisa_has(&host->isa, RVISA_D);
	host->sstc = rvisa_has(&host->isa, RVISA_SSTC);
	host->vlenb = rvh_usable_vlenb(&host->isa);
	if (!host->vlenb)
		rvh_host_isa_drop_vector(&host->isa);
	/* A guest that is told of a block of no bytes has to doubt the rest. */
	if (!host->cbop_block)
		rvisa_remove(&host->isa, RVISA_ZICBOP);
	host->svinval = rvisa_has(&host->isa, RVISA_SVINVAL);
	host->smstateen = rvisa_has(&host->isa, RVISA_SMSTATEEN);
	host->ssaia = rvisa_has(&host->isa, RVISA_SSAIA);
	rvh_host_fill_pmu(host);
}

static void rvh_host_log(void)
{
	static const char * const formats[] = { "Sv39x4", "Sv48x4", "Sv57x4" };

	pr_info("hypervisor extension available\n");
	pr_info("using %s G-stage page table format\n",
		formats[rvh_host.gpt_levels - GSTAGE_MIN_LEVELS]);
	if (rvh_host.vmid_bits == rvh_common.vmid_bits)
		pr_info("VMID %u bits available\n", rvh_common.vmid_bits);
	else
		pr_info("VMID %u bits available, %u used\n", rvh_common.vmid_bits,
			rvh_host.vmid_bits);
}

int vmm_arch_host_init(void)
{
	int err;

	err = rvh_host_check();
	if (err)
		return err;

	rvh_host_isa(&rvh_host.isa);
	rvh_probe_all();
	if (!rvh_common.gpt_levels_mask) {
		pr_err("hgatp takes none of Sv39x4, Sv48x4, Sv57x4; cannot run guests\n");
		return -ENODEV;
	}
	rvh_host_fill();
	rvh_vmid_init(rvh_host.vmid_bits);
	rvh_host_log();
	if (!rvh_host.ssaia)
		rvh_host.aia_traps = rvh_host_traps_aia();
	pr_info("A and D bits of G-stage entries are set by %s\n",
		rvh_host_sets_ad() ? "hardware" : "software");
	rvh_hgei_init();
	rvh_perf_init();
	return 0;
}

void vmm_arch_host_exit(void)
{
	rvh_perf_exit();
	rvh_hgei_exit();
	/* The harts' registers were put back at once. What is left are page tables. */
	rvh_gpt_wait();
}

void vmm_arch_host_close(void)
{
	rvh_vmid_close();
}

/* ---- one hart ------------------------------------------------------------------------------ */

/* No VS-level interrupt is pending, no timer armed, nothing is translated. */
static void rvh_hart_neutral(void)
{
	hart_csr_write(HART_CSR_HGATP, 0);
	hart_csr_write(HART_CSR_HVIP, 0);
	hart_csr_write(HART_CSR_HIE, 0);
	hart_csr_write(HART_CSR_HGEIE, 0);
	hart_csr_write(HART_CSR_VSIE, 0);
	hart_csr_write(HART_CSR_VSATP, 0);
	hart_csr_write(HART_CSR_HTIMEDELTA, 0);
	hart_csr_write(HART_CSR_HEDELEG, 0);
	hart_csr_write(HART_CSR_HIDELEG, 0);
	hart_csr_write(HART_CSR_HCOUNTEREN, 0);
	hart_csr_write(HART_CSR_HENVCFG, 0);
	if (rvh_host.sstc)
		hart_csr_write(HART_CSR_VSTIMECMP, ~0UL);
	if (rvh_host.smstateen)
		hart_csr_write(HART_CSR_HSTATEEN0, 0);
	if (rvh_host.ssaia) {
		hart_csr_write(HART_CSR_HVICTL, 0);
		hart_csr_write(HART_CSR_HVIEN, 0);
		hart_csr_write(HART_CSR_HVIPRIO1, 0);
		hart_csr_write(HART_CSR_HVIPRIO2, 0);
	}
	hart_hfence_gvma_all();
	hart_hfence_vvma_all();
}

/* A hart that came online after the module was loaded has to be as good as the others. */
static bool rvh_hart_fits(void)
{
	struct rvh_probe probe;
	unsigned long flags;

	local_irq_save(flags);
	rvh_probe_hart(&probe);
	local_irq_restore(flags);

	return probe.gpt_levels_mask & BIT(rvh_host.gpt_levels) &&
	       !(rvh_common.satp_modes & ~probe.satp_modes) &&
	       !(rvh_common.henvcfg & ~probe.henvcfg) &&
	       (!rvh_host.vlenb || probe.vlenb == rvh_host.vlenb) &&
	       !(rvh_common.pmlens & ~probe.pmlens) &&
	       (probe.seed || !rvisa_has(&rvh_host.isa, RVISA_ZKR)) &&
	       (probe.lcofi || !rvh_host.lcofi) &&
	       probe.vmid_bits >= rvh_host.vmid_bits;
}

void vmm_arch_cpu_resume(void)
{
	rvh_hart_neutral();
	hart_csr_write(HART_CSR_HIDELEG, HART_HVIP_VS);
	/* Not the hart's own, which perf waits for: that of hvip, hence not by hideleg. */
	if (rvh_host.lcofi)
		hart_csr_set(HART_CSR_HVIEN, HART_HVIP_LCOFIP);
	/* Only time: what the counters count is the host's. */
	hart_csr_write(HART_CSR_HCOUNTEREN, HART_COUNTEREN_TM);
	rvh_hgei_cpu_begin();
	rvh_world_cpu_reset();
}

int vmm_arch_cpu_enable(void)
{
	if (!rvh_hart_fits()) {
		pr_err("CPU %u has less of the H extension than the others; it stays offline\n",
		       smp_processor_id());
		return -ENODEV;
	}
	rvh_hgei_cpu_probe();
	vmm_arch_cpu_resume();
	return 0;
}

void vmm_arch_cpu_disable(void)
{
	rvh_hgei_cpu_end();
	rvh_hart_neutral();
	rvh_world_cpu_reset();
}
