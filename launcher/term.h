/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_TERM_H
#define RVRUN_TERM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TERM_RING_SIZE	1024

/** enum term_key - What to do with one byte typed on a terminal. */
enum term_key {
	TERM_KEY_PASS,		/* give it to the guest */
	TERM_KEY_HOLD,		/* part of an escape sequence */
	TERM_KEY_QUIT,		/* Ctrl-A x */
};

/** struct term - Standard input and output, as the guest's console device sees them. */
struct term {
	int		in_fd;
	int		out_fd;
	int		room_fd;	/* eventfd, told when a full ring has room again */
	bool		in_open;	/* main thread only */
	bool		is_tty;
	bool		escape;		/* Ctrl-A was typed */
	atomic_bool	cancelled;	/* writers that block give up */

	pthread_mutex_t	lock;		/* protects what follows */
	size_t		start;
	size_t		count;
	uint8_t		ring[TERM_RING_SIZE];	/* input the guest has not taken */
};

/**
 * term_init() - Take over standard input and output.
 * @term:    Filled; give back with term_exit().
 * @in_fd:   Set to raw mode if it is a terminal, until the process ends for any reason.
 * @out_fd:  Where output goes.
 * @room_fd: An eventfd that the thread polling term_poll_fd() also polls.
 *
 * Return: 0, or -1 after printing why.
 */
int term_init(struct term *term, int in_fd, int out_fd, int room_fd);
void term_exit(struct term *term);

/** term_poll_fd() - Descriptor to poll for input, or -1 if there is none or no room. */
int term_poll_fd(struct term *term);

/**
 * term_fill() - Read what term_poll_fd() announced. End of input is no event.
 *
 * Return: True if the user asked to quit.
 */
bool term_fill(struct term *term);

/** term_take() - Move up to @room bytes of input to @buf; never blocks. Return: how many. */
size_t term_take(struct term *term, uint8_t *buf, size_t room);

/** term_write() - Write output; blocks. Errors are dropped: a guest cannot act on them. */
void term_write(struct term *term, const void *buf, size_t len);

/** term_cancel() - While set, a term_write() that is interrupted by a signal gives up. */
void term_cancel(struct term *term, bool cancel);

/** term_key() - Next state of the escape sequence @escape after @byte. */
enum term_key term_key(bool *escape, uint8_t byte);

#endif
