// SPDX-License-Identifier: GPL-2.0-only
/* What the host does to the memory of a process, of its own accord or because it is told to. */
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define HUGE	0x200000UL

/*
 * Pages that are changed at a time: by what has a fence for each, and by what has one for all. On a
 * busy machine a fence on all of its emulated harts may take a hundredth of a second.
 */
#define FEW	256UL
#define MANY	(~0UL)

/* While it is held nothing is protected and nothing becomes so. */
static pthread_mutex_t protect_lock = PTHREAD_MUTEX_INITIALIZER;

static struct region *region_of(uint64_t *state, bool (*suits)(const struct region *region))
{
	struct region *region;

	do
		region = random_region(state);
	while (!suits(region));
	return region;
}

/* The kernel may be busy with these pages, or be out of memory for a moment: that is no failure. */
static bool advise(uint8_t *start, size_t size, int advice)
{
	return !madvise(start, size, advice);
}

static bool write_text(const char *directory, const char *file, const char *text)
{
	char path[256];
	bool written;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return false;
	written = write(fd, text, strlen(text)) > 0;
	close(fd);
	return written;
}

/* ---- reclaim ------------------------------------------------------------------------------- */

void change_pageout(uint64_t *state)
{
	const struct region *region = random_region(state);
	uint8_t *start;
	size_t size = random_part(state, region, FEW, &start);

	advise(start, size, random_below(state, 4) ? MADV_PAGEOUT : MADV_COLD);
}

/* Pressure: as the control group knows it, whatever memory the machine has. */
void change_reclaim(uint64_t *state)
{
	char text[32];

	if (!stress.cgroup)
		return;
	snprintf(text, sizeof(text), "%lu", random_below(state, FEW * PAGE));
	write_text(stress.cgroup, "memory.reclaim", text);
	if (random_below(state, 16))
		return;
	/* Who allocates has to reclaim, and is made to wait. */
	snprintf(text, sizeof(text), "%lu", stress.size / 4 * 3);
	write_text(stress.cgroup, "memory.high", text);
	usleep(random_below(state, 100000));
	write_text(stress.cgroup, "memory.high", "max");
}

static bool is_file(const struct region *region)
{
	return region->backing == BACKING_FILE;
}

/* Written back and dropped: if it was not known to be dirty, it is lost. */
void change_files(uint64_t *state)
{
	const struct region *region = region_of(state, is_file);
	uint8_t *start;
	size_t size = random_part(state, region, FEW, &start);
	off_t offset = region->offset + (start - region->hva);

	if (random_below(state, 2))
		advise(start, size, MADV_DONTNEED);
	if (sync_file_range(region->fd, offset, size, SYNC_FILE_RANGE_WAIT_BEFORE |
			    SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER))
		complain("writing the file: %s", strerror(errno));
	posix_fadvise(region->fd, offset, size, POSIX_FADV_DONTNEED);
	stress.events.writebacks++;
}

/* ---- other pages --------------------------------------------------------------------------- */

static bool is_alike(const struct region *region)
{
	return region->content == CONTENT_ALIKE;
}

void change_merge(uint64_t *state)
{
	const struct region *region = region_of(state, is_alike);
	FILE *file = fopen("/sys/kernel/mm/ksm/pages_sharing", "r");
	unsigned long sharing = 0;
	uint8_t *start;
	size_t size;

	if (file && fscanf(file, "%lu", &sharing) == 1 && sharing > stress.events.merged)
		stress.events.merged = sharing;
	if (file)
		fclose(file);
	size = random_part(state, region, FEW, &start);
	if (!random_below(state, 4))
		advise(start, size, MADV_UNMERGEABLE);
	advise(region->hva, region->size, MADV_MERGEABLE);
}

void change_compact(uint64_t *state)
{
	(void)state;
	write_text("/proc/sys/vm", "compact_memory", "1");
}

static bool may_be_huge(const struct region *region)
{
	return region->backing != BACKING_FILE;
}

void change_thp(uint64_t *state)
{
	const struct region *region = region_of(state, may_be_huge);
	uint8_t *block = region->hva + random_below(state, region->size / HUGE) * HUGE, *start;
	size_t size = random_part(state, region, MANY, &start);
	char text[64];

	switch (random_below(state, 4)) {
	case 0:
		advise(start, size, MADV_NOHUGEPAGE);
		break;
	case 1:
		snprintf(text, sizeof(text), "%d,%#lx,%#lx", getpid(), (uintptr_t)start,
			 (uintptr_t)start + size);
		stress.events.splits += write_text("/sys/kernel/debug", "split_huge_pages", text);
		break;
	default:
		advise(block, HUGE, MADV_HUGEPAGE);
		stress.events.collapses += advise(block, HUGE, MADV_COLLAPSE);
	}
}

static bool may_be_dropped(const struct region *region)
{
	return region->content == CONTENT_ZERO || region->backing != BACKING_ANON;
}

/* What is shared comes back as it was; of what is not, zeros become zeros. */
void change_discard(uint64_t *state)
{
	const struct region *region = region_of(state, may_be_dropped);
	int advice = MADV_DONTNEED;
	uint8_t *start;
	size_t size = random_part(state, region, MANY, &start);

	if (region->content == CONTENT_ZERO && random_below(state, 2))
		advice = region->backing == BACKING_ANON ? MADV_FREE : MADV_REMOVE;
	stress.events.discards += advise(start, size, advice);
}

/* ---- other mappings ------------------------------------------------------------------------ */

void change_protect(uint64_t *state)
{
	const struct region *region = random_region(state);
	int protection = random_below(state, 3) ? PROT_READ : PROT_NONE;
	uint8_t *start;
	size_t size = random_part(state, region, MANY, &start);

	pthread_mutex_lock(&protect_lock);
	stress.protection++;
	abi_need(!mprotect(start, size, protection), "mprotect");
	usleep(random_below(state, 3000));
	abi_need(!mprotect(start, size, PROT_READ | PROT_WRITE), "mprotect");
	stress.protection++;
	stress.events.protections++;
	pthread_mutex_unlock(&protect_lock);
}

#define SAMPLES	64U

static bool is_private(const struct region *region)
{
	return region->backing == BACKING_ANON;
}

/*
 * The child's memory is what the guest's was at the fork. It does not change until the child does
 * that; and that does not change the guest's.
 */
static int child(uint64_t *state)
{
	volatile uint64_t *words[SAMPLES];
	uint64_t values[SAMPLES];
	unsigned int i;

	for (i = 0; i < SAMPLES; i++) {
		const struct region *region = region_of(state, is_private);

		words[i] = (uint64_t *)(region->hva + random_below(state, region->size / 8) * 8);
		values[i] = *words[i];
	}
	usleep(20000);
	for (i = 0; i < SAMPLES; i++) {
		if (*words[i] != values[i])
			return 1;
	}
	for (i = 0; i < SAMPLES / 2; i++)
		*words[i] = values[i] = ~0UL;
	usleep(random_below(state, 50000));
	for (i = 0; i < SAMPLES / 2; i++) {
		if (*words[i] != values[i])
			return 2;
	}
	return 0;
}

void change_fork(uint64_t *state)
{
	int status;
	pid_t pid;

	pthread_mutex_lock(&protect_lock);
	pid = fork();
	if (!pid)
		_exit(child(state));
	pthread_mutex_unlock(&protect_lock);
	if (pid < 0)
		return;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		complain("the memory of a forked child changed (status %#x)", status);
	stress.events.forks++;
}
