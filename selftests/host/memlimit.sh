#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Memory limits of a VMM's control group hold for guest memory and for the tables that map it: the
# VMM swaps or is killed, and nothing else is hurt. Needs a disk for swap.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/host/memory.sh
. "$(dirname "$0")/memory.sh"

limit=$((64 << 20))

# limit_group MEMORY SWAP: bytes, or max.
limit_group()
{
	echo "$1" > "$group/memory.max" && echo "$2" > "$group/memory.swap.max"
}

peak_is_within_limit()
{
	echo "the peak is $(< "$group/memory.peak")"
	# The kernel may charge a little without asking.
	[[ $(< "$group/memory.peak") -le $((limit + limit / 64)) ]]
}

# count FILE NAME: of a file of the group.
count()
{
	awk -v name="$2" '$1 == name { print $2 }' "$group/$1"
}

was_swapped_out()
{
	echo "the swap's peak is $(< "$group/memory.swap.peak")"
	[[ $(< "$group/memory.swap.peak") -ge $limit ]]
}

# is_killed COMMAND...: in the group, by its limit.
is_killed()
{
	local code=0 before

	before=$(count memory.events oom_kill)
	in_group "$group" "$@" || code=$?
	echo "exit code $code"
	[[ $code == 137 && $(count memory.events oom_kill) == $((before + 1)) ]]
}

# What the group used goes when its processes do; tables after a grace period.
group_is_empty()
{
	[[ $(count memory.stat sec_pagetables) == 0 && $(count memory.stat anon) == 0 ]]
}

# A kill by a limit shows a call trace in the kernel's log: that one does not count.
expect_kills()
{
	read -r level _ < /proc/sys/kernel/printk
	dmesg -n 1
	echo 0 > /proc/sys/vm/oom_dump_tasks
}

no_other_reports()
{
	dmesg -n "$level"
	! log_since_mark | grep -E 'BUG:|WARNING:|KASAN|UBSAN|Oops|Unable to handle|INFO: task'
}

if ! group=$(make_group memlimit) || ! disk=$(disk_of 0) || ! swap_on "$disk"; then
	echo "1..0 # SKIP no control groups for memory, or no disk to swap to"
	exit
fi
must_load_kvm
mark_log

limit_group $limit max
check "a guest of three times the limit swaps and ends" in_group "$group" populate --touch 192
check "... within the limit" peak_is_within_limit
check "... by swapping" was_swapped_out

expect_kills
guest_start neighbour "quiet want_cpus=2" --cpus 2
limit_group $limit 0
check "without swap its VMM is killed" is_killed populate --touch 192
check "... and the group has nothing any more" wait_until "$(seconds 10)" group_is_empty
check "a guest that needs more page tables than the limit: its VMM is killed" \
	is_killed populate --tables $((limit * 3 / 2 >> 20))
check "... and the group has nothing any more" wait_until "$(seconds 10)" group_is_empty
check "page tables of a fourth of the limit are there" \
	in_group "$group" populate --tables $((limit >> 22))
guest_check "a guest beside them works on" neighbour "$(seconds 120)"
check "no other report in the kernel's log" no_other_reports
check "the KVM unloads" unload_kvm
finish
