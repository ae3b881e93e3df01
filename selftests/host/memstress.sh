#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest that writes and checks all its memory while the host swaps, merges, moves, splits, copies
# and protects it, and the VMM logs and moves its slots (selftests/stress). Needs two disks,
# for swap and for a file system. DURATION: seconds; SIZE: MiB of guest memory; SEED; ONLY: changes.
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/host/memory.sh
. "$(dirname "$0")/memory.sh"

# set_knob FILE VALUE: where there is such a thing.
set_knob()
{
	[[ ! -e $1 ]] || echo "$2" > "$1"
}

prepare_memory()
{
	local mm=/sys/kernel/mm

	# Files are written back by the test, not in the background at its beginning.
	set_knob /proc/sys/vm/dirty_background_ratio 80
	set_knob /proc/sys/vm/dirty_ratio 90
	set_knob /proc/sys/vm/dirty_expire_centisecs 360000
	set_knob $mm/ksm/sleep_millisecs 20
	set_knob $mm/ksm/pages_to_scan 200
	set_knob $mm/ksm/use_zero_pages 1
	set_knob $mm/ksm/run 1
	set_knob $mm/transparent_hugepage/shmem_enabled advise
	set_knob $mm/transparent_hugepage/khugepaged/scan_sleep_millisecs 500
}

run_stress()
{
	in_group "$group" memstress --size "${SIZE:-1024}" --seconds "${DURATION:-30}" \
		--file /disk/guest ${group:+--cgroup "$group"} ${SEED:+--seed "$SEED"} \
		${ONLY:+--only "$ONLY"} 2>&1 |
		sed -u 's/^/    /'
}

if ! disk=$(disk_of 0) || ! swap_on "$disk"; then
	skip "swap" "no disk to swap to"
fi
if ! disk=$(disk_of 1) || ! mount_disk "$disk" /disk; then
	mkdir -p /disk && mount -t tmpfs disk /disk
	skip "files on ext4" "no disk for them, a tmpfs stands for it"
fi
if ! group=$(make_group memstress); then
	skip "pressure in a control group" "this kernel has none for memory"
fi
prepare_memory
must_load_kvm
mark_log
if run_stress; then
	ok "guest memory under stress"
else
	not_ok "guest memory under stress"
fi
set_knob /sys/kernel/mm/ksm/run 2
check "the KVM unloads" unload_kvm
no_foreign_messages "no message but the module's own"
finish
