// SPDX-License-Identifier: GPL-2.0-only
/* Harts that sleep and are woken by MSIs, and more MSIs than they can take at once. */
#include "aia.h"

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

#define POSTS	50000U		/* of each of two threads */

static void test_many(void)
{
	double begin;
	bool all;

	memset(m.hart[0].ram + (AIA_COUNTERS - ABI_RAM), 0, AIA_HARTS * AIA_PAGE);
	aia_boot_counters(&m);
	aia_go(&m);
	begin = now();
	all = aia_flood(&m, POSTS);
	begin = now() - begin;
	/* The last ones. */
	abi_check(aia_end_counters(&m, 255), "the harts are still there");
	abi_check(all && aia_flood_sum(&m) == 2 * POSTS, "of %u MSIs %lu arrived, in %.1f s",
		  2 * POSTS, (long)aia_flood_sum(&m), begin);
}

int main(void)
{
	abi_start(480);
	if (!aia_is_there())
		return 0;
	while (aia_next_mode()) {
		aia_create(&m, false);
		aia_enable(&m);
		test_halted();
		test_many();
		abi_check(aia_mode ? aia_loads(&m, 0) && aia_loads(&m, 1) : !aia_loads(&m, 0),
			  "guest interrupt files, as the mode has it (%ld)",
			  (long)aia_loads(&m, 0));
		aia_destroy(&m);
	}
	return abi_finish();
}
