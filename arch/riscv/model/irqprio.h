/* SPDX-License-Identifier: GPL-2.0-only */
/* Priorities of the interrupts of a guest's hart: AIA v1.0 chapter 5 and §6.3.3. Pure. */
#ifndef RVH_MODEL_IRQPRIO_H
#define RVH_MODEL_IRQPRIO_H

#include <linux/types.h>

/**
 * irqprio_place() - Where hviprio1 and hviprio2 have the priority of an interrupt: §6.3.3.
 * @hviprio1: The registers.
 * @hviprio2: As before.
 * @irq:      Number of the interrupt at S-level; any.
 *
 * Context: Any.
 * Return:  Of the byte; NULL where there is none, which reads as 0.
 */
u8 *irqprio_place(unsigned long *hviprio1, unsigned long *hviprio2, unsigned int irq);

/**
 * irqprio_top() - The value of stopi.
 * @ready:    Interrupts pending and enabled, by their numbers at S-level. What guests do not have
 *            is ignored: others than the software, timer, external and counter-overflow ones.
 * @hviprio1: The registers.
 * @hviprio2: As before.
 * @external: Priority of the external interrupt: the identity that stopei shows, or 0 for none.
 *
 * As with hvictl.IPRIOM 0, the priority is not told.
 *
 * Context: Any.
 * Return:  The interrupt in bits 27..16, and 1; 0 for none.
 */
u32 irqprio_top(unsigned long ready, unsigned long hviprio1, unsigned long hviprio2, u32 external);

#endif
