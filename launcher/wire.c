// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt lines as eventfds. */
#include "wire.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "msg.h"

int wire_init(struct wire *wire)
{
	wire->raise_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	wire->resample_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	atomic_init(&wire->level, false);
	if (wire->raise_fd >= 0 && wire->resample_fd >= 0)
		return 0;
	msg_error("eventfd: %s", strerror(errno));
	wire_destroy(wire);
	return -1;
}

void wire_destroy(struct wire *wire)
{
	if (wire->raise_fd >= 0)
		close(wire->raise_fd);
	if (wire->resample_fd >= 0)
		close(wire->resample_fd);
	wire->raise_fd = -1;
	wire->resample_fd = -1;
}

static void wire_raise(const struct wire *wire)
{
	const uint64_t one = 1;

	/* It fails only when there are events enough. */
	if (write(wire->raise_fd, &one, sizeof(one)) < 0)
		return;
}

/*
 * The level is stored before it is raised, and wire_resample() takes the event before it loads the
 * level: whichever is later sees the other, so a high line is always raised after the last event.
 */
void wire_set(struct wire *wire, bool level)
{
	atomic_store(&wire->level, level);
	if (level)
		wire_raise(wire);
}

void wire_resample(struct wire *wire)
{
	uint64_t count;

	if (read(wire->resample_fd, &count, sizeof(count)) < 0)
		return;
	if (atomic_load(&wire->level))
		wire_raise(wire);
}
