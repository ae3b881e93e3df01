// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest without an operating system, which checks what the launcher does for a guest, also
 * for one that does not behave. It takes one-letter orders from the SBI debug console and
 * answers there.
 */
#include <stdbool.h>
#include <stdint.h>

#define RAM_BASE	0x80000000UL
#define PLIC		0x0c000000UL
#define UART		0x10000000UL
#define NOWHERE		0x20000000UL

#define EXT_BASE	0x10
#define EXT_DBCN	0x4442434e
#define EXT_HSM		0x48534d
#define EXT_SRST	0x53525354
#define EXT_VENDOR	0x09000001

#define NOT_SUPPORTED	(-2L)
#define INVALID_PARAM	(-3L)

#define SIP_SEIP	(1UL << 9)
#define MAX_HARTS	8

/* The header of a Linux Image, then the way to C; a0 is the hart, s1 the device tree. */
__asm__(".section .head, \"ax\"\n"
	"	.option norvc\n"
	"	.globl	_start\n"
	"_start:	j	1f\n"
	"	nop\n"
	"	.dword	0x200000\n"
	"	.dword	_end - _start\n"
	"	.dword	0, 2, 0\n"
	"	.ascii	\"RISCV\\0\\0\\0RSC\\005\"\n"
	"	.word	0\n"
	"1:	mv	s1, a1\n"
	"	li	t1, 8\n"
	"	bgeu	a0, t1, 2f\n"
	"	la	sp, stacks\n"
	"	addi	t0, a0, 1\n"
	"	slli	t0, t0, 12\n"
	"	add	sp, sp, t0\n"
	"	la	t0, trap\n"
	"	csrw	stvec, t0\n"
	"	mv	a1, s1\n"
	"	call	main\n"
	"2:	wfi\n"
	"	j	2b\n"
	"	.balign	4\n"
	"trap:	csrr	a0, scause\n"
	"	csrr	a1, sepc\n"
	"	call	trapped\n");

__attribute__((used, aligned(16))) char stacks[MAX_HARTS * 4096];

struct sbi_ret {
	long	error;
	long	value;
};

static struct sbi_ret sbi(long extension, long function, long arg0, long arg1, long arg2)
{
	register long a0 __asm__("a0") = arg0;
	register long a1 __asm__("a1") = arg1;
	register long a2 __asm__("a2") = arg2;
	register long a6 __asm__("a6") = function;
	register long a7 __asm__("a7") = extension;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
	return (struct sbi_ret){ a0, a1 };
}

static struct sbi_ret dbcn(long function, long len, unsigned long address, unsigned long high)
{
	return sbi(EXT_DBCN, function, len, (long)address, (long)high);
}

static void print(const char *text)
{
	while (*text)
		sbi(EXT_DBCN, 2, *text++, 0, 0);
}

static void check(const char *name, bool good)
{
	print(good ? "ok - " : "not ok - ");
	print(name);
	print("\r\n");
}

static uint64_t rd(unsigned long address, unsigned int len)
{
	switch (len) {
	case 1:
		return *(volatile uint8_t *)address;
	case 2:
		return *(volatile uint16_t *)address;
	case 4:
		return *(volatile uint32_t *)address;
	default:
		return *(volatile uint64_t *)address;
	}
}

static void wr(unsigned long address, unsigned int len, uint64_t value)
{
	switch (len) {
	case 1:
		*(volatile uint8_t *)address = (uint8_t)value;
		break;
	case 2:
		*(volatile uint16_t *)address = (uint16_t)value;
		break;
	case 4:
		*(volatile uint32_t *)address = (uint32_t)value;
		break;
	default:
		*(volatile uint64_t *)address = value;
		break;
	}
}

/* The size of memory, from the device tree: the reg property of the node "memory@...". */
static uint64_t memory_size(const uint8_t *tree)
{
	const uint8_t *at;
	uint64_t size = 0;
	int i;

	for (at = tree; at < tree + 0x10000; at += 4) {
		/* A property of 16 bytes that starts with our base. */
		static const uint8_t prefix[] = { 0, 0, 0, 3, 0, 0, 0, 16 };
		static const uint8_t base[] = { 0, 0, 0, 0, 0x80, 0, 0, 0 };
		bool same = true;

		for (i = 0; i < 8; i++)
			same = same && at[i] == prefix[i] && at[12 + i] == base[i];
		if (!same)
			continue;
		for (i = 0; i < 8; i++)
			size = size << 8 | at[20 + i];
		return size;
	}
	return 0;
}

static void check_dbcn(uint64_t size)
{
	static const char text[] = "# written through memory\r\n";
	unsigned long end = RAM_BASE + size;
	struct sbi_ret ret;

	check("memory size found", size != 0);
	ret = dbcn(0, sizeof(text) - 1, (unsigned long)text, 0);
	check("dbcn write", ret.error == 0 && ret.value == sizeof(text) - 1);
	check("dbcn write of nothing", dbcn(0, 0, RAM_BASE, 0).error == 0);
	check("dbcn write with high half", dbcn(0, 1, RAM_BASE, 1).error == INVALID_PARAM);
	check("dbcn read with high half", dbcn(1, 1, RAM_BASE, 1).error == INVALID_PARAM);
	check("dbcn write below memory", dbcn(0, 2, RAM_BASE - 1, 0).error == INVALID_PARAM);
	check("dbcn write across the end", dbcn(0, 2, end - 1, 0).error == INVALID_PARAM);
	check("dbcn read across the end", dbcn(1, 2, end - 1, 0).error == INVALID_PARAM);
	check("dbcn write behind memory", dbcn(0, 1, end, 0).error == INVALID_PARAM);
	check("dbcn write of everything", dbcn(0, -1L, RAM_BASE, 0).error == INVALID_PARAM);
	check("dbcn write of a device", dbcn(0, 1, UART, 0).error == INVALID_PARAM);
	check("dbcn function 3", dbcn(3, 0, 0, 0).error == NOT_SUPPORTED);
}

static void check_sbi(void)
{
	struct sbi_ret ret = sbi(EXT_BASE, 3, EXT_VENDOR, 0, 0);

	check("no vendor extension", ret.error == 0 && ret.value == 0);
	check("vendor call", sbi(EXT_VENDOR, 1, 2, 3, 4).error == NOT_SUPPORTED);
	check("experimental call", sbi(0x08000000, 1, 2, 3, 4).error == NOT_SUPPORTED);
	check("unknown call", sbi(0x12345678, 1, 2, 3, 4).error == NOT_SUPPORTED);
}

static void check_mmio(void)
{
	unsigned long offset;
	unsigned int len;
	bool zero = true;

	for (len = 1; len <= 8; len *= 2) {
		wr(NOWHERE, len, ~0UL);
		zero = zero && rd(NOWHERE, len) == 0 && rd(0, len) == 0 && rd(PLIC - 8, len) == 0;
	}
	check("nothing reads as zero", zero);

	/* Every register of the UART but the data register, in every width. */
	for (len = 1; len <= 8; len *= 2) {
		for (offset = 8; offset < 0x100; offset += len) {
			wr(UART + offset, len, ~0UL);
			rd(UART + offset, len);
		}
		for (offset = len; offset < 8; offset += len)
			rd(UART + offset, len);
	}
	/* The PLIC: its first registers in full, then here and there. */
	for (offset = 0; offset < 0x4000000; offset += offset < 0x2200 ? 4 : 0xfffc) {
		for (len = 1; len <= 8; len *= 2) {
			if (offset % len)
				continue;
			wr(PLIC + offset, len, ~0UL);
			rd(PLIC + offset, len);
		}
	}
	check("odd accesses do no harm", true);
}

static uint64_t external_pending(void)
{
	uint64_t sip;

	__asm__ volatile("csrr %0, sip" : "=r"(sip));
	return sip & SIP_SEIP;
}

/* The UART's transmitter-empty interrupt, source 1, through the PLIC to this hart. */
static void check_interrupt(unsigned long hart)
{
	unsigned long context = PLIC + 0x200000 + 0x1000 * hart;
	uint64_t before, during, claimed, none, after;

	wr(PLIC + 4, 4, 1);
	wr(PLIC + 0x2000 + 0x80 * hart, 4, 2);
	wr(PLIC + 0x2000 + 0x80 * hart + 4, 4, 0);
	wr(context, 4, 0);
	while ((claimed = rd(context + 4, 4)))	/* left over */
		wr(context + 4, 4, claimed);
	before = external_pending();

	wr(UART + 1, 1, 0);
	wr(UART + 1, 1, 2);
	during = external_pending();
	claimed = rd(context + 4, 4);
	none = rd(context + 4, 4);
	rd(UART + 2, 1);	/* IIR: acknowledges */
	wr(UART + 1, 1, 0);
	wr(context + 4, 4, claimed);
	after = external_pending();
	check("interrupt is delivered, claimed and completed",
	      !before && during && claimed == 1 && !none && !after);
}

/* Only where the device tree has Zkr. */
static void check_seed(void)
{
	uint64_t seed;

	__asm__ volatile("csrrw %0, 0x015, zero" : "=r"(seed));
	check("seed", seed >> 30 == 2 || seed >> 30 == 1);
}

static volatile uint64_t stormers;

/* Every hart writes to the PLIC and the UART at once, with interrupts flying. */
static void storm(unsigned long hart)
{
	unsigned long context = PLIC + 0x200000 + 0x1000 * hart;
	int i;

	for (i = 0; i < 300; i++) {
		wr(PLIC + 0x2000 + 0x80 * hart, 4, i & 1 ? 2 : 0);
		wr(UART + 1, 1, i & 2 ? 2 : 0);
		wr(context + 4, 4, rd(context + 4, 4));
		rd(UART + 2, 1);
	}
	__atomic_fetch_add(&stormers, 1, __ATOMIC_SEQ_CST);
}

static void check_storm(unsigned long boot_hart)
{
	extern char _start[];
	uint64_t hart, started = 1;

	for (hart = 0; hart < MAX_HARTS; hart++)
		if (hart != boot_hart &&
		    !sbi(EXT_HSM, 0, (long)hart, (long)_start, 0).error)
			started++;
	storm(boot_hart);
	while (stormers < started)
		;
	check("storm on all harts", true);
}

static char get_order(void)
{
	static char byte;

	while (dbcn(1, 1, (unsigned long)&byte, 0).value != 1)
		;
	return byte;
}

static void reset(long type, long reason)
{
	sbi(EXT_SRST, 0, type, reason, 0);
	print("not ok - still here after a reset\r\n");
}

void trapped(uint64_t cause, uint64_t pc);
void trapped(uint64_t cause, uint64_t pc)
{
	(void)cause;
	(void)pc;
	print("probe: trap\r\n");
	reset(0, 1);
}

void main(unsigned long hart, const uint8_t *tree);
void main(unsigned long hart, const uint8_t *tree)
{
	static volatile bool booted;

	if (booted) {
		storm(hart);
		return;
	}
	booted = true;
	print("probe: ready\r\n");
	for (;;) {
		switch (get_order()) {
		case 't':
			check_dbcn(memory_size(tree));
			check_sbi();
			check_mmio();
			check_interrupt(hart);
			check_storm(hart);
			print("probe: done\r\n");
			break;
		case 's':
			check_seed();
			break;
		case 'q':
			reset(0, 0);
			break;
		case 'f':
			reset(0, 1);
			break;
		case 'r':
			reset(1, 0);
			break;
		case 'F':
			reset(2, 1);
			break;
		case 'l':
			print("probe: looping\r\n");
			for (;;)
				;
		case 'w':
			print("probe: writing\r\n");
			for (;;)
				dbcn(0, 4096, RAM_BASE + 0x200000, 0);
		case 'j':
			/* Leave memory: no instruction can be fetched there. */
			print("probe: jumping\r\n");
			((void (*)(void))NOWHERE)();
			break;
		case '\n':
		case '\r':
			break;
		default:
			print("not ok - unknown order\r\n");
		}
	}
}
