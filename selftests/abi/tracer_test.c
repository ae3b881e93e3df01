// SPDX-License-Identifier: GPL-2.0-only
/* KVM_RUN of a process that a debugger or strace stops at each system call. */
#include "abi.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENOUGH	2000	/* stops; some 100 are needed */

/* The program that is traced. */
static void run_guest(void)
{
	struct abi_vm vm;
	int calls;

	abi_vm_boot(&vm, guest_sbi);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	for (calls = 0; calls < 2; calls++)
		if (abi_run(&vm) || vm.run->exit_reason != KVM_EXIT_RISCV_SBI)
			_exit(1);
	_exit(0);
}

/* From stop to stop at the boundary of the kernel, until it ends: its wait status. */
static int trace(pid_t child)
{
	int status, stops;

	abi_need(waitpid(child, &status, 0) == child && WIFSTOPPED(status), "the child stops");
	for (stops = 0; stops < ENOUGH && WIFSTOPPED(status); stops++) {
		abi_need(!ptrace(PTRACE_SYSCALL, child, NULL, NULL), "PTRACE_SYSCALL");
		abi_need(waitpid(child, &status, 0) == child, "waitpid");
	}
	return status;
}

int main(void)
{
	pid_t child;
	int status;

	abi_start(60);
	child = fork();
	abi_need(child >= 0, "fork");
	if (!child)
		run_guest();

	status = trace(child);
	abi_check(!WIFSTOPPED(status), "the guest gets on between the stops");
	abi_check(WIFEXITED(status) && !WEXITSTATUS(status), "and to its two calls");
	if (WIFSTOPPED(status))
		kill(child, SIGKILL);
	return abi_finish();
}
