// SPDX-License-Identifier: GPL-2.0-only
/* What KVM offers to a guest, through ONE_REG. */
#include "vcpu_info.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kvm_uapi.h"
#include "msg.h"
#include "vcpu.h"
#include "virtdt.h"

/* Far above any kernel's list; bounds the allocation. */
#define MAX_REGS	65536

#define SATP_MODE_SV39	8

/* Return the list of registers for the caller to free(), or NULL after printing why. */
static struct kvm_reg_list *reg_list(const struct vcpu *vcpu)
{
	struct kvm_reg_list probe = { .n = 0 };
	struct kvm_reg_list *list;

	/* With no room, the kernel says how much is needed. */
	if (!ioctl(vcpu->fd, KVM_GET_REG_LIST, &probe) || errno != E2BIG || probe.n > MAX_REGS) {
		msg_error("KVM_GET_REG_LIST: %s", probe.n ? strerror(errno) : "no registers");
		return NULL;
	}
	list = calloc(1, sizeof(*list) + probe.n * sizeof(list->reg[0]));
	if (!list) {
		msg_error("no memory for the list of registers");
		return NULL;
	}
	list->n = probe.n;
	if (ioctl(vcpu->fd, KVM_GET_REG_LIST, list)) {
		msg_error("KVM_GET_REG_LIST: %s", strerror(errno));
		free(list);
		return NULL;
	}
	return list;
}

static bool reg_listed(const struct kvm_reg_list *list, uint64_t id)
{
	uint64_t i;

	for (i = 0; i < list->n; i++)
		if (list->reg[i] == id)
			return true;
	return false;
}

int vcpu_configure(const struct vcpu *vcpu, bool aia)
{
	const struct {
		const char	*name;
		uint64_t	id;
		uint64_t	value;
		bool		required;
	} wishes[] = {
		{ "SBI debug console",	ONEREG_SBI_EXT(SBI_EXT_REG_DBCN),		1, true },
		{ "SBI experimental",	ONEREG_SBI_EXT(SBI_EXT_REG_EXPERIMENTAL),	0, false },
		{ "SBI vendor",		ONEREG_SBI_EXT(SBI_EXT_REG_VENDOR),	0, false },
		/* A host without Smstateen cannot hide Ssaia from the guest of a PLIC. */
		{ "Ssaia extension",	ONEREG_ISA_EXT(ISA_ID_SSAIA),		aia, aia },
	};
	struct kvm_reg_list *list = reg_list(vcpu);
	int err = 0;
	size_t i;

	if (!list)
		return -1;
	for (i = 0; !err && i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		if (!reg_listed(list, wishes[i].id))
			continue;
		err = vcpu_set_reg(vcpu, wishes[i].id, wishes[i].value);
		if (!err)
			continue;
		if (wishes[i].required)
			msg_error("cannot switch on the %s: %s", wishes[i].name, strerror(err));
		else
			msg_debug("%s cannot be switched off: %s", wishes[i].name, strerror(err));
		err = wishes[i].required ? -1 : 0;
	}
	free(list);
	return err;
}

/* A register that older kernels lack or do not list, or 0. */
static uint64_t reg_optional(const struct vcpu *vcpu, const struct kvm_reg_list *list, uint64_t id)
{
	uint64_t value = 0;

	if (!reg_listed(list, id) || vcpu_get_reg(vcpu, id, &value))
		return 0;
	return value;
}

int vcpu_describe(const struct vcpu *vcpu, struct virtdt_desc *desc)
{
	struct kvm_reg_list *list;
	unsigned int id;
	int err;

	err = vcpu_get_reg(vcpu, ONEREG_TIMER_FREQUENCY, &desc->timebase);
	if (err) {
		msg_error("cannot read the timer's frequency: %s", strerror(err));
		return -1;
	}
	list = reg_list(vcpu);
	if (!list)
		return -1;

	for (id = 0; id < ISA_NEXTENSIONS; id++)
		desc->isa.has[id] = reg_optional(vcpu, list, ONEREG_ISA_EXT(id)) == 1;
	/* With a PLIC it is not offered, whether or not KVM lets us hide it. */
	if (!desc->aia)
		desc->isa.has[ISA_ID_SSAIA] = false;

	desc->satp_mode = reg_optional(vcpu, list, ONEREG_SATP_MODE);
	if (!desc->satp_mode)
		desc->satp_mode = SATP_MODE_SV39;
	desc->cbom_size = reg_optional(vcpu, list, ONEREG_ZICBOM_BLOCK_SIZE);
	desc->cboz_size = reg_optional(vcpu, list, ONEREG_ZICBOZ_BLOCK_SIZE);
	desc->cbop_size = reg_optional(vcpu, list, ONEREG_ZICBOP_BLOCK_SIZE);
	free(list);
	return 0;
}
