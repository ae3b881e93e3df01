// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has which guest interrupt file. What a hart has is changed by this hart alone, with its
 * interrupts off, so no lock is needed: who wants something of another hart asks it to.
 */
#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/irqchip/riscv-imsic.h>
#include <linux/lockdep.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>

#include <compat/kshim.h>

#include "../hw/csr.h"
#include "aia.h"
#include "hgei.h"

#define EIP0_OF_ID_1	BIT(1)
#define CHECK_LOOKS	1000U

struct hgei_hart {
	void __iomem	*pages;		/* of file 1 and the next ones; or NULL */
	unsigned int	pages_nr;
	unsigned long	works;		/* bit: file */
	unsigned long	free;
	unsigned int	next;		/* whose file is taken by force */
	struct vmm_vcpu	*owner[RVH_HGEI_MAX + 1];
};

static DEFINE_PER_CPU(struct hgei_hart, hgei_hart);
static unsigned int hgei_irq;
static u32 hgei_ids;
static bool hgei_found;		/* by any hart */

static unsigned int guest_files = RVH_HGEI_MAX;
module_param(guest_files, uint, 0644);
MODULE_PARM_DESC(guest_files, "how many guest interrupt files of each hart are used, 0 for none");

/* The files that the administrator lets us have. */
static unsigned long hgei_allowed(void)
{
	unsigned int nr = min(READ_ONCE(guest_files), RVH_HGEI_MAX);

	return nr ? GENMASK(nr, 1) : 0;
}

bool rvh_hgei_exist(void)
{
	return READ_ONCE(hgei_found) && hgei_allowed();
}

u32 rvh_hgei_ids(void)
{
	return rvh_hgei_exist() ? hgei_ids : 0;
}

/* ---- contents ------------------------------------------------------------------------------- */

/* vsireg and vstopei are those of the file that hstatus.VGEIN names: AIA v1.0 §6.3.3 */
struct hgei_saved {
	unsigned long	hstatus;
	unsigned long	vsiselect;
};

static void hgei_begin(struct hgei_saved *saved, unsigned int file)
{
	saved->vsiselect = hart_csr_read(HART_CSR_VSISELECT);
	saved->hstatus = hart_csr_read(HART_CSR_HSTATUS);
	hart_csr_write(HART_CSR_HSTATUS, (saved->hstatus & ~HART_HSTATUS_VGEIN) |
		       FIELD_PREP(HART_HSTATUS_VGEIN, file));
}

static void hgei_end(const struct hgei_saved *saved)
{
	hart_csr_write(HART_CSR_HSTATUS, saved->hstatus);
	hart_csr_write(HART_CSR_VSISELECT, saved->vsiselect);
}

static void hgei_write(unsigned int iselect, unsigned long value)
{
	hart_csr_write(HART_CSR_VSISELECT, iselect);
	hart_csr_write(HART_CSR_VSIREG, value);
}

static unsigned long hgei_swap(unsigned int iselect, unsigned long value)
{
	hart_csr_write(HART_CSR_VSISELECT, iselect);
	return hart_csr_swap(HART_CSR_VSIREG, value);
}

static unsigned int hgei_words(void)
{
	return hgei_ids / BITS_PER_LONG + 1;
}

/* Delivery comes last, and goes first: nothing is signalled in between. */
void rvh_hgei_load(unsigned int file, const struct vimsic_regs *regs)
{
	struct hgei_saved saved;
	unsigned int word;

	lockdep_assert_irqs_disabled();

	hgei_begin(&saved, file);
	for (word = 0; word < hgei_words(); word++) {
		hgei_write(VIMSIC_EIE0 + 2 * word, regs->eie[word]);
		hgei_write(VIMSIC_EIP0 + 2 * word, regs->eip[word]);
	}
	hgei_write(VIMSIC_EITHRESHOLD, regs->eithreshold);
	hgei_write(VIMSIC_EIDELIVERY, regs->eidelivery);
	hgei_end(&saved);
}

void rvh_hgei_unload(unsigned int file, struct vimsic_regs *regs)
{
	struct hgei_saved saved;
	unsigned int word;

	lockdep_assert_irqs_disabled();

	memset(regs, 0, sizeof(*regs));
	hgei_begin(&saved, file);
	regs->eidelivery = hgei_swap(VIMSIC_EIDELIVERY, 0);
	regs->eithreshold = hgei_swap(VIMSIC_EITHRESHOLD, 0);
	for (word = 0; word < hgei_words(); word++) {
		regs->eip[word] = hgei_swap(VIMSIC_EIP0 + 2 * word, 0);
		regs->eie[word] = hgei_swap(VIMSIC_EIE0 + 2 * word, 0);
	}
	hgei_end(&saved);
}

/* ---- owners --------------------------------------------------------------------------------- */

/* Whose file may be taken away: not one of them runs guest code now, for we are on its hart. */
static unsigned int hgei_victim(struct hgei_hart *hart, unsigned long allowed, bool force)
{
	unsigned long taken = allowed & hart->works & ~hart->free;
	unsigned long halted = taken & hart_csr_read(HART_CSR_HGEIE);

	if (halted)
		taken = halted;
	else if (!force)
		return 0;
	if (!taken)
		return 0;
	hart->next = find_next_bit(&taken, RVH_HGEI_MAX + 1, hart->next + 1);
	if (hart->next > RVH_HGEI_MAX)
		hart->next = __ffs(taken);
	return hart->next;
}

unsigned int rvh_hgei_take(struct vmm_vcpu *vcpu, bool force)
{
	struct hgei_hart *hart = this_cpu_ptr(&hgei_hart);
	unsigned long allowed = hgei_allowed();
	unsigned int file;

	lockdep_assert_irqs_disabled();

	if (!(hart->free & allowed)) {
		file = hgei_victim(hart, allowed, force);
		if (!file)
			return 0;
		rvh_imsic_leave(hart->owner[file]);
	}
	file = __ffs(hart->free & allowed);
	hart->free &= ~BIT(file);
	hart->owner[file] = vcpu;
	return file;
}

void rvh_hgei_give(unsigned int file)
{
	struct hgei_hart *hart = this_cpu_ptr(&hgei_hart);

	lockdep_assert_irqs_disabled();

	rvh_hgei_disarm(file);
	hart->owner[file] = NULL;
	hart->free |= BIT(file);
}

void __iomem *rvh_hgei_page(unsigned int file)
{
	return this_cpu_ptr(&hgei_hart)->pages + (file - 1) * VIMSIC_PAGE_SIZE;
}

/* ---- the signal ----------------------------------------------------------------------------- */

void rvh_hgei_arm(unsigned int file)
{
	hart_csr_set(HART_CSR_HGEIE, BIT(file));
}

void rvh_hgei_disarm(unsigned int file)
{
	hart_csr_clear(HART_CSR_HGEIE, BIT(file));
}

bool rvh_hgei_signals(unsigned int file)
{
	return hart_csr_read(HART_CSR_HGEIP) & BIT(file);
}

static irqreturn_t hgei_interrupt(int irq, void *dev)
{
	struct hgei_hart *hart = dev;
	unsigned long signals = hart_csr_read(HART_CSR_HGEIP) & hart_csr_read(HART_CSR_HGEIE);
	unsigned int file;

	/* They stay pending until their guests take them. */
	hart_csr_clear(HART_CSR_HGEIE, signals);
	for_each_set_bit(file, &signals, RVH_HGEI_MAX + 1)
		if (hart->owner[file])
			rvh_imsic_ring(hart->owner[file]);
	return IRQ_HANDLED;
}

/* ---- harts that come and go ----------------------------------------------------------------- */

/* Is the page of a file what the hart has by this number? An MSI of identity 1 shows it. */
static bool hgei_works(unsigned int file)
{
	struct hgei_saved saved;
	unsigned int looks = CHECK_LOOKS;
	unsigned long eip;

	writel(1, rvh_hgei_page(file) + VIMSIC_SETEIPNUM_LE);
	hgei_begin(&saved, file);
	hart_csr_write(HART_CSR_VSISELECT, VIMSIC_EIP0);
	do {
		eip = hart_csr_read(HART_CSR_VSIREG);
	} while (eip != EIP0_OF_ID_1 && --looks);
	hgei_end(&saved);
	return eip == EIP0_OF_ID_1;
}

/* Bits of hgeie that do not exist read as 0: GEILEN, Priv. v1.12 §8.2.4. */
static unsigned long hgei_probe(struct hgei_hart *hart)
{
	unsigned long exist, works = 0;
	struct vimsic_regs regs;
	unsigned int file;

	hart_csr_write(HART_CSR_HGEIE, ~0UL);
	exist = hart_csr_swap(HART_CSR_HGEIE, 0);
	for (file = 1; file <= hart->pages_nr && exist & BIT(file); file++) {
		rvh_hgei_unload(file, &regs);
		if (!hgei_works(file))
			break;
		rvh_hgei_unload(file, &regs);
		works |= BIT(file);
	}
	return works;
}

void rvh_hgei_cpu_probe(void)
{
	struct hgei_hart *hart = this_cpu_ptr(&hgei_hart);

	hart->works = 0;
	if (!hart->pages)
		return;
	scoped_guard(irqsave)
		hart->works = hgei_probe(hart);
	if (hart->works)
		WRITE_ONCE(hgei_found, true);
}

/* The hart may have lost what its files held; then nobody owned one. */
void rvh_hgei_cpu_begin(void)
{
	struct hgei_hart *hart = this_cpu_ptr(&hgei_hart);
	struct vimsic_regs regs;
	unsigned int file;

	if (!hart->works)
		return;
	scoped_guard(irqsave) {
		for_each_set_bit(file, &hart->works, RVH_HGEI_MAX + 1)
			rvh_hgei_unload(file, &regs);
		hart->free = hart->works;
	}
	enable_percpu_irq(hgei_irq, IRQ_TYPE_NONE);
	/* Its bit is not one of those that sie has: Priv. v1.12 §8.2.2. */
	hart_csr_set(HART_CSR_HIE, BIT(HART_IRQ_SGEI));
}

void rvh_hgei_cpu_end(void)
{
	struct hgei_hart *hart = this_cpu_ptr(&hgei_hart);
	unsigned int file;

	if (!hart->works)
		return;
	scoped_guard(irqsave) {
		for_each_set_bit(file, &hart->works, RVH_HGEI_MAX + 1)
			if (hart->owner[file])
				rvh_imsic_leave(hart->owner[file]);
		hart->free = 0;
	}
	hart_csr_clear(HART_CSR_HIE, BIT(HART_IRQ_SGEI));
	disable_percpu_irq(hgei_irq);
}

/* ---- the host ------------------------------------------------------------------------------- */

static void hgei_unmap(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct hgei_hart *hart = per_cpu_ptr(&hgei_hart, cpu);

		if (hart->pages)
			iounmap(hart->pages);
		hart->pages = NULL;
	}
}

/* Return: some hart has pages for guest interrupt files. */
static bool hgei_map(const struct imsic_global_config *global)
{
	unsigned int cpu, most = min(BIT(min(global->guest_index_bits, 6U)) - 1, RVH_HGEI_MAX);
	bool any = false;

	for_each_possible_cpu(cpu) {
		const struct imsic_local_config *local = per_cpu_ptr(global->local, cpu);
		struct hgei_hart *hart = per_cpu_ptr(&hgei_hart, cpu);

		hart->pages_nr = min(most, kshim_guest_files(local));
		if (!local->msi_pa || !hart->pages_nr)
			continue;
		/* After the page of the hart's own file. */
		hart->pages = ioremap(local->msi_pa + VIMSIC_PAGE_SIZE,
				      hart->pages_nr * VIMSIC_PAGE_SIZE);
		any |= !!hart->pages;
	}
	return any;
}

static unsigned int hgei_map_irq(void)
{
	struct irq_domain *harts = irq_find_matching_fwnode(riscv_get_intc_hwnode(),
							    DOMAIN_BUS_ANY);

	return harts ? irq_create_mapping(harts, HART_IRQ_SGEI) : 0;
}

void rvh_hgei_init(void)
{
	const struct imsic_global_config *global;

	if (!rvh_host.ssaia)
		return;
	global = imsic_get_global_config();
	if (!global || global->nr_guest_ids < VIMSIC_MIN_IDS || !hgei_map(global))
		return;
	hgei_ids = min(global->nr_guest_ids, VIMSIC_MAX_IDS);
	hgei_irq = hgei_map_irq();
	if (!hgei_irq)
		goto unmap;
	if (!request_percpu_irq(hgei_irq, hgei_interrupt, "kvm-riscv", &hgei_hart))
		return;
	irq_dispose_mapping(hgei_irq);
	hgei_irq = 0;
unmap:
	hgei_unmap();
}

void rvh_hgei_exit(void)
{
	if (!hgei_irq)
		return;
	free_percpu_irq(hgei_irq, &hgei_hart);
	irq_dispose_mapping(hgei_irq);
	hgei_irq = 0;
	hgei_found = false;
	hgei_unmap();
}
