#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two guests at once; a VMM killed in mid-boot; rounds of load, boot, kill and unload that leave
# nothing behind. ROUNDS: how many.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ROUNDS:-10}
# KiB by which the memory in use differs from round to round with nothing lost: frees that wait
# for a grace period, per-CPU lists.
noise=${NOISE:-1024}

test_two_guests()
{
	guest_start first "quiet want_cpus=2" --cpus 2
	guest_start second "quiet want_cpus=2" --cpus 2
	guest_check_files "their vCPUs use guest interrupt files" first 0
	guest_check "the first of two guests works" first "$(seconds 120)"
	guest_check "the second of two guests works" second "$(seconds 120)"
}

test_kill()
{
	guest_start victim "" --cpus 2
	if ! wait_until "$(seconds 60)" guest_says victim 'Linux version'; then
		not_ok "a VMM is killed in mid-boot" "$WORK/victim"
		guest_kill victim
		return
	fi
	sleep 1
	guest_kill victim
	check "a VMM is killed in mid-boot" wait_until 10 unload_kvm
}

one_round()
{
	load_kvm || return
	guest_start round "" --cpus 2
	wait_until "$(seconds 60)" test -s "$WORK/round"
	local booted=$?
	guest_kill round
	wait_until 10 unload_kvm && return $booted
}

# KiB that are in use by the kernel itself: what a leak would raise. What each hart keeps at hand
# of free pages (some megabytes, in large ones) is free.
kib_in_use()
{
	echo 3 > /proc/sys/vm/drop_caches
	awk '$1 == "MemTotal:" { kib += $2 }
		$1 ~ /^(MemFree|Cached|Buffers|AnonPages|SReclaimable):$/ { kib -= $2 }
		$1 == "count:" { kib -= 4 * $2 }
		END { print kib }' /proc/meminfo /proc/zoneinfo
}

# least_of_rounds NUMBER: after that many rounds, the least that was in use.
least_of_rounds()
{
	local now least='' round

	for ((round = 1; round <= $1; round++)); do
		one_round > "$WORK/rounds" 2>&1 || return
		sleep 0.5
		now=$(kib_in_use)
		[[ -n $least && $now -ge $least ]] || least=$now
	done
	echo "$least"
}

test_rounds()
{
	local before after

	# 4: dropping caches leaves no more lines in the kernel log.
	echo 4 > /proc/sys/vm/drop_caches
	# The first rounds allocate what is kept, too.
	if least_of_rounds 2 > /dev/null && mark_log && before=$(least_of_rounds 3) &&
	   least_of_rounds $((rounds - 6)) > /dev/null && after=$(least_of_rounds 3); then
		ok "$rounds rounds of load, boot, kill, unload"
	else
		cat "$WORK/round" >> "$WORK/rounds"
		not_ok "$rounds rounds of load, boot, kill, unload" "$WORK/rounds"
		return
	fi
	echo "# kernel memory in use: $before KiB at first, $after KiB in the end"
	check "memory is back where it was" test $((after - before)) -le "$noise"
	no_foreign_messages "no message but the module's own"
}

# Dropping caches then leaves no line in the kernel log.
echo 4 > /proc/sys/vm/drop_caches
must_load_kvm
test_two_guests
test_kill
test_rounds
finish
