// SPDX-License-Identifier: GPL-2.0-only
/* Slots that move, go and come under the guest. */
#include "stress.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Refused while the region is protected: once more, then. */
static void set(const struct region *region, uint64_t gpa, uint64_t size, uint32_t flags)
{
	while (slot_set(region, gpa, size, flags)) {
		if (errno != EPERM) {
			complain("slot %u at %#lx: %s", region->number + 1, gpa, strerror(errno));
			break;
		}
		usleep(100);
	}
}

static void move(struct region *region)
{
	uint64_t first = region->gpa >= GPA_ELSEWHERE ? GPA_REGIONS : GPA_ELSEWHERE;

	region->gpa = first + region->number * region->size;
	set(region, region->gpa, region->size, 0);
	/* Until the guest looks there, its accesses are exits. */
	stress.control->base[region->number] = region->gpa;
	stress.events.moves++;
}

static void delete(const struct region *region, uint64_t *state)
{
	set(region, region->gpa, 0, 0);
	stress.events.deletions++;
	usleep(random_below(state, 2000));
}

void change_slots(uint64_t *state)
{
	struct region *region = random_region(state);

	pthread_mutex_lock(&region->slot_lock);
	switch (random_below(state, 4)) {
	case 0:
		delete(region, state);
		set(region, region->gpa, region->size, 0);
		break;
	case 1:
		delete(region, state);
		set(region, region->gpa, region->size, KVM_MEM_READONLY);
		usleep(random_below(state, 2000));
		delete(region, state);
		set(region, region->gpa, region->size, 0);
		break;
	default:
		move(region);
	}
	pthread_mutex_unlock(&region->slot_lock);
}
