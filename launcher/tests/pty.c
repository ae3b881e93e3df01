// SPDX-License-Identifier: GPL-2.0-only
/*
 * pty [TEXT KEYS]... -- COMMAND...
 *
 * Runs COMMAND on a terminal of its own. Each time TEXT has appeared in its output, KEYS are
 * typed; KEYS of the form @N send signal N instead. The output is copied, the exit status is
 * that of COMMAND (128 + N for a signal), or 99 if it leaves the terminal in another mode than
 * it found, or 98 if it ends before all was typed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define OUTPUT_SIZE	(1 << 20)

static int run(char **command, int terminal)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	ioctl(terminal, TIOCSCTTY, 0);
	dup2(terminal, 0);
	dup2(terminal, 1);
	dup2(terminal, 2);
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static void type(const char *keys, int controller, pid_t pid)
{
	if (keys[0] == '@')
		kill(pid, atoi(keys + 1));
	else if (write(controller, keys, strlen(keys)) < 0)
		perror("write");
}

/* Copy output and type until the command has ended. Return its wait status. */
static int converse(char ***pairs, int controller, pid_t pid)
{
	static char output[OUTPUT_SIZE + 1];
	size_t len = 0, seen = 0;
	int status;

	for (;;) {
		struct pollfd readable = { .fd = controller, .events = POLLIN };
		bool ended = waitpid(pid, &status, WNOHANG) == pid;
		ssize_t n = 0;
		char *at;

		if (poll(&readable, 1, ended ? 0 : 50) > 0)
			n = read(controller, output + len, OUTPUT_SIZE - len);
		if (n > 0) {
			fwrite(output + len, 1, (size_t)n, stdout);
			fflush(stdout);
			len += (size_t)n;
			output[len] = '\0';
		} else if (ended) {
			return status;
		}
		at = strcmp((*pairs)[0], "--") ? strstr(output + seen, (*pairs)[0]) : NULL;
		if (!at)
			continue;
		seen = (size_t)(at - output) + strlen((*pairs)[0]);
		type((*pairs)[1], controller, pid);
		*pairs += 2;
	}
}

int main(int argc, char **argv)
{
	int controller = posix_openpt(O_RDWR | O_NOCTTY);
	struct termios before, after;
	char **pairs = argv + 1;
	int i, terminal, status;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i += 2)
		;
	if (i + 1 >= argc || controller < 0 || grantpt(controller) || unlockpt(controller)) {
		fprintf(stderr, "usage: pty [TEXT KEYS]... -- COMMAND...\n");
		return 2;
	}
	/* Held open here too, so that its mode can be read after the command. */
	terminal = open(ptsname(controller), O_RDWR | O_NOCTTY);
	if (terminal < 0 || tcgetattr(terminal, &before)) {
		perror("terminal");
		return 2;
	}
	status = converse(&pairs, controller, run(argv + i + 1, terminal));
	if (tcgetattr(terminal, &after) || before.c_iflag != after.c_iflag ||
	    before.c_oflag != after.c_oflag || before.c_lflag != after.c_lflag ||
	    before.c_cflag != after.c_cflag || memcmp(before.c_cc, after.c_cc, NCCS))
		return 99;
	if (strcmp(*pairs, "--"))
		return 98;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
