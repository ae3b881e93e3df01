/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An interrupt domain of an APLIC: AIA v1.0 chapter 4 (Advanced Platform-Level Interrupt
 * Controller). Supervisor level, a leaf, one delivery mode for all its life. Pure: what is to be
 * done is in struct vaplic_out.
 *
 * The caller serialises all calls of one domain (vaplic_get() and others that take it const among
 * them) and does what an out says before it lets go of the lock, in this order:
 *
 *	1. out.acked: lower the wires of those sources whose devices wait for that (resampling), by
 *	   vaplic_input() with another out. Their devices are told after the lock.
 *	2. out.msi: send them.
 *	3. out.idc: set the signal of each hart to vaplic_idc_signals(); with out.all_idcs, do so
 *	   for all.
 *	4. out.more: call vaplic_more(), and start over. This is how a burst stays bounded: the lock
 *	   may be dropped before it. What is not sent yet is kept in the domain, and comes out of
 *	   whichever call is next.
 */
#ifndef RVH_MODEL_VAPLIC_H
#define RVH_MODEL_VAPLIC_H

#include <linux/types.h>

#define VAPLIC_MAX_SOURCES	1023
#define VAPLIC_MAX_HARTS	16384	/* §4.3 (Hart index numbers) */
#define VAPLIC_WORDS		32	/* of 32 sources */
#define VAPLIC_HART_BITS	14	/* widths of the fields of target registers */
#define VAPLIC_GUEST_BITS	6

/* §4.5 (Memory-mapped control region for an interrupt domain) */
#define VAPLIC_DOMAINCFG	0x0000
#define VAPLIC_SOURCECFG	0x0000	/* + 4 * source, so are VAPLIC_TARGET */
#define VAPLIC_SETIP		0x1c00	/* + 4 * word, so are the other bit arrays */
#define VAPLIC_SETIPNUM		0x1cdc
#define VAPLIC_IN_CLRIP		0x1d00
#define VAPLIC_CLRIPNUM		0x1ddc
#define VAPLIC_SETIE		0x1e00
#define VAPLIC_SETIENUM		0x1edc
#define VAPLIC_CLRIE		0x1f00
#define VAPLIC_CLRIENUM		0x1fdc
#define VAPLIC_SETIPNUM_LE	0x2000
#define VAPLIC_SETIPNUM_BE	0x2004
#define VAPLIC_GENMSI		0x3000
#define VAPLIC_TARGET		0x3000
#define VAPLIC_IDC		0x4000	/* + VAPLIC_IDC_SIZE * hart index + one of the next */
#define VAPLIC_IDC_SIZE		32
#define VAPLIC_IDELIVERY	0x00
#define VAPLIC_IFORCE		0x04
#define VAPLIC_ITHRESHOLD	0x08
#define VAPLIC_TOPI		0x18
#define VAPLIC_CLAIMI		0x1c

/* Bits of domaincfg */
#define VAPLIC_DOMAINCFG_RO	0x80000000u
#define VAPLIC_DOMAINCFG_IE	(1u << 8)
#define VAPLIC_DOMAINCFG_DM	(1u << 2)
#define VAPLIC_DOMAINCFG_BE	(1u << 0)

/* sourcecfg: a bit that a leaf does not have, and source modes */
#define VAPLIC_SOURCECFG_D	(1u << 10)
enum vaplic_mode {
	VAPLIC_INACTIVE	= 0,
	VAPLIC_DETACHED	= 1,
	VAPLIC_EDGE1	= 4,
	VAPLIC_EDGE0	= 5,
	VAPLIC_LEVEL1	= 6,
	VAPLIC_LEVEL0	= 7,
};

/* What a domain is like. The caller has checked that it is within the limits above. */
struct vaplic_config {
	u16	nr_sources;	/* 0 to VAPLIC_MAX_SOURCES */
	bool	direct;		/* direct delivery; else by MSIs */
	u16	nr_idcs;	/* direct: harts with a signal, by hart index; else 0 */
	u8	hart_bits;	/* width of hart indexes; more than the fields have is as that */
	u8	guest_bits;	/* MSIs: width of guest indexes; so is this */
	u16	nr_ids;		/* MSIs: highest identity of the harts' interrupt files, to 2047 */
};

/* 32 sources, a bit each. Active, wired, level and inverted are the source modes. */
struct vaplic_word {
	u32	input;		/* values of the wires */
	u32	active;
	u32	wired;		/* neither inactive nor detached */
	u32	level;
	u32	inverted;
	u32	pending;
	u32	enabled;
};

struct vaplic_idc {
	u8	idelivery;
	u8	iforce;
	u8	ithreshold;
};

struct vaplic {
	struct vaplic_config	config;
	u32			domaincfg;	/* IE and BE */
	u32			genmsi;
	u32			forward;	/* MSIs: words that may have some to send */
	struct vaplic_word	word[VAPLIC_WORDS];
	struct vaplic_idc	*idc;		/* config.nr_idcs, behind the targets */
	u32			target[];	/* by source, [0] is not used */
};

struct vaplic_msi {
	u16	hart;		/* index; any that its width allows */
	u8	guest;
	u16	eiid;
};

struct vaplic_out {
	bool			more;		/* call vaplic_more() */
	bool			all_idcs;	/* all signals may have changed, not just @idc */
	u8			nr_msis;
	u8			nr_idcs;
	u8			acked_word;	/* @acked: sources 32 * this + bit, all level */
	u32			acked;
	struct vaplic_msi	msi[32];
	u16			idc[32];	/* these signals may have changed */
};

/**
 * vaplic_size() - Memory for a domain.
 * @config: What it is like.
 *
 * Context: Any.
 * Return:  Bytes.
 */
size_t vaplic_size(const struct vaplic_config *config);

/**
 * vaplic_init() - A domain after reset: all sources inactive, all wires low, nothing delivered.
 * @a:      vaplic_size() bytes, aligned as for a pointer. Filled.
 * @config: What it is like.
 *
 * Context: Nobody else uses the domain.
 */
void vaplic_init(struct vaplic *a, const struct vaplic_config *config);

/**
 * vaplic_input() - The value of a wire.
 * @a:      The domain.
 * @source: Any number; one that the domain does not have is ignored.
 * @level:  High.
 * @out:    Filled.
 *
 * Context: See the start of this file.
 */
void vaplic_input(struct vaplic *a, u32 source, bool level, struct vaplic_out *out);

/**
 * vaplic_write() - A store of 32 bits by a hart.
 * @a:      The domain.
 * @offset: Into the control region; any. What is not aligned or no register is ignored.
 * @value:  As a little-endian hart stores it.
 * @out:    Filled.
 *
 * The caller ignores stores of another size.
 *
 * Context: See the start of this file.
 */
void vaplic_write(struct vaplic *a, u32 offset, u32 value, struct vaplic_out *out);

/**
 * vaplic_read() - A load of 32 bits by a hart.
 * @a:      The domain.
 * @offset: Into the control region; any.
 * @out:    Filled: reading claimi claims; in MSI mode, reading in_clrip acknowledges level
 *          sensitive sources that were forwarded and are found asserted (§4.9.2, first option).
 *
 * Context: See the start of this file. Loads of another size read 0.
 * Return:  As a little-endian hart loads it; 0 for what is not aligned or no register.
 */
u32 vaplic_read(struct vaplic *a, u32 offset, struct vaplic_out *out);

/**
 * vaplic_more() - Go on where the last call stopped.
 * @a:   The domain.
 * @out: Filled; empty if there is nothing to do.
 *
 * Context: See the start of this file.
 */
void vaplic_more(struct vaplic *a, struct vaplic_out *out);

/**
 * vaplic_idc_signals() - The external interrupt signal of a hart: §4.8.2.
 * @a:    The domain.
 * @hart: Hart index; any. There is no signal without an IDC structure.
 *
 * Context: See the start of this file.
 */
bool vaplic_idc_signals(const struct vaplic *a, u32 hart);

/**
 * vaplic_get() - Read a register for userspace.
 * @a:      The domain.
 * @offset: Into the control region; any.
 *
 * Nothing changes, and domaincfg.BE has no influence.
 *
 * Context: See the start of this file.
 * Return:  Its value; 0 for what is not aligned or holds no state.
 */
u32 vaplic_get(const struct vaplic *a, u32 offset);

/**
 * vaplic_set() - Replace a register for userspace.
 * @a:      The domain.
 * @offset: Into the control region; any.
 * @value:  Any. What no guest could bring about is dropped: bits that do not exist, all of inactive
 *          sources, pending level-sensitive sources whose wire is not asserted.
 *
 * State is: domaincfg, sourcecfg, setip, setie (each the whole word), genmsi, target, idelivery,
 * iforce, ithreshold; other offsets are ignored, so that all that was read may be written back. To
 * restore a domain, set the wires, then registers by ascending offset. Nothing is sent by this:
 * when all is set, call vaplic_more() until it has nothing more and set all signals.
 *
 * Context: See the start of this file.
 */
void vaplic_set(struct vaplic *a, u32 offset, u32 value);

/**
 * vaplic_get_inputs() - Read wires for userspace.
 * @a:    The domain.
 * @word: Sources 32 * @word to 32 * @word + 31; any.
 *
 * Context: See the start of this file.
 * Return:  Values of the wires, as vaplic_input() set them.
 */
u32 vaplic_get_inputs(const struct vaplic *a, u32 word);

/**
 * vaplic_set_inputs() - Replace wires for userspace; no edge is seen.
 * @a:     The domain.
 * @word:  As above.
 * @value: Values of the wires.
 *
 * Context: As vaplic_set().
 */
void vaplic_set_inputs(struct vaplic *a, u32 word, u32 value);

#endif
