/* SPDX-License-Identifier: GPL-2.0-only */
/* Two VMs, a sink that notes what it is told, and eventfds. */
#ifndef VMM_IRQ_FIXTURE_H
#define VMM_IRQ_FIXTURE_H

#include <vmm/irqline.h>
#include <vmm/vm.h>

#include "fake_eventfd.h"

#define FAKE_EVENTS	(VMM_MAX_RESAMPLERS + 8)
#define FAKE_PINS	96

extern struct eventfd_ctx *fake_events;		/* by their file's number */

/* The file is closed; the eventfd lives on for those that hold it. */
void fake_close(unsigned int fd);

struct irq_fixture {
	struct vmm_vm	vm[2];

	/* What the sink of vm[0] was told. */
	bool		high[FAKE_PINS + 1];
	unsigned int	edges[FAKE_PINS + 1];	/* rises */
	atomic_t	nr_msis;
	u64		msi_addr;
	u32		msi_data;
	bool		misused;		/* a context that the contract forbids */
};

#endif
