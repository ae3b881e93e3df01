// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt files that are in the harts' guest interrupt files: moved, taken away, waited for. */
#define _GNU_SOURCE
#include "aia.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PARAMETER	"/sys/module/kvm_riscv/parameters/guest_files"
#define CPU1		"/sys/devices/system/cpu/cpu1/online"
#define POSTS		15000U	/* of each of two threads */

static struct aia m;

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	abi_need(file && fputs(text, file) >= 0 && !fclose(file), path);
}

static void begin(uint32_t mode)
{
	aia_mode = mode;
	aia_create(&m, false);
	aia_enable(&m);
	aia_boot_counters(&m);
}

/* ---- moves ---------------------------------------------------------------------------------- */

static atomic_bool stop_moves;
static unsigned int moves;

static void pin(unsigned int nr, unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	abi_need(!pthread_setaffinity_np(m.thread[nr].id, sizeof(set), &set), "affinity");
}

/* Each hart to each CPU, at every third of a millisecond or so. */
static void *move_all_the_time(void *unused)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN), seed = 1;

	while (!stop_moves) {
		pin(rand_r(&seed) / 7 % AIA_HARTS, rand_r(&seed) / 7 % cpus);
		moves++;
		usleep(rand_r(&seed) / 7 % 600);
	}
	return NULL;
}

/* Registers are read all the time, for which files are taken out of the harts. */
static void *look_all_the_time(void *unused)
{
	while (!stop_moves) {
		abi_need(aia_file(&m, 0, EIDELIVERY) == 1 && aia_file(&m, 1, EIDELIVERY) == 1,
			 "eidelivery");
		usleep(2000);
	}
	return NULL;
}

static void flood(const char *what)
{
	bool all = aia_flood(&m, POSTS);

	stop_moves = true;
	abi_check(aia_end_counters(&m, 255), "%s: the harts are still there", what);
	abi_check(all && aia_flood_sum(&m) == 2 * POSTS, "of %u MSIs %lu arrived", 2 * POSTS,
		  (long)aia_flood_sum(&m));
}

static void test_moves(uint32_t mode)
{
	pthread_t mover, looker;

	begin(mode);
	stop_moves = false;
	moves = 0;
	aia_go(&m);
	abi_need(!pthread_create(&mover, NULL, move_all_the_time, NULL) &&
		 !pthread_create(&looker, NULL, look_all_the_time, NULL), "threads");
	flood(aia_mode_name());
	pthread_join(mover, NULL);
	pthread_join(looker, NULL);
	abi_check(moves > 50 && aia_loads(&m, 0) + aia_loads(&m, 1) > 50,
		  "moved %u times, loaded %ld times", moves,
		  (long)(aia_loads(&m, 0) + aia_loads(&m, 1)));
	aia_destroy(&m);
}

/* ---- fewer files than vCPUs ------------------------------------------------------------------ */

static void test_scarce(uint32_t mode)
{
	unsigned int i;

	write_file(PARAMETER, "1");
	begin(mode);
	aia_go(&m);
	for (i = 0; i < AIA_HARTS; i++)
		pin(i, 0);
	flood("two harts and one guest interrupt file");
	abi_check(aia_loads(&m, 0) > 1 && aia_loads(&m, 1) > 1,
		  "they take it from each other (%ld and %ld times)", (long)aia_loads(&m, 0),
		  (long)aia_loads(&m, 1));
	aia_destroy(&m);
	write_file(PARAMETER, "63");
}

static void test_none(void)
{
	int64_t loads;

	begin(KVM_DEV_RISCV_AIA_MODE_HWACCEL);
	write_file(PARAMETER, "0");
	/* The file that it has it keeps. Reading takes it away. */
	aia_file(&m, 0, EIDELIVERY);
	abi_check(!abi_run(&m.hart[0]) && m.hart[0].run->exit_reason == KVM_EXIT_FAIL_ENTRY,
		  "HWACCEL without a guest interrupt file: KVM_EXIT_FAIL_ENTRY");
	abi_check(m.hart[0].run->fail_entry.hardware_entry_failure_reason ==
		  KVM_EXIT_FAIL_ENTRY_NO_VSFILE &&
		  m.hart[0].run->fail_entry.cpu < (unsigned int)sysconf(_SC_NPROCESSORS_CONF),
		  "its reason and hart");
	write_file(PARAMETER, "63");
	aia_go(&m);
	abi_check(aia_msi(&m, 0, 3) == 1 && aia_end_counters(&m, 255), "with one it goes on");
	abi_check(aia_counted(&m, 0, 3) == 1, "and takes its interrupts");
	aia_destroy(&m);

	begin(KVM_DEV_RISCV_AIA_MODE_AUTO);
	write_file(PARAMETER, "0");
	aia_file(&m, 0, EIDELIVERY);
	aia_file(&m, 1, EIDELIVERY);
	loads = aia_loads(&m, 0);
	aia_go(&m);
	abi_check(aia_flood(&m, 1000) && aia_end_counters(&m, 255) && aia_flood_sum(&m) == 2000,
		  "AUTO does without");
	abi_check(aia_loads(&m, 0) == loads, "and has none (%ld)", (long)aia_loads(&m, 0));
	aia_destroy(&m);
	write_file(PARAMETER, "63");
}

/* ---- halted vCPUs --------------------------------------------------------------------------- */

/* Return: it came. */
static bool wait_for(unsigned int nr, uint32_t id, uint64_t count)
{
	unsigned int i;

	for (i = 0; i < 20000 && aia_counted(&m, nr, id) < count; i++)
		usleep(1000);
	return aia_counted(&m, nr, id) == count;
}

/* The guest interrupt file of a halted vCPU is on the one hart, its thread wakes up on another. */
static void test_halted_elsewhere(void)
{
	unsigned int i, lost = 0;

	begin(KVM_DEV_RISCV_AIA_MODE_HWACCEL);
	aia_go(&m);
	for (i = 1; i <= 30; i++) {
		pin(1, i % 2);
		usleep(15000);
		pin(1, (i / 2) % 2);
		lost += aia_msi(&m, 1, 9) != 1 || !wait_for(1, 9, i);
	}
	abi_check(!lost, "a halted hart whose thread may run elsewhere only is woken (%u lost)",
		  lost);
	abi_check(aia_end_counters(&m, 255), "and goes on");
	aia_destroy(&m);
}

/* A hart that goes offline gives up the files of halted vCPUs. */
static void test_offline(void)
{
	if (access(CPU1, W_OK)) {
		printf("# CPU 1 cannot be taken offline\n");
		return;
	}
	begin(KVM_DEV_RISCV_AIA_MODE_HWACCEL);
	aia_go(&m);
	pin(1, 1);
	abi_check(aia_msi(&m, 1, 7) == 1 && wait_for(1, 7, 1), "its file is in CPU 1");
	usleep(50000);
	write_file(CPU1, "0");
	abi_check(aia_msi(&m, 1, 7) == 1 && wait_for(1, 7, 2), "CPU 1 is off: the MSI arrives");
	write_file(CPU1, "1");
	pin(1, 1);
	abi_check(aia_msi(&m, 1, 7) == 1 && wait_for(1, 7, 3), "CPU 1 is on: the MSI arrives");
	abi_check(aia_end_counters(&m, 255), "the harts are still there");
	aia_destroy(&m);
}

int main(void)
{
	uint32_t mode;

	abi_start(300);
	if (!aia_is_there())
		return 0;
	if (!aia_has_guest_files()) {
		printf("1..0 # SKIP the harts have no guest interrupt files\n");
		return 0;
	}
	for (mode = KVM_DEV_RISCV_AIA_MODE_HWACCEL; mode <= KVM_DEV_RISCV_AIA_MODE_AUTO; mode++) {
		test_moves(mode);
		test_scarce(mode);
	}
	test_none();
	test_halted_elsewhere();
	test_offline();
	return abi_finish();
}
