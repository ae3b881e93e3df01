// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory: regions that differ in what is behind them and in what the guest keeps there. */
#define _GNU_SOURCE
#include "stress.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE		0x200000UL
#define UNTOUCHED	0x8000UL

static const struct {
	enum backing	backing;
	enum content	content;
} kinds[] = {
	{ BACKING_ANON, CONTENT_OWN },
	{ BACKING_MEMFD, CONTENT_OWN },
	{ BACKING_FILE, CONTENT_OWN },
	{ BACKING_ANON, CONTENT_ALIKE },
	{ BACKING_ANON, CONTENT_OWN },
	{ BACKING_MEMFD, CONTENT_ZERO },
	{ BACKING_FILE, CONTENT_OWN },
	{ BACKING_ANON, CONTENT_ZERO },
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* At an address like the guest's, so that large pages fit. */
static uint8_t *reserve(size_t size)
{
	uint8_t *memory = mmap(NULL, size + HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	abi_need(memory != MAP_FAILED, "address space");
	return (uint8_t *)(((uintptr_t)memory + HUGE - 1) & ~(HUGE - 1));
}

static void create(struct region *region, uint8_t *hva, size_t size, const int *fds)
{
	int flags = MAP_FIXED | (region->backing == BACKING_ANON ?
				 MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);

	region->hva = hva;
	region->size = size;
	region->offset = (off_t)region->number * size;
	region->gpa = GPA_REGIONS + region->offset;
	region->fd = fds[region->backing];
	pthread_mutex_init(&region->slot_lock, NULL);
	abi_need(mmap(hva, size, PROT_READ | PROT_WRITE, flags, region->fd,
		      region->fd < 0 ? 0 : region->offset) == hva, "guest memory");
}

/*
 * The guest gets through present memory fast. To bring pages in and to replace them takes fences on
 * all harts, for which emulated ones wait long on a busy machine; so it does that for some only.
 */
static void populate(const struct region *region)
{
	abi_need(!madvise(region->hva, region->size - UNTOUCHED, MADV_POPULATE_WRITE),
		 "MADV_POPULATE_WRITE");
}

void regions_create(void)
{
	size_t size = stress.size / REGIONS;
	uint8_t *hva = reserve(stress.size);
	int fds[] = {
		[BACKING_ANON]	= -1,
		[BACKING_MEMFD]	= memfd_create("guest", 0),
		[BACKING_FILE]	= open(stress.file, O_RDWR | O_CREAT | O_TRUNC, 0600),
	};
	unsigned int i;

	abi_need(fds[BACKING_MEMFD] >= 0 && !ftruncate(fds[BACKING_MEMFD], stress.size), "memfd");
	abi_need(fds[BACKING_FILE] >= 0 && !ftruncate(fds[BACKING_FILE], stress.size),
		 stress.file);
	for (i = 0; i < REGIONS; i++) {
		struct region *region = &stress.regions[i];

		region->number = i;
		region->backing = kinds[i % KINDS].backing;
		region->content = kinds[i % KINDS].content;
		create(region, hva + i * size, size, fds);
		/* A full disk must not look like lost memory. */
		abi_need(region->backing != BACKING_FILE ||
			 !posix_fallocate(region->fd, region->offset, size), "room on the disk");
		populate(region);
	}
}

struct region *random_region(uint64_t *state)
{
	return &stress.regions[random_below(state, REGIONS)];
}

size_t random_part(uint64_t *state, const struct region *region, uint64_t most, uint8_t **start)
{
	uint64_t pages = region->size / PAGE, first = random_below(state, pages);

	/* Few pages as often as many. */
	if (most > pages - first)
		most = pages - first;
	most = 1 + random_below(state, most);
	*start = region->hva + first * PAGE;
	return (1 + random_below(state, most)) * PAGE;
}
