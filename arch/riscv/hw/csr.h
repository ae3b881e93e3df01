/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to CSRs of the calling hart, by number, with any assembler. */
#ifndef RVH_HW_CSR_H
#define RVH_HW_CSR_H

#include <linux/stringify.h>

#include "csr_bits.h"
#include "csr_num.h"

#define hart_csr_read(num)						\
({									\
	unsigned long __v;						\
	asm volatile("csrr %0, " __stringify(num) : "=r" (__v) : : "memory"); \
	__v;								\
})

#define hart_csr_write(num, val)					\
({									\
	unsigned long __v = (unsigned long)(val);			\
	asm volatile("csrw " __stringify(num) ", %0" : : "rK" (__v) : "memory"); \
})

#define hart_csr_swap(num, val)						\
({									\
	unsigned long __v = (unsigned long)(val);			\
	asm volatile("csrrw %0, " __stringify(num) ", %1"		\
		     : "=r" (__v) : "rK" (__v) : "memory");		\
	__v;								\
})

#define hart_csr_set(num, val)						\
({									\
	unsigned long __v = (unsigned long)(val);			\
	asm volatile("csrs " __stringify(num) ", %0" : : "rK" (__v) : "memory"); \
})

#define hart_csr_clear(num, val)					\
({									\
	unsigned long __v = (unsigned long)(val);			\
	asm volatile("csrc " __stringify(num) ", %0" : : "rK" (__v) : "memory"); \
})

#endif
