// SPDX-License-Identifier: GPL-2.0-only
/*
 * move-vcpus PID HZ: pins each vCPU of a QEMU (with -name debug-threads=on) to another hart than
 * the one it ran on, HZ times a second, until it ends. Prints how often one was then seen
 * elsewhere.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_TASKS	64
#define HART_FIELD	39	/* of /proc/PID/stat, proc_pid_stat(5) */

static struct task {
	pid_t	id;
	int	hart;
} tasks[MAX_TASKS];

/* The hart that a task runs on or ran on last, -1 when it is no vCPU or gone. */
static int hart_of(pid_t pid, pid_t id)
{
	char path[64], line[1024] = "", *field;
	FILE *file;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, id);
	file = fopen(path, "r");
	if (!file)
		return -1;
	field = fgets(line, sizeof(line), file);
	fclose(file);
	/* The second one is the name, in parentheses. */
	if (!field || !strstr(line, "(CPU ") || !strstr(line, "/KVM)"))
		return -1;
	field = strrchr(line, ')');
	for (i = 2; field && i < HART_FIELD; i++)
		field = strchr(field + 1, ' ');
	return field ? atoi(field) : -1;
}

static struct task *task_of(pid_t id)
{
	struct task *task = tasks;

	while (task < &tasks[MAX_TASKS - 1] && task->id && task->id != id)
		task++;
	return task;
}

/* Return: whether it has been moved since the last look. */
static bool move(pid_t pid, pid_t id, int harts)
{
	struct task *task = task_of(id);
	int hart = hart_of(pid, id);
	bool moved;
	cpu_set_t set;

	if (hart < 0)
		return false;
	moved = task->id == id && task->hart != hart;
	*task = (struct task) { .id = id, .hart = hart };
	CPU_ZERO(&set);
	CPU_SET((hart + 1 + rand() % (harts - 1)) % harts, &set);
	sched_setaffinity(id, sizeof(set), &set);
	return moved;
}

int main(int argc, char **argv)
{
	int harts = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned long moves = 0;
	struct dirent *entry;
	char path[64];
	DIR *dir;
	int hz;

	hz = argc == 3 ? atoi(argv[2]) : 0;
	if (hz <= 0)
		errx(2, "usage: move-vcpus PID HZ");
	if (harts < 2)
		errx(1, "there is no other hart");
	if (setpriority(PRIO_PROCESS, 0, -20))
		err(1, "setpriority");
	snprintf(path, sizeof(path), "/proc/%d/task", atoi(argv[1]));
	while ((dir = opendir(path))) {
		while ((entry = readdir(dir)))
			moves += move(atoi(argv[1]), atoi(entry->d_name), harts);
		closedir(dir);
		usleep(1000000 / hz);
	}
	printf("%lu\n", moves);
	return 0;
}
