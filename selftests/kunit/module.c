// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>

MODULE_DESCRIPTION("Test suites of kvm-riscv's pure code");
MODULE_LICENSE("GPL");
