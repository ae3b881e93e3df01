// SPDX-License-Identifier: GPL-2.0-only
/* One instruction of each extension that has some for user mode. */
#include "compute.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static sigjmp_buf trapped;
static uint64_t memory[64] __attribute__((aligned(512)));

static void on_trap(int signal)
{
	siglongjmp(trapped, signal);
}

/* a0 is the address of memory, a1 to a5 can be changed. */
#define INSN(id, arch, text)								\
	static void run_##id(void)							\
	{										\
		register void *a0 __asm__("a0") = memory;				\
		__asm__ volatile(".option push\n.option arch, " arch "\n"		\
				 "li a1, 1\n li a2, 2\n" text "\n"			\
				 ".option pop\n"					\
				 : "+r" (a0)						\
				 : : "a1", "a2", "a3", "a4", "a5", "ft0", "ft1", "ft2", "fa0",	\
				     "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7",	\
				     "v8", "v9", "v10", "v11", "v12", "memory");		\
	}
#include "extensions.def"
#undef INSN

static const struct {
	const char	*name;
	void		(*run)(void);
} insns[] = {
#define INSN(id, arch, text)	{ #id, run_##id },
#include "extensions.def"
};

/* Return: the signal, or 0. */
static int signal_of(void (*run)(void))
{
	int signal = sigsetjmp(trapped, 1);

	if (!signal)
		run();
	return signal;
}

bool extensions_work(void)
{
	struct sigaction action = { .sa_handler = on_trap };
	unsigned int i, tried = 0;
	bool good = true;

	sigaction(SIGILL, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	for (i = 0; i < sizeof(insns) / sizeof(insns[0]); i++) {
		int signal = cpu_has(insns[i].name) ? signal_of(insns[i].run) : 0;

		tried += cpu_has(insns[i].name);
		if (signal)
			printf("%s: signal %d\n", insns[i].name, signal);
		good &= !signal;
	}
	printf("%u extensions tried\n", tried);
	return good;
}
