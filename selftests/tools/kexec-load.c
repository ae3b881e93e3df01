// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec-load IMAGE INITRD COMMAND-LINE
 * Lays a RISC-V kernel ready, to be started by reboot(LINUX_REBOOT_CMD_KEXEC), and starts it.
 *
 * The image starts at a multiple of 2 MiB; a1 has the device tree, which the kernel finds among the
 * segments by its magic number: Documentation/arch/riscv/boot-image-header.rst and boot.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <libfdt.h>

#define MIB		(1UL << 20)
#define PAGE		4096UL
#define FDT_SPARE	PAGE

/* The header at the start of the image, as far as it is needed. */
struct image_header {
	uint32_t code[2];
	uint64_t text_offset;
	uint64_t image_size;	/* with bss */
};

struct file {
	void *data;
	size_t size;
};

enum { KERNEL, INITRD, FDT, SEGMENTS };

static void fail(const char *what)
{
	fprintf(stderr, "kexec-load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long align(unsigned long value, unsigned long step)
{
	return (value + step - 1) / step * step;
}

/* Files of sysfs do not tell their size: read to the end. */
static struct file load(const char *name, size_t spare)
{
	struct file file = { 0 };
	size_t room = 0;
	ssize_t count;
	int fd = open(name, O_RDONLY);

	if (fd < 0)
		fail(name);
	do {
		if (room - file.size < MIB) {
			room += 32 * MIB;
			file.data = realloc(file.data, room + spare);
			if (!file.data)
				fail(name);
		}
		count = read(fd, (char *)file.data + file.size, room - file.size);
		if (count < 0)
			fail(name);
		file.size += count;
	} while (count);
	close(fd);
	return file;
}

/* The first byte of the largest piece of memory. */
static unsigned long memory_start(void)
{
	unsigned long start, end, best = 0, best_size = 0;
	FILE *iomem = fopen("/proc/iomem", "r");
	char line[256];

	if (!iomem)
		fail("/proc/iomem");
	while (fgets(line, sizeof(line), iomem)) {
		if (!strstr(line, ": System RAM") ||
		    sscanf(line, "%lx-%lx", &start, &end) != 2 || end - start <= best_size)
			continue;
		best = start;
		best_size = end - start;
	}
	fclose(iomem);
	if (best_size < 512 * MIB) {
		errno = ENOMEM;
		fail("/proc/iomem");
	}
	return best;
}

static void set_chosen(struct file *fdt, const char *command_line, unsigned long initrd,
		       size_t size)
{
	int chosen;

	if (fdt_open_into(fdt->data, fdt->data, fdt->size + FDT_SPARE) ||
	    (chosen = fdt_path_offset(fdt->data, "/chosen")) < 0 ||
	    fdt_setprop_string(fdt->data, chosen, "bootargs", command_line) ||
	    fdt_setprop_u64(fdt->data, chosen, "linux,initrd-start", initrd) ||
	    fdt_setprop_u64(fdt->data, chosen, "linux,initrd-end", initrd + size)) {
		errno = EINVAL;
		fail("the device tree");
	}
	fdt->size = fdt_totalsize(fdt->data);
}

static void place(struct kexec_segment *segment, const struct file *file, unsigned long start,
		  size_t size)
{
	segment->buf = file->data;
	segment->bufsz = file->size;
	segment->mem = (void *)start;
	segment->memsz = align(size, PAGE);
}

int main(int argc, char **argv)
{
	struct kexec_segment segments[SEGMENTS];
	const struct image_header *header;
	struct file kernel, initrd, fdt;
	unsigned long at;

	if (argc != 4) {
		fprintf(stderr, "usage: kexec-load IMAGE INITRD COMMAND-LINE\n");
		return 2;
	}
	kernel = load(argv[1], 0);
	initrd = load(argv[2], 0);
	fdt = load("/sys/firmware/fdt", FDT_SPARE);
	header = kernel.data;

	at = align(memory_start(), 2 * MIB) + 64 * MIB + header->text_offset % (2 * MIB);
	place(&segments[KERNEL], &kernel, at, header->image_size);
	at = align(at + header->image_size, 2 * MIB);
	set_chosen(&fdt, argv[3], at, initrd.size);
	place(&segments[INITRD], &initrd, at, initrd.size);
	at = align(at + initrd.size, 2 * MIB);
	place(&segments[FDT], &fdt, at, fdt.size);

	if (syscall(SYS_kexec_load, segments[KERNEL].mem, SEGMENTS, segments, KEXEC_ARCH_DEFAULT))
		fail("kexec_load");
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
	fail("reboot");
}
