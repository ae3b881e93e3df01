/* SPDX-License-Identifier: GPL-2.0-only */
/* memstress: a guest that writes and checks all its memory while the host changes everything. */
#ifndef STRESS_H
#define STRESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi.h"
#include "layout.h"

enum backing { BACKING_ANON, BACKING_MEMFD, BACKING_FILE };

struct region {
	unsigned int	number;
	enum backing	backing;
	enum content	content;
	uint8_t		*hva;
	size_t		size;
	int		fd;		/* of what is shared */
	off_t		offset;
	pthread_mutex_t	slot_lock;	/* who holds it changes the slot, and gpa */
	uint64_t	gpa;
};

/* Things that happened, for those who ask whether there was any stress. */
struct events {
	atomic_ulong	protections, denials;
	atomic_ulong	holes, moves, deletions;
	atomic_ulong	forks, collapses, splits, merged, discards, writebacks;
	atomic_ulong	log_sessions, log_pages, log_excused, log_late;
};

struct stress {
	uint64_t	seed;
	size_t		size;		/* of guest memory, without slot 0 */
	unsigned int	seconds;
	const char	*file;		/* for what is backed by a file */
	const char	*cgroup;	/* the directory of ours, or NULL */
	const char	*only;		/* kinds of change, or NULL for all */
	struct abi_vm	vm;
	uint8_t		*low;		/* slot 0: code, stacks, control, ledger */
	size_t		low_size;
	struct control	*control;
	atomic_uint	*ledger;
	/* Stores that were done for the guest since the last look at a log, by page. */
	atomic_uchar	*emulated;
	struct region	regions[REGIONS];
	/* Odd while a region is protected; changes with each protection. */
	atomic_ulong	protection;
	atomic_bool	stop;
	struct events	events;
};

extern struct stress stress;

/* memstress.c: something went wrong that must never. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
unsigned long complaints(void);
/* For a program that uses it up: each thread has its own, and all come from the seed. */
uint64_t random_below(uint64_t *state, uint64_t limit);

/* regions.c */
void regions_create(void);
struct region *random_region(uint64_t *state);
/* A part of the region, of up to so many pages. */
size_t random_part(uint64_t *state, const struct region *region, uint64_t most, uint8_t **start);

/* machine.c */
void machine_start(void);
void machine_stop(void);
int slot_set(const struct region *region, uint64_t gpa, uint64_t size, uint32_t flags);

/* changes.c: what the host does to memory; logs.c and slots.c: what a VMM does. */
void change_pageout(uint64_t *state);
void change_reclaim(uint64_t *state);
void change_merge(uint64_t *state);
void change_compact(uint64_t *state);
void change_thp(uint64_t *state);
void change_fork(uint64_t *state);
void change_protect(uint64_t *state);
void change_discard(uint64_t *state);
void change_files(uint64_t *state);
void change_log(uint64_t *state);
void change_slots(uint64_t *state);

/* verify.c */
void verify_memory(void);
void verify_files(void);

#endif
