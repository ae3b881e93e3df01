/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything that virt/ may ask of the CPU side. Bound at link time: one architecture per module.
 */
#ifndef VMM_ARCH_H
#define VMM_ARCH_H

#include <linux/types.h>

#include <vmm/addr.h>

struct kvm_guest_debug;
struct kvm_one_reg;
struct vmm_device_ops;
struct vmm_slot;
struct vmm_vcpu;
struct vmm_vm;

/* ---- the host ---------------------------------------------------------------------------- */

/**
 * vmm_arch_host_init() - Find out what this host's harts can do; log it.
 *
 * Context: Module initialisation, process context.
 * Return:  0; -ENODEV without the H extension or the SBI functions needed (one line says which).
 */
int vmm_arch_host_init(void);
void vmm_arch_host_exit(void);

/**
 * vmm_arch_host_close() - From now on vmm_arch_prepare() fails with -EIO, and so KVM_RUN does.
 *
 * Interrupting a hart after this takes it out of guest code for good.
 *
 * Context: Process context, sleeps. For a host that goes down: there is no way back.
 */
void vmm_arch_host_close(void);

/**
 * vmm_arch_cpu_enable() - Prepare the calling hart for guests.
 *
 * Context: On that hart, preemption off or bound to it, interrupts on or off.
 * Return:  0 or -errno: the hart cannot come online while the module is loaded.
 */
int vmm_arch_cpu_enable(void);

/**
 * vmm_arch_cpu_resume() - vmm_arch_cpu_enable() for a hart that may have lost its registers.
 *
 * Context: On that hart, interrupts off.
 */
void vmm_arch_cpu_resume(void);

/**
 * vmm_arch_cpu_disable() - Undo vmm_arch_cpu_enable().
 *
 * Context: As for vmm_arch_cpu_enable(); no vCPU runs on the hart any more.
 */
void vmm_arch_cpu_disable(void);

/* ---- life cycle -------------------------------------------------------------------------- */

int vmm_arch_vm_init(struct vmm_vm *vm);

/**
 * vmm_arch_vm_destroy() - Release what vmm_arch_vm_init() and mapping took.
 * @vm: No vCPU runs, no notifier can call any more.
 *
 * Context: Process context, sleeps.
 */
void vmm_arch_vm_destroy(struct vmm_vm *vm);

/**
 * vmm_arch_check_cap() - KVM_CHECK_EXTENSION for what depends on the host or the architecture.
 * @vm:  The VM, or NULL when asked on /dev/kvm.
 * @cap: KVM_CAP_* number.
 *
 * Return: The value; 0 for what is not known here.
 */
long vmm_arch_check_cap(struct vmm_vm *vm, unsigned long cap);

/**
 * vmm_arch_has_irqchip() - Can VMs on this host have an interrupt controller in the kernel?
 *
 * Context: Any process context.
 */
bool vmm_arch_has_irqchip(void);

/* The types of devices that clients can create; ends with NULL. */
extern const struct vmm_device_ops *const vmm_arch_device_types[];

/**
 * vmm_arch_enable_cap() - KVM_ENABLE_CAP for what is the architecture's.
 * @vm:   The VM; its lock is held.
 * @cap:  KVM_CAP_* number, unchecked.
 * @args: The four arguments, unchecked.
 *
 * Context: Process context; takes vm->slots.lock.
 * Return:  0; -EINVAL unknown capability or bad argument; -EBUSY too late for it.
 */
int vmm_arch_enable_cap(struct vmm_vm *vm, u32 cap, const u64 *args);

/**
 * vmm_arch_vcpu_init() - Reset a new vCPU.
 * @vcpu: All but its architecture part is initialised; index 0 starts runnable, others stopped.
 *
 * Return: 0 or -ENOMEM.
 */
int vmm_arch_vcpu_init(struct vmm_vcpu *vcpu);
void vmm_arch_vcpu_destroy(struct vmm_vcpu *vcpu);

/* ---- running ----------------------------------------------------------------------------- */

/* What a step of the run loop asks for; negative values are -errno for KVM_RUN. */
enum vmm_step {
	VMM_STEP_AGAIN	= 0,	/* go on */
	VMM_STEP_USER	= 1,	/* kvm_run is filled in: return 0 */
	VMM_STEP_HALT	= 2,	/* block until vmm_arch_runnable(), then go on */
	VMM_STEP_LEAVE	= 3,	/* kvm_run->immediate_exit is set: only of vmm_run() */
};

/**
 * vmm_arch_prepare() - Everything before a guest entry that may sleep.
 * @vcpu: The calling thread's vCPU.
 *
 * Serves the requests that are for the task, renews the VMID, fills page caches.
 *
 * Context: Process context, sleeps; vcpu->mutex held.
 * Return:  enum vmm_step, or -errno.
 */
int vmm_arch_prepare(struct vmm_vcpu *vcpu);

/**
 * vmm_arch_enter() - Run guest code until something needs the sleepable world.
 * @vcpu: As for vmm_arch_prepare(), which was called just before.
 *
 * Context: As for vmm_arch_prepare(); turns preemption and interrupts off and on.
 */
void vmm_arch_enter(struct vmm_vcpu *vcpu);

/**
 * vmm_arch_handle() - Handle what ended vmm_arch_enter().
 * @vcpu: As for vmm_arch_prepare().
 *
 * Context: Process context, sleeps; vcpu->mutex held, slots.srcu not held.
 * Return:  enum vmm_step, or -errno.
 */
int vmm_arch_handle(struct vmm_vcpu *vcpu);

/**
 * vmm_arch_run_done() - The thread is about to leave KVM_RUN.
 * @vcpu: As for vmm_arch_prepare().
 *
 * Puts the host task's lazily switched state back.
 */
void vmm_arch_run_done(struct vmm_vcpu *vcpu);

/**
 * vmm_arch_preempt() - The vCPU's thread is about to make way for another, as its time is over.
 * @vcpu: The calling thread's vCPU, which would run on.
 *
 * Not told of each such case: only where it is known before.
 *
 * Context: Process context, sleeps.
 */
void vmm_arch_preempt(struct vmm_vcpu *vcpu);

/**
 * vmm_arch_runnable() - Does a halted vCPU have a reason to go on?
 * @vcpu: The calling thread's vCPU, or any (then a hint only).
 *
 * Context: Any; lock-free.
 */
bool vmm_arch_runnable(struct vmm_vcpu *vcpu);

/**
 * vmm_arch_halt_begin() - The vCPU's thread is about to block: arm what wakes it.
 * @vcpu: The calling thread's vCPU.
 */
void vmm_arch_halt_begin(struct vmm_vcpu *vcpu);
void vmm_arch_halt_end(struct vmm_vcpu *vcpu);

/* ---- G-stage ----------------------------------------------------------------------------- */

/**
 * vmm_arch_gpa_limit() - First guest-physical byte that cannot be addressed.
 * @vm: The VM.
 */
gpa_t vmm_arch_gpa_limit(struct vmm_vm *vm);

/**
 * vmm_arch_gpt_unmap() - Remove all translations of a range and fence them.
 * @vm:    The VM.
 * @start: First guest-physical byte, page aligned.
 * @end:   Byte after the last, page aligned.
 *
 * Context: Process context; does not sleep (MMU notifiers that may not block call it too).
 */
void vmm_arch_gpt_unmap(struct vmm_vm *vm, gpa_t start, gpa_t end);

/**
 * vmm_arch_gpt_wrprotect() - Remove write permission from a range and fence it.
 * @vm:    The VM.
 * @start: First guest-physical byte, page aligned.
 * @end:   Byte after the last, page aligned.
 *
 * Context: Process context.
 */
void vmm_arch_gpt_wrprotect(struct vmm_vm *vm, gpa_t start, gpa_t end);

/* Pages among 64 guest frames in a row, anywhere. */
struct vmm_gfn_mask {
	gfn_t		gfn;		/* the one that bit 0 stands for */
	unsigned long	mask;
};

/**
 * vmm_arch_gpt_wrprotect_masks() - Remove write permission from pages here and there; one fence.
 * @vm:    The VM.
 * @masks: The pages, all below vmm_arch_gpa_limit().
 * @count: Length of @masks, a few dozen at most.
 *
 * Context: Process context, may sleep.
 */
void vmm_arch_gpt_wrprotect_masks(struct vmm_vm *vm, const struct vmm_gfn_mask *masks,
				  unsigned int count);

/**
 * vmm_arch_gpt_wrprotect_mask() - Remove write permission from chosen pages; one fence for all.
 * @vm:    The VM.
 * @gfn:   The guest frame that the first bit stands for.
 * @mask:  A bit for each page.
 * @words: Length of @mask in longs.
 *
 * Context: Process context, may sleep.
 */
void vmm_arch_gpt_wrprotect_mask(struct vmm_vm *vm, gfn_t gfn, const unsigned long *mask,
				 unsigned long words);

/**
 * vmm_arch_gpt_age() - Was any page of a range accessed?
 * @vm:    The VM.
 * @start: First guest-physical byte, page aligned.
 * @end:   Byte after the last, page aligned.
 * @clear: Forget the accesses.
 *
 * Context: Process context; does not sleep.
 */
bool vmm_arch_gpt_age(struct vmm_vm *vm, gpa_t start, gpa_t end, bool clear);

/**
 * vmm_arch_prefault() - Map guest memory as a read of the vCPU would (KVM_PRE_FAULT_MEMORY).
 * @vcpu: Its mutex is held; its mm is current->mm.
 * @gpa:  Guest-physical address, page aligned.
 *
 * Context: Process context, sleeps.
 * Return:  How many bytes from @gpa on are mapped now, 0 to be called again; -ENOENT no slot;
 *          -EFAULT, -EHWPOISON no memory in the host; -EINTR; -ENOMEM.
 */
long vmm_arch_prefault(struct vmm_vcpu *vcpu, gpa_t gpa);

/* ---- registers and events ---------------------------------------------------------------- */

/**
 * vmm_arch_reg_get() - Read one register (KVM_GET_ONE_REG).
 * @vcpu: Its mutex is held.
 * @id:   Register id, unchecked.
 * @buf:  At least VMM_REG_MAX bytes.
 * @size: Set to the register's size in bytes.
 *
 * Return: 0; -ENOENT unknown register; -EINVAL wrong size.
 */
int vmm_arch_reg_get(struct vmm_vcpu *vcpu, u64 id, void *buf, size_t *size);

/**
 * vmm_arch_reg_size() - Bytes of a register by its id.
 * @vcpu: Its mutex is held.
 * @id:   Register id, unchecked.
 *
 * Return: 1 to VMM_REG_MAX, or -ENOENT, -EINVAL.
 */
int vmm_arch_reg_size(struct vmm_vcpu *vcpu, u64 id);

/**
 * vmm_arch_reg_set() - Write one register (KVM_SET_ONE_REG).
 * @vcpu: Its mutex is held.
 * @id:   Register id, unchecked.
 * @buf:  vmm_arch_reg_size() bytes.
 *
 * Return: 0; -ENOENT, -EINVAL, -EBUSY (too late: the vCPU ran).
 */
int vmm_arch_reg_set(struct vmm_vcpu *vcpu, u64 id, const void *buf);

#define VMM_REG_MAX	256

/**
 * vmm_arch_reg_list() - Ids of all registers that this vCPU has.
 * @vcpu: Its mutex is held.
 * @ids:  Array of @max entries, or NULL to count.
 * @max:  Entries in @ids.
 *
 * Return: Number of registers (also when it is over @max; then only @max are stored).
 */
unsigned int vmm_arch_reg_list(struct vmm_vcpu *vcpu, u64 *ids, unsigned int max);

/**
 * vmm_arch_mp_state_get() - KVM_GET_MP_STATE.
 * @vcpu: Its mutex is held.
 *
 * Return: KVM_MP_STATE_*.
 */
u32 vmm_arch_mp_state_get(struct vmm_vcpu *vcpu);

/**
 * vmm_arch_mp_state_set() - KVM_SET_MP_STATE.
 * @vcpu:  Its mutex is held.
 * @state: Unchecked.
 *
 * Return: 0 or -EINVAL.
 */
int vmm_arch_mp_state_set(struct vmm_vcpu *vcpu, u32 state);

/**
 * vmm_arch_interrupt() - KVM_INTERRUPT: raise or lower the VS external interrupt.
 * @vcpu:  Any vCPU; its mutex need not be held.
 * @value: KVM_INTERRUPT_SET raises, any other value lowers.
 *
 * Context: Process context; lock-free.
 */
void vmm_arch_interrupt(struct vmm_vcpu *vcpu, u32 value);

/**
 * vmm_arch_guest_debug() - KVM_SET_GUEST_DEBUG.
 * @vcpu: Its mutex is held.
 * @dbg:  From userspace, unchecked.
 *
 * Return: 0 or -EINVAL.
 */
int vmm_arch_guest_debug(struct vmm_vcpu *vcpu, const struct kvm_guest_debug *dbg);

#endif
