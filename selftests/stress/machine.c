// SPDX-License-Identifier: GPL-2.0-only
/* The virtual machine: slot 0, four vCPUs, and a thread for each. */
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

extern const uint8_t guest_image[], guest_image_end[];

struct vcpu {
	unsigned int	number;
	int		fd;
	struct kvm_run	*run;
	pthread_t	thread;
};

static struct vcpu vcpus[VCPUS];

/* /proc/self/mem */
static int own_memory;

int slot_set(const struct region *region, uint64_t gpa, uint64_t size, uint32_t flags)
{
	return abi_set_slot(stress.vm.fd, region->number + 1, flags, gpa, size, region->hva);
}

/* ---- exits --------------------------------------------------------------------------------- */

/* The page of guest memory that the guest looks for at this address, or -1. */
static uint64_t page_at(uint64_t gpa)
{
	uint64_t first = gpa >= GPA_ELSEWHERE ? GPA_ELSEWHERE : GPA_REGIONS;

	return gpa >= first && gpa - first < stress.size ? (gpa - first) / PAGE : -1UL;
}

static uint8_t *hva_of(uint64_t page)
{
	const struct region *region = &stress.regions[page / stress.control->pages];

	return region->hva + page % stress.control->pages * PAGE;
}

/*
 * No slot is there at the moment, or one for reading only: the access is done for the guest. The
 * kernel is asked to copy, as the memory may be protected; then again.
 */
static void do_access(struct kvm_run *run)
{
	uint64_t page = page_at(run->mmio.phys_addr);
	ssize_t done;
	off_t at;

	if (page == -1UL) {
		complain("an exit for %#llx", (unsigned long long)run->mmio.phys_addr);
		return;
	}
	at = (uintptr_t)hva_of(page) + run->mmio.phys_addr % PAGE;
	if (run->mmio.is_write)
		atomic_store(&stress.emulated[page], 1);
	stress.events.holes++;
	do {
		if (run->mmio.is_write)
			done = pwrite(own_memory, run->mmio.data, run->mmio.len, at);
		else
			done = pread(own_memory, run->mmio.data, run->mmio.len, at);
	} while (done < 0 && errno == EIO && !sched_yield());
	if (done != run->mmio.len)
		complain("access to %#llx: %s", (unsigned long long)run->mmio.phys_addr,
			 strerror(errno));
}

static void report_mismatch(const struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	uint64_t page = run->riscv_sbi.args[0], at = run->riscv_sbi.args[1];
	const struct region *region = &stress.regions[page / stress.control->pages];
	uint64_t seen = 0;

	if (pread(own_memory, &seen, sizeof(seen), (uintptr_t)hva_of(page) + at) < 0)
		seen = errno;
	complain("vCPU %u, region %u (backing %u, content %u), page %#lx + %#lx, generation %u: "
		 "%#lx instead of %#lx, while the host reads %#lx", vcpu->number, region->number,
		 region->backing, region->content, page, at,
		 stress.ledger[page * VCPUS + vcpu->number] / 2, run->riscv_sbi.args[2],
		 run->riscv_sbi.args[3], seen);
}

/* True: go on. */
static bool handle_exit(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		do_access(run);
		return true;
	case KVM_EXIT_RISCV_SBI:
		if (run->riscv_sbi.function_id == SBI_DONE)
			return false;
		report_mismatch(vcpu);
		return true;
	}
	complain("vCPU %u: exit reason %u", vcpu->number, run->exit_reason);
	return false;
}

/* KVM_RUN failed; was that to be expected? @protection is what it was before. */
static bool handle_error(struct vcpu *vcpu, int error, unsigned long protection)
{
	const struct kvm_run *run = vcpu->run;

	if (error == EINTR || error == EAGAIN)
		return true;
	if (error != EFAULT) {
		complain("vCPU %u: %s", vcpu->number, strerror(error));
		return false;
	}
	stress.events.denials++;
	if (!abi_is_in_tree()) {
		if (run->exit_reason != KVM_EXIT_MEMORY_FAULT ||
		    page_at(run->memory_fault.gpa) == -1UL)
			complain("vCPU %u: EFAULT, exit reason %u, address %#llx", vcpu->number,
				 run->exit_reason, (unsigned long long)run->memory_fault.gpa);
		if (protection % 2 == 0 && stress.protection == protection)
			complain("vCPU %u: EFAULT for %#llx, and nothing was protected",
				 vcpu->number, (unsigned long long)run->memory_fault.gpa);
	}
	sched_yield();
	return true;
}

static void *vcpu_thread(void *argument)
{
	struct vcpu *vcpu = argument;
	bool go_on = true;

	while (go_on) {
		unsigned long protection = stress.protection;

		if (!ioctl(vcpu->fd, KVM_RUN, 0UL))
			go_on = handle_exit(vcpu);
		else
			go_on = handle_error(vcpu, errno, protection);
	}
	return NULL;
}

/* ---- life ---------------------------------------------------------------------------------- */

static void create_low_memory(void)
{
	uint64_t pages = stress.size / PAGE;
	unsigned int i;

	stress.low_size = GPA_LEDGER - GPA_CODE + pages * VCPUS * sizeof(*stress.ledger);
	stress.low = mmap(NULL, stress.low_size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stress.emulated = calloc(pages, 1);
	abi_need(stress.low != MAP_FAILED && stress.emulated, "slot 0");
	memcpy(stress.low, guest_image, guest_image_end - guest_image);
	stress.control = (struct control *)(stress.low + (GPA_CONTROL - GPA_CODE));
	stress.ledger = (atomic_uint *)(stress.low + (GPA_LEDGER - GPA_CODE));
	stress.control->seed = stress.seed;
	stress.control->pages = pages / REGIONS;
	for (i = 0; i < REGIONS; i++) {
		stress.control->content[i] = stress.regions[i].content;
		stress.control->base[i] = stress.regions[i].gpa;
	}
}

static void create_vcpu(struct vcpu *vcpu, unsigned int number)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct abi_vm *vm = &stress.vm;

	vcpu->number = number;
	vcpu->fd = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)number);
	abi_need(vcpu->fd >= 0, "KVM_CREATE_VCPU");
	vcpu->run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	abi_need(vcpu->run != MAP_FAILED, "kvm_run");
	abi_need(!ioctl(vcpu->fd, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	abi_set_reg(vcpu->fd, ABI_CORE(regs.pc), GPA_CODE);
	abi_set_reg(vcpu->fd, ABI_CORE(regs.sp), GPA_STACKS + (number + 1) * STACK_SIZE);
	abi_set_reg(vcpu->fd, ABI_CORE(regs.a0), GPA_CONTROL);
	abi_set_reg(vcpu->fd, ABI_CORE(regs.a1), number);
}

void machine_start(void)
{
	struct abi_vm *vm = &stress.vm;
	unsigned int i;

	own_memory = open("/proc/self/mem", O_RDWR);
	abi_need(own_memory >= 0, "/proc/self/mem");
	vm->sys = abi_open();
	vm->fd = ioctl(vm->sys, KVM_CREATE_VM, 0UL);
	abi_need(vm->fd >= 0, "KVM_CREATE_VM");
	vm->run_size = ioctl(vm->sys, KVM_GET_VCPU_MMAP_SIZE, 0UL);
	create_low_memory();
	abi_need(!abi_set_slot(vm->fd, 0, 0, GPA_CODE, stress.low_size, stress.low), "slot 0");
	for (i = 0; i < REGIONS; i++) {
		const struct region *region = &stress.regions[i];

		abi_need(!slot_set(region, region->gpa, region->size, 0), "slot");
	}
	for (i = 0; i < VCPUS; i++)
		create_vcpu(&vcpus[i], i);
	for (i = 0; i < VCPUS; i++)
		abi_need(!pthread_create(&vcpus[i].thread, NULL, vcpu_thread, &vcpus[i]),
			 "pthread_create");
}

/* The guest ends between two visits, so that the ledger is exact. */
void machine_stop(void)
{
	unsigned int i;

	stress.control->stop = 1;
	for (i = 0; i < VCPUS; i++)
		pthread_join(vcpus[i].thread, NULL);
	for (i = 0; i < VCPUS; i++) {
		munmap(vcpus[i].run, stress.vm.run_size);
		close(vcpus[i].fd);
	}
	close(stress.vm.fd);
	close(stress.vm.sys);
}
