// SPDX-License-Identifier: GPL-2.0-only
/* The length of halt polling adapts to the length of halts. */
#include "haltpoll.h"

#include <linux/minmax.h>

static unsigned int grow(const struct haltpoll_rule *rule, unsigned int poll)
{
	u64 longer = (u64)poll * rule->grow;

	if (!rule->grow)
		return poll;
	return min_t(u64, max_t(u64, longer, rule->grow_start), rule->max);
}

static unsigned int shrink(const struct haltpoll_rule *rule, unsigned int poll)
{
	unsigned int shorter = rule->shrink ? poll / rule->shrink : 0;

	/* What it would not have grown from is not worth the start of it. */
	return shorter < rule->grow_start ? 0 : shorter;
}

unsigned int haltpoll_next(const struct haltpoll_rule *rule, unsigned int poll, u64 halted)
{
	/* The limit may have been lowered. */
	poll = min(poll, rule->max);
	if (halted <= poll)
		return poll;
	return halted < rule->max ? grow(rule, poll) : shrink(rule, poll);
}
