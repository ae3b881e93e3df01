// SPDX-License-Identifier: GPL-2.0-only
/*
 * Platform-level interrupt controller, after the RISC-V Platform-Level Interrupt Controller
 * Specification 1.0.0; chapter names are given where a rule is not obvious.
 */
#include "plic.h"

#include <stdlib.h>
#include <string.h>

/* Chapter "Memory Map". */
#define PENDING_BASE	0x001000
#define ENABLE_BASE	0x002000
#define ENABLE_STRIDE	0x80
#define CONTEXT_BASE	0x200000
#define CONTEXT_STRIDE	0x1000
#define CONTEXT_CLAIM	4

#define SOURCE_BIT(source)	(1ULL << (source))

int plic_init(struct plic *plic, unsigned int nharts,
	      void (*set_line)(void *ctx, unsigned int hart, bool level), void *ctx)
{
	*plic = (struct plic){ .set_line = set_line, .ctx = ctx, .nharts = nharts };
	plic->harts = calloc(nharts, sizeof(*plic->harts));
	if (!plic->harts)
		return -1;
	pthread_mutex_init(&plic->lock, NULL);
	return 0;
}

void plic_destroy(struct plic *plic)
{
	if (!plic->harts)
		return;
	pthread_mutex_destroy(&plic->lock);
	free(plic->harts);
	plic->harts = NULL;
}

/*
 * The source to serve among @candidates: highest priority above @threshold, then lowest
 * number ("Interrupt Priorities"). Return 0 if there is none; priority 0 never interrupts.
 */
static unsigned int plic_best(const struct plic *plic, uint64_t candidates, uint32_t threshold)
{
	unsigned int best = 0;

	for (; candidates; candidates &= candidates - 1) {
		unsigned int source = (unsigned int)__builtin_ctzll(candidates);

		if (plic->priority[source] > threshold) {
			threshold = plic->priority[source];
			best = source;
		}
	}
	return best;
}

static void plic_update(struct plic *plic)
{
	unsigned int i;

	/* A gateway sends no new request before the last one is completed ("Gateways"). */
	plic->pending |= plic->level & ~plic->in_service;

	for (i = 0; i < plic->nharts; i++) {
		struct plic_hart *hart = &plic->harts[i];
		bool line = plic_best(plic, plic->pending & hart->enabled, hart->threshold);

		if (line == hart->line)
			continue;
		hart->line = line;
		plic->set_line(plic->ctx, i, line);
	}
}

void plic_set_level(struct plic *plic, unsigned int source, bool level)
{
	if (!source || source >= PLIC_NSOURCES)
		return;
	pthread_mutex_lock(&plic->lock);
	if (level)
		plic->level |= SOURCE_BIT(source);
	else
		plic->level &= ~SOURCE_BIT(source);
	plic_update(plic);
	pthread_mutex_unlock(&plic->lock);
}

/* The threshold masks the notification, not the claim ("Interrupt Claims"). */
static uint32_t plic_claim(struct plic *plic, const struct plic_hart *hart)
{
	unsigned int source = plic_best(plic, plic->pending & hart->enabled, 0);

	if (source) {
		plic->pending &= ~SOURCE_BIT(source);
		plic->in_service |= SOURCE_BIT(source);
	}
	return source;
}

/* A completion by a context that the source is not enabled for is ignored ("Completion"). */
static void plic_complete(struct plic *plic, const struct plic_hart *hart, uint32_t source)
{
	if (source < PLIC_NSOURCES && hart->enabled & SOURCE_BIT(source))
		plic->in_service &= ~SOURCE_BIT(source);
}

static void plic_write_enable(struct plic_hart *hart, unsigned int word, uint32_t value)
{
	unsigned int shift = word * 32;

	hart->enabled &= ~(0xffffffffULL << shift);
	hart->enabled |= (uint64_t)value << shift;
	hart->enabled &= ~SOURCE_BIT(0);
}

/* Find the context that @offset into an array of @stride names, or NULL. */
static struct plic_hart *plic_find(struct plic *plic, uint64_t offset, uint64_t stride)
{
	return offset / stride < plic->nharts ? &plic->harts[offset / stride] : NULL;
}

static uint32_t plic_read(struct plic *plic, uint64_t offset)
{
	struct plic_hart *hart;

	if (offset < PENDING_BASE)
		return offset / 4 < PLIC_NSOURCES ? plic->priority[offset / 4] : 0;

	if (offset < ENABLE_BASE) {
		offset -= PENDING_BASE;
		return offset < sizeof(plic->pending) ? (uint32_t)(plic->pending >> offset * 8) : 0;
	}
	if (offset < CONTEXT_BASE) {
		offset -= ENABLE_BASE;
		hart = plic_find(plic, offset, ENABLE_STRIDE);
		offset %= ENABLE_STRIDE;
		if (!hart || offset >= sizeof(hart->enabled))
			return 0;
		return (uint32_t)(hart->enabled >> offset * 8);
	}
	offset -= CONTEXT_BASE;
	hart = plic_find(plic, offset, CONTEXT_STRIDE);
	if (!hart)
		return 0;
	switch (offset % CONTEXT_STRIDE) {
	case 0:
		return hart->threshold;
	case CONTEXT_CLAIM:
		return plic_claim(plic, hart);
	default:
		return 0;
	}
}

static void plic_write(struct plic *plic, uint64_t offset, uint32_t value)
{
	struct plic_hart *hart;

	if (offset < PENDING_BASE) {
		if (offset && offset / 4 < PLIC_NSOURCES)
			plic->priority[offset / 4] = value & PLIC_MAX_PRIORITY;
		return;
	}
	if (offset < ENABLE_BASE)
		return;	/* pending bits are read-only */

	if (offset < CONTEXT_BASE) {
		offset -= ENABLE_BASE;
		hart = plic_find(plic, offset, ENABLE_STRIDE);
		offset %= ENABLE_STRIDE;
		if (hart && offset < sizeof(hart->enabled))
			plic_write_enable(hart, (unsigned int)offset / 4, value);
		return;
	}
	offset -= CONTEXT_BASE;
	hart = plic_find(plic, offset, CONTEXT_STRIDE);
	if (!hart)
		return;
	switch (offset % CONTEXT_STRIDE) {
	case 0:
		hart->threshold = value & PLIC_MAX_PRIORITY;
		break;
	case CONTEXT_CLAIM:
		plic_complete(plic, hart, value);
		break;
	default:
		break;
	}
}

static uint32_t load_le32(const uint8_t *data)
{
	return data[0] | data[1] << 8 | data[2] << 16 | (uint32_t)data[3] << 24;
}

static void store_le32(uint8_t *data, uint32_t value)
{
	data[0] = (uint8_t)value;
	data[1] = (uint8_t)(value >> 8);
	data[2] = (uint8_t)(value >> 16);
	data[3] = (uint8_t)(value >> 24);
}

void plic_access(void *device, uint64_t offset, uint8_t *data, unsigned int len, bool write)
{
	struct plic *plic = device;

	if (len != 4 || offset % 4) {
		if (!write)
			memset(data, 0, len);
		return;
	}
	pthread_mutex_lock(&plic->lock);
	if (write)
		plic_write(plic, offset, load_le32(data));
	else
		store_le32(data, plic_read(plic, offset));
	plic_update(plic);
	pthread_mutex_unlock(&plic->lock);
}
