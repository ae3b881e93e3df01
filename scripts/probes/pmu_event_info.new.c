// SPDX-License-Identifier: GPL-2.0-only
/* symbols: riscv_pmu_get_event_info */
#include <linux/perf/riscv_pmu.h>

static_assert(__same_type(riscv_pmu_get_event_info, int (u32, u64, u64 *)));
