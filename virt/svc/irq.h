/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of a VM's interrupts say to each other. */
#ifndef VMM_SVC_IRQ_H
#define VMM_SVC_IRQ_H

#include <linux/list.h>
#include <linux/types.h>

#include <vmm/irqline.h>

struct eventfd_ctx;

/**
 * vmm_irq_find_route() - Where does a GSI go?
 * @irq:   The VM's.
 * @gsi:   Any number.
 * @route: Set on success.
 *
 * Context: RCU read side.
 * Return:  False when it goes nowhere.
 */
bool vmm_irq_find_route(struct vmm_irq *irq, u32 gsi, struct route *route);

/**
 * vmm_irq_pulse() - An edge at a pin.
 * @vm:   The VM.
 * @sink: Its sink.
 * @pin:  Any pin of a route; one that the sink has not is ignored.
 *
 * Context: As for vmm_irq_sink.set_pin, RCU read side.
 */
void vmm_irq_pulse(struct vmm_vm *vm, const struct vmm_irq_sink *sink, u32 pin);

/* irqfd.c: look at all eventfds of a VM again, as there is a sink now or a route. */
void vmm_irqfds_retry(struct vmm_vm *vm);
/* The same: let go of all of them. Nobody else uses the VM. */
void vmm_irqfds_destroy(struct vmm_vm *vm);

/* The half of an irqfd that keeps a line high until the guest acknowledges it: resample.c. */
struct vmm_resampler {
	struct list_head	node;	/* in vm->irq.resamplers */
	struct eventfd_ctx	*ctx;	/* signalled then; NULL: the eventfd does not resample */
	u32			pin;	/* that it keeps high, or 0; under line_lock */
	unsigned long		acked;	/* bit 0: ctx has to be signalled */
};

/**
 * vmm_resampler_raise() - Raise a pin until it is acknowledged.
 * @vm:   The VM.
 * @sink: Its sink.
 * @res:  On whose behalf; what it has raised before is lowered if that is another pin.
 * @pin:  As for vmm_irq_pulse().
 *
 * Context: As for vmm_irq_pulse().
 */
void vmm_resampler_raise(struct vmm_vm *vm, const struct vmm_irq_sink *sink,
			 struct vmm_resampler *res, u32 pin);

/**
 * vmm_resampler_end() - Lower what is raised, for good.
 * @vm:  The VM.
 * @res: Not in vm->irq.resamplers any more; vmm_resampler_raise() is not called any more.
 *
 * res->ctx may still be signalled during an RCU grace period.
 *
 * Context: Any that vmm_irq_sink.set_pin allows.
 */
void vmm_resampler_end(struct vmm_vm *vm, struct vmm_resampler *res);

/* The controller is gone: nothing is raised any more. Context: process context. */
void vmm_resamplers_reset(struct vmm_irq *irq);

#endif
