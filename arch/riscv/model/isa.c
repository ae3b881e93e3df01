// SPDX-License-Identifier: GPL-2.0-only
#include "isa.h"

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/types.h>

#define ISA_SLOTS	128	/* a power of two, for masking */

static const struct rvisa_ext table[ISA_SLOTS] = {
#define ISA(number, identifier, ext_name, ext_policy, ext_host, ext_needs) \
	[number] = { .name = ext_name, .policy = RVISA_##ext_policy, \
		     .host = RVISA_##ext_host, .needs = RVISA_##ext_needs },
#include "isa.def"
};

static_assert(RVISA_COUNT <= ISA_SLOTS);
static_assert(RVISA_COUNT == 78);	/* without gaps: that many rows, see isa_kunit.c */

static const struct {
	u8	id;
	u8	implied;
} implications[] = {
#define ISA_IMPLIES(identifier, ext_implied) \
	{ .id = RVISA_##identifier, .implied = RVISA_##ext_implied },
#include "isa.def"
};

static const struct {
	const char	*name;
	u8		member;
} bundles[] = {
#define ISA_BUNDLE(bundle, ext_member) { .name = bundle, .member = RVISA_##ext_member },
#include "isa.def"
};

static const struct {
	char	letter;
	u8	id;
} letters[] = {
	{ 'a', RVISA_A }, { 'c', RVISA_C }, { 'd', RVISA_D }, { 'f', RVISA_F },
	{ 'h', RVISA_H }, { 'i', RVISA_I }, { 'm', RVISA_M }, { 'v', RVISA_V },
};

#define NLETTERS_OF_MISA	26

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	c = lower(c);
	return c >= 'a' && c <= 'z';
}

static bool name_is(const char *name, size_t len, const char *known)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!known[i] || lower(name[i]) != known[i])
			return false;
	return !known[len];
}

const struct rvisa_ext *rvisa_by_number(u32 nr)
{
	return nr < RVISA_COUNT ? &table[nr % ISA_SLOTS] : NULL;
}

int rvisa_parse_name(const char *name, size_t len, struct rvisa_set *set)
{
	int err = -ENOENT;
	size_t i;

	for (i = 0; i < RVISA_COUNT; i++) {
		if (!name_is(name, len, table[i].name))
			continue;
		rvisa_add(set, i);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(bundles); i++) {
		if (!name_is(name, len, bundles[i].name))
			continue;
		rvisa_add(set, bundles[i].member);
		err = 0;
	}
	return err;
}

static void imply_once(struct rvisa_set *set)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(implications); i++)
		if (rvisa_has(set, implications[i].id))
			rvisa_add(set, implications[i].implied);

	/* C covers the loads and stores of D where there is D: Zc v1.0.4 §2.2 (Zcd). */
	if (rvisa_has(set, RVISA_C) && rvisa_has(set, RVISA_D))
		rvisa_add(set, RVISA_ZCD);
}

void rvisa_imply(struct rvisa_set *set)
{
	struct rvisa_set before;

	do {
		before = *set;
		imply_once(set);
	} while (before.bits[0] != set->bits[0] || before.bits[1] != set->bits[1]);
}

/*
 * Older ISA strings have no names for what was split off from the base later: there, i covers
 * these (Documentation/devicetree/bindings/riscv/extensions.yaml).
 */
static void add_base(struct rvisa_set *set)
{
	rvisa_add(set, RVISA_I);
	rvisa_add(set, RVISA_ZICNTR);
	rvisa_add(set, RVISA_ZICSR);
	rvisa_add(set, RVISA_ZIFENCEI);
	rvisa_add(set, RVISA_ZIHPM);
}

static void add_letter(const char *letter, struct rvisa_set *set)
{
	switch (lower(*letter)) {
	case 'g':
		rvisa_add(set, RVISA_M);
		rvisa_add(set, RVISA_A);
		rvisa_add(set, RVISA_F);
		rvisa_add(set, RVISA_D);
		add_base(set);
		break;
	case 'i':
		add_base(set);
		break;
	default:
		rvisa_parse_name(letter, 1, set);
		break;
	}
}

/* Length of a multi-letter name without its version; no such name ends in a digit. */
static size_t name_length(const char *s, size_t len)
{
	size_t n = len;

	while (n && is_digit(s[n - 1]))
		n--;
	if (n == len || n < 2 || lower(s[n - 1]) != 'p' || !is_digit(s[n - 2]))
		return n;
	for (n--; n && is_digit(s[n - 1]); n--)
		;
	return n;
}

/* Names of more than one letter begin with s, x or z, and reach to the next underscore. */
static bool begins_name(const char *s, size_t len)
{
	switch (lower(*s)) {
	case 's':
	case 'x':
	case 'z':
		return len > 1;
	default:
		return false;
	}
}

/*
 * One part between underscores: single letters, then at most one longer name. The version of a
 * letter (2p1) needs no care: digits name nothing, nor does the p between them.
 */
static void parse_part(const char *s, size_t len, struct rvisa_set *set)
{
	size_t i = 0;

	while (i < len) {
		/* Old QEMU listed the modes S and U as if they were extensions. */
		if (i && lower(s[i]) == 's' && i + 1 < len && lower(s[i + 1]) == 'u') {
			i += 2;
			continue;
		}
		if (begins_name(s + i, len - i)) {
			rvisa_parse_name(s + i, name_length(s + i, len - i), set);
			return;
		}
		add_letter(s + i, set);
		i++;
	}
}

/* Bytes up to a NUL, or 0 when there is a character that no ISA string has. */
static size_t string_length(const char *s, size_t len)
{
	size_t n;

	for (n = 0; n < len && s[n]; n++)
		if (!is_letter(s[n]) && !is_digit(s[n]) && s[n] != '_')
			return 0;
	return n;
}

int rvisa_parse_string(const char *s, size_t len, struct rvisa_set *set)
{
	static const char base[] = "rv64";
	const size_t nbase = sizeof(base) - 1;
	size_t from, to;

	*set = (struct rvisa_set) { };
	len = string_length(s, len);
	if (len <= nbase || !name_is(s, nbase, base) || !is_letter(s[nbase]))
		return -EINVAL;

	for (from = nbase; from < len; from = to + 1) {
		for (to = from; to < len && s[to] != '_'; to++)
			;
		parse_part(s + from, to - from, set);
	}
	rvisa_imply(set);
	return 0;
}

bool rvisa_offered(const struct rvisa_set *host, u32 nr)
{
	const struct rvisa_ext *ext = rvisa_by_number(nr);

	return ext && rvisa_has(host, ext->host);
}

static bool may_enable(const struct rvisa_set *host, const struct rvisa_ext *ext)
{
	return ext->policy != RVISA_NEVER && rvisa_has(host, ext->needs);
}

static bool may_disable(const struct rvisa_set *host, const struct rvisa_ext *ext)
{
	switch (ext->policy) {
	case RVISA_TOGGLE:
	case RVISA_NEVER:
		return true;
	case RVISA_IF_SMSTATEEN:
		return rvisa_has(host, RVISA_SMSTATEEN);
	case RVISA_IF_SVADU:
		return rvisa_has(host, RVISA_SVADU);
	case RVISA_FIXED:
		break;
	}
	return false;
}

int rvisa_may_change(const struct rvisa_set *host, const struct rvisa_set *vcpu, u32 nr,
		     bool enable)
{
	const struct rvisa_ext *ext = rvisa_by_number(nr);

	if (!ext || !rvisa_has(host, ext->host))
		return -ENOENT;
	if (rvisa_has(vcpu, nr) == enable)
		return 0;
	if (!(enable ? may_enable(host, ext) : may_disable(host, ext)))
		return -EINVAL;
	return 0;
}

void rvisa_default(const struct rvisa_set *host, struct rvisa_set *vcpu)
{
	u32 nr;

	*vcpu = (struct rvisa_set) { };
	for (nr = 0; nr < RVISA_COUNT; nr++)
		if (rvisa_offered(host, nr) && may_enable(host, &table[nr]))
			rvisa_add(vcpu, nr);
}

u64 rvisa_letters(const struct rvisa_set *set)
{
	u64 misa = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		if (rvisa_has(set, letters[i].id))
			misa |= 1ull << (letters[i].letter - 'a');
	return misa;
}

int rvisa_set_letters(const struct rvisa_set *host, struct rvisa_set *vcpu, u64 misa)
{
	size_t i;

	if (misa >> NLETTERS_OF_MISA)
		return -EINVAL;

	for (i = 0; i < ARRAY_SIZE(letters); i++) {
		bool enable = misa >> (letters[i].letter - 'a') & 1;

		if (rvisa_may_change(host, vcpu, letters[i].id, enable))
			continue;
		if (enable)
			rvisa_add(vcpu, letters[i].id);
		else
			rvisa_remove(vcpu, letters[i].id);
	}
	return 0;
}
