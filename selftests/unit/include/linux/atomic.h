/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNIT_LINUX_ATOMIC_H
#define UNIT_LINUX_ATOMIC_H

#include <linux/types.h>

/* Pure code changes page-table entries and words of bits, and uses nothing else of this header. */
#ifdef UNIT_HOOKS
/* Where another hart may get in between: a test that wants that to happen sets this. */
extern void (*unit_before_cmpxchg)(void *where);
#define __before_cmpxchg(where) \
	do { if (unit_before_cmpxchg) unit_before_cmpxchg(where); } while (0)
#else
#define __before_cmpxchg(where)		do { } while (0)
#endif

#define cmpxchg(ptr, old, new) \
	({ \
		__typeof__(*(ptr)) __seen = (old); \
		__before_cmpxchg((void *)(ptr)); \
		__atomic_compare_exchange_n(ptr, &__seen, new, false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST); \
		__seen; \
	})

#define xchg(ptr, new) \
	({ \
		__before_cmpxchg((void *)(ptr)); \
		__atomic_exchange_n(ptr, new, __ATOMIC_SEQ_CST); \
	})

typedef struct {
	s64 counter;
} atomic64_t;

static inline s64 atomic64_fetch_andnot(s64 bits, atomic64_t *v)
{
	__before_cmpxchg(v);
	return __atomic_fetch_and(&v->counter, ~bits, __ATOMIC_SEQ_CST);
}

#endif
