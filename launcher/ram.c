// SPDX-License-Identifier: GPL-2.0-only
/* The guest's memory. */
#include "ram.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "msg.h"

/* Host and guest addresses agree modulo this, so that huge pages can back the guest. */
#define RAM_ALIGN	(2UL << 20)

int ram_create(struct ram *ram, uint64_t base, uint64_t size)
{
	size_t mapping_size = size + RAM_ALIGN;
	uintptr_t start;
	void *mapping;

	mapping = mmap(NULL, mapping_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mapping == MAP_FAILED) {
		msg_error("cannot map %llu MiB of guest memory: %s",
			  (unsigned long long)size >> 20, strerror(errno));
		return -1;
	}
	start = ((uintptr_t)mapping + RAM_ALIGN - 1) & ~(RAM_ALIGN - 1);

	*ram = (struct ram){
		.host = (uint8_t *)start,
		.base = base,
		.size = size,
		.mapping = mapping,
		.mapping_size = mapping_size,
	};
	/* Hints only: both may be unsupported by the host's kernel. */
	madvise(ram->host, size, MADV_HUGEPAGE);
	madvise(ram->host, size, MADV_DONTDUMP);
	return 0;
}

void ram_destroy(struct ram *ram)
{
	if (ram->mapping)
		munmap(ram->mapping, ram->mapping_size);
	*ram = (struct ram){ 0 };
}
