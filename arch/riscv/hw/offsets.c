// SPDX-License-Identifier: GPL-2.0-only
/* Offsets of struct rvh_ctx for the assembly: compiled to text, never linked. */
#include <linux/kbuild.h>
#include <linux/stddef.h>

#include "../rvh_types.h"

void hart_offsets(void);

void hart_offsets(void)
{
	OFFSET(CTX_X, rvh_ctx, x);
	OFFSET(CTX_PC, rvh_ctx, pc);
	OFFSET(CTX_SSTATUS, rvh_ctx, sstatus);
	OFFSET(CTX_HSTATUS, rvh_ctx, hstatus);
	OFFSET(CTX_SCAUSE, rvh_ctx, scause);
	OFFSET(CTX_STVAL, rvh_ctx, stval);
	OFFSET(CTX_HTVAL, rvh_ctx, htval);
	OFFSET(CTX_HTINST, rvh_ctx, htinst);
	OFFSET(CTX_HOST_S, rvh_ctx, host_s);
	OFFSET(CTX_HOST_RA, rvh_ctx, host_ra);
	OFFSET(CTX_HOST_SP, rvh_ctx, host_sp);
	OFFSET(CTX_HOST_GP, rvh_ctx, host_gp);
	OFFSET(CTX_HOST_TP, rvh_ctx, host_tp);
	OFFSET(CTX_HOST_SSTATUS, rvh_ctx, host_sstatus);
	OFFSET(CTX_HOST_STVEC, rvh_ctx, host_stvec);
}
