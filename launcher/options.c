// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"

#define MEM_MIN		(16ULL << 20)
#define MEM_MAX		(1ULL << 40)
#define MEM_STEP	(4ULL << 10)

enum {
	OPT_CONSOLE = 256,
	OPT_IRQCHIP,
	OPT_DUMP_DTB,
	OPT_NO_REBOOT,
	OPT_DEBUG,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{ "kernel",	required_argument,	NULL, 'k' },
	{ "initrd",	required_argument,	NULL, 'i' },
	{ "params",	required_argument,	NULL, 'p' },
	{ "mem",	required_argument,	NULL, 'm' },
	{ "cpus",	required_argument,	NULL, 'c' },
	{ "console",	required_argument,	NULL, OPT_CONSOLE },
	{ "irqchip",	required_argument,	NULL, OPT_IRQCHIP },
	{ "dump-dtb",	required_argument,	NULL, OPT_DUMP_DTB },
	{ "no-reboot",	no_argument,		NULL, OPT_NO_REBOOT },
	{ "debug",	no_argument,		NULL, OPT_DEBUG },
	{ "version",	no_argument,		NULL, OPT_VERSION },
	{ "help",	no_argument,		NULL, 'h' },
	{ NULL,		0,			NULL, 0 },
};

static const char usage[] =
	"usage: rvrun --kernel IMAGE [options]\n"
	"\n"
	"Run a RISC-V virtual machine on /dev/kvm.\n"
	"\n"
	"  -k, --kernel IMAGE      the guest's kernel, an uncompressed RISC-V Image\n"
	"  -i, --initrd FILE       initial RAM disk\n"
	"  -p, --params STRING     kernel command line\n"
	"  -m, --mem SIZE          memory: 512M, 2G; a bare number is MiB (default 512M)\n"
	"  -c, --cpus N            virtual CPUs (default 1)\n"
	"      --console KIND      what gets the input: serial (default) or dbcn\n"
	"      --irqchip KIND      interrupt controller: aia, plic, or auto (default)\n"
	"      --no-reboot         exit with status 3 when the guest reboots\n"
	"      --dump-dtb FILE     write the guest's device tree to FILE\n"
	"      --debug             tell what is done\n"
	"      --version           print the version\n"
	"  -h, --help              print this\n"
	"\n"
	"On a terminal, Ctrl-A x quits and Ctrl-A Ctrl-A sends Ctrl-A.\n"
	"Exit status: 0 power-off, 1 error, 2 bad usage, 3 reboot with --no-reboot,\n"
	"4 guest failure, 128+N ended by signal N.\n";

/* Number of bits to shift for a size suffix, or -1. None means MiB, as in kvmtool. */
static int size_shift(const char *suffix)
{
	static const struct {
		char	letter;
		int	shift;
	} units[] = { { 'K', 10 }, { 'M', 20 }, { 'G', 30 }, { 'T', 40 } };
	size_t i;

	if (!suffix[0])
		return 20;
	if (suffix[1])
		return -1;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if ((suffix[0] & ~0x20) == units[i].letter)
			return units[i].shift;
	return -1;
}

static int parse_mem(uint64_t *mem, const char *text)
{
	unsigned long long value;
	char *suffix;
	int shift;

	errno = 0;
	value = strtoull(text, &suffix, 10);
	shift = size_shift(suffix);
	if (text[0] < '0' || text[0] > '9' || errno || shift < 0) {
		msg_error("--mem %s: not a size such as 512M or 2G", text);
		return -1;
	}
	if (value > MEM_MAX >> shift || value << shift < MEM_MIN) {
		msg_error("--mem %s: must be between 16M and 1T", text);
		return -1;
	}
	if ((value << shift) % MEM_STEP) {
		msg_error("--mem %s: must be a multiple of 4K", text);
		return -1;
	}
	*mem = value << shift;
	return 0;
}

static int parse_cpus(unsigned int *cpus, const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || errno || *end || !value || value > MAX_CPUS) {
		msg_error("--cpus %s: must be a number from 1 to %d", text, MAX_CPUS);
		return -1;
	}
	*cpus = (unsigned int)value;
	return 0;
}

static int parse_console(enum console_kind *console, const char *text)
{
	if (!strcmp(text, "serial")) {
		*console = CONSOLE_SERIAL;
	} else if (!strcmp(text, "dbcn")) {
		*console = CONSOLE_DBCN;
	} else {
		msg_error("--console %s: must be serial or dbcn", text);
		return -1;
	}
	return 0;
}

static int parse_irqchip(enum irqchip_kind *irqchip, const char *text)
{
	static const char *const names[] = {
		[IRQCHIP_AUTO] = "auto", [IRQCHIP_PLIC] = "plic", [IRQCHIP_AIA] = "aia",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(text, names[i])) {
			*irqchip = (enum irqchip_kind)i;
			return 0;
		}
	}
	msg_error("--irqchip %s: must be auto, plic or aia", text);
	return -1;
}

/* Take one option of long_options. Return 0, or -1 after printing why it is bad. */
static int take_option(struct options *options, int option)
{
	switch (option) {
	case 'k':
		options->kernel = optarg;
		return 0;
	case 'i':
		options->initrd = optarg;
		return 0;
	case 'p':
		options->params = optarg;
		return 0;
	case 'm':
		return parse_mem(&options->mem, optarg);
	case 'c':
		return parse_cpus(&options->cpus, optarg);
	case OPT_CONSOLE:
		return parse_console(&options->console, optarg);
	case OPT_IRQCHIP:
		return parse_irqchip(&options->irqchip, optarg);
	case OPT_DUMP_DTB:
		options->dump_dtb = optarg;
		return 0;
	case OPT_NO_REBOOT:
		options->no_reboot = true;
		return 0;
	case OPT_DEBUG:
		options->debug = true;
		return 0;
	default:
		return -1;
	}
}

enum options_verdict options_parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){
		.params = "",
		.mem = 512ULL << 20,
		.cpus = 1,
		.console = CONSOLE_SERIAL,
		.irqchip = IRQCHIP_AUTO,
	};
	optind = 0;	/* GNU getopt: start anew */
	opterr = 0;

	for (;;) {
		char *word = argv[optind ? optind : 1];

		option = getopt_long(argc, argv, "+k:i:p:m:c:h", long_options, NULL);
		if (option == -1)
			break;
		if (option == 'h') {
			fputs(usage, stdout);
			return OPTIONS_DONE;
		}
		if (option == OPT_VERSION) {
			puts("rvrun " RVRUN_VERSION);
			return OPTIONS_DONE;
		}
		if (option == '?') {
			msg_error("%s: unknown option or missing value (see --help)", word);
			return OPTIONS_BAD;
		}
		if (take_option(options, option))
			return OPTIONS_BAD;
	}
	if (optind < argc) {
		msg_error("unexpected argument: %s (see --help)", argv[optind]);
		return OPTIONS_BAD;
	}
	if (!options->kernel) {
		msg_error("--kernel is missing (see --help)");
		return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}
