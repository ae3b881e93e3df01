// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_GET_ONE_REG and KVM_SET_ONE_REG with ids that are near to those of the list, with bad
 * pointers and with values that no register takes, before and after the first run. Extensions come
 * from the module's own tables.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE		0x1000UL
#define ID(class, index)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | (class) | (index))
#define CONFIG(name)		ID(KVM_REG_RISCV_CONFIG, KVM_REG_RISCV_CONFIG_REG(name))
#define ZICBOP			ID(KVM_REG_RISCV_CONFIG, KVM_ABI_CONFIG_ZICBOP_BLOCK_SIZE)
#define TIMER(name)		ID(KVM_REG_RISCV_TIMER, KVM_REG_RISCV_TIMER_REG(name))
#define ISA_ID(nr)		ID(KVM_REG_RISCV_ISA_EXT, nr)
#define SBI_ID(nr)		ID(KVM_REG_RISCV_SBI_EXT, nr)

#define TYPE(id)		((id) & KVM_REG_RISCV_TYPE_MASK)
#define GROUP(id)		((id) & (KVM_REG_RISCV_TYPE_MASK | KVM_REG_RISCV_SUBTYPE_MASK))
#define INDEX(id)		((id) & 0xffffUL)
#define ARCH_SHIFT		56

#define AIA			(KVM_REG_RISCV_CSR | KVM_REG_RISCV_CSR_AIA)
#define SMSTATEEN		(KVM_REG_RISCV_CSR | KVM_REG_RISCV_CSR_SMSTATEEN)

static const char fewer_bits[] = "in-tree KVM looks at fewer bits";

static struct machine m;
static struct tally t = { .m = &m };
static uint8_t *edge;		/* what lies at and behind it cannot be touched */
static uint8_t *readonly;
static bool has_run;

static struct {
	struct kvm_reg_list	head;
	uint64_t		ids[1024];
} list;

static bool is_listed(uint64_t id)
{
	uint64_t i;

	for (i = 0; i < list.head.n; i++) {
		if (list.ids[i] == id)
			return true;
	}
	return false;
}

static bool has_group(uint64_t group)
{
	uint64_t i;

	for (i = 0; i < list.head.n; i++) {
		if (GROUP(list.ids[i]) == group)
			return true;
	}
	return false;
}

static int call(unsigned long cmd, uint64_t id, const void *at)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)at };

	return ioctl(m.vm.vcpu, cmd, &reg);
}

static int set(uint64_t id, uint64_t value)
{
	return call(KVM_SET_ONE_REG, id, &value);
}

static uint64_t get(uint64_t id)
{
	return abi_get_reg(m.vm.vcpu, id);
}

/* @id is none that exists, for GET and SET (which sets 0, if anything). */
static void check_id(uint64_t id, int error)
{
	/* Room for any size that an id can name. */
	static uint8_t buffer[1 << 15];

	tally_gives(&t, call(KVM_GET_ONE_REG, id, buffer), error, "get 0x%lx", (unsigned long)id);
	tally_gives(&t, call(KVM_SET_ONE_REG, id, buffer), error, "set 0x%lx", (unsigned long)id);
}

/* The end of a tally of values, which come after other errors once the vCPU has run. */
static void end_values(const char *what)
{
	if (has_run)
		tally_end_ours(&t, "in-tree KVM says EBUSY before it looks", "%s", what);
	else
		tally_end(&t, "%s", what);
}

/* ---- ids ----------------------------------------------------------------------------------- */

static void test_sizes(void)
{
	uint64_t i, size;

	for (i = 0; i < list.head.n; i++) {
		uint64_t id = list.ids[i] & ~KVM_REG_SIZE_MASK;

		for (size = 0; size < 16; size++) {
			uint64_t other = id | size << KVM_REG_SIZE_SHIFT;

			if (other != list.ids[i])
				check_id(other, EINVAL);
		}
	}
	tally_end(&t, "every register in every other size");
}

static void test_reserved_bits(void)
{
	unsigned int bit;
	uint64_t i;

	for (i = 0; i < list.head.n; i++) {
		for (bit = 32; bit < KVM_REG_SIZE_SHIFT; bit++)
			check_id(list.ids[i] | 1UL << bit, ENOENT);
		for (bit = ARCH_SHIFT; bit < 64; bit++)
			check_id(list.ids[i] ^ 1UL << bit, ENOENT);
	}
	tally_end_ours(&t, fewer_bits, "every register with a reserved bit, for another CPU");
}

static bool is_last(uint64_t id)
{
	uint64_t i;

	for (i = 0; i < list.head.n; i++) {
		if (GROUP(list.ids[i]) == GROUP(id) && INDEX(list.ids[i]) > INDEX(id))
			return false;
	}
	return true;
}

/* @id is the last of its group. */
static void check_behind(uint64_t id)
{
	unsigned int bit;

	check_id(id + 1, ENOENT);
	check_id(id + 2, ENOENT);
	/* Where it would be if numbers were cut off. */
	for (bit = 8; bit < 16; bit++) {
		check_id(id | 1UL << bit, ENOENT);
		check_id((id & ~0xffUL) | 1UL << bit, ENOENT);
	}
	check_id(id | 0xffff, ENOENT);
}

static void test_indices(void)
{
	uint64_t i;

	for (i = 0; i < list.head.n; i++) {
		uint64_t id = list.ids[i];

		if (TYPE(id) != KVM_REG_RISCV_ISA_EXT && TYPE(id) != KVM_REG_RISCV_SBI_EXT &&
		    TYPE(id) != KVM_REG_RISCV_SBI_STATE && is_last(id))
			check_behind(id);
	}
	tally_end(&t, "every group behind its end");
	/* There or not, which is up to the extension. */
	check_behind(ID(KVM_REG_RISCV_SBI_STATE, KVM_REG_RISCV_SBI_STA_REG(shmem_hi)));
	tally_end_ours(&t, "in-tree KVM of 6.12 says EINVAL", "steal-time behind its end");
}

static bool has_multi(uint64_t group)
{
	return group == (KVM_REG_RISCV_ISA_EXT | KVM_REG_RISCV_ISA_MULTI_EN) ||
	       group == (KVM_REG_RISCV_ISA_EXT | KVM_REG_RISCV_ISA_MULTI_DIS) ||
	       group == (KVM_REG_RISCV_SBI_EXT | KVM_REG_RISCV_SBI_MULTI_EN) ||
	       group == (KVM_REG_RISCV_SBI_EXT | KVM_REG_RISCV_SBI_MULTI_DIS);
}

/* In-tree KVM has another errno for some of these. */
static bool is_vague(uint64_t group)
{
	uint64_t type = TYPE(group);

	return type == KVM_REG_RISCV_FP_F || type == KVM_REG_RISCV_FP_D ||
	       type == KVM_REG_RISCV_SBI_STATE || type == KVM_REG_RISCV_SBI_EXT;
}

static void check_groups(bool vague)
{
	static const uint64_t subtypes[] = { 0, 1, 2, 3, 4, 7, 8, 15, 16, 64, 127, 128, 254, 255 };
	uint64_t type;
	size_t i;

	for (type = 0; type < 256; type++) {
		for (i = 0; i < sizeof(subtypes) / sizeof(subtypes[0]); i++) {
			uint64_t group = type << KVM_REG_RISCV_TYPE_SHIFT |
					 subtypes[i] << KVM_REG_RISCV_SUBTYPE_SHIFT;

			if (is_vague(group) == vague && !has_group(group) && !has_multi(group) &&
			    group != AIA && group != SMSTATEEN)
				check_id(ID(group, 0), ENOENT);
		}
	}
}

static void test_groups(void)
{
	check_groups(false);
	tally_end(&t, "every group that there is not");
	check_groups(true);
	tally_end_ours(&t, "in-tree KVM says EINVAL or EBUSY", "groups of these types");
	if (!has_group(AIA)) {
		check_id(ID(AIA, 0), ENOENT);
		tally_end_ours(&t, "in-tree KVM of 6.12 has them anyway",
			       "CSRs of AIA, if not there");
	}
	if (!has_group(SMSTATEEN)) {
		check_id(ID(SMSTATEEN, 0), ENOENT);
		tally_end_ours(&t, "in-tree KVM of 6.12 says EINVAL", "sstateen0, if not there");
	}
}

/* ---- pointers ------------------------------------------------------------------------------ */

static void check_pointers(uint64_t id)
{
	const void *const nowhere[] = {
		NULL, edge, edge - KVM_REG_SIZE(id) + 1, (void *)8, (void *)-PAGE, (void *)-1UL,
		(void *)(1UL << 63),
	};
	size_t i;

	for (i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++) {
		tally_gives(&t, call(KVM_GET_ONE_REG, id, nowhere[i]), EFAULT, "get 0x%lx to %p",
			    (unsigned long)id, nowhere[i]);
		tally_gives(&t, call(KVM_SET_ONE_REG, id, nowhere[i]), EFAULT, "set 0x%lx from %p",
			    (unsigned long)id, nowhere[i]);
	}
	tally_gives(&t, call(KVM_GET_ONE_REG, id, readonly), EFAULT, "get 0x%lx to read-only",
		    (unsigned long)id);
}

static void test_pointers(void)
{
	uint64_t i;

	for (i = 0; i < list.head.n; i++)
		check_pointers(list.ids[i]);
	end_values("every register with bad pointers");
}

/* ---- values -------------------------------------------------------------------------------- */

/* No value with one of these bits changed is taken; 0 is not tried, some take that. */
static void check_some_bits(uint64_t id, unsigned int first, unsigned int end, int error)
{
	uint64_t value = get(id);
	unsigned int bit;

	for (bit = first; bit < end; bit++) {
		if (value != 1UL << bit)
			tally_gives(&t, set(id, value ^ 1UL << bit), error, "0x%lx: bit %u",
				    (unsigned long)id, bit);
	}
}

static void check_bits(uint64_t id, unsigned int first, int error)
{
	check_some_bits(id, first, 64, error);
}

static void test_values(void)
{
	uint64_t mode;

	check_some_bits(CONFIG(isa), 26, 32, EINVAL);
	check_bits(CONFIG(satp_mode), 0, EINVAL);
	for (mode = 0; mode < 16; mode++) {
		if (mode != get(CONFIG(satp_mode)))
			tally_gives(&t, set(CONFIG(satp_mode), mode), EINVAL, "mode %u",
				    (unsigned int)mode);
	}
	if (is_listed(CONFIG(zicbom_block_size)))
		check_bits(CONFIG(zicbom_block_size), 0, EINVAL);
	if (is_listed(CONFIG(zicboz_block_size)))
		check_bits(CONFIG(zicboz_block_size), 0, EINVAL);
	tally_end(&t, "what the machine is, otherwise");
	if (is_listed(ZICBOP)) {
		/* A host without Zicbop says 0, and the one value to set is 0. */
		check_bits(ZICBOP, 0, EINVAL);
		tally_end(&t, "and its blocks to prefetch");
	}

	check_bits(TIMER(frequency), 0, EINVAL);
	for (mode = 1; mode < 64; mode++)
		tally_gives(&t, set(TIMER(state), 1UL << mode), EINVAL, "state 2^%u",
			    (unsigned int)mode);
	tally_end(&t, "another frequency, a third state of the timer");
}

static void test_lenient_values(void)
{
	const uint64_t mode = get(ABI_CORE(mode)), satp = get(ABI_CSR(satp));
	uint64_t i;

	check_some_bits(CONFIG(isa), 32, 64, EINVAL);
	tally_end_ours(&t, "in-tree KVM does not look", "the upper half of isa");
	check_bits(ABI_CORE(mode), 1, EINVAL);
	tally_end_ours(&t, "in-tree KVM takes it", "modes that there are not");
	for (i = 1; i < 16; i++) {
		if (i < 8 || i > 10)
			tally_gives(&t, set(ABI_CSR(satp), i << 60), EINVAL, "mode %u",
				    (unsigned int)i);
	}
	tally_end_ours(&t, "in-tree KVM takes it", "modes of satp that there are not");
	/* The vCPU has to run later. */
	abi_need(!set(ABI_CORE(mode), mode) && !set(ABI_CSR(satp), satp), "registers");
	machine_look(&m);
}

/* ---- extensions ---------------------------------------------------------------------------- */

enum policy { FIXED, TOGGLE, NEVER, IF_SMSTATEEN, IF_SVADU };

static const struct isa_row {
	unsigned int	number;
	enum policy	policy;
	const char	*name;
} isa_rows[] = {
#define ISA(number, identifier, name, policy, host, needs)	{ number, policy, name },
#include "arch/riscv/model/isa.def"
};

#define ISA_ROWS	(sizeof(isa_rows) / sizeof(isa_rows[0]))

/* What a vCPU may not have, or not lose; after the first run nothing may change. */
static void check_isa_row(const struct isa_row *row)
{
	uint64_t id = ISA_ID(row->number), now;
	unsigned int bit;

	if (!is_listed(id)) {
		check_id(id, ENOENT);
		tally_gives(&t, set(id, 1), ENOENT, "%s: on", row->name);
		return;
	}
	now = get(id);
	for (bit = 1; bit < 64; bit++)
		tally_gives(&t, set(id, now | 1UL << bit), EINVAL, "%s: 2^%u", row->name, bit);
	tally_gives(&t, set(id, now), 0, "%s: as it is", row->name);
	if (has_run)
		tally_gives(&t, set(id, !now), EBUSY, "%s: not as it is", row->name);
	else if (row->policy == FIXED || row->policy == NEVER)
		tally_gives(&t, set(id, !now), EINVAL, "%s: not as it is", row->name);
}

static void test_isa(void)
{
	uint64_t nr;
	size_t i;

	for (i = 0; i < ISA_ROWS; i++)
		check_isa_row(&isa_rows[i]);
	end_values("ISA extensions: what does not change, what is not there");
	for (nr = ISA_ROWS; nr < 0x10000; nr += nr < 256 ? 1 : 251)
		check_id(ISA_ID(nr), ENOENT);
	tally_end(&t, "ISA extensions: numbers behind the last");
}

enum state { ABSENT, OFF, HOST, THERE, ON, ALWAYS };

static const struct sbi_row {
	unsigned int	number;
	enum state	state;
	const char	*name;
} sbi_rows[] = {
#define SBI_EXT(number, identifier, first, last, state, fast, slow, doc) \
	{ number, state, #identifier },
#include "arch/riscv/sbi/exts.def"
};

#define SBI_ROWS	(sizeof(sbi_rows) / sizeof(sbi_rows[0]))

static void check_sbi_row(const struct sbi_row *row)
{
	uint64_t id = SBI_ID(row->number), now;
	unsigned int bit;

	/* BASE has no register. */
	if (row->state == ALWAYS)
		return;
	if (!is_listed(id)) {
		/* Else test_sbi() asks for it once more. */
		errno = ENOENT;
		if (row->state != THERE)
			tally_gives(&t, -1, 0, "%s is not listed", row->name);
		return;
	}
	now = get(id);
	for (bit = 1; bit < 64; bit++)
		tally_gives(&t, set(id, now | 1UL << bit), EINVAL, "%s: 2^%u", row->name, bit);
	if (has_run) {
		tally_gives(&t, set(id, 0), EBUSY, "%s: off", row->name);
		tally_gives(&t, set(id, 1), EBUSY, "%s: on", row->name);
	} else if ((row->state == ABSENT || (row->state == HOST && !now)) && !abi_is_in_tree()) {
		tally_gives(&t, set(id, 1), ENOENT, "%s: on", row->name);
	}
}

static void test_sbi(void)
{
	uint64_t nr;
	size_t i;

	for (i = 0; i < SBI_ROWS; i++)
		check_sbi_row(&sbi_rows[i]);
	end_values("SBI extensions: what does not change");
	for (nr = 0; nr < 0x10000; nr += nr < 256 ? 1 : 251) {
		if (!is_listed(SBI_ID(nr)))
			check_id(SBI_ID(nr), ENOENT);
	}
	end_values("SBI extensions: numbers without one");
}

/* ---- words of extensions ------------------------------------------------------------------- */

static void check_words(uint64_t group, unsigned int words)
{
	uint64_t id = ID(group, 0), size, nr;

	for (size = 0; size < 16; size++) {
		if (size != 3)
			check_id((id & ~KVM_REG_SIZE_MASK) | size << KVM_REG_SIZE_SHIFT, EINVAL);
	}
	for (nr = words; nr < 0x10000; nr += nr < 64 ? 1 : 1021)
		check_id(id + nr, ENOENT);
	check_pointers(id);
	tally_gives(&t, set(id, 0), 0, "no bits to 0x%lx", (unsigned long)id);
	if (has_run)
		tally_gives(&t, set(id, -1UL), 0, "all bits to 0x%lx", (unsigned long)id);
}

static void test_words(void)
{
	check_words(KVM_REG_RISCV_ISA_EXT | KVM_REG_RISCV_ISA_MULTI_EN, 2);
	check_words(KVM_REG_RISCV_ISA_EXT | KVM_REG_RISCV_ISA_MULTI_DIS, 2);
	tally_end(&t, "words of ISA extensions");
	check_words(KVM_REG_RISCV_SBI_EXT | KVM_REG_RISCV_SBI_MULTI_EN, 1);
	check_words(KVM_REG_RISCV_SBI_EXT | KVM_REG_RISCV_SBI_MULTI_DIS, 1);
	end_values("words of SBI extensions");
}

/* ---- after the first run ------------------------------------------------------------------- */

static void test_too_late(void)
{
	static const uint64_t ids[] = { CONFIG(mvendorid), CONFIG(marchid), CONFIG(mimpid) };
	uint64_t isa = get(CONFIG(isa)), i;
	unsigned int bit;

	for (i = 0; i < 3; i++)
		check_bits(ids[i], 0, EBUSY);
	/* Z is no extension: in-tree KVM says EINVAL. */
	for (bit = 0; bit < 25; bit++)
		tally_gives(&t, set(CONFIG(isa), isa ^ 1UL << bit), EBUSY, "isa: bit %u", bit);
	tally_end(&t, "after the first run it is too late for others");
	for (i = 0; i < list.head.n; i++) {
		uint64_t id = list.ids[i];

		if (TYPE(id) == KVM_REG_RISCV_CONFIG)
			tally_gives(&t, set(id, get(id)), 0, "0x%lx", (unsigned long)id);
	}
	tally_end(&t, "but not for the same");
}

static void test_all(void)
{
	list.head.n = sizeof(list.ids) / sizeof(list.ids[0]);
	abi_need(!ioctl(m.vm.vcpu, KVM_GET_REG_LIST, &list), "KVM_GET_REG_LIST");
	machine_look(&m);
	test_sizes();
	test_reserved_bits();
	test_indices();
	test_groups();
	test_pointers();
	test_values();
	test_lenient_values();
	test_isa();
	test_sbi();
	test_words();
}

int main(void)
{
	abi_start(240);
	edge = edge_of_memory();
	readonly = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(readonly != MAP_FAILED, "mmap");

	machine_create(&m);
	test_all();
	abi_set_reg(m.vm.vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_sbi - guest_start));
	abi_need(!abi_run(&m.vm) && abi_is_sbi(&m.vm, 1), "KVM_RUN");
	has_run = true;
	test_all();
	test_too_late();
	machine_destroy(&m);
	return abi_finish();
}
