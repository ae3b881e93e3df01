#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The programs of selftests/abi, each one test here; of one that fails, the failing lines are shown.
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

# Which allocations fault injection may fail: also those that sleep, of any size.
allow_faults()
{
	local debug=/sys/kernel/debug knob

	mountpoint -q $debug || mount -t debugfs debugfs $debug || return
	for knob in $debug/{failslab,fail_page_alloc}/ignore-gfp-{wait,highmem}; do
		[[ ! -e $knob ]] || echo N > "$knob"
	done
	for knob in $debug/{failslab,fail_page_alloc}/verbose $debug/fail_page_alloc/min-order; do
		[[ ! -e $knob ]] || echo 0 > "$knob"
	done
}

# What backing_test wants, as far as this host can: huge pages, file systems on a disk and in
# persistent memory (scripts/lab/run --pmem).
prepare_memory()
{
	local pages=/sys/kernel/mm/hugepages

	echo 8 > $pages/hugepages-2048kB/nr_hugepages
	modprobe -a loop ext4 of_pmem nd_pmem
	truncate -s 64M "$WORK/disk"
	mkdir "$WORK"/{mount,dax}
	if mkfs.ext4 -q "$WORK/disk" && mount -o loop "$WORK/disk" "$WORK/mount"; then
		export BACKING_DIR=$WORK/mount
	fi
	if mkfs.ext4 -q -b 4096 /dev/pmem0 && mount -o dax=always /dev/pmem0 "$WORK/dax"; then
		export BACKING_DAX=$WORK/dax
	fi
}

allow_faults
prepare_memory 2> "$WORK/memory"
must_load_kvm

run_program()
{
	local name=${1##*/} code=0

	mark_log
	"$1" > "$WORK/$name" 2>&1 || code=$?
	if [[ $code == 0 ]] && grep -qE '^1\.\.[1-9]' "$WORK/$name"; then
		ok "$name ($(grep -c '^ok' "$WORK/$name") checks)"
		return
	fi
	if [[ $code == 0 ]] && grep -q '^1\.\.0 # SKIP' "$WORK/$name"; then
		skip "$name" "$(sed -n 's/^1\.\.0 # SKIP //p' "$WORK/$name")"
		return
	fi
	grep -vE '^ok|# TODO|^1\.\.' "$WORK/$name" > "$WORK/$name.failures"
	echo "exit code $code after $(grep -cE '^(not )?ok' "$WORK/$name") checks" \
		>> "$WORK/$name.failures"
	not_ok "$name" "$WORK/$name.failures"
}

for program in /build/abi/*_test; do
	[[ -x $program ]] || { not_ok "programs are in /build/abi"; break; }
	run_program "$program"
done
check "the KVM unloads" unload_kvm
finish
