// SPDX-License-Identifier: GPL-2.0-only
#include "term.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "test.h"

static struct term term;
static int in[2], out[2], room_fd;

static void start(void)
{
	CHECK(!pipe(in) && !pipe(out));
	room_fd = eventfd(0, EFD_NONBLOCK);
	CHECK(!term_init(&term, in[0], out[1], room_fd));
}

static void stop(void)
{
	term_exit(&term);
	close(in[0]);
	close(out[0]);
	close(out[1]);
	close(room_fd);
}

static void term_escape_sequences_are_recognised(void)
{
	bool escape = false;

	CHECK(term_key(&escape, 'x') == TERM_KEY_PASS);
	CHECK(term_key(&escape, 1) == TERM_KEY_HOLD);
	CHECK(term_key(&escape, 'x') == TERM_KEY_QUIT);
	CHECK(term_key(&escape, 1) == TERM_KEY_HOLD);
	CHECK(term_key(&escape, 1) == TERM_KEY_PASS);
	CHECK(term_key(&escape, 'x') == TERM_KEY_PASS);
	CHECK(term_key(&escape, 1) == TERM_KEY_HOLD);
	CHECK(term_key(&escape, 'y') == TERM_KEY_HOLD);
	CHECK(term_key(&escape, 'x') == TERM_KEY_PASS);
}

static void term_passes_a_pipe_unchanged(void)
{
	uint8_t buf[8];

	start();
	CHECK(write(in[1], "\1xok", 4) == 4);
	CHECK(term_poll_fd(&term) == in[0]);
	CHECK(!term_fill(&term));
	CHECK(term_take(&term, buf, 2) == 2 && !memcmp(buf, "\1x", 2));
	CHECK(term_take(&term, buf, 8) == 2 && !memcmp(buf, "ok", 2));
	CHECK(term_take(&term, buf, 8) == 0);
	close(in[1]);
	stop();
}

static void term_end_of_input_is_quiet(void)
{
	uint8_t byte;

	start();
	close(in[1]);
	CHECK(!term_fill(&term));
	CHECK(term_poll_fd(&term) == -1);
	CHECK(term_take(&term, &byte, 1) == 0);
	stop();
}

static void term_closed_input_is_quiet(void)
{
	start();
	close(in[1]);
	term.in_fd = -1;
	CHECK(!term_fill(&term));
	CHECK(term_poll_fd(&term) == -1);
	stop();
}

static void term_full_ring_stops_reading_until_there_is_room(void)
{
	uint8_t buf[TERM_RING_SIZE + 1];
	uint64_t count;
	size_t i;

	start();
	for (i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)i;
	CHECK(write(in[1], buf, sizeof(buf)) == sizeof(buf));
	CHECK(!term_fill(&term));
	CHECK(term_poll_fd(&term) == -1);
	CHECK(!term_fill(&term));
	CHECK(read(room_fd, &count, sizeof(count)) < 0);

	CHECK(term_take(&term, buf, 1) == 1 && buf[0] == 0);
	CHECK(read(room_fd, &count, sizeof(count)) == sizeof(count));
	CHECK(term_poll_fd(&term) == in[0]);
	CHECK(!term_fill(&term));
	CHECK(term_take(&term, buf, sizeof(buf)) == TERM_RING_SIZE);
	for (i = 0; i < TERM_RING_SIZE; i++)
		CHECK(buf[i] == (uint8_t)(i + 1));
	close(in[1]);
	stop();
}

static void term_writes_all_and_survives_a_closed_reader(void)
{
	char buf[8];

	start();
	close(in[1]);
	term_write(&term, "hello", 5);
	CHECK(read(out[0], buf, sizeof(buf)) == 5 && !memcmp(buf, "hello", 5));
	signal(SIGPIPE, SIG_IGN);
	close(out[0]);
	term_write(&term, "nobody", 6);
	signal(SIGPIPE, SIG_DFL);
	stop();
}

static void term_cancelled_write_gives_up(void)
{
	static const char block[4096];

	start();
	close(in[1]);
	CHECK(!fcntl(out[1], F_SETFL, O_NONBLOCK));
	while (write(out[1], block, sizeof(block)) > 0)
		;
	term_cancel(&term, true);
	term_write(&term, "stuck", 5);	/* returns, or the test hangs */
	stop();
}

const struct test term_tests[] = {
	TEST(term_escape_sequences_are_recognised),
	TEST(term_passes_a_pipe_unchanged),
	TEST(term_end_of_input_is_quiet),
	TEST(term_closed_input_is_quiet),
	TEST(term_full_ring_stops_reading_until_there_is_room),
	TEST(term_writes_all_and_survives_a_closed_reader),
	TEST(term_cancelled_write_gives_up),
	{ NULL, NULL },
};
