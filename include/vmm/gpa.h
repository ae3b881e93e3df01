/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to guest memory by guest-physical address. */
#ifndef VMM_GPA_H
#define VMM_GPA_H

#include <vmm/addr.h>

struct page;
struct vmm_slot;
struct vmm_vcpu;
struct vmm_vm;

enum gpa_access {
	GPA_READ,
	GPA_WRITE,
};

/* One pinned host page behind one guest frame. */
struct vmm_pin {
	struct vmm_slot	*slot;
	gfn_t		gfn;
	struct page	*page;
	hpa_t		hpa;		/* of the page's first byte */
	unsigned long	seq;		/* notifier count before the page was looked up */
	bool		writable;	/* may be mapped writable */
};

/**
 * vmm_gpa_host_tables() - The page tables by which the host maps the VM's memory.
 * @vm: The VM.
 *
 * They are the architecture's to read; entries change at any time, under vm->notifier's protocol.
 *
 * Return: The root; it lives as long as the mm has users, as while it is somebody's current->mm.
 */
const void *vmm_gpa_host_tables(const struct vmm_vm *vm);

/**
 * vmm_gpa_pin() - Pin the host page behind one guest-physical page.
 * @vm:      VM whose memory slots are searched.
 * @gpa:     Guest-physical address in bytes; any alignment.
 * @access:  GPA_READ or GPA_WRITE; GPA_WRITE breaks copy-on-write.
 * @pin:     Filled on success; release with vmm_gpa_unpin().
 *
 * GPA_READ breaks nothing, but says so when the page may be mapped writable anyway.
 *
 * Context: Process context, may sleep. Caller holds vm->slots.srcu for reading
 *          and no spinlock.
 * Return:  0; -ENOENT no slot (treat as MMIO); -EROFS read-only slot and
 *          GPA_WRITE; -EFAULT no host mapping; -EHWPOISON; -ENOMEM; -EINTR a signal.
 */
int vmm_gpa_pin(struct vmm_vm *vm, gpa_t gpa, enum gpa_access access, struct vmm_pin *pin);
/* The same of a page that the caller has looked for among what the host has present, in vain. */
int vmm_gpa_bring_in(struct vmm_vm *vm, gpa_t gpa, enum gpa_access access, struct vmm_pin *pin);

/**
 * vmm_gpa_touch() - Have the host map memory that cannot be pinned: device memory.
 * @vm:     The VM; its mm is current->mm.
 * @gpa:    Guest-physical address in bytes; any alignment.
 * @access: GPA_READ or GPA_WRITE.
 *
 * Context: As for vmm_gpa_pin().
 * Return:  0; -ENOENT no slot; -EFAULT the host has no device memory there, or does not allow this
 *          access; -ENOMEM.
 */
int vmm_gpa_touch(struct vmm_vm *vm, gpa_t gpa, enum gpa_access access);

/**
 * vmm_gpa_poisoned() - Tell the calling thread that memory its guest accessed is damaged.
 * @vm:  The VM; its mm is current->mm.
 * @gpa: Guest-physical address in bytes; vmm_gpa_pin() gave -EHWPOISON.
 *
 * It gets the SIGBUS that an access of its own would have given: BUS_MCEERR_AR, with the host
 * address and the size of what is lost.
 *
 * Context: As for vmm_gpa_pin().
 * Return:  -EINTR: it will see the signal; -EHWPOISON: it blocks or ignores it; 0 when there is no
 *          slot any more.
 */
int vmm_gpa_poisoned(struct vmm_vm *vm, gpa_t gpa);

/**
 * vmm_gpa_read() - Read guest memory.
 * @vm:  The VM.
 * @gpa: Guest-physical address.
 * @to:  Filled in.
 * @len: Bytes, all on one page.
 *
 * Context: Process context, may sleep; slots.srcu need not be held.
 * Return:  As vmm_gpa_pin().
 */
int vmm_gpa_read(struct vmm_vm *vm, gpa_t gpa, void *to, unsigned int len);

/* A guest page that is to be written: vmm_gpa_open() */
struct vmm_window {
	struct vmm_pin	pin;
	int		srcu;
	void		*at;		/* the byte at the address that was asked for */
};

/**
 * vmm_gpa_open() - Make guest memory accessible, for reading and writing.
 * @vcpu:   The calling thread's vCPU.
 * @gpa:    Guest-physical address; what is on the same page can be accessed.
 * @window: Filled on success; vmm_gpa_close() has to follow soon, in the same thread.
 *
 * Context: Process context, may sleep; slots.srcu need not be held.
 * Return:  As vmm_gpa_pin().
 */
int vmm_gpa_open(struct vmm_vcpu *vcpu, gpa_t gpa, struct vmm_window *window);

/**
 * vmm_gpa_close() - The end of vmm_gpa_open().
 * @vcpu:    The same.
 * @window:  The same.
 * @written: Marks the page as written.
 */
void vmm_gpa_close(struct vmm_vcpu *vcpu, struct vmm_window *window, bool written);

/**
 * vmm_gpa_write() - Write guest memory.
 * @vcpu: The calling thread's vCPU: marks the page as written.
 * @gpa:  Guest-physical address.
 * @from: What to write.
 * @len:  Bytes, all on one page. With none, the page is made ready: a write that follows fails only
 *        when the memory goes away in between.
 *
 * Context: As for vmm_gpa_read().
 * Return:  As vmm_gpa_pin().
 */
int vmm_gpa_write(struct vmm_vcpu *vcpu, gpa_t gpa, const void *from, unsigned int len);

/**
 * vmm_gpa_replace16() - Replace 16 bits of guest memory, which nobody else writes.
 * @vcpu: The calling thread's vCPU: marks the page as written.
 * @gpa:  Guest-physical address, a multiple of 2.
 * @old:  What is expected there.
 * @new:  What it becomes.
 *
 * Context: As for vmm_gpa_read().
 * Return:  As vmm_gpa_pin(); -EAGAIN something else is there.
 */
int vmm_gpa_replace16(struct vmm_vcpu *vcpu, gpa_t gpa, u16 old, u16 new);

/**
 * vmm_gpa_unpin() - Release a page pinned by vmm_gpa_pin().
 * @pin:     From vmm_gpa_pin().
 * @written: The page was written, or mapped writable: mark it dirty for the host. The log of its
 *           slot is another matter: see vmm_dirty_mark().
 *
 * Context: Process context, may sleep. Caller still holds vm->slots.srcu for reading.
 */
void vmm_gpa_unpin(struct vmm_pin *pin, bool written);

#endif
