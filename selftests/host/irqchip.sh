#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# irqchip.sh [CELL...]: QEMU's ways to give a guest interrupt controllers (cells.sh). In each a
# Linux guest moves SIZE MiB through virtio-blk and virtio-net; where there is an IMSIC, by
# message-signalled interrupts alone.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/host/cells.sh
. "$(dirname "$0")/cells.sh"

SIZE=${SIZE:-16}
all=()
for machine in aplic-imsic-on aplic-imsic-split aplic-on aplic-off none-on none-off; do
	all+=("$machine-1" "$machine-4")
done
all+=(aplic-imsic-emul-4 aplic-imsic-hwaccel-4 aplic-imsic-few-4)

# start_cell CELL
start_cell()
{
	cp "$WORK/data" "$WORK/disk.$1"
	truncate -s "$((2 * SIZE))M" "$WORK/disk.$1"
	cell_start "$1" "quiet job=virtio echo=$((SIZE * 16))" \
		-drive "if=none,format=raw,cache=unsafe,id=d1,file=$WORK/disk.$1" \
		-device virtio-blk-pci,drive=d1 \
		-netdev "user,restrict=on,id=n1,net=10.0.1.0/24,guestfwd=tcp:10.0.1.100:7-cmd:cat" \
		-device virtio-net-pci,netdev=n1,mac=52:54:00:00:00:01,romfile=
}

moved()
{
	guest_says "$1" "^GUEST: read vda $sum" && guest_says "$1" "^GUEST: copy vda $sum" &&
		guest_says "$1" "^GUEST: echo net1 $sum" && guest_says "$1" '^GUEST: virtio done' &&
		cat "$WORK/data" "$WORK/data" | busybox cmp - "$WORK/disk.$1"
}

test_cell()
{
	local failed=$failures obstacle

	obstacle=$(cell_obstacle "$1")
	if [[ -n $obstacle ]]; then
		skip "$1" "$obstacle"
		return
	fi
	start_cell "$1"
	cell_end "$1" "$(seconds $((60 + 15 * SIZE)))"
	check "$1: $SIZE MiB are moved, and are right" moved "$1"
	check "$1: interrupts come as messages where they should" messages_are_right "$1"
	[[ $failures == "$failed" ]] || tell "$1"
	rm -f "$WORK/disk.$1"
}

must_load_kvm
head -c "${SIZE}M" /dev/urandom > "$WORK/data"
sum=$(sha256sum < "$WORK/data" | cut -d ' ' -f 1)
mark_log
[[ $# -gt 0 ]] || set -- "${all[@]}"
for cell in "$@"; do
	test_cell "$cell"
done
check "the KVM unloads" unload_kvm
no_foreign_messages "the host's kernel logs nothing else"
finish
