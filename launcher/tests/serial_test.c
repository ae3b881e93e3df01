// SPDX-License-Identifier: GPL-2.0-only
#include "serial.h"

#include <string.h>

#include "test.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };
#define FCR	IIR

static struct serial serial;
static bool irq;
static char sent[64];
static size_t nsent;
static const char *input;

static void note_tx(void *ctx, uint8_t byte)
{
	(void)ctx;
	CHECK(nsent < sizeof(sent));
	sent[nsent++ % sizeof(sent)] = (char)byte;
}

static size_t give_rx(void *ctx, uint8_t *buf, size_t room)
{
	size_t len = 0;

	(void)ctx;
	CHECK(room <= SERIAL_FIFO);
	while (len < room && *input)
		buf[len++] = (uint8_t)*input++;
	return len;
}

static void note_irq(void *ctx, bool level)
{
	(void)ctx;
	CHECK(irq != level);
	irq = level;
}

static void start(const char *text)
{
	static const struct serial_ops ops = { .tx = note_tx, .rx = give_rx, .irq = note_irq };

	irq = false;
	nsent = 0;
	input = text;
	serial_init(&serial, &ops, NULL);
}

static uint8_t rd(unsigned int reg)
{
	uint8_t data = 0xff;

	serial_access(&serial, reg, &data, 1, false);
	return data;
}

static void wr(unsigned int reg, uint8_t value)
{
	serial_access(&serial, reg, &value, 1, true);
}

static void serial_sends_at_once(void)
{
	start("");
	CHECK(rd(LSR) == 0x60);
	wr(DATA, 'h');
	wr(DATA, 'i');
	CHECK(nsent == 2 && !memcmp(sent, "hi", 2));
	CHECK(rd(LSR) == 0x60 && !irq);
	serial_destroy(&serial);
}

static void serial_transmitter_empty_interrupts_until_seen(void)
{
	start("");
	wr(IER, 0x02);
	CHECK(irq && rd(IIR) == 0x02);
	CHECK(!irq && rd(IIR) == 0x01);
	/* Writing the same enable again is no new cause. */
	wr(IER, 0x02);
	CHECK(!irq);
	wr(DATA, 'x');
	CHECK(irq);
	wr(IER, 0x00);
	CHECK(!irq);
	wr(IER, 0x02);
	CHECK(irq);
	serial_destroy(&serial);
}

static void serial_receives_with_interrupts(void)
{
	start("ab");
	wr(FCR, 0x01);
	serial_input_ready(&serial);
	CHECK(!irq && rd(LSR) == 0x61);
	wr(IER, 0x01);
	CHECK(irq && rd(IIR) == 0xc4);
	CHECK(rd(DATA) == 'a' && irq);
	CHECK(rd(DATA) == 'b' && !irq);
	CHECK(rd(LSR) == 0x60 && rd(DATA) == 0);

	input = "c";
	serial_input_ready(&serial);
	CHECK(irq && rd(DATA) == 'c' && !irq);
	serial_destroy(&serial);
}

static void serial_below_the_trigger_level_reports_a_timeout(void)
{
	start("12345678");
	wr(FCR, 0x81);		/* trigger at 8 */
	wr(IER, 0x01);
	serial_input_ready(&serial);
	CHECK(rd(IIR) == 0xc4);
	rd(DATA);
	CHECK(irq && rd(IIR) == 0xcc);
	serial_destroy(&serial);
}

static void serial_takes_no_more_input_than_it_can_hold(void)
{
	const char *all = "0123456789abcdefghijklmnopqrstuvwxyz";
	size_t i;

	start(all);
	serial_input_ready(&serial);
	CHECK(input == all + 1);	/* without FIFO: one byte */
	input = all;
	wr(FCR, 0x01);
	serial_input_ready(&serial);
	CHECK(input == all + SERIAL_FIFO);
	for (i = 0; all[i]; i++)
		CHECK(rd(DATA) == all[i]);
	CHECK(rd(LSR) == 0x60);
	serial_destroy(&serial);
}

static void serial_interrupts_have_priorities(void)
{
	start("x");
	wr(MCR, 0x10);
	wr(MCR, 0x12);		/* loop-back: RTS changes CTS */
	wr(DATA, 'a');
	wr(DATA, 'b');		/* overrun without FIFO */
	wr(IER, 0x0f);
	CHECK(rd(IIR) == 0x06 && rd(LSR) == 0x63);
	CHECK(rd(IIR) == 0x04 && rd(DATA) == 'a');
	CHECK(rd(IIR) == 0x02);
	CHECK(rd(IIR) == 0x00 && (rd(MSR) & 0x0f));
	CHECK(rd(IIR) == 0x01 && !irq);
	serial_destroy(&serial);
}

static void serial_loop_back_keeps_bytes_inside(void)
{
	start("outside");
	wr(MCR, 0x1a);
	wr(FCR, 0x01);
	rd(MSR);
	/* RTS and OUT2 appear as CTS and DCD: what the 8250 driver probes. */
	CHECK(rd(MSR) == 0x90);
	wr(DATA, 'z');
	CHECK(nsent == 0 && rd(DATA) == 'z');
	serial_input_ready(&serial);
	CHECK(!(rd(LSR) & 1));
	wr(MCR, 0x00);
	CHECK(rd(LSR) & 1);
	serial_destroy(&serial);
}

static void serial_modem_lines_show_a_peer(void)
{
	start("");
	CHECK(rd(MSR) == 0xb0);
	wr(MCR, 0x14);		/* RI rises: no delta */
	CHECK(rd(MSR) == 0x4b);
	wr(MCR, 0x10);		/* RI falls: delta */
	CHECK(rd(MSR) == 0x04);
	CHECK(rd(MSR) == 0x00);
	serial_destroy(&serial);
}

static void serial_registers_read_back(void)
{
	uint8_t wide[8];

	start("");
	wr(SCR, 0xa5);
	wr(IER, 0xff);
	wr(MCR, 0xff);
	CHECK(rd(SCR) == 0xa5 && rd(IER) == 0x0f && rd(MCR) == 0x1f);
	wr(LCR, 0x83);
	wr(DATA, 0x34);
	wr(IER, 0x12);
	CHECK(rd(LCR) == 0x83 && rd(DATA) == 0x34 && rd(IER) == 0x12);
	wr(LCR, 0x03);
	CHECK(rd(IER) == 0x0f && nsent == 0);
	wr(FCR, 0xc1);
	CHECK((rd(IIR) & 0xc0) == 0xc0);
	wr(FCR, 0x00);
	CHECK((rd(IIR) & 0xc0) == 0x00);
	/* Read-only, and beyond the registers. */
	wr(LSR, 0xff);
	wr(MSR, 0xff);
	wr(8, 0xff);
	CHECK(rd(LSR) == 0x60 && rd(8) == 0 && rd(SERIAL_SIZE - 1) == 0);

	memset(wide, 0xff, sizeof(wide));
	serial_access(&serial, SCR, wide, 8, false);
	CHECK(wide[0] == 0xa5 && wide[1] == 0 && wide[7] == 0);
	serial_destroy(&serial);
}

static void serial_fifo_reset_drops_received_bytes(void)
{
	start("abc");
	wr(FCR, 0x01);
	serial_input_ready(&serial);
	CHECK(rd(LSR) & 1);
	wr(FCR, 0x03);
	CHECK(!(rd(LSR) & 1));
	serial_destroy(&serial);
}

const struct test serial_tests[] = {
	TEST(serial_sends_at_once),
	TEST(serial_transmitter_empty_interrupts_until_seen),
	TEST(serial_receives_with_interrupts),
	TEST(serial_below_the_trigger_level_reports_a_timeout),
	TEST(serial_takes_no_more_input_than_it_can_hold),
	TEST(serial_interrupts_have_priorities),
	TEST(serial_loop_back_keeps_bytes_inside),
	TEST(serial_modem_lines_show_a_peer),
	TEST(serial_registers_read_back),
	TEST(serial_fifo_reset_drops_received_bytes),
	{ NULL, NULL },
};
