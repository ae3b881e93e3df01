/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One interrupt file in software: AIA v1.0 chapter 3 (Incoming MSI Controller), RV64. Pure.
 *
 * Nobody takes a lock. MSIs are posted from any context, while the vCPU that owns the file reads
 * and writes it and userspace may write it, too: each word changes by one atomic operation that is
 * a full barrier. What remains for callers is that the signal to the vCPU (VSEIP, or a request)
 * must not get lost. Each side writes, then looks at what the other one wrote:
 *
 *	who posts			vimsic_post(); if true: raise the signal
 *	who claims, masks, restores	change the file; lower the signal; full barrier;
 *					if vimsic_signals(): raise it again
 *
 * Whoever changes the file in the second way and does not lower the signal may leave out the
 * barrier. The signal is changed by atomic operations.
 */
#ifndef RVH_MODEL_VIMSIC_H
#define RVH_MODEL_VIMSIC_H

#include <linux/types.h>

#define VIMSIC_MIN_IDS		63
#define VIMSIC_MAX_IDS		2047
#define VIMSIC_WORDS		32	/* of 64 identities */

/* Registers by *iselect, §3.7 (CSRs for external interrupts via an IMSIC) */
#define VIMSIC_EIDELIVERY	0x70
#define VIMSIC_EITHRESHOLD	0x72
#define VIMSIC_EIP0		0x80
#define VIMSIC_EIE0		0xc0
#define VIMSIC_FIRST		0x70
#define VIMSIC_LAST		0xff

/* The page of an interrupt file, §3.5 (Memory region for an interrupt file) */
#define VIMSIC_PAGE_SIZE	0x1000
#define VIMSIC_SETEIPNUM_LE	0
#define VIMSIC_SETEIPNUM_BE	4

/* Identity i is bit i of each array; bit 0 and what is above @nr_ids never is set. */
struct vimsic {
	u32		nr_ids;		/* 63 to 2047, one less than a multiple of 64; constant */
	unsigned long	eidelivery;	/* 0 or 1 */
	unsigned long	eithreshold;
	unsigned long	eip[VIMSIC_WORDS];
	unsigned long	eie[VIMSIC_WORDS];
};

/* All registers of a file, to move its contents to or from the hart's. */
struct vimsic_regs {
	unsigned long	eidelivery;
	unsigned long	eithreshold;
	unsigned long	eip[VIMSIC_WORDS];	/* eip0, eip2, ... */
	unsigned long	eie[VIMSIC_WORDS];
};

/**
 * vimsic_init() - An interrupt file after reset: nothing pending, enabled or delivered.
 * @f:      Filled.
 * @nr_ids: Highest identity: VIMSIC_MIN_IDS to VIMSIC_MAX_IDS, one less than a multiple of 64.
 *
 * Context: Nobody else uses the file.
 */
void vimsic_init(struct vimsic *f, u32 nr_ids);

/**
 * vimsic_post() - An MSI arrives.
 * @f:  The file.
 * @id: Identity. What is none, 0 or above nr_ids, is ignored.
 *
 * A full barrier if @id is one: what the sender did before is seen by who claims it.
 *
 * Context: Any.
 * Return:  Whether the signal has to be raised: @id was not pending before, and is one that the
 *          file signals now. If it was pending, who posted it first raises it.
 */
bool vimsic_post(struct vimsic *f, u32 id);

/**
 * vimsic_top() - The value of stopei: §3.9 (Top external interrupt CSRs).
 * @f: The file.
 *
 * eidelivery has no influence on it.
 *
 * Context: Any. No barrier.
 * Return:  Identity in bits 26..16 and again in bits 10..0; 0 for none.
 */
u32 vimsic_top(const struct vimsic *f);

/**
 * vimsic_signals() - The interrupt signal to the hart: §3.10 (Interrupt delivery and handling).
 * @f: The file.
 *
 * Context: Any. No barrier: see the start of this file.
 */
bool vimsic_signals(const struct vimsic *f);

/**
 * vimsic_claim() - A write to stopei.
 * @f:   The file.
 * @top: What vimsic_top() returned, and the same instruction reads if it reads; 0 does nothing.
 *
 * A full barrier. An interrupt of higher priority that came meanwhile stays pending.
 *
 * Context: Any.
 */
void vimsic_claim(struct vimsic *f, u32 top);

/**
 * vimsic_rmw() - One access by *ireg: §3.8 (Indirectly accessed interrupt-file registers).
 * @f:       The file.
 * @iselect: Value of *iselect; any.
 * @old:     Set to the value that is read; left alone on error.
 * @new:     Value for the bits that @mask names.
 * @mask:    Bits to write; 0 reads only.
 *
 * One atomic step, and a full barrier if @mask names a bit that exists. Others are read-only 0, so
 * are the reserved registers. eidelivery keeps bit 0 of what is written: as the file of a guest, it
 * does not know 0x40000000.
 *
 * Context: Any.
 * Return:  0; -EINVAL no such register: beyond VIMSIC_FIRST to VIMSIC_LAST, or one of the odd ones
 *          of the arrays, which RV64 does not have.
 */
int vimsic_rmw(struct vimsic *f, unsigned long iselect, unsigned long *old, unsigned long new,
	       unsigned long mask);

/**
 * vimsic_get() - Read a register for userspace.
 * @f:       The file.
 * @iselect: As for vimsic_rmw().
 * @value:   Filled on success.
 *
 * Context: Any.
 * Return:  0; -EINVAL as vimsic_rmw().
 */
int vimsic_get(const struct vimsic *f, unsigned long iselect, unsigned long *value);

/**
 * vimsic_set() - Replace a register for userspace.
 * @f:       The file.
 * @iselect: As for vimsic_rmw().
 * @value:   Any; bits that do not exist are dropped.
 *
 * Context: Any. A full barrier as vimsic_rmw(); then look at vimsic_signals().
 * Return:  0; -EINVAL as vimsic_rmw().
 */
int vimsic_set(struct vimsic *f, unsigned long iselect, unsigned long value);

/**
 * vimsic_page_id() - What a store to the page of any file posts.
 * @offset: Within the page.
 * @len:    Bytes stored. Only 4 of them at an aligned offset mean something.
 * @value:  As a little-endian hart stores it.
 *
 * Context: Any.
 * Return:  A number, which may be no identity of the file; 0 for what is ignored.
 */
u32 vimsic_page_id(u32 offset, unsigned int len, u32 value);

/**
 * vimsic_write_page() - A store to the file's page.
 * @f:      The file.
 * @offset, @len, @value: As for vimsic_page_id().
 *
 * Loads need no function: all of the page reads as 0.
 *
 * Context: Any.
 * Return:  As vimsic_post(); false for what is ignored.
 */
bool vimsic_write_page(struct vimsic *f, u32 offset, unsigned int len, u32 value);

/**
 * vimsic_take() - Take what the file holds, to put it elsewhere.
 * @f:    The file. Nothing is pending afterwards; the rest is as before.
 * @regs: Filled.
 *
 * MSIs are to go elsewhere already. What is posted yet by who did not know of that stays in the
 * file: take a second time when nobody can, and add the eip array.
 *
 * Context: Any.
 */
void vimsic_take(struct vimsic *f, struct vimsic_regs *regs);

/**
 * vimsic_merge() - Put what another file held into this one.
 * @f:    The file, which MSIs may arrive at already: what is pending stays so.
 * @regs: Any values; bits that do not exist are dropped. All but eip replaces what was there.
 *
 * Context: Any. A full barrier; then look at vimsic_signals().
 */
void vimsic_merge(struct vimsic *f, const struct vimsic_regs *regs);

#endif
