// SPDX-License-Identifier: GPL-2.0-only
#include "vimsic.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/string.h>
#include <linux/swab.h>

#define IDS_PER_WORD		64
#define EIDELIVERY_BITS		BIT(0)

void vimsic_init(struct vimsic *f, u32 nr_ids)
{
	memset(f, 0, sizeof(*f));
	f->nr_ids = nr_ids;
}

static unsigned int words(const struct vimsic *f)
{
	return f->nr_ids / IDS_PER_WORD + 1;
}

/* Identities of a word of eip or eie that exist. */
static unsigned long word_bits(const struct vimsic *f, unsigned int word)
{
	if (word >= words(f))
		return 0;
	return word ? ~0UL : ~1UL;
}

static unsigned long threshold_bits(const struct vimsic *f)
{
	return GENMASK(fls(f->nr_ids) - 1, 0);
}

/* ---- MSIs and claims ------------------------------------------------------------------------- */

static bool is_below(unsigned long threshold, u32 id)
{
	return !threshold || id < threshold;
}

bool vimsic_post(struct vimsic *f, u32 id)
{
	if (!id || id > f->nr_ids)
		return false;
	id = array_index_nospec(id, VIMSIC_MAX_IDS + 1);
	/* Who enables @id meanwhile sees the bit, or we see that it is: pairs with change(). */
	if (test_and_set_bit(id, f->eip))
		return false;
	return READ_ONCE(f->eidelivery) && test_bit(id, f->eie) &&
	       is_below(READ_ONCE(f->eithreshold), id);
}

u32 vimsic_top(const struct vimsic *f)
{
	unsigned int word;

	for (word = 0; word < words(f); word++) {
		unsigned long ready = READ_ONCE(f->eip[word]) & READ_ONCE(f->eie[word]);

		if (ready) {
			u32 id = word * IDS_PER_WORD + __ffs(ready);

			return is_below(READ_ONCE(f->eithreshold), id) ? id << 16 | id : 0;
		}
	}
	return 0;
}

bool vimsic_signals(const struct vimsic *f)
{
	return READ_ONCE(f->eidelivery) && vimsic_top(f);
}

void vimsic_claim(struct vimsic *f, u32 top)
{
	u32 id = top >> 16;

	/*
	 * If the same MSI came since, it is claimed with the first: its sender saw the bit set, and
	 * what it did before is seen by what the guest does next. Pairs with vimsic_post().
	 */
	if (id && id <= f->nr_ids)
		test_and_clear_bit(array_index_nospec(id, VIMSIC_MAX_IDS + 1), f->eip);
}

u32 vimsic_page_id(u32 offset, unsigned int len, u32 value)
{
	if (len != sizeof(u32))
		return 0;
	if (offset == VIMSIC_SETEIPNUM_LE)
		return value;
	return offset == VIMSIC_SETEIPNUM_BE ? swab32(value) : 0;
}

bool vimsic_write_page(struct vimsic *f, u32 offset, unsigned int len, u32 value)
{
	return vimsic_post(f, vimsic_page_id(offset, len, value));
}

/* ---- registers ------------------------------------------------------------------------------- */

/* Returns what was there before. A full barrier unless @mask is 0. */
static unsigned long change(unsigned long *word, unsigned long new, unsigned long mask)
{
	unsigned long old = READ_ONCE(*word), seen;

	while (mask) {
		seen = cmpxchg(word, old, (old & ~mask) | (new & mask));
		if (seen == old)
			break;
		old = seen;
	}
	return old;
}

/* The word of a register, and the bits that it has. */
static int find_register(const struct vimsic *f, unsigned long iselect,
			 const unsigned long **word, unsigned long *bits)
{
	static const unsigned long reserved;
	unsigned int nr = iselect % IDS_PER_WORD / 2;

	if (iselect < VIMSIC_FIRST || iselect > VIMSIC_LAST)
		return -EINVAL;
	if (iselect >= VIMSIC_EIP0) {
		if (iselect % 2)
			return -EINVAL;
		*word = iselect < VIMSIC_EIE0 ? &f->eip[nr] : &f->eie[nr];
		*bits = word_bits(f, nr);
	} else if (iselect == VIMSIC_EIDELIVERY) {
		*word = &f->eidelivery;
		*bits = EIDELIVERY_BITS;
	} else if (iselect == VIMSIC_EITHRESHOLD) {
		*word = &f->eithreshold;
		*bits = threshold_bits(f);
	} else {
		*word = &reserved;
		*bits = 0;
	}
	return 0;
}

int vimsic_rmw(struct vimsic *f, unsigned long iselect, unsigned long *old, unsigned long new,
	       unsigned long mask)
{
	const unsigned long *word;
	unsigned long bits;
	int err = find_register(f, iselect, &word, &bits);

	if (err)
		return err;
	/* Without a bit to write, the word is not written. */
	*old = change((unsigned long *)word, new, mask & bits);
	return 0;
}

int vimsic_get(const struct vimsic *f, unsigned long iselect, unsigned long *value)
{
	const unsigned long *word;
	unsigned long bits;
	int err = find_register(f, iselect, &word, &bits);

	if (!err)
		*value = READ_ONCE(*word);
	return err;
}

int vimsic_set(struct vimsic *f, unsigned long iselect, unsigned long value)
{
	unsigned long old;

	return vimsic_rmw(f, iselect, &old, value, ~0UL);
}

/* ---- moving ---------------------------------------------------------------------------------- */

void vimsic_take(struct vimsic *f, struct vimsic_regs *regs)
{
	unsigned int word;

	memset(regs, 0, sizeof(*regs));
	regs->eidelivery = READ_ONCE(f->eidelivery);
	regs->eithreshold = READ_ONCE(f->eithreshold);
	for (word = 0; word < words(f); word++) {
		regs->eip[word] = xchg(&f->eip[word], 0UL);
		regs->eie[word] = READ_ONCE(f->eie[word]);
	}
}

void vimsic_merge(struct vimsic *f, const struct vimsic_regs *regs)
{
	unsigned int word;

	for (word = 0; word < words(f); word++) {
		unsigned long bits = word_bits(f, word);

		change(&f->eip[word], regs->eip[word], regs->eip[word] & bits);
		change(&f->eie[word], regs->eie[word], bits);
	}
	change(&f->eithreshold, regs->eithreshold, threshold_bits(f));
	change(&f->eidelivery, regs->eidelivery, EIDELIVERY_BITS);
}
