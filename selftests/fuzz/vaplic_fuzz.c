// SPDX-License-Identifier: GPL-2.0-only
/*
 * An APLIC domain beside one that looks at a source at a time, as the specification's text does.
 * Input: what the domain is like, operations.
 */
#include "fuzz.h"

#include <linux/string.h>

#include "../../arch/riscv/model/vaplic.h"

#define MAX_HARTS	64
#define WIRES		0	/* in place of the offset of an array of bits */

struct input {
	u8	kind;
	u8	near;
	u16	source;
	u32	offset;
	u32	value;
};

enum kind {
	WIRE,
	STORE,
	LOAD,
	MORE,
	SET,
	SET_WIRES,
	KINDS,
};

/* A source in words of §4.5.2 and §4.5.16 */
struct source {
	bool	wire;
	u32	mode;
	bool	pending;
	bool	enabled;
	u32	target;
};

static struct vaplic_config config;
static struct vaplic *domain;
static struct source sources[1024];
static struct vaplic_idc idcs[MAX_HARTS];
static bool ie, be;
static u32 genmsi;

static bool exists(u32 i)
{
	return i >= 1 && i <= config.nr_sources;
}

static bool is_level(u32 i)
{
	return sources[i].mode == 6 || sources[i].mode == 7;
}

static bool rectified(u32 i)
{
	switch (sources[i].mode) {
	case 4:
	case 6:
		return sources[i].wire;
	case 5:
	case 7:
		return !sources[i].wire;
	}
	return false;
}

static bool is_due(u32 i)
{
	return ie && sources[i].pending && sources[i].enabled;
}

/* ---- §4.7, and what else changes a source ---------------------------------------------------- */

static void try_to_set(u32 i)
{
	if (!exists(i) || !sources[i].mode)
		return;
	if (!is_level(i))
		sources[i].pending = true;
	else if (!config.direct && rectified(i))
		sources[i].pending = true;
}

static void try_to_clear(u32 i)
{
	if (!exists(i) || (is_level(i) && config.direct))
		return;
	sources[i].pending = false;
}

static void rectified_value_changed(u32 i, bool before)
{
	bool after = rectified(i);

	if (is_level(i) && !after)
		sources[i].pending = false;
	if (is_level(i) && config.direct)
		sources[i].pending = after;
	if (!before && after)
		sources[i].pending = true;
}

static u32 legal_target(u32 value)
{
	u32 hart = (value >> 18) % (1u << config.hart_bits), ids = 1;

	if (config.direct)
		return hart << 18 | (value % 256 ? value % 256 : 1);
	while (ids <= config.nr_ids)
		ids *= 2;
	return hart << 18 | (value >> 12) % (1u << config.guest_bits) << 12 | value % ids;
}

static void configure(u32 i, u32 value, bool by_guest)
{
	bool was_active = sources[i].mode, before = rectified(i);
	u32 mode = value & 1u << 10 ? 0 : value % 8;

	sources[i].mode = mode == 2 || mode == 3 ? 0 : mode;
	if (!sources[i].mode) {
		sources[i].pending = sources[i].enabled = false;
		sources[i].target = 0;
		return;
	}
	if (!was_active)
		sources[i].target = legal_target(0);
	if (is_level(i))
		rectified_value_changed(i, before || !by_guest);
}

/* ---- harts ----------------------------------------------------------------------------------- */

static u32 naive_topi(u32 hart)
{
	u32 i, best = 0;

	for (i = 1; i <= config.nr_sources; i++) {
		u32 iprio = sources[i].target % 256;

		if (!sources[i].pending || !sources[i].enabled || sources[i].target >> 18 != hart)
			continue;
		if (idcs[hart].ithreshold && iprio >= idcs[hart].ithreshold)
			continue;
		if (!best || iprio < best % 256)
			best = i << 16 | iprio;
	}
	return best;
}

static bool naive_signal(u32 hart)
{
	return ie && idcs[hart].idelivery && (idcs[hart].iforce || naive_topi(hart));
}

static void note_signals(bool signals[MAX_HARTS])
{
	u32 hart;

	for (hart = 0; hart < config.nr_idcs; hart++)
		signals[hart] = naive_signal(hart);
}

/* ---- registers ------------------------------------------------------------------------------- */

static u32 swapped(u32 v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

/* Which of the registers that are arrays of bits; 0 for others. */
static u32 bits_at(u32 offset)
{
	u32 array = offset & ~0x7fu;

	return offset % 4 == 0 && (array == 0x1c00 || array == 0x1d00 || array == 0x1e00 ||
				   array == 0x1f00) ? array : 0;
}

/* @array: where it is, or WIRES. */
static u32 naive_bits(u32 array, u32 word)
{
	u32 i, value = 0;

	for (i = 32 * word; i < 32 * word + 32; i++) {
		bool bit = array == 0x1c00 ? sources[i].pending :
			   array == 0x1d00 ? rectified(i) :
			   array == WIRES ? sources[i].wire :
			   array == 0x1e00 && sources[i].enabled;

		value |= (u32)bit << i % 32;
	}
	return value;
}

static u32 naive_idc(u32 hart, u32 reg)
{
	if (hart >= config.nr_idcs)
		return 0;
	switch (reg) {
	case 0x00:
		return idcs[hart].idelivery;
	case 0x04:
		return idcs[hart].iforce;
	case 0x08:
		return idcs[hart].ithreshold;
	case 0x18:
	case 0x1c:
		return naive_topi(hart);
	}
	return 0;
}

static u32 naive_value(u32 offset)
{
	if (offset % 4)
		return 0;
	if (offset == 0)
		return 1u << 31 | ie << 8 | !config.direct << 2 | be;
	if (offset < 0x1000)
		return exists(offset / 4) ? sources[offset / 4].mode : 0;
	if (bits_at(offset))
		return naive_bits(bits_at(offset), offset % 128 / 4);
	if (offset == 0x3000)
		return genmsi;
	if (offset > 0x3000 && offset < 0x4000)
		return exists(offset % 0x1000 / 4) ? sources[offset % 0x1000 / 4].target : 0;
	if (offset >= 0x4000)
		return naive_idc((offset - 0x4000) / 32, offset % 32);
	return 0;
}

/* One bit of an array, or a number: returns whether it ends a level-sensitive interrupt. */
static bool change_bit(u32 array, u32 i)
{
	if (!exists(i))
		return false;
	switch (array) {
	case 0x1c00:
		try_to_set(i);
		break;
	case 0x1d00:
		try_to_clear(i);
		break;
	case 0x1e00:
		sources[i].enabled = sources[i].mode;
		break;
	case 0x1f00:
		sources[i].enabled = false;
	}
	return array < 0x1e00 && is_level(i) && !config.direct;
}

struct acked {
	u32	word;
	u32	bits;
};

static void naive_number(u32 array, u32 i, struct acked *acked)
{
	if (change_bit(array, i))
		*acked = (struct acked) { i / 32, 1u << i % 32 };
}

static void write_idc(u32 hart, u32 reg, u32 value)
{
	if (hart >= config.nr_idcs)
		return;
	if (reg == 0)
		idcs[hart].idelivery = value % 2;
	else if (reg == 4)
		idcs[hart].iforce = value % 2;
	else if (reg == 8)
		idcs[hart].ithreshold = value % 256;
}

/* State that a store and userspace's writing change in the same way. */
static void write_plain(u32 offset, u32 value)
{
	u32 nr = offset % 0x1000 / 4;

	if (offset == 0) {
		ie = value >> 8 & 1;
		be = value & 1;
	} else if (offset == 0x3000) {
		genmsi = config.direct ? 0 : legal_target(value) & 0xfffc07ff;
	} else if (offset > 0x3000 && offset < 0x4000) {
		if (exists(nr) && sources[nr].mode)
			sources[nr].target = legal_target(value);
	} else if (offset >= 0x4000) {
		write_idc((offset - 0x4000) / 32, offset % 32, value);
	}
}

static void naive_store(u32 offset, u32 value, struct acked *acked)
{
	u32 bit, array = bits_at(offset), le = value;

	if (offset % 4)
		return;
	if (be)
		value = swapped(value);
	if (array) {
		acked->word = offset % 128 / 4;
		for (bit = 0; bit < 32; bit++)
			if (value >> bit & 1)
				acked->bits |= (u32)change_bit(array, 32 * acked->word + bit)
					       << bit;
		return;
	}
	switch (offset) {
	case 0x1cdc:
		naive_number(0x1c00, value, acked);
		break;
	case 0x2000:
		naive_number(0x1c00, le, acked);
		break;
	case 0x2004:
		naive_number(0x1c00, swapped(le), acked);
		break;
	case 0x1ddc:
		naive_number(0x1d00, value, acked);
		break;
	case 0x1edc:
		naive_number(0x1e00, value, acked);
		break;
	case 0x1fdc:
		naive_number(0x1f00, value, acked);
		break;
	default:
		if (offset && offset < 0x1000) {
			if (exists(offset / 4))
				configure(offset / 4, value, true);
		} else {
			write_plain(offset, value);
		}
	}
}

static void naive_claim(u32 hart, struct acked *acked)
{
	u32 i = naive_topi(hart) >> 16;

	if (!i)
		idcs[hart].iforce = 0;
	else if (is_level(i))
		*acked = (struct acked) { i / 32, 1u << i % 32 };
	else
		sources[i].pending = false;
}

/* ---- effects --------------------------------------------------------------------------------- */

static void check_msis(const struct vaplic_out *out, const u32 *extempore)
{
	u32 i = 1, n = 0;

	if (extempore) {
		FUZZ_CHECK(out->nr_msis == 1, "%u MSIs for genmsi", out->nr_msis);
		FUZZ_CHECK(out->msi[0].hart == *extempore >> 18 && !out->msi[0].guest &&
			   out->msi[0].eiid == *extempore % 2048, "the MSI of genmsi");
		n = 1;
	}
	FUZZ_CHECK(out->nr_msis <= 32, "%u MSIs", out->nr_msis);
	/* By ascending number of their sources */
	for (; n < out->nr_msis; n++) {
		const struct vaplic_msi *msi = &out->msi[n];

		while (exists(i) && !(is_due(i) && sources[i].target >> 18 == msi->hart &&
				      (sources[i].target >> 12 & 63) == msi->guest &&
				      sources[i].target % 2048 == msi->eiid))
			i++;
		FUZZ_CHECK(exists(i), "an MSI to %u that no source is to send", msi->hart);
		sources[i++].pending = false;
	}
	for (i = 1; !out->more && i <= config.nr_sources; i++)
		FUZZ_CHECK(!is_due(i), "source %u was forgotten", i);
}

static void check_signals(const struct vaplic_out *out, const bool before[MAX_HARTS])
{
	u32 hart, n;

	FUZZ_CHECK(!out->nr_msis && !out->more, "MSIs of direct delivery");
	FUZZ_CHECK(out->nr_idcs <= 32, "%u harts", out->nr_idcs);
	for (n = 0; n < out->nr_idcs; n++)
		FUZZ_CHECK(out->idc[n] < config.nr_idcs, "hart %u", out->idc[n]);
	for (hart = 0; hart < config.nr_idcs; hart++) {
		if (out->all_idcs || before[hart] == naive_signal(hart))
			continue;
		for (n = 0; n < out->nr_idcs && out->idc[n] != hart; n++)
			;
		FUZZ_CHECK(n < out->nr_idcs, "the signal of hart %u changed", hart);
	}
}

static void check_out(const struct vaplic_out *out, struct acked acked, const u32 *extempore,
		      const bool before[MAX_HARTS])
{
	FUZZ_CHECK(out->acked == acked.bits && (!acked.bits || out->acked_word == acked.word),
		   "%#x of word %u ended, not %#x of %u", out->acked, out->acked_word,
		   acked.bits, acked.word);
	if (config.direct) {
		check_signals(out, before);
		return;
	}
	FUZZ_CHECK(!out->nr_idcs && !out->all_idcs, "signals beside MSIs");
	FUZZ_CHECK(!out->acked || !out->nr_msis, "an MSI before the wire could be let go");
	check_msis(out, extempore);
}

/* ---- operations ------------------------------------------------------------------------------ */

static void wire(u32 i, bool level)
{
	bool before[MAX_HARTS];
	struct vaplic_out out;

	note_signals(before);
	vaplic_input(domain, i, level, &out);
	if (exists(i)) {
		bool rect = rectified(i);

		sources[i].wire = level;
		rectified_value_changed(i, rect);
	}
	check_out(&out, (struct acked) {}, NULL, before);
}

static void more(void)
{
	bool before[MAX_HARTS], due = false;
	struct vaplic_out out;
	u32 i;

	note_signals(before);
	for (i = 1; i <= config.nr_sources; i++)
		due |= is_due(i);
	vaplic_more(domain, &out);
	FUZZ_CHECK(config.direct || !due || out.nr_msis, "no progress");
	check_out(&out, (struct acked) {}, NULL, before);
}

static void store(u32 offset, u32 value)
{
	struct acked acked = {};
	bool before[MAX_HARTS];
	struct vaplic_out out;

	note_signals(before);
	vaplic_write(domain, offset, value, &out);
	naive_store(offset, value, &acked);
	check_out(&out, acked, offset == 0x3000 && !config.direct ? &genmsi : NULL, before);
}

static void load(u32 offset)
{
	u32 expected = naive_value(offset), array = bits_at(offset), value;
	struct acked acked = {};
	bool before[MAX_HARTS];
	struct vaplic_out out;

	note_signals(before);
	value = vaplic_read(domain, offset, &out);
	FUZZ_CHECK(value == (be ? swapped(expected) : expected), "%#x reads %#x, not %#x", offset,
		   value, expected);
	if (offset >= 0x4000 && offset % 32 == 0x1c && (offset - 0x4000) / 32 < config.nr_idcs)
		naive_claim((offset - 0x4000) / 32, &acked);
	if (array == 0x1d00 && !config.direct) {
		u32 i;

		acked.word = offset % 128 / 4;
		for (i = 32 * acked.word; i < 32 * acked.word + 32; i++)
			if (is_level(i) && rectified(i) && !sources[i].pending)
				acked.bits |= 1u << i % 32;
	}
	check_out(&out, acked, NULL, before);
}

static void set(u32 offset, u32 value)
{
	u32 i, array = bits_at(offset), first = offset % 128 / 4 * 32;

	vaplic_set(domain, offset, value);
	if (offset % 4)
		return;
	if (offset && offset < 0x1000) {
		if (exists(offset / 4))
			configure(offset / 4, value, false);
		return;
	}
	for (i = first; array && i < first + 32; i++) {
		bool bit = value >> i % 32 & 1 && sources[i].mode;

		if (array == 0x1e00)
			sources[i].enabled = bit;
		if (array != 0x1c00)
			continue;
		if (is_level(i))
			bit = config.direct ? rectified(i) : bit && rectified(i);
		sources[i].pending = bit;
	}
	write_plain(offset, value);
}

static void set_wires(u32 word, u32 value)
{
	u32 i;

	vaplic_set_inputs(domain, word, value);
	for (i = 32 * word; word < 32 && i < 32 * word + 32; i++) {
		if (!exists(i))
			continue;
		sources[i].wire = value >> i % 32 & 1;
		rectified_value_changed(i, true);
	}
}

static void check(u32 offset)
{
	u32 i, value;

	for (i = 1; i <= config.nr_sources; i++)
		FUZZ_CHECK(domain->target[i] == sources[i].target, "target %u is %#x, not %#x", i,
			   domain->target[i], sources[i].target);
	for (i = 0; i <= config.nr_sources / 32; i++) {
		FUZZ_CHECK(vaplic_get(domain, 0x1c00 + 4 * i) == naive_bits(0x1c00, i),
			   "pending bits of word %u: %#x, not %#x", i,
			   vaplic_get(domain, 0x1c00 + 4 * i), naive_bits(0x1c00, i));
		FUZZ_CHECK(vaplic_get(domain, 0x1e00 + 4 * i) == naive_bits(0x1e00, i),
			   "enable bits of word %u", i);
		FUZZ_CHECK(vaplic_get_inputs(domain, i) == naive_bits(WIRES, i), "wires of word %u",
			   i);
	}
	for (i = 0; i < config.nr_idcs; i++)
		FUZZ_CHECK(vaplic_idc_signals(domain, i) == naive_signal(i), "hart %u", i);
	for (i = 0; i < config.nr_idcs && i < 4; i++)
		FUZZ_CHECK(vaplic_get(domain, 0x4018 + 32 * i) == naive_topi(i), "topi of %u", i);
	value = vaplic_get(domain, offset);
	FUZZ_CHECK(value == naive_value(offset), "%#x is %#x, not %#x", offset, value,
		   naive_value(offset));
}

/* A register that there is, of a source that there may be. */
static void bring_near(struct input *in)
{
	static const u32 numbers[] = { 0x1cdc, 0x1ddc, 0x1edc, 0x1fdc, 0x2000, 0x2004 };
	static const u32 arrays[] = { 0x1c00, 0x1d00, 0x1e00, 0x1f00 };
	u32 kind = in->offset % 18, more = in->offset >> 8;

	/* One of a few, in three words, so that operations meet. */
	if (in->near & 8)
		in->source = in->source % 3 + in->source / 3 % 3 * 32;
	in->source %= config.nr_sources + 2;
	if (kind < 3) {
		in->offset = numbers[more % 6];
		in->value = in->offset == 0x2004 || (be && in->offset != 0x2000) ?
			    swapped(in->source) : in->source;
		return;
	}
	if (kind < 6)
		in->offset = arrays[more % 4] + in->source / 32 * 4;
	else if (kind < 9)
		in->offset = 4 * (in->source % 1024);
	else if (kind < 11)
		in->offset = 0x3000 + 4 * (in->source % 1024);
	else if (kind < 13)
		in->offset = 0x4000 + more % (32 * (config.nr_idcs + 1)) / 4 * 4;
	else if (kind < 15)
		in->offset = more % 0x1200 * 4;
	else
		in->offset = kind == 15 ? 0x3000 : 0;
	/* Modes that there are, and harts and priorities that meet */
	if (in->near & 16)
		in->value &= 3u << 18 | 1u << 8 | 7;
}

static void step(struct input *in)
{
	switch (in->kind % KINDS) {
	case WIRE:
		wire(in->near & 2 ? in->source : in->value, in->near & 4);
		break;
	case STORE:
		store(in->offset, in->value);
		break;
	case LOAD:
		load(in->offset);
		break;
	case MORE:
		more();
		break;
	case SET:
		set(in->offset, in->value);
		break;
	case SET_WIRES:
		set_wires(in->source % 40, in->value);
	}
}

static size_t begin(const uint8_t *data)
{
	config = (struct vaplic_config) {
		.nr_sources = data[0] < 200 ? data[0] : data[0] * 18 % 1024,
		.direct = data[1] & 1,
		.hart_bits = data[1] >> 1 & 7,
	};
	if (config.direct) {
		config.nr_idcs = data[2] % (MAX_HARTS + 1);
	} else {
		config.guest_bits = data[2] % 7;
		config.nr_ids = data[2] / 7 % 32 * 64 + 63;
	}
	memset(sources, 0, sizeof(sources));
	memset(idcs, 0, sizeof(idcs));
	ie = be = false;
	genmsi = 0;
	/* Just this memory, so that an access outside it is found. */
	domain = malloc(vaplic_size(&config));
	vaplic_init(domain, &config);
	return 4;
}

/* What a guest does first, so that there is something to send soon. */
static void set_up(u8 how)
{
	u32 i;

	for (i = 1; i <= config.nr_sources && how & 0x80; i++) {
		store(4 * i, how & 0x40 ? how : how + i);
		store(0x3000 + 4 * i, i << 18 | i);
		store(0x1edc, i);
	}
	for (i = 0; i < config.nr_idcs && how & 0x20; i++)
		store(0x4000 + 32 * i, 1);
	if (how & 0x10)
		store(0, 0x100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	size_t used;

	if (size < 4)
		return 0;
	used = begin(data);
	set_up(data[3]);
	for (data += used, size -= used; size >= sizeof(in);
	     data += sizeof(in), size -= sizeof(in)) {
		memcpy(&in, data, sizeof(in));
		if (in.near & 1)
			bring_near(&in);
		step(&in);
		check(in.offset);
	}
	free(domain);
	return 0;
}
