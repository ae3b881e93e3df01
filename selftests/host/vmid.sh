#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Four guests at once on a host with VMIDs of one bit, which they take from each other all the time,
# and on one without any.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

# used_bits BITS: what the module says it uses.
used_bits()
{
	log_of_module
	log_of_module | grep -q "VMID .* $1 used\$"
}

# four_guests BITS
four_guests()
{
	local i

	for i in 1 2 3 4; do
		guest_start "bits$1-$i" "quiet want_cpus=1" --cpus 1 --mem 256M
	done
	for i in 1 2 3 4; do
		guest_check "VMID of $1 bits: guest $i of four works" "bits$1-$i" "$(seconds 120)"
	done
}

for bits in 1 0; do
	# With fewer numbers than harts the module uses none: then one bit is no test.
	if ((1 << bits < $(nproc) && bits)); then
		skip "VMID of $bits bits" "$(nproc) harts are too many"
		continue
	fi
	mark_log
	check "loads with vmid_bits=$bits" insmod "$MODULE" "vmid_bits=$bits"
	check "uses $bits bits" used_bits "$bits"
	four_guests "$bits"
	check "the KVM unloads" unload_kvm
done
finish
