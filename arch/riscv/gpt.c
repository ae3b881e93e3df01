// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel side of the G-stage tables: lock, pages, one fence for each change. Mapping is in
 * gpt_map.c.
 *
 * rvh_gpt.lock is held for reading by whoever installs leaves or takes write permission from them
 * (the model does that by compare-and-exchange), for writing by whoever takes them away. Aging
 * takes no lock: tables that were in use are freed by RCU.
 */
#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include <asm/csr.h>
#include <asm/page.h>

#include <vmm/gpa.h>

#include "hw/csr_bits.h"
#include "rvh.h"

/* Entries visited with the lock held for writing; then others get a chance. */
#define GPT_BUDGET	1024

/* A 4 KiB leaf needs a table for every level below the root. */
#define GPT_STOCK	(GSTAGE_MAX_LEVELS - 1)

static u64 *rvh_gpt_page_new(void)
{
	struct page *page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);

	if (!page)
		return NULL;
	mod_lruvec_page_state(page, NR_SECONDARY_PAGETABLE, 1);
	return page_address(page);
}

static void rvh_gpt_page_free(struct page *page)
{
	mod_lruvec_page_state(page, NR_SECONDARY_PAGETABLE, -1);
	__free_page(page);
}

static void rvh_gpt_page_free_rcu(struct rcu_head *head)
{
	rvh_gpt_page_free(container_of(head, struct page, rcu_head));
}

/* Tables that were in use: who walks them without the lock is in an RCU read-side section. */
static void rvh_gpt_pages_retire(struct gstage_pages *pages)
{
	u64 *table;

	while ((table = gstage_pages_pop(pages)))
		call_rcu(&virt_to_page(table)->rcu_head, rvh_gpt_page_free_rcu);
}

void rvh_gpt_wait(void)
{
	rcu_barrier();
}

int rvh_gpt_stock(struct vmm_vcpu *vcpu)
{
	struct gstage_pages *spare = &vcpu->rvh.spare;

	while (spare->count < GPT_STOCK) {
		u64 *table = rvh_gpt_page_new();

		if (!table)
			return -ENOMEM;
		gstage_pages_push(spare, table);
	}
	return 0;
}

void rvh_gpt_unstock(struct vmm_vcpu *vcpu)
{
	u64 *table;

	while ((table = gstage_pages_pop(&vcpu->rvh.spare)))
		rvh_gpt_page_free(virt_to_page(table));
}

int rvh_gpt_init(struct vmm_vm *vm)
{
	struct rvh_gpt *gpt = &vm->rvh.gpt;

	rwlock_init(&gpt->lock);
	gpt->host.root = vmm_gpa_host_tables(vm);
	/* Priv. v1.12 §4.1.11: each number of satp.MODE more is a level more. */
	gpt->host.levels = rvh_host.satp_mode - (SATP_MODE_39 >> SATP_MODE_SHIFT) + 3;
	gpt->host.known = hostpt_known(rvisa_has(&rvh_host.isa, RVISA_SVPBMT),
				       rvisa_has(&rvh_host.isa, RVISA_SVNAPOT));
	gpt->root = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO, GSTAGE_ROOT_ORDER);
	if (!gpt->root)
		return -ENOMEM;
	rvh_gpt_set_levels(vm, rvh_host.gpt_levels);
	/* All page tables are in the linear map. */
	gpt->host.va_offset = gpt->tables.va_offset;
	return 0;
}

void rvh_gpt_set_levels(struct vmm_vm *vm, unsigned int levels)
{
	struct rvh_gpt *gpt = &vm->rvh.gpt;
	u64 *root = page_address(gpt->root);

	/* Three levels are Sv39x4, mode 8; each more is the next mode. */
	u64 mode = HART_HGATP_MODE_SV39X4 + levels - GSTAGE_MIN_LEVELS;

	guard(write_lock)(&gpt->lock);
	gpt->hgatp = FIELD_PREP(HART_HGATP_MODE, mode) |
		     FIELD_PREP(HART_HGATP_PPN, page_to_pfn(gpt->root));
	gstage_init(&gpt->tables, root, levels, (unsigned long)root - page_to_phys(gpt->root));
}

void rvh_gpt_destroy(struct vmm_vm *vm)
{
	struct rvh_gpt *gpt = &vm->rvh.gpt;

	/* Slots are gone and each was unmapped, but what the fault path raced in may be left. */
	vmm_arch_gpt_unmap(vm, 0, vmm_arch_gpa_limit(vm));
	__free_pages(gpt->root, GSTAGE_ROOT_ORDER);
}

gpa_t vmm_arch_gpa_limit(struct vmm_vm *vm)
{
	return gstage_gpa_limit(&vm->rvh.gpt.tables);
}

/*
 * Whoever takes translations away fences after dropping the lock. One who finds them gone may
 * rely on that only when the fence is over, so meanwhile he fences his own range as well. Taking
 * write permission is not counted: what it leaves, whoever comes later finds, and fences.
 */
static void rvh_gpt_remove_begin(struct rvh_gpt *gpt)
{
	write_lock(&gpt->lock);
	gpt->removing++;
	write_unlock(&gpt->lock);
}

static void rvh_gpt_remove_end(struct rvh_gpt *gpt)
{
	write_lock(&gpt->lock);
	gpt->removing--;
	write_unlock(&gpt->lock);
}

/* @own: how many of those that take translations away are the caller. */
static void rvh_gpt_remove_shared(struct rvh_gpt *gpt, gpa_t start, gpa_t end, unsigned int own,
				  struct gstage_flush *flush)
{
	lockdep_assert_held(&gpt->lock);

	if (gpt->removing == own)
		return;
	if (flush->start >= flush->end) {
		flush->start = start;
		flush->end = end;
		return;
	}
	flush->start = min(flush->start, start);
	flush->end = max(flush->end, end);
}

/* A VM's part of the counts goes down only: what vCPUs map is counted by them. */
static void rvh_gpt_count(struct vmm_vm *vm, const struct gstage_flush *flush)
{
	vmm_stat_vm_add(vm, pages_4k, flush->leaves[0]);
	vmm_stat_vm_add(vm, pages_2m, flush->leaves[1]);
	vmm_stat_vm_add(vm, pages_1g, flush->leaves[2]);
}

void vmm_arch_gpt_unmap(struct vmm_vm *vm, gpa_t start, gpa_t end)
{
	struct rvh_gpt *gpt = &vm->rvh.gpt;
	struct gstage_flush flush = {};
	struct gstage_pages freed = {};
	gpa_t next;

	rvh_gpt_remove_begin(gpt);
	for (; start < end; start = next) {
		write_lock(&gpt->lock);
		next = gstage_unmap(&gpt->tables, start, end, GPT_BUDGET, &freed, &flush);
		rvh_gpt_remove_shared(gpt, start, next, 1, &flush);
		write_unlock(&gpt->lock);
	}
	/*
	 * A hart may walk the freed tables, and write through the old leaves, until it is fenced; a
	 * fence by address does not cover tables. Priv. v1.12 §8.3.2
	 */
	if (flush.tables)
		rvh_fence_gpa(vm, 0, vmm_arch_gpa_limit(vm));
	else
		rvh_fence_gpa(vm, flush.start, flush.end);
	rvh_gpt_remove_end(gpt);
	rvh_gpt_count(vm, &flush);
	rvh_gpt_pages_retire(&freed);
}

void vmm_arch_gpt_wrprotect(struct vmm_vm *vm, gpa_t start, gpa_t end)
{
	struct rvh_gpt *gpt = &vm->rvh.gpt;
	struct gstage_flush flush = {};
	gpa_t next;

	/* Faults that did not see the slot become stale have their leaves in after this. */
	write_lock(&gpt->lock);
	write_unlock(&gpt->lock);

	for (; start < end; start = next) {
		read_lock(&gpt->lock);
		next = gstage_wrprotect(&gpt->tables, start, end, GPT_BUDGET, &flush);
		rvh_gpt_remove_shared(gpt, start, next, 0, &flush);
		read_unlock(&gpt->lock);
		cond_resched();
	}
	rvh_fence_gpa(vm, flush.start, flush.end);
}

/* Protect up to GPT_BUDGET pages by a part of the mask; @words is how long the part may be. */
static unsigned long rvh_gpt_wrprotect_part(struct rvh_gpt *gpt, gfn_t gfn,
					    const unsigned long *mask, unsigned long words,
					    struct gstage_flush *flush)
{
	unsigned long i;

	words = min(words, GPT_BUDGET / BITS_PER_LONG);
	read_lock(&gpt->lock);
	for (i = 0; i < words; i++)
		gstage_wrprotect_mask(&gpt->tables, gfn + i * BITS_PER_LONG, mask[i], flush);
	rvh_gpt_remove_shared(gpt, gfn_to_gpa(gfn), gfn_to_gpa(gfn + words * BITS_PER_LONG), 0,
			      flush);
	read_unlock(&gpt->lock);
	return words;
}

void vmm_arch_gpt_wrprotect_mask(struct vmm_vm *vm, gfn_t gfn, const unsigned long *mask,
				 unsigned long words)
{
	struct rvh_gpt *gpt = &vm->rvh.gpt;
	struct gstage_flush flush = {};
	unsigned long i = 0;

	/*
	 * The caller took marks; leaves are looked at after that. Pairs with cmpxchg() in
	 * gstage_map(): a fault puts the leaf in, then looks whether there is a mark.
	 */
	smp_mb();
	while (i < words) {
		if (mask[i])
			i += rvh_gpt_wrprotect_part(gpt, gfn + i * BITS_PER_LONG, mask + i,
						    words - i, &flush);
		else
			i++;
		cond_resched();
	}
	rvh_fence_gpa(vm, flush.start, flush.end);
}

void vmm_arch_gpt_wrprotect_masks(struct vmm_vm *vm, const struct vmm_gfn_mask *masks,
				  unsigned int count)
{
	struct rvh_gpt *gpt = &vm->rvh.gpt;
	struct gstage_flush flush = {};
	unsigned int i;

	if (!count)
		return;
	read_lock(&gpt->lock);
	for (i = 0; i < count; i++) {
		gfn_t gfn = masks[i].gfn;

		gstage_wrprotect_mask(&gpt->tables, gfn, masks[i].mask, &flush);
		rvh_gpt_remove_shared(gpt, gfn_to_gpa(gfn), gfn_to_gpa(gfn + BITS_PER_LONG), 0,
				      &flush);
	}
	read_unlock(&gpt->lock);
	rvh_fence_gpa(vm, flush.start, flush.end);
}

bool vmm_arch_gpt_age(struct vmm_vm *vm, gpa_t start, gpa_t end, bool clear)
{
	struct rvh_gpt *gpt = &vm->rvh.gpt;
	struct gstage_flush flush = {};
	bool young;

	guard(rcu)();
	if (clear)
		young = gstage_clear_young(&gpt->tables, start, end, &flush);
	else
		young = gstage_test_young(&gpt->tables, start, end);

	/*
	 * A leaf without A faults at the next access, unless the hart remembers it: then the page
	 * looks older than it is. That is not worth a fence on every hart.
	 */
	return young;
}
