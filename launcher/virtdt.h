/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_VIRTDT_H
#define RVRUN_VIRTDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa.h"

/* The machine: guest-physical addresses and interrupt numbers. */
#define MACHINE_PLIC_BASE	0x0c000000ULL	/* this, or the next and IMSICs */
#define MACHINE_APLIC_BASE	0x0d000000ULL
#define MACHINE_SERIAL_BASE	0x10000000ULL
#define MACHINE_SERIAL_IRQ	1
#define MACHINE_IMSIC_BASE	0x28000000ULL	/* a page for each hart */
#define MACHINE_RAM_BASE	0x80000000ULL

#define VIRTDT_SEED_SIZE	64

/** struct virtdt_desc - What the device tree is made from. */
struct virtdt_desc {
	unsigned int	ncpus;
	bool		aia;			/* APLIC and IMSICs; else a PLIC */
	struct isa	isa;
	uint64_t	satp_mode;		/* satp.MODE of the largest supported format */
	uint64_t	cbom_size;		/* cache-block sizes, 0: leave out */
	uint64_t	cboz_size;
	uint64_t	cbop_size;
	uint64_t	timebase;		/* Hz */

	uint64_t	ram_base;
	uint64_t	ram_size;
	uint64_t	initrd;
	uint64_t	initrd_size;		/* 0: none */
	const char	*params;
	bool		serial_stdout;		/* the UART is the standard console */
	uint8_t		seed[VIRTDT_SEED_SIZE];	/* for the guest's random number generator */
};

/**
 * virtdt_build() - Make the guest's device tree.
 * @buf:  8-byte aligned.
 * @size: Of @buf.
 *
 * Return: Its size in bytes, or -1 after printing why.
 */
int virtdt_build(void *buf, size_t size, const struct virtdt_desc *desc);

#endif
