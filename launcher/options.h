/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_OPTIONS_H
#define RVRUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* More than any board has; bounds the device tree and the interrupt controllers. */
#define MAX_CPUS	512

enum irqchip_kind {
	IRQCHIP_AUTO,
	IRQCHIP_PLIC,
	IRQCHIP_AIA,
};

enum console_kind {
	CONSOLE_SERIAL,
	CONSOLE_DBCN,
};

/** struct options - The command line; strings point into argv. */
struct options {
	const char		*kernel;
	const char		*initrd;	/* NULL: none */
	const char		*params;
	const char		*dump_dtb;	/* NULL: no dump */
	uint64_t		mem;		/* bytes */
	unsigned int		cpus;
	enum console_kind	console;
	enum irqchip_kind	irqchip;
	bool			no_reboot;
	bool			debug;
};

enum options_verdict {
	OPTIONS_RUN,		/* options are complete and valid */
	OPTIONS_DONE,		/* --help or --version has been served */
	OPTIONS_BAD,		/* an error has been printed */
};

enum options_verdict options_parse(struct options *options, int argc, char **argv);

#endif
