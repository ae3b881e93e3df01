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
#define SBIABI_EXT_DBCN			0x4442434e
#define SBIABI_EXT_EXPERIMENTAL_FIRST	0x08000000
#define SBIABI_EXT_EXPERIMENTAL_LAST	0x08ffffff
#define SBIABI_EXT_VENDOR_FIRST		0x09000000
#define SBIABI_EXT_VENDOR_LAST		0x09ffffff

/* SBI v3.0 §3.1 (Hart list parameter): all harts, or base and mask */
struct sbiabi_harts {
	bool	all;
	u64	base;
	u64	mask;
};

/* SBI v3.0 chapter 8 (RFENCE Extension) */
enum sbiabi_fence_kind {
	SBIABI_FENCE_I,
	SBIABI_SFENCE_VMA,
	SBIABI_SFENCE_VMA_ASID,
	SBIABI_HFENCE_GVMA_VMID,
	SBIABI_HFENCE_GVMA,
	SBIABI_HFENCE_VVMA_ASID,
	SBIABI_HFENCE_VVMA,
};

struct sbiabi_fence {
	enum sbiabi_fence_kind	kind;
	struct sbiabi_harts	harts;
	bool	everything;	/* the whole address space */
	u64	start;		/* page aligned */
	u64	size;		/* page multiple */
	u16	asid;
};

enum sbiabi_hsm_suspend {
	SBIABI_SUSPEND_RETENTIVE,
	SBIABI_SUSPEND_NON_RETENTIVE,
};

enum sbiabi_reset {
	SBIABI_RESET_SHUTDOWN,
	SBIABI_RESET_COLD_REBOOT,
	SBIABI_RESET_WARM_REBOOT,
};

void sbiabi_harts(u64 mask, u64 base, struct sbiabi_harts *harts);
bool sbiabi_harts_has(const struct sbiabi_harts *harts, u64 hartid);
long sbiabi_check_ipi(const u64 args[6], struct sbiabi_harts *harts);
long sbiabi_check_fence(u64 fid, const u64 args[6], struct sbiabi_fence *fence);
long sbiabi_check_suspend(const u64 args[6], enum sbiabi_hsm_suspend *type);
long sbiabi_check_reset(const u64 args[6], enum sbiabi_reset *type, u32 *reason);
bool sbiabi_dbcn_fid_ok(u64 fid);

#endif
