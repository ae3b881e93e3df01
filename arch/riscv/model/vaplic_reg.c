// SPDX-License-Identifier: GPL-2.0-only
#include "vaplic_reg.h"

#include <linux/array_size.h>
#include <linux/nospec.h>
#include <linux/swab.h>

#define REGION_SIZE		0x1000	/* the offset's upper bits tell what is there */
#define BITS_STEP		0x100	/* from one bit array to the next */
#define BITS_BYTES		(VAPLIC_WORDS * 4)
#define BITS_NUM		0xdc	/* the register "by number" of a bit array */

static struct vaplic_reg reg_of(enum vaplic_reg_kind kind, u32 nr)
{
	return (struct vaplic_reg) { .kind = kind, .nr = nr };
}

static struct vaplic_reg none(void)
{
	return reg_of(VAPLIC_REG_NONE, 0);
}

bool vaplic_reg_source(const struct vaplic *a, u32 *source)
{
	if (!*source || *source > a->config.nr_sources)
		return false;
	*source = array_index_nospec(*source, a->config.nr_sources + 1);
	return true;
}

static struct vaplic_reg source_reg(const struct vaplic *a, enum vaplic_reg_kind kind, u32 source)
{
	if (!vaplic_reg_source(a, &source))
		return none();
	return reg_of(kind, source);
}

static struct vaplic_reg bits_reg(u32 offset)
{
	static const struct {
		enum vaplic_reg_kind	word;
		enum vaplic_reg_kind	num;
	} arrays[] = {
		{ VAPLIC_REG_SETIP, VAPLIC_REG_SETIPNUM },
		{ VAPLIC_REG_IN_CLRIP, VAPLIC_REG_CLRIPNUM },
		{ VAPLIC_REG_SETIE, VAPLIC_REG_SETIENUM },
		{ VAPLIC_REG_CLRIE, VAPLIC_REG_CLRIENUM },
	};
	u32 array = (offset - VAPLIC_SETIP) / BITS_STEP % ARRAY_SIZE(arrays);
	u32 rest = offset % BITS_STEP;

	if (offset < VAPLIC_SETIP)
		return none();
	if (rest < BITS_BYTES)
		return reg_of(arrays[array].word, rest / 4 % VAPLIC_WORDS);
	return rest == BITS_NUM ? reg_of(arrays[array].num, 0) : none();
}

static struct vaplic_reg idc_reg(const struct vaplic *a, u32 offset)
{
	u32 hart = offset / VAPLIC_IDC_SIZE;
	struct vaplic_reg reg = none();

	if (hart >= a->config.nr_idcs)
		return reg;
	reg.nr = array_index_nospec(hart, a->config.nr_idcs);
	switch (offset % VAPLIC_IDC_SIZE) {
	case VAPLIC_IDELIVERY:
		reg.kind = VAPLIC_REG_IDELIVERY;
		break;
	case VAPLIC_IFORCE:
		reg.kind = VAPLIC_REG_IFORCE;
		break;
	case VAPLIC_ITHRESHOLD:
		reg.kind = VAPLIC_REG_ITHRESHOLD;
		break;
	case VAPLIC_TOPI:
		reg.kind = VAPLIC_REG_TOPI;
		break;
	case VAPLIC_CLAIMI:
		reg.kind = VAPLIC_REG_CLAIMI;
		break;
	}
	return reg;
}

struct vaplic_reg vaplic_reg_at(const struct vaplic *a, u32 offset)
{
	u32 nr = offset % REGION_SIZE / 4;

	if (offset % 4)
		return none();
	if (offset >= VAPLIC_IDC)
		return idc_reg(a, offset - VAPLIC_IDC);
	if (offset >= VAPLIC_TARGET)
		return nr ? source_reg(a, VAPLIC_REG_TARGET, nr) : reg_of(VAPLIC_REG_GENMSI, 0);
	if (offset == VAPLIC_SETIPNUM_LE)
		return reg_of(VAPLIC_REG_SETIPNUM_LE, 0);
	if (offset == VAPLIC_SETIPNUM_BE)
		return reg_of(VAPLIC_REG_SETIPNUM_BE, 0);
	if (offset >= VAPLIC_SETIPNUM_LE)
		return none();
	if (offset >= REGION_SIZE)
		return bits_reg(offset);
	return nr ? source_reg(a, VAPLIC_REG_SOURCECFG, nr) : reg_of(VAPLIC_REG_DOMAINCFG, 0);
}

u32 vaplic_reg_order(const struct vaplic *a, struct vaplic_reg reg, u32 value)
{
	bool big = a->domaincfg & VAPLIC_DOMAINCFG_BE;

	if (reg.kind == VAPLIC_REG_SETIPNUM_LE)
		big = false;
	if (reg.kind == VAPLIC_REG_SETIPNUM_BE)
		big = true;
	return big ? swab32(value) : value;
}

struct vaplic_reg vaplic_reg_by_number(const struct vaplic *a, struct vaplic_reg reg, u32 *value)
{
	u32 source = *value;

	switch (reg.kind) {
	case VAPLIC_REG_SETIPNUM:
	case VAPLIC_REG_SETIPNUM_LE:
	case VAPLIC_REG_SETIPNUM_BE:
		reg.kind = VAPLIC_REG_SETIP;
		break;
	case VAPLIC_REG_CLRIPNUM:
		reg.kind = VAPLIC_REG_IN_CLRIP;
		break;
	case VAPLIC_REG_SETIENUM:
		reg.kind = VAPLIC_REG_SETIE;
		break;
	case VAPLIC_REG_CLRIENUM:
		reg.kind = VAPLIC_REG_CLRIE;
		break;
	default:
		return reg;
	}
	if (!vaplic_reg_source(a, &source))
		return none();
	*value = 1u << source % 32;
	return reg_of(reg.kind, source / 32);
}
