// SPDX-License-Identifier: GPL-2.0-only
/* symbols: register_syscore_ops unregister_syscore_ops */
#include <linux/syscore_ops.h>

static_assert(__same_type(register_syscore_ops, void (struct syscore_ops *)));
static_assert(__same_type(((struct syscore_ops *)NULL)->shutdown(), void));
