// SPDX-License-Identifier: GPL-2.0-only
/* Any instruction and any htinst: what comes out is complete, in range and consistent. */
#include "fuzz.h"

#include <string.h>

#include "../../arch/riscv/model/insn.h"

struct input {
	u64	htinst;		/* its lower half is the instruction as well */
	u64	memory;
};

static void check_access(const struct rvinsn *insn)
{
	bool sized = insn->width == 1 || insn->width == 2 || insn->width == 4 || insn->width == 8;

	if (insn->kind == RVINSN_LOAD)
		FUZZ_CHECK(sized && !insn->rs2, "width %u, rs2 %u", insn->width, insn->rs2);
	else if (insn->kind == RVINSN_STORE)
		FUZZ_CHECK(sized && !insn->rd && !insn->sign, "width %u", insn->width);
	else
		FUZZ_CHECK(!insn->width && !insn->sign, "kind %u has a width", insn->kind);
}

static void check_insn(const struct rvinsn *insn)
{
	FUZZ_CHECK(insn->kind <= RVINSN_VECTOR, "kind %u", insn->kind);
	FUZZ_CHECK(insn->len == 2 || insn->len == 4, "length %u", insn->len);
	FUZZ_CHECK((insn->rd | insn->rs1 | insn->rs2) < 32, "a register is out of range");
	check_access(insn);
	if (insn->kind != RVINSN_CSR)
		return;
	FUZZ_CHECK(insn->csr < 0x1000 && insn->csr_op <= RVINSN_CSR_CLEAR, "csr %#x", insn->csr);
	FUZZ_CHECK(insn->csr_reads || insn->csr_writes, "csr %#x is left alone", insn->csr);
}

/* The bits in the width are those of memory; the others are all alike, as the sign says. */
static void check_value(const struct rvinsn *insn, u64 data)
{
	unsigned int unused = 64 - insn->width * 8;
	u64 value = rvinsn_load_value(insn, data);

	FUZZ_CHECK(value << unused == data << unused, "%#llx of %#llx", value, data);
	if (insn->sign)
		FUZZ_CHECK((s64)(value << unused) >> unused == (s64)value, "%#llx", value);
	else
		FUZZ_CHECK(value << unused >> unused == value, "%#llx", value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum rvinsn_htinst what;
	struct rvinsn insn;
	struct input in;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));

	memset(&insn, 0xa5, sizeof(insn));
	rvinsn_decode(in.htinst, &insn);
	check_insn(&insn);
	FUZZ_CHECK(insn.len == rvinsn_length(in.htinst), "length %u", insn.len);
	if (insn.kind == RVINSN_LOAD)
		check_value(&insn, in.memory);

	memset(&insn, 0xa5, sizeof(insn));
	what = rvinsn_decode_htinst(in.htinst, &insn);
	if (what == RVINSN_HTINST_INSN) {
		check_insn(&insn);
		FUZZ_CHECK(insn.kind != RVINSN_UNKNOWN && !insn.rs1, "kind %u", insn.kind);
	} else {
		FUZZ_CHECK(insn.kind == RVINSN_UNKNOWN && !insn.len, "htinst %u", what);
	}
	return 0;
}
