/* SPDX-License-Identifier: GPL-2.0-only */
/* How long a vCPU that has nothing to do looks for work before it sleeps: pure. */
#ifndef VMM_MODEL_HALTPOLL_H
#define VMM_MODEL_HALTPOLL_H

#include <linux/types.h>

/* Module parameters, and a VM's own limit. Times in nanoseconds. */
struct haltpoll_rule {
	unsigned int	max;		/* never longer; 0: no polling */
	unsigned int	grow;		/* factor; 0: never longer than before */
	unsigned int	grow_start;	/* what it grows to from nothing */
	unsigned int	shrink;		/* divisor; 0: to nothing at once */
};

/**
 * haltpoll_next() - How long to poll at the next halt.
 * @rule:   Limits.
 * @poll:   How long to poll at the halt that is over.
 * @halted: How long that halt took, polling and sleep.
 *
 * A halt that was over within the polling was judged well. One that was over before the longest
 * polling there is would have been caught by more of it. A longer one makes polling vain.
 *
 * Context: Any.
 * Return:  Nanoseconds, at most rule->max.
 */
unsigned int haltpoll_next(const struct haltpoll_rule *rule, unsigned int poll, u64 halted);

#endif
