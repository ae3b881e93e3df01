// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as the table of harts, cut off where nothing may be read any more. Most of a good
 * table's header is given: what is fuzzed are the nodes.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <linux/errno.h>

#include "../../arch/riscv/model/rhct.h"

#define HEADER	56

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rhct_harts harts;
	struct rvisa_set again;
	/* Of just this size, so that the sanitizer sees what is read behind it. */
	uint8_t *table = malloc(size + 1);
	int err;

	memcpy(table, data, size);
	/* The last byte decides whether the beginning stays as it is. */
	if (size > HEADER && data[size - 1] & 1) {
		memcpy(table, "RHCT", 4);
		memset(table + 4, 0x7f, 4);
		memset(table + 48, 0x7f, 4);
		memcpy(table + 52, &(uint32_t){ HEADER }, 4);
	}
	err = rhct_parse(table, size, &harts);
	free(table);

	FUZZ_CHECK(!err == !!harts.count, "error %d, %u harts", err, harts.count);
	FUZZ_CHECK(!err || err == -EINVAL, "error %d", err);
	FUZZ_CHECK(!(harts.cbop_block & (harts.cbop_block - 1)), "block %u", harts.cbop_block);
	FUZZ_CHECK(harts.count <= size / 6, "%u harts", harts.count);
	again = harts.isa;
	rvisa_imply(&again);
	FUZZ_CHECK(!memcmp(&again, &harts.isa, sizeof(again)), "implied extensions are missing");
	return 0;
}
