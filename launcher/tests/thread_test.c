// SPDX-License-Identifier: GPL-2.0-only
/* The devices together, used by several threads at once; most telling under TSan. */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "plic.h"
#include "serial.h"
#include "term.h"
#include "test.h"

#define NTHREADS	4
#define ROUNDS		2000

static struct plic plic;
static struct serial serial;
static struct term term;
static bool lines[NTHREADS];	/* protected by the PLIC's lock */

static void set_line(void *ctx, unsigned int hart, bool level)
{
	(void)ctx;
	lines[hart] = level;
}

static void serial_tx(void *ctx, uint8_t byte)
{
	(void)ctx;
	term_write(&term, &byte, 1);
}

static size_t serial_rx(void *ctx, uint8_t *buf, size_t room)
{
	(void)ctx;
	return term_take(&term, buf, room);
}

static void serial_irq(void *ctx, bool level)
{
	(void)ctx;
	plic_set_level(&plic, 1, level);
}

static const struct serial_ops ops = { .tx = serial_tx, .rx = serial_rx, .irq = serial_irq };

static void access32(uint64_t offset, uint32_t *value, bool write)
{
	plic_access(&plic, offset, (uint8_t *)value, 4, write);
}

/* A hart that takes the UART's interrupts and echoes its input. */
static void *hart_thread(void *arg)
{
	uint64_t hart = (uint64_t)(uintptr_t)arg;
	uint32_t enable = 2, source;
	int i;

	access32(0x2000 + 0x80 * hart, &enable, true);
	for (i = 0; i < ROUNDS; i++) {
		uint8_t ier = i & 3, byte = 0;

		access32(0x200004 + 0x1000 * hart, &source, false);
		serial_access(&serial, 1, &ier, 1, true);
		serial_access(&serial, 5, &byte, 1, false);
		if (byte & 1) {
			serial_access(&serial, 0, &byte, 1, false);
			serial_access(&serial, 0, &byte, 1, true);
		}
		access32(0x200004 + 0x1000 * hart, &source, true);
	}
	return NULL;
}

static void devices_stand_several_threads(void)
{
	pthread_t threads[NTHREADS];
	uint32_t priority = 1;
	int i, room_fd, in[2], out;
	char text[512];

	memset(text, 'x', sizeof(text));
	CHECK(!pipe(in));
	out = open("/dev/null", O_WRONLY);
	room_fd = eventfd(0, EFD_NONBLOCK);
	CHECK(!term_init(&term, in[0], out, room_fd));
	CHECK(!plic_init(&plic, NTHREADS, set_line, NULL));
	serial_init(&serial, &ops, NULL);
	access32(4, &priority, true);

	for (i = 0; i < NTHREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, hart_thread, (void *)(uintptr_t)i));
	for (i = 0; i < 50; i++) {
		CHECK(write(in[1], text, sizeof(text)) == sizeof(text));
		while (term_poll_fd(&term) < 0)
			serial_input_ready(&serial);
		CHECK(!term_fill(&term));
		serial_input_ready(&serial);
		while (term_take(&term, (uint8_t *)text, sizeof(text)))
			;
	}
	for (i = 0; i < NTHREADS; i++)
		CHECK(!pthread_join(threads[i], NULL));

	serial_destroy(&serial);
	plic_destroy(&plic);
	term_exit(&term);
	close(in[0]);
	close(in[1]);
	close(out);
	close(room_fd);
}

const struct test thread_tests[] = {
	TEST(devices_stand_several_threads),
	{ NULL, NULL },
};
