/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine with interrupt controllers in the kernel, and guest code that makes use of them. */
#ifndef AIA_H
#define AIA_H

#include "abi.h"

#include <pthread.h>

#define AIA_HARTS	2
#define AIA_IDS		255
#define AIA_SOURCES	96
#define AIA_APLIC	0x0d000000UL
#define AIA_IMSIC	0x28000000UL	/* a page for each hart */
#define AIA_PAGE	0x1000UL

/* Guest-physical */
#define AIA_CODE	(ABI_RAM + 0x10000)
#define AIA_COUNTERS	(ABI_RAM + 0x20000)	/* of each hart a page: 64 bits for each identity */
#define AIA_STOP	(ABI_RAM + 0x30000)

/* Registers of an interrupt file, by siselect */
#define EIDELIVERY	0x70
#define EITHRESHOLD	0x72
#define EIP0		0x80
#define EIE0		0xc0

/* Offsets of registers of the APLIC */
#define DOMAINCFG	0x0000
#define SOURCECFG(n)	(4 * (n))
#define SETIP(n)	(0x1c00 + 4 * (n))
#define SETIPNUM	0x1cdc
#define IN_CLRIP(n)	(0x1d00 + 4 * (n))
#define CLRIPNUM	0x1ddc
#define SETIE(n)	(0x1e00 + 4 * (n))
#define SETIENUM	0x1edc
#define CLRIENUM	0x1fdc
#define SETIPNUM_LE	0x2000
#define SETIPNUM_BE	0x2004
#define GENMSI		0x3000
#define TARGET(n)	(0x3000 + 4 * (n))
#define IDELIVERY(hart)	(0x4000 + 32 * (hart))
#define IFORCE(hart)	(0x4004 + 32 * (hart))
#define ITHRESHOLD(hart) (0x4008 + 32 * (hart))
#define TOPI(hart)	(0x4018 + 32 * (hart))
#define CLAIMI(hart)	(0x401c + 32 * (hart))

#define DOMAINCFG_IE	(1 << 8)
#define DOMAINCFG_DM	(1 << 2)
#define DETACHED	1
#define EDGE1		4
#define EDGE0		5
#define LEVEL1		6
#define LEVEL0		7
#define TARGET_HART(n)	((uint32_t)(n) << 18)

#define SIP_SEIP	(1 << 9)
/* What stopei and claimi hold. */
#define TOP(id, prio)	((uint64_t)(id) << 16 | (prio))
#define TOPEI(id)	TOP(id, id)

struct aia {
	struct abi_vm	hart[AIA_HARTS];	/* the first one has the VM and its memory */
	int		dev;
	struct aia_thread {
		struct aia	*m;
		unsigned int	nr;
		pthread_t	id;
	}		thread[AIA_HARTS];
	volatile bool	stop;
	volatile bool	done[AIA_HARTS];	/* its guest has said function 0 */
};

bool aia_is_possible(void);
/* Can this host do it? If not, the program is at its end: says so in TAP. */
bool aia_is_there(void);

/**
 * aia_add() - Interrupt controllers for a VM of any test, with all its vCPUs and none that ran.
 * @vm:    The machine.
 * @vcpus: How many it has.
 *
 * Where the harts have no Ssaia, all illegal instructions of its guest go through the hypervisor.
 *
 * Return: The device; -1 where the host has no such controllers, as in-tree KVM there.
 */
int aia_add(struct abi_vm *vm, unsigned int vcpus);
/* Its steps: the device, or -1; where its parts are; then aia_init(). */
int aia_device(const struct abi_vm *vm);
void aia_place(int dev, unsigned int vcpus);

/* KVM_DEV_RISCV_AIA_MODE_* that aia_configure() sets; at first EMUL */
extern uint32_t aia_mode;
/* Does this host have guest interrupt files? */
bool aia_has_guest_files(void);
/* All that this host has, one after the other. Return: there is another one, now set. */
bool aia_next_mode(void);
const char *aia_mode_name(void);
/* How often hart @nr of the machine had its file put into a guest interrupt file. */
int64_t aia_loads(const struct aia *m, unsigned int nr);

/* ---- the device ----------------------------------------------------------------------------- */

/* A VM with harts, and a device that knows nothing yet. */
void aia_begin(struct aia *m);
/* It, with everything but KVM_DEV_RISCV_AIA_CTRL_INIT. */
void aia_configure(struct aia *m, bool direct);
void aia_create(struct aia *m, bool direct);
void aia_destroy(struct aia *m);
int aia_new_vcpu(const struct aia *m, unsigned long id);

int aia_attr(int dev, unsigned long cmd, uint32_t group, uint64_t attr, void *value);
int aia_config(int dev, uint64_t attr, uint32_t value);
int aia_addr(int dev, uint64_t attr, uint64_t value);
int aia_init(int dev);
uint32_t aia_aplic(const struct aia *m, uint64_t attr);
void aia_set_aplic(const struct aia *m, uint64_t attr, uint32_t value);
uint64_t aia_file(const struct aia *m, unsigned int nr, uint32_t iselect);
void aia_set_file(const struct aia *m, unsigned int nr, uint32_t iselect, uint64_t value);

/* ---- interrupts ----------------------------------------------------------------------------- */

int aia_line(const struct aia *m, uint32_t irq, uint32_t level);
int aia_msi(const struct aia *m, unsigned int nr, uint32_t id);

/* ---- the guest ------------------------------------------------------------------------------ */

/* Each does one thing; aia_do() returns what it read. */
extern const uint8_t aia_store[], aia_load[], aia_sireg_read[], aia_sireg_write[];
extern const uint8_t aia_sireg_set[], aia_sireg_clear[], aia_top[], aia_claim[], aia_stopi[];
extern const uint8_t aia_sip[];
/* Counts what it is interrupted by, until AIA_STOP is not 0 and an interrupt comes. */
extern const uint8_t aia_count[];

uint64_t aia_address(const uint8_t *code);
uint64_t aia_do(struct abi_vm *hart, const uint8_t *code, uint64_t a0, uint64_t a1);
/* The same; the guest's trap is what is wanted. Return: scause, or 0. */
uint64_t aia_trap(struct abi_vm *hart, const uint8_t *code, uint64_t a0, uint64_t a1);
uint32_t aia_mmio(struct aia *m, uint32_t offset);
void aia_set_mmio(struct aia *m, uint32_t offset, uint32_t value);
/* All identities of all harts are enabled and delivered. */
void aia_enable(struct aia *m);

/* Harts go on from where their registers say, each in a thread, until they are stopped. */
void aia_boot_counters(struct aia *m);
void aia_go(struct aia *m);
void aia_halt(struct aia *m);
/* Have the guests end by themselves; @id is used for that. Return: they did. */
bool aia_end_counters(struct aia *m, uint32_t id);
uint64_t aia_counted(const struct aia *m, unsigned int nr, uint32_t id);

/**
 * aia_flood() - Send MSIs from two threads to all harts, which are counting.
 * @m:     The machine, after aia_go().
 * @posts: Of each thread.
 *
 * Each identity is one thread's, which sends the next MSI of it when the guest has counted the last
 * one: so each has to be counted, and none may be twice.
 *
 * Return: All were counted; the last ones only after aia_end_counters().
 */
bool aia_flood(struct aia *m, unsigned int posts);
/* The sum of what was counted of aia_flood(). */
uint64_t aia_flood_sum(const struct aia *m);

#endif
