// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping guest pages. What the host has present is read from the host's own page tables, under the
 * G-stage lock and with interrupts off: so the host changes it only after the notifier took the
 * leaf away again, and no page needs a reference. A host entry that is writable and dirty needs no
 * mark for writes of the guest: before it becomes clean or goes away, the notifier is called.
 */
#include <linux/align.h>
#include <linux/irqflags.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/srcu.h>

#include <vmm/dirty.h>
#include <vmm/gpa.h>

#include <compat/kshim.h>

#include "hw/fence.h"
#include "rvh.h"

#define AROUND_MAX	64

static unsigned int fault_around_pages = 16;
module_param(fault_around_pages, uint, 0644);
MODULE_PARM_DESC(fault_around_pages,
		 "pages mapped by a fault where the host has them present (1: one, at most 64)");

/* One page to be mapped, and all that is known of it. */
struct rvh_map_job {
	struct rvh_gpt		*gpt;
	struct vmm_slot		*slot;
	gpa_t			gpa;	/* of the page, like hva */
	hva_t			hva;
	bool			write;
	bool			alone;	/* nothing around it gets mapped */
	unsigned int		level;	/* of the leaf */
	struct hostpt_table	table;	/* where the host's entry is */
};

/* Permissions of a leaf for @page. While the slot logs, only a write makes a page writable. */
static notrace u64 job_prot(const struct rvh_map_job *job, const struct hostpt_page *page,
			    bool write)
{
	u64 prot = GSTAGE_PTE_R | GSTAGE_PTE_X | GSTAGE_PTE_A | page->pbmt;

	/* A and D are set in advance: the hart need not update them, Priv. v1.12 §4.3.1. */
	if (page->writable && !vmm_slot_is_readonly(job->slot) &&
	    (write || !vmm_slot_is_logging(job->slot)))
		prot |= GSTAGE_PTE_W | GSTAGE_PTE_D;
	return prot;
}

/* Does a leaf of @level around the page lie in the slot, with both addresses aligned alike? */
static notrace bool level_fits(const struct rvh_map_job *job, unsigned int level)
{
	const struct slot_info *info = &job->slot->info;
	u64 size = 1ULL << gstage_level_shift(level);
	gpa_t first = ALIGN_DOWN(job->gpa, size);

	return !((job->gpa ^ job->hva) & (size - 1)) && first >= gfn_to_gpa(info->gfn) &&
	       first + size <= gfn_to_gpa(info->gfn + info->npages);
}

/* The largest leaf that may stand for what the host maps in one entry. */
static notrace unsigned int largest_level(const struct rvh_map_job *job)
{
	unsigned int level = min_t(unsigned int, job->table.level,
				   job->gpt->tables.levels - 1);

	if (vmm_slot_is_logging(job->slot))
		return 0;
	while (level && !level_fits(job, level))
		level--;
	return level;
}

/*
 * Find the host's entry, and all around it that may get mapped: that has to be the host's to give
 * before any of it is read.
 */
static notrace enum rvh_map find_host_entry(struct vmm_vm *vm, struct rvh_map_job *job)
{
	unsigned int reach = 1;

	for (;;) {
		u64 size = 1ULL << gstage_level_shift(reach);
		hva_t first = ALIGN_DOWN(job->hva, size);

		if (vmm_notifier_covers(vm, first, first + size))
			return RVH_MAP_RETRY;
		if (!hostpt_find(&job->gpt->host, job->hva, &job->table))
			return RVH_MAP_ABSENT;
		job->level = largest_level(job);
		if (job->level <= reach)
			return RVH_MAP_DONE;
		reach = job->level;
	}
}

/*
 * Fill holes around the page with what the host has present and used lately. Stays in the slot, in
 * the host's table and in the 2 MiB of one G-stage table.
 */
static notrace unsigned int map_around(const struct rvh_map_job *job, unsigned int window)
{
	const struct slot_info *info = &job->slot->info;
	struct hostpt_around around;
	u64 leaves[AROUND_MAX];
	unsigned int i;

	hostpt_around(job->gpa, job->hva, gfn_to_gpa(info->gfn),
		      gfn_to_gpa(info->gfn + info->npages), window, &around);
	for (i = 0; i < around.count; i++) {
		hva_t hva = around.hva + i * VMM_PAGE_SIZE;
		struct hostpt_page page;

		leaves[i] = 0;
		if (hostpt_page(&job->gpt->host, &job->table, hva, &page) && page.young)
			leaves[i] = gstage_leaf(page.pa, job_prot(job, &page, false));
	}
	return gstage_fill(&job->gpt->tables, around.gpa, leaves, around.count);
}

static notrace unsigned int around_window(void)
{
	unsigned int pages = READ_ONCE(fault_around_pages);

	return pages > 1 ? rounddown_pow_of_two(min(pages, AROUND_MAX)) : 1;
}

/* Put the leaf in; a smaller one where the tables have smaller ones already. */
static notrace enum rvh_map map_leaf(struct rvh_map_job *job, struct gstage_pages *spare,
				     struct gstage_flush *flush)
{
	struct hostpt_page page;
	int err;

	if (!hostpt_page(&job->gpt->host, &job->table, job->hva, &page) ||
	    (job->write && !page.writable))
		return RVH_MAP_ABSENT;
	for (;;) {
		u64 inside = job->gpa & ((1ULL << gstage_level_shift(job->level)) - 1);

		err = gstage_map(&job->gpt->tables, job->gpa - inside, page.pa - inside,
				 job->level, job_prot(job, &page, job->write), spare, NULL,
				 flush);
		if (err != -EBUSY)
			break;
		job->level--;
	}
	return err ? RVH_MAP_STOCK : RVH_MAP_DONE;
}

/*
 * Find the memory. Before the lock is taken: what may change until then is looked at once more
 * under it.
 */
static notrace enum rvh_map job_init(struct vmm_vcpu *vcpu, struct rvh_map_job *job, gpa_t gpa,
				     bool write)
{
	struct vmm_slot *slot = vmm_slot_find_hinted(vcpu->vm, gpa_to_gfn(gpa),
						     &vcpu->rvh.hint);

	if (!slot)
		return RVH_MAP_NO_SLOT;
	if (write && vmm_slot_is_readonly(slot))
		return RVH_MAP_READONLY;
	job->gpt = &vcpu->vm->rvh.gpt;
	job->slot = slot;
	job->gpa = gpa & ~(VMM_PAGE_SIZE - 1);
	job->hva = vmm_slot_hva(slot, gpa_to_gfn(gpa));
	job->write = write;
	return RVH_MAP_DONE;
}

/* Context: the G-stage lock held for reading, interrupts off. */
static notrace enum rvh_map map_locked(struct vmm_vcpu *vcpu, struct rvh_map_job *job,
				       struct gstage_flush *flush)
{
	enum rvh_map map;

	if (vmm_slot_is_stale(job->slot))
		return RVH_MAP_RETRY;
	map = find_host_entry(vcpu->vm, job);
	if (map == RVH_MAP_DONE)
		map = map_leaf(job, &vcpu->rvh.spare, flush);
	if (map != RVH_MAP_DONE)
		return map;
	if (job->write)
		vmm_dirty_mark(vcpu, job->slot, gpa_to_gfn(job->gpa));
	if (flush->added && job->level)
		vmm_stat_add(vcpu, huge_leaves, 1);
	if (flush->added && !job->level && !job->alone && around_window() > 1) {
		unsigned int pages = map_around(job, around_window());

		vmm_stat_add(vcpu, fault_around_pages, pages);
		flush->leaves[0] += pages;
	}
	return RVH_MAP_DONE;
}

/* The leaf was there, and the guest faulted all the same: the hart remembers an old entry. */
static notrace bool is_spurious(const struct gstage_flush *flush)
{
	return !flush->added && !flush->relaxed;
}

/* Count what became of the tables, also if in the end nothing could be mapped. */
static notrace void count_map(struct vmm_vcpu *vcpu, const struct gstage_flush *flush)
{
	vmm_stat_add(vcpu, pages_4k, flush->leaves[0]);
	if (likely(!(flush->leaves[1] | flush->leaves[2])))
		return;
	vmm_stat_add(vcpu, pages_2m, flush->leaves[1]);
	vmm_stat_add(vcpu, pages_1g, flush->leaves[2]);
	vmm_stat_add(vcpu, huge_splits, flush->splits);
}

notrace enum rvh_map rvh_gpt_map_fast(struct vmm_vcpu *vcpu, gpa_t gpa, bool write)
{
	struct rvh_gpt *gpt = &vcpu->vm->rvh.gpt;
	struct gstage_flush flush = {};
	struct rvh_map_job job;
	enum rvh_map map;

	map = job_init(vcpu, &job, gpa, write);
	if (map != RVH_MAP_DONE)
		return map;
	job.alone = false;
	/* With PREEMPT_RT the lock may sleep. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || !read_trylock(&gpt->lock))
		return RVH_MAP_RETRY;
	map = map_locked(vcpu, &job, &flush);
	read_unlock(&gpt->lock);
	count_map(vcpu, &flush);

	if (flush.start < flush.end) {
		vcpu->rvh.flush = flush;
		return RVH_MAP_RETRY;
	}
	if (map == RVH_MAP_DONE && is_spurious(&flush)) {
		vmm_stat_add(vcpu, faults_spurious, 1);
		hart_hfence_gvma_vmid_gpa(READ_ONCE(vcpu->vm->rvh.vmid.number), gpa);
	}
	return map;
}

void rvh_gpt_fence_left(struct vmm_vcpu *vcpu)
{
	struct gstage_flush *flush = &vcpu->rvh.flush;

	rvh_fence_gpa(vcpu->vm, flush->start, flush->end);
	*flush = (struct gstage_flush) {};
}

static enum rvh_map map_present(struct vmm_vcpu *vcpu, gpa_t gpa, bool write, bool alone)
{
	struct rvh_gpt *gpt = &vcpu->vm->rvh.gpt;
	struct gstage_flush flush = {};
	struct rvh_map_job job;
	enum rvh_map map;

	guard(srcu)(&vcpu->vm->slots.srcu);

	map = job_init(vcpu, &job, gpa, write);
	if (map != RVH_MAP_DONE)
		return map;
	job.alone = alone;
	/* The host's tables are freed only after harts with interrupts off were waited for. */
	read_lock(&gpt->lock);
	scoped_guard(irqsave)
		map = map_locked(vcpu, &job, &flush);
	read_unlock(&gpt->lock);
	count_map(vcpu, &flush);

	rvh_fence_gpa(vcpu->vm, flush.start, flush.end);
	if (map == RVH_MAP_DONE && is_spurious(&flush)) {
		vmm_stat_add(vcpu, faults_spurious, 1);
		vcpu->rvh.spurious_gpa = gpa & ~(VMM_PAGE_SIZE - 1);
	}
	return map;
}

enum rvh_map rvh_gpt_map_present(struct vmm_vcpu *vcpu, gpa_t gpa, bool write)
{
	return map_present(vcpu, gpa, write, false);
}

enum rvh_map rvh_gpt_map_brought(struct vmm_vcpu *vcpu, gpa_t gpa, bool write)
{
	return map_present(vcpu, gpa, write, true);
}

enum rvh_map rvh_gpt_map_pin(struct vmm_vcpu *vcpu, gpa_t gpa, const struct vmm_pin *pin)
{
	struct rvh_gpt *gpt = &vcpu->vm->rvh.gpt;
	u64 prot = GSTAGE_PTE_R | GSTAGE_PTE_X | GSTAGE_PTE_A;
	gpa_t page = gpa & ~(VMM_PAGE_SIZE - 1);
	struct gstage_flush flush = {};
	int err;

	if (pin->writable)
		prot |= GSTAGE_PTE_W | GSTAGE_PTE_D;

	read_lock(&gpt->lock);
	if (!vmm_notifier_unchanged(vcpu->vm, pin->seq, vmm_slot_hva(pin->slot, pin->gfn))) {
		read_unlock(&gpt->lock);
		return RVH_MAP_RETRY;
	}
	err = gstage_map(&gpt->tables, page, pin->hpa, 0, prot, &vcpu->rvh.spare, NULL, &flush);
	if (!err && pin->writable)
		vmm_dirty_mark(vcpu, pin->slot, pin->gfn);
	read_unlock(&gpt->lock);
	count_map(vcpu, &flush);

	rvh_fence_gpa(vcpu->vm, flush.start, flush.end);
	if (!err && is_spurious(&flush)) {
		vmm_stat_add(vcpu, faults_spurious, 1);
		vcpu->rvh.spurious_gpa = page;
	}
	return err ? RVH_MAP_STOCK : RVH_MAP_DONE;
}
