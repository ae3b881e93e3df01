// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two interrupt files beside arrays of bool, and a signal that is raised and lowered as the header
 * says. Input: two bytes of sizes, operations.
 */
#include "fuzz.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "../../arch/riscv/model/vimsic.h"

struct input {
	u8	kind;
	u8	second;		/* which file; an MSI that comes in the middle */
	u16	id;
	u32	number;
	u64	value;
	u64	mask;
};

enum kind {
	POST,
	PAGE,
	CLAIM,
	RMW,
	SET,
	MOVE,
	KINDS,
};

struct naive {
	u32	nr_ids;
	bool	pending[2048];
	bool	enabled[2048];
	bool	delivery;
	u64	threshold;
	bool	signal;		/* what the vCPU has */
};

static struct vimsic files[2];
static struct naive naives[2];

/* An MSI for a file, in the middle of what is done to it. */
static struct vimsic *middle_file;
static struct naive *middle;
static u32 middle_id;

static bool is_id(const struct naive *n, u32 id)
{
	return id && id <= n->nr_ids;
}

static u32 naive_top(const struct naive *n)
{
	u32 id, end = n->threshold ? n->threshold : 2048;

	for (id = 1; id <= n->nr_ids && id < end; id++)
		if (n->pending[id] && n->enabled[id])
			return id << 16 | id;
	return 0;
}

static void post(struct vimsic *f, struct naive *n, bool raise, u32 id)
{
	u32 end = n->threshold ? n->threshold : 2048;
	bool expected = is_id(n, id) && !n->pending[id] && n->enabled[id] && n->delivery &&
			id < end;

	FUZZ_CHECK(raise == expected, "identity %u", id);
	if (is_id(n, id))
		n->pending[id] = true;
	n->signal |= raise;
}

/* It comes before the exchange, which then has to see it. The rest of a move is not so simple. */
static void before_exchange(void *where)
{
	unit_before_cmpxchg = NULL;
	if (where >= (void *)middle_file->eip &&
	    where < (void *)(middle_file->eip + VIMSIC_WORDS))
		post(middle_file, middle, vimsic_post(middle_file, middle_id), middle_id);
}

static void in_the_middle(struct vimsic *f, struct naive *n, const struct input *in)
{
	middle_file = f;
	middle = n;
	middle_id = in->id;
	unit_before_cmpxchg = in->second & 2 ? before_exchange : NULL;
}

/* After each change of a file: lower, look, raise. */
static void look_again(const struct vimsic *f, struct naive *n)
{
	n->signal = false;
	n->signal = vimsic_signals(f);
}

/* What a register of RV64 is: a bit at a time. NULL: no bit there. */
static bool *naive_bit(struct naive *n, u64 iselect, unsigned int bit)
{
	bool *array = iselect < 0xc0 ? n->pending : n->enabled;
	u32 id = iselect % 64 * 32 + bit;

	return iselect >= 0x80 && is_id(n, id) ? &array[id] : NULL;
}

static u64 naive_read(struct naive *n, u64 iselect)
{
	unsigned int bit;
	u64 value = 0;

	if (iselect == 0x70)
		return n->delivery;
	if (iselect == 0x72)
		return n->threshold;
	for (bit = 0; bit < 64 && iselect >= 0x80; bit++)
		if (naive_bit(n, iselect, bit) && *naive_bit(n, iselect, bit))
			value |= 1ull << bit;
	return value;
}

static void naive_write(struct naive *n, u64 iselect, u64 value, u64 mask)
{
	u64 room = 64;
	unsigned int bit;

	while (room <= n->nr_ids)
		room *= 2;
	if (iselect == 0x70 && mask & 1)
		n->delivery = value & 1;
	if (iselect == 0x72)
		n->threshold = ((n->threshold & ~mask) | (value & mask)) % room;
	for (bit = 0; bit < 64; bit++)
		if (naive_bit(n, iselect, bit) && mask >> bit & 1)
			*naive_bit(n, iselect, bit) = value >> bit & 1;
}

static bool is_register(u64 iselect)
{
	return iselect >= 0x70 && iselect <= 0xff && (iselect < 0x80 || iselect % 2 == 0);
}

static void rmw(struct vimsic *f, struct naive *n, const struct input *in)
{
	unsigned long old = 0x1234;
	u64 iselect = in->number;
	int err;

	in_the_middle(f, n, in);
	err = vimsic_rmw(f, iselect, &old, in->value, in->mask);
	FUZZ_CHECK(!err == is_register(iselect) && (!err || err == -EINVAL), "%#llx: %d", iselect,
		   err);
	if (err) {
		FUZZ_CHECK(old == 0x1234, "a value beside an error");
		return;
	}
	FUZZ_CHECK(old == naive_read(n, iselect), "%#llx was %#lx", iselect, old);
	naive_write(n, iselect, in->value, in->mask);
	look_again(f, n);
}

static void set(struct vimsic *f, struct naive *n, const struct input *in)
{
	int err;

	in_the_middle(f, n, in);
	err = vimsic_set(f, in->number, in->value);
	FUZZ_CHECK(!err == is_register(in->number), "%#x: %d", in->number, err);
	if (err)
		return;
	naive_write(n, in->number, in->value, ~0ull);
	look_again(f, n);
}

/* From one file to the other, which may have another size. */
static void move(unsigned int from, const struct input *in)
{
	struct naive *a = &naives[from], *b = &naives[!from];
	struct vimsic_regs regs;
	u32 id, room = 64;

	in_the_middle(&files[from], a, in);
	vimsic_take(&files[from], &regs);
	unit_before_cmpxchg = NULL;
	look_again(&files[from], a);
	in_the_middle(&files[!from], b, in);
	vimsic_merge(&files[!from], &regs);

	for (id = 1; id <= a->nr_ids; id++) {
		if (is_id(b, id))
			b->pending[id] |= a->pending[id];
		a->pending[id] = false;
	}
	for (id = 1; id <= b->nr_ids; id++)
		b->enabled[id] = is_id(a, id) && a->enabled[id];
	while (room <= b->nr_ids)
		room *= 2;
	b->threshold = a->threshold % room;
	b->delivery = a->delivery;
	look_again(&files[!from], b);
}

static void step(const struct input *in)
{
	struct vimsic *f = &files[in->second & 1];
	struct naive *n = &naives[in->second & 1];
	u32 offset = in->number % 16, id = in->id, top;

	switch (in->kind % KINDS) {
	case POST:
		if (!(in->number & 0xff))
			id |= in->number;
		post(f, n, vimsic_post(f, id), id);
		break;
	case PAGE:
		if (offset == 4)
			id = (u32)in->value >> 24 | ((u32)in->value >> 8 & 0xff00) |
			     (u32)in->value << 24 | ((u32)in->value & 0xff00) << 8;
		else
			id = offset ? 0 : in->value;
		if (in->number >> 8 & 7)
			post(f, n, vimsic_write_page(f, offset, 4, in->value), id);
		else
			FUZZ_CHECK(!vimsic_write_page(f, offset, in->id == 4 ? 8 : in->id,
						      in->value), "a store of %u bytes", in->id);
		break;
	case CLAIM:
		top = vimsic_top(f);
		FUZZ_CHECK(top == naive_top(n), "top is %#x", top);
		if (in->number & 1)
			post(f, n, vimsic_post(f, id), id);
		vimsic_claim(f, top);
		n->pending[top >> 16] = false;
		look_again(f, n);
		break;
	case RMW:
		rmw(f, n, in);
		break;
	case SET:
		set(f, n, in);
		break;
	case MOVE:
		move(in->second & 1, in);
	}
	unit_before_cmpxchg = NULL;
}

static void check(const struct vimsic *f, struct naive *n)
{
	unsigned long iselect, value = 0;

	for (iselect = 0x70; iselect <= 0xff; iselect += 2)
		FUZZ_CHECK(vimsic_get(f, iselect, &value) == -EINVAL ||
			   value == naive_read(n, iselect), "%#lx is %#lx", iselect, value);
	FUZZ_CHECK(vimsic_top(f) == naive_top(n), "top is %#x", vimsic_top(f));
	FUZZ_CHECK(vimsic_signals(f) == (n->delivery && naive_top(n)), "signal");
	/* A signal may be late to go, but has to come. */
	FUZZ_CHECK(n->signal || !vimsic_signals(f), "a signal was lost");
}

/* Small numbers, so that operations meet. */
static void bring_near(struct input *in)
{
	in->id %= 80;
	in->number = 0x70 + in->number % (in->mask & 2 ? 3 : 0x90);
	if (in->number >= 0x80 && in->mask & 1)
		in->number = (in->number & ~0x3fu) + in->number % 2 * 2;
	if (in->number == 0x72) {
		in->value %= 80;
		in->mask |= 127;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	unsigned int i;

	if (size < 2)
		return 0;
	for (i = 0; i < 2; i++) {
		memset(&naives[i], 0, sizeof(naives[i]));
		naives[i].nr_ids = data[i] % 32 * 64 + 63;
		vimsic_init(&files[i], naives[i].nr_ids);
	}
	for (data += 2, size -= 2; size >= sizeof(in); data += sizeof(in), size -= sizeof(in)) {
		memcpy(&in, data, sizeof(in));
		if (in.second & 0x80)
			bring_near(&in);
		step(&in);
		check(&files[in.second & 1], &naives[in.second & 1]);
		if (in.kind % KINDS == MOVE)
			check(&files[~in.second & 1], &naives[~in.second & 1]);
	}
	return 0;
}
