/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs fuzz_*_test share: a guest that works off records, and the models that say what
 * it has to be told. FUZZ_SEED and FUZZ_SECONDS, for each part, are taken from the environment.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "abi.h"

/* fuzz_guest.S */
extern const uint8_t fuzz_start[], fuzz_end[], fuzz_calls[], fuzz_csrs[], fuzz_done[];
extern const uint8_t fuzz_handler[], fuzz_finish[];

#define FUZZ_CODE	(ABI_RAM + 0x10000)	/* fuzz_guest.S */
#define FUZZ_RECORDS	(ABI_RAM + 0x20000)
#define FUZZ_SAVED	(ABI_RAM + 0x70000)	/* of fuzz_handler */
#define FUZZ_INSNS	(ABI_RAM + 0x80000)	/* what fuzz_csrs calls; made-up instructions */
#define FUZZ_FREE	(ABI_RAM + 0x100000)	/* from here on memory is not used */

struct fuzz_call {
	uint64_t	args[6];
	uint64_t	fid;
	uint64_t	eid;
	uint64_t	error;		/* a0 */
	uint64_t	value;		/* a1 */
	uint64_t	changed;	/* not 0: another register is not what it was */
};

struct fuzz_csr {
	uint64_t	code;
	uint64_t	operand;
	uint64_t	user;		/* in U-mode */
	uint64_t	old;
	uint64_t	rd;
	uint64_t	new;
	uint64_t	cause;		/* all ones: no trap; 8: U-mode came to the end */
	uint64_t	tval;
	uint64_t	epc;
};

#define FUZZ_NO_TRAP	UINT64_MAX

/* ---- numbers ------------------------------------------------------------------------------- */

struct fuzz_random {
	uint64_t	state;
};

/* Told in the output: with it a run can be had again. */
uint64_t fuzz_seed(void);
unsigned int fuzz_seconds(void);
uint64_t fuzz_random(struct fuzz_random *random);
/* Below @limit. */
uint64_t fuzz_below(struct fuzz_random *random, uint64_t limit);
/* Ends of ranges, powers of two, addresses of the guest, neighbours of these; or any number. */
uint64_t fuzz_number(struct fuzz_random *random);

/* ---- instructions: fuzz_insn.c --------------------------------------------------------------- */

/* Any instruction, most of them nearly right. One of 16 bits is in the lower half. */
uint32_t fuzz_insn(struct fuzz_random *random);
static inline unsigned int fuzz_insn_len(uint32_t insn)
{
	return (insn & 3) == 3 ? 4 : 2;
}

/* ---- the guest ------------------------------------------------------------------------------ */

/* A VM whose first vCPU can be given records. */
void fuzz_vm_create(struct abi_vm *vm);
void *fuzz_at(struct abi_vm *vm, uint64_t gpa);
void fuzz_begin(struct abi_vm *vm, const uint8_t *label, unsigned int count);
/* Is this exit the one that says that all records are done? Then the guest can begin again. */
bool fuzz_is_done(struct abi_vm *vm);

/* ---- the models ----------------------------------------------------------------------------- */

#define FUZZ_HARTS	3

/* What a guest's SBI knows. */
struct sbi_machine {
	uint64_t	on;			/* bit: KVM_RISCV_SBI_EXT_* */
	uint64_t	harts[FUZZ_HARTS];	/* their ids; the first one makes the calls */
	uint64_t	state[FUZZ_HARTS];	/* as HSM tells it */
	uint64_t	gpa_limit;
	uint64_t	ids[3];			/* mvendorid, marchid, mimpid */
	struct sbi_features {
		uint64_t	offered, locked;	/* bit: feature of FWFT */
		uint64_t	value[6], reset[6];
		bool		pm7, pm16;		/* lengths of pointer masking */
	}	features;
	uint64_t	counters;		/* of the PMU */
};

enum sbi_kind {
	SBI_RETURNS,		/* error; value where it is known */
	SBI_FORWARDS,		/* userspace answers it */
	SBI_RESETS,		/* KVM_EXIT_SYSTEM_EVENT */
	SBI_NOT_JUDGED,		/* no rule here: not to be called */
};

struct sbi_wanted {
	enum sbi_kind	kind;
	long		error;
	long		or_error;	/* when two are right; or 0 */
	bool		any_value;
	bool		any_error;	/* what it was told before decides */
	uint64_t	value;
};

/* What the SBI v3.0 says to a call, and what it changes in the machine. */
struct sbi_wanted sbi_model(struct sbi_machine *machine, const struct fuzz_call *call);

enum csr_kind {
	CSR_ILLEGAL,		/* raises an illegal-instruction exception */
	CSR_READ_ONLY,		/* so does a write */
	CSR_READ_WRITE,		/* bits of @kept are as written, those of @zero read as zero */
	CSR_NOT_JUDGED,		/* depends on what is not known here; may trap, or not */
	CSR_NOT_TRIED,		/* would be the end of the guest */
};

struct csr_wanted {
	enum csr_kind	kind;
	uint64_t	kept;
	uint64_t	zero;
	uint64_t	safe;		/* bits of an operand that may be set; 0: all */
};

/* What a guest may have, beside RV64I with S- and U-mode. */
struct csr_machine {
	bool	fp, vector, sstc, smstateen, aia, pmu, zkr;
	bool	sscofpmf;		/* the host's hart has it */
	uint64_t scounteren;
};

struct csr_wanted csr_model(const struct csr_machine *machine, unsigned int csr, bool user);

#endif
