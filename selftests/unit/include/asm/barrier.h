/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef UNIT_ASM_BARRIER_H
#define UNIT_ASM_BARRIER_H

#define smp_load_acquire(ptr)		__atomic_load_n(ptr, __ATOMIC_ACQUIRE)
#define smp_store_release(ptr, val)	__atomic_store_n(ptr, val, __ATOMIC_RELEASE)

#endif
