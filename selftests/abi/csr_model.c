// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which CSRs a guest has: Priv. v1.13 chapter 2 (CSR Listing), and the specifications of the
 * extensions named below. A guest has no hypervisor extension.
 */
#include "fuzz.h"

#define ALL		UINT64_MAX
#define UPTO(high)	(ALL >> (63 - (high)))
#define BITS(high, low)	(UPTO(high) & ~(UPTO(low) >> 1))

#define SATP_MODE	BITS(63, 60)

enum needs {
	NOTHING,
	FP,
	VECTOR,
	SSTC,
	SMSTATEEN,
	TIME,			/* scounteren, for U-mode */
	COUNTER,		/* likewise */
	HPM,
	SSCOFPMF,
	AIA,
	ZKR,
	UNKNOWN,		/* of extensions that guests are not given, but a hart may have */
};

struct row {
	uint16_t	first, last;
	enum needs	needs;
	enum csr_kind	kind;
	uint64_t	kept, zero, safe;
};

static const struct row rows[] = {
	{ 0x001, 0x001, FP, CSR_READ_WRITE, UPTO(4), ~UPTO(4), 0 },		/* fflags */
	{ 0x002, 0x002, FP, CSR_READ_WRITE, UPTO(2), ~UPTO(2), 0 },		/* frm */
	{ 0x003, 0x003, FP, CSR_READ_WRITE, UPTO(7), ~UPTO(7), 0 },		/* fcsr */
	{ 0x008, 0x00a, VECTOR, CSR_NOT_JUDGED, 0, 0, 0 },	/* vstart, vxsat, vxrm */
	{ 0x00f, 0x00f, VECTOR, CSR_NOT_JUDGED, 0, 0, 0 },	/* vcsr */
	{ 0x011, 0x011, UNKNOWN, CSR_NOT_JUDGED, 0, 0, 0 },	/* ssp: Zicfiss */
	{ 0x015, 0x015, ZKR, CSR_NOT_JUDGED, 0, 0, 0 },		/* seed */
	{ 0x017, 0x017, UNKNOWN, CSR_NOT_JUDGED, 0, 0, 0 },	/* jvt: Zcmt */

	/* sstatus: SIE, SPIE, SPP, SUM, MXR; UXL and more depend on the hart */
	{ 0x100, 0x100, NOTHING, CSR_READ_WRITE, 0xc0122, 0, 0xc0122 },
	/* sie, sip: an emulated hart (QEMU 10.0) takes bits 2, 6 and 10 for 1, 5 and 9, too */
	{ 0x104, 0x104, NOTHING, CSR_READ_WRITE, 0x222, ~0x2222UL, ~0x444UL },
	{ 0x105, 0x105, NOTHING, CSR_READ_WRITE, ~3UL, 2, ~3UL },		/* stvec */
	{ 0x106, 0x106, NOTHING, CSR_READ_WRITE, 7, ~UPTO(31), 0 },		/* scounteren */
	{ 0x10a, 0x10a, NOTHING, CSR_READ_WRITE, 0, 0, 0 },			/* senvcfg */
	{ 0x10c, 0x10f, SMSTATEEN, CSR_NOT_JUDGED, 0, 0, 0 },	/* sstateen */
	{ 0x120, 0x120, UNKNOWN, CSR_NOT_JUDGED, 0, 0, 0 },	/* scountinhibit: Ssccfg */
	{ 0x140, 0x140, NOTHING, CSR_READ_WRITE, ALL, 0, 0 },			/* sscratch */
	/* sepc: bit 0 is always 0, but an emulated hart (QEMU 10.0) keeps it */
	{ 0x141, 0x141, NOTHING, CSR_READ_WRITE, ~3UL, 0, 0 },
	{ 0x142, 0x142, NOTHING, CSR_READ_WRITE, UPTO(4), 0, 1UL << 63 | UPTO(4) }, /* scause */
	{ 0x143, 0x143, NOTHING, CSR_READ_WRITE, ALL, 0, 0 },			/* stval */
	{ 0x144, 0x144, NOTHING, CSR_READ_WRITE, 2, ~0x2222UL, ~0x444UL },
	{ 0x14d, 0x14d, SSTC, CSR_READ_WRITE, ALL, 0, 0 },			/* stimecmp */
	{ 0x14e, 0x14f, UNKNOWN, CSR_NOT_JUDGED, 0, 0, 0 },	/* sctrctl, sctrstatus: Ssctr */
	{ 0x150, 0x151, AIA, CSR_NOT_JUDGED, 0, 0, 0 },		/* siselect, sireg */
	{ 0x152, 0x157, UNKNOWN, CSR_NOT_JUDGED, 0, 0, 0 },	/* sireg2 to 6: Sscsrind */
	{ 0x15c, 0x15c, AIA, CSR_NOT_JUDGED, 0, 0, 0 },		/* stopei */
	{ 0x15f, 0x15f, UNKNOWN, CSR_NOT_JUDGED, 0, 0, 0 },	/* sctrdepth: Ssctr */
	/* satp: with MODE 0 nothing else of it has a meaning */
	{ 0x180, 0x180, NOTHING, CSR_READ_WRITE, 0, SATP_MODE, ~SATP_MODE },
	{ 0x181, 0x181, UNKNOWN, CSR_NOT_JUDGED, 0, 0, 0 },	/* srmcfg: Ssqosid */
	{ 0x5a8, 0x5a8, UNKNOWN, CSR_NOT_JUDGED, 0, 0, 0 },	/* scontext: Sdtrig */

	{ 0xc00, 0xc00, COUNTER, CSR_READ_ONLY, 0, 0, 0 },	/* cycle */
	{ 0xc01, 0xc01, TIME, CSR_READ_ONLY, 0, 0, 0 },
	{ 0xc02, 0xc02, COUNTER, CSR_READ_ONLY, 0, 0, 0 },	/* instret */
	{ 0xc03, 0xc1f, HPM, CSR_READ_ONLY, 0, 0, 0 },
	{ 0xc20, 0xc22, VECTOR, CSR_READ_ONLY, 0, 0, 0 },	/* vl, vtype, vlenb */
	{ 0xda0, 0xda0, SSCOFPMF, CSR_NOT_JUDGED, 0, 0, 0 },	/* scountovf */
	{ 0xdb0, 0xdb0, AIA, CSR_NOT_JUDGED, 0, 0, 0 },		/* stopi */
};

static bool is_there(const struct csr_machine *machine, const struct row *row, unsigned int csr,
		     bool user)
{
	switch (row->needs) {
	case NOTHING:
	case UNKNOWN:
		return true;
	case FP:
		return machine->fp;
	case VECTOR:
		return machine->vector;
	case SSTC:
		return machine->sstc;
	case SMSTATEEN:
		return machine->smstateen;
	case TIME:
		return !user || machine->scounteren >> (csr & 31) & 1;
	case COUNTER:
		/* With a PMU, only what SBI calls have it count; this guest makes none. */
		return !machine->pmu && (!user || machine->scounteren >> (csr & 31) & 1);
	case HPM:
		return false;
	case SSCOFPMF:
		return machine->sscofpmf;
	case AIA:
		return machine->aia;
	case ZKR:
		return machine->zkr;
	}
	return false;
}

struct csr_wanted csr_model(const struct csr_machine *machine, unsigned int csr, bool user)
{
	const struct csr_wanted illegal = { .kind = CSR_ILLEGAL };
	size_t i;

	/* §2.1: bits 9 and 8 are the lowest mode that has access. */
	if ((csr >> 8 & 3) > (user ? 0 : 1))
		return illegal;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		if (csr < row->first || csr > row->last)
			continue;
		if (!is_there(machine, row, csr, user))
			return illegal;
		return (struct csr_wanted) {
			.kind = row->kind, .kept = row->kept, .zero = row->zero,
			.safe = row->safe,
		};
	}
	return illegal;
}
