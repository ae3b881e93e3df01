// SPDX-License-Identifier: GPL-2.0-only
/* Operations on G-stage tables beside a flat map of them. Input: a byte of mode, operations. */
#include "fuzz.h"

#include "../../arch/riscv/model/tests/gstage_world.h"

#define MAX_STEPS	400
#define CHECK_FIRST	16	/* all is compared after each of so many steps, */
#define CHECK_EVERY	16	/* then after one in so many */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t memory[GWORLD_BYTES];
	static struct gworld world;
	const char *fault;
	struct gop op;
	size_t step;

	if (size < 1 + sizeof(op))
		return 0;
	memset(memory, 0, sizeof(memory));
	gworld_init(&world, memory, GSTAGE_MIN_LEVELS + data[0] % 3);
	data++;
	size--;

	for (step = 0; step < MAX_STEPS && size >= sizeof(op); step++) {
		memcpy(&op, data, sizeof(op));
		data += sizeof(op);
		size -= sizeof(op);
		fault = gworld_step(&world, &op);
		if (!fault && (step < CHECK_FIRST || step % CHECK_EVERY == 0))
			fault = gworld_check(&world);
		FUZZ_CHECK(!fault, "step %zu, operation %u: %s", step, op.kind % GOP_KINDS, fault);
	}
	fault = gworld_check(&world);
	FUZZ_CHECK(!fault, "at the end: %s", fault);
	return 0;
}
