// SPDX-License-Identifier: GPL-2.0-only
/* VMs and vCPUs come and go: in every order of closing, across fork, without file descriptors. */
#include "abi.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- every order of letting go --------------------------------------------------------------- */

#define PARTS	5

struct parts {
	int	fd[PARTS - 1];		/* system, VM, two vCPUs */
	void	*run;
	size_t	run_size;
};

static bool parts_create(struct parts *p)
{
	p->fd[0] = abi_open();
	p->fd[1] = ioctl(p->fd[0], KVM_CREATE_VM, 0UL);
	p->fd[2] = ioctl(p->fd[1], KVM_CREATE_VCPU, 0UL);
	p->fd[3] = ioctl(p->fd[1], KVM_CREATE_VCPU, 1UL);
	p->run_size = ioctl(p->fd[0], KVM_GET_VCPU_MMAP_SIZE, 0UL);
	p->run = mmap(NULL, p->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, p->fd[2], 0);
	return p->fd[3] >= 0 && p->run != MAP_FAILED;
}

/* Whatever is still there works. */
static bool parts_work(const struct parts *p, unsigned int gone)
{
	struct kvm_mp_state state;
	bool good = true;
	int i;

	if (!(gone & 1 << 1))
		good &= ioctl(p->fd[1], KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY) == 1;
	for (i = 2; i < 4; i++) {
		if (!(gone & 1 << i))
			good &= !ioctl(p->fd[i], KVM_GET_MP_STATE, &state);
	}
	if (!(gone & 1 << 4))
		*(volatile char *)p->run = 1;
	return good;
}

static bool let_go(struct parts *p, int part)
{
	return !(part < 4 ? close(p->fd[part]) : munmap(p->run, p->run_size));
}

static bool close_in_order(const int order[PARTS])
{
	unsigned int gone = 0;
	struct parts p;
	bool good;
	int i;

	good = parts_create(&p);
	for (i = 0; good && i < PARTS; i++) {
		good = let_go(&p, order[i]);
		gone |= 1 << order[i];
		good = good && parts_work(&p, gone);
	}
	return good;
}

static void test_close_orders(void)
{
	int bad = 0, orders = 0, code, i, j;

	for (code = 0; code < 5 * 4 * 3 * 2; code++) {
		int left[PARTS] = { 0, 1, 2, 3, 4 }, order[PARTS], rest = code;

		for (i = 0; i < PARTS; i++) {
			int pick = rest % (PARTS - i);

			rest /= PARTS - i;
			order[i] = left[pick];
			for (j = pick; j < PARTS - 1 - i; j++)
				left[j] = left[j + 1];
		}
		orders++;
		bad += !close_in_order(order);
	}
	abi_check(!bad, "%d of %d orders of closing fail", bad, orders);
}

/* ---- fork ------------------------------------------------------------------------------------ */

static int in_child(const struct abi_vm *vm)
{
	struct kvm_mp_state state;
	int fd;

	if (ioctl(vm->fd, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY) != -1 || errno != EIO)
		return 1;
	if (ioctl(vm->vcpu, KVM_GET_MP_STATE, &state) != -1 || errno != EIO)
		return 2;
	if (ioctl(vm->vcpu, KVM_RUN, 0UL) != -1 || errno != EIO)
		return 3;
	/* The system fd belongs to nobody. */
	fd = ioctl(vm->sys, KVM_CREATE_VM, 0UL);
	if (fd < 0 || ioctl(fd, KVM_CREATE_VCPU, 0UL) < 0)
		return 4;
	return 0;
}

static int child_result(const struct abi_vm *vm)
{
	int status = 0;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(in_child(vm));
	abi_need(pid > 0 && waitpid(pid, &status, 0) == pid, "fork");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static void test_fork(void)
{
	struct kvm_mp_state state;
	struct abi_vm vm;
	int result;

	abi_vm_create(&vm);
	result = child_result(&vm);
	abi_check(result == 0, "a child gets EIO from VM and vCPU, and may have its own (%d)",
		  result);
	abi_check(!ioctl(vm.vcpu, KVM_GET_MP_STATE, &state), "the parent's vCPU goes on");
	abi_vm_destroy(&vm);
}

/* The owner dies while another process holds the files. */
static void test_orphan(void)
{
	int pipe_fds[2], status;
	struct abi_vm vm;
	char byte;
	pid_t pid;

	abi_need(!pipe(pipe_fds), "pipe");
	pid = fork();
	if (!pid) {
		abi_vm_boot(&vm, guest_sbi);
		abi_run(&vm);
		if (!fork()) {
			/* Grandchild: wait until the owner's address space is gone. */
			close(pipe_fds[1]);
			_exit(read(pipe_fds[0], &byte, 1) != 0 ||
			      ioctl(vm.vcpu, KVM_RUN, 0UL) != -1 || errno != EIO);
		}
		_exit(0);
	}
	close(pipe_fds[1]);
	abi_check(pid > 0 && waitpid(pid, &status, 0) == pid && !status &&
		  read(pipe_fds[0], &byte, 1) == 0, "a VM outlives its owner");
	close(pipe_fds[0]);
}

/* ---- creation -------------------------------------------------------------------------------- */

static void test_vcpu_ids(void)
{
	struct abi_vm vm;
	int fd;

	abi_vm_create(&vm);
	abi_check_errno(ioctl(vm.fd, KVM_CREATE_VCPU, 0UL), EEXIST, "a vCPU id is taken once");
	abi_check_errno(ioctl(vm.fd, KVM_CREATE_VCPU, 1024UL), EINVAL, "id 1024 is too large");
	abi_check_errno(ioctl(vm.fd, KVM_CREATE_VCPU, 1UL << 32), EINVAL, "so is 2^32");
	abi_check_errno(ioctl(vm.fd, KVM_CREATE_VCPU, -1UL), EINVAL, "so is -1");
	fd = ioctl(vm.fd, KVM_CREATE_VCPU, 1023UL);
	abi_check(fd >= 0, "id 1023 is the last");
	close(fd);
	abi_check_errno(ioctl(vm.fd, KVM_CREATE_VCPU, 1023UL), EEXIST,
			"closing its fd does not free the id");
	abi_check(fcntl(vm.fd, F_GETFD) == FD_CLOEXEC && fcntl(vm.vcpu, F_GETFD) == FD_CLOEXEC,
		  "the fds are closed by exec");
	abi_vm_destroy(&vm);
}

static void test_no_fds(void)
{
	struct rlimit limit, none;
	struct abi_vm vm;
	int fd;

	abi_vm_create(&vm);
	abi_need(!getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
	none = limit;
	none.rlim_cur = 0;
	abi_need(!setrlimit(RLIMIT_NOFILE, &none), "setrlimit");
	abi_check_errno(ioctl(vm.fd, KVM_CREATE_VCPU, 5UL), EMFILE, "no fd left for a vCPU");
	abi_check_errno(ioctl(vm.sys, KVM_CREATE_VM, 0UL), EMFILE, "no fd left for a VM");
	abi_need(!setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
	fd = ioctl(vm.fd, KVM_CREATE_VCPU, 5UL);
	abi_check(fd >= 0, "the vCPU that failed was not made: its id is free");
	close(fd);
	abi_vm_destroy(&vm);
}

/* ---- kvm_run --------------------------------------------------------------------------------- */

static sigjmp_buf after_sigbus;

static void on_sigbus(int signal)
{
	siglongjmp(after_sigbus, signal);
}

static bool touch_gives_sigbus(volatile char *p)
{
	if (sigsetjmp(after_sigbus, 1))
		return true;
	(void)*p;
	return false;
}

static void test_mmap(void)
{
	struct abi_vm vm;
	char *beyond;

	signal(SIGBUS, on_sigbus);
	abi_vm_create(&vm);
	abi_check(vm.run_size >= sizeof(struct kvm_run) && vm.run_size % 4096 == 0,
		  "kvm_run is whole pages");
	abi_check(vm.run->exit_reason == 0 && vm.run->immediate_exit == 0, "kvm_run begins as 0");
	beyond = mmap(NULL, 4096, PROT_READ, MAP_SHARED, vm.vcpu, 32 * 4096);
	abi_check(beyond != MAP_FAILED && touch_gives_sigbus(beyond), "beyond it is SIGBUS");
	abi_check(!close(vm.vcpu) && !close(vm.fd) && vm.run->exit_reason == 0,
		  "the mapping outlives the fds");
	munmap(beyond, 4096);
	munmap(vm.run, vm.run_size);
	close(vm.sys);
	signal(SIGBUS, SIG_DFL);
}

int main(void)
{
	abi_start(120);
	test_close_orders();
	test_fork();
	test_orphan();
	test_vcpu_ids();
	test_no_fds();
	test_mmap();
	return abi_finish();
}
