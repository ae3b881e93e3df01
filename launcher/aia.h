/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_AIA_H
#define RVRUN_AIA_H

#include <stdbool.h>

#include "wire.h"

#define AIA_NSOURCES	63	/* source 0 does not exist */
#define AIA_NIDS	255	/* of each interrupt file */
#define APLIC_SIZE	0x4000
#define IMSIC_SIZE	0x1000

/** struct aia - The interrupt controllers in the kernel: an APLIC, and an IMSIC for each vCPU. */
struct aia {
	int		fd;		/* of the device; -1: there is none */
	int		vm_fd;
	struct wire	serial;		/* without descriptors: KVM_IRQ_LINE drives the line */
};

/**
 * aia_open() - Create the device, if KVM has it.
 * @aia:   Filled, also on failure; release with aia_destroy().
 * @vm_fd: A VM with all its vCPUs, of which none has run.
 *
 * Return: NULL, or why there is none.
 */
const char *aia_open(struct aia *aia, int vm_fd);
void aia_destroy(struct aia *aia);

/**
 * aia_setup() - Set the device up, at the addresses of virtdt.h, and connect the UART.
 *
 * From then on the vCPUs have Ssaia.
 *
 * Return: 0, or -1 after printing why.
 */
int aia_setup(struct aia *aia, unsigned int ncpus);

/** aia_set_serial() - Drive the UART's line, from any thread. Return: 0 or an errno value. */
int aia_set_serial(struct aia *aia, bool level);

/** aia_poll_fd() - Descriptor to poll for input, which is to be told to aia_resample(), or -1. */
int aia_poll_fd(const struct aia *aia);
void aia_resample(struct aia *aia);

#endif
