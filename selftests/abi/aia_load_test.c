// SPDX-License-Identifier: GPL-2.0-only
/* Harts that sleep and are woken by MSIs, and more MSIs than they can take at once. */
#include "aia.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct aia m;

/* ---- harts that sleep ----------------------------------------------------------------------- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Return: how long it took; negative: it did not come. */
static double wait_for(unsigned int nr, uint32_t id, uint64_t count)
{
	double begin = now();

	while (aia_counted(&m, nr, id) < count) {
		if (now() - begin > 20)
			return -1;
		usleep(100);
	}
	return now() - begin;
}

static void test_halted(void)
{
	double longest = 0;
	unsigned int i, lost = 0;

	aia_boot_counters(&m);
	aia_go(&m);
	for (i = 1; i <= 20; i++) {
		double took;

		/* Both have nothing to do. */
		usleep(20000);
		abi_need(aia_msi(&m, i % 2, 100) == 1, "KVM_SIGNAL_MSI");
		took = wait_for(i % 2, 100, (i + 1) / 2);
		lost += took < 0;
		longest = took > longest ? took : longest;
	}
	abi_check(!lost && longest < 2, "a halted hart is woken (%.0f us at most, %u lost)",
		  longest * 1e6, lost);
	abi_check(abi_stat(m.hart[0].vcpu, "halt_wakeup") > 0, "it was asleep");
	abi_check(aia_end_counters(&m, 255), "and goes on");
	abi_check(aia_counted(&m, 0, 100) == 10 && aia_counted(&m, 1, 100) == 10,
		  "each was counted once");
}

/* ---- many ----------------------------------------------------------------------------------- */

#define POSTS	50000U		/* of each thread */
#define IDS	16U		/* that each has, of each hart */

static atomic_uint stuck;

/*
 * Each identity is one poster's, who sends the next MSI of it when the guest has counted the last
 * one: so each has to be counted, and none may be twice.
 */
static void *post(void *arg)
{
	uint32_t first = 1 + IDS * (uint32_t)(uintptr_t)arg, i;
	uint64_t posted[AIA_HARTS][IDS] = {};
	double since = now();

	for (i = 0; i < POSTS; i++) {
		unsigned int hart = i % AIA_HARTS, nr = i / AIA_HARTS % IDS;

		for (;;) {
			if (aia_counted(&m, hart, first + nr) == posted[hart][nr])
				break;
			if (now() - since > 60) {
				stuck++;
				return NULL;
			}
			sched_yield();
		}
		if (aia_msi(&m, hart, first + nr) != 1)
			stuck++;
		posted[hart][nr]++;
		since = now();
	}
	return NULL;
}

static void test_many(void)
{
	pthread_t threads[2];
	uint64_t sum = 0;
	uint32_t id;
	unsigned int i;
	double begin;

	memset(m.hart[0].ram + (AIA_COUNTERS - ABI_RAM), 0, AIA_HARTS * AIA_PAGE);
	aia_boot_counters(&m);
	aia_go(&m);
	begin = now();
	for (i = 0; i < 2; i++)
		abi_need(!pthread_create(&threads[i], NULL, post, (void *)(uintptr_t)i), "thread");
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	begin = now() - begin;
	/* The last ones. */
	abi_check(aia_end_counters(&m, 255), "the harts are still there");
	for (id = 1; id <= 2 * IDS; id++)
		for (i = 0; i < AIA_HARTS; i++)
			sum += aia_counted(&m, i, id);
	abi_check(!stuck && sum == 2 * POSTS, "of %u MSIs %lu arrived, in %.1f s", 2 * POSTS,
		  (long)sum, begin);
}

int main(void)
{
	abi_start(240);
	if (!aia_is_there())
		return 0;
	aia_create(&m, false);
	aia_enable(&m);
	test_halted();
	test_many();
	aia_destroy(&m);
	return abi_finish();
}
