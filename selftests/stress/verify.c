// SPDX-License-Identifier: GPL-2.0-only
/* In the end: is in every page what the guest wrote last? */
#define _GNU_SOURCE
#include "stress.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static bool quarter_is_good(const uint8_t *page, uint64_t number, uint64_t vcpu)
{
	uint32_t entry = stress.ledger[number * VCPUS + vcpu];
	struct pattern pattern = pattern_of(stress.control, number, vcpu, entry / 2);
	const uint64_t *words = (const uint64_t *)(page + vcpu * QUARTER);
	uint64_t i, value = pattern.first;

	for (i = 0; i < WORDS; i++, value += pattern.step) {
		if (words[i] == value)
			continue;
		complain("page %#lx, quarter %lu, word %lu, ledger %u: %#lx instead of %#lx",
			 number, vcpu, i, entry, words[i], value);
		return false;
	}
	return true;
}

/* How many of the region's pages are not what they should be. */
static unsigned long bad_pages(const struct region *region, const uint8_t *memory)
{
	uint64_t pages = stress.control->pages, page, vcpu;
	unsigned long bad = 0;

	for (page = 0; page < pages; page++) {
		bool good = true;

		for (vcpu = 0; vcpu < VCPUS; vcpu++)
			good &= quarter_is_good(memory + page * PAGE,
						region->number * pages + page, vcpu);
		bad += !good;
	}
	return bad;
}

void verify_memory(void)
{
	uint64_t entries = stress.size / PAGE * VCPUS, i, unwritten = 0, unfinished = 0, sum = 0;
	unsigned long bad = 0;

	for (i = 0; i < REGIONS; i++)
		bad += bad_pages(&stress.regions[i], stress.regions[i].hva);
	for (i = 0; i < entries; i++) {
		unwritten += stress.ledger[i] < 2;
		unfinished += stress.ledger[i] % 2;
		sum += stress.ledger[i] / 2;
	}
	abi_check(!unwritten && !unfinished, "every page was written (%lu times in the mean; "
		  "%lu quarters never, %lu not to the end)", sum / entries, unwritten, unfinished);
	abi_check(!bad, "every page holds what was written last (%lu of %lu do not)", bad,
		  stress.size / PAGE);
}

/* Read into other memory after the kernel forgot what it could of the file. */
static unsigned long bad_pages_on_disk(const struct region *region, uint8_t *buffer)
{
	size_t done;
	ssize_t got;

	abi_need(!munmap(region->hva, region->size) && !fdatasync(region->fd) &&
		 !posix_fadvise(region->fd, region->offset, region->size, POSIX_FADV_DONTNEED),
		 "dropping the page cache");
	for (done = 0; done < region->size; done += got) {
		got = pread(region->fd, buffer + done, region->size - done,
			    region->offset + done);
		abi_need(got > 0, "reading the file");
	}
	return bad_pages(region, buffer);
}

void verify_files(void)
{
	uint8_t *buffer = malloc(stress.size / REGIONS);
	unsigned long bad = 0;
	unsigned int i;

	abi_need(buffer, "a buffer");
	for (i = 0; i < REGIONS; i++) {
		if (stress.regions[i].backing == BACKING_FILE)
			bad += bad_pages_on_disk(&stress.regions[i], buffer);
	}
	free(buffer);
	abi_check(!bad, "and the file on the disk holds the same (%lu pages do not)", bad);
}
