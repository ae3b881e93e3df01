// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMIDs: one per VM, renewed when the numbers have run out. A new generation flushes every hart's
 * guest translations, and every vCPU finds out before its next entry, because the interrupt that
 * flushes also takes it out of guest code.
 *
 * Priv. v1.12 §8.2.10 (Hypervisor Guest Address Translation and Protection Register)
 */
#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/smp.h>

#include "hw/fence.h"
#include "model/vmidpool.h"
#include "rvh.h"

/* The pool's last generation, which no VM ever gets. */
#define RVH_VMID_CLOSED	U64_MAX

static struct vmidpool rvh_vmid_pool;	/* under rvh_vmid_lock; ->generation also READ_ONCE */
static DEFINE_MUTEX(rvh_vmid_lock);

/* Without usable VMIDs: the serial of the VM whose translations this hart holds. */
static DEFINE_PER_CPU(u64, rvh_vmid_owner);
static atomic64_t rvh_vmid_serial;

void rvh_vmid_init(unsigned int bits)
{
	vmidpool_init(&rvh_vmid_pool, bits);
}

void rvh_vmid_vm_init(struct vmm_vm *vm)
{
	vm->rvh.vmid.serial = atomic64_inc_return(&rvh_vmid_serial);
}

bool rvh_vmid_is_current(const struct vmm_vm *vm)
{
	/* Pairs with smp_store_release() in rvh_vmid_renew(): the number is there. */
	return smp_load_acquire(&vm->rvh.vmid.generation) ==
	       READ_ONCE(rvh_vmid_pool.generation);
}

static void rvh_vmid_flush_hart(void *unused)
{
	hart_hfence_gvma_all();
	hart_hfence_vvma_all();
}

int rvh_vmid_renew(struct vmm_vm *vm)
{
	u32 number;

	guard(mutex)(&rvh_vmid_lock);

	if (rvh_vmid_pool.generation == RVH_VMID_CLOSED)
		return -EIO;
	if (rvh_vmid_is_current(vm))
		return 0;
	if (vmidpool_alloc(&rvh_vmid_pool, &number))
		on_each_cpu(rvh_vmid_flush_hart, NULL, 1);
	/* No hart holds anything under the new number. */
	cpumask_clear(&vm->rvh.tlb.harts);
	WRITE_ONCE(vm->rvh.vmid.number, number);
	/* Pairs with smp_load_acquire() in rvh_vmid_is_current(). */
	smp_store_release(&vm->rvh.vmid.generation, rvh_vmid_pool.generation);
	return 0;
}

void rvh_vmid_close(void)
{
	guard(mutex)(&rvh_vmid_lock);

	WRITE_ONCE(rvh_vmid_pool.generation, RVH_VMID_CLOSED);
}

void rvh_vmid_enter(struct vmm_vm *vm)
{
	u64 serial = vm->rvh.vmid.serial;

	if (rvh_vmid_pool.count > 1 || __this_cpu_read(rvh_vmid_owner) == serial)
		return;
	rvh_vmid_flush_hart(NULL);
	__this_cpu_write(rvh_vmid_owner, serial);
}
