/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNIT_LINUX_NOSPEC_H
#define UNIT_LINUX_NOSPEC_H

#define array_index_nospec(index, size) \
	({ __typeof__(index) __i = (index); __i < (size) ? __i : (__typeof__(index))0; })

#endif
