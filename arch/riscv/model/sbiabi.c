// SPDX-License-Identifier: GPL-2.0-only
#include "sbiabi.h"

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/types.h>

#define FENCE_PAGE	4096ull		/* the smallest page of every translation mode */

/* Words of the argument array, SBI v3.0 chapter 3 (Binary Encoding) and the function prototypes */
enum {
	ARG_HART_MASK	= 0,
	ARG_HART_BASE	= 1,
	ARG_START	= 2,
	ARG_SIZE	= 3,
	ARG_ASID	= 4,
	ARG_SUSPEND_TYPE = 0,
	ARG_RESUME_ADDR	= 1,
	ARG_RESET_TYPE	= 0,
	ARG_RESET_REASON = 1,
	ARG_SHMEM_LO	= 0,
	ARG_SHMEM_HI	= 1,
	ARG_SHMEM_FLAGS	= 2,
	ARG_FEATURE	= 0,
	ARG_FEATURE_VALUE = 1,
	ARG_FEATURE_FLAGS = 2,
};

#define SUSPEND_DEFAULT_RETENTIVE	0x00000000u
#define SUSPEND_DEFAULT_NON_RETENTIVE	0x80000000u
#define SLEEP_SUSPEND_TO_RAM		0x00000000u

void sbiabi_harts(u64 mask, u64 base, struct sbiabi_harts *harts)
{
	if (base == U64_MAX)
		*harts = (struct sbiabi_harts) { .all = true };
	else
		*harts = (struct sbiabi_harts) { .base = base, .mask = mask };
}

bool sbiabi_harts_has(const struct sbiabi_harts *harts, u64 hartid)
{
	u64 bit = hartid - harts->base;

	if (harts->all)
		return true;
	return hartid >= harts->base && bit < 64 && harts->mask >> bit & 1;
}

unsigned int sbiabi_harts_count(const struct sbiabi_harts *harts)
{
	return hweight64(harts->mask);
}

/* A bit must not name a hart whose number wraps around to a small one. */
static long check_harts(const u64 args[6], struct sbiabi_harts *harts)
{
	sbiabi_harts(args[ARG_HART_MASK], args[ARG_HART_BASE], harts);
	if (harts->mask && harts->base > U64_MAX - __fls(harts->mask))
		return SBIABI_ERR_INVALID_PARAM;
	return SBIABI_SUCCESS;
}

long sbiabi_check_ipi(const u64 args[6], struct sbiabi_harts *harts)
{
	return check_harts(args, harts);
}

/* SBI v3.0 chapter 8: (0, 0) and a size of 2^XLEN - 1 mean the entire address space. */
static long check_range(u64 start, u64 size, struct sbiabi_fence *fence)
{
	u64 first, last;

	if (size == U64_MAX || (!start && !size)) {
		fence->everything = true;
		return SBIABI_SUCCESS;
	}
	if (!size)
		return SBIABI_SUCCESS;

	/* The last byte, not the end, is compared: a range may touch the top of the space. */
	last = start + size - 1;
	if (last < start)
		return SBIABI_ERR_INVALID_ADDRESS;

	first = ALIGN_DOWN(start, FENCE_PAGE);
	last = ALIGN_DOWN(last, FENCE_PAGE);
	fence->start = first;
	fence->size = last - first + FENCE_PAGE;
	fence->everything = !fence->size;	/* 2^64 bytes */
	return SBIABI_SUCCESS;
}

long sbiabi_check_fence(u64 fid, const u64 args[6], struct sbiabi_fence *fence)
{
	long err;

	if (fid > SBIABI_HFENCE_VVMA)
		return SBIABI_ERR_NOT_SUPPORTED;

	*fence = (struct sbiabi_fence) { .kind = fid };
	err = check_harts(args, &fence->harts);
	if (err)
		return err;

	switch (fence->kind) {
	case SBIABI_FENCE_I:
		return SBIABI_SUCCESS;
	case SBIABI_SFENCE_VMA_ASID:
	case SBIABI_HFENCE_GVMA_VMID:
	case SBIABI_HFENCE_VVMA_ASID:
		fence->asid = args[ARG_ASID];
		break;
	case SBIABI_SFENCE_VMA:
	case SBIABI_HFENCE_GVMA:
	case SBIABI_HFENCE_VVMA:
		break;
	}
	return check_range(args[ARG_START], args[ARG_SIZE], fence);
}

bool sbiabi_legacy_has_mask(u64 eid)
{
	return eid >= SBIABI_LEGACY_SEND_IPI && eid <= SBIABI_LEGACY_REMOTE_SFENCE_VMA_ASID;
}

long sbiabi_check_legacy_fence(u64 eid, const u64 args[6], const struct sbiabi_harts *harts,
			       struct sbiabi_fence *fence)
{
	/* The mask is one argument there; then they are the same, in the same order. */
	const u64 same[6] = {
		[ARG_HART_MASK]	= harts->mask,
		[ARG_HART_BASE]	= harts->all ? U64_MAX : harts->base,
		[ARG_START]	= args[1],
		[ARG_SIZE]	= args[2],
		[ARG_ASID]	= args[3],
	};

	return sbiabi_check_fence(eid - SBIABI_LEGACY_REMOTE_FENCE_I, same, fence);
}

/*
 * SBI v3.0 chapter 9, tables "HSM Hart Suspend Types" and "HSM Hart Suspend Errors": a type that
 * is platform specific and not implemented is as invalid as a reserved one. resume_addr is unused
 * by those that keep the registers.
 */
long sbiabi_check_suspend(const u64 args[6], u64 limit, enum sbiabi_hsm_suspend *type)
{
	switch ((u32)args[ARG_SUSPEND_TYPE]) {
	case SUSPEND_DEFAULT_RETENTIVE:
		*type = SBIABI_SUSPEND_RETENTIVE;
		return SBIABI_SUCCESS;
	case SUSPEND_DEFAULT_NON_RETENTIVE:
		if (args[ARG_RESUME_ADDR] >= limit)
			return SBIABI_ERR_INVALID_ADDRESS;
		*type = SBIABI_SUSPEND_NON_RETENTIVE;
		return SBIABI_SUCCESS;
	default:
		return SBIABI_ERR_INVALID_PARAM;
	}
}

/* SBI v3.0 chapter 13 (System Suspend Extension), table "SUSP System Suspend Errors" */
long sbiabi_check_system_suspend(const u64 args[6], u64 limit)
{
	if ((u32)args[ARG_SUSPEND_TYPE] != SLEEP_SUSPEND_TO_RAM)
		return SBIABI_ERR_INVALID_PARAM;
	return args[ARG_RESUME_ADDR] < limit ? SBIABI_SUCCESS : SBIABI_ERR_INVALID_ADDRESS;
}

/* SBI v3.0 chapter 10, table "SRST System Reset Errors": the same rule, for type and reason. */
long sbiabi_check_reset(const u64 args[6], enum sbiabi_reset *type, u32 *reason)
{
	u32 reset_type = args[ARG_RESET_TYPE];
	u32 reset_reason = args[ARG_RESET_REASON];

	if (reset_type > SBIABI_RESET_WARM_REBOOT || reset_reason > SBIABI_RESET_REASON_FAILURE)
		return SBIABI_ERR_INVALID_PARAM;
	*type = reset_type;
	*reason = reset_reason;
	return SBIABI_SUCCESS;
}

/* SBI v3.0 chapter 16, table "STA Set Steal-time Shared Memory Address Errors" */
long sbiabi_check_sta(const u64 args[6], u64 limit, u64 *gpa)
{
	u64 lo = args[ARG_SHMEM_LO], hi = args[ARG_SHMEM_HI];

	if (args[ARG_SHMEM_FLAGS])
		return SBIABI_ERR_INVALID_PARAM;
	*gpa = U64_MAX;
	if (lo == U64_MAX && hi == U64_MAX)
		return SBIABI_SUCCESS;
	if (lo % SBIABI_STA_SIZE)
		return SBIABI_ERR_INVALID_PARAM;
	if (hi || lo >= limit)
		return SBIABI_ERR_INVALID_ADDRESS;
	*gpa = lo;
	return SBIABI_SUCCESS;
}

/* SBI v3.0 chapter 18, tables "FWFT Firmware Features Set Errors" and "... Get Errors" */
static long check_feature(const struct sbiabi_fwft *fwft, u32 feature)
{
	if (feature >= SBIABI_FWFT_FEATURES)
		return SBIABI_ERR_DENIED;
	return fwft->offered >> feature & 1 ? SBIABI_SUCCESS : SBIABI_ERR_NOT_SUPPORTED;
}

/* "PMLEN >= N": the shortest one that there is. */
static long round_pmlen(const struct sbiabi_fwft *fwft, u64 *value)
{
	if (!*value)
		return SBIABI_SUCCESS;
	if (*value <= 7 && fwft->pmlens & SBIABI_PMLEN_7)
		*value = 7;
	else if (*value <= 16 && fwft->pmlens & SBIABI_PMLEN_16)
		*value = 16;
	else
		return SBIABI_ERR_INVALID_PARAM;
	return SBIABI_SUCCESS;
}

long sbiabi_fwft_value(const struct sbiabi_fwft *fwft, enum sbiabi_fwft_feature feature,
		       u64 *value)
{
	if (feature == SBIABI_FWFT_POINTER_MASKING_PMLEN)
		return round_pmlen(fwft, value);
	return *value > 1 ? SBIABI_ERR_INVALID_PARAM : SBIABI_SUCCESS;
}

long sbiabi_fwft_set(struct sbiabi_fwft *fwft, const u64 args[6])
{
	u32 feature = args[ARG_FEATURE];
	u64 value = args[ARG_FEATURE_VALUE];
	long err;

	err = check_feature(fwft, feature);
	if (err)
		return err;
	if (args[ARG_FEATURE_FLAGS] & ~(u64)SBIABI_FWFT_LOCK)
		return SBIABI_ERR_INVALID_PARAM;
	err = sbiabi_fwft_value(fwft, feature, &value);
	if (err)
		return err;
	if (fwft->locked >> feature & 1)
		return SBIABI_ERR_DENIED_LOCKED;

	/* Masked, for a hart that speculates past the check. */
	fwft->value[feature & 7] = value;
	if (args[ARG_FEATURE_FLAGS])
		fwft->locked |= 1u << feature;
	return SBIABI_SUCCESS;
}

long sbiabi_fwft_get(const struct sbiabi_fwft *fwft, const u64 args[6], long *value)
{
	u32 feature = args[ARG_FEATURE];
	long err;

	err = check_feature(fwft, feature);
	if (!err)
		*value = fwft->value[feature & 7];
	return err;
}

bool sbiabi_dbcn_fid_ok(u64 fid)
{
	return fid <= SBIABI_DBCN_CONSOLE_WRITE_BYTE;
}

bool sbiabi_mpxy_fid_ok(u64 fid)
{
	return fid <= SBIABI_MPXY_GET_NOTIFICATION_EVENTS;
}
