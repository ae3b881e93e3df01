// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine under a load of interrupts is stopped, read, destroyed, and made anew from what was
 * read: again and again. Each interrupt has to be counted by the guest, and none twice.
 */
#include "aia.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS		15
#define REGS		512
#define IDS		32U	/* 1 to this: MSIs, to each hart */
#define FIRST_SOURCE	65U	/* edges of wires: identities of the same number */
#define LAST_SOURCE	96U
#define IS_TIMER(id)	(((id) & KVM_REG_RISCV_TYPE_MASK) == KVM_REG_RISCV_TIMER)
#define INPUT(word)	KVM_DEV_RV_AIA_APLIC_INPUT(word)

static struct saved {
	uint32_t	aplic[0x1000];
	uint32_t	input[32];
	struct {
		uint64_t	file[0x100];
		uint64_t	nregs;
		uint64_t	ids[REGS];
		uint8_t		values[REGS][256];
	}		hart[AIA_HARTS];
	uint8_t		ram[ABI_RAM_SIZE];
} saved;

static struct aia m;
static uint64_t posted[AIA_HARTS][256];
static atomic_bool pause_posts;
static unsigned int stuck;

/* ---- interrupts ----------------------------------------------------------------------------- */

static unsigned int hart_of(uint32_t source)
{
	return source % AIA_HARTS;
}

/* Interrupts that the guest has counted already are sent again. */
static void post_once(void)
{
	unsigned int nr;
	uint32_t id;

	for (nr = 0; nr < AIA_HARTS; nr++) {
		for (id = 1; id <= IDS; id++) {
			if (aia_counted(&m, nr, id) != posted[nr][id])
				continue;
			posted[nr][id]++;
			abi_need(aia_msi(&m, nr, id) == 1, "KVM_SIGNAL_MSI");
		}
	}
	for (id = FIRST_SOURCE; id <= LAST_SOURCE; id++) {
		nr = hart_of(id);
		if (aia_counted(&m, nr, id) != posted[nr][id])
			continue;
		posted[nr][id]++;
		/* It falls and rises: an edge for each source, whichever it waits for. */
		abi_need(!aia_line(&m, id, 0) && !aia_line(&m, id, 1), "KVM_IRQ_LINE");
	}
}

static void *post(void *unused)
{
	while (!pause_posts)
		post_once();
	return NULL;
}

/* Return: sent, but not counted yet. */
static unsigned int outstanding(void)
{
	unsigned int nr, id, left = 0;

	for (nr = 0; nr < AIA_HARTS; nr++)
		for (id = 1; id < 256; id++)
			left += aia_counted(&m, nr, id) != posted[nr][id];
	return left;
}

static void run_for(unsigned int us)
{
	pthread_t thread;

	pause_posts = false;
	aia_go(&m);
	abi_need(!pthread_create(&thread, NULL, post, NULL), "thread");
	usleep(us);
	aia_halt(&m);
	/* Devices stop after the harts, so that there is something pending. */
	usleep(1000);
	pause_posts = true;
	pthread_join(thread, NULL);
}

/* ---- saving and restoring ------------------------------------------------------------------- */

static int move(unsigned long cmd, unsigned int nr, uint64_t id, void *at)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)at };

	return ioctl(m.hart[nr].vcpu, cmd, &reg);
}

static void save_hart(unsigned int nr)
{
	struct {
		struct kvm_reg_list	head;
		uint64_t		ids[REGS];
	} list = { .head.n = REGS };
	unsigned int i;

	abi_need(!ioctl(m.hart[nr].vcpu, KVM_GET_REG_LIST, &list), "KVM_GET_REG_LIST");
	saved.hart[nr].nregs = list.head.n;
	memcpy(saved.hart[nr].ids, list.ids, sizeof(list.ids));
	for (i = 0; i < list.head.n; i++)
		abi_need(!move(KVM_GET_ONE_REG, nr, list.ids[i], saved.hart[nr].values[i]),
			 "KVM_GET_ONE_REG");
	for (i = EIDELIVERY; i < 0x100; i += 2)
		saved.hart[nr].file[i] = aia_file(&m, nr, i);
}

static void save(void)
{
	unsigned int i;

	for (i = 0; i < AIA_HARTS; i++)
		save_hart(i);
	for (i = 0; i < 0x1000; i++)
		saved.aplic[i] = aia_aplic(&m, 4 * i);
	for (i = 0; i < 32; i++)
		saved.input[i] = aia_aplic(&m, INPUT(i));
	memcpy(saved.ram, m.hart[0].ram, ABI_RAM_SIZE);
}

static unsigned int restore_hart(unsigned int nr)
{
	unsigned int i, refused = 0;

	for (i = 0; i < saved.hart[nr].nregs; i++) {
		if (!IS_TIMER(saved.hart[nr].ids[i]))
			refused += !!move(KVM_SET_ONE_REG, nr, saved.hart[nr].ids[i],
					  saved.hart[nr].values[i]);
	}
	for (i = EIDELIVERY; i < 0x100; i += 2)
		aia_set_file(&m, nr, i, saved.hart[nr].file[i]);
	return refused;
}

/* Wires first, then registers by ascending offset. Return: registers that were refused. */
static unsigned int restore(void)
{
	unsigned int i, refused = 0;

	aia_create(&m, false);
	memcpy(m.hart[0].ram, saved.ram, ABI_RAM_SIZE);
	for (i = 0; i < 32; i++)
		aia_set_aplic(&m, INPUT(i), saved.input[i]);
	for (i = 0; i < 0x1000; i++)
		aia_set_aplic(&m, 4 * i, saved.aplic[i]);
	for (i = 0; i < AIA_HARTS; i++)
		refused += restore_hart(i);
	return refused;
}

/* Return: what is not as it was saved. */
static unsigned int count_changed(void)
{
	unsigned int i, nr, changed = 0;

	for (i = 0; i < 0x1000; i++)
		changed += saved.aplic[i] != aia_aplic(&m, 4 * i);
	for (i = 0; i < 32; i++)
		changed += saved.input[i] != aia_aplic(&m, INPUT(i));
	for (nr = 0; nr < AIA_HARTS; nr++) {
		for (i = EIDELIVERY; i < 0x100; i += 2)
			changed += saved.hart[nr].file[i] != aia_file(&m, nr, i);
		for (i = 0; i < saved.hart[nr].nregs; i++) {
			uint64_t id = saved.hart[nr].ids[i];
			uint8_t value[256] = {};

			if (IS_TIMER(id))
				continue;
			abi_need(!move(KVM_GET_ONE_REG, nr, id, value), "KVM_GET_ONE_REG");
			if (!memcmp(value, saved.hart[nr].values[i], KVM_REG_SIZE(id)))
				continue;
			changed++;
			printf("# hart %u: register %#lx: %#lx, was %#lx\n", nr, (long)id,
			       *(long *)value, *(long *)saved.hart[nr].values[i]);
		}
	}
	return changed;
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void begin(void)
{
	uint32_t id;

	aia_create(&m, false);
	aia_enable(&m);
	aia_set_mmio(&m, DOMAINCFG, DOMAINCFG_IE);
	for (id = FIRST_SOURCE; id <= LAST_SOURCE; id++) {
		aia_set_mmio(&m, SOURCECFG(id), id % 4 < 2 ? EDGE1 : EDGE0);
		aia_set_mmio(&m, TARGET(id), TARGET_HART(hart_of(id)) | id);
		aia_set_mmio(&m, SETIENUM, id);
	}
	for (id = 0; id < AIA_HARTS; id++) {
		aia_do(&m.hart[id], aia_sireg_write, 0x30, 0x0000330000004400);
		aia_do(&m.hart[id], aia_claim, 0, 0);
	}
	/* The wires are as post_once() leaves them, without an interrupt. */
	for (id = FIRST_SOURCE; id <= LAST_SOURCE; id++)
		aia_line(&m, id, 1);
	for (id = FIRST_SOURCE; id <= LAST_SOURCE; id++)
		while (aia_do(&m.hart[hart_of(id)], aia_claim, 0, 0))
			;
	aia_boot_counters(&m);
}

static void wait_for_the_rest(void)
{
	struct timespec start, now;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		usleep(1000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (outstanding() && now.tv_sec - start.tv_sec < 30);
	stuck = outstanding();
}

static void test_load(void)
{
	unsigned int round, changed = 0, refused = 0, most = 0, nr, id;
	uint64_t sum = 0;

	memset(posted, 0, sizeof(posted));
	begin();
	for (round = 0; round < ROUNDS; round++) {
		unsigned int left;

		run_for(30000);
		left = outstanding();
		most = left > most ? left : most;
		save();
		aia_destroy(&m);
		refused += restore();
		changed += count_changed();
	}
	abi_check(!refused, "each register takes what it was (%u do not)", refused);
	abi_check(!changed, "and is read as it was (%u are not)", changed);
	abi_check(most > 0, "while interrupts were pending (%u at most)", most);
	aia_go(&m);
	wait_for_the_rest();
	abi_check(!stuck, "none is lost, none comes twice (%u wrong)", stuck);
	abi_check(aia_end_counters(&m, 255), "the harts go on");
	for (nr = 0; nr < AIA_HARTS; nr++)
		for (id = 1; id < 255; id++)
			sum += aia_counted(&m, nr, id);
	abi_check(sum > 100, "%lu interrupts were counted", (long)sum);
	abi_check(aia_do(&m.hart[1], aia_sireg_read, 0x30, 0) == 0x0000330000004400,
		  "priorities of other interrupts");
	aia_destroy(&m);
}

/*
 * What is pending and enabled in the APLIC itself when it is saved, as other implementations may
 * leave it: it is sent when a hart runs.
 */
static void test_unsent(void)
{
	aia_create(&m, false);
	aia_enable(&m);
	aia_set_aplic(&m, DOMAINCFG, DOMAINCFG_IE);
	aia_set_aplic(&m, SOURCECFG(3), EDGE1);
	aia_set_aplic(&m, SETIP(0), 1 << 3);
	aia_set_aplic(&m, SETIE(0), 1 << 3);
	aia_set_aplic(&m, TARGET(3), TARGET_HART(1) | 33);
	abi_check(aia_aplic(&m, SETIP(0)) == 1 << 3, "what is restored can be read");
	aia_do(&m.hart[0], aia_sip, 0, 0);
	abi_check(aia_do(&m.hart[1], aia_claim, 0, 0) == TOPEI(33) && !aia_aplic(&m, SETIP(0)),
		  "and is sent when a hart runs");
	aia_destroy(&m);
}

int main(void)
{
	abi_start(240);
	if (!aia_is_there())
		return 0;
	while (aia_next_mode()) {
		test_load();
		test_unsent();
	}
	return abi_finish();
}
