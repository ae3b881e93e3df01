// SPDX-License-Identifier: GPL-2.0-only
#include "irqprio.h"

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define IRQ_SSI		1
#define IRQ_STI		5
#define IRQ_SEI		9
#define IRQ_LCOFI	13
#define IRQ_LAST	23

/* Below all that have a number. */
#define PRIO_DEFAULT	256

u8 *irqprio_place(unsigned long *hviprio1, unsigned long *hviprio2, unsigned int irq)
{
	u8 *low = (u8 *)hviprio1, *high = (u8 *)hviprio2;

	switch (irq) {
	case IRQ_SSI:
		return low + 1;
	case IRQ_STI:
		return low + 3;
	case 13 ... 15:
		return low + irq - 8;
	case 16 ... IRQ_LAST:
		return high + irq - 16;
	default:
		return NULL;
	}
}

/*
 * Those with number 0 keep their default priority. Of all that a guest can have, none is above the
 * external one by that, so 0 is the end of the list: §5.1.
 */
static unsigned int prio_of(unsigned int irq, unsigned long hviprio1, unsigned long hviprio2,
			    u32 external)
{
	u8 *place;

	if (irq == IRQ_SEI)
		return external ? external : PRIO_DEFAULT;
	place = irqprio_place(&hviprio1, &hviprio2, irq);
	return place && *place ? *place : PRIO_DEFAULT;
}

u32 irqprio_top(unsigned long ready, unsigned long hviprio1, unsigned long hviprio2, u32 external)
{
	/* Of equal numbers the first one wins. */
	static const u8 order[] = { IRQ_SEI, IRQ_SSI, IRQ_STI, IRQ_LCOFI };
	unsigned int i, top = 0, best = PRIO_DEFAULT + 1;

	for (i = 0; i < sizeof(order); i++) {
		unsigned int prio;

		if (!(ready >> order[i] & 1))
			continue;
		prio = prio_of(order[i], hviprio1, hviprio2, external);
		/* An identity of the external one may be above 255: then it is like the default. */
		if (prio > PRIO_DEFAULT)
			prio = PRIO_DEFAULT;
		if (prio < best) {
			best = prio;
			top = order[i];
		}
	}
	return top ? top << 16 | 1 : 0;
}
