// SPDX-License-Identifier: GPL-2.0-only
/* symbols: register_syscore unregister_syscore */
#include <linux/syscore_ops.h>

static_assert(__same_type(register_syscore, void (struct syscore *)));
static_assert(__same_type(((struct syscore_ops *)NULL)->shutdown(NULL), void));
