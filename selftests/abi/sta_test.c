// SPDX-License-Identifier: GPL-2.0-only
/* Steal time: what the call takes and refuses, and what is told when, in the guest's memory. */
#define _GNU_SOURCE
#include "sbi_call.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SHMEM		0x90000000UL	/* of a slot of its own */
#define SHMEM_SIZE	0x2000UL
#define READ_ONLY	0x91000000UL
#define OFF		UINT64_MAX
#define STOLEN_MIN	20000000UL	/* ns */

#define STA(name)	(KVM_REG_RISCV | KVM_REG_SIZE_U64 | KVM_REG_RISCV_SBI_STATE |	\
			 KVM_REG_RISCV_SBI_STA | KVM_REG_RISCV_SBI_STA_REG(name))

static const char checks_less[] = "in-tree KVM checks less";

struct shmem {
	uint32_t	sequence, flags;
	uint64_t	steal;
	uint8_t		preempted, pad[47];
};

static struct abi_vm vm;
static uint8_t *memory;

#define CALL(fid, ...)	SBI_CALL(&vm, EID_STA, fid, __VA_ARGS__)

static volatile struct shmem *shmem(void)
{
	return (volatile struct shmem *)memory;
}

static int set_shmem_slot(uint64_t size)
{
	return abi_set_slot(vm.fd, 1, KVM_MEM_LOG_DIRTY_PAGES, SHMEM, size, memory);
}

static bool is_at(uint64_t lo, uint64_t hi)
{
	return abi_get_reg(vm.vcpu, STA(shmem_lo)) == lo &&
	       abi_get_reg(vm.vcpu, STA(shmem_hi)) == hi;
}

/* In-tree KVM says so by the lower half alone. */
static bool is_off(void)
{
	return is_at(OFF, OFF) || (abi_is_in_tree() && is_at(OFF, 0));
}

static void create(void)
{
	abi_vm_create(&vm);
	sbi_install(&vm);
	memory = mmap(NULL, SHMEM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	abi_need(memory != MAP_FAILED, "shared memory");
	memset(memory, 0xa5, SHMEM_SIZE);
	abi_need(!set_shmem_slot(SHMEM_SIZE), "slot 1");
	abi_need(!abi_set_slot(vm.fd, 2, KVM_MEM_READONLY, READ_ONLY, 0x1000, memory + 0x1000),
		 "slot 2");
}

static void destroy(void)
{
	abi_vm_destroy(&vm);
	munmap(memory, SHMEM_SIZE);
}

/* ---- the call ------------------------------------------------------------------------------ */

static bool is_untouched(size_t first, size_t end)
{
	for (; first < end; first++)
		if (memory[first] != 0xa5)
			return false;
	return true;
}

static void test_errors(void)
{
	unsigned int bits = ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_VM_GPA_BITS);

	abi_check(sbi_gives(SBI_CALL(&vm, EID_BASE, 3, EID_STA), 0, 1), "probe finds it");
	abi_check(sbi_gives(CALL(1, SHMEM), ERR_NOT_SUPPORTED, 0), "it has one function");
	abi_check(sbi_gives(CALL(0, SHMEM, 0, 1), ERR_INVALID_PARAM, 0), "flags are reserved");
	abi_check(sbi_gives(CALL(0, OFF, OFF, 1), ERR_INVALID_PARAM, 0), "also to turn it off");
	abi_check(sbi_gives(CALL(0, SHMEM + 32, 0, 0), ERR_INVALID_PARAM, 0), "misaligned");
	abi_check(sbi_gives(CALL(0, SHMEM, 1, 0), ERR_INVALID_ADDRESS, 0), "beyond 64 bits");
	abi_check_ours(sbi_gives(CALL(0, 1UL << bits, 0, 0), ERR_INVALID_ADDRESS, 0), checks_less,
		       "beyond guest memory");
	abi_check_ours(sbi_gives(CALL(0, ABI_DEVICE, 0, 0), ERR_INVALID_ADDRESS, 0), checks_less,
		       "where no memory is");
	abi_check_ours(sbi_gives(CALL(0, READ_ONLY, 0, 0), ERR_INVALID_ADDRESS, 0), checks_less,
		       "where it cannot be written");
	abi_check(is_off(), "all of which leaves it off");
	abi_check(is_untouched(0, SHMEM_SIZE), "and writes nothing");
}

static bool page_is_marked(unsigned int nr)
{
	uint64_t bitmap = 0;
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = &bitmap };

	abi_need(!ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log), "KVM_GET_DIRTY_LOG");
	return bitmap >> nr & 1;
}

static void test_call(void)
{
	static const struct shmem zero;

	page_is_marked(0);
	abi_check(sbi_gives(CALL(0, SHMEM + 64, 0, 0), 0, 0) && is_at(SHMEM + 64, 0),
		  "an address is taken");
	abi_check(is_untouched(0, 64) && is_untouched(128, SHMEM_SIZE), "what is beside it stays");
	abi_check(!memcmp(memory + 64, &zero, sizeof(zero)) || shmem()[1].steal,
		  "64 bytes are cleared");
	abi_check(page_is_marked(0), "their page is marked as written");
	abi_check(sbi_gives(CALL(0, OFF, OFF, 0), 0, 0) && is_off(), "it can be turned off");
	memset(memory, 0xa5, SHMEM_SIZE);
}

/* ---- what is told -------------------------------------------------------------------------- */

static uint64_t run_delay(void)
{
	unsigned long long ran, waited = 0;
	FILE *file = fopen("/proc/thread-self/schedstat", "r");

	abi_need(file && fscanf(file, "%llu %llu", &ran, &waited) == 2, "schedstat");
	fclose(file);
	return waited;
}

static volatile bool enough;

static void *burn(void *unused)
{
	while (!enough)
		;
	return NULL;
}

static void stay_on_hart_0(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	abi_need(!sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
}

/* Another thread on this hart, until this one has waited for it long enough. */
static uint64_t get_robbed(void)
{
	uint64_t before = run_delay();
	pthread_t thread;

	stay_on_hart_0();
	enough = false;
	abi_need(!pthread_create(&thread, NULL, burn, NULL), "pthread_create");
	while (run_delay() - before < STOLEN_MIN)
		sched_yield();
	enough = true;
	pthread_join(thread, NULL);
	return run_delay() - before;
}

/* Any call: the guest runs. */
static void run_guest(void)
{
	SBI_CALL(&vm, EID_BASE, 0, 0);
}

static void test_steal(void)
{
	uint64_t robbed, before;
	uint32_t sequence;

	abi_need(sbi_gives(CALL(0, SHMEM, 0, 0), 0, 0), "STA");
	abi_check(shmem()->steal < 1000000000, "it starts low");
	before = shmem()->steal;
	sequence = shmem()->sequence;
	robbed = get_robbed();
	run_guest();
	abi_check(shmem()->steal - before >= robbed, "what others got is told (%lu of %lu ns)",
		  (long)(shmem()->steal - before), (long)robbed);
	abi_check(shmem()->sequence > sequence && shmem()->sequence % 2 == 0, "under a new number");
	abi_check(!shmem()->flags && !shmem()->preempted, "the rest is 0");
}

static void *sleep_and_run(void *unused)
{
	get_robbed();
	run_guest();
	return NULL;
}

static void test_other_thread(void)
{
	uint64_t before = shmem()->steal;
	pthread_t thread;

	abi_need(!pthread_create(&thread, NULL, sleep_and_run, NULL), "pthread_create");
	pthread_join(thread, NULL);
	abi_check_ours(shmem()->steal - before < STOLEN_MIN,
		       "in-tree KVM counts what the other thread waited for",
		       "what another thread waited for before it ran the vCPU is not stolen");
	run_guest();
	abi_check_ours(shmem()->steal - before < STOLEN_MIN, "as above",
		       "nor what this one waited for meanwhile");
}

static void test_no_memory(void)
{
	uint64_t before, robbed;

	run_guest();
	before = shmem()->steal;
	robbed = get_robbed();
	abi_need(!set_shmem_slot(0), "no slot 1");
	run_guest();
	abi_check(shmem()->steal == before, "without memory nothing is written");
	abi_need(!set_shmem_slot(SHMEM_SIZE), "slot 1");
	run_guest();
	abi_check_ours(shmem()->steal - before >= robbed, "in-tree KVM turns it off",
		       "when it is back all is told");
}

static void test_tampering(void)
{
	uint64_t robbed;

	abi_need(sbi_gives(CALL(0, SHMEM, 0, 0), 0, 0), "STA");
	shmem()->sequence = 0xfffffffd;
	shmem()->steal = 5;
	robbed = get_robbed();
	run_guest();
	abi_check_ours(shmem()->sequence % 2 == 0 && shmem()->steal >= 5 + robbed,
		       "in-tree KVM adds to the number whatever it is",
		       "a number that somebody made odd becomes even");
}

/* In-tree KVM takes 0 alone for the upper half; that of 7.2 then forgets the lower one. */
static void set_address(uint64_t lo, uint64_t hi)
{
	if (abi_is_in_tree())
		abi_set_reg(vm.vcpu, STA(shmem_hi), 0);
	abi_set_reg(vm.vcpu, STA(shmem_lo), lo);
	if (!abi_is_in_tree())
		abi_set_reg(vm.vcpu, STA(shmem_hi), hi);
}

static void test_registers(void)
{
	struct kvm_one_reg reg = { .id = STA(shmem_lo) };
	uint64_t value = SHMEM + 32;

	reg.addr = (uintptr_t)&value;
	abi_check_ours(ioctl(vm.vcpu, KVM_SET_ONE_REG, &reg) == -1 && errno == EINVAL,
		       checks_less, "misaligned");
	abi_check_ours(is_at(SHMEM, 0), checks_less, "and so it stays where it was");
	reg.id = STA(shmem_hi);
	value = 1;
	abi_check_ours(ioctl(vm.vcpu, KVM_SET_ONE_REG, &reg) == -1 && errno == EINVAL, checks_less,
		       "an upper half that is no address");
	/* As when a saved state is restored: the memory keeps what it holds. */
	memset(memory, 0, SHMEM_SIZE);
	shmem()[2].steal = 1000;
	set_address(SHMEM + 128, 0);
	run_guest();
	get_robbed();
	run_guest();
	abi_check(shmem()[2].steal > 1000 + STOLEN_MIN && !shmem()->steal,
		  "the total in memory goes on");
	set_address(OFF, OFF);
	memset(memory, 0, SHMEM_SIZE);
	get_robbed();
	run_guest();
	abi_check(!shmem()[2].sequence, "all ones: off");
}

/* Resets of the hart and of the system: the memory is somebody else's then. */
static void test_reset(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_RISCV_MP_STATE_RESET };
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };

	abi_need(sbi_gives(CALL(0, SHMEM, 0, 0), 0, 0), "STA");
	sbi_prepare(&vm, EID_SRST, 0, (uint64_t[6]) { 1, 0 });
	abi_need(!abi_run(&vm) && vm.run->exit_reason == KVM_EXIT_SYSTEM_EVENT, "reset");
	abi_need(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	memset(memory, 0, SHMEM_SIZE);
	get_robbed();
	run_guest();
	abi_check_ours(!shmem()->sequence && is_at(OFF, OFF), "in-tree KVM goes on",
		       "a reset of the system turns it off");

	abi_need(sbi_gives(CALL(0, SHMEM, 0, 0), 0, 0), "STA");
	state.mp_state = KVM_MP_STATE_INIT_RECEIVED;
	if (ioctl(vm.fd, KVM_ENABLE_CAP, &cap))
		abi_skip("there is no reset of a vCPU", "so does one of the vCPU");
	else
		abi_check(!ioctl(vm.vcpu, KVM_SET_MP_STATE, &state) && is_off(),
			  "so does one of the vCPU");
}

int main(void)
{
	abi_start(120);
	create();
	if (!abi_get_reg(vm.vcpu, SBI_EXT(STA))) {
		puts("1..0 # SKIP this kernel does not know what is stolen");
		return 0;
	}
	test_errors();
	test_call();
	test_steal();
	test_other_thread();
	test_no_memory();
	test_tampering();
	test_registers();
	test_reset();
	destroy();
	return abi_finish();
}
