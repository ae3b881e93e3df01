// SPDX-License-Identifier: GPL-2.0-only
/* Messages of the launcher itself. */
#include "msg.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static bool debug;

void msg_set_debug(bool on)
{
	debug = on;
}

/* One write() for the whole line, so that lines of several threads do not mix. */
__attribute__((format(printf, 1, 0))) static void msg_print(const char *format, va_list args)
{
	char line[1024] = "rvrun: ";
	const size_t prefix = sizeof("rvrun: ") - 1;
	size_t room = sizeof(line) - prefix - 1;
	size_t len;
	int n;

	n = vsnprintf(line + prefix, room, format, args);
	if (n < 0)
		return;
	len = prefix + ((size_t)n < room ? (size_t)n : room - 1);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

void msg_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	msg_print(format, args);
	va_end(args);
}

void msg_debug(const char *format, ...)
{
	va_list args;

	if (!debug)
		return;
	va_start(args, format);
	msg_print(format, args);
	va_end(args);
}
