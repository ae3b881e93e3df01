#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Live migration of a guest that works, from one QEMU to another by way of a file: with dirty logs,
# and with dirty rings where both the KVM and QEMU know them.
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

# migrate WAY: the guest is in the middle of its work; what it has worked out shows at the end of
# the round.
migrate()
{
	local from=$1-from to=$1-to

	qemu_monitored "$from" "quiet job=busy" -cpu host -smp 1 -m 256M
	check "$1: a guest works" wait_until "$(seconds 60)" has_worked "$from" 1
	monitor "$from" "migrate_set_parameter max-bandwidth 200M"
	monitor "$from" "migrate file:$WORK/state"
	check "$1: it is migrated" wait_until "$(seconds 60)" says_of "$from" migrate \
		'[Ss]tatus:.*completed'
	monitor "$from" quit
	check "$1: the first QEMU ends" guest_end "$from" "$(seconds 10)"

	qemu_monitored "$to" "quiet job=busy" -cpu host -smp 1 -m 256M \
		-incoming "file:$WORK/state"
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

must_load_kvm
mark_log
migrate log
migrate_with_ring
check "the KVM unloads" wait_until 10 unload_kvm
no_foreign_messages "nothing else is in the kernel log"
finish
