// SPDX-License-Identifier: GPL-2.0-only
/* symbols: hrtimer_init */
#include <linux/hrtimer.h>

int hrtimer_setup;	/* an error where the kernel declares the function */

void probe(struct hrtimer *timer, enum hrtimer_restart (*fn)(struct hrtimer *timer));
void probe(struct hrtimer *timer, enum hrtimer_restart (*fn)(struct hrtimer *timer))
{
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	timer->function = fn;
}
