/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which register of an APLIC domain is where: AIA v1.0 §4.5 (Memory-mapped control region for an
 * interrupt domain). Pure, and of use to vaplic.c only.
 */
#ifndef RVH_MODEL_VAPLIC_REG_H
#define RVH_MODEL_VAPLIC_REG_H

#include <linux/types.h>

#include "vaplic.h"

enum vaplic_reg_kind {
	VAPLIC_REG_NONE,
	VAPLIC_REG_DOMAINCFG,
	VAPLIC_REG_SOURCECFG,
	VAPLIC_REG_SETIP,
	VAPLIC_REG_SETIPNUM,
	VAPLIC_REG_IN_CLRIP,
	VAPLIC_REG_CLRIPNUM,
	VAPLIC_REG_SETIE,
	VAPLIC_REG_SETIENUM,
	VAPLIC_REG_CLRIE,
	VAPLIC_REG_CLRIENUM,
	VAPLIC_REG_SETIPNUM_LE,
	VAPLIC_REG_SETIPNUM_BE,
	VAPLIC_REG_GENMSI,
	VAPLIC_REG_TARGET,
	VAPLIC_REG_IDELIVERY,
	VAPLIC_REG_IFORCE,
	VAPLIC_REG_ITHRESHOLD,
	VAPLIC_REG_TOPI,
	VAPLIC_REG_CLAIMI,
};

struct vaplic_reg {
	enum vaplic_reg_kind	kind;
	u32		nr;	/* source, word or hart: within the arrays */
};

/**
 * vaplic_reg_source() - Is there such a source?
 * @a:      The domain.
 * @source: Any number; if there is, it is safe as an index of the arrays.
 *
 * Context: Any.
 */
bool vaplic_reg_source(const struct vaplic *a, u32 *source);

/**
 * vaplic_reg_at() - Find a register.
 * @a:      The domain.
 * @offset: Any.
 *
 * Context: Any.
 * Return:  The register; VAPLIC_REG_NONE for what is not aligned, reserved or not there, as the
 *          domain has fewer sources or harts.
 */
struct vaplic_reg vaplic_reg_at(const struct vaplic *a, u32 offset);

/**
 * vaplic_reg_order() - Between the byte order of a register and that of a little-endian hart.
 * @a:     The domain: domaincfg.BE tells.
 * @reg:   The register: setipnum_le and setipnum_be have their own.
 * @value: In one of the orders.
 *
 * Context: Any.
 * Return:  In the other.
 */
u32 vaplic_reg_order(const struct vaplic *a, struct vaplic_reg reg, u32 value);

/**
 * vaplic_reg_by_number() - Writing a register "by number" is writing one bit of an array.
 * @a:     The domain.
 * @reg:   Any register.
 * @value: What is written there: a source, which becomes its bit.
 *
 * Context: Any.
 * Return:  The word of the array, VAPLIC_REG_NONE if there is no such source; @reg if it is no such
 *          register.
 */
struct vaplic_reg vaplic_reg_by_number(const struct vaplic *a, struct vaplic_reg reg, u32 *value);

#endif
