// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every row of the module's table of registers: listed when it says so, gone with its extension,
 * and of the kind that the table names, before and after the first run.
 */
#include "abi.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define WIDE_MAX	256
#define PATTERN		0x9e3779b97f4a7c15UL
#define ISA(name)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_ISA_EXT |	\
			 KVM_RISCV_ISA_EXT_##name)
#define SBI(name)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_SBI_EXT |	\
			 KVM_RISCV_SBI_EXT_##name)
#define VLENB		(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_VECTOR |	\
			 KVM_REG_RISCV_VECTOR_CSR_REG(vlenb))

enum class {
	CONFIG = 1, CORE, CSR, TIMER, FP_F, FP_D, ISA_EXT, SBI_EXT, VECTOR, SBI_STATE,
};

enum kind { ANY, WARL, HOST, CLOSED, WORD, WIDE };

/* When a vCPU has the registers of a row: with this extension; always; as the list says. */
#define HAS_always	0
#define HAS_f		ISA(F)
#define HAS_d		ISA(D)
#define HAS_v		ISA(V)
#define HAS_smstateen	ISA(SMSTATEEN)
#define HAS_ssaia	ISA(SSAIA)
#define HAS_sta		SBI(STA)
#define HAS_fwft	1
#define HAS_fwft_ad	1
#define HAS_isa		1
#define HAS_sbi		1

static const struct row {
	enum class	class;
	unsigned int	subclass, first, count, size;
	uint64_t	has;
	enum kind	kind;
	const char	*name;
} rows[] = {
#define REG(class, subclass, index, count, size, has, kind, access, doc) \
	{ class, subclass, index, count, size, HAS_##has, kind, #access },
#define REG_WIDE(class, subclass, index, count, has, access, doc) \
	{ class, subclass, index, count, 0, HAS_##has, WIDE, #access },
#include "arch/riscv/regs/onereg.def"
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static const uint64_t extensions[] = { HAS_f, HAS_d, HAS_v, HAS_smstateen, HAS_ssaia, HAS_sta };

#define EXTENSIONS	(sizeof(extensions) / sizeof(extensions[0]))

static struct abi_vm vm;
static unsigned int vlenb;

static struct {
	struct kvm_reg_list	head;
	uint64_t		ids[1024];
} list;

static unsigned int bad;

/* One line for each thing that is wrong; the test says how many. */
#define COMPLAIN(condition, format, ...)						\
	do {										\
		if (condition) {							\
			printf("# " format "\n", __VA_ARGS__);				\
			bad++;								\
		}									\
	} while (0)

static int call(unsigned long cmd, uint64_t id, void *at)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)at };

	return ioctl(vm.vcpu, cmd, &reg) ? errno : 0;
}

static int get(uint64_t id, void *value)
{
	memset(value, 0, WIDE_MAX);
	return call(KVM_GET_ONE_REG, id, value);
}

static uint64_t value_of(uint64_t id)
{
	uint64_t value[WIDE_MAX / 8];

	COMPLAIN(get(id, value), "0x%lx cannot be read", id);
	return value[0];
}

static int set(uint64_t id, uint64_t value)
{
	return call(KVM_SET_ONE_REG, id, &value);
}

static unsigned int row_size(const struct row *row)
{
	return row->kind == WIDE ? vlenb : row->size;
}

static uint64_t row_id(const struct row *row, unsigned int nr)
{
	return KVM_REG_RISCV | (uint64_t)(__builtin_ctz(row_size(row))) << KVM_REG_SIZE_SHIFT |
	       (uint64_t)row->class << KVM_REG_RISCV_TYPE_SHIFT |
	       (uint64_t)row->subclass << KVM_REG_RISCV_SUBTYPE_SHIFT | (row->first + nr);
}

static void take_list(void)
{
	list.head.n = sizeof(list.ids) / sizeof(list.ids[0]);
	abi_need(!ioctl(vm.vcpu, KVM_GET_REG_LIST, &list), "KVM_GET_REG_LIST");
}

static bool is_listed(uint64_t id)
{
	uint64_t i;

	for (i = 0; i < list.head.n; i++) {
		if (list.ids[i] == id)
			return true;
	}
	return false;
}

static bool is_offered(uint64_t extension)
{
	uint64_t value[WIDE_MAX / 8];

	return !get(extension, value);
}

/* ---- the list ------------------------------------------------------------------------------ */

static bool is_in_table(uint64_t id)
{
	unsigned int i, nr;

	for (i = 0; i < ROWS; i++) {
		for (nr = 0; nr < rows[i].count; nr++) {
			if (row_size(&rows[i]) && row_id(&rows[i], nr) == id)
				return rows[i].kind != WORD;
		}
	}
	return false;
}

/* @without: an extension that is off, or 0. */
static void check_row_listed(const struct row *row, uint64_t without)
{
	uint8_t value[WIDE_MAX];
	unsigned int nr;

	if (!row_size(row))
		return;
	for (nr = 0; nr < row->count; nr++) {
		uint64_t id = row_id(row, nr);
		int error = get(id, value);
		bool there = row->has <= HAS_isa || (is_offered(row->has) && value_of(row->has));

		COMPLAIN(row->has == without && without && there, "%s is there", row->name);
		COMPLAIN(!there && error != ENOENT, "get %s %u: error %d", row->name, nr, error);
		COMPLAIN(!there && call(KVM_SET_ONE_REG, id, value) != ENOENT,
			 "%s %u can be set", row->name, nr);
		if (row->kind == WORD)
			COMPLAIN(error || is_listed(id), "%s %u is no word", row->name, nr);
		else
			COMPLAIN(is_listed(id) != !error, "%s %u: listed %d, error %d", row->name,
				 nr, is_listed(id), error);
		if (row->has == HAS_always)
			COMPLAIN(error, "%s %u is not there", row->name, nr);
	}
}

static void check_list(uint64_t without)
{
	unsigned int i;

	take_list();
	for (i = 0; i < ROWS; i++)
		check_row_listed(&rows[i], without);
}

static void test_list(void)
{
	uint64_t i;

	check_list(0);
	for (i = 0; i < list.head.n; i++)
		COMPLAIN(!is_in_table(list.ids[i]), "0x%lx is in no row", (long)list.ids[i]);
	abi_check_ours(!bad, "in-tree KVM differs in some", "the list is the table (%u wrong)",
		       bad);
	bad = 0;
}

static void test_extensions(void)
{
	unsigned int i;

	for (i = 0; i < EXTENSIONS; i++) {
		/* Some are off, and stay so: the host has not what they need. */
		if (!is_offered(extensions[i]) || !value_of(extensions[i]))
			continue;
		COMPLAIN(set(extensions[i], 0), "0x%lx stays on", extensions[i]);
		check_list(extensions[i]);
		COMPLAIN(set(extensions[i], 1), "0x%lx stays off", extensions[i]);
	}
	check_list(0);
	abi_check_ours(!bad, "in-tree KVM of 6.12 has other errors",
		       "registers go and come with their extension (%u wrong)", bad);
	bad = 0;
}

/* ---- kinds --------------------------------------------------------------------------------- */

/* Different for each register, all of its bits in use. */
static void pattern(const struct row *row, unsigned int nr, uint64_t round, void *at)
{
	unsigned int i;

	for (i = 0; i < WIDE_MAX; i += 8) {
		uint64_t value = PATTERN * (1 + i + 977 * nr + 31337 * (row - rows)) ^ round;

		memcpy((uint8_t *)at + i, &value, sizeof(value));
	}
}

static bool is_there(const struct row *row)
{
	return row_size(row) && is_listed(row_id(row, 0));
}

static void check_patterns(uint64_t round)
{
	uint8_t wanted[WIDE_MAX], value[WIDE_MAX];
	unsigned int i, nr;

	for (i = 0; i < ROWS; i++) {
		for (nr = 0; nr < rows[i].count; nr++) {
			if ((rows[i].kind != ANY && rows[i].kind != WIDE) || !is_there(&rows[i]))
				continue;
			pattern(&rows[i], nr, round, value);
			COMPLAIN(call(KVM_SET_ONE_REG, row_id(&rows[i], nr), value),
				 "%s %u does not take it", rows[i].name, nr);
		}
	}
	for (i = 0; i < ROWS; i++) {
		for (nr = 0; nr < rows[i].count; nr++) {
			if ((rows[i].kind != ANY && rows[i].kind != WIDE) || !is_there(&rows[i]))
				continue;
			pattern(&rows[i], nr, round, wanted);
			COMPLAIN(get(row_id(&rows[i], nr), value) ||
				 memcmp(value, wanted, row_size(&rows[i])),
				 "%s %u is another", rows[i].name, nr);
		}
	}
}

static void test_patterns(void)
{
	check_patterns(0);
	check_patterns(~0UL);
	abi_check(!bad, "what keeps any value keeps it, beside all others (%u wrong)", bad);
	bad = 0;
}

static void check_others(const struct row *row, uint64_t id, bool has_run)
{
	uint64_t now = value_of(id);
	int error;

	switch (row->kind) {
	case HOST:
		COMPLAIN(set(id, now), "%s: its own value", row->name);
		COMPLAIN(set(id, now + 1) != EINVAL, "%s: another value", row->name);
		break;
	case CLOSED:
		/* SBI extensions are closed even for what they are. */
		error = has_run && row->class == SBI_EXT ? EBUSY : 0;
		COMPLAIN(set(id, now) != error, "0x%lx: its own value", (long)id);
		error = set(id, now ^ 1);
		if (has_run)
			COMPLAIN(error != EBUSY && row->class != CONFIG, "0x%lx: error %d",
				 (long)id, error);
		else if (!error)
			COMPLAIN(set(id, now), "0x%lx: back", (long)id);
		break;
	case WARL:
		/* Time goes on. */
		if (row->class != TIMER)
			COMPLAIN(set(id, now) || value_of(id) != now, "%s changed", row->name);
		break;
	case ANY:
	case WORD:
	case WIDE:
		break;
	}
}

static void test_others(bool has_run)
{
	unsigned int i, nr;

	take_list();
	for (i = 0; i < ROWS; i++) {
		for (nr = 0; nr < rows[i].count; nr++) {
			if (row_size(&rows[i]) && is_listed(row_id(&rows[i], nr)))
				check_others(&rows[i], row_id(&rows[i], nr), has_run);
		}
	}
	abi_check_ours(!bad, "in-tree KVM has other errors for some",
		       "what does not is as the table says, %s the first run (%u wrong)",
		       has_run ? "after" : "before", bad);
	bad = 0;
}

int main(void)
{
	abi_start(60);
	abi_vm_create(&vm);
	if (is_offered(HAS_v) && value_of(HAS_v))
		vlenb = value_of(VLENB);
	printf("# vlenb %u\n", vlenb);
	test_list();
	test_extensions();
	test_patterns();
	test_others(false);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_sbi - guest_start));
	abi_set_reg(vm.vcpu, ABI_CORE(mode), 1);
	abi_set_reg(vm.vcpu, ABI_CSR(satp), 0);
	abi_need(!abi_run(&vm) && abi_is_sbi(&vm, 1), "KVM_RUN");
	test_others(true);
	abi_vm_destroy(&vm);
	return abi_finish();
}
