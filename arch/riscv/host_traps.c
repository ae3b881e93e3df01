// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does a guest's access to the AIA's CSRs come here, on harts without Ssaia? There it is an illegal
 * instruction, which firmware takes first unless it has delegated them (medeleg, which is not ours
 * to read), and then has to send on. Some harts do not let it do that rightly: emulated ones (QEMU
 * 10.0 and 11.1) ignore writes to mstatus.MPV, so they come back in VS-mode at the address of our
 * trap handler. So it is tried, on each hart, with a guest where nothing is at that address.
 */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/moduleparam.h>
#include <linux/smp.h>

#include <asm/cacheflush.h>

#include "host.h"
#include "hw/csr.h"
#include "hw/switch.h"
#include "rvh.h"

static bool aia_emulation = true;
module_param(aia_emulation, bool, 0444);
MODULE_PARM_DESC(aia_emulation, "interrupt controllers for VMs on hosts without Ssaia, too");

#define CSRR_ZERO(csr)	((csr) << 20 | 2 << 12 | 0x73)	/* csrr zero, csr */
#define ECALL		0x73

static const u32 traps_csrs[] = {
	HART_CSR_SISELECT, HART_CSR_SIREG, HART_CSR_STOPEI, HART_CSR_STOPI,
};

struct traps {
	struct rvh_scratch	scratch;
	atomic_t		wrong;
};

/* An access that does not trap is followed by a trap of another cause. */
static void traps_write_code(u32 *code)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(traps_csrs); i++) {
		code[2 * i] = CSRR_ZERO(traps_csrs[i]);
		code[2 * i + 1] = ECALL;
	}
}

/* Context: interrupts off. */
static void traps_try(void *arg)
{
	const unsigned long hstatus = HART_HSTATUS_SPV | HART_HSTATUS_SPVP | HART_HSTATUS_VSXL_64;
	gpa_t gpa = rvh_scratch_gpa(smp_processor_id());
	struct rvh_scratch_saved saved;
	unsigned long hedeleg;
	struct traps *traps = arg;
	unsigned int i;

	local_flush_icache_all();
	hedeleg = hart_csr_swap(HART_CSR_HEDELEG, 0);
	rvh_scratch_begin(&traps->scratch, &saved);
	for (i = 0; i < ARRAY_SIZE(traps_csrs); i++) {
		unsigned long pc = gpa + 2 * i * sizeof(u32);
		struct hart_trap_seen seen;

		hart_try_guest(pc, &seen, hstatus);
		if (seen.scause != HART_CAUSE_ILLEGAL_INSN || seen.sepc != pc ||
		    !(seen.hstatus & HART_HSTATUS_SPV))
			atomic_inc(&traps->wrong);
	}
	rvh_scratch_end(&saved);
	hart_csr_write(HART_CSR_HEDELEG, hedeleg);
}

bool rvh_host_traps_aia(void)
{
	struct traps traps = { .wrong = ATOMIC_INIT(0) };

	if (!aia_emulation)
		return false;
	guard(cpus_read_lock)();
	if (!rvh_scratch_create(&traps.scratch, GSTAGE_PTE_R | GSTAGE_PTE_W | GSTAGE_PTE_X |
				GSTAGE_PTE_A | GSTAGE_PTE_D))
		return false;
	traps_write_code(traps.scratch.data);
	on_each_cpu(traps_try, &traps, 1);
	rvh_scratch_destroy(&traps.scratch);
	return !atomic_read(&traps.wrong);
}
