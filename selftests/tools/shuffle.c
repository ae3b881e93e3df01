// SPDX-License-Identifier: GPL-2.0-only
/*
 * shuffle PID...: moves the threads of these processes between the harts that are online, all the
 * time, until the processes are gone or SIGTERM comes. Prints how many moves that were.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PERIOD_US	1000

static volatile sig_atomic_t stop;
static unsigned long moves;

static void on_stop(int signo)
{
	(void)signo;
	stop = 1;
}

/* A hart that is not online is refused with EINVAL: then the next one is tried. */
static void move_thread(pid_t tid, long harts)
{
	long first = random() % harts, i;

	for (i = 0; i < harts; i++) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET((first + i) % harts, &set);
		if (!sched_setaffinity(tid, sizeof(set), &set)) {
			moves++;
			return;
		}
		if (errno == ESRCH)
			return;
	}
}

static bool move_process(const char *pid, long harts)
{
	char path[64];
	struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%.20s/task", pid);
	tasks = opendir(path);
	if (!tasks)
		return false;
	while ((entry = readdir(tasks))) {
		pid_t tid = atoi(entry->d_name);

		if (tid > 0)
			move_thread(tid, harts);
	}
	closedir(tasks);
	return true;
}

int main(int argc, char **argv)
{
	long harts = sysconf(_SC_NPROCESSORS_CONF);
	struct sigaction action = { .sa_handler = on_stop };
	bool any = true;

	sigaction(SIGTERM, &action, NULL);
	while (any && !stop) {
		any = false;
		for (int i = 1; i < argc; i++)
			any |= move_process(argv[i], harts);
		usleep(PERIOD_US);
	}
	printf("%lu\n", moves);
	return 0;
}
