// SPDX-License-Identifier: GPL-2.0-only
/*
 * A 16550A UART as Linux's 8250 driver knows it. Transmission takes no time, so the
 * transmitter is always empty. Register names follow the PC16550D data sheet (National
 * Semiconductor, June 1995), chapter 8.
 */
#include "serial.h"

#include <string.h>

enum {
	REG_DATA = 0,		/* RBR, THR; divisor low with DLAB */
	REG_IER = 1,		/* divisor high with DLAB */
	REG_IIR_FCR = 2,
	REG_LCR = 3,
	REG_MCR = 4,
	REG_LSR = 5,
	REG_MSR = 6,
	REG_SCR = 7,
};

#define IER_RDI			0x01
#define IER_THRI		0x02
#define IER_RLSI		0x04
#define IER_MSI			0x08
#define IER_MASK		0x0f

#define IIR_NONE		0x01
#define IIR_MODEM		0x00
#define IIR_THRE		0x02
#define IIR_DATA		0x04
#define IIR_LINE		0x06
#define IIR_TIMEOUT		0x0c
#define IIR_FIFO_ON		0xc0

#define FCR_ENABLE		0x01
#define FCR_CLEAR_RX		0x02
#define FCR_TRIGGER_SHIFT	6

#define LCR_DLAB		0x80

#define MCR_DTR			0x01
#define MCR_RTS			0x02
#define MCR_OUT1		0x04
#define MCR_OUT2		0x08
#define MCR_LOOP		0x10
#define MCR_MASK		0x1f

#define LSR_DATA		0x01
#define LSR_OVERRUN		0x02
#define LSR_THRE		0x20
#define LSR_TEMT		0x40

#define MSR_CTS			0x10
#define MSR_DSR			0x20
#define MSR_RI			0x40
#define MSR_DCD			0x80

void serial_init(struct serial *serial, const struct serial_ops *ops, void *ctx)
{
	*serial = (struct serial){ .ops = ops, .ctx = ctx };
	pthread_mutex_init(&serial->lock, NULL);
}

void serial_destroy(struct serial *serial)
{
	pthread_mutex_destroy(&serial->lock);
}

static size_t serial_fifo_depth(const struct serial *serial)
{
	return serial->fcr & FCR_ENABLE ? SERIAL_FIFO : 1;
}

/* The pending interrupt of highest priority, data sheet table IV. */
static uint8_t serial_interrupt(const struct serial *serial)
{
	static const uint8_t trigger[] = { 1, 4, 8, 14 };
	bool fifo = serial->fcr & FCR_ENABLE;

	if (serial->ier & IER_RLSI && serial->overrun)
		return IIR_LINE;
	if (serial->ier & IER_RDI && serial->count) {
		if (fifo && serial->count < trigger[serial->fcr >> FCR_TRIGGER_SHIFT])
			return IIR_TIMEOUT;
		return IIR_DATA;
	}
	if (serial->ier & IER_THRI && serial->thre_pending)
		return IIR_THRE;
	if (serial->ier & IER_MSI && serial->msr_delta)
		return IIR_MODEM;
	return IIR_NONE;
}

static void serial_push(struct serial *serial, uint8_t byte)
{
	if (serial->count >= serial_fifo_depth(serial)) {
		serial->overrun = true;
		return;
	}
	serial->fifo[(serial->start + serial->count++) % SERIAL_FIFO] = byte;
}

static uint8_t serial_pop(struct serial *serial)
{
	uint8_t byte;

	if (!serial->count)
		return 0;
	byte = serial->fifo[serial->start];
	serial->start = (serial->start + 1) % SERIAL_FIFO;
	serial->count--;
	return byte;
}

/* Take input while there is room, so that the device never loses any. */
static void serial_pull(struct serial *serial)
{
	size_t depth = serial_fifo_depth(serial);
	uint8_t buf[SERIAL_FIFO];
	size_t i, len;

	if (serial->mcr & MCR_LOOP || serial->count >= depth)
		return;
	len = serial->ops->rx(serial->ctx, buf, depth - serial->count);
	for (i = 0; i < len; i++)
		serial_push(serial, buf[i]);
}

static void serial_update_irq(struct serial *serial)
{
	bool level = serial_interrupt(serial) != IIR_NONE;

	if (level == serial->irq_level)
		return;
	serial->irq_level = level;
	serial->ops->irq(serial->ctx, level);
}

/* In loop-back the modem outputs are wired to the inputs; else a peer is always there. */
static uint8_t serial_modem_status(const struct serial *serial)
{
	uint8_t status = 0;

	if (!(serial->mcr & MCR_LOOP))
		return MSR_DCD | MSR_DSR | MSR_CTS;
	if (serial->mcr & MCR_RTS)
		status |= MSR_CTS;
	if (serial->mcr & MCR_DTR)
		status |= MSR_DSR;
	if (serial->mcr & MCR_OUT1)
		status |= MSR_RI;
	if (serial->mcr & MCR_OUT2)
		status |= MSR_DCD;
	return status;
}

static void serial_write_mcr(struct serial *serial, uint8_t value)
{
	uint8_t before = serial_modem_status(serial);
	uint8_t changed;

	serial->mcr = value & MCR_MASK;
	changed = before ^ serial_modem_status(serial);
	/* RI reports only its trailing edge (data sheet 8.8, bit 2). */
	if (!(before & MSR_RI))
		changed &= (uint8_t)~MSR_RI;
	serial->msr_delta |= changed >> 4;
}

static void serial_write_fcr(struct serial *serial, uint8_t value)
{
	if (value & FCR_CLEAR_RX || (value ^ serial->fcr) & FCR_ENABLE)
		serial->count = 0;
	serial->fcr = value & (FCR_ENABLE | 3 << FCR_TRIGGER_SHIFT);
}

static void serial_write_ier(struct serial *serial, uint8_t value)
{
	value &= IER_MASK;
	if (value & ~serial->ier & IER_THRI)
		serial->thre_pending = true;
	serial->ier = value;
}

/* Return true if @value is to be put out. */
static bool serial_write_data(struct serial *serial, uint8_t value)
{
	serial->thre_pending = true;
	if (!(serial->mcr & MCR_LOOP))
		return true;
	serial_push(serial, value);
	return false;
}

static bool serial_write(struct serial *serial, unsigned int reg, uint8_t value)
{
	bool dlab = serial->lcr & LCR_DLAB;

	switch (reg) {
	case REG_DATA:
		if (!dlab)
			return serial_write_data(serial, value);
		serial->dll = value;
		break;
	case REG_IER:
		if (dlab)
			serial->dlm = value;
		else
			serial_write_ier(serial, value);
		break;
	case REG_IIR_FCR:
		serial_write_fcr(serial, value);
		break;
	case REG_LCR:
		serial->lcr = value;
		break;
	case REG_MCR:
		serial_write_mcr(serial, value);
		break;
	case REG_SCR:
		serial->scr = value;
		break;
	default:	/* LSR and MSR are read-only, the rest of the window is empty */
		break;
	}
	return false;
}

static uint8_t serial_read_iir(struct serial *serial)
{
	uint8_t iir = serial_interrupt(serial);

	if (iir == IIR_THRE)
		serial->thre_pending = false;
	return iir | (serial->fcr & FCR_ENABLE ? IIR_FIFO_ON : 0);
}

static uint8_t serial_read_lsr(struct serial *serial)
{
	uint8_t lsr = LSR_TEMT | LSR_THRE;

	if (serial->count)
		lsr |= LSR_DATA;
	if (serial->overrun)
		lsr |= LSR_OVERRUN;
	serial->overrun = false;
	return lsr;
}

static uint8_t serial_read(struct serial *serial, unsigned int reg)
{
	bool dlab = serial->lcr & LCR_DLAB;
	uint8_t value;

	switch (reg) {
	case REG_DATA:
		return dlab ? serial->dll : serial_pop(serial);
	case REG_IER:
		return dlab ? serial->dlm : serial->ier;
	case REG_IIR_FCR:
		return serial_read_iir(serial);
	case REG_LCR:
		return serial->lcr;
	case REG_MCR:
		return serial->mcr;
	case REG_LSR:
		return serial_read_lsr(serial);
	case REG_MSR:
		value = serial_modem_status(serial) | serial->msr_delta;
		serial->msr_delta = 0;
		return value;
	case REG_SCR:
		return serial->scr;
	default:
		return 0;
	}
}

void serial_access(void *device, uint64_t offset, uint8_t *data, unsigned int len, bool write)
{
	unsigned int reg = offset < SERIAL_SIZE ? (unsigned int)offset : SERIAL_SIZE;
	struct serial *serial = device;
	bool transmit = false;

	pthread_mutex_lock(&serial->lock);
	if (write) {
		transmit = serial_write(serial, reg, data[0]);
	} else {
		memset(data, 0, len);
		data[0] = serial_read(serial, reg);
	}
	serial_pull(serial);
	serial_update_irq(serial);
	pthread_mutex_unlock(&serial->lock);

	if (transmit)
		serial->ops->tx(serial->ctx, data[0]);
}

void serial_input_ready(struct serial *serial)
{
	pthread_mutex_lock(&serial->lock);
	serial_pull(serial);
	serial_update_irq(serial);
	pthread_mutex_unlock(&serial->lock);
}
