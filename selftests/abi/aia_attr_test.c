// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt controllers in the kernel: what can be configured, when, and what is refused. */
#include "aia.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define GET		KVM_GET_DEVICE_ATTR
#define SET		KVM_SET_DEVICE_ATTR
#define HAS		KVM_HAS_DEVICE_ATTR
#define GRP(name)	KVM_DEV_RISCV_AIA_GRP_##name
#define CONFIG(name)	KVM_DEV_RISCV_AIA_CONFIG_##name
#define DELIVERY	KVM_DEV_RV_AIA_CONFIG_DELIVERY
#define ADDR_APLIC	KVM_DEV_RISCV_AIA_ADDR_APLIC
#define ADDR_IMSIC(i)	KVM_DEV_RISCV_AIA_ADDR_IMSIC(i)
#define FILE_REG(nr, iselect)	KVM_DEV_RISCV_AIA_IMSIC_MKATTR((uint64_t)(nr), iselect)

static int create_device(int vm, uint32_t flags)
{
	struct kvm_create_device ask = { .type = KVM_DEV_TYPE_RISCV_AIA, .flags = flags };

	return ioctl(vm, KVM_CREATE_DEVICE, &ask) ? -1 : (int)ask.fd;
}

static void run_shortly(struct abi_vm *hart)
{
	abi_set_reg(hart->vcpu, ABI_CORE(regs.pc), ABI_RAM + (guest_sbi - guest_start));
	abi_need(!abi_run(hart), "KVM_RUN");
}

/* ---- numbers -------------------------------------------------------------------------------- */

static struct {
	const char	*name;
	uint64_t	attr;
	uint32_t	initial;
	uint32_t	good[4];
	uint32_t	bad[6];		/* up to a 0, unless it is the first */
} configs[] = {
	{ "MODE", CONFIG(MODE), 0, { 0, 0, 0, 0 }, { 1, 2, 3, 4, 1U << 31, -1U } },
	{ "IDS", CONFIG(IDS), 63, { 63, 127, 1983, 2047 }, { 62, 64, 126, 2046, 2048, 2111 } },
	{ "SRCS", CONFIG(SRCS), 0, { 0, 1, 1022, 1023 }, { 1024, 1025, 1U << 16, -1U } },
	{ "GROUP_BITS", CONFIG(GROUP_BITS), 0, { 0, 1, 6, 7 }, { 8, 9, 256, -1U } },
	{ "GROUP_SHIFT", CONFIG(GROUP_SHIFT), 24, { 24, 25, 54, 55 }, { 23, 56, 64, 280, -1U } },
	{ "HART_BITS", CONFIG(HART_BITS), 0, { 0, 1, 14, 15 }, { 16, 17, 256, -1U } },
	{ "GUEST_BITS", CONFIG(GUEST_BITS), 0, { 0, 1, 6, 7 }, { 8, 9, 256, -1U } },
	{ "DELIVERY", DELIVERY, 0, { 0, 1, 0, 1 }, { 2, 3, 1U << 31, -1U } },
};

#define NR_CONFIGS	(sizeof(configs) / sizeof(configs[0]))

/* The value, which is as long as it should be. */
static bool reads_as(int dev, uint32_t group, uint64_t attr, uint64_t value, size_t size)
{
	uint64_t words[2] = { 0xa5a5a5a5a5a5a5a5, 0xa5a5a5a5a5a5a5a5 };
	uint64_t wanted[2] = { words[0], words[1] };

	memcpy(wanted, &value, size);
	return !aia_attr(dev, GET, group, attr, words) && !memcmp(words, wanted, sizeof(words));
}

static void test_config(int dev, unsigned int row)
{
	uint64_t attr = configs[row].attr, value;
	unsigned int i, wrong = 0;

	abi_check(reads_as(dev, GRP(CONFIG), attr, configs[row].initial, 4) &&
		  !aia_attr(dev, HAS, GRP(CONFIG), attr, NULL), "%s: %u at first",
		  configs[row].name, configs[row].initial);
	for (i = 0; i < 4; i++) {
		/* What is behind the value is not looked at. */
		value = 0xffffffff00000000 | configs[row].good[i];
		wrong += aia_attr(dev, SET, GRP(CONFIG), attr, &value) ||
			 !reads_as(dev, GRP(CONFIG), attr, configs[row].good[i], 4);
	}
	for (i = 0; i < 6 && (!i || configs[row].bad[i]); i++) {
		wrong += !aia_config(dev, attr, configs[row].bad[i]) || errno != EINVAL ||
			 !reads_as(dev, GRP(CONFIG), attr, configs[row].good[3], 4);
	}
	abi_check(!wrong, "%s: its limits (%u wrong)", configs[row].name, wrong);
	aia_config(dev, attr, configs[row].initial);
}

static void test_addresses(int dev, unsigned int most)
{
	static const uint64_t good[] = { 0, 0x1000, 1UL << 40, -0x1000UL };
	static const uint64_t bad[] = { 1, 0x800, 0xfff, 0x1001, -1UL, -0xfffUL };
	const uint64_t attrs[] = { ADDR_APLIC, ADDR_IMSIC(0), ADDR_IMSIC(most - 1) };
	unsigned int i, k, wrong = 0;

	for (i = 0; i < 3; i++) {
		wrong += !reads_as(dev, GRP(ADDR), attrs[i], -1UL, 8);
		for (k = 0; k < 4; k++)
			wrong += aia_addr(dev, attrs[i], good[k]) ||
				 !reads_as(dev, GRP(ADDR), attrs[i], good[k], 8);
		for (k = 0; k < 6; k++)
			wrong += !aia_addr(dev, attrs[i], bad[k]) || errno != EINVAL ||
				 !reads_as(dev, GRP(ADDR), attrs[i], good[3], 8);
	}
	abi_check(!wrong, "addresses (%u wrong)", wrong);
}

static void test_unknown(int dev, unsigned int most)
{
	static const unsigned long cmds[] = { HAS, GET, SET };
	const struct {
		uint32_t	group;
		uint64_t	attr;
	} rows[] = {
		{ GRP(CONFIG), 7 }, { GRP(CONFIG), -1UL }, { GRP(CONFIG), 1UL << 32 },
		{ GRP(CONFIG), DELIVERY - 1 }, { GRP(CONFIG), DELIVERY + 1 },
		{ GRP(ADDR), ADDR_IMSIC(most) }, { GRP(ADDR), -1UL }, { GRP(ADDR), 1UL << 32 },
		{ GRP(CTRL), 1 }, { GRP(CTRL), -1UL }, { 5, 0 }, { -1U, 0 }, { 1U << 16, 0 },
	};
	uint64_t value = 0;
	unsigned int i, k, wrong = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (k = 0; k < 3; k++)
			wrong += !aia_attr(dev, cmds[k], rows[i].group, rows[i].attr, &value) ||
				 errno != ENXIO;
	abi_check(!wrong, "attributes that there are not: ENXIO (%u wrong)", wrong);
	abi_check(!aia_attr(dev, HAS, GRP(CTRL), KVM_DEV_RISCV_AIA_CTRL_INIT, NULL),
		  "there is a command to set it up");
	abi_check_errno(aia_attr(dev, GET, GRP(CTRL), KVM_DEV_RISCV_AIA_CTRL_INIT, &value), ENXIO,
			"which cannot be read");
}

/* Before it is set up there is no state. */
static void test_no_state(const struct aia *m)
{
	static const unsigned long cmds[] = { HAS, GET, SET };
	uint64_t value = 0;
	unsigned int k, wrong = 0;

	for (k = 0; k < 3; k++) {
		wrong += !aia_attr(m->dev, cmds[k], GRP(APLIC), 0, &value) || errno != ENODEV;
		wrong += !aia_attr(m->dev, cmds[k], GRP(APLIC), -1UL, &value) || errno != ENODEV;
		wrong += !aia_attr(m->dev, cmds[k], GRP(IMSIC), FILE_REG(0, EIDELIVERY), &value) ||
			 errno != ENODEV;
		wrong += !aia_attr(m->dev, cmds[k], GRP(IMSIC), -1UL, &value) || errno != ENODEV;
	}
	abi_check(!wrong, "no state before it is set up: ENODEV (%u wrong)", wrong);
	abi_check_errno(aia_line(m, 1, 1), EBUSY, "KVM_IRQ_LINE before that");
	abi_check_errno(aia_msi(m, 0, 1), EBUSY, "KVM_SIGNAL_MSI before that");
}

/* With guest interrupt files there are more modes, and as many identities as they have. */
static void expect_guest_files(int dev)
{
	uint32_t i, ids = 0;

	for (i = 0; i < 4; i++)
		configs[0].good[i] = i % 3;
	configs[0].initial = KVM_DEV_RISCV_AIA_MODE_AUTO;
	configs[0].good[3] = KVM_DEV_RISCV_AIA_MODE_HWACCEL;
	for (i = 0; i < 6; i++)
		configs[0].bad[i] = i < 4 ? 3 + i : 0;
	abi_need(!aia_attr(dev, GET, GRP(CONFIG), CONFIG(IDS), &ids), "IDS");
	abi_check(ids >= 63 && ids <= 2047 && ids % 64 == 63, "as many as the harts have: %u", ids);
	configs[1].initial = ids;
}

/* A file of a hart has no more identities than it has. */
static void test_guest_files(void)
{
	uint32_t mode, ids = configs[1].initial;
	struct aia m;

	if (!aia_has_guest_files() || ids == 2047) {
		printf("# no guest interrupt files, or as large as they can be\n");
		return;
	}
	for (mode = KVM_DEV_RISCV_AIA_MODE_HWACCEL; mode <= KVM_DEV_RISCV_AIA_MODE_AUTO; mode++) {
		aia_mode = mode;
		aia_configure(&m, false);
		abi_need(!aia_config(m.dev, CONFIG(IDS), 2047), "IDS");
		if (mode == KVM_DEV_RISCV_AIA_MODE_HWACCEL) {
			abi_check_errno(aia_init(m.dev), EINVAL, "more than a guest file has");
			abi_need(!aia_config(m.dev, CONFIG(IDS), ids), "IDS");
			abi_check(!aia_init(m.dev), "as many as it has");
		} else {
			abi_check(!aia_init(m.dev), "with AUTO the file is in memory");
		}
		run_shortly(&m.hart[0]);
		abi_check((aia_loads(&m, 0) > 0) == (mode == KVM_DEV_RISCV_AIA_MODE_HWACCEL),
			  "and is used as such (%ld)", (long)aia_loads(&m, 0));
		aia_destroy(&m);
	}
	aia_mode = KVM_DEV_RISCV_AIA_MODE_EMUL;
}

static void test_numbers(void)
{
	unsigned int i;
	struct aia m;
	int most;

	aia_begin(&m);
	if (aia_has_guest_files())
		expect_guest_files(m.dev);
	most = ioctl(m.hart[0].fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
	abi_need(most > 0, "KVM_CAP_MAX_VCPUS");
	for (i = 0; i < NR_CONFIGS; i++)
		test_config(m.dev, i);
	test_addresses(m.dev, most);
	test_unknown(m.dev, most);
	test_no_state(&m);
	aia_destroy(&m);
}

/* ---- order ---------------------------------------------------------------------------------- */

static void test_creation(void)
{
	struct abi_vm vm;
	int dev, vcpu;

	abi_vm_begin(&vm);
	abi_check_errno(ioctl(vm.fd, KVM_IRQ_LINE, &(struct kvm_irq_level) { .irq = 1 }), ENXIO,
			"KVM_IRQ_LINE without a device");
	abi_check(create_device(vm.fd, KVM_CREATE_DEVICE_TEST) == 0, "a test creates nothing");
	dev = create_device(vm.fd, 0);
	abi_check(dev >= 0, "a device before vCPUs");
	abi_check_errno(aia_init(dev), EINVAL, "without vCPUs it cannot be set up");
	abi_check_errno(create_device(vm.fd, 0), EEXIST, "a second device");
	close(dev);
	abi_check_errno(create_device(vm.fd, 0), EEXIST, "nor when its file is closed");
	vcpu = ioctl(vm.fd, KVM_CREATE_VCPU, 0UL);
	abi_check(vcpu >= 0, "vCPUs after it");
	close(vcpu);
	close(vm.fd);
	close(vm.sys);
}

static void test_ran(void)
{
	struct abi_vm vm;
	struct aia m;

	abi_vm_create(&vm);
	run_shortly(&vm);
	abi_check_errno(create_device(vm.fd, 0), EBUSY, "no device when a vCPU has run");
	abi_vm_destroy(&vm);

	aia_configure(&m, false);
	run_shortly(&m.hart[1]);
	abi_check_errno(aia_init(m.dev), EBUSY, "with MSIs: not set up when a vCPU has run");
	aia_destroy(&m);

	aia_configure(&m, true);
	run_shortly(&m.hart[1]);
	abi_check_errno(aia_init(m.dev), EBUSY, "direct: not set up when a vCPU has run");
	aia_destroy(&m);
}

/* After KVM_DEV_RISCV_AIA_CTRL_INIT nothing is changed. */
static void test_after(bool direct)
{
	const char *how = direct ? "direct" : "with MSIs";
	unsigned int i, wrong = 0;
	struct aia m;

	aia_create(&m, direct);
	abi_check_errno(aia_init(m.dev), EBUSY, "%s: set up twice", how);
	for (i = 0; i < NR_CONFIGS; i++)
		wrong += !aia_config(m.dev, configs[i].attr, configs[i].good[0]) ||
			 errno != EBUSY;
	wrong += !aia_addr(m.dev, ADDR_APLIC, AIA_APLIC) || errno != EBUSY;
	wrong += !aia_addr(m.dev, ADDR_IMSIC(0), AIA_IMSIC) || errno != EBUSY;
	abi_check(!wrong && reads_as(m.dev, GRP(CONFIG), CONFIG(SRCS), AIA_SOURCES, 4) &&
		  reads_as(m.dev, GRP(ADDR), ADDR_APLIC, AIA_APLIC, 8),
		  "%s: then it stays as it is (%u wrong)", how, wrong);
	abi_check_errno(aia_new_vcpu(&m, AIA_HARTS), EBUSY, "%s: no more vCPUs", how);
	abi_check_errno(aia_line(&m, 0, 1), ENODEV, "%s: no line 0", how);
	abi_check_errno(aia_line(&m, AIA_SOURCES + 1, 1), ENODEV, "%s: one too high", how);
	abi_check_errno(aia_line(&m, -1U, 1), ENODEV, "%s: 2^32 - 1", how);
	abi_check(!aia_line(&m, 1, 1) && !aia_line(&m, AIA_SOURCES, 7) &&
		  !aia_line(&m, AIA_SOURCES, 0), "%s: the first and the last line", how);
	abi_check(aia_msi(&m, 0, 1) == !direct, "%s: an MSI to an interrupt file", how);
	abi_check(aia_msi(&m, AIA_HARTS, 1) == 0 && aia_msi(&m, 1000, 1) == 0,
		  "%s: MSIs to nobody", how);
	aia_destroy(&m);
}

/* ---- setting up that is refused ------------------------------------------------------------- */

enum kind { CFG, ADR };

static const struct {
	const char	*why;
	bool		direct;
	enum kind	kind;
	uint64_t	attr;
	uint64_t	value;
	uint64_t	back;		/* a value that is right */
} refused[] = {
	{ "more sources than identities", false, CFG, CONFIG(SRCS), 256, 255 },
	{ "two files at one address", false, ADR, ADDR_IMSIC(1), AIA_IMSIC, AIA_IMSIC + 0x1000 },
	{ "files too far apart", false, ADR, ADDR_IMSIC(1), AIA_IMSIC + 0x2000,
	  AIA_IMSIC + 0x1000 },
	{ "no bit for harts", false, CFG, CONFIG(HART_BITS), 0, 1 },
	{ "a file between harts", false, CFG, CONFIG(GUEST_BITS), 1, 0 },
	{ "files in the APLIC", false, ADR, ADDR_APLIC, AIA_IMSIC - 0x3000, AIA_APLIC },
	{ "files at the APLIC", false, ADR, ADDR_APLIC, AIA_IMSIC + 0x1000, AIA_APLIC },
	{ "an APLIC beyond all addresses", false, ADR, ADDR_APLIC, -0x1000UL, AIA_APLIC },
	{ "direct, beyond all addresses", true, ADR, ADDR_APLIC, -0x4000UL, AIA_APLIC },
	{ "direct, without a source", true, CFG, CONFIG(SRCS), 0, 1 },
};

static void change(const struct aia *m, enum kind kind, uint64_t attr, uint64_t value)
{
	abi_need(!(kind == CFG ? aia_config(m->dev, attr, value) : aia_addr(m->dev, attr, value)),
		 "what is fine by itself");
}

static void test_refused(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct aia m;

		aia_configure(&m, refused[i].direct);
		change(&m, refused[i].kind, refused[i].attr, refused[i].value);
		abi_check_errno(aia_init(m.dev), EINVAL, "%s", refused[i].why);
		abi_check_errno(aia_line(&m, 1, 1), EBUSY, "%s: not set up", refused[i].why);
		change(&m, refused[i].kind, refused[i].attr, refused[i].back);
		abi_check(!aia_init(m.dev) && !aia_line(&m, 1, 1), "%s: then it is right",
			  refused[i].why);
		aia_destroy(&m);
	}
}

static void test_missing(void)
{
	struct aia m;

	aia_begin(&m);
	aia_config(m.dev, CONFIG(HART_BITS), 1);
	abi_check_errno(aia_init(m.dev), EINVAL, "no address");
	aia_addr(m.dev, ADDR_IMSIC(0), AIA_IMSIC);
	abi_check_errno(aia_init(m.dev), EINVAL, "one of two");
	aia_addr(m.dev, ADDR_IMSIC(1), AIA_IMSIC + AIA_PAGE);
	aia_config(m.dev, CONFIG(SRCS), 1);
	abi_check_errno(aia_init(m.dev), EINVAL, "none of the APLIC");
	aia_config(m.dev, CONFIG(SRCS), 0);
	abi_check(!aia_init(m.dev), "which need not be without sources");
	abi_check_errno(aia_attr(m.dev, HAS, GRP(APLIC), 0, NULL), ENODEV, "then there is none");
	abi_check_errno(aia_line(&m, 1, 1), ENODEV, "nor lines");
	abi_check(aia_msi(&m, 1, 1) == 1, "but MSIs");
	aia_destroy(&m);
}

/* ---- state ---------------------------------------------------------------------------------- */

/* HAS and GET agree about each number, whatever it is. */
static void test_agree(const struct aia *m, uint32_t group, uint64_t end, uint64_t step,
		       unsigned int wanted)
{
	unsigned int there = 0, wrong = 0;
	uint64_t attr, value;

	for (attr = 0; attr < end; attr += step) {
		int has = aia_attr(m->dev, HAS, group, attr, NULL) ? errno : 0;
		int get = aia_attr(m->dev, GET, group, attr, &value) ? errno : 0;

		wrong += has != get || (has && has != ENXIO && has != ENODEV);
		there += !has;
	}
	abi_check(!wrong && there == wanted, "group %u: %u attributes, as HAS tells (%u wrong)",
		  group, there, wrong);
}

static void test_state(void)
{
	uint64_t value = 0;
	struct aia m;

	aia_create(&m, false);
	/* Per file: eidelivery, eithreshold and others, the even ones of 128. */
	test_agree(&m, GRP(IMSIC), FILE_REG(AIA_HARTS + 1, 0), 1, AIA_HARTS * (16 + 64));
	test_agree(&m, GRP(APLIC), 0x4100, 1, 0x1000);
	abi_check(reads_as(m.dev, GRP(APLIC), DOMAINCFG, 0x80000000 | DOMAINCFG_DM, 4) &&
		  reads_as(m.dev, GRP(IMSIC), FILE_REG(1, EIE0), 0, 8), "and their sizes");
	abi_check_errno(aia_attr(m.dev, GET, GRP(APLIC), 2, &value), ENXIO, "between registers");
	abi_check_errno(aia_attr(m.dev, GET, GRP(APLIC), KVM_DEV_RV_AIA_APLIC_INPUT(32), &value),
			ENXIO, "beyond the wires");
	abi_check_errno(aia_attr(m.dev, GET, GRP(APLIC), KVM_DEV_RV_AIA_APLIC_INPUT(-1), &value),
			ENXIO, "before them");
	abi_need(!aia_line(&m, 1, 1) && !aia_line(&m, 96, 1), "KVM_IRQ_LINE");
	abi_check(aia_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(0)) == 2 &&
		  aia_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(3)) == 1, "wires are told");
	aia_set_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(3), -1U);
	aia_set_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(0), -1U);
	aia_set_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(31), -1U);
	abi_check(aia_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(3)) == 1 &&
		  aia_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(0)) == -2U &&
		  !aia_aplic(&m, KVM_DEV_RV_AIA_APLIC_INPUT(31)), "and set, as far as there are");
	aia_destroy(&m);

	aia_create(&m, true);
	test_agree(&m, GRP(APLIC), 0x4100, 4, 0x1000 + AIA_HARTS * 8);
	test_agree(&m, GRP(IMSIC), FILE_REG(AIA_HARTS, 0), 1, 0);
	aia_destroy(&m);
}

/* A file is named by the id of its vCPU, an address by the order in which they were created. */
static void test_ids(void)
{
	struct abi_vm vm;
	uint64_t value = 0;
	int dev, first, second;
	struct kvm_msi msi = { .address_lo = AIA_IMSIC, .data = 3 };

	abi_vm_begin(&vm);
	first = ioctl(vm.fd, KVM_CREATE_VCPU, 7UL);
	second = ioctl(vm.fd, KVM_CREATE_VCPU, 4UL);
	dev = create_device(vm.fd, 0);
	abi_need(first >= 0 && second >= 0 && dev >= 0, "vCPUs 7 and 4, and a device");
	aia_config(dev, CONFIG(HART_BITS), 1);
	aia_addr(dev, ADDR_IMSIC(0), AIA_IMSIC);
	aia_addr(dev, ADDR_IMSIC(1), AIA_IMSIC + AIA_PAGE);
	abi_need(!aia_init(dev) && ioctl(vm.fd, KVM_SIGNAL_MSI, &msi) == 1, "an MSI");
	abi_check(!aia_attr(dev, GET, GRP(IMSIC), FILE_REG(7, EIP0), &value) && value == 8,
		  "the first address is of the vCPU that was created first");
	abi_check(!aia_attr(dev, GET, GRP(IMSIC), FILE_REG(4, EIP0), &value) && value == 0,
		  "the other one of the other");
	abi_check_errno(aia_attr(dev, GET, GRP(IMSIC), FILE_REG(0, EIP0), &value), ENODEV,
			"there is no vCPU 0");
	close(first);
	close(second);
	close(dev);
	close(vm.fd);
	close(vm.sys);
}

/* ---- again ---------------------------------------------------------------------------------- */

static atomic_bool over;

/* Has a vCPU busy most of the time. */
static void *read_regs(void *m)
{
	while (!over)
		abi_get_reg(((struct aia *)m)->hart[1].vcpu, ABI_CORE(regs.pc));
	return NULL;
}

static bool init_while_busy(struct aia *m)
{
	pthread_t thread;
	bool busy;

	over = false;
	abi_need(!pthread_create(&thread, NULL, read_regs, m), "thread");
	usleep(1000);
	busy = aia_init(m->dev) && errno == EBUSY;
	over = true;
	pthread_join(thread, NULL);
	return busy;
}

/* Setting up fails after the first vCPU got its interrupt file. */
static void fail_amid(struct aia *m)
{
	unsigned int i;
	bool busy;

	for (i = 0; i < 200; i++) {
		aia_configure(m, false);
		busy = init_while_busy(m);
		if (busy)
			break;
		aia_destroy(m);
	}
	abi_need(busy, "a vCPU that is busy");
}

static void test_again(void)
{
	struct aia m;

	fail_amid(&m);
	abi_need(!aia_config(m.dev, CONFIG(IDS), 127) && !aia_init(m.dev), "again");
	aia_set_file(&m, 0, EIE0 + 2, -1UL);
	aia_set_file(&m, 0, EIE0 + 4, -1UL);
	abi_check(aia_file(&m, 0, EIE0 + 2) == -1UL && !aia_file(&m, 0, EIE0 + 4),
		  "then with fewer identities");
	aia_destroy(&m);

	fail_amid(&m);
	abi_need(!aia_config(m.dev, DELIVERY, 1) && !aia_init(m.dev), "again");
	aia_set_mmio(&m, DOMAINCFG, DOMAINCFG_IE);
	aia_set_mmio(&m, IDELIVERY(0), 1);
	aia_set_mmio(&m, IFORCE(0), 1);
	abi_check(aia_do(&m.hart[0], aia_sip, 0, 0) & SIP_SEIP, "then with direct delivery");
	abi_check(aia_trap(&m.hart[0], aia_top, 0, 0), "and without a trace of the file");
	aia_destroy(&m);
}

/* ---- races ---------------------------------------------------------------------------------- */

#define ROUNDS	60

static struct aia raced;
static atomic_uint odd;

static bool is_one_of(int ret, int error)
{
	return !ret || errno == error;
}

static void *look(void *unused)
{
	uint64_t value = 0;

	while (!over) {
		odd += !is_one_of(aia_attr(raced.dev, HAS, GRP(APLIC), 0, NULL), ENODEV);
		odd += !is_one_of(aia_attr(raced.dev, GET, GRP(APLIC), TARGET(9), &value), ENODEV);
		odd += !is_one_of(aia_attr(raced.dev, HAS, GRP(IMSIC), FILE_REG(1, EIE0), NULL),
				  ENODEV);
		odd += !is_one_of(aia_attr(raced.dev, GET, GRP(IMSIC), FILE_REG(0, EIP0), &value),
				  ENODEV);
		odd += !is_one_of(aia_attr(raced.dev, SET, GRP(IMSIC), FILE_REG(0, EIE0), &value),
				  ENODEV);
		odd += !is_one_of(aia_line(&raced, 5, 1), EBUSY);
		odd += !is_one_of(aia_msi(&raced, 1, 9) < 0 ? -1 : 0, EBUSY);
	}
	return NULL;
}

/* Of a vCPU and setting up, each comes first in some rounds. */
static void *add_vcpu(void *vcpu)
{
	int fd = aia_new_vcpu(&raced, 50);

	odd += fd < 0 && errno != EBUSY;
	*(int *)vcpu = fd;
	return NULL;
}

static void test_races(void)
{
	unsigned int i, failures = 0, added = 0;
	pthread_t threads[2], adder;

	for (i = 0; i < ROUNDS; i++) {
		int vcpu = -1, err;
		unsigned int k;

		aia_configure(&raced, i % 2);
		over = false;
		for (k = 0; k < 2; k++)
			abi_need(!pthread_create(&threads[k], NULL, look, NULL), "thread");
		abi_need(!pthread_create(&adder, NULL, add_vcpu, &vcpu), "thread");
		/* Half of the attempts fail first. */
		if (i % 4 < 2) {
			aia_addr(raced.dev, ADDR_APLIC, -0x1000UL);
			failures += aia_init(raced.dev) == -1 && errno == EINVAL;
			aia_addr(raced.dev, ADDR_APLIC, AIA_APLIC);
		}
		err = aia_init(raced.dev) ? errno : 0;
		pthread_join(adder, NULL);
		over = true;
		for (k = 0; k < 2; k++)
			pthread_join(threads[k], NULL);
		/* A third vCPU has no address. */
		odd += err && (err != EINVAL || vcpu < 0);
		added += vcpu >= 0;
		if (vcpu >= 0)
			close(vcpu);
		aia_destroy(&raced);
	}
	abi_check(!odd && failures == ROUNDS / 2,
		  "set up while others look (%u odd; %u vCPUs more)", odd, added);
}

/* A vCPU that has not run yet loads from where there may be registers. */
static void *load_from_holes(void *vm)
{
	unsigned int i;

	while (!over)
		;
	for (i = 0; i < 20; i++)
		abi_run(vm);
	return NULL;
}

/* Half of the attempts come while the vCPU begins to run. */
static int create_untold(struct abi_vm *vm, struct kvm_create_device *readonly, bool run)
{
	pthread_t thread;
	int err;

	over = false;
	abi_vm_boot(vm, guest_mmio);
	abi_need(!pthread_create(&thread, NULL, load_from_holes, vm), "thread");
	over = run;
	err = ioctl(vm->fd, KVM_CREATE_DEVICE, readonly) ? errno : 0;
	over = true;
	pthread_join(thread, NULL);
	return err;
}

/* There is no place for the number of its file: it is as if it had never been there. */
static void test_untold(void)
{
	struct kvm_create_device *readonly = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
						  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i, wrong = 0;
	struct abi_vm vm;

	abi_need(readonly != MAP_FAILED, "memory");
	readonly->type = KVM_DEV_TYPE_RISCV_AIA;
	mprotect(readonly, 4096, PROT_READ);
	for (i = 0; i < 4 * ROUNDS; i++) {
		int err;

		abi_vm_create(&vm);
		err = create_untold(&vm, readonly, i % 2);
		wrong += err != EFAULT && !(i % 2 && err == EBUSY);
		abi_vm_destroy(&vm);
	}
	abi_check(!wrong, "nobody can be told of it: it is gone (%u wrong)", wrong);
	abi_vm_create(&vm);
	ioctl(vm.fd, KVM_CREATE_DEVICE, readonly);
	abi_check(create_device(vm.fd, 0) >= 0, "and another can be created");
	abi_vm_destroy(&vm);
	munmap(readonly, 4096);
}

int main(void)
{
	abi_start(60);
	if (!aia_is_there())
		return 0;
	test_numbers();
	test_guest_files();
	test_creation();
	test_ran();
	test_after(false);
	test_after(true);
	test_refused();
	test_missing();
	test_state();
	test_ids();
	test_again();
	test_races();
	test_untold();
	return abi_finish();
}
