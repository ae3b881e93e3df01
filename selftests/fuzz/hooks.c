// SPDX-License-Identifier: GPL-2.0-only
/* What the stand-ins for kernel headers call: see selftests/unit/include/linux/atomic.h. */
#include <linux/atomic.h>

void (*unit_before_cmpxchg)(void *where);
