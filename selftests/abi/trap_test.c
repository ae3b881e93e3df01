// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions that a guest causes, the ones it takes by itself and those that reach it by way of the
 * hypervisor: sepc, scause, stval and sstatus are what a hart would make of them.
 */
#include "abi.h"
#include "aia.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* One instruction at each label, s2 words long; and a handler that tells what it finds. */
asm(".section .rodata\n"
	".balign 8\n"
	".global trap_start, trap_end, trap_handler, trap_amo, trap_lr, trap_fld\n"
	".global trap_fsd, trap_jump, trap_illegal, trap_break, trap_ecall, trap_csr, trap_load\n"
	".global trap_stopei, trap_siselect, trap_sireg, trap_stopi\n"
	"trap_start:\n"
	"	.option	push\n"
	"	.option	norvc\n"
	"trap_amo:	amoadd.w	a2, a1, (a0)\n"
	"trap_lr:	lr.d	a2, (a0)\n"
	"trap_fld:	fld	fa0, 0(a0)\n"
	"trap_fsd:	fsd	fa0, 0(a0)\n"
	"trap_jump:	jr	a0\n"
	"trap_illegal:	.word	0x0000700b\n"
	"trap_break:	ebreak\n"
	"trap_ecall:	ecall\n"
	"trap_csr:	csrr	a2, 0x600\n"
	"trap_load:	ld	a2, 0(a0)\n"
	"trap_stopei:	csrr	a2, 0x15c\n"
	"trap_siselect:	csrr	a2, 0x150\n"
	"trap_sireg:	csrr	a2, 0x151\n"
	"trap_stopi:	csrr	a2, 0xdb0\n"
	"	unimp\n"
	".balign 4\n"
	"trap_handler:\n"
	"	csrr	a0, sepc\n"
	"	csrr	a1, scause\n"
	"	csrr	a2, stval\n"
	"	csrr	a3, sstatus\n"
	"	li	a6, 1\n"
	"	li	a7, 0x08ffffff\n"
	"	ecall\n"
	"	.option	pop\n"
	"trap_end:\n"
	".previous\n");
extern const uint8_t trap_start[], trap_end[], trap_handler[], trap_amo[], trap_lr[];
extern const uint8_t trap_fld[], trap_fsd[], trap_jump[], trap_illegal[], trap_break[];
extern const uint8_t trap_ecall[], trap_csr[], trap_load[];
extern const uint8_t trap_stopei[], trap_siselect[], trap_sireg[], trap_stopi[];

#define CODE		(ABI_RAM + 0x1000)
#define AT(label)	(CODE + ((label) - trap_start))
#define HOLE		0x20000000UL
#define ROM		0x30000000UL	/* a read-only slot */

#define SSTATUS_SIE	(1UL << 1)
#define SSTATUS_SPIE	(1UL << 5)
#define SSTATUS_SPP	(1UL << 8)
#define SSTATUS_FS	(3UL << 13)

enum { TVAL_A0, TVAL_ANY };

static const struct row {
	const char	*what;
	const uint8_t	*label;
	uint64_t	a0;
	uint64_t	cause;
	uint64_t	tval;		/* TVAL_A0, TVAL_ANY or this */
	bool		user_only;
	bool		no_float;	/* the unit is off */
} rows[] = {
	{ "an atomic to a hole", trap_amo, HOLE, 7, TVAL_A0, false, false },
	{ "lr at a hole", trap_lr, HOLE, 5, TVAL_A0, false, false },
	{ "a floating-point load from a hole", trap_fld, HOLE, 5, TVAL_A0, false, false },
	{ "a floating-point store to a hole", trap_fsd, HOLE, 7, TVAL_A0, false, false },
	{ "an atomic to a read-only slot", trap_amo, ROM, 7, TVAL_A0, false, false },
	{ "a misaligned load from a hole", trap_load, HOLE + 1, 4, TVAL_A0, false, false },
	{ "fld with the unit off", trap_fld, ABI_RAM, 2, 0x00053507, false, true },
	{ "an illegal instruction", trap_illegal, 0, 2, 0x700b, false, false },
	{ "a CSR of the hypervisor", trap_csr, 0, 2, 0x60002673, false, false },
	{ "an ebreak", trap_break, 0, 3, TVAL_ANY, false, false },
	{ "an ecall", trap_ecall, 0, 8, TVAL_ANY, true, false },
};

/* Of interrupt controllers: user code has none of them, nor has anybody before they are set up. */
static const struct row csrs[] = {
	{ "stopei", trap_stopei, 0, 2, 0x15c02673, true, false },
	{ "siselect", trap_siselect, 0, 2, 0x15002673, true, false },
	{ "sireg", trap_sireg, 0, 2, 0x15102673, true, false },
	{ "stopi", trap_stopi, 0, 2, 0xdb002673, true, false },
};

static struct abi_vm vm;

static void boot(const struct row *row, bool user, bool sie)
{
	abi_set_reg(vm.vcpu, ABI_CORE(regs.pc), AT(row->label));
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a0), row->a0);
	abi_set_reg(vm.vcpu, ABI_CORE(regs.a1), 0);
	abi_set_reg(vm.vcpu, ABI_CORE(mode), !user);
	abi_set_reg(vm.vcpu, ABI_CSR(stvec), AT(trap_handler));
	/* What the trap has to overwrite is the other way round. */
	abi_set_reg(vm.vcpu, ABI_CSR(sstatus), (row->no_float ? 0 : SSTATUS_FS) |
		    (sie ? SSTATUS_SIE : SSTATUS_SPIE) | (user ? SSTATUS_SPP : 0));
}

static void try_row(const struct row *row, bool user, bool sie)
{
	const unsigned long *got = vm.run->riscv_sbi.args;
	uint64_t status = (sie ? SSTATUS_SPIE : 0) | (user ? 0 : SSTATUS_SPP);
	uint64_t pc = row->label == trap_jump ? row->a0 : AT(row->label);
	bool right;

	boot(row, user, sie);
	abi_need(!abi_run(&vm), "KVM_RUN");
	right = abi_is_sbi(&vm, 1) && got[0] == pc && got[1] == row->cause &&
		(row->tval == TVAL_ANY || got[2] == (row->tval ? row->tval : row->a0)) &&
		(got[3] & (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP)) == status;
	abi_check(right, "%s, %s-mode, SIE %d", row->what, user ? "U" : "S", sie);
	if (!right)
		printf("#   reason %u: sepc %#lx scause %#lx stval %#lx sstatus %#lx\n",
		       vm.run->exit_reason, got[0], got[1], got[2], got[3]);
	vm.run->immediate_exit = 1;
	abi_run(&vm);
	vm.run->immediate_exit = 0;
}

static void try_all(void)
{
	static const struct row jump = {
		"a jump to a hole", trap_jump, HOLE, 1, TVAL_A0, false, false,
	};
	unsigned int i, mode;

	memcpy(vm.ram + (CODE - ABI_RAM), trap_start, trap_end - trap_start);
	abi_need(!abi_set_slot(vm.fd, 1, KVM_MEM_READONLY, ROM, 0x1000, vm.ram + 0x4000),
		 "a read-only slot");
	for (mode = 0; mode < 4; mode++) {
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (!rows[i].user_only || mode & 1)
				try_row(&rows[i], mode & 1, mode & 2);
		for (i = 0; i < sizeof(csrs) / sizeof(csrs[0]) && mode & 1; i++)
			try_row(&csrs[i], true, mode & 2);
		try_row(&jump, mode & 1, mode & 2);
	}
}

static void try_unset(void)
{
	unsigned int i;

	memcpy(vm.ram + (CODE - ABI_RAM), trap_start, trap_end - trap_start);
	for (i = 0; i < sizeof(csrs) / sizeof(csrs[0]); i++)
		try_row(&csrs[i], false, false);
}

static void with_aia(void)
{
	int dev;

	abi_vm_create(&vm);
	dev = aia_device(&vm);
	abi_need(dev >= 0 && !aia_config(dev, KVM_DEV_RISCV_AIA_CONFIG_MODE, aia_mode), "device");
	try_unset();
	close(dev);
	abi_vm_destroy(&vm);

	abi_vm_create(&vm);
	dev = aia_device(&vm);
	abi_need(dev >= 0 && !aia_config(dev, KVM_DEV_RISCV_AIA_CONFIG_MODE, aia_mode), "device");
	aia_place(dev, 1);
	abi_need(!aia_init(dev), "CTRL_INIT");
	try_all();
	abi_check((abi_stat(vm.vcpu, "guest_file_loads") > 0) ==
		  (aia_mode != KVM_DEV_RISCV_AIA_MODE_EMUL), "a guest interrupt file or none");
	close(dev);
	abi_vm_destroy(&vm);
}

int main(void)
{
	if (abi_is_in_tree()) {
		puts("1..0 # SKIP only ours is measured by the specification");
		return 0;
	}
	abi_start(60);
	abi_vm_create(&vm);
	try_all();
	abi_vm_destroy(&vm);

	while (aia_is_possible() && aia_next_mode())
		with_aia();
	return abi_finish();
}
