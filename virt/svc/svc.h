/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the bus say to each other. */
#ifndef VMM_SVC_H
#define VMM_SVC_H

#include <linux/types.h>

#include <vmm/addr.h>

struct vmm_bus;

/**
 * vmm_bus_settle() - Wait until every vmm_bus_write() that had begun is over.
 *
 * Context: Process context, sleeps.
 */
void vmm_bus_settle(void);

void vmm_ioeventfds_destroy(struct vmm_bus *bus);
/* Context of the two: RCU read side. Return: the store is done. */
bool vmm_ioeventfd_write(struct vmm_bus *bus, gpa_t gpa, unsigned int len, u64 data,
			 struct vmm_bus_hint *hint);
bool vmm_coalesced_write(struct vmm_bus *bus, gpa_t gpa, unsigned int len, u64 data);

int vmm_coalesced_init(struct vmm_bus *bus);
void vmm_coalesced_destroy(struct vmm_bus *bus);

#endif
