#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Live migration of a guest that works, from one QEMU to another by way of a file: with dirty logs,
# and with dirty rings where both the KVM and QEMU know them. Snapshots: savevm and loadvm, of a
# guest that is idle and of one whose kernel writes memory.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

# says_of NAME QUESTION PATTERN: does the monitor's answer have it?
says_of()
{
	monitor "$1" "info $2"
	sleep 0.3
	tail -n 40 "$WORK/$1.monitor" | grep -qE "$3"
}

has_worked()
{
	[[ $(guest_count "$1" '^GUEST: round ok') -ge $2 ]]
}

program_counter()
{
	monitor "$1" "info registers"
	sleep 0.5
	tail -n 200 "$WORK/$1.monitor" | tr -d '\r' | sed -n 's/^ *pc  *//p' | tail -n 1
}

# QEMU does not carry the mode over: who was in U-mode goes on in S-mode, and falls.
stop_in_kernel()
{
	local tries=50

	while ((tries-- > 0)); do
		monitor "$1" stop
		[[ $(program_counter "$1") != ffffffff* ]] || return 0
		monitor "$1" cont
		sleep "0.$((RANDOM % 10))"
	done
	return 1
}

# migrate WAY: the guest is in the middle of its work; what it has worked out shows at the end of
# the round.
migrate()
{
	local from=$1-from to=$1-to

	qemu_monitored "$from" "quiet job=busy" -cpu host -smp 1 -m 256M
	check "$1: a guest works" wait_until "$(seconds 60)" has_worked "$from" 1
	monitor "$from" "migrate_set_parameter max-bandwidth 1M"
	monitor "$from" "migrate -d file:$WORK/state"
	sleep 2
	check "$1: it is stopped in its kernel" stop_in_kernel "$from"
	check "$1: and was moving while it ran" says_of "$from" migrate '[Ss]tatus:.*active'
	monitor "$from" "migrate_set_parameter max-bandwidth 200M"
	check "$1: it is migrated" wait_until "$(seconds 60)" says_of "$from" migrate \
		'[Ss]tatus:.*completed'
	monitor "$from" quit
	check "$1: the first QEMU ends" guest_end "$from" "$(seconds 10)"

	qemu_monitored "$to" "quiet job=busy" -cpu host -smp 1 -m 256M \
		-incoming "file:$WORK/state"
	check "$1: it has arrived" wait_until "$(seconds 60)" says_of "$to" status 'paused.?$'
	monitor "$to" cont
	if wait_until "$(seconds 60)" has_worked "$to" 2 && ! guest_says "$to" '^GUEST: init' &&
			! guest_says "$to" 'CPU 0, round'; then
		ok "$1: the guest goes on, and works right"
	else
		not_ok "$1: the guest goes on, and works right" "$WORK/$to"
	fi
	monitor "$to" quit
	guest_end "$to" "$(seconds 10)"
	rm -f "$WORK/state"
}

migrate_with_ring()
{
	local pid maps

	ACCEL=kvm,dirty-ring-size=1024
	if ! qemu-system-riscv64 -accel $ACCEL -M virt -display none -S -monitor none \
			-daemonize -pidfile "$WORK/pid" > "$WORK/ring" 2>&1; then
		skip "ring" "QEMU says: $(tail -n 1 "$WORK/ring")"
		return
	fi
	pid=$(< "$WORK/pid")
	maps=$(grep kvm-vcpu "/proc/$pid/maps")
	kill "$pid"
	wait_until 10 test ! -e "/proc/$pid"
	# Page 64: headers older than Linux 6.18 say that RISC-V has no rings, and 0.
	if [[ $maps == *' 00040000 '* ]]; then
		migrate ring
	else
		skip "ring" "this QEMU takes the page of kvm_run for the ring"
	fi
}

# --- snapshots ---
# times_back NAME LINE: how often the number in the guest's lines went back.
times_back()
{
	tr -d '\r' < "$WORK/$1" | awk -v line="$2" '$0 ~ line {
		if ($3 + 0 < last) n++
		last = $3 + 0
	}
	END { print n + 0 }'
}

says_often()
{
	[[ $(guest_count "$1" "$2") -ge $3 ]]
}

all_is_well()
{
	! grep -E 'FAILED|Oops|panic|BUG|rcu:' "$WORK/$1"
}

# snapshot NAME PARAMS WORD: a guest that says WORD again and again, with a number that grows. The
# drive is there to take the state; its overlay is a qcow2 file.
snapshot()
{
	local name=$1 line="^GUEST: $3 " said

	truncate -s 1M "$WORK/drive"
	TMPDIR=$WORK qemu_monitored "$name" "quiet $2" -cpu host -smp 1 -m 256M \
		-drive "if=none,id=state,format=raw,snapshot=on,file=$WORK/drive"
	check "$name: a guest runs" wait_until "$(seconds 60)" says_often "$name" "$line" 2
	check "$name: it is stopped in its kernel" stop_in_kernel "$name"
	monitor "$name" "savevm first"
	check "$name: it is saved" wait_until "$(seconds 60)" says_of "$name" snapshots \
		'first +[0-9]'
	monitor "$name" cont
	said=$(guest_count "$name" "$line")
	check "$name: it goes on" wait_until "$(seconds 60)" \
		says_often "$name" "$line" $((said + 3))
	monitor "$name" stop
	monitor "$name" "loadvm first"
	said=$(guest_count "$name" "$line")
	monitor "$name" cont
	check "$name: it is loaded and goes on" wait_until "$(seconds 60)" \
		says_often "$name" "$line" $((said + 4))
	check "$name: from where it was" test "$(times_back "$name" "$line")" = 1
	check "$name: and nothing was lost" all_is_well "$name"
	monitor "$name" quit
	check "$name: QEMU ends" guest_end "$name" "$(seconds 10)"
}

must_load_kvm
mark_log
migrate log
migrate_with_ring
unset ACCEL
snapshot idle "job=ticks every=2" tick
snapshot writing job=writes wrote
check "the KVM unloads" wait_until 10 unload_kvm
no_foreign_messages "nothing else is in the kernel log"
finish
