// SPDX-License-Identifier: GPL-2.0-only
/* Standard input and output as the guest's console. */
#include "term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "msg.h"

#define CTRL_A	0x01

/* For the exit and signal handlers, which take no argument. */
static struct termios saved_mode;
static int saved_fd;
static volatile sig_atomic_t saved;

static void term_restore(void)
{
	if (!saved)
		return;
	saved = 0;
	tcsetattr(saved_fd, TCSANOW, &saved_mode);
}

/* SA_RESETHAND has put the default action back, which then ends the process. */
static void term_fatal(int signo)
{
	term_restore();
	raise(signo);
}

static void term_catch_fatal(void)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP };
	struct sigaction action = { .sa_handler = term_fatal, .sa_flags = SA_RESETHAND };
	size_t i;

	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i], &action, NULL);
}

/*
 * Raw but for output processing: messages of the launcher, and of programs that share the
 * terminal, rely on a newline going to the first column.
 */
static int term_set_raw(struct term *term)
{
	struct termios mode;

	if (tcgetattr(term->in_fd, &saved_mode)) {
		msg_error("cannot read the terminal's mode: %s", strerror(errno));
		return -1;
	}
	saved_fd = term->in_fd;
	saved = 1;
	if (atexit(term_restore)) {
		msg_error("cannot register an exit handler");
		return -1;
	}
	term_catch_fatal();

	mode = saved_mode;
	cfmakeraw(&mode);
	mode.c_oflag |= OPOST;
	if (tcsetattr(term->in_fd, TCSANOW, &mode)) {
		msg_error("cannot set the terminal to raw mode: %s", strerror(errno));
		return -1;
	}
	return 0;
}

int term_init(struct term *term, int in_fd, int out_fd, int room_fd)
{
	*term = (struct term){
		.in_fd = in_fd,
		.out_fd = out_fd,
		.room_fd = room_fd,
		.in_open = true,
		.is_tty = isatty(in_fd),
	};
	pthread_mutex_init(&term->lock, NULL);
	if (term->is_tty && term_set_raw(term)) {
		term_exit(term);
		return -1;
	}
	return 0;
}

void term_exit(struct term *term)
{
	term_restore();
	pthread_mutex_destroy(&term->lock);
}

int term_poll_fd(struct term *term)
{
	bool full;

	if (!term->in_open)
		return -1;
	pthread_mutex_lock(&term->lock);
	full = term->count == TERM_RING_SIZE;
	pthread_mutex_unlock(&term->lock);
	return full ? -1 : term->in_fd;
}

enum term_key term_key(bool *escape, uint8_t byte)
{
	if (!*escape) {
		*escape = byte == CTRL_A;
		return *escape ? TERM_KEY_HOLD : TERM_KEY_PASS;
	}
	*escape = false;
	if (byte == 'x' || byte == 'X')
		return TERM_KEY_QUIT;
	return byte == CTRL_A ? TERM_KEY_PASS : TERM_KEY_HOLD;
}

/* Only the main thread adds, so room that was seen stays. */
static bool term_put(struct term *term, const uint8_t *buf, size_t len)
{
	bool quit = false;
	size_t i;

	pthread_mutex_lock(&term->lock);
	for (i = 0; i < len && !quit; i++) {
		enum term_key key = TERM_KEY_PASS;

		if (term->is_tty)
			key = term_key(&term->escape, buf[i]);
		if (key == TERM_KEY_PASS)
			term->ring[(term->start + term->count++) % TERM_RING_SIZE] = buf[i];
		quit = key == TERM_KEY_QUIT;
	}
	pthread_mutex_unlock(&term->lock);
	return quit;
}

bool term_fill(struct term *term)
{
	uint8_t buf[TERM_RING_SIZE];
	size_t room;
	ssize_t len;

	pthread_mutex_lock(&term->lock);
	room = TERM_RING_SIZE - term->count;
	pthread_mutex_unlock(&term->lock);
	if (!room)
		return false;

	len = read(term->in_fd, buf, room);
	if (len > 0)
		return term_put(term, buf, (size_t)len);
	if (len == 0 || (errno != EINTR && errno != EAGAIN))
		term->in_open = false;
	return false;
}

size_t term_take(struct term *term, uint8_t *buf, size_t room)
{
	const uint64_t one = 1;
	bool was_full;
	size_t i;

	pthread_mutex_lock(&term->lock);
	was_full = term->count == TERM_RING_SIZE;
	for (i = 0; i < room && term->count; i++) {
		buf[i] = term->ring[term->start];
		term->start = (term->start + 1) % TERM_RING_SIZE;
		term->count--;
	}
	pthread_mutex_unlock(&term->lock);

	if (was_full && i && write(term->room_fd, &one, sizeof(one)) < 0)
		msg_error("cannot wake the input thread: %s", strerror(errno));
	return i;
}

void term_write(struct term *term, const void *buf, size_t len)
{
	const char *next = buf;

	while (len) {
		ssize_t done = write(term->out_fd, next, len);

		if (done >= 0) {
			next += done;
			len -= (size_t)done;
		} else if (errno == EAGAIN) {
			/* Somebody who shares the file has made it non-blocking. */
			struct pollfd writable = { .fd = term->out_fd, .events = POLLOUT };

			poll(&writable, 1, 100);
		} else if (errno != EINTR) {
			return;
		}
		if (done < 0 && atomic_load(&term->cancelled))
			return;
	}
}

void term_cancel(struct term *term, bool cancel)
{
	atomic_store(&term->cancelled, cancel);
}
