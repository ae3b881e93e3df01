#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# irqchip.sh [CELL...]: QEMU's ways to give a guest interrupt controllers, in the kernel or not. In
# each a Linux guest moves SIZE MiB through virtio-blk and virtio-net; where there is an IMSIC, by
# message-signalled interrupts alone. A cell is MACHINE-IRQCHIP-CPUS, such as aplic-imsic-split-4.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

SIZE=${SIZE:-16}
all=()
for machine in aplic-imsic-on aplic-imsic-split aplic-on aplic-off none-on none-off; do
	all+=("$machine-1" "$machine-4")
done

has_irqchip()
{
	[[ $(kvmcap 0) == 1 ]]
}

# start_cell CELL
start_cell()
{
	local cpus=${1##*-} machine=${1%-*} blocks=$((SIZE * 16))
	local mode=${machine##*-}

	cp "$WORK/data" "$WORK/disk.$1"
	truncate -s "$((2 * SIZE))M" "$WORK/disk.$1"
	ACCEL=kvm,kernel-irqchip=$mode qemu_start "$1" "quiet job=virtio echo=$blocks" \
		-M "aia=${machine%-*}" -cpu host -smp "$cpus" \
		-drive "if=none,format=raw,cache=unsafe,id=d1,file=$WORK/disk.$1" \
		-device virtio-blk-pci,drive=d1 \
		-netdev "user,restrict=on,id=n1,net=10.0.1.0/24,guestfwd=tcp:10.0.1.100:7-cmd:cat" \
		-device virtio-net-pci,netdev=n1,mac=52:54:00:00:00:01,romfile=
}

# Whether each interrupt of the devices was a message: with an IMSIC, and only then.
messages_are_right()
{
	local msi other

	read -r _ _ msi _ other < <(tr -d '\r' < "$WORK/$1" | grep '^GUEST: msi')
	case $1 in
	aplic-imsic-*)	((msi > 10 && other == 0)) ;;
	*)		((msi == 0 && other > 10)) ;;
	esac
}

moved()
{
	guest_says "$1" "^GUEST: read vda $sum" && guest_says "$1" "^GUEST: copy vda $sum" &&
		guest_says "$1" "^GUEST: echo net1 $sum" && guest_says "$1" '^GUEST: virtio done' &&
		cat "$WORK/data" "$WORK/data" | busybox cmp - "$WORK/disk.$1"
}

# Some lines of a cell that failed.
tell()
{
	tail -n 12 "$WORK/$1" | tr -d '\r' | sed 's/^/#   /'
}

test_cell()
{
	local failed=$failures

	if [[ $1 == aplic-imsic-* ]] && ! has_irqchip; then
		skip "$1" "this host has no interrupt controller for VMs"
		return
	fi
	# Seen with QEMU 10.0 and 11.1, on in-tree KVM of 6.12 and 7.2 as on ours.
	if [[ $1 == aplic-imsic-split-4 ]]; then
		skip "$1" "QEMU's own APLIC loses the console's interrupts"
		return
	fi
	start_cell "$1"
	guest_end "$1" "$(seconds $((60 + 5 * SIZE)))"
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
