#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# More vCPUs than harts, under load: two guests of four vCPUs, whose threads are moved from hart to
# hart all the time while harts are unplugged and plugged in again. ROUNDS: how often.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ROUNDS:-1}

# Unplugs one hart after the other, hart 0 among them, each for a while; says how often until now.
plug_harts()
{
	local cpu count=0

	while :; do
		for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
			echo 0 2> /dev/null > "$cpu/online" || continue
			sleep "0.$((RANDOM % 4 + 1))"
			echo 1 > "$cpu/online" || echo "$cpu" >> "$WORK/plug-failed"
			echo $((++count)) > "$WORK/plugged"
			sleep "0.$((RANDOM % 4 + 1))"
		done
	done
}

# The scheduler of 6.12 with PREEMPT_RT warns, in affine_move_task(), when a thread that is being
# moved loses its hart.
is_realtime()
{
	[[ $(cat /sys/kernel/realtime 2> /dev/null) == 1 ]]
}

all_online()
{
	[[ $(< /sys/devices/system/cpu/online) == $(< /sys/devices/system/cpu/present) ]]
}

stop_plugging()
{
	local online

	kill "$1"
	wait "$1" 2> /dev/null
	for online in /sys/devices/system/cpu/cpu[0-9]*/online; do
		echo 1 2> /dev/null > "$online"
	done
}

# round NUMBER
round()
{
	local shuffle plug=''

	guest_start "first$1" "quiet want_cpus=4" --cpus 4 --mem 256M
	guest_start "second$1" "quiet want_cpus=4" --cpus 4 --mem 256M
	shuffle "${guest_pid[first$1]}" "${guest_pid[second$1]}" > "$WORK/moves" &
	shuffle=$!
	if ! is_realtime; then
		plug_harts &
		plug=$!
	fi
	guest_check "round $1: the first of two guests works" "first$1" "$(seconds 150)"
	guest_check "round $1: the second of two guests works" "second$1" "$(seconds 150)"
	kill "$shuffle" 2> /dev/null
	wait "$shuffle"
	[[ -z $plug ]] || stop_plugging "$plug"
	echo "# $(< "$WORK/moves") moves of threads; harts unplugged $(< "$WORK/plugged") times"
	check "... while threads were moved" test "$(< "$WORK/moves")" -ge 100
	if [[ -n $plug ]]; then
		check "... and harts unplugged" test "$(< "$WORK/plugged")" -ge 3
	else
		skip "... and harts unplugged" "this kernel's scheduler warns of that by itself"
	fi
}

: > "$WORK/plug-failed"
echo 0 > "$WORK/plugged"
must_load_kvm
for ((number = 1; number <= rounds; number++)); do
	round $number
done
check "every hart came back" test ! -s "$WORK/plug-failed"
check "all harts are online" all_online
check "the KVM unloads" unload_kvm
finish
