// SPDX-License-Identifier: GPL-2.0-only
/*
 * compute run SECONDS [SEED]: computes for so long; says how many rounds came out right
 * compute look: what the CPU is said to have agrees, and works
 * compute list: what a new vCPU of /dev/kvm has
 */
#include "compute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int run(unsigned int seconds, unsigned int seed)
{
	struct timespec now, end;
	unsigned int rounds = 0;
	bool good = true;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	do {
		good &= floats_are_right(seed + rounds);
		good &= strings_are_right(seed + rounds);
		if (cpu_has("v"))
			good &= vectors_are_right(seed + rounds);
		rounds++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (good && now.tv_sec < end.tv_sec);
	printf("compute: %u rounds, %s\n", rounds, good ? "ok" : "WRONG");
	return !good;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc >= 3 && !strcmp(argv[1], "run"))
		return run(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : getpid());
	if (argc == 2 && !strcmp(argv[1], "look")) {
		bool agrees = probe_agrees(), works = extensions_work();

		printf("compute: looked, %s\n", agrees && works ? "ok" : "WRONG");
		return !(agrees && works);
	}
	if (argc == 2 && !strcmp(argv[1], "list"))
		return list_of_guest();
	fprintf(stderr, "compute run SECONDS [SEED] | look | list\n");
	return 2;
}
