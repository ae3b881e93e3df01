/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_SBI_H
#define RVRUN_SBI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ram;

/** struct sbi_console - Console of the SBI calls; the functions are called from vCPU threads. */
struct sbi_console {
	/** Put out bytes, which may be guest memory; may block. */
	void	(*tx)(void *ctx, const void *buf, size_t len);
	/** Fetch up to @room bytes of input without blocking. NULL: there is no input. */
	size_t	(*rx)(void *ctx, uint8_t *buf, size_t room);
	void	*ctx;
};

/** struct sbi_call - A call that KVM forwards to userspace. */
struct sbi_call {
	uint64_t	extension;
	uint64_t	function;
	uint64_t	args[6];
	uint64_t	error;		/* a0 on return */
	uint64_t	value;		/* a1 on return */
};

/**
 * sbi_handle() - Serve a call: the debug console, the legacy console, and "not supported"
 * for the ranges that are ours to leave empty.
 *
 * Return: True if served; false if KVM should not have forwarded it.
 */
bool sbi_handle(struct sbi_call *call, const struct sbi_console *console, const struct ram *ram);

#endif
