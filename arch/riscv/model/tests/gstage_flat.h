/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The naive model of G-stage tables, without any table: a sorted list of runs, each a stretch of
 * guest-physical addresses with leaves of one size that differ only in where they lead. All of the
 * guest's space is in it, so nothing can be mapped unnoticed.
 */
#ifndef RVH_MODEL_TESTS_GSTAGE_FLAT_H
#define RVH_MODEL_TESTS_GSTAGE_FLAT_H

#include <linux/align.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "../gstage.h"

#define FLAT_RUNS	1024
#define FLAT_ROOM	256	/* runs that one operation may add, and more */

/* The leaves that fill [start, end). */
struct flat_run {
	u64	start;
	u64	end;
	u64	delta;		/* physical minus guest-physical address */
	u64	bits;		/* of the entries, without V, U and the page number */
	u8	level;
};

struct flat {
	unsigned int	count;
	struct flat_run	run[FLAT_RUNS];
};

static inline u64 flat_size(unsigned int level)
{
	return 1ULL << gstage_level_shift(level);
}

static inline bool flat_is_full(const struct flat *f)
{
	return f->count + FLAT_ROOM > FLAT_RUNS;
}

static inline void flat_copy(struct flat *to, const struct flat *from)
{
	to->count = from->count;
	memcpy(to->run, from->run, from->count * sizeof(from->run[0]));
}

/* The first run that ends behind @gpa, or f->count. */
static inline unsigned int flat_index(const struct flat *f, u64 gpa)
{
	unsigned int low = 0, high = f->count;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (f->run[middle].end <= gpa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static inline struct flat_run *flat_find(struct flat *f, u64 gpa)
{
	unsigned int i = flat_index(f, gpa);

	return i < f->count && f->run[i].start <= gpa ? &f->run[i] : NULL;
}

static inline void flat_insert(struct flat *f, unsigned int i, const struct flat_run *run)
{
	memmove(&f->run[i + 1], &f->run[i], (f->count - i) * sizeof(*run));
	f->run[i] = *run;
	f->count++;
}

static inline void flat_delete(struct flat *f, unsigned int i)
{
	f->count--;
	memmove(&f->run[i], &f->run[i + 1], (f->count - i) * sizeof(f->run[0]));
}

/* Make two runs of one that goes on at @gpa, which is where a leaf begins. */
static inline void flat_cut(struct flat *f, u64 gpa)
{
	struct flat_run *run = flat_find(f, gpa), left;

	if (!run || run->start == gpa)
		return;
	left = *run;
	left.end = gpa;
	run->start = gpa;
	flat_insert(f, run - f->run, &left);
}

/* Have runs begin and end where the leaves that intersect [start, end) do: false if none does. */
static inline bool flat_cut_around(struct flat *f, u64 start, u64 end)
{
	struct flat_run *run;
	unsigned int i;

	i = flat_index(f, start);
	if (start >= end || i == f->count || f->run[i].start >= end)
		return false;
	run = &f->run[i];
	flat_cut(f, ALIGN_DOWN(max(start, run->start), flat_size(run->level)));
	run = flat_find(f, end - 1);
	if (run)
		flat_cut(f, ALIGN_DOWN(end - 1, flat_size(run->level)) + flat_size(run->level));
	return true;
}

/* Merge what could be one run. */
static inline void flat_tidy(struct flat *f)
{
	unsigned int i = 1;

	while (i < f->count) {
		struct flat_run *a = &f->run[i - 1], *b = &f->run[i];

		if (a->end != b->start || a->level != b->level || a->bits != b->bits ||
		    a->delta != b->delta) {
			i++;
			continue;
		}
		a->end = b->end;
		flat_delete(f, i);
	}
}

static inline u64 flat_leaves(const struct flat *f, unsigned int level)
{
	unsigned int i;
	u64 n = 0;

	for (i = 0; i < f->count; i++)
		if (f->run[i].level == level)
			n += (f->run[i].end - f->run[i].start) >> gstage_level_shift(level);
	return n;
}

/* ---- what the operations do ---------------------------------------------------------------- */

static inline void flat_erase(struct flat *f, u64 start, u64 end)
{
	unsigned int i;

	if (!flat_cut_around(f, start, end))
		return;
	i = flat_index(f, start);
	while (i < f->count && f->run[i].start < end)
		flat_delete(f, i);
}

/* Change bits of all leaves that intersect a range: whether one had any bit of @clear. */
static inline bool flat_change(struct flat *f, u64 start, u64 end, u64 clear, u64 set)
{
	bool had = false;
	unsigned int i;

	if (!flat_cut_around(f, start, end))
		return false;
	for (i = flat_index(f, start); i < f->count && f->run[i].start < end; i++) {
		had |= f->run[i].bits & clear;
		f->run[i].bits = (f->run[i].bits & ~clear) | set;
	}
	return had;
}

/* Does a leaf that intersects a range have any of these bits? */
static inline bool flat_has(const struct flat *f, u64 start, u64 end, u64 bits)
{
	unsigned int i;

	for (i = flat_index(f, start); start < end && i < f->count && f->run[i].start < end; i++)
		if (f->run[i].bits & bits)
			return true;
	return false;
}

/* Split the leaf around @gpa until it is of @level: how many leaves were split. */
static inline unsigned int flat_split(struct flat *f, u64 gpa, unsigned int level)
{
	struct flat_run *run = flat_find(f, gpa);
	unsigned int n = 0;

	while (run && run->level > level) {
		flat_cut_around(f, gpa, gpa + 1);
		run = flat_find(f, gpa);
		run->level--;
		n++;
	}
	return n;
}

static inline void flat_put(struct flat *f, u64 gpa, u64 pa, unsigned int level, u64 bits)
{
	struct flat_run run = {
		.start = gpa, .end = gpa + flat_size(level), .delta = pa - gpa,
		.bits = bits, .level = level,
	};

	flat_erase(f, run.start, run.end);
	flat_insert(f, flat_index(f, run.start), &run);
}

/* ---- comparing two states ------------------------------------------------------------------ */

/* The address behind @gpa where either state may change. */
static inline u64 flat_next(const struct flat *f, u64 gpa)
{
	unsigned int i = flat_index(f, gpa);

	if (i == f->count)
		return U64_MAX;
	return f->run[i].start > gpa ? f->run[i].start : f->run[i].end;
}

/* Must no hart remember @old where @new is now? */
static inline bool flat_is_stale(const struct flat_run *old, const struct flat_run *new)
{
	if (!old)
		return false;
	if (!new || new->delta != old->delta || old->bits & ~new->bits)
		return true;
	return (old->bits ^ new->bits) & GSTAGE_PTE_PBMT || old->level != new->level;
}

/*
 * Does @flush name every address whose old translation must not be remembered? And, unless tables
 * were freed, nothing outside the leaves that were changed?
 */
static inline const char *flat_compare_flush(struct flat *before, struct flat *after,
					     const struct gstage_flush *flush)
{
	u64 at, next, first = U64_MAX, last = 0;

	for (at = 0; at != U64_MAX; at = next) {
		const struct flat_run *old = flat_find(before, at), *new = flat_find(after, at);

		next = min(flat_next(before, at), flat_next(after, at));
		if (!flat_is_stale(old, new))
			continue;
		if (at < flush->start || next > flush->end)
			return "a stale translation is missing from the flush";
		first = min(first, ALIGN_DOWN(at, flat_size(old->level)));
		last = max(last, ALIGN(next, flat_size(old->level)));
	}
	if (!flush->tables && flush->start < flush->end &&
	    (flush->start < first || flush->end > last))
		return "the flush names more than was changed";
	return NULL;
}

#endif
