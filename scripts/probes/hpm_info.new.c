// SPDX-License-Identifier: GPL-2.0-only
/* symbols: riscv_pmu_get_hpm_info perf_event_create_kernel_counter */
#include <linux/perf/riscv_pmu.h>

static_assert(__same_type(riscv_pmu_get_hpm_info, int (u32 *, u32 *)));
