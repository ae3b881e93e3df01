// SPDX-License-Identifier: GPL-2.0-only
/* Any text as an ISA string, and any wish for a vCPU on the host that it describes. */
#include "fuzz.h"

#include <string.h>

#include <linux/errno.h>

#include "../../arch/riscv/model/isa.h"

struct input {
	u32	nr;
	u32	misa;
	u32	enable;
};

static bool equal(const struct rvisa_set *a, const struct rvisa_set *b)
{
	return a->bits[0] == b->bits[0] && a->bits[1] == b->bits[1];
}

static void check_host(const struct rvisa_set *host)
{
	struct rvisa_set again = *host;
	u32 nr;

	rvisa_imply(&again);
	FUZZ_CHECK(equal(host, &again), "implied extensions are missing");
	FUZZ_CHECK(!(host->bits[1] >> (RVISA_COUNT - 64)), "a number without a row");
	for (nr = 0; nr < RVISA_COUNT; nr++)
		FUZZ_CHECK(rvisa_by_number(nr), "number %u", nr);
}

static void check_vcpu(const struct rvisa_set *host, const struct input *in)
{
	struct rvisa_set vcpu, before;
	int err;
	u32 nr;

	rvisa_default(host, &vcpu);
	before = vcpu;
	for (nr = 0; nr < RVISA_COUNT; nr++)
		FUZZ_CHECK(!rvisa_has(&vcpu, nr) || rvisa_offered(host, nr), "gift %u", nr);
	FUZZ_CHECK(!rvisa_has(&vcpu, RVISA_H), "a guest has H");

	err = rvisa_may_change(host, &vcpu, in->nr, in->enable & 1);
	FUZZ_CHECK((err == -ENOENT) == !rvisa_offered(host, in->nr), "error %d", err);
	FUZZ_CHECK(equal(&vcpu, &before), "asking changed the set");

	err = rvisa_set_letters(host, &vcpu, in->misa);
	FUZZ_CHECK(!err == !(in->misa >> 26), "error %d", err);
	if (err)
		FUZZ_CHECK(equal(&vcpu, &before), "changed in spite of error %d", err);
	/* The letters of the new set are among those wished for or those that were there. */
	FUZZ_CHECK(!(rvisa_letters(&vcpu) & ~(in->misa | rvisa_letters(&before))), "%#llx",
		   rvisa_letters(&vcpu));
	FUZZ_CHECK(!rvisa_has(&vcpu, RVISA_H), "a guest has H");
}

/* Bytes from 128 up stand for an underscore and a name, the others for themselves. */
static size_t spell(const uint8_t *data, size_t size, char *text, size_t room)
{
	size_t len = 0, i;

	for (i = 0; i < size && len + 32 < room; i++) {
		const struct rvisa_ext *ext = rvisa_by_number(data[i] - 128u);

		if (ext)
			len += sprintf(text + len, "_%s", ext->name);
		else
			text[len++] = data[i];
	}
	return len;
}

static void check_text(const char *text, size_t len, const struct input *in)
{
	struct rvisa_set host, named = { };
	int err = rvisa_parse_name(text, len, &named);

	FUZZ_CHECK(!err == (named.bits[0] || named.bits[1]), "name: error %d", err);

	err = rvisa_parse_string(text, len, &host);
	FUZZ_CHECK(!err || (err == -EINVAL && !host.bits[0] && !host.bits[1]), "error %d", err);
	check_host(&host);
	check_vcpu(&host, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rvisa_set host;
	struct input head;
	char buffer[2048] = "rv64";
	size_t len;
	char *text;

	if (size < sizeof(head) + sizeof(host))
		return 0;
	memcpy(&head, data, sizeof(head));
	memcpy(&host, data + sizeof(head), sizeof(host));

	/* Any set, and two texts: memory of their exact length shows a read past the end. */
	host.bits[1] &= (1ull << (RVISA_COUNT - 64)) - 1;
	rvisa_imply(&host);
	check_host(&host);
	check_vcpu(&host, &head);

	check_text((const char *)data + sizeof(head), size - sizeof(head), &head);

	len = 4 + spell(data + sizeof(head), size - sizeof(head), buffer + 4, sizeof(buffer) - 4);
	text = malloc(len);
	if (!text)
		return 0;
	memcpy(text, buffer, len);
	check_text(text, len, &head);
	free(text);
	return 0;
}
