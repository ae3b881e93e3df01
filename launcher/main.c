// SPDX-License-Identifier: GPL-2.0-only
/* rvrun - run a RISC-V virtual machine on /dev/kvm. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "msg.h"
#include "options.h"
#include "term.h"
#include "vcpu.h"
#include "vm.h"

/* Exit statuses; documented in rvrun.1. */
enum {
	STATUS_OFF	= 0,
	STATUS_ERROR	= 1,
	STATUS_USAGE	= 2,
	STATUS_RESET	= 3,
	STATUS_FAILED	= 4,
	STATUS_SIGNAL	= 128,
};

/** struct host - What outlives a reset of the guest. */
struct host {
	int		wake_fd;	/* eventfd: something for the main thread */
	int		signal_fd;
	int		signo;		/* signal that ended the run, or 0 */
	struct term	term;
};

/* The signals that end the process go to the main thread, through a descriptor. */
static int host_catch_signals(struct host *host)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	/* A closed standard output is seen where it is written to. */
	signal(SIGPIPE, SIG_IGN);

	if (pthread_sigmask(SIG_BLOCK, &set, NULL) || vcpu_catch_kick())
		return -1;
	host->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (host->signal_fd < 0) {
		msg_error("signalfd: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static int host_init(struct host *host)
{
	*host = (struct host){ .signal_fd = -1 };
	host->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (host->wake_fd < 0) {
		msg_error("eventfd: %s", strerror(errno));
		return -1;
	}
	if (host_catch_signals(host) ||
	    term_init(&host->term, STDIN_FILENO, STDOUT_FILENO, host->wake_fd)) {
		if (host->signal_fd >= 0)
			close(host->signal_fd);
		close(host->wake_fd);
		return -1;
	}
	return 0;
}

static void host_exit(struct host *host)
{
	term_exit(&host->term);
	close(host->signal_fd);
	close(host->wake_fd);
}

static void host_take_signal(struct host *host, struct vm *vm)
{
	struct signalfd_siginfo info;

	if (read(host->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	host->signo = (int)info.ssi_signo;
	msg_error("ended by signal %d (%s)", host->signo, strsignal(host->signo));
	vm_stop(vm, VM_QUIT);
}

static void host_take_input(struct host *host, struct vm *vm)
{
	if (term_fill(&host->term))
		vm_stop(vm, VM_QUIT);
	else
		serial_input_ready(&vm->serial);
}

/* Serve the terminal, signals and the UART's interrupt until the machine ends. */
static void host_serve(struct host *host, struct vm *vm)
{
	enum { WAKE, SIGNAL, INPUT, RESAMPLE, NFDS };

	while (vm_outcome(vm) == VM_RUNNING) {
		struct pollfd fds[NFDS] = {
			[WAKE]	   = { .fd = host->wake_fd, .events = POLLIN },
			[SIGNAL]   = { .fd = host->signal_fd, .events = POLLIN },
			[INPUT]	   = { .fd = term_poll_fd(&host->term), .events = POLLIN },
			[RESAMPLE] = { .fd = aia_poll_fd(&vm->aia), .events = POLLIN },
		};
		uint64_t count;

		if (poll(fds, NFDS, -1) < 0)
			continue;	/* EINTR; nothing else can happen here */
		if (fds[WAKE].revents && read(host->wake_fd, &count, sizeof(count)) < 0)
			continue;
		if (fds[SIGNAL].revents)
			host_take_signal(host, vm);
		if (fds[INPUT].revents)
			host_take_input(host, vm);
		if (fds[RESAMPLE].revents)
			aia_resample(&vm->aia);
	}
}

/* Run a machine from power-on to its end or next reset. */
static enum vm_outcome run_once(struct host *host, const struct options *options)
{
	enum vm_outcome outcome;
	struct vm vm;

	if (vm_create(&vm, options, &host->term, host->wake_fd)) {
		vm_destroy(&vm);
		return VM_ERROR;
	}
	/* Input that came before this boot. */
	serial_input_ready(&vm.serial);

	if (!vm_start(&vm))
		host_serve(host, &vm);

	term_cancel(&host->term, true);
	vm_join(&vm);
	term_cancel(&host->term, false);
	outcome = vm_outcome(&vm);
	vm_destroy(&vm);
	return outcome;
}

static int outcome_status(enum vm_outcome outcome, const struct host *host)
{
	switch (outcome) {
	case VM_OFF:
		return STATUS_OFF;
	case VM_RESET:
		msg_error("the guest asked for a reset (--no-reboot)");
		return STATUS_RESET;
	case VM_FAILED:
		return STATUS_FAILED;
	case VM_QUIT:
		return host->signo ? STATUS_SIGNAL + host->signo : STATUS_OFF;
	case VM_RUNNING:
	case VM_ERROR:
		break;
	}
	return STATUS_ERROR;
}

int main(int argc, char **argv)
{
	enum vm_outcome outcome;
	struct options options;
	struct host host;
	int status;

	switch (options_parse(&options, argc, argv)) {
	case OPTIONS_RUN:
		break;
	case OPTIONS_DONE:
		return STATUS_OFF;
	case OPTIONS_BAD:
		return STATUS_USAGE;
	}
	msg_set_debug(options.debug);
	if (host_init(&host))
		return STATUS_ERROR;

	do {
		outcome = run_once(&host, &options);
	} while (outcome == VM_RESET && !options.no_reboot);

	status = outcome_status(outcome, &host);
	host_exit(&host);
	return status;
}
