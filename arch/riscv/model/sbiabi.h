/* SPDX-License-Identifier: GPL-2.0-only */
/* Argument rules of the SBI (v3.0), apart from what any call does: pure. */
#ifndef RVH_MODEL_SBIABI_H
#define RVH_MODEL_SBIABI_H

#include <linux/types.h>

/* SBI v3.0 chapter 3 (Binary Encoding), table "Standard SBI Errors" */
#define SBIABI_SUCCESS			0
#define SBIABI_ERR_FAILED		-1
#define SBIABI_ERR_NOT_SUPPORTED	-2
#define SBIABI_ERR_INVALID_PARAM	-3
#define SBIABI_ERR_DENIED		-4
#define SBIABI_ERR_INVALID_ADDRESS	-5
#define SBIABI_ERR_ALREADY_AVAILABLE	-6
#define SBIABI_ERR_ALREADY_STARTED	-7
#define SBIABI_ERR_ALREADY_STOPPED	-8
#define SBIABI_ERR_NO_SHMEM		-9
#define SBIABI_ERR_INVALID_STATE	-10
#define SBIABI_ERR_BAD_RANGE		-11
#define SBIABI_ERR_TIMEOUT		-12
#define SBIABI_ERR_IO			-13
#define SBIABI_ERR_DENIED_LOCKED	-14

struct sbi_ret {
	long	error;
	long	value;
};

/* Extension ids */
#define SBIABI_EXT_0_1_FIRST		0x0
#define SBIABI_EXT_0_1_LAST		0xf
#define SBIABI_EXT_BASE			0x10
#define SBIABI_EXT_TIME			0x54494d45
#define SBIABI_EXT_IPI			0x735049
#define SBIABI_EXT_RFENCE		0x52464e43
#define SBIABI_EXT_HSM			0x48534d
#define SBIABI_EXT_SRST			0x53525354
#define SBIABI_EXT_PMU			0x504d55
#define SBIABI_EXT_DBCN			0x4442434e
#define SBIABI_EXT_SUSP			0x53555350
#define SBIABI_EXT_STA			0x535441
#define SBIABI_EXT_FWFT			0x46574654
#define SBIABI_EXT_MPXY			0x4d505859
#define SBIABI_EXT_EXPERIMENTAL_FIRST	0x08000000
#define SBIABI_EXT_EXPERIMENTAL_LAST	0x08ffffff
#define SBIABI_EXT_VENDOR_FIRST		0x09000000
#define SBIABI_EXT_VENDOR_LAST		0x09ffffff

/* SBI v3.0 chapter 5 (Legacy Extensions): extension ids */
#define SBIABI_LEGACY_SET_TIMER			0
#define SBIABI_LEGACY_CONSOLE_PUTCHAR		1
#define SBIABI_LEGACY_CONSOLE_GETCHAR		2
#define SBIABI_LEGACY_CLEAR_IPI			3
#define SBIABI_LEGACY_SEND_IPI			4
#define SBIABI_LEGACY_REMOTE_FENCE_I		5
#define SBIABI_LEGACY_REMOTE_SFENCE_VMA		6
#define SBIABI_LEGACY_REMOTE_SFENCE_VMA_ASID	7
#define SBIABI_LEGACY_SHUTDOWN			8

/* SBI v3.0 chapter 4 (Base Extension), function ids */
#define SBIABI_BASE_GET_SPEC_VERSION	0
#define SBIABI_BASE_GET_IMPL_ID		1
#define SBIABI_BASE_GET_IMPL_VERSION	2
#define SBIABI_BASE_PROBE_EXTENSION	3
#define SBIABI_BASE_GET_MVENDORID	4
#define SBIABI_BASE_GET_MARCHID		5
#define SBIABI_BASE_GET_MIMPID		6

/* Function ids of the extensions that the module answers itself */
#define SBIABI_TIME_SET_TIMER		0
#define SBIABI_IPI_SEND_IPI		0
#define SBIABI_HSM_HART_START		0
#define SBIABI_HSM_HART_STOP		1
#define SBIABI_HSM_HART_GET_STATUS	2
#define SBIABI_HSM_HART_SUSPEND		3
#define SBIABI_SRST_SYSTEM_RESET	0
#define SBIABI_SUSP_SYSTEM_SUSPEND	0
#define SBIABI_STA_SET_SHMEM		0
#define SBIABI_FWFT_SET			0
#define SBIABI_FWFT_GET			1
#define SBIABI_DBCN_CONSOLE_WRITE	0
#define SBIABI_DBCN_CONSOLE_READ	1
#define SBIABI_DBCN_CONSOLE_WRITE_BYTE	2
#define SBIABI_MPXY_GET_NOTIFICATION_EVENTS	7

/* SBI v3.0 chapter 9 (Hart State Management Extension), table "HSM Hart States" */
#define SBIABI_HSM_STARTED		0
#define SBIABI_HSM_STOPPED		1
#define SBIABI_HSM_START_PENDING	2
#define SBIABI_HSM_STOP_PENDING		3
#define SBIABI_HSM_SUSPENDED		4
#define SBIABI_HSM_SUSPEND_PENDING	5
#define SBIABI_HSM_RESUME_PENDING	6

/* SBI v3.0 §3.1 (Hart list parameter): all harts, or base and mask */
struct sbiabi_harts {
	bool	all;
	u64	base;
	u64	mask;
};

/* SBI v3.0 chapter 8 (RFENCE Extension); the values are the function ids */
enum sbiabi_fence_kind {
	SBIABI_FENCE_I			= 0,
	SBIABI_SFENCE_VMA		= 1,
	SBIABI_SFENCE_VMA_ASID		= 2,
	SBIABI_HFENCE_GVMA_VMID		= 3,
	SBIABI_HFENCE_GVMA		= 4,
	SBIABI_HFENCE_VVMA_ASID		= 5,
	SBIABI_HFENCE_VVMA		= 6,
};

struct sbiabi_fence {
	enum sbiabi_fence_kind	kind;
	struct sbiabi_harts	harts;
	bool	everything;	/* the whole address space; start and size are 0 */
	u64	start;		/* page aligned */
	u64	size;		/* page multiple; 0 without everything: there is nothing to do */
	u16	asid;		/* or VMID; 0 for the kinds without one */
};

enum sbiabi_hsm_suspend {
	SBIABI_SUSPEND_RETENTIVE,
	SBIABI_SUSPEND_NON_RETENTIVE,
};

/* SBI v3.0 chapter 10 (System Reset Extension); the values are those of the ABI */
enum sbiabi_reset {
	SBIABI_RESET_SHUTDOWN		= 0,
	SBIABI_RESET_COLD_REBOOT	= 1,
	SBIABI_RESET_WARM_REBOOT	= 2,
};

#define SBIABI_RESET_REASON_NONE	0
#define SBIABI_RESET_REASON_FAILURE	1

/**
 * sbiabi_harts() - Read a hart list parameter.
 * @mask:  hart_mask: bit i names hart @base + i.
 * @base:  hart_mask_base; -1 names every hart and leaves @mask without meaning.
 * @harts: Filled.
 *
 * Context: Any.
 */
void sbiabi_harts(u64 mask, u64 base, struct sbiabi_harts *harts);

/**
 * sbiabi_harts_has() - Does a hart list name this hart?
 * @harts:  The list.
 * @hartid: Any number.
 *
 * Context: Any.
 */
bool sbiabi_harts_has(const struct sbiabi_harts *harts, u64 hartid);

/**
 * sbiabi_harts_count() - How many harts a list names explicitly.
 * @harts: The list.
 *
 * The caller compares it with the number of harts it found: a smaller number means that a bit
 * names no hart, which is SBIABI_ERR_INVALID_PARAM (SBI v3.0 §3.1, table "Hart Mask Errors").
 *
 * Context: Any.
 * Return: Number of bits in the mask; 0 when the list means all harts.
 */
unsigned int sbiabi_harts_count(const struct sbiabi_harts *harts);

/**
 * sbiabi_check_ipi() - Arguments of sbi_send_ipi.
 * @args:  a0 to a5.
 * @harts: Filled.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM when a bit names a hart id beyond 64 bits.
 */
long sbiabi_check_ipi(const u64 args[6], struct sbiabi_harts *harts);

/**
 * sbiabi_check_fence() - Arguments of the RFENCE functions.
 * @fid:   Function id.
 * @args:  a0 to a5.
 * @fence: Filled on success; the range is widened to whole pages.
 *
 * The H-extension fences parse like the others: whether they are offered is the caller's question.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_NOT_SUPPORTED for an unknown @fid; SBIABI_ERR_INVALID_PARAM
 *         for a hart id beyond 64 bits; SBIABI_ERR_INVALID_ADDRESS when the range wraps.
 */
long sbiabi_check_fence(u64 fid, const u64 args[6], struct sbiabi_fence *fence);

/**
 * sbiabi_legacy_has_mask() - Is the first argument of a legacy call a pointer to a mask of harts?
 * @eid: Extension id.
 *
 * Context: Any.
 */
bool sbiabi_legacy_has_mask(u64 eid);

/**
 * sbiabi_check_legacy_fence() - Arguments of the legacy remote fences.
 * @eid:   SBIABI_LEGACY_REMOTE_*.
 * @args:  a0 to a5.
 * @harts: What the mask names.
 * @fence: Filled on success.
 *
 * Context: Any.
 * Return: As sbiabi_check_fence(); all errors are negative, as legacy calls have them.
 */
long sbiabi_check_legacy_fence(u64 eid, const u64 args[6], const struct sbiabi_harts *harts,
			       struct sbiabi_fence *fence);

/**
 * sbiabi_check_suspend() - Arguments of sbi_hart_suspend.
 * @args:  a0 to a5; the upper half of a0 is ignored, for the parameter has 32 bits.
 * @limit: Where guest-physical addresses end.
 * @type:  Filled on success.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM for a reserved or platform-specific type;
 *         SBIABI_ERR_INVALID_ADDRESS where a hart without its registers cannot go on.
 */
long sbiabi_check_suspend(const u64 args[6], u64 limit, enum sbiabi_hsm_suspend *type);

/**
 * sbiabi_check_system_suspend() - Arguments of sbi_system_suspend.
 * @args:  a0 to a5; the upper half of a0 is ignored, for the parameter has 32 bits.
 * @limit: Where guest-physical addresses end.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM for all types but suspend-to-RAM;
 *         SBIABI_ERR_INVALID_ADDRESS.
 */
long sbiabi_check_system_suspend(const u64 args[6], u64 limit);

/**
 * sbiabi_check_reset() - Type and reason of sbi_system_reset.
 * @args:   a0 to a5; the upper halves of a0 and a1 are ignored, for the parameters have 32 bits.
 * @type:   Filled on success.
 * @reason: Filled on success: SBIABI_RESET_REASON_NONE or _FAILURE.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM for a reserved or platform-specific value.
 */
long sbiabi_check_reset(const u64 args[6], enum sbiabi_reset *type, u32 *reason);

/* Bytes of the shared memory of STA, and what its address is a multiple of */
#define SBIABI_STA_SIZE		64

/**
 * sbiabi_check_sta() - Arguments of sbi_steal_time_set_shmem.
 * @args:  a0 to a5.
 * @limit: Where guest-physical addresses end.
 * @gpa:   Filled on success: address of the shared memory; all ones: there shall be none.
 *
 * Whether there is memory, and can be written, is the caller's question.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM for flags and a misaligned address;
 *         SBIABI_ERR_INVALID_ADDRESS for one beyond @limit.
 */
long sbiabi_check_sta(const u64 args[6], u64 limit, u64 *gpa);

/* SBI v3.0 chapter 18 (Firmware Features Extension), table "FWFT Feature Types" */
enum sbiabi_fwft_feature {
	SBIABI_FWFT_MISALIGNED_EXC_DELEG	= 0,
	SBIABI_FWFT_LANDING_PAD			= 1,
	SBIABI_FWFT_SHADOW_STACK		= 2,
	SBIABI_FWFT_DOUBLE_TRAP			= 3,
	SBIABI_FWFT_PTE_AD_HW_UPDATING		= 4,
	SBIABI_FWFT_POINTER_MASKING_PMLEN	= 5,
};

#define SBIABI_FWFT_FEATURES	6
#define SBIABI_FWFT_LOCK	1	/* flag */

/* Lengths of pointer masking that can be had, as bits */
#define SBIABI_PMLEN_7		1
#define SBIABI_PMLEN_16		2

struct sbiabi_fwft {
	u8	offered;	/* bit: feature */
	u8	locked;
	u8	pmlens;
	u8	value[8];	/* by feature */
};

/**
 * sbiabi_fwft_value() - What a feature becomes when a value is asked for.
 * @fwft:    The hart's features.
 * @feature: One that there is.
 * @value:   Asked for; on success, what the feature then is: more for the length of a mask.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_INVALID_PARAM.
 */
long sbiabi_fwft_value(const struct sbiabi_fwft *fwft, enum sbiabi_fwft_feature feature,
		       u64 *value);

/**
 * sbiabi_fwft_set() - sbi_fwft_set.
 * @fwft: The hart's features; changed on success.
 * @args: a0 to a5; the upper half of a0 is ignored, for the parameter has 32 bits.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_DENIED for what is reserved or platform specific;
 *         SBIABI_ERR_NOT_SUPPORTED for what is not offered; SBIABI_ERR_INVALID_PARAM for flags and
 *         values that mean nothing; SBIABI_ERR_DENIED_LOCKED.
 */
long sbiabi_fwft_set(struct sbiabi_fwft *fwft, const u64 args[6]);

/**
 * sbiabi_fwft_get() - sbi_fwft_get.
 * @fwft:  The hart's features.
 * @args:  a0 to a5, as before.
 * @value: Filled on success.
 *
 * Context: Any.
 * Return: SBIABI_SUCCESS; SBIABI_ERR_DENIED, SBIABI_ERR_NOT_SUPPORTED as before.
 */
long sbiabi_fwft_get(const struct sbiabi_fwft *fwft, const u64 args[6], long *value);

/**
 * sbiabi_dbcn_fid_ok() - Does the debug console define this function?
 * @fid: Function id.
 *
 * Context: Any.
 */
bool sbiabi_dbcn_fid_ok(u64 fid);

/**
 * sbiabi_mpxy_fid_ok() - Does the message proxy define this function?
 * @fid: Function id.
 *
 * Context: Any.
 */
bool sbiabi_mpxy_fid_ok(u64 fid);

#endif
