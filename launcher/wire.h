/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_WIRE_H
#define RVRUN_WIRE_H

#include <stdatomic.h>
#include <stdbool.h>

/**
 * struct wire - A level-triggered interrupt line over two eventfds.
 *
 * KVM holds the line high from an event at @raise_fd until the guest has ended the handling of the
 * interrupt, which it tells at @resample_fd (api.rst, KVM_IRQFD_FLAG_RESAMPLE). A line that falls
 * before is lowered only then: a guest finds no cause, at worst.
 */
struct wire {
	int		raise_fd;
	int		resample_fd;
	atomic_bool	level;		/* what the device drives */
};

/** wire_init() - Return: 0, or -1 after printing why; then there is nothing to release. */
int wire_init(struct wire *wire);
void wire_destroy(struct wire *wire);

/** wire_set() - The device drives the line; its calls come one after the other. */
void wire_set(struct wire *wire, bool level);

/** wire_resample() - Something is at @resample_fd: raise again what is still high; any thread. */
void wire_resample(struct wire *wire);

#endif
