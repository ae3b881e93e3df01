// SPDX-License-Identifier: GPL-2.0-only
/*
 * SBI calls that KVM leaves to userspace, after the RISC-V Supervisor Binary Interface
 * Specification 2.0.
 */
#include "sbi.h"

#include "ram.h"

#define SBI_SUCCESS		0
#define SBI_ERR_NOT_SUPPORTED	((uint64_t)-2)
#define SBI_ERR_INVALID_PARAM	((uint64_t)-3)

#define EXT_LEGACY_PUTCHAR	0x01
#define EXT_LEGACY_GETCHAR	0x02
#define EXT_BASE		0x10
#define BASE_PROBE_EXTENSION	3

#define EXT_DBCN		0x4442434e
#define DBCN_WRITE		0
#define DBCN_READ		1
#define DBCN_WRITE_BYTE		2

/* Chapters 5 and following: experimental and vendor-specific extension spaces. */
#define EXT_EXPERIMENTAL_FIRST	0x08000000
#define EXT_VENDOR_LAST		0x09ffffff

/*
 * Bytes moved by one call. A partial transfer is allowed ("Debug Console Extension"), and
 * keeps one call from holding up its vCPU for as long as the guest likes.
 */
#define DBCN_CHUNK		4096

static bool sbi_in_user_range(uint64_t extension)
{
	return extension >= EXT_EXPERIMENTAL_FIRST && extension <= EXT_VENDOR_LAST;
}

/*
 * Translate num_bytes (a0), base_addr_lo (a1) and base_addr_hi (a2). On RV64 the high part
 * names addresses from 2^64 on, where no guest has memory. The whole range must be memory.
 */
static void *dbcn_buffer(const struct sbi_call *call, const struct ram *ram)
{
	if (call->args[2])
		return NULL;
	return ram_ptr(ram, call->args[1], call->args[0]);
}

static size_t dbcn_length(const struct sbi_call *call)
{
	return call->args[0] < DBCN_CHUNK ? (size_t)call->args[0] : DBCN_CHUNK;
}

static uint64_t dbcn_write(struct sbi_call *call, const struct sbi_console *console,
			   const struct ram *ram)
{
	const void *buf = dbcn_buffer(call, ram);
	size_t len = dbcn_length(call);

	if (!buf)
		return SBI_ERR_INVALID_PARAM;
	if (len)
		console->tx(console->ctx, buf, len);
	call->value = len;
	return SBI_SUCCESS;
}

static uint64_t dbcn_read(struct sbi_call *call, const struct sbi_console *console,
			  const struct ram *ram)
{
	void *buf = dbcn_buffer(call, ram);
	size_t len = dbcn_length(call);

	if (!buf)
		return SBI_ERR_INVALID_PARAM;
	call->value = len && console->rx ? console->rx(console->ctx, buf, len) : 0;
	return SBI_SUCCESS;
}

static uint64_t dbcn_handle(struct sbi_call *call, const struct sbi_console *console,
			    const struct ram *ram)
{
	uint8_t byte = (uint8_t)call->args[0];

	switch (call->function) {
	case DBCN_WRITE:
		return dbcn_write(call, console, ram);
	case DBCN_READ:
		return dbcn_read(call, console, ram);
	case DBCN_WRITE_BYTE:
		console->tx(console->ctx, &byte, 1);
		return SBI_SUCCESS;
	default:
		return SBI_ERR_NOT_SUPPORTED;
	}
}

static uint64_t legacy_getchar(const struct sbi_console *console)
{
	uint8_t byte;

	if (console->rx && console->rx(console->ctx, &byte, 1))
		return byte;
	return (uint64_t)-1;
}

bool sbi_handle(struct sbi_call *call, const struct sbi_console *console, const struct ram *ram)
{
	uint8_t byte = (uint8_t)call->args[0];

	call->value = 0;
	switch (call->extension) {
	case EXT_DBCN:
		call->error = dbcn_handle(call, console, ram);
		return true;
	case EXT_LEGACY_PUTCHAR:
		console->tx(console->ctx, &byte, 1);
		call->error = SBI_SUCCESS;
		return true;
	case EXT_LEGACY_GETCHAR:
		call->error = legacy_getchar(console);
		return true;
	case EXT_BASE:
		/* Only whether an extension of the user ranges exists: none does. */
		if (call->function != BASE_PROBE_EXTENSION || !sbi_in_user_range(call->args[0]))
			return false;
		call->error = SBI_SUCCESS;
		return true;
	default:
		call->error = SBI_ERR_NOT_SUPPORTED;
		return sbi_in_user_range(call->extension);
	}
}
