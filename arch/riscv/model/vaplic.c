// SPDX-License-Identifier: GPL-2.0-only
#include "vaplic.h"

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/nospec.h>
#include <linux/string.h>

#include "vaplic_reg.h"

/* target and genmsi */
#define TARGET_HART_SHIFT	18
#define TARGET_GUEST_SHIFT	12

#define DOMAINCFG_BITS		(VAPLIC_DOMAINCFG_IE | VAPLIC_DOMAINCFG_BE)
#define LOWEST_IPRIO		1	/* 0 is none: §4.5.16 */

size_t vaplic_size(const struct vaplic_config *config)
{
	return sizeof(struct vaplic) + (config->nr_sources + 1) * sizeof(u32) +
	       config->nr_idcs * sizeof(struct vaplic_idc);
}

void vaplic_init(struct vaplic *a, const struct vaplic_config *config)
{
	memset(a, 0, vaplic_size(config));
	a->config = *config;
	a->config.hart_bits = min_t(u8, config->hart_bits, VAPLIC_HART_BITS);
	a->config.guest_bits = min_t(u8, config->guest_bits, VAPLIC_GUEST_BITS);
	a->idc = (struct vaplic_idc *)&a->target[config->nr_sources + 1];
}

/* ---- sources --------------------------------------------------------------------------------- */

static struct vaplic_word *word_of(struct vaplic *a, u32 source)
{
	return &a->word[source / 32];
}

static u32 bit_of(u32 source)
{
	return 1u << source % 32;
}

/* Sources of a word that exist. */
static u32 word_sources(const struct vaplic *a, u32 word)
{
	u32 end = a->config.nr_sources + 1, bits = ~0u;

	if (end <= 32 * word)
		return 0;
	if (end - 32 * word < 32)
		bits = (1u << (end - 32 * word)) - 1;
	return word ? bits : bits & ~1u;
}

/* §4.5.2: rectified input values, 0 for sources without a wire. */
static u32 rectified(const struct vaplic_word *w)
{
	return (w->input ^ w->inverted) & w->wired;
}

static u32 ready(const struct vaplic_word *w)
{
	return w->pending & w->enabled;
}

static u32 target_hart(const struct vaplic *a, u32 source)
{
	return a->target[source] >> TARGET_HART_SHIFT;
}

/* ---- effects --------------------------------------------------------------------------------- */

/* The lists are as long as the counts say. */
static void begin(struct vaplic_out *out)
{
	out->more = false;
	out->all_idcs = false;
	out->nr_msis = 0;
	out->nr_idcs = 0;
	out->acked_word = 0;
	out->acked = 0;
}

static void add_idc(const struct vaplic *a, u32 hart, struct vaplic_out *out)
{
	if (hart >= a->config.nr_idcs || (out->nr_idcs && out->idc[out->nr_idcs - 1] == hart))
		return;
	out->idc[out->nr_idcs++] = hart;
}

static void add_ack(u32 word, u32 sources, struct vaplic_out *out)
{
	out->acked_word = word;
	out->acked = sources;
}

static void add_msi(u32 target, u32 guest, struct vaplic_out *out)
{
	out->msi[out->nr_msis++] = (struct vaplic_msi) {
		.hart = target >> TARGET_HART_SHIFT,
		.guest = guest,
		.eiid = target & GENMASK(10, 0),
	};
}

/*
 * A level-sensitive source is not pending while its wire is not asserted and, with direct delivery,
 * is while it is: §4.7 (Precise effects on interrupt-pending bits).
 */
static void settle(const struct vaplic *a, struct vaplic_word *w)
{
	u32 high = rectified(w);

	w->pending &= ~w->level | high;
	if (a->config.direct)
		w->pending |= w->level & high;
}

/* To be called after each change of a word; @before are the sources that were ready. */
static void changed(struct vaplic *a, u32 word, u32 before, struct vaplic_out *out)
{
	u32 now = ready(&a->word[word]);
	unsigned long differ = before ^ now;
	unsigned int bit;

	if (!a->config.direct) {
		if (now)
			a->forward |= BIT(word);
		return;
	}
	for_each_set_bit(bit, &differ, 32)
		add_idc(a, target_hart(a, 32 * word + bit), out);
}

/* §4.9: what is sent is not pending any more. */
static void forward_word(struct vaplic *a, u32 word, struct vaplic_out *out)
{
	struct vaplic_word *w = &a->word[word];
	unsigned long now = ready(w);
	unsigned int bit;

	w->pending &= ~now;
	for_each_set_bit(bit, &now, 32) {
		u32 target = a->target[32 * word + bit];

		add_msi(target, target >> TARGET_GUEST_SHIFT & GENMASK(5, 0), out);
	}
}

/*
 * Send the MSIs of one word, unless the caller has something to do before: it may lower a wire that
 * the guest has acknowledged, so that there is nothing to send.
 */
static void finish(struct vaplic *a, struct vaplic_out *out)
{
	if (!(a->domaincfg & VAPLIC_DOMAINCFG_IE))
		return;
	while (a->forward && !out->acked && !out->nr_msis) {
		u32 word = __ffs(a->forward);

		a->forward &= ~BIT(word);
		forward_word(a, word, out);
	}
	out->more = a->forward;
}

void vaplic_more(struct vaplic *a, struct vaplic_out *out)
{
	begin(out);
	finish(a, out);
}

/* ---- direct delivery ------------------------------------------------------------------------- */

/* §4.8.1.4: topi. Equal priorities: the lowest source. */
static u32 top_of(const struct vaplic *a, u32 hart)
{
	u32 threshold = a->idc[hart].ithreshold, best = ~0u, top = 0, word;

	for (word = 0; word <= a->config.nr_sources / 32; word++) {
		unsigned long now = ready(&a->word[word]);
		unsigned int bit;

		for_each_set_bit(bit, &now, 32) {
			u32 source = 32 * word + bit, iprio = (u8)a->target[source];

			if (target_hart(a, source) == hart && iprio < best) {
				best = iprio;
				top = source << 16 | iprio;
			}
		}
	}
	return !threshold || best < threshold ? top : 0;
}

bool vaplic_idc_signals(const struct vaplic *a, u32 hart)
{
	const struct vaplic_idc *idc;

	if (hart >= a->config.nr_idcs)
		return false;
	hart = array_index_nospec(hart, a->config.nr_idcs);
	idc = &a->idc[hart];
	return a->domaincfg & VAPLIC_DOMAINCFG_IE && idc->idelivery &&
	       (idc->iforce || top_of(a, hart));
}

/* §4.8.1.5: reading claimi. */
static u32 claim(struct vaplic *a, u32 hart, struct vaplic_out *out)
{
	u32 top = top_of(a, hart), source = top >> 16, before;
	struct vaplic_word *w = word_of(a, source);

	if (!top) {
		a->idc[hart].iforce = 0;
		add_idc(a, hart, out);
		return 0;
	}
	before = ready(w);
	w->pending &= ~bit_of(source) | w->level;
	changed(a, source / 32, before, out);
	add_ack(source / 32, bit_of(source) & w->level, out);
	return top;
}

/* ---- what registers hold --------------------------------------------------------------------- */

static u32 legal_target(const struct vaplic *a, u32 value)
{
	const struct vaplic_config *config = &a->config;
	u32 bits = (BIT(config->hart_bits) - 1) << TARGET_HART_SHIFT;

	if (config->direct) {
		u32 iprio = value & GENMASK(7, 0);

		return (value & bits) | (iprio ? iprio : LOWEST_IPRIO);
	}
	bits |= (BIT(config->guest_bits) - 1) << TARGET_GUEST_SHIFT;
	bits |= BIT(fls(config->nr_ids)) - 1;
	return value & bits;
}

/* genmsi has no guest index; with direct delivery it is read-only 0. */
static u32 legal_genmsi(const struct vaplic *a, u32 value)
{
	if (a->config.direct)
		return 0;
	return legal_target(a, value) & ~GENMASK(17, 11);
}

static u32 mode_of(const struct vaplic_word *w, u32 bit)
{
	if (!(w->active & bit))
		return VAPLIC_INACTIVE;
	if (!(w->wired & bit))
		return VAPLIC_DETACHED;
	return (w->level & bit ? VAPLIC_LEVEL1 : VAPLIC_EDGE1) | (w->inverted & bit ? 1 : 0);
}

/* A leaf has no D: writing it makes the register 0, as the reserved modes do here. */
static u32 legal_mode(u32 value)
{
	u32 mode = value & GENMASK(2, 0);

	if (value & VAPLIC_SOURCECFG_D || mode == 2 || mode == 3)
		return VAPLIC_INACTIVE;
	return mode;
}

static void assign(u32 *word, u32 bit, bool value)
{
	*word = value ? *word | bit : *word & ~bit;
}

/* Inactive sources have nothing: §4.5.2. What becomes active gets the first legal target. */
static void set_mode(struct vaplic *a, u32 source, u32 mode, struct vaplic_out *out)
{
	struct vaplic_word *w = word_of(a, source);
	u32 bit = bit_of(source), before = ready(w), was_active = w->active & bit;

	assign(&w->active, bit, mode != VAPLIC_INACTIVE);
	assign(&w->wired, bit, mode >= VAPLIC_EDGE1);
	assign(&w->level, bit, mode >= VAPLIC_LEVEL1);
	assign(&w->inverted, bit, mode >= VAPLIC_EDGE1 && mode & 1);
	w->pending &= w->active;
	w->enabled &= w->active;
	settle(a, w);
	changed(a, source / 32, before, out);
	if (!(w->active & bit))
		a->target[source] = 0;
	else if (!was_active)
		a->target[source] = legal_target(a, 0);
}

/* A wire that is found asserted has risen: better an interrupt too many than one lost. */
static void write_sourcecfg(struct vaplic *a, u32 source, u32 value, struct vaplic_out *out)
{
	struct vaplic_word *w = word_of(a, source);
	u32 low = ~rectified(w), before;

	set_mode(a, source, legal_mode(value), out);
	before = ready(w);
	w->pending |= bit_of(source) & low & rectified(w) & w->level;
	changed(a, source / 32, before, out);
}

static void write_target(struct vaplic *a, u32 source, u32 value, struct vaplic_out *out)
{
	const struct vaplic_word *w = word_of(a, source);

	if (!(w->active & bit_of(source)))
		return;
	if (ready(w) & bit_of(source))
		add_idc(a, target_hart(a, source), out);
	a->target[source] = legal_target(a, value);
	if (ready(w) & bit_of(source))
		add_idc(a, target_hart(a, source), out);
}

/* ---- accesses -------------------------------------------------------------------------------- */

void vaplic_input(struct vaplic *a, u32 source, bool level, struct vaplic_out *out)
{
	struct vaplic_word *w;
	u32 before, low;

	begin(out);
	if (vaplic_reg_source(a, &source)) {
		w = word_of(a, source);
		before = ready(w);
		low = ~rectified(w);
		assign(&w->input, bit_of(source), level);
		w->pending |= low & rectified(w);
		settle(a, w);
		changed(a, source / 32, before, out);
	}
	finish(a, out);
}

/* A store to an array of bits: each that is 1 names a source. */
static void write_bits(struct vaplic *a, struct vaplic_reg reg, u32 sources, struct vaplic_out *out)
{
	struct vaplic_word *w = &a->word[reg.nr];
	u32 before = ready(w);

	sources &= w->active;
	if (reg.kind == VAPLIC_REG_SETIP)
		w->pending |= sources;
	else if (reg.kind == VAPLIC_REG_IN_CLRIP)
		w->pending &= ~sources;
	else if (reg.kind == VAPLIC_REG_SETIE)
		w->enabled |= sources;
	else
		w->enabled &= ~sources;
	/* Level-sensitive ones follow their wire, and have their interrupts ended this way. */
	settle(a, w);
	if (!a->config.direct && (reg.kind == VAPLIC_REG_SETIP || reg.kind == VAPLIC_REG_IN_CLRIP))
		add_ack(reg.nr, sources & w->level, out);
	changed(a, reg.nr, before, out);
}

static void write_idc(struct vaplic *a, struct vaplic_reg reg, u32 value, struct vaplic_out *out)
{
	struct vaplic_idc *idc = &a->idc[reg.nr];

	if (reg.kind == VAPLIC_REG_IDELIVERY)
		idc->idelivery = value & 1;
	else if (reg.kind == VAPLIC_REG_IFORCE)
		idc->iforce = value & 1;
	else
		idc->ithreshold = value;
	add_idc(a, reg.nr, out);
}

static void write_domaincfg(struct vaplic *a, u32 value, struct vaplic_out *out)
{
	out->all_idcs = a->config.direct && (a->domaincfg ^ value) & VAPLIC_DOMAINCFG_IE;
	a->domaincfg = value & DOMAINCFG_BITS;
}

/* Sent whatever domaincfg.IE is, and at once: Busy always is 0. */
static void write_genmsi(struct vaplic *a, u32 value, struct vaplic_out *out)
{
	a->genmsi = legal_genmsi(a, value);
	if (!a->config.direct)
		add_msi(a->genmsi, 0, out);
}

void vaplic_write(struct vaplic *a, u32 offset, u32 value, struct vaplic_out *out)
{
	struct vaplic_reg reg = vaplic_reg_at(a, offset);

	begin(out);
	value = vaplic_reg_order(a, reg, value);
	reg = vaplic_reg_by_number(a, reg, &value);
	switch (reg.kind) {
	case VAPLIC_REG_DOMAINCFG:
		write_domaincfg(a, value, out);
		break;
	case VAPLIC_REG_SOURCECFG:
		write_sourcecfg(a, reg.nr, value, out);
		break;
	case VAPLIC_REG_SETIP:
	case VAPLIC_REG_IN_CLRIP:
	case VAPLIC_REG_SETIE:
	case VAPLIC_REG_CLRIE:
		write_bits(a, reg, value, out);
		break;
	case VAPLIC_REG_GENMSI:
		write_genmsi(a, value, out);
		break;
	case VAPLIC_REG_TARGET:
		write_target(a, reg.nr, value, out);
		break;
	case VAPLIC_REG_IDELIVERY:
	case VAPLIC_REG_IFORCE:
	case VAPLIC_REG_ITHRESHOLD:
		write_idc(a, reg, value, out);
		break;
	default:
		break;
	}
	finish(a, out);
}

static u32 value_of(const struct vaplic *a, struct vaplic_reg reg)
{
	switch (reg.kind) {
	case VAPLIC_REG_DOMAINCFG:
		return VAPLIC_DOMAINCFG_RO | (a->config.direct ? 0 : VAPLIC_DOMAINCFG_DM) |
		       a->domaincfg;
	case VAPLIC_REG_SOURCECFG:
		return mode_of(&a->word[reg.nr / 32], bit_of(reg.nr));
	case VAPLIC_REG_SETIP:
		return a->word[reg.nr].pending;
	case VAPLIC_REG_IN_CLRIP:
		return rectified(&a->word[reg.nr]);
	case VAPLIC_REG_SETIE:
		return a->word[reg.nr].enabled;
	case VAPLIC_REG_GENMSI:
		return a->genmsi;
	case VAPLIC_REG_TARGET:
		return a->target[reg.nr];
	case VAPLIC_REG_IDELIVERY:
		return a->idc[reg.nr].idelivery;
	case VAPLIC_REG_IFORCE:
		return a->idc[reg.nr].iforce;
	case VAPLIC_REG_ITHRESHOLD:
		return a->idc[reg.nr].ithreshold;
	case VAPLIC_REG_TOPI:
	case VAPLIC_REG_CLAIMI:
		return top_of(a, reg.nr);
	default:
		return 0;
	}
}

u32 vaplic_read(struct vaplic *a, u32 offset, struct vaplic_out *out)
{
	struct vaplic_reg reg = vaplic_reg_at(a, offset);
	u32 value;

	begin(out);
	if (reg.kind == VAPLIC_REG_CLAIMI)
		value = claim(a, reg.nr, out);
	else
		value = value_of(a, reg);
	if (reg.kind == VAPLIC_REG_IN_CLRIP && !a->config.direct) {
		const struct vaplic_word *w = &a->word[reg.nr];

		add_ack(reg.nr, value & w->level & ~w->pending, out);
	}
	finish(a, out);
	return vaplic_reg_order(a, reg, value);
}

/* ---- save and restore ------------------------------------------------------------------------ */

u32 vaplic_get(const struct vaplic *a, u32 offset)
{
	return value_of(a, vaplic_reg_at(a, offset));
}

static void set_bits(struct vaplic *a, struct vaplic_reg reg, u32 value, struct vaplic_out *out)
{
	struct vaplic_word *w = &a->word[reg.nr];

	if (reg.kind == VAPLIC_REG_SETIP)
		w->pending = value & w->active;
	else
		w->enabled = value & w->active;
	settle(a, w);
	changed(a, reg.nr, ready(w), out);
}

void vaplic_set(struct vaplic *a, u32 offset, u32 value)
{
	struct vaplic_reg reg = vaplic_reg_at(a, offset);
	struct vaplic_out out;		/* of no use: the caller sets all signals */

	begin(&out);
	switch (reg.kind) {
	case VAPLIC_REG_DOMAINCFG:
		write_domaincfg(a, value, &out);
		break;
	case VAPLIC_REG_SOURCECFG:
		set_mode(a, reg.nr, legal_mode(value), &out);
		break;
	case VAPLIC_REG_SETIP:
	case VAPLIC_REG_SETIE:
		set_bits(a, reg, value, &out);
		break;
	case VAPLIC_REG_GENMSI:
		a->genmsi = legal_genmsi(a, value);
		break;
	case VAPLIC_REG_TARGET:
		write_target(a, reg.nr, value, &out);
		break;
	case VAPLIC_REG_IDELIVERY:
	case VAPLIC_REG_IFORCE:
	case VAPLIC_REG_ITHRESHOLD:
		write_idc(a, reg, value, &out);
		break;
	default:
		break;
	}
}

u32 vaplic_get_inputs(const struct vaplic *a, u32 word)
{
	if (word >= VAPLIC_WORDS)
		return 0;
	return a->word[array_index_nospec(word, VAPLIC_WORDS)].input;
}

void vaplic_set_inputs(struct vaplic *a, u32 word, u32 value)
{
	if (word >= VAPLIC_WORDS)
		return;
	word = array_index_nospec(word, VAPLIC_WORDS);
	a->word[word].input = value & word_sources(a, word);
	/* With MSIs, nothing becomes pending by this. */
	settle(a, &a->word[word]);
}
