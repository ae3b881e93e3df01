#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest with each extension that there is: what its kernel says of its CPUs is what their
# registers say, an instruction of each works, and floating point and vector compute what they have
# to, while the host's own programs use them, too. DURATION is how long (10 s).
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

duration=${DURATION:-10}
must_load_kvm

# names_of ISA: what an ISA string names, one a line.
names_of()
{
	local letters=${1%%_*}

	letters=${letters#rv64}
	fold -w 1 <<< "$letters" | grep .
	[[ $1 != *_* ]] || tr _ '\n' <<< "${1#*_}"
}

# The guest's kernel is the host's: it names what is on, of what it names on the host.
names_agree()
{
	names_of "$(sed -n '/^isa/{s/.*: //p;q}' /proc/cpuinfo)" | sort > "$WORK/host.names"
	names_of "$(sed -n 's/^GUEST: isa \([a-z0-9_]*\).*/\1/p' "$WORK/guest")" | sort \
		> "$WORK/guest.names"
	compute list | sort > "$WORK/on"
	# Parts of V have no number: the kernel names them when V is there.
	grep -vE '^zve' "$WORK/guest.names" > "$WORK/guest.numbered"
	comm -12 "$WORK/host.names" "$WORK/on" | comm -3 - "$WORK/guest.numbered" \
		> "$WORK/different"
	cat "$WORK/different"
	[[ -s $WORK/guest.numbered && ! -s $WORK/different ]]
}

host_computes()
{
	local cpu pids=() failed=0 pid

	for cpu in $(seq 0 $(($(nproc) - 1))); do
		taskset -c "$cpu" compute run "$duration" "10$cpu" > "$WORK/computed.$cpu" 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || failed=1
	done
	cat "$WORK"/computed.*
	return "$failed"
}

says_computing()
{
	guest_says guest '^GUEST: compute: looked'
}

check "the host's CPU has what it says" compute look
# What "compute list" asks has no interrupt controller, hence no Ssaia.
guest_start guest "quiet job=compute compute=$duration" --cpus 4 --irqchip plic
if wait_until "$(seconds 150)" says_computing; then
	check "the host computes beside the guest" host_computes
else
	not_ok "the guest looks at its CPU" "$WORK/guest"
fi
guest_check "a guest with four CPUs computes" guest "$(seconds $((120 + 3 * duration)))"
sed -n 's/^GUEST: \(compute:.*\|.* tried\)/# guest: \1/p' "$WORK/guest"
check "its CPU has what is on" names_agree
check "the KVM unloads" unload_kvm
finish
