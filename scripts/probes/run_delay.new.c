// SPDX-License-Identifier: GPL-2.0-only
#include <linux/sched.h>

static_assert(__same_type(((struct task_struct *)NULL)->sched_info.run_delay, unsigned long long));
