/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_PLIC_H
#define RVRUN_PLIC_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define PLIC_NSOURCES		64	/* source 0 does not exist */
#define PLIC_SIZE		0x4000000
#define PLIC_MAX_PRIORITY	7

/** struct plic_hart - One context: the S-mode external interrupt of a hart. */
struct plic_hart {
	uint64_t	enabled;	/* a bit for each source */
	uint32_t	threshold;
	bool		line;		/* what set_line was told last */
};

/**
 * struct plic - A platform-level interrupt controller with one context for each hart.
 *
 * Sources are level-triggered.
 */
struct plic {
	void			(*set_line)(void *ctx, unsigned int hart, bool level);
	void			*ctx;
	unsigned int		nharts;

	pthread_mutex_t		lock;		/* protects what follows */
	uint64_t		level;		/* input lines */
	uint64_t		pending;
	uint64_t		in_service;	/* claimed and not yet completed */
	uint8_t			priority[PLIC_NSOURCES];
	struct plic_hart	*harts;
};

/**
 * plic_init() - Reset state.
 * @plic:     Release with plic_destroy().
 * @nharts:   Number of contexts.
 * @set_line: Drives a hart's external interrupt; called on changes, with the lock held.
 * @ctx:      For @set_line.
 *
 * Return: 0, or -1 without memory.
 */
int plic_init(struct plic *plic, unsigned int nharts,
	      void (*set_line)(void *ctx, unsigned int hart, bool level), void *ctx);
void plic_destroy(struct plic *plic);

/** plic_set_level() - A device drives its line, from any thread. */
void plic_set_level(struct plic *plic, unsigned int source, bool level);

/** plic_access() - A guest access; of type bus_access. Only aligned 32-bit ones have effect. */
void plic_access(void *device, uint64_t offset, uint8_t *data, unsigned int len, bool write);

#endif
