// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "aia.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/*
 * The AIA's registers go by number: siselect 0x150, sireg 0x151, stopei 0x15c, stopi 0xdb0. What
 * was read is in s2 when function 0 is said; function 2 tells of a trap.
 */
asm(".section .rodata\n"
	".balign 8\n"
	".global aia_code, aia_code_end, aia_store, aia_load, aia_sireg_read, aia_sireg_write\n"
	".global aia_sireg_set, aia_sireg_clear, aia_top, aia_claim, aia_stopi, aia_sip\n"
	".global aia_count, aia_trapped\n"
	".option push\n"
	".option norvc\n"
	"aia_code:\n"
	"aia_store:\n"
	"	sw	a1, 0(a0)\n"
	"	j	aia_done\n"
	"aia_load:\n"
	"	lwu	s2, 0(a0)\n"
	"	j	aia_done\n"
	"aia_sireg_read:\n"
	"	csrw	0x150, a0\n"
	"	csrr	s2, 0x151\n"
	"	j	aia_done\n"
	"aia_sireg_write:\n"
	"	csrw	0x150, a0\n"
	"	csrrw	s2, 0x151, a1\n"
	"	j	aia_done\n"
	"aia_sireg_set:\n"
	"	csrw	0x150, a0\n"
	"	csrrs	s2, 0x151, a1\n"
	"	j	aia_done\n"
	"aia_sireg_clear:\n"
	"	csrw	0x150, a0\n"
	"	csrrc	s2, 0x151, a1\n"
	"	j	aia_done\n"
	"aia_top:\n"
	"	csrr	s2, 0x15c\n"
	"	j	aia_done\n"
	"aia_claim:\n"
	"	csrrw	s2, 0x15c, zero\n"
	"	j	aia_done\n"
	"aia_stopi:\n"
	"	li	t0, 1 << 9\n"
	"	csrw	sie, t0\n"
	"	csrr	s2, 0xdb0\n"
	"	j	aia_done\n"
	"aia_sip:\n"
	"	csrr	s2, sip\n"
	"aia_done:\n"
	"	csrci	sstatus, 2\n"
	"	li	a6, 0\n"
	"	li	a7, 0x08ffffff\n"
	"	ecall\n"
	"	j	aia_done\n"
	"	.balign	4\n"
	"aia_trapped:\n"
	"	csrr	s2, scause\n"
	"	li	a6, 2\n"
	"	li	a7, 0x08ffffff\n"
	"	ecall\n"
	/* a0: counters, a1: the word that ends it. */
	"aia_count:\n"
	"	mv	s0, a0\n"
	"	mv	s1, a1\n"
	"	lla	t0, aia_interrupt\n"
	"	csrw	stvec, t0\n"
	"	li	t0, 1 << 9\n"
	"	csrw	sie, t0\n"
	"	csrsi	sstatus, 2\n"
	"1:	lw	t0, 0(s1)\n"
	"	bnez	t0, aia_done\n"
	"	wfi\n"
	"	j	1b\n"
	"	.balign	4\n"
	"aia_interrupt:\n"
	"	csrrw	t1, 0x15c, zero\n"
	"	srli	t1, t1, 16\n"
	"	beqz	t1, 1f\n"
	"	slli	t1, t1, 3\n"
	"	add	t1, t1, s0\n"
	"	ld	t2, 0(t1)\n"
	"	addi	t2, t2, 1\n"
	"	sd	t2, 0(t1)\n"
	"	j	aia_interrupt\n"
	"1:	sret\n"
	"aia_code_end:\n"
	".option pop\n"
	".previous\n");
extern const uint8_t aia_code[], aia_code_end[], aia_trapped[];

#define CONFIG(name)	KVM_DEV_RISCV_AIA_CONFIG_##name
#define GRP(name)	KVM_DEV_RISCV_AIA_GRP_##name

/* ---- the device ----------------------------------------------------------------------------- */

uint32_t aia_mode = KVM_DEV_RISCV_AIA_MODE_EMUL;

static int create_device(int vm, uint32_t flags)
{
	struct kvm_create_device ask = { .type = KVM_DEV_TYPE_RISCV_AIA, .flags = flags };

	return ioctl(vm, KVM_CREATE_DEVICE, &ask) ? -1 : (int)ask.fd;
}

bool aia_is_possible(void)
{
	struct abi_vm vm;
	bool possible;

	abi_vm_begin(&vm);
	possible = create_device(vm.fd, KVM_CREATE_DEVICE_TEST) != -1;
	close(vm.fd);
	close(vm.sys);
	return possible;
}

bool aia_is_there(void)
{
	bool there = aia_is_possible();

	if (!there)
		printf("1..0 # SKIP no interrupt controllers in the kernel on this host\n");
	else if (abi_is_in_tree())
		printf("1..0 # SKIP of what is ours only\n");
	return there && !abi_is_in_tree();
}

int aia_device(const struct abi_vm *vm)
{
	return create_device(vm->fd, 0);
}

void aia_place(int dev, unsigned int vcpus)
{
	unsigned int i;

	abi_need(!aia_config(dev, CONFIG(HART_BITS), vcpus > 1 ? 32 - __builtin_clz(vcpus - 1) : 0),
		 "HART_BITS");
	for (i = 0; i < vcpus; i++)
		abi_need(!aia_addr(dev, KVM_DEV_RISCV_AIA_ADDR_IMSIC(i), AIA_IMSIC + i * AIA_PAGE),
			 "ADDR_IMSIC");
}

int aia_add(struct abi_vm *vm, unsigned int vcpus)
{
	int dev = aia_device(vm);

	if (dev < 0)
		return -1;
	aia_place(dev, vcpus);
	abi_need(!aia_init(dev), "CTRL_INIT");
	return dev;
}

bool aia_has_guest_files(void)
{
	struct abi_vm vm;
	bool has;
	int dev;

	abi_vm_begin(&vm);
	dev = create_device(vm.fd, 0);
	abi_need(dev >= 0, "KVM_CREATE_DEVICE");
	has = !aia_config(dev, CONFIG(MODE), KVM_DEV_RISCV_AIA_MODE_HWACCEL);
	close(dev);
	close(vm.fd);
	close(vm.sys);
	return has;
}

bool aia_next_mode(void)
{
	static uint32_t next = KVM_DEV_RISCV_AIA_MODE_EMUL;

	if (next > KVM_DEV_RISCV_AIA_MODE_AUTO || (next && !aia_has_guest_files()))
		return false;
	aia_mode = next++;
	printf("# mode %s\n", aia_mode_name());
	return true;
}

const char *aia_mode_name(void)
{
	static const char * const names[] = { "EMUL", "HWACCEL", "AUTO" };

	return names[aia_mode];
}

int64_t aia_loads(const struct aia *m, unsigned int nr)
{
	return abi_stat(m->hart[nr].vcpu, "guest_file_loads");
}

int aia_new_vcpu(const struct aia *m, unsigned long id)
{
	return ioctl(m->hart[0].fd, KVM_CREATE_VCPU, id);
}

static void add_harts(struct aia *m)
{
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };
	unsigned int i;

	for (i = 1; i < AIA_HARTS; i++) {
		struct abi_vm *hart = &m->hart[i];

		*hart = m->hart[0];
		hart->vcpu = aia_new_vcpu(m, i);
		abi_need(hart->vcpu >= 0, "KVM_CREATE_VCPU");
		hart->run = mmap(NULL, hart->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
				 hart->vcpu, 0);
		abi_need(hart->run != MAP_FAILED, "kvm_run");
		abi_need(!ioctl(hart->vcpu, KVM_SET_MP_STATE, &runnable), "KVM_SET_MP_STATE");
	}
}

void aia_begin(struct aia *m)
{
	memset(m, 0, sizeof(*m));
	abi_vm_create(&m->hart[0]);
	memcpy(m->hart[0].ram + (AIA_CODE - ABI_RAM), aia_code, aia_code_end - aia_code);
	add_harts(m);
	m->dev = create_device(m->hart[0].fd, 0);
	abi_need(m->dev >= 0, "KVM_CREATE_DEVICE");
}

void aia_configure(struct aia *m, bool direct)
{
	unsigned int i;

	aia_begin(m);
	abi_need(!aia_config(m->dev, CONFIG(MODE), aia_mode), "MODE");
	abi_need(!aia_config(m->dev, CONFIG(IDS), AIA_IDS), "IDS");
	abi_need(!aia_config(m->dev, CONFIG(SRCS), AIA_SOURCES), "SRCS");
	abi_need(!aia_config(m->dev, CONFIG(HART_BITS), 1), "HART_BITS");
	abi_need(!aia_config(m->dev, KVM_DEV_RV_AIA_CONFIG_DELIVERY, direct), "DELIVERY");
	abi_need(!aia_addr(m->dev, KVM_DEV_RISCV_AIA_ADDR_APLIC, AIA_APLIC), "ADDR_APLIC");
	for (i = 0; i < AIA_HARTS && !direct; i++)
		abi_need(!aia_addr(m->dev, KVM_DEV_RISCV_AIA_ADDR_IMSIC(i),
				   AIA_IMSIC + i * AIA_PAGE), "ADDR_IMSIC");
}

void aia_create(struct aia *m, bool direct)
{
	aia_configure(m, direct);
	abi_need(!aia_init(m->dev), "CTRL_INIT");
}

void aia_destroy(struct aia *m)
{
	unsigned int i;

	close(m->dev);
	for (i = 1; i < AIA_HARTS; i++) {
		munmap(m->hart[i].run, m->hart[0].run_size);
		close(m->hart[i].vcpu);
	}
	abi_vm_destroy(&m->hart[0]);
}

int aia_attr(int dev, unsigned long cmd, uint32_t group, uint64_t attr, void *value)
{
	struct kvm_device_attr ask = {
		.group = group, .attr = attr, .addr = (uintptr_t)value,
	};

	return ioctl(dev, cmd, &ask);
}

int aia_config(int dev, uint64_t attr, uint32_t value)
{
	return aia_attr(dev, KVM_SET_DEVICE_ATTR, GRP(CONFIG), attr, &value);
}

int aia_addr(int dev, uint64_t attr, uint64_t value)
{
	return aia_attr(dev, KVM_SET_DEVICE_ATTR, GRP(ADDR), attr, &value);
}

int aia_init(int dev)
{
	return aia_attr(dev, KVM_SET_DEVICE_ATTR, GRP(CTRL), KVM_DEV_RISCV_AIA_CTRL_INIT, NULL);
}

uint32_t aia_aplic(const struct aia *m, uint64_t attr)
{
	uint32_t value = 0;

	abi_need(!aia_attr(m->dev, KVM_GET_DEVICE_ATTR, GRP(APLIC), attr, &value),
		 "a register of the APLIC");
	return value;
}

void aia_set_aplic(const struct aia *m, uint64_t attr, uint32_t value)
{
	abi_need(!aia_attr(m->dev, KVM_SET_DEVICE_ATTR, GRP(APLIC), attr, &value),
		 "a register of the APLIC");
}

uint64_t aia_file(const struct aia *m, unsigned int nr, uint32_t iselect)
{
	uint64_t value = 0;

	abi_need(!aia_attr(m->dev, KVM_GET_DEVICE_ATTR, GRP(IMSIC),
			   KVM_DEV_RISCV_AIA_IMSIC_MKATTR(nr, iselect), &value),
		 "a register of an interrupt file");
	return value;
}

void aia_set_file(const struct aia *m, unsigned int nr, uint32_t iselect, uint64_t value)
{
	abi_need(!aia_attr(m->dev, KVM_SET_DEVICE_ATTR, GRP(IMSIC),
			   KVM_DEV_RISCV_AIA_IMSIC_MKATTR(nr, iselect), &value),
		 "a register of an interrupt file");
}

/* ---- interrupts ----------------------------------------------------------------------------- */

int aia_line(const struct aia *m, uint32_t irq, uint32_t level)
{
	struct kvm_irq_level ask = { .irq = irq, .level = level };

	return ioctl(m->hart[0].fd, KVM_IRQ_LINE, &ask);
}

int aia_msi(const struct aia *m, unsigned int nr, uint32_t id)
{
	struct kvm_msi msi = { .address_lo = AIA_IMSIC + nr * AIA_PAGE, .data = id };

	return ioctl(m->hart[0].fd, KVM_SIGNAL_MSI, &msi);
}

/* ---- the guest ------------------------------------------------------------------------------ */

uint64_t aia_address(const uint8_t *code)
{
	return AIA_CODE + (code - aia_code);
}

/* Finish the call that the guest made, so that registers can be set. */
static void finish_call(struct abi_vm *hart)
{
	hart->run->immediate_exit = 1;
	abi_need(abi_run(hart) == -1 && errno == EINTR, "immediate exit");
	hart->run->immediate_exit = 0;
}

/* Return: the function that it said. */
static unsigned long execute(struct abi_vm *hart, const uint8_t *code, uint64_t a0, uint64_t a1)
{
	unsigned long function;

	abi_set_reg(hart->vcpu, ABI_CORE(regs.pc), aia_address(code));
	abi_set_reg(hart->vcpu, ABI_CORE(regs.a0), a0);
	abi_set_reg(hart->vcpu, ABI_CORE(regs.a1), a1);
	abi_set_reg(hart->vcpu, ABI_CSR(stvec), aia_address(aia_trapped));
	abi_need(!abi_run(hart), "KVM_RUN");
	abi_need(hart->run->exit_reason == KVM_EXIT_RISCV_SBI, "a call of the guest");
	function = hart->run->riscv_sbi.function_id;
	finish_call(hart);
	return function;
}

uint64_t aia_do(struct abi_vm *hart, const uint8_t *code, uint64_t a0, uint64_t a1)
{
	abi_need(!execute(hart, code, a0, a1), "a guest without traps");
	return abi_get_reg(hart->vcpu, ABI_CORE(regs.s2));
}

uint64_t aia_trap(struct abi_vm *hart, const uint8_t *code, uint64_t a0, uint64_t a1)
{
	return execute(hart, code, a0, a1) ? abi_get_reg(hart->vcpu, ABI_CORE(regs.s2)) : 0;
}

uint32_t aia_mmio(struct aia *m, uint32_t offset)
{
	return aia_do(&m->hart[0], aia_load, AIA_APLIC + offset, 0);
}

void aia_set_mmio(struct aia *m, uint32_t offset, uint32_t value)
{
	aia_do(&m->hart[0], aia_store, AIA_APLIC + offset, value);
}

void aia_enable(struct aia *m)
{
	unsigned int i, word;

	for (i = 0; i < AIA_HARTS; i++) {
		aia_do(&m->hart[i], aia_sireg_write, EIDELIVERY, 1);
		aia_do(&m->hart[i], aia_sireg_write, EITHRESHOLD, 0);
		for (word = 0; word <= AIA_IDS / 64; word++)
			aia_do(&m->hart[i], aia_sireg_write, EIE0 + 2 * word, ~0UL);
	}
}

void aia_boot_counters(struct aia *m)
{
	unsigned int i;

	*(volatile uint32_t *)(m->hart[0].ram + (AIA_STOP - ABI_RAM)) = 0;
	for (i = 0; i < AIA_HARTS; i++) {
		abi_set_reg(m->hart[i].vcpu, ABI_CORE(regs.pc), aia_address(aia_count));
		abi_set_reg(m->hart[i].vcpu, ABI_CORE(regs.a0), AIA_COUNTERS + i * AIA_PAGE);
		abi_set_reg(m->hart[i].vcpu, ABI_CORE(regs.a1), AIA_STOP);
		m->done[i] = false;
	}
}

static void ignore(int signal)
{
}

static void *run_hart(void *arg)
{
	const struct aia_thread *self = arg;
	struct abi_vm *hart = &self->m->hart[self->nr];
	struct aia *m = self->m;
	unsigned int nr = self->nr;

	while (!m->stop && !m->done[nr]) {
		if (abi_run(hart)) {
			abi_need(errno == EINTR, "KVM_RUN");
			continue;
		}
		abi_need(abi_is_sbi(hart, 0), "a guest without traps");
		finish_call(hart);
		m->done[nr] = true;
	}
	return NULL;
}

void aia_go(struct aia *m)
{
	struct sigaction action = { .sa_handler = ignore };
	unsigned int i;

	abi_need(!sigaction(SIGUSR1, &action, NULL), "sigaction");
	m->stop = false;
	for (i = 0; i < AIA_HARTS; i++) {
		m->thread[i].m = m;
		m->thread[i].nr = i;
		abi_need(!pthread_create(&m->thread[i].id, NULL, run_hart, &m->thread[i]),
			 "thread");
	}
}

void aia_halt(struct aia *m)
{
	unsigned int i;

	m->stop = true;
	for (i = 0; i < AIA_HARTS; i++) {
		while (pthread_tryjoin_np(m->thread[i].id, NULL)) {
			pthread_kill(m->thread[i].id, SIGUSR1);
			usleep(200);
		}
	}
}

bool aia_end_counters(struct aia *m, uint32_t id)
{
	bool done = true;
	unsigned int i;

	*(volatile uint32_t *)(m->hart[0].ram + (AIA_STOP - ABI_RAM)) = 1;
	for (i = 0; i < AIA_HARTS; i++)
		aia_msi(m, i, id);
	for (i = 0; i < 10000 && !(m->done[0] && m->done[1]); i++)
		usleep(1000);
	aia_halt(m);
	for (i = 0; i < AIA_HARTS; i++)
		done &= m->done[i];
	return done;
}

uint64_t aia_counted(const struct aia *m, unsigned int nr, uint32_t id)
{
	const volatile uint64_t *counters;

	counters = (const void *)(m->hart[0].ram + (AIA_COUNTERS + nr * AIA_PAGE - ABI_RAM));
	return counters[id];
}

/* ---- many ----------------------------------------------------------------------------------- */

#define FLOOD_IDS	16U	/* that each thread has, of each hart */
#define FLOOD_THREADS	2U

struct flood {
	pthread_t	id;
	struct aia	*m;
	uint32_t	first;
	unsigned int	posts;
	bool		stuck;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void *flood(void *arg)
{
	uint64_t posted[AIA_HARTS][FLOOD_IDS] = {};
	struct flood *self = arg;
	double since = now();
	unsigned int i;

	for (i = 0; i < self->posts; i++) {
		unsigned int hart = i % AIA_HARTS, nr = i / AIA_HARTS % FLOOD_IDS;

		while (aia_counted(self->m, hart, self->first + nr) != posted[hart][nr]) {
			self->stuck = now() - since > 60;
			if (self->stuck)
				return NULL;
			sched_yield();
		}
		self->stuck |= aia_msi(self->m, hart, self->first + nr) != 1;
		posted[hart][nr]++;
		since = now();
	}
	return NULL;
}

bool aia_flood(struct aia *m, unsigned int posts)
{
	struct flood threads[FLOOD_THREADS] = {};
	bool stuck = false;
	unsigned int i;

	for (i = 0; i < FLOOD_THREADS; i++) {
		threads[i] = (struct flood) {
			.m = m, .first = 1 + i * FLOOD_IDS, .posts = posts,
		};
		abi_need(!pthread_create(&threads[i].id, NULL, flood, &threads[i]), "thread");
	}
	for (i = 0; i < FLOOD_THREADS; i++) {
		pthread_join(threads[i].id, NULL);
		stuck |= threads[i].stuck;
	}
	return !stuck;
}

uint64_t aia_flood_sum(const struct aia *m)
{
	uint64_t sum = 0;
	unsigned int i;
	uint32_t id;

	for (id = 1; id <= FLOOD_THREADS * FLOOD_IDS; id++)
		for (i = 0; i < AIA_HARTS; i++)
			sum += aia_counted(m, i, id);
	return sum;
}
