// SPDX-License-Identifier: GPL-2.0-only
#include <linux/perf/riscv_pmu.h>

int riscv_pmu_get_hpm_info;	/* an error where the kernel declares the function */
