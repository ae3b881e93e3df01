// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel says of the CPU, in its two ways. */
#include "compute.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __NR_riscv_hwprobe
#define __NR_riscv_hwprobe	258
#endif
#define KEY_IMA_EXT_0		4

/* Bits of the key, Documentation/arch/riscv/hwprobe.rst; F and D are one. */
static const char *const bits[] = {
	"d",		"c",		"v",		"zba",		"zbb",		"zbs",
	"zicboz",	"zbc",		"zbkb",		"zbkc",		"zbkx",		"zknd",
	"zkne",		"zknh",		"zksed",	"zksh",		"zkt",		"zvbb",
	"zvbc",		"zvkb",		"zvkg",		"zvkned",	"zvknha",	"zvknhb",
	"zvksed",	"zvksh",	"zvkt",		"zfh",		"zfhmin",	"zihintntl",
	"zvfh",		"zvfhmin",	"zfa",		"ztso",		"zacas",	"zicond",
	"zihintpause",
};

/* The line "isa" of the first CPU, without what it begins with. */
static const char *isa_of_cpu(void)
{
	static char line[4096];
	FILE *info;

	if (line[0])
		return line;
	info = fopen("/proc/cpuinfo", "r");
	while (info && fgets(line, sizeof(line), info)) {
		char *isa = strstr(line, ": rv64");

		if (strncmp(line, "isa", 3) || !isa)
			continue;
		memmove(line, isa + 6, strlen(isa + 6) + 1);
		line[strcspn(line, "\n")] = 0;
		fclose(info);
		return line;
	}
	return "";
}

bool cpu_has(const char *name)
{
	const char *isa = isa_of_cpu(), *at;
	size_t len = strlen(name);

	if (len == 1)
		return memchr(isa, name[0], strcspn(isa, "_"));
	for (at = isa; (at = strchr(at, '_')); ) {
		at++;
		if (!strncmp(at, name, len) && (at[len] == '_' || !at[len]))
			return true;
	}
	return false;
}

bool probe_agrees(void)
{
	struct { int64_t key; uint64_t value; } pair = { .key = KEY_IMA_EXT_0 };
	bool agrees = true;
	unsigned int i;

	if (syscall(__NR_riscv_hwprobe, &pair, 1UL, 0UL, NULL, 0)) {
		printf("riscv_hwprobe fails\n");
		return false;
	}
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if ((pair.value >> i & 1) != cpu_has(bits[i])) {
			printf("riscv_hwprobe says %s: %u\n", bits[i],
			       (unsigned int)(pair.value >> i & 1));
			agrees = false;
		}
	}
	return agrees;
}
