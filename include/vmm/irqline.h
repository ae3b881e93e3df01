/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts on their way to a VM's interrupt controller in the kernel: wired lines, messages, and
 * eventfds that stand for either (Documentation/interrupts.rst).
 *
 * An architecture's controller is the *sink*. It comes in two steps: vmm_irq_announce() when the
 * device is created, from when on clients can route GSIs; vmm_irq_attach() when it is set up, from
 * when on it is given interrupts.
 *
 * Interrupts come from any context, hard interrupts included: they take raw spinlocks only, and
 * look the sink and the routes up under RCU.
 */
#ifndef VMM_IRQLINE_H
#define VMM_IRQLINE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "../../virt/model/routes.h"

struct vmm_routes;
struct vmm_vm;

#define VMM_MAX_IRQFDS		16384	/* of a VM */
#define VMM_MAX_RESAMPLERS	1024	/* of these, with a resamplefd */

/**
 * struct vmm_irq_sink - What an interrupt controller does with interrupts.
 * @set_pin:  Drive wired input @pin, 1 to the nr_pins of vmm_irq_attach(). Called whenever a level
 *            may have changed, so also with the level that it has; calls come one at a time. A rise
 *            and a fall in a row are an edge.
 *            Context: any, hard interrupts included; interrupts off; vm->irq.line_lock held. Takes
 *            raw spinlocks only. Must not call into this header.
 * @send_msi: Write @data to @addr, as a device's message does. Calls come at the same time.
 *            Context: any, hard interrupts included; interrupts on or off; RCU read side. Takes raw
 *            spinlocks only. Must not call into this header.
 *            Return: is there an interrupt file at @addr, so that it was delivered?
 */
struct vmm_irq_sink {
	void	(*set_pin)(struct vmm_vm *vm, u32 pin, bool high);
	bool	(*send_msi)(struct vmm_vm *vm, u64 addr, u32 data);
};

enum vmm_irq_state {
	VMM_IRQ_NONE,		/* no controller in the kernel */
	VMM_IRQ_ANNOUNCED,
	VMM_IRQ_ATTACHED,
};

struct vmm_irq {
	/* Read by each interrupt. */
	const struct vmm_irq_sink __rcu	*sink;		/* NULL unless attached */
	struct vmm_routes __rcu		*routes;	/* NULL when nothing is routed */

	struct mutex		lock;		/* of changes: state, sink, routes */
	enum vmm_irq_state	state;		/* written under lock; READ_ONCE */
	u32			nr_pins;	/* written before sink; read with it */

	/* A pin is high while either has its bit. The sink is told of changes under line_lock. */
	raw_spinlock_t		line_lock;
	DECLARE_BITMAP(driven, ROUTES_PINS);	/* by clients; under line_lock */
	DECLARE_BITMAP(raised, ROUTES_PINS);	/* by eventfds, until acknowledged; the same */

	struct list_head	irqfds;		/* under vmm_irqfd_lock */
	struct list_head	resamplers;	/* of these; changed so; RCU readers */
	unsigned int		nr_irqfds;	/* under vmm_irqfd_lock */
	unsigned int		nr_resamplers;	/* under vmm_irqfd_lock */
};

/* Stages of a VM's life and of the module's. Context: process context, sleep. */
int vmm_irq_init(struct vmm_vm *vm);
void vmm_irq_destroy(struct vmm_vm *vm);
int vmm_irqfd_module_init(void);
void vmm_irqfd_module_exit(void);

/* ---- for the interrupt controller ----------------------------------------------------------- */

/**
 * vmm_irq_announce() - The VM has an interrupt controller in the kernel, not set up yet.
 * @vm: The VM; its lock is held, so that there is one controller at most.
 *
 * Context: Process context, sleeps; takes vm->irq.lock.
 */
void vmm_irq_announce(struct vmm_vm *vm);

/**
 * vmm_irq_attach() - From now on interrupts are delivered.
 * @vm:      The VM; its lock is held; vmm_irq_announce() was called.
 * @sink:    Lives as long as the module.
 * @nr_pins: Wired inputs: they are numbered from 1 to this, which is below ROUTES_PINS. 0 where
 *           there are none.
 *
 * GSI i drives pin i unless the client has set routes. All lines are low. Events of eventfds that
 * nothing could take before are delivered now, from in here.
 *
 * Context: Process context, sleeps; takes vm->irq.lock. The sink's functions are called, so no lock
 *          that they take is held. The sink is ready: interrupts come before this returns.
 * Return:  0; -ENOMEM, and nothing has changed.
 */
int vmm_irq_attach(struct vmm_vm *vm, const struct vmm_irq_sink *sink, u32 nr_pins);

/**
 * vmm_irq_detach() - Undo vmm_irq_attach() and vmm_irq_announce(), as far as they were called.
 * @vm: The VM.
 *
 * No function of the sink runs or will run when this returns. The routes stay.
 *
 * Context: Process context, sleeps; takes vm->irq.lock and waits for an RCU grace period.
 */
void vmm_irq_detach(struct vmm_vm *vm);

/**
 * vmm_irq_ack_pin() - The guest has acknowledged the interrupt of a level-triggered pin.
 * @vm:  The VM.
 * @pin: Any number; those that no resampling eventfd has raised are ignored, at the cost of a load.
 *
 * To be called when the guest says that it is done with the interrupt, *before* the controller
 * looks whether the line is still high: the eventfds' part of the level is taken away in here, by
 * a call of set_pin(), and their resamplefds are signalled, which may well raise the line again.
 *
 * Context: Any but hard interrupts and NMIs, interrupts on or off, no lock of the sink held. With
 *          PREEMPT_RT: interrupts on, since an eventfd's lock sleeps there, and no raw spinlock.
 */
void vmm_irq_ack_pin(struct vmm_vm *vm, u32 pin);

/* ---- for clients ---------------------------------------------------------------------------- */

/**
 * vmm_irq_set_routes() - Replace all routes (KVM_SET_GSI_ROUTING).
 * @vm:      The VM.
 * @entries: Not checked yet.
 * @count:   How many.
 *
 * No interrupt goes by the old routes when this has returned. Eventfds follow; those whose events
 * had no route before deliver them now. A line that is high stays so.
 *
 * Context: Process context, sleeps; takes vm->irq.lock.
 * Return:  0; -EINVAL no controller in the kernel, or as routes_check() says; -ENOMEM.
 */
int vmm_irq_set_routes(struct vmm_vm *vm, const struct route_entry *entries, unsigned int count);

/**
 * vmm_irq_line() - Drive a wired input (KVM_IRQ_LINE).
 * @vm:   The VM.
 * @pin:  Any number: a pin, whatever the routes are.
 * @high: The level.
 *
 * Context: Process context, or as vmm_irq_sink.set_pin.
 * Return:  0; -ENXIO no controller in the kernel; -EBUSY it is not set up; -ENODEV no such pin.
 */
int vmm_irq_line(struct vmm_vm *vm, u32 pin, bool high);

/**
 * vmm_irq_signal_msi() - Send a message (KVM_SIGNAL_MSI).
 * @vm:   The VM.
 * @addr: Guest-physical address.
 * @data: What is written.
 *
 * Context: Process context, or as vmm_irq_sink.send_msi.
 * Return:  1 delivered; 0 nothing there takes messages; -EINVAL no controller in the kernel; -EBUSY
 *          it is not set up.
 */
int vmm_irq_signal_msi(struct vmm_vm *vm, u64 addr, u32 data);

/* What KVM_IRQFD asks for, unchecked but for its flags. */
struct vmm_irqfd_request {
	int	fd;
	u32	gsi;		/* any number: it may get a route later, or never */
	bool	resample;
	int	resample_fd;	/* with resample */
};

/**
 * vmm_irqfd_assign() - Have an eventfd raise interrupts.
 * @vm:  The VM.
 * @req: Which eventfd, and which GSI.
 *
 * Each signal of the eventfd is one interrupt, or the rise of the line until it is acknowledged.
 * What the eventfd was signalled before counts, too. While there is no sink or no route, events
 * stay in the eventfd. An eventfd raises one GSI of one VM in all the system.
 *
 * Context: Process context, sleeps.
 * Return:  0; -EBADF; -EINVAL no eventfd, or resampling without a controller in the kernel; -EBUSY
 *          the eventfd has a GSI already, here or elsewhere; -ENOSPC; -ENOMEM.
 */
int vmm_irqfd_assign(struct vmm_vm *vm, const struct vmm_irqfd_request *req);

/**
 * vmm_irqfd_deassign() - Undo vmm_irqfd_assign().
 * @vm:  The VM.
 * @req: The eventfd and its GSI.
 *
 * When this has returned, nobody reads the eventfd and no resamplefd is signalled any more; a line
 * that it holds high is low. An event is either delivered or left in the eventfd.
 *
 * Context: Process context, sleeps.
 * Return:  0, also when the eventfd has not that GSI; -EBADF; -EINVAL no eventfd.
 */
int vmm_irqfd_deassign(struct vmm_vm *vm, const struct vmm_irqfd_request *req);

#endif
