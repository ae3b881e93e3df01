/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_SERIAL_H
#define RVRUN_SERIAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_SIZE	0x100
#define SERIAL_FIFO	16

/** struct serial_ops - What the device needs from around it; called from vCPU threads. */
struct serial_ops {
	/** Put out one byte; may block, the device's lock is not held. */
	void	(*tx)(void *ctx, uint8_t byte);
	/** Fetch up to @room bytes of input without blocking; lock held. */
	size_t	(*rx)(void *ctx, uint8_t *buf, size_t room);
	/** Drive the interrupt line; called on changes only, lock held. */
	void	(*irq)(void *ctx, bool level);
};

/** struct serial - A 16550A UART with 8-bit registers, one byte apart. */
struct serial {
	const struct serial_ops	*ops;
	void			*ctx;

	pthread_mutex_t		lock;		/* protects what follows */
	uint8_t			ier, fcr, lcr, mcr, scr, dll, dlm;
	uint8_t			msr_delta;
	bool			overrun;
	bool			thre_pending;	/* transmitter-empty interrupt not yet seen */
	bool			irq_level;
	size_t			start;
	size_t			count;
	uint8_t			fifo[SERIAL_FIFO];
};

void serial_init(struct serial *serial, const struct serial_ops *ops, void *ctx);
void serial_destroy(struct serial *serial);

/** serial_access() - A guest access; of type bus_access. Only the first byte is used. */
void serial_access(void *device, uint64_t offset, uint8_t *data, unsigned int len, bool write);

/** serial_input_ready() - Tell that ops->rx may have new input. */
void serial_input_ready(struct serial *serial);

#endif
