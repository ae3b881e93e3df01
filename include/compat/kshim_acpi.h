/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI tables of the host, on kernels with and without ACPI. */
#ifndef COMPAT_KSHIM_ACPI_H
#define COMPAT_KSHIM_ACPI_H

#include <linux/acpi.h>
#include <linux/types.h>

/**
 * kshim_acpi_table() - Get a table of the firmware.
 * @signature: Its four letters.
 * @len:       Set to its length in bytes, on success.
 *
 * Context: Process context, sleeps.
 * Return:  The table, for kshim_acpi_table_put(); NULL where the host did not boot by ACPI, or has
 *          no such table.
 */
static inline void *kshim_acpi_table(const char *signature, size_t *len)
{
#ifdef CONFIG_ACPI
	struct acpi_table_header *table;
	char name[ACPI_NAMESEG_SIZE + 1];

	strscpy(name, signature, sizeof(name));
	if (acpi_disabled || ACPI_FAILURE(acpi_get_table(name, 0, &table)))
		return NULL;
	*len = table->length;
	return table;
#else
	return NULL;
#endif
}

static inline void kshim_acpi_table_put(void *table)
{
#ifdef CONFIG_ACPI
	acpi_put_table(table);
#endif
}

#endif
