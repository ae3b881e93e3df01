#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two guests at once; a VMM killed in mid-boot; rounds of load, boot, kill and unload that leave
# nothing behind. ROUNDS: how many.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ROUNDS:-10}
# What may be missing at the end, in KiB: page cache and per-CPU lists settle only so far.
noise=${NOISE:-2048}

test_two_guests()
{
	guest_start first "quiet want_cpus=2" --cpus 2
	guest_start second "quiet want_cpus=2" --cpus 2
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

# KiB that are in use by the kernel itself: what a leak would raise.
settled_kib()
{
	sync
	echo 3 > /proc/sys/vm/drop_caches
	sleep 1
	echo 3 > /proc/sys/vm/drop_caches
	awk '$1 == "MemTotal:" { kib += $2 }
		$1 ~ /^(MemFree|Cached|Buffers|AnonPages|SReclaimable):$/ { kib -= $2 }
		END { print kib }' /proc/meminfo
}

test_rounds()
{
	local before after round

	# What is allocated once and kept comes before the measurement.
	one_round > "$WORK/rounds" 2>&1 && one_round >> "$WORK/rounds" 2>&1
	mark_log
	before=$(settled_kib)
	for ((round = 1; round <= rounds; round++)); do
		if ! one_round >> "$WORK/rounds" 2>&1; then
			echo "in round $round" >> "$WORK/rounds"
			cat "$WORK/round" >> "$WORK/rounds"
			not_ok "$rounds rounds of load, boot, kill, unload" "$WORK/rounds"
			return
		fi
	done
	ok "$rounds rounds of load, boot, kill, unload"
	after=$(settled_kib)
	echo "# $((after - before)) KiB more in use than before"
	check "memory is back where it was" test $((after - before)) -le "$noise"
	no_foreign_messages "no message but the module's own"
}

must_load_kvm
test_two_guests
test_kill
test_rounds
finish
