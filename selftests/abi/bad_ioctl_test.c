// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every row of the module's own table of ioctls: on the wrong fd, with a bad argument, from another
 * address space; every number that is not in the table; every capability. Nothing changes by it.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	0x1000UL

enum kind { SYS, VM, VCPU, DEV, KINDS };
enum argument { ZERO, VALUE, IN, OUT, USER };

static const struct row {
	enum kind	kind;
	enum argument	argument;
	unsigned long	cmd;
	const char	*name;
} rows[] = {
#define IOCTL(kind, command, argument, lock, handler, doc)	\
	{ kind, argument, command, #command },
#include "virt/front/ioctls.def"
#undef IOCTL
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static const char *const kind_names[KINDS] = { "/dev/kvm", "a VM", "a vCPU", "a device" };
/* What each says to commands that it has not. */
static const int no_such[KINDS] = { EINVAL, EINVAL, EINVAL, ENOTTY };

static struct machine m;
static struct tally t = { .m = &m };
static int fds[KINDS];		/* -1: this host has no device */
static uint8_t *edge;		/* what lies at and behind it cannot be touched */
static uint8_t *readonly;

static bool belongs(unsigned long cmd, enum kind kind)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		if (rows[i].kind == kind && rows[i].cmd == cmd)
			return true;
	}
	return false;
}

/* ---- rows ---------------------------------------------------------------------------------- */

static void test_wrong_fd(const struct row *row)
{
	static char zeros[PAGE];
	enum kind kind;

	for (kind = SYS; kind < KINDS; kind++) {
		if (belongs(row->cmd, kind) || fds[kind] < 0)
			continue;
		memset(zeros, 0, sizeof(zeros));
		machine_gives(&m, ioctl(fds[kind], row->cmd, zeros), no_such[kind], "%s on %s",
			      row->name, kind_names[kind]);
	}
}

static void test_zero(const struct row *row)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		tally_gives(&t, ioctl(fds[row->kind], row->cmd, 1UL << bit), EINVAL,
			    "argument 2^%u", bit);
	tally_end(&t, "%s with an argument", row->name);
}

static void test_pointers(const struct row *row)
{
	unsigned long size = _IOC_SIZE(row->cmd);
	int fd = fds[row->kind];

	tally_gives(&t, ioctl(fd, row->cmd, edge), EFAULT, "nothing mapped");
	tally_gives(&t, ioctl(fd, row->cmd, 8UL), EFAULT, "address 8");
	tally_gives(&t, ioctl(fd, row->cmd, -PAGE), EFAULT, "in the kernel");
	tally_gives(&t, ioctl(fd, row->cmd, -1UL), EFAULT, "address -1");
	tally_gives(&t, ioctl(fd, row->cmd, 1UL << 63), EFAULT, "address 2^63");
	memset(edge - size, 0, size);
	tally_gives(&t, ioctl(fd, row->cmd, edge - 1), EFAULT, "one byte mapped");
	tally_gives(&t, ioctl(fd, row->cmd, edge - size / 2), EFAULT, "a half mapped");
	tally_gives(&t, ioctl(fd, row->cmd, edge - size + 1), EFAULT, "one byte not mapped");
	if (row->argument == OUT || row->cmd == KVM_GET_REG_LIST)
		tally_gives(&t, ioctl(fd, row->cmd, readonly), EFAULT, "read-only memory");
	if (row->cmd == KVM_PRE_FAULT_MEMORY)
		tally_end_ours(&t, "in-tree KVM has none on RISC-V", "%s with a bad pointer",
			       row->name);
	else
		tally_end(&t, "%s with a bad pointer", row->name);
}

static void test_bad_argument(const struct row *row)
{
	switch (row->argument) {
	case ZERO:
		test_zero(row);
		break;
	case VALUE:
		break;
	case IN:
	case OUT:
	case USER:
		test_pointers(row);
		break;
	}
}

/* ---- no rows ------------------------------------------------------------------------------- */

static void test_no_such(void)
{
	enum kind kind;

	for (kind = SYS; kind < KINDS; kind++) {
		int error = no_such[kind];

		if (fds[kind] < 0)
			continue;
		tally_gives(&t, ioctl(fds[kind], 0UL, 0UL), error, "command 0");
		tally_gives(&t, ioctl(fds[kind], _IO(KVMIO, 0xff), 0UL), error, "number 0xff");
		tally_gives(&t, ioctl(fds[kind], _IO('x', 0x80), 0UL), error, "another type");
		tally_end(&t, "what nobody has, on %s", kind_names[kind]);
	}
}

/* A number of the table with another direction or size is another command. */
static void test_neighbours(enum kind kind)
{
	static const unsigned int sizes[] = { 0, 1, 4, 8, 16, 24, 32, 64, 0x3fff };
	unsigned int nr, dir, i;

	for (nr = 0; nr < 256; nr++) {
		for (dir = 0; dir < 4; dir++) {
			for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
				unsigned long cmd = _IOC(dir, KVMIO, nr, sizes[i]);

				if (!belongs(cmd, kind))
					tally_gives(&t, ioctl(fds[kind], cmd, edge),
						    no_such[kind], "command 0x%lx", cmd);
			}
		}
	}
	tally_end_ours(&t, "in-tree KVM has more ioctls", "every command without a row, on %s",
		       kind_names[kind]);
}

/* ---- another address space ----------------------------------------------------------------- */

/* How many rows say something else than EIO to this process. */
static unsigned int rows_without_eio(void)
{
	static char zeros[PAGE];
	unsigned int wrong = 0;
	size_t i;

	for (i = 0; i < ROWS; i++) {
		if (rows[i].kind == SYS || fds[rows[i].kind] < 0)
			continue;
		wrong += ioctl(fds[rows[i].kind], rows[i].cmd, zeros) != -1 || errno != EIO;
		wrong += ioctl(fds[rows[i].kind], rows[i].cmd, edge) != -1 || errno != EIO;
	}
	for (i = VM; i < KINDS; i++) {
		if (fds[i] >= 0)
			wrong += ioctl(fds[i], _IO(KVMIO, 0xff), 0UL) != -1 || errno != EIO;
	}
	return wrong;
}

static unsigned int exit_code(pid_t pid)
{
	int status;

	abi_need(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status), "fork");
	return WEXITSTATUS(status);
}

static void test_other_mm(void)
{
	unsigned int wrong;
	pid_t pid = fork();

	if (!pid)
		_exit(rows_without_eio());
	wrong = exit_code(pid);
	machine_gives(&m, 0, 0, "a child's calls are refused");
	abi_check(!wrong, "each of them with EIO (%u are not)", wrong);
}

/* A child makes a machine and dies; its own child has the files then. */
static void test_dead_owner(void)
{
	int alive[2], result[2];
	unsigned char wrong = 255;
	struct abi_vm vm;
	pid_t pid;

	abi_need(!pipe(alive) && !pipe(result), "pipe");
	pid = fork();
	if (!pid) {
		abi_vm_create(&vm);
		fds[VM] = vm.fd;
		fds[VCPU] = vm.vcpu;
		fds[DEV] = -1;
		if (fork())
			_exit(0);
		close(alive[1]);
		if (!read(alive[0], &wrong, 1))
			wrong = rows_without_eio();
		_exit(write(result[1], &wrong, 1) != 1);
	}
	close(alive[1]);
	close(result[1]);
	abi_need(!exit_code(pid), "the owner");
	abi_check(read(result[0], &wrong, 1) == 1 && !wrong,
		  "calls on the VM of a process that is gone get EIO (%u do not)", wrong);
	close(alive[0]);
	close(result[0]);
}

/* ---- capabilities -------------------------------------------------------------------------- */

#define MAX_CAP		1024

/* The values in caps.def, for a program. */
#define num_online_cpus()	((int)sysconf(_SC_NPROCESSORS_ONLN))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define VMM_MAX_VCPUS		1024
#define VMM_MAX_VCPU_ID		1024
#define VMM_MAX_SLOTS		32767
#define VMM_DIRTY_RING_MAX	(1 << 20)
#define ROUTES_MAX		4096
/* Of the host: what stands beside it in the table has to agree. */
#define vmm_arch_has_irqchip()	(check_cap(fds[SYS], KVM_CAP_IRQCHIP) != 0)

static int check_cap(int fd, unsigned long cap)
{
	return ioctl(fd, KVM_CHECK_EXTENSION, cap);
}

static int cap_value(unsigned long cap)
{
	switch (cap) {
#define CAP(number, name, kinds, value, doc) case number: return value;
#include "virt/front/caps.def"
#undef CAP
	default:
		return 0;
	}
}

static bool has_cap_elsewhere(unsigned long cap)
{
	return cap == KVM_CAP_VM_GPA_BITS || cap == KVM_CAP_RISCV_MP_STATE_RESET;
}

static void test_caps(void)
{
	unsigned int bad = 0;
	unsigned long cap;
	unsigned int bit;

	for (cap = 0; cap < MAX_CAP; cap++) {
		if (has_cap_elsewhere(cap))
			continue;
		if (check_cap(fds[SYS], cap) == cap_value(cap) &&
		    check_cap(fds[VM], cap) == cap_value(cap))
			continue;
		printf("#   capability %lu: %d, %d instead of %d\n", cap, check_cap(fds[SYS], cap),
		       check_cap(fds[VM], cap), cap_value(cap));
		bad++;
	}
	abi_check_ours(!bad, "in-tree KVM has others", "every capability has its value (%u wrong)",
		       bad);
	abi_check(check_cap(fds[SYS], 696969) == 0, "unknown capabilities read 0");
	for (bit = 10; bit < 64; bit++) {
		tally_gives(&t, check_cap(fds[SYS], 1UL << bit), 0, "2^%u", bit);
		tally_gives(&t, check_cap(fds[VM], 1UL << bit), 0, "2^%u", bit);
	}
	tally_end(&t, "and never are an error");
	abi_check(ioctl(fds[SYS], KVM_GET_API_VERSION, 0UL) == 12, "the API version is 12");
}

static int enable(uint32_t cap, uint32_t flags, uint64_t arg)
{
	struct kvm_enable_cap ask = { .cap = cap, .flags = flags, .args = { arg } };

	return ioctl(fds[VM], KVM_ENABLE_CAP, &ask);
}

/* In the documents of the ABI. */
static bool can_be_enabled(uint32_t cap)
{
	return cap == KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 || cap == KVM_CAP_HALT_POLL ||
	       cap == KVM_CAP_DIRTY_LOG_RING_ACQ_REL || has_cap_elsewhere(cap);
}

static void test_enable_cap(void)
{
	const uint32_t manual = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2;
	unsigned int bit, cap;

	for (cap = 0; cap < MAX_CAP; cap++) {
		if (!can_be_enabled(cap))
			tally_gives(&t, enable(cap, 0, 0), EINVAL, "capability %u", cap);
	}
	tally_end(&t, "enable what cannot be enabled");
	for (bit = 0; bit < 32; bit++) {
		tally_gives(&t, enable(manual, 1U << bit, 1), EINVAL, "flag %u", bit);
		tally_gives(&t, enable(KVM_CAP_USER_MEMORY, 1U << bit, 0), EINVAL, "flag %u", bit);
		tally_gives(&t, enable(1U << bit & ~(MAX_CAP - 1), 0, 0), EINVAL, "2^%u", bit);
	}
	tally_end(&t, "enable with flags; numbers that none has");
	for (bit = 1; bit < 64; bit++) {
		tally_gives(&t, enable(manual, 0, 1UL << bit), EINVAL, "mode 2^%u", bit);
		if (bit > 1)
			tally_gives(&t, enable(manual, 0, 1UL << bit | 1), EINVAL,
				    "mode 2^%u + 1", bit);
	}
	tally_end(&t, "modes of the log that there are not");
}

static void test_enable_too_late(void)
{
	int bits = check_cap(fds[VM], KVM_CAP_VM_GPA_BITS);

	tally_gives(&t, enable(KVM_CAP_VM_GPA_BITS, 0, 0), EBUSY, "0");
	tally_gives(&t, enable(KVM_CAP_VM_GPA_BITS, 0, 41), EBUSY, "41");
	tally_gives(&t, enable(KVM_CAP_VM_GPA_BITS, 0, bits), EBUSY, "%d", bits);
	tally_gives(&t, enable(KVM_CAP_VM_GPA_BITS, 0, bits + 1), EINVAL, "%d", bits + 1);
	tally_end_ours(&t, "newer than Linux 6.12", "another width of addresses, with vCPUs");
}

/* The machine's interrupt controller, if this host can have one, not set up. */
static int device_fd(void)
{
	struct kvm_create_device ask = { .type = KVM_DEV_TYPE_RISCV_AIA };

	return ioctl(m.vm.fd, KVM_CREATE_DEVICE, &ask) ? -1 : (int)ask.fd;
}

int main(void)
{
	size_t i;

	abi_start(240);
	machine_create(&m);
	fds[SYS] = m.vm.sys;
	fds[VM] = m.vm.fd;
	fds[VCPU] = m.vm.vcpu;
	fds[DEV] = device_fd();
	edge = edge_of_memory();
	readonly = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(readonly != MAP_FAILED, "mmap");
	machine_look(&m);
	for (i = 0; i < ROWS; i++) {
		test_wrong_fd(&rows[i]);
		if (fds[rows[i].kind] >= 0)
			test_bad_argument(&rows[i]);
	}
	test_no_such();
	for (i = 0; i < KINDS; i++) {
		if (fds[i] >= 0)
			test_neighbours(i);
	}
	test_other_mm();
	test_dead_owner();
	test_caps();
	test_enable_cap();
	test_enable_too_late();
	machine_destroy(&m);
	return abi_finish();
}
