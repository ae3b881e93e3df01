#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# fio.sh CELL...: a guest writes and reads its disk of SIZE MiB at random, with checksums, for
# DURATION seconds, while its vCPUs are moved between harts all the time: no interrupt may be lost.
# Cells as in cells.sh.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/host/cells.sh
. "$(dirname "$0")/cells.sh"

[[ $# -gt 0 ]] || { echo "usage: fio.sh CELL..." >&2; exit 2; }
SIZE=${SIZE:-512}
DURATION=${DURATION:-1800}
MOVES=20 # a second, of each vCPU
# What a lost interrupt would exceed: nothing but the next one would notice it.
SLOWEST=$(seconds 5)

# told CELL JOB: fio ended well, and no access took longer than it should.
told()
{
	local slowest

	guest_says "$1" "^GUEST: fio $2 ok" || return
	slowest=$(sed -n "s/^GUEST: fio $2 read .* slowest \([0-9]*\).*/\1/p" "$WORK/$1")
	echo "slowest access: $slowest us"
	((slowest > 0 && slowest < SLOWEST * 1000000))
}

is_quiet()
{
	! guest_says "$1" 'blocked for more than|rcu.*stall|I/O error|BUG|WARNING'
}

test_cell()
{
	local failed=$failures obstacle mover

	obstacle=$(cell_obstacle "$1")
	if [[ -n $obstacle ]]; then
		skip "$1" "$obstacle"
		return
	fi
	truncate -s "${SIZE}M" "$WORK/disk.$1"
	cell_start "$1" "quiet job=fio fio=$DURATION" -name debug-threads=on \
		-drive "if=none,format=raw,cache=unsafe,id=d1,file=$WORK/disk.$1" \
		-device virtio-blk-pci,drive=d1 \
		-fsdev local,id=host,path=/,security_model=none,readonly=on \
		-device virtio-9p-pci,fsdev=host,mount_tag=host
	move-vcpus "${guest_pid[$1]}" $MOVES > "$WORK/moves" &
	mover=$!
	cell_end "$1" $((DURATION + $(seconds $((120 + SIZE)))))
	wait $mover
	check "$1: $SIZE MiB are written and read" told "$1" fill
	check "$1: random accesses for $DURATION s" told "$1" random
	check "$1: interrupts come as messages where they should" messages_are_right "$1"
	check "$1: the guest's kernel has nothing to say" is_quiet "$1"
	check "$1: its vCPUs were moved" test "$(< "$WORK/moves")" -gt $((DURATION * MOVES / 2))
	[[ $failures == "$failed" ]] || tell "$1"
	grep -a '^GUEST: \(fio\|msi\)' "$WORK/$1" | tr -d '\r' | sed 's/^/#   /'
	echo "#   $(< "$WORK/moves") moves of vCPUs"
	rm -f "$WORK/disk.$1"
}

must_load_kvm
mark_log
for cell in "$@"; do
	test_cell "$cell"
done
check "the KVM unloads" unload_kvm
no_foreign_messages "the host's kernel logs nothing else"
finish
