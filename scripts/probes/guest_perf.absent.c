// SPDX-License-Identifier: GPL-2.0-only
#include <linux/perf_event.h>

int perf_register_guest_info_callbacks;	/* an error where the kernel declares the function */
