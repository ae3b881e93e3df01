// SPDX-License-Identifier: GPL-2.0-only
/* Names and order of ISA extensions. */
#include "isa.h"

#include <stdlib.h>
#include <string.h>

/*
 * Indexed by KVM_RISCV_ISA_EXT_* (append-only ABI, numbers written out), named as in the
 * devicetree binding riscv/extensions.yaml.
 */
static const char *const names[ISA_NEXTENSIONS] = {
	[0]  = "a",		[1]  = "c",		[2]  = "d",		[3]  = "f",
	[4]  = "h",		[5]  = "i",		[6]  = "m",		[7]  = "svpbmt",
	[8]  = "sstc",		[9]  = "svinval",	[10] = "zihintpause",	[11] = "zicbom",
	[12] = "zicboz",	[13] = "zbb",		[14] = "ssaia",		[15] = "v",
	[16] = "svnapot",	[17] = "zba",		[18] = "zbs",		[19] = "zicntr",
	[20] = "zicsr",		[21] = "zifencei",	[22] = "zihpm",		[23] = "smstateen",
	[24] = "zicond",	[25] = "zbc",		[26] = "zbkb",		[27] = "zbkc",
	[28] = "zbkx",		[29] = "zknd",		[30] = "zkne",		[31] = "zknh",
	[32] = "zkr",		[33] = "zksed",		[34] = "zksh",		[35] = "zkt",
	[36] = "zvbb",		[37] = "zvbc",		[38] = "zvkb",		[39] = "zvkg",
	[40] = "zvkned",	[41] = "zvknha",	[42] = "zvknhb",	[43] = "zvksed",
	[44] = "zvksh",		[45] = "zvkt",		[46] = "zfh",		[47] = "zfhmin",
	[48] = "zihintntl",	[49] = "zvfh",		[50] = "zvfhmin",	[51] = "zfa",
	[52] = "ztso",		[53] = "zacas",		[54] = "sscofpmf",	[55] = "zimop",
	[56] = "zca",		[57] = "zcb",		[58] = "zcd",		[59] = "zcf",
	[60] = "zcmop",		[61] = "zawrs",		[62] = "smnpm",		[63] = "ssnpm",
	[64] = "svade",		[65] = "svadu",		[66] = "svvptc",	[67] = "zabha",
	[68] = "ziccrse",	[69] = "zaamo",		[70] = "zalrsc",	[71] = "zicbop",
	[72] = "zfbfmin",	[73] = "zvfbfmin",	[74] = "zvfbfwma",	[75] = "zclsd",
	[76] = "zilsd",		[77] = "zalasr",
};

const char *isa_name(unsigned int id)
{
	return id < ISA_NEXTENSIONS ? names[id] : NULL;
}

/* Position of a letter in the canonical order, ISA manual, "ISA Extension Naming Conventions". */
static int letter_rank(char letter)
{
	static const char order[] = "imafdqlcbkjtpvnh";
	const char *at = strchr(order, letter);

	return at ? (int)(at - order) : (int)sizeof(order);
}

/* Single letters, then Z by the category in their second letter, then S. */
static int compare_names(const void *left, const void *right)
{
	const char *a = *(const char *const *)left;
	const char *b = *(const char *const *)right;
	int by_class = (a[1] ? a[0] == 'z' ? 1 : 2 : 0) - (b[1] ? b[0] == 'z' ? 1 : 2 : 0);
	int by_letter = letter_rank(a[a[1] != 0]) - letter_rank(b[b[1] != 0]);

	if (by_class)
		return by_class;
	if (by_letter && (!a[1] || a[0] == 'z'))
		return by_letter;
	return strcmp(a, b);
}

static size_t isa_sorted(const struct isa *isa, const char **sorted)
{
	size_t id, count = 0;

	for (id = 0; id < ISA_NEXTENSIONS; id++)
		if (isa->has[id])
			sorted[count++] = names[id];
	qsort(sorted, count, sizeof(*sorted), compare_names);
	return count;
}

/* Append @len bytes. Return false if they do not fit. */
static bool append(char *buf, size_t size, size_t *used, const char *bytes, size_t len)
{
	if (len > size - *used)
		return false;
	memcpy(buf + *used, bytes, len);
	*used += len;
	return true;
}

size_t isa_string(const struct isa *isa, char *buf, size_t size)
{
	const char *sorted[ISA_NEXTENSIONS];
	size_t count = isa_sorted(isa, sorted);
	size_t i, used = 0;

	if (!append(buf, size, &used, "rv64", 4))
		return 0;
	for (i = 0; i < count; i++) {
		if (sorted[i][1] && !append(buf, size, &used, "_", 1))
			return 0;
		if (!append(buf, size, &used, sorted[i], strlen(sorted[i])))
			return 0;
	}
	return append(buf, size, &used, "", 1) ? used : 0;
}

size_t isa_list(const struct isa *isa, char *buf, size_t size)
{
	const char *sorted[ISA_NEXTENSIONS];
	size_t count = isa_sorted(isa, sorted);
	size_t i, used = 0;

	for (i = 0; i < count; i++)
		if (!append(buf, size, &used, sorted[i], strlen(sorted[i]) + 1))
			return 0;
	return used;
}
