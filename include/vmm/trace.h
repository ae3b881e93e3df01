/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints, kvm:*: one for each way through the module (Documentation/observing.rst). Fields
 * that tools know by name are called what in-tree KVM calls them; "id" is the vCPU's.
 *
 * A tracepoint that nobody looks at costs one instruction. In the inner loop they run with
 * interrupts off, in code that no function tracer may touch; where context tracking is on, RCU does
 * not watch there, and that loop is left before anything is traced.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm

#if !defined(VMM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VMM_TRACE_H

#include <linux/tracepoint.h>
#include <linux/types.h>

/* ---- guest code ---------------------------------------------------------------------------- */

TRACE_EVENT(kvm_entry,
	TP_PROTO(u32 id, unsigned long pc),
	TP_ARGS(id, pc),
	TP_STRUCT__entry(
		__field(unsigned long,	pc)
		__field(u32,		id)
	),
	TP_fast_assign(
		__entry->pc = pc;
		__entry->id = id;
	),
	TP_printk("PC: 0x%lx, vcpu %u", __entry->pc, __entry->id)
);

#ifndef VMM_TRACE_TRAP
#define VMM_TRACE_TRAP
/* A trap that ended guest code, as the hart told it. */
struct vmm_trace_trap {
	u32		id;
	unsigned long	sepc;
	unsigned long	scause;
	unsigned long	stval;
	unsigned long	htval;
	unsigned long	htinst;
};
#endif

TRACE_EVENT(kvm_exit,
	TP_PROTO(const struct vmm_trace_trap *trap),
	TP_ARGS(trap),
	TP_STRUCT__entry(
		__field(unsigned long,	sepc)
		__field(unsigned long,	scause)
		__field(unsigned long,	stval)
		__field(unsigned long,	htval)
		__field(unsigned long,	htinst)
		__field(u32,		id)
	),
	TP_fast_assign(
		__entry->sepc = trap->sepc;
		__entry->scause = trap->scause;
		__entry->stval = trap->stval;
		__entry->htval = trap->htval;
		__entry->htinst = trap->htinst;
		__entry->id = trap->id;
	),
	TP_printk("SEPC:0x%lx, SCAUSE:0x%lx, STVAL:0x%lx, HTVAL:0x%lx, HTINST:0x%lx, vcpu %u",
		  __entry->sepc, __entry->scause, __entry->stval, __entry->htval, __entry->htinst,
		  __entry->id)
);

/* The end of KVM_RUN: @result is what it returns; @reason counts when that is 0. */
TRACE_EVENT(kvm_userspace_exit,
	TP_PROTO(u32 id, u32 reason, int result),
	TP_ARGS(id, reason, result),
	TP_STRUCT__entry(
		__field(u32,	reason)
		__field(int,	errno)
		__field(u32,	id)
	),
	TP_fast_assign(
		__entry->reason = reason;
		__entry->errno = result;
		__entry->id = id;
	),
	TP_printk("vcpu %u: reason %u, result %d", __entry->id, __entry->reason, __entry->errno)
);

/* ---- what guest code asks for --------------------------------------------------------------- */

TRACE_EVENT(kvm_page_fault,
	TP_PROTO(const struct vmm_trace_trap *trap),
	TP_ARGS(trap),
	TP_STRUCT__entry(
		__field(u64,		gpa)
		__field(unsigned long,	gva)
		__field(unsigned long,	scause)
		__field(unsigned long,	sepc)
		__field(u32,		id)
	),
	TP_fast_assign(
		__entry->gpa = (u64)trap->htval << 2;
		__entry->gva = trap->stval;
		__entry->scause = trap->scause;
		__entry->sepc = trap->sepc;
		__entry->id = trap->id;
	),
	TP_printk("vcpu %u: %s gpa 0x%llx gva 0x%lx pc 0x%lx", __entry->id,
		  __print_symbolic(__entry->scause,
				   { 20, "fetch" }, { 21, "load" }, { 23, "store" }),
		  __entry->gpa, __entry->gva, __entry->sepc)
);

TRACE_EVENT(kvm_sbi,
	TP_PROTO(u32 id, const unsigned long *args),
	TP_ARGS(id, args),
	TP_STRUCT__entry(
		__field(unsigned long,	eid)
		__field(unsigned long,	fid)
		__array(unsigned long,	args,	6)
		__field(u32,		id)
	),
	TP_fast_assign(
		memcpy(__entry->args, args, sizeof(__entry->args));
		__entry->fid = args[6];
		__entry->eid = args[7];
		__entry->id = id;
	),
	TP_printk("vcpu %u: eid 0x%lx fid 0x%lx args 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx",
		  __entry->id, __entry->eid, __entry->fid, __entry->args[0], __entry->args[1],
		  __entry->args[2], __entry->args[3], __entry->args[4], __entry->args[5])
);

#ifndef VMM_TRACE_MMIO
#define VMM_TRACE_MMIO
enum vmm_trace_mmio {
	VMM_MMIO_ASK,		/* a load that userspace has to answer */
	VMM_MMIO_READ,		/* its answer */
	VMM_MMIO_WRITE,
};
#endif

TRACE_EVENT(kvm_mmio,
	TP_PROTO(u32 id, enum vmm_trace_mmio type, u32 len, u64 gpa, u64 val),
	TP_ARGS(id, type, len, gpa, val),
	TP_STRUCT__entry(
		__field(u32,	type)
		__field(u32,	len)
		__field(u64,	gpa)
		__field(u64,	val)
		__field(u32,	id)
	),
	TP_fast_assign(
		__entry->type = type;
		__entry->len = len;
		__entry->gpa = gpa;
		__entry->val = val;
		__entry->id = id;
	),
	TP_printk("vcpu %u: mmio %s len %u gpa 0x%llx val 0x%llx", __entry->id,
		  __print_symbolic(__entry->type,
				   { 0, "unsatisfied-read" }, { 1, "read" }, { 2, "write" }),
		  __entry->len, __entry->gpa, __entry->val)
);

TRACE_EVENT(kvm_ioeventfd,
	TP_PROTO(u64 gpa, u32 len, u64 val),
	TP_ARGS(gpa, len, val),
	TP_STRUCT__entry(
		__field(u64,	gpa)
		__field(u64,	val)
		__field(u32,	len)
	),
	TP_fast_assign(
		__entry->gpa = gpa;
		__entry->val = val;
		__entry->len = len;
	),
	TP_printk("gpa 0x%llx len %u val 0x%llx", __entry->gpa, __entry->len, __entry->val)
);

/* ---- attention, sleep, time ----------------------------------------------------------------- */

/* Interrupt bits of hvip that change in a vCPU. */
TRACE_EVENT(kvm_irq,
	TP_PROTO(u32 id, unsigned long set, unsigned long clear),
	TP_ARGS(id, set, clear),
	TP_STRUCT__entry(
		__field(unsigned long,	set)
		__field(unsigned long,	clear)
		__field(u32,		id)
	),
	TP_fast_assign(
		__entry->set = set;
		__entry->clear = clear;
		__entry->id = id;
	),
	TP_printk("vcpu %u: set 0x%lx clear 0x%lx", __entry->id, __entry->set, __entry->clear)
);

TRACE_EVENT(kvm_kick,
	TP_PROTO(u32 id, int mode, unsigned long requests),
	TP_ARGS(id, mode, requests),
	TP_STRUCT__entry(
		__field(unsigned long,	requests)
		__field(int,		mode)
		__field(u32,		id)
	),
	TP_fast_assign(
		__entry->requests = requests;
		__entry->mode = mode;
		__entry->id = id;
	),
	TP_printk("vcpu %u: %s, requests 0x%lx", __entry->id,
		  __print_symbolic(__entry->mode, { 0, "outside" }, { 1, "in guest code" }),
		  __entry->requests)
);

/* A halt is over: @waited tells whether it slept, @valid whether there is something to run for. */
TRACE_EVENT(kvm_vcpu_wakeup,
	TP_PROTO(u32 id, u64 ns, bool waited, bool valid),
	TP_ARGS(id, ns, waited, valid),
	TP_STRUCT__entry(
		__field(u64,	ns)
		__field(bool,	waited)
		__field(bool,	valid)
		__field(u32,	id)
	),
	TP_fast_assign(
		__entry->ns = ns;
		__entry->waited = waited;
		__entry->valid = valid;
		__entry->id = id;
	),
	TP_printk("vcpu %u: %s time %llu ns, %s", __entry->id,
		  __entry->waited ? "wait" : "poll", __entry->ns,
		  __entry->valid ? "valid" : "invalid")
);

TRACE_EVENT(kvm_halt_poll_ns,
	TP_PROTO(u32 id, unsigned int new, unsigned int old),
	TP_ARGS(id, new, old),
	TP_STRUCT__entry(
		__field(bool,		grow)
		__field(u32,		vcpu_id)
		__field(unsigned int,	new)
		__field(unsigned int,	old)
	),
	TP_fast_assign(
		__entry->grow = new > old;
		__entry->vcpu_id = id;
		__entry->new = new;
		__entry->old = old;
	),
	TP_printk("vcpu %u: halt_poll_ns %u (%s %u)", __entry->vcpu_id, __entry->new,
		  __entry->grow ? "grow" : "shrink", __entry->old)
);

/* @compare and @now in ticks of the guest's time. */
DECLARE_EVENT_CLASS(kvm_timer,
	TP_PROTO(u32 id, u64 compare, u64 now),
	TP_ARGS(id, compare, now),
	TP_STRUCT__entry(
		__field(u64,	compare)
		__field(u64,	now)
		__field(u32,	id)
	),
	TP_fast_assign(
		__entry->compare = compare;
		__entry->now = now;
		__entry->id = id;
	),
	TP_printk("vcpu %u: compare %llu now %llu", __entry->id, __entry->compare, __entry->now)
);

/* Set by a call, by a register or by a halt; a guest with Sstc sets it unseen otherwise. */
DEFINE_EVENT(kvm_timer, kvm_timer_set,
	TP_PROTO(u32 id, u64 compare, u64 now),
	TP_ARGS(id, compare, now)
);

/* The host's timer for it fired. */
DEFINE_EVENT(kvm_timer, kvm_timer_fire,
	TP_PROTO(u32 id, u64 compare, u64 now),
	TP_ARGS(id, compare, now)
);

/* ---- guest memory --------------------------------------------------------------------------- */

TRACE_EVENT(kvm_set_slot,
	TP_PROTO(u32 slot, u32 flags, u64 gpa, u64 size, int result),
	TP_ARGS(slot, flags, gpa, size, result),
	TP_STRUCT__entry(
		__field(u64,	gpa)
		__field(u64,	size)
		__field(u32,	slot)
		__field(u32,	flags)
		__field(int,	result)
	),
	TP_fast_assign(
		__entry->gpa = gpa;
		__entry->size = size;
		__entry->slot = slot;
		__entry->flags = flags;
		__entry->result = result;
	),
	TP_printk("slot %u gpa 0x%llx size 0x%llx flags 0x%x result %d", __entry->slot,
		  __entry->gpa, __entry->size, __entry->flags, __entry->result)
);

DECLARE_EVENT_CLASS(kvm_hva_range,
	TP_PROTO(unsigned long start, unsigned long end),
	TP_ARGS(start, end),
	TP_STRUCT__entry(
		__field(unsigned long,	start)
		__field(unsigned long,	end)
	),
	TP_fast_assign(
		__entry->start = start;
		__entry->end = end;
	),
	TP_printk("mmu notifier: 0x%016lx -- 0x%016lx", __entry->start, __entry->end)
);

DEFINE_EVENT(kvm_hva_range, kvm_unmap_hva_range,
	TP_PROTO(unsigned long start, unsigned long end),
	TP_ARGS(start, end)
);

DEFINE_EVENT(kvm_hva_range, kvm_age_hva,
	TP_PROTO(unsigned long start, unsigned long end),
	TP_ARGS(start, end)
);

DEFINE_EVENT(kvm_hva_range, kvm_test_age_hva,
	TP_PROTO(unsigned long start, unsigned long end),
	TP_ARGS(start, end)
);

/* A page is marked as written, in the bitmap or in the ring. */
TRACE_EVENT(kvm_dirty_mark,
	TP_PROTO(u32 id, u32 slot, u64 gfn),
	TP_ARGS(id, slot, gfn),
	TP_STRUCT__entry(
		__field(u64,	gfn)
		__field(u32,	slot)
		__field(u32,	id)
	),
	TP_fast_assign(
		__entry->gfn = gfn;
		__entry->slot = slot;
		__entry->id = id;
	),
	TP_printk("vcpu %u: slot %u gfn 0x%llx", __entry->id, __entry->slot, __entry->gfn)
);

/* KVM_GET_DIRTY_LOG (all pages of the slot) and KVM_CLEAR_DIRTY_LOG. */
DECLARE_EVENT_CLASS(kvm_dirty_log,
	TP_PROTO(u32 slot, u64 first, u64 npages),
	TP_ARGS(slot, first, npages),
	TP_STRUCT__entry(
		__field(u64,	first)
		__field(u64,	npages)
		__field(u32,	slot)
	),
	TP_fast_assign(
		__entry->first = first;
		__entry->npages = npages;
		__entry->slot = slot;
	),
	TP_printk("slot %u first page %llu, %llu pages", __entry->slot, __entry->first,
		  __entry->npages)
);

DEFINE_EVENT(kvm_dirty_log, kvm_dirty_log_get,
	TP_PROTO(u32 slot, u64 first, u64 npages),
	TP_ARGS(slot, first, npages)
);

DEFINE_EVENT(kvm_dirty_log, kvm_dirty_log_clear,
	TP_PROTO(u32 slot, u64 first, u64 npages),
	TP_ARGS(slot, first, npages)
);

TRACE_EVENT(kvm_dirty_ring_reset,
	TP_PROTO(u32 entries),
	TP_ARGS(entries),
	TP_STRUCT__entry(
		__field(u32,	entries)
	),
	TP_fast_assign(
		__entry->entries = entries;
	),
	TP_printk("entries %u", __entry->entries)
);

TRACE_EVENT(kvm_dirty_ring_exit,
	TP_PROTO(int vcpu_id),
	TP_ARGS(vcpu_id),
	TP_STRUCT__entry(
		__field(int,	vcpu_id)
	),
	TP_fast_assign(
		__entry->vcpu_id = vcpu_id;
	),
	TP_printk("vcpu %d", __entry->vcpu_id)
);

/* ---- interrupts on their way to a controller in the kernel ---------------------------------- */

/* KVM_IRQ_LINE. */
TRACE_EVENT(kvm_set_irq,
	TP_PROTO(u32 pin, bool high),
	TP_ARGS(pin, high),
	TP_STRUCT__entry(
		__field(u32,	gsi)
		__field(int,	level)
	),
	TP_fast_assign(
		__entry->gsi = pin;
		__entry->level = high;
	),
	TP_printk("gsi %u level %d", __entry->gsi, __entry->level)
);

/* KVM_SIGNAL_MSI. */
TRACE_EVENT(kvm_msi,
	TP_PROTO(u64 addr, u32 data, bool delivered),
	TP_ARGS(addr, data, delivered),
	TP_STRUCT__entry(
		__field(u64,	addr)
		__field(u32,	data)
		__field(bool,	delivered)
	),
	TP_fast_assign(
		__entry->addr = addr;
		__entry->data = data;
		__entry->delivered = delivered;
	),
	TP_printk("addr 0x%llx data 0x%x%s", __entry->addr, __entry->data,
		  __entry->delivered ? "" : ": nothing there")
);

/* An event of an eventfd: @addr is the message's, or 0 where @dest is a pin. */
TRACE_EVENT(kvm_irqfd,
	TP_PROTO(u32 gsi, u64 addr, u32 dest),
	TP_ARGS(gsi, addr, dest),
	TP_STRUCT__entry(
		__field(u64,	addr)
		__field(u32,	dest)
		__field(u32,	gsi)
	),
	TP_fast_assign(
		__entry->addr = addr;
		__entry->dest = dest;
		__entry->gsi = gsi;
	),
	TP_printk("gsi %u: addr 0x%llx, data or pin %u", __entry->gsi, __entry->addr,
		  __entry->dest)
);

/* The guest is done with the interrupt of a line that eventfds hold high. */
TRACE_EVENT(kvm_ack_irq,
	TP_PROTO(u32 pin),
	TP_ARGS(pin),
	TP_STRUCT__entry(
		__field(u32,	pin)
	),
	TP_fast_assign(
		__entry->pin = pin;
	),
	TP_printk("pin %u", __entry->pin)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH vmm
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

#include <trace/define_trace.h>
