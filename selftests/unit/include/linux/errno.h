/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNIT_LINUX_ERRNO_H
#define UNIT_LINUX_ERRNO_H

/* Not <errno.h>: that one includes this file. */
#include <asm/errno.h>

#endif
