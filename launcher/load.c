// SPDX-License-Identifier: GPL-2.0-only
/* Kernel and initrd into guest memory. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "msg.h"
#include "options.h"
#include "ram.h"

/* Linux, Documentation/arch/riscv/boot-image-header.rst */
#define IMAGE_TEXT_OFFSET	0x08
#define IMAGE_SIZE		0x10
#define IMAGE_FLAGS		0x18
#define IMAGE_MAGIC2		0x38
#define IMAGE_FLAG_BIG_ENDIAN	1ULL

/* Linux, Documentation/arch/riscv/boot.rst: the kernel starts at a PMD boundary. */
#define KERNEL_ALIGN		(2ULL << 20)
#define INITRD_ALIGN		(4ULL << 10)

/* Everything is put below this, so that a guest finds it in its early mappings. */
#define LOAD_WINDOW		(2ULL << 30)

static uint64_t load_le64(const uint8_t *bytes)
{
	uint64_t value = 0;
	int i;

	for (i = 7; i >= 0; i--)
		value = value << 8 | bytes[i];
	return value;
}

/* Name the usual mistakes. */
static const char *image_explain(const uint8_t *header)
{
	if (header[0] == 0x1f && header[1] == 0x8b)
		return "compressed with gzip; decompress it first";
	if (!memcmp(header, "MZ", 2) && !memcmp(header + 4, "zimg", 4))
		return "a compressed EFI image; give the uncompressed Image";
	if (!memcmp(header, "\177ELF", 4))
		return "an ELF file; give the Image made from it";
	return "not a RISC-V Linux Image (no magic in its header)";
}

const char *image_parse(struct image *image, const uint8_t *header, uint64_t file_size)
{
	uint64_t offset = load_le64(header + IMAGE_TEXT_OFFSET);
	uint64_t size = load_le64(header + IMAGE_SIZE);

	if (file_size < IMAGE_HEADER_SIZE)
		return "too short for a RISC-V Linux Image";
	if (memcmp(header + IMAGE_MAGIC2, "RSC\005", 4))
		return image_explain(header);
	if (load_le64(header + IMAGE_FLAGS) & IMAGE_FLAG_BIG_ENDIAN)
		return "a big-endian Image";
	if (offset % KERNEL_ALIGN)
		return "its load offset is not a multiple of 2 MiB";

	image->offset = offset;
	image->size = size > file_size ? size : file_size;
	return NULL;
}

/* An open file and its size. */
struct source {
	const char	*path;
	int		fd;
	uint64_t	size;
};

static int source_open(struct source *source, const char *path)
{
	struct stat st;

	source->path = path;
	source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (source->fd < 0) {
		msg_error("%s: %s", path, strerror(errno));
		return -1;
	}
	if (fstat(source->fd, &st) || !S_ISREG(st.st_mode)) {
		msg_error("%s: not a regular file", path);
		close(source->fd);
		return -1;
	}
	source->size = (uint64_t)st.st_size;
	return 0;
}

static int source_read(const struct source *source, void *buf, uint64_t len)
{
	uint8_t *next = buf;
	uint64_t done = 0;

	while (done < len) {
		ssize_t n = pread(source->fd, next + done, len - done, (off_t)done);

		if (n > 0) {
			done += (uint64_t)n;
		} else if (n == 0) {
			msg_error("%s: the file shrank while it was read", source->path);
			return -1;
		} else if (errno != EINTR) {
			msg_error("%s: %s", source->path, strerror(errno));
			return -1;
		}
	}
	return 0;
}

static int place_kernel(struct layout *layout, const struct source *source, const struct ram *ram)
{
	uint64_t header_size = source->size < IMAGE_HEADER_SIZE ? source->size : IMAGE_HEADER_SIZE;
	uint8_t header[IMAGE_HEADER_SIZE] = { 0 };
	struct image image;
	const char *wrong;

	if (source_read(source, header, header_size))
		return -1;
	wrong = image_parse(&image, header, source->size);
	if (wrong) {
		msg_error("%s: %s", source->path, wrong);
		return -1;
	}
	/* Stay below the device tree. */
	if (image.offset > layout->dtb - ram->base ||
	    image.size > layout->dtb - ram->base - image.offset) {
		msg_error("%s: does not fit into %llu MiB of memory (see --mem)",
			  source->path, (unsigned long long)ram->size >> 20);
		return -1;
	}
	layout->entry = ram->base + image.offset;
	layout->kernel_end = layout->entry + image.size;
	return source_read(source, ram_ptr(ram, layout->entry, image.size), source->size);
}

static int place_initrd(struct layout *layout, const struct source *source, const struct ram *ram)
{
	if (!source->size) {
		msg_error("%s: empty", source->path);
		return -1;
	}
	if (source->size > layout->dtb - layout->kernel_end ||
	    ((layout->dtb - source->size) & ~(INITRD_ALIGN - 1)) < layout->kernel_end) {
		msg_error("%s: does not fit beside the kernel into %llu MiB of memory (see --mem)",
			  source->path, (unsigned long long)ram->size >> 20);
		return -1;
	}
	layout->initrd = (layout->dtb - source->size) & ~(INITRD_ALIGN - 1);
	layout->initrd_size = source->size;
	return source_read(source, ram_ptr(ram, layout->initrd, source->size), source->size);
}

static int load_file(struct layout *layout, const char *path, const struct ram *ram,
		     int (*place)(struct layout *layout, const struct source *source,
				  const struct ram *ram))
{
	struct source source;
	int err;

	if (source_open(&source, path))
		return -1;
	err = place(layout, &source, ram);
	close(source.fd);
	return err;
}

int load_guest(struct layout *layout, const struct options *options, const struct ram *ram)
{
	uint64_t top = ram->base + (ram->size < LOAD_WINDOW ? ram->size : LOAD_WINDOW);

	*layout = (struct layout){ .dtb = (top - DTB_MAX_SIZE) & ~(DTB_MAX_SIZE - 1) };

	if (load_file(layout, options->kernel, ram, place_kernel))
		return -1;
	if (options->initrd && load_file(layout, options->initrd, ram, place_initrd))
		return -1;

	msg_debug("kernel 0x%llx-0x%llx, initrd 0x%llx-0x%llx, device tree 0x%llx",
		  (unsigned long long)layout->entry, (unsigned long long)layout->kernel_end,
		  (unsigned long long)layout->initrd,
		  (unsigned long long)(layout->initrd + layout->initrd_size),
		  (unsigned long long)layout->dtb);
	return 0;
}
