// SPDX-License-Identifier: GPL-2.0-only
/* Any register id: it is refused, or it survives the way there and back. */
#include "fuzz.h"

#include <string.h>

#include <linux/errno.h>

#include "../../arch/riscv/model/regid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct regid reg;
	u64 id;
	int err;

	if (size < sizeof(id))
		return 0;
	memcpy(&id, data, sizeof(id));

	err = regid_parse(id, &reg);
	FUZZ_CHECK(!err || err == -ENOENT, "error %d", err);
	if (err)
		return 0;
	FUZZ_CHECK(regid_make(&reg) == id, "%#llx becomes %#llx", id, regid_make(&reg));
	FUZZ_CHECK(reg.class >= REGID_CONFIG && reg.class <= REGID_SBI_STATE, "class %u",
		   reg.class);
	FUZZ_CHECK(reg.subclass < 3, "subclass %u", reg.subclass);
	return 0;
}
