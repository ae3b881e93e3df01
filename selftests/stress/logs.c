// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of written pages, of a region at a time: every page of which a quarter was written from
 * begin to end between two looks at the log has to be in it then. The ledger tells which those are.
 *
 * One vCPU may have used what the fault of another had just mapped, before that one set the mark:
 * then the look after next has it. What has lost its mark is never marked again.
 */
#include "stress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct log {
	struct region	*region;
	uint64_t	pages;
	bool		manual;
	uint32_t	*before;	/* the region's ledger after the look before */
	uint64_t	*bitmap;
	uint64_t	*owed;		/* pages that have to be in the next look */
};

static const atomic_uint *ledger_of(const struct region *region)
{
	return stress.ledger + region->number * stress.control->pages * VCPUS;
}

static void copy_ledger(const struct log *log, uint32_t *copy)
{
	const atomic_uint *ledger = ledger_of(log->region);
	uint64_t i;

	for (i = 0; i < log->pages * VCPUS; i++)
		copy[i] = ledger[i];
}

/* Userspace may clear what it was told of in parts. */
static void clear_parts(const struct log *log, uint64_t *state)
{
	uint64_t first = 0;

	while (first < log->pages) {
		uint64_t count = (1 + random_below(state, 64)) * 64;
		struct kvm_clear_dirty_log clear = {
			.slot		= log->region->number + 1,
			.first_page	= first,
			.dirty_bitmap	= log->bitmap + first / 64,
		};

		if (count > log->pages - first)
			count = log->pages - first;
		clear.num_pages = count;
		if (ioctl(stress.vm.fd, KVM_CLEAR_DIRTY_LOG, &clear))
			complain("KVM_CLEAR_DIRTY_LOG: %s", strerror(errno));
		first += count;
	}
}

static void read_log(const struct log *log)
{
	struct kvm_dirty_log get = {
		.slot		= log->region->number + 1,
		.dirty_bitmap	= log->bitmap,
	};

	if (ioctl(stress.vm.fd, KVM_GET_DIRTY_LOG, &get))
		complain("KVM_GET_DIRTY_LOG: %s", strerror(errno));
}

/* Was this quarter written entirely between the two looks? */
static bool was_written(uint32_t before, uint32_t after)
{
	return (after & ~1U) > before + 1U;
}

static void check_page(const struct log *log, uint64_t page, const uint32_t *now)
{
	uint64_t number = log->region->number * stress.control->pages + page, vcpu;
	uint64_t bit = 1UL << page % 64, *owed = &log->owed[page / 64];
	bool marked = log->bitmap[page / 64] & bit, written = false;

	if (!marked && *owed & bit)
		complain("page %#lx was written and is not in the log (manual: %d)", number,
			 log->manual);
	*owed &= ~bit;
	for (vcpu = 0; vcpu < VCPUS; vcpu++)
		written |= was_written(log->before[page * VCPUS + vcpu], now[page * VCPUS + vcpu]);
	if (!written)
		return;
	/* What memstress stores for the guest is no business of the log. */
	if (stress.emulated[number]) {
		stress.events.log_excused++;
		return;
	}
	stress.events.log_pages++;
	if (!marked) {
		*owed |= bit;
		stress.events.log_late++;
	}
}

static void forget_emulated(const struct log *log)
{
	uint64_t page, first = log->region->number * stress.control->pages;

	for (page = 0; page < log->pages; page++)
		stress.emulated[first + page] = 0;
}

static void look(const struct log *log, uint32_t *now, uint64_t *state)
{
	uint64_t page;

	copy_ledger(log, now);
	read_log(log);
	for (page = 0; page < log->pages; page++)
		check_page(log, page, now);
	if (log->manual)
		clear_parts(log, state);
	forget_emulated(log);
	copy_ledger(log, log->before);
}

static void set_mode(uint64_t mode)
{
	struct kvm_enable_cap cap = {
		.cap	= KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		.args	= { mode },
	};

	if (ioctl(stress.vm.fd, KVM_ENABLE_CAP, &cap))
		complain("KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: %s", strerror(errno));
}

/* Refused while the region is protected. */
static void set_flags(const struct region *region, uint32_t flags)
{
	while (slot_set(region, region->gpa, region->size, flags)) {
		if (errno != EPERM) {
			complain("flags of a slot: %s", strerror(errno));
			break;
		}
		usleep(100);
	}
}

static void session(struct log *log, uint64_t *state)
{
	static const uint64_t modes[] = {
		0, KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE,
		KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET,
	};
	uint64_t mode = modes[random_below(state, 3)], looks = 2 + random_below(state, 5);
	uint32_t *now = malloc(log->pages * VCPUS * sizeof(*now));

	abi_need(now, "a copy of the ledger");
	log->manual = mode;
	set_mode(mode);
	set_flags(log->region, KVM_MEM_LOG_DIRTY_PAGES);
	forget_emulated(log);
	copy_ledger(log, log->before);
	while (looks--) {
		usleep(1000 + random_below(state, 100000));
		look(log, now, state);
	}
	/* What is owed still. */
	look(log, now, state);
	set_flags(log->region, 0);
	stress.events.log_sessions++;
	free(now);
}

void change_log(uint64_t *state)
{
	struct log log = { .region = random_region(state), .pages = stress.control->pages };

	log.before = malloc(log.pages * VCPUS * sizeof(*log.before));
	log.bitmap = calloc((log.pages + 63) / 64, sizeof(*log.bitmap));
	log.owed = calloc((log.pages + 63) / 64, sizeof(*log.owed));
	abi_need(log.before && log.bitmap && log.owed, "a log");
	pthread_mutex_lock(&log.region->slot_lock);
	session(&log, state);
	pthread_mutex_unlock(&log.region->slot_lock);
	free(log.owed);
	free(log.bitmap);
	free(log.before);
}
