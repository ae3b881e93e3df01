/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNIT_LINUX_SWAB_H
#define UNIT_LINUX_SWAB_H

#include_next <linux/swab.h>

#define swab32	__swab32

#endif
