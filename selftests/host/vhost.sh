#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vhost.sh [CELL...]: the host's kernel is the guest's network card (vhost-net), a process beside
# QEMU its disk (vhost-user-blk). SIZE MiB go through both; where messages are the interrupts,
# packets cost no exit to userspace. Cells as in cells.sh; with -user at the end QEMU is the card
# itself, and the same count has to show that.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/host/cells.sh
. "$(dirname "$0")/cells.sh"

SIZE=${SIZE:-16}

make_net()
{
	modprobe -a tun vhost_net || return
	ip tuntap add tap1 mode tap vnet_hdr
	ip addr add 10.0.1.100/24 dev tap1
	ip link set tap1 up
	socat TCP-LISTEN:7,fork,reuseaddr PIPE &
	echo_server=$!
}

# Counts all returns of KVM_RUN, for whatever reason, until stop_counting says how many. -514: only
# to the kernel, which does something of its own and starts it anew.
count_exits()
{
	perf stat -a -x , -e kvm:kvm_userspace_exit --filter 'errno != -514' -o "$WORK/exits" \
		sleep 100000 &
	counter=$!
}

stop_counting()
{
	pkill -P "$counter"
	wait "$counter"
	exits=$(awk -F , '$3 == "kvm:kvm_userspace_exit" { print $1 }' "$WORK/exits")
}

packets()
{
	local net=/sys/class/net/tap1/statistics

	echo $(($(< $net/rx_packets) + $(< $net/tx_packets)))
}

says_or_is_gone()
{
	guest_says "$1" "$2" || guest_is_gone "$1"
}

# watch CELL SECONDS: what the transfer costs, from the end of the disk's part to its own.
watch()
{
	local exits counter before

	wait_until "$2" says_or_is_gone "$1" '^GUEST: copy vda' || return
	before=$(packets)
	count_exits
	wait_until "$2" says_or_is_gone "$1" '^GUEST: echo net1'
	stop_counting
	echo "$exits $(($(packets) - before))" > "$WORK/cost"
}

start_disk()
{
	local export="type=vhost-user-blk,id=e,node-name=f,writable=on,num-queues=4"

	cp "$WORK/data" "$WORK/disk"
	truncate -s "$((2 * SIZE))M" "$WORK/disk"
	qemu-storage-daemon --blockdev "driver=file,node-name=f,filename=$WORK/disk" \
		--export "$export,addr.type=unix,addr.path=$WORK/blk" > "$WORK/daemon" 2>&1 &
	daemon=$!
	wait_until 60 test -S "$WORK/blk"
}

start_cell()
{
	local vhost=on ioeventfd=on card

	[[ $1 != *-user ]] || vhost=off ioeventfd=off
	card=virtio-net-pci,netdev=n1,mac=52:54:00:00:00:01,romfile=,ioeventfd=$ioeventfd
	cell_start "${1%-user}" "quiet job=virtio echo=$((SIZE * 16))" \
		-object memory-backend-memfd,id=mem,size=512M,share=on -machine memory-backend=mem \
		-chardev "socket,id=c1,path=$WORK/blk" -device vhost-user-blk-pci,chardev=c1 \
		-netdev "tap,id=n1,ifname=tap1,script=no,downscript=no,vhost=$vhost" \
		-device "$card" "${small[@]}"
}

# None would mean that nothing was counted. Of a few hundred most are the card's start and what the
# guest says on its console.
is_cheap()
{
	echo "$1 exits to userspace for $2 packets"
	(($2 > SIZE * 1000 && $1 > 0 && $1 < 400 + $2 / 50))
}

is_dear()
{
	echo "$1 exits to userspace for $2 packets"
	(($1 > 800 + $2 / 10))
}

moved()
{
	guest_says "$1" "^GUEST: read vda $sum" && guest_says "$1" "^GUEST: copy vda $sum" &&
		guest_says "$1" "^GUEST: echo net1 $sum" && guest_says "$1" '^GUEST: virtio done' &&
		cat "$WORK/data" "$WORK/data" | busybox cmp - "$WORK/disk"
}

test_cell()
{
	local cell=${1%-user} failed=$failures obstacle cost
	local limit
	limit=$(seconds $((90 + 5 * SIZE)))

	obstacle=$(cell_obstacle "$cell")
	if [[ -n $obstacle ]]; then
		skip "$1" "$obstacle"
		return
	fi
	check "$1: a disk in another process" start_disk
	start_cell "$1"
	echo 0 0 > "$WORK/cost"
	watch "$cell" "$limit"
	cell_end "$cell" "$limit"
	kill "$daemon"
	wait "$daemon" 2> /dev/null
	check "$1: $SIZE MiB are moved, and are right" moved "$cell"
	check "$1: interrupts come as messages where they should" messages_are_right "$cell"
	read -r -a cost < "$WORK/cost"
	case $1 in
	*-user)		check "$1: each packet is QEMU's work" is_dear "${cost[@]}" ;;
	aplic-imsic-*)	check "$1: packets do not leave the kernel" is_cheap "${cost[@]}" ;;
	esac
	[[ $failures == "$failed" ]] || tell "$cell"
	echo "#   ${cost[0]} exits to userspace, ${cost[1]} packets"
}

must_load_kvm
check "a network" make_net
mark_log
head -c "${SIZE}M" /dev/urandom > "$WORK/data"
sum=$(sha256sum < "$WORK/data" | cut -d ' ' -f 1)
# Small packets, so that there are many.
small=(-global virtio-net-pci.host_tso4=off -global virtio-net-pci.guest_tso4=off
	-global virtio-net-pci.mrg_rxbuf=off)
[[ $# -gt 0 ]] || set -- aplic-imsic-on-4 aplic-imsic-emul-1 aplic-imsic-on-1-user none-off-4
for cell in "$@"; do
	test_cell "$cell"
done
kill "$echo_server"
ip link del tap1
check "the KVM unloads" unload_kvm
no_foreign_messages "the host's kernel logs nothing else"
finish
