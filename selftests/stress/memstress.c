// SPDX-License-Identifier: GPL-2.0-only
/*
 * memstress [--size MIB] [--seconds N] [--seed N] [--only CHANGE,...] --file FILE [--cgroup DIR]
 *
 * Four vCPUs write patterns to guest memory that is anonymous, of a memfd and of a file, and look
 * at what they wrote before, while threads of the host do everything to that memory that a host may
 * do without changing its content. In the end all of it is compared. Prints TAP.
 */
#include "stress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COMPLAINTS	20
#define THP		"/sys/kernel/mm/transparent_hugepage"
#define KSM		"/sys/kernel/mm/ksm"

struct stress stress;

struct worker {
	const char	*name;
	void		(*change)(uint64_t *state);
	unsigned int	pause;		/* ms in the mean */
	unsigned long	count;
	pthread_t	thread;
};

#define WORKER(what, ms)	{ .name = #what, .change = change_##what, .pause = ms }

static struct worker workers[] = {
	WORKER(pageout, 20),
	WORKER(reclaim, 30),
	WORKER(files, 30),
	WORKER(merge, 100),
	WORKER(compact, 5000),
	WORKER(thp, 20),
	WORKER(discard, 10),
	WORKER(protect, 10),
	WORKER(fork, 2000),
	WORKER(log, 20),
	WORKER(slots, 30),
};

#define WORKERS	(sizeof(workers) / sizeof(workers[0]))

/* ---- what all use -------------------------------------------------------------------------- */

static atomic_ulong complained;

void complain(const char *format, ...)
{
	va_list args;
	char text[256];

	if (atomic_fetch_add(&complained, 1) >= COMPLAINTS)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("# %s\n", text);
}

unsigned long complaints(void)
{
	return complained;
}

uint64_t random_below(uint64_t *state, uint64_t limit)
{
	return next_random(state) % limit;
}

/* ---- what the kernel counted --------------------------------------------------------------- */

static const char * const counter_names[] = {
	"pswpout ", "pswpin ", "pgmigrate_success ", "thp_split_page ",
};

enum { SWAP_OUT, SWAP_IN, MIGRATED, SPLIT, COUNTERS };

static void read_counters(unsigned long counters[COUNTERS])
{
	FILE *file = fopen("/proc/vmstat", "r");
	char line[128];
	unsigned int i;

	abi_need(file, "/proc/vmstat");
	while (fgets(line, sizeof(line), file)) {
		for (i = 0; i < COUNTERS; i++) {
			if (!strncmp(line, counter_names[i], strlen(counter_names[i])))
				counters[i] = strtoul(strchr(line, ' '), NULL, 10) - counters[i];
		}
	}
	fclose(file);
}

static bool exists(const char *path)
{
	struct stat status;

	return !stat(path, &status);
}

static bool has_swap(void)
{
	FILE *file = fopen("/proc/swaps", "r");
	char line[256];
	unsigned int lines = 0;

	while (file && fgets(line, sizeof(line), file))
		lines++;
	if (file)
		fclose(file);
	return lines > 1;
}

/* There was no stress if nothing of the kind happened. */
static void happened(bool possible, unsigned long count, const char *what)
{
	if (possible)
		abi_check(count, "%lu %s", count, what);
	else
		abi_check(true, "%s # SKIP this host has nothing of the kind", what);
}

static void report_events(const unsigned long *counters)
{
	struct events *events = &stress.events;
	bool thp = exists(THP);
	bool swap = has_swap();

	happened(swap, counters[SWAP_OUT], "pages were swapped out");
	happened(swap, counters[SWAP_IN], "pages were swapped in");
	happened(exists(KSM), events->merged, "pages were merged at most");
	happened(exists("/proc/sys/vm/compact_memory"), counters[MIGRATED],
		 "pages were moved in memory");
	happened(thp, events->collapses, "collapses to a large page");
	happened(thp, counters[SPLIT], "large pages were split");
	happened(true, events->forks, "forks");
	happened(true, events->protections, "protections");
	happened(true, events->denials, "KVM_RUN ended for protected memory");
	happened(true, events->moves, "slots moved");
	happened(true, events->deletions, "slots deleted");
	happened(true, events->holes, "accesses where no slot was");
	happened(true, events->discards, "ranges discarded");
	happened(true, events->writebacks, "ranges written back");
	happened(true, events->log_pages, "written pages looked up in logs");
	printf("# %lu sessions of logging, %lu pages marked late, %lu excused\n",
	       events->log_sessions, events->log_late, events->log_excused);
}

/* What the guest takes part in, and so takes longest. */
static bool all_happened(void)
{
	const struct events *events = &stress.events;

	return stress.only || (events->denials && events->holes && events->log_pages &&
			       events->forks && (events->collapses || !exists(THP)) &&
			       (events->merged || !exists(KSM)));
}

/* ---- the course of it ---------------------------------------------------------------------- */

static void *work(void *argument)
{
	struct worker *worker = argument;
	uint64_t state = mix(stress.seed) + (worker - workers);

	while (!stress.stop) {
		usleep(random_below(&state, 2000 * worker->pause));
		worker->change(&state);
		worker->count++;
	}
	return NULL;
}

static bool all_swept(void)
{
	unsigned int i;

	for (i = 0; i < VCPUS; i++) {
		if (!stress.control->swept[i])
			return false;
	}
	return true;
}

static bool is_wanted(const struct worker *worker)
{
	return !stress.only || strstr(stress.only, worker->name);
}

static void say_progress(long seconds)
{
	const struct control *control = stress.control;
	unsigned int i;

	printf("# %ld s: visits", seconds);
	for (i = 0; i < VCPUS; i++)
		printf(" %lu", control->visits[i]);
	printf(", %lu denied, %lu holes;", stress.events.denials, stress.events.holes);
	for (i = 0; i < WORKERS; i++)
		printf(" %s %lu", workers[i].name, workers[i].count);
	putchar('\n');
}

/* Goes on till @done, but not for ever. */
static void wait_while_running(long seconds, bool (*done)(void))
{
	time_t start = time(NULL), now = start, said = start;

	while (now - start < seconds || (!done() && now - start < 4 * seconds + 240)) {
		usleep(100000);
		now = time(NULL);
		if (now - said < 10)
			continue;
		say_progress(now - start);
		said = now;
	}
	say_progress(now - start);
}

/* So that every page was written once, however slow all gets then. */
static void sweep(void)
{
	wait_while_running(0, all_swept);
	abi_need(all_swept(), "the guest gets through its memory");
}

static void run(void)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		if (is_wanted(&workers[i]))
			abi_need(!pthread_create(&workers[i].thread, NULL, work, &workers[i]),
				 "pthread_create");
	}
	wait_while_running(stress.seconds, all_happened);
	stress.stop = true;
	for (i = 0; i < WORKERS; i++) {
		if (is_wanted(&workers[i]))
			pthread_join(workers[i].thread, NULL);
	}
	machine_stop();
}

static void options(int argc, char **argv)
{
	int i;

	stress.size = 1024UL << 20;
	stress.seconds = 30;
	stress.seed = time(NULL);
	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--size"))
			stress.size = strtoul(argv[i + 1], NULL, 0) << 20;
		else if (!strcmp(argv[i], "--seconds"))
			stress.seconds = strtoul(argv[i + 1], NULL, 0);
		else if (!strcmp(argv[i], "--seed"))
			stress.seed = strtoull(argv[i + 1], NULL, 0);
		else if (!strcmp(argv[i], "--file"))
			stress.file = argv[i + 1];
		else if (!strcmp(argv[i], "--cgroup"))
			stress.cgroup = argv[i + 1];
		else if (!strcmp(argv[i], "--only"))
			stress.only = argv[i + 1];
	}
	abi_need(stress.file && stress.size >= 32UL << 20 && stress.size % (32UL << 20) == 0,
		 "--file FILE; --size is a multiple of 32");
}

int main(int argc, char **argv)
{
	unsigned long counters[COUNTERS] = { 0 };

	options(argc, argv);
	abi_start(10 * stress.seconds + 600);
	printf("# --seed %lu --size %lu --seconds %u\n", stress.seed, stress.size >> 20,
	       stress.seconds);
	read_counters(counters);
	regions_create();
	machine_start();
	sweep();
	run();
	abi_check(!complaints(), "nothing was out of order (%lu times)", complaints());
	verify_memory();
	verify_files();
	read_counters(counters);
	report_events(counters);
	return abi_finish();
}
