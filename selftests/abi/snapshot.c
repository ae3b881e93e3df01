// SPDX-License-Identifier: GPL-2.0-only
#include "snapshot.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store.h"

#define PAGE	0x1000UL
#define TIME	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_TIMER |	\
		 KVM_REG_RISCV_TIMER_REG(time))

/* Vector registers of a large VLEN are 256 bytes. */
#define REG_BYTES	256
#define REGS		512

/* Where the witness looks: the ends of every slot, and the pages beside them. */
static const uint64_t places[] = {
	0, ABI_RAM - PAGE, ABI_RAM + ABI_RAM_SIZE - PAGE, ABI_RAM + ABI_RAM_SIZE,
	SNAPSHOT_LOGGED - PAGE, SNAPSHOT_LOGGED, SNAPSHOT_LOGGED + SNAPSHOT_SIZE - PAGE,
	SNAPSHOT_LOGGED + SNAPSHOT_SIZE,
	SNAPSHOT_READONLY - PAGE, SNAPSHOT_READONLY, SNAPSHOT_READONLY + SNAPSHOT_SIZE - PAGE,
	SNAPSHOT_READONLY + SNAPSHOT_SIZE,
};

#define PLACES	(sizeof(places) / sizeof(places[0]))

static const unsigned int caps[] = {
#define CAP(number, name, kinds, value, doc)	number,
#include "virt/front/caps.def"
#undef CAP
	KVM_CAP_VM_GPA_BITS, KVM_CAP_RISCV_MP_STATE_RESET, KVM_CAP_IRQCHIP,
};

#define CAPS	(sizeof(caps) / sizeof(caps[0]))

struct snapshot {
	uint64_t	nregs;
	uint64_t	ids[REGS];
	uint8_t		values[REGS][REG_BYTES];
	int		errors[REGS];
	uint32_t	mp_states[2];
	int		caps[2][CAPS];
	bool		is_memory[PLACES];
	uint64_t	words[PLACES];
	bool		is_readonly;
	int		log_error;
	uint64_t	log;
	uint8_t		run[PAGE];
	int		next_fd;
};

static struct snapshot before, now;

/* ---- the machine --------------------------------------------------------------------------- */

static uint8_t *new_memory(size_t size)
{
	uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);

	abi_need(memory != MAP_FAILED, "mmap");
	return memory;
}

uint8_t *edge_of_memory(void)
{
	uint8_t *pages = new_memory(2 * PAGE);

	abi_need(!mprotect(pages + PAGE, PAGE, PROT_NONE), "mprotect");
	return pages + PAGE;
}

static void witness_create(struct machine *m)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct abi_vm *witness = &m->witness;

	*witness = m->vm;
	witness->vcpu = ioctl(m->vm.fd, KVM_CREATE_VCPU, 1UL);
	abi_need(witness->vcpu >= 0, "vCPU 1");
	witness->run = mmap(NULL, witness->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			    witness->vcpu, 0);
	abi_need(witness->run != MAP_FAILED, "kvm_run");
	abi_need(!ioctl(witness->vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	store_enter(witness);
}

void machine_create(struct machine *m)
{
	struct kvm_enable_cap manual = {
		.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		.args = { KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE },
	};
	uint64_t i;

	abi_vm_create(&m->vm);
	m->logged = new_memory(SNAPSHOT_SIZE);
	m->readonly = new_memory(SNAPSHOT_SIZE);
	/* Every page tells which it is. */
	for (i = 0; i < SNAPSHOT_SIZE; i += PAGE) {
		memset(m->logged + i, 0x40 + i / PAGE, PAGE);
		memset(m->readonly + i, 0x60 + i / PAGE, PAGE);
	}
	/* Then the log can be read without an effect. */
	abi_need(!ioctl(m->vm.fd, KVM_ENABLE_CAP, &manual), "KVM_ENABLE_CAP");
	abi_need(!abi_set_slot(m->vm.fd, 1, KVM_MEM_LOG_DIRTY_PAGES, SNAPSHOT_LOGGED, SNAPSHOT_SIZE,
			       m->logged), "slot 1");
	abi_need(!abi_set_slot(m->vm.fd, 2, KVM_MEM_READONLY, SNAPSHOT_READONLY, SNAPSHOT_SIZE,
			       m->readonly), "slot 2");
	witness_create(m);
	abi_need(!store_exits(&m->witness, SD, SNAPSHOT_LOGGED + 2 * PAGE, 1) &&
		 !store_exits(&m->witness, SD, SNAPSHOT_LOGGED + 7 * PAGE, 1), "marks in the log");
}

void machine_destroy(struct machine *m)
{
	munmap(m->witness.run, m->witness.run_size);
	close(m->witness.vcpu);
	abi_vm_destroy(&m->vm);
	munmap(m->logged, SNAPSHOT_SIZE);
	munmap(m->readonly, SNAPSHOT_SIZE);
}

/* ---- looking ------------------------------------------------------------------------------- */

static void take_registers(struct snapshot *s, int vcpu)
{
	static struct {
		struct kvm_reg_list	head;
		uint64_t		ids[REGS];
	} list;
	uint64_t i;

	list.head.n = REGS;
	abi_need(!ioctl(vcpu, KVM_GET_REG_LIST, &list), "KVM_GET_REG_LIST");
	s->nregs = list.head.n;
	memcpy(s->ids, list.ids, sizeof(s->ids));
	for (i = 0; i < s->nregs; i++) {
		struct kvm_one_reg reg = { .id = s->ids[i], .addr = (uintptr_t)s->values[i] };

		if (KVM_REG_SIZE(s->ids[i]) <= REG_BYTES && s->ids[i] != TIME)
			s->errors[i] = ioctl(vcpu, KVM_GET_ONE_REG, &reg) ? errno : 0;
	}
}

static uint32_t mp_state(int vcpu)
{
	struct kvm_mp_state state = { .mp_state = -1 };

	abi_need(!ioctl(vcpu, KVM_GET_MP_STATE, &state), "KVM_GET_MP_STATE");
	return state.mp_state;
}

static void take_memory(struct snapshot *s, struct machine *m)
{
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = &s->log };
	uint64_t word, at = SNAPSHOT_READONLY + PAGE;
	size_t i;

	for (i = 0; i < PLACES; i++)
		s->is_memory[i] = store_loads(&m->witness, places[i], &s->words[i]);
	memcpy(&word, m->readonly + PAGE, sizeof(word));
	s->is_readonly = store_exits(&m->witness, SD, at, word);
	s->log_error = ioctl(m->vm.fd, KVM_GET_DIRTY_LOG, &log) ? errno : 0;
}

static void take(struct snapshot *s, struct machine *m)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	/* First, since looking at memory is not free of effects on what is shared. */
	memcpy(s->run, m->vm.run, PAGE);
	s->next_fd = dup(STDOUT_FILENO);
	close(s->next_fd);
	for (i = 0; i < CAPS; i++) {
		s->caps[0][i] = ioctl(m->vm.sys, KVM_CHECK_EXTENSION, (unsigned long)caps[i]);
		s->caps[1][i] = ioctl(m->vm.fd, KVM_CHECK_EXTENSION, (unsigned long)caps[i]);
	}
	take_registers(s, m->vm.vcpu);
	s->mp_states[0] = mp_state(m->vm.vcpu);
	s->mp_states[1] = mp_state(m->witness.vcpu);
	take_memory(s, m);
}

void machine_look(struct machine *m)
{
	take(&before, m);
}

/* ---- comparing ----------------------------------------------------------------------------- */

static char text[128];

static const char *say(const char *what, unsigned long which)
{
	snprintf(text, sizeof(text), "%s 0x%lx", what, which);
	return text;
}

static const char *compare_registers(void)
{
	uint64_t i;

	if (before.nregs != now.nregs)
		return say("number of registers", now.nregs);
	for (i = 0; i < now.nregs; i++) {
		if (before.ids[i] != now.ids[i])
			return say("list of registers", now.ids[i]);
		if (before.errors[i] != now.errors[i] ||
		    memcmp(before.values[i], now.values[i], REG_BYTES))
			return say("register", now.ids[i]);
	}
	return NULL;
}

static const char *compare_memory(void)
{
	size_t i;

	for (i = 0; i < PLACES; i++) {
		if (before.is_memory[i] != now.is_memory[i] || before.words[i] != now.words[i])
			return say("guest address", places[i]);
	}
	if (before.is_readonly != now.is_readonly)
		return say("read-only slot", 2);
	if (before.log_error != now.log_error || before.log != now.log)
		return say("log", now.log);
	return NULL;
}

static const char *compare(void)
{
	const char *change;
	size_t i;

	for (i = 0; i < CAPS; i++) {
		if (before.caps[0][i] != now.caps[0][i] || before.caps[1][i] != now.caps[1][i])
			return say("capability", caps[i]);
	}
	for (i = 0; i < 2; i++) {
		if (before.mp_states[i] != now.mp_states[i])
			return say("MP state of vCPU", i);
	}
	for (i = 0; i < PAGE; i++) {
		if (before.run[i] != now.run[i])
			return say("byte of kvm_run", i);
	}
	if (before.next_fd != now.next_fd)
		return say("next fd", now.next_fd);
	change = compare_registers();
	return change ? change : compare_memory();
}

const char *machine_changes(struct machine *m)
{
	const char *change;

	take(&now, m);
	change = compare();
	if (change)
		before = now;
	return change;
}

/* ---- verdicts ------------------------------------------------------------------------------ */

void machine_gives(struct machine *m, long ret, int wanted, const char *format, ...)
{
	int got = ret == -1 ? errno : 0;
	const char *change = machine_changes(m);
	char name[160];
	va_list args;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	abi_check(got == wanted && !change, "%s", name);
	if (got != wanted)
		printf("#   %s instead of %s\n", got ? strerror(got) : "success", strerror(wanted));
	if (change)
		printf("#   changed: %s\n", change);
}

/* So many are shown of those that go wrong. */
#define SHOWN	12

void tally_gives(struct tally *t, long ret, int wanted, const char *format, ...)
{
	int got = ret == -1 ? errno : 0;
	va_list args;

	t->calls++;
	if (got == wanted)
		return;
	if (t->bad++ >= SHOWN)
		return;
	printf("#   ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(": %s instead of %s\n", got ? strerror(got) : "success", strerror(wanted));
}

static void tally_report(struct tally *t, const char *in_tree, const char *format, va_list args)
{
	const char *change = machine_changes(t->m);
	char name[160];

	vsnprintf(name, sizeof(name), format, args);
	if (change)
		printf("#   changed: %s\n", change);
	abi_check_ours(t->calls && !t->bad && !change, in_tree, "%s (%u of %u wrong)", name, t->bad,
		       t->calls);
	t->calls = 0;
	t->bad = 0;
}

void tally_end(struct tally *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tally_report(t, NULL, format, args);
	va_end(args);
}

void tally_end_ours(struct tally *t, const char *in_tree, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tally_report(t, in_tree, format, args);
	va_end(args);
}
