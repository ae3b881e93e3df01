/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNIT_LINUX_ATOMIC_H
#define UNIT_LINUX_ATOMIC_H

/* Pure code uses compare-and-exchange on page-table entries, and nothing else of this header. */
#define cmpxchg(ptr, old, new) \
	({ \
		__typeof__(*(ptr)) __seen = (old); \
		__atomic_compare_exchange_n(ptr, &__seen, new, false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST); \
		__seen; \
	})

#endif
