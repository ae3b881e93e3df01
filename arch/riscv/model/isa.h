/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ISA extensions by the numbers of the ABI: what a host has, what a guest is given, and which
 * change userspace may make. Pure; the rows are in isa.def.
 */
#ifndef RVH_MODEL_ISA_H
#define RVH_MODEL_ISA_H

#include <linux/types.h>

enum rvisa_id {
#define ISA(number, identifier, name, policy, host, needs)	RVISA_##identifier = (number),
#include "isa.def"
	RVISA_COUNT
};

/* May userspace take the extension from a vCPU? */
enum rvisa_policy {
	RVISA_FIXED,		/* no: nothing would make its instructions trap */
	RVISA_TOGGLE,		/* yes */
	RVISA_NEVER,		/* it is never given: no nested virtualization */
	RVISA_IF_SMSTATEEN,	/* only where the host has Smstateen */
	RVISA_IF_SVADU,		/* only where the host has Svadu, whose control bit it is */
};

struct rvisa_ext {
	const char		*name;		/* lower case, as in a device tree */
	enum rvisa_policy	policy;
	u8			host;		/* enum rvisa_id: offered if the host has this */
	u8			needs;		/* and enabled if it has this, too */
};

struct rvisa_set {
	u64	bits[2];
};

static inline bool rvisa_has(const struct rvisa_set *set, u32 nr)
{
	return nr < RVISA_COUNT && set->bits[nr / 64 % 2] >> (nr % 64) & 1;
}

static inline void rvisa_add(struct rvisa_set *set, enum rvisa_id id)
{
	set->bits[id / 64 % 2] |= 1ull << (id % 64);
}

static inline void rvisa_remove(struct rvisa_set *set, enum rvisa_id id)
{
	set->bits[id / 64 % 2] &= ~(1ull << (id % 64));
}

/* What both sets have: the common part of unlike harts. */
static inline void rvisa_intersect(struct rvisa_set *set, const struct rvisa_set *other)
{
	set->bits[0] &= other->bits[0];
	set->bits[1] &= other->bits[1];
}

/**
 * rvisa_by_number() - Row of isa.def.
 * @nr: KVM_RISCV_ISA_EXT_* or any other number.
 *
 * The index is bounded by masking as well, so speculation past the check stays in the table.
 *
 * Context: Any.
 * Return: The row; NULL when there is none.
 */
const struct rvisa_ext *rvisa_by_number(u32 nr);

/**
 * rvisa_parse_name() - Add one extension by its name.
 * @name: As in a riscv,isa-extensions list, case ignored; need not end in NUL.
 * @len:  Bytes of the name.
 * @set:  Gets the extension, or all of a bundle such as zkn. When the last name was added, call
 *        rvisa_imply().
 *
 * Context: Any.
 * Return: 0; -ENOENT when the ABI has no number for it, which is no error in a list.
 */
int rvisa_parse_name(const char *name, size_t len, struct rvisa_set *set);

/**
 * rvisa_parse_string() - Read an ISA string, such as rv64imafdc_zicsr_svinval.
 * @s:   Value of riscv,isa or of the ISA string in an ACPI RHCT; need not end in NUL.
 * @len: Bytes of @s; a NUL ends it earlier.
 * @set: Overwritten with what the string names and implies. Unknown names are passed over.
 *
 * Case is ignored, versions (2p1) are passed over, g is expanded.
 *
 * Context: Any.
 * Return: 0; -EINVAL when it is no RV64 string or has a character that none may have, and then
 *         *@set is empty.
 */
int rvisa_parse_string(const char *s, size_t len, struct rvisa_set *set);

/**
 * rvisa_imply() - Add what the members of a set imply.
 * @set: Changed in place.
 *
 * Context: Any.
 */
void rvisa_imply(struct rvisa_set *set);

/**
 * rvisa_may_change() - May userspace set an extension of a vCPU to this value?
 * @host:   What can be given to guests.
 * @vcpu:   What the vCPU has now.
 * @nr:     Number from userspace, any value.
 * @enable: The value to set.
 *
 * Setting what is already so is always allowed. The first KVM_RUN closes the set: that is the
 * caller's question.
 *
 * Context: Any.
 * Return: 0; -ENOENT for an unknown number or one that the host lacks; -EINVAL when the extension
 *         cannot be given or cannot be taken away.
 */
int rvisa_may_change(const struct rvisa_set *host, const struct rvisa_set *vcpu, u32 nr,
		     bool enable);

/**
 * rvisa_default() - What a new vCPU has.
 * @host: What can be given to guests.
 * @vcpu: Filled: everything that may be enabled.
 *
 * Context: Any.
 */
void rvisa_default(const struct rvisa_set *host, struct rvisa_set *vcpu);

/**
 * rvisa_offered() - Has the host what backs this extension?
 * @host: What can be given to guests.
 * @nr:   Number from userspace, any value.
 *
 * Context: Any.
 * Return: True when the ISA_EXT register of @nr exists; its value is rvisa_has() of the vCPU.
 */
bool rvisa_offered(const struct rvisa_set *host, u32 nr);

/**
 * rvisa_letters() - The single-letter extensions, as misa has them.
 * @set: Any set.
 *
 * Context: Any.
 * Return: Bit 0 for A to bit 25 for Z; the value of the CONFIG register isa.
 */
u64 rvisa_letters(const struct rvisa_set *set);

/**
 * rvisa_set_letters() - Write to the CONFIG register isa.
 * @host:    What can be given to guests.
 * @vcpu:    Changed on success. Letters that may not be changed keep their value.
 * @misa:    Bits as rvisa_letters() gives them.
 *
 * Context: Any.
 * Return: 0; -EINVAL when a bit is no letter, and then *@vcpu is as before.
 */
int rvisa_set_letters(const struct rvisa_set *host, struct rvisa_set *vcpu, u64 misa);

#endif
