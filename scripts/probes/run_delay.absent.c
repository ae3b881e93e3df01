// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>

#ifdef CONFIG_SCHED_INFO
#error "the scheduler knows how long tasks wait"
#endif
