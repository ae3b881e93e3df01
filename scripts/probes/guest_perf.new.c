// SPDX-License-Identifier: GPL-2.0-only
/* symbols: perf_register_guest_info_callbacks perf_unregister_guest_info_callbacks */
#include <linux/perf_event.h>

static_assert(__same_type(perf_register_guest_info_callbacks,
			  void (struct perf_guest_info_callbacks *)));
