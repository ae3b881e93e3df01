#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A guest that fills most of its memory, on a host that has to swap for it. Needs a disk for swap.
# SIZE: MiB of guest memory; three quarters of the host's.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/host/memory.sh
. "$(dirname "$0")/memory.sh"

size=${SIZE:-3072}

swapped()
{
	awk '$1 == "pswpout" { print $2 }' /proc/vmstat
}

pages_were_swapped()
{
	echo "$(swapped) pages"
	[[ $(swapped) -gt $((size * 256 / 8)) ]]
}

if ! disk=$(disk_of 0) || ! swap_on "$disk"; then
	echo "1..0 # SKIP no disk to swap to"
	exit
fi
must_load_kvm
# What else the host needs: half of what the guest has.
mkdir -p /mnt && mount -t tmpfs -o "size=$((size / 2))M" others /mnt
# Not zeros: the kernel keeps no page of those.
yes | head -c "$((size / 2))M" > /mnt/file
guest_start big "quiet job=fill fill=$((size * 7 / 8))" --cpus 2 --mem "${size}M"
guest_check "a guest of $size MiB fills its memory and finds all of it again" big "$(seconds 900)"
check "while the host swapped" pages_were_swapped
check "the KVM unloads" unload_kvm
finish
