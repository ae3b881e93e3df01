// SPDX-License-Identifier: GPL-2.0-only
/* Lines over eventfds; the tests are KVM. */
#include "wire.h"

#include <pthread.h>
#include <unistd.h>

#include "test.h"

#define ROUNDS	20000

static struct wire wire;

static uint64_t take(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

/* The guest has ended the handling of the interrupt. */
static void end_interrupt(void)
{
	const uint64_t one = 1;

	CHECK(write(wire.resample_fd, &one, sizeof(one)) == sizeof(one));
}

static void wire_raises_on_the_way_up_only(void)
{
	CHECK(!wire_init(&wire));
	wire_set(&wire, false);
	CHECK(!take(wire.raise_fd));
	wire_set(&wire, true);
	CHECK(take(wire.raise_fd) == 1);
	wire_set(&wire, false);
	CHECK(!take(wire.raise_fd) && !take(wire.resample_fd));
	wire_destroy(&wire);
}

static void wire_that_is_still_high_is_raised_again(void)
{
	CHECK(!wire_init(&wire));
	wire_set(&wire, true);
	CHECK(take(wire.raise_fd) == 1);
	end_interrupt();
	wire_resample(&wire);
	CHECK(take(wire.raise_fd) == 1 && !take(wire.resample_fd));

	wire_set(&wire, false);
	end_interrupt();
	wire_resample(&wire);
	CHECK(!take(wire.raise_fd) && !take(wire.resample_fd));
	wire_destroy(&wire);
}

static void wire_is_not_raised_without_an_event(void)
{
	CHECK(!wire_init(&wire));
	wire_set(&wire, true);
	CHECK(take(wire.raise_fd) == 1);
	wire_resample(&wire);
	CHECK(!take(wire.raise_fd));
	wire_destroy(&wire);
	CHECK(wire.raise_fd == -1 && wire.resample_fd == -1);
}

static void *device_thread(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++)
		wire_set(&wire, i % 2);
	return NULL;
}

static void *guest_thread(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++)
		if (take(wire.raise_fd))
			end_interrupt();
	return NULL;
}

static void wire_that_ends_high_is_raised_whatever_the_guest_does(void)
{
	pthread_t device, guest;
	int i;

	CHECK(!wire_init(&wire));
	CHECK(!pthread_create(&device, NULL, device_thread, NULL));
	CHECK(!pthread_create(&guest, NULL, guest_thread, NULL));
	for (i = 0; i < ROUNDS; i++)
		wire_resample(&wire);
	CHECK(!pthread_join(device, NULL) && !pthread_join(guest, NULL));
	wire_resample(&wire);
	CHECK(take(wire.raise_fd));
	wire_destroy(&wire);
}

const struct test wire_tests[] = {
	TEST(wire_raises_on_the_way_up_only),
	TEST(wire_that_is_still_high_is_raised_again),
	TEST(wire_is_not_raised_without_an_event),
	TEST(wire_that_ends_high_is_raised_whatever_the_guest_does),
	{ NULL, NULL },
};
