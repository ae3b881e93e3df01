/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_ISA_H
#define RVRUN_ISA_H

#include <stdbool.h>
#include <stddef.h>

#define ISA_NEXTENSIONS	78

/* Ids that the launcher itself asks for; the rest is known by name only. */
enum isa_id {
	ISA_ID_ZICBOM	= 11,
	ISA_ID_ZICBOZ	= 12,
	ISA_ID_SSAIA	= 14,
	ISA_ID_ZICBOP	= 71,
};

/** struct isa - Which extensions the guest has, by the ids of KVM's ISA_EXT registers. */
struct isa {
	bool	has[ISA_NEXTENSIONS];
};

/** isa_name() - The name of extension @id in a device tree, or NULL. */
const char *isa_name(unsigned int id);

/**
 * isa_string() - Fill @buf with the "riscv,isa" property, such as rv64imafdc_zicsr_sstc.
 *
 * Return: Its size with the final NUL, or 0 if @size is too small.
 */
size_t isa_string(const struct isa *isa, char *buf, size_t size);

/** isa_list() - The same for "riscv,isa-extensions": names, each with its NUL. */
size_t isa_list(const struct isa *isa, char *buf, size_t size);

#endif
