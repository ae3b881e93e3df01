#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# QEMU as it is packaged, beyond booting (see clients.sh): virtio devices of both kinds, the
# monitor's commands, reboot, UEFI on flash, more CPUs than the host has, and what is left of one
# that is killed.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

firmware=/usr/share/qemu-efi-riscv64

# --- the monitor ---
is_status()
{
	monitor "$1" "info status"
	sleep 0.3
	tail -n 3 "$WORK/$1.monitor" | grep -q "VM status: $2"
}

# --- virtio ---
# Both kinds of each device. QEMU's trace tells whether doorbells came to it as exits.
start_virtio()
{
	local disk=if=none,format=raw,cache=unsafe
	local net=user,restrict=on echo_service=guestfwd=tcp:10.0

	head -c 2M /dev/urandom > "$WORK/data"
	for kind in pci mmio; do
		cp "$WORK/data" "$WORK/disk.$kind"
		truncate -s 4M "$WORK/disk.$kind"
	done
	qemu_start virtio "quiet job=virtio" -cpu host -smp 2 \
		-drive "$disk,id=d1,file=$WORK/disk.pci" -device virtio-blk-pci,drive=d1 \
		-drive "$disk,id=d2,file=$WORK/disk.mmio" -device virtio-blk-device,drive=d2 \
		-netdev "$net,id=n1,net=10.0.1.0/24,$echo_service.1.100:7-cmd:cat" \
		-netdev "$net,id=n2,net=10.0.2.0/24,$echo_service.2.100:7-cmd:cat" \
		-device virtio-net-pci,netdev=n1,mac=52:54:00:00:00:01,romfile= \
		-device virtio-net-device,netdev=n2,mac=52:54:00:00:00:02 \
		-trace virtio_mmio_write_offset -trace "file=$WORK/trace"
}

# copied DISK KIND: the guest has read what is on it, and what it wrote is there.
copied()
{
	local sum

	sum=$(sha256sum < "$WORK/data" | cut -d ' ' -f 1)
	guest_says virtio "^GUEST: read $1 $sum" && guest_says virtio "^GUEST: copy $1 $sum" &&
		cat "$WORK/data" "$WORK/data" | busybox cmp - "$WORK/disk.$2"
}

echoed()
{
	local sum

	sum=$(head -c 512K "$WORK/data" | sha256sum | cut -d ' ' -f 1)
	guest_says virtio "^GUEST: echo $1 $sum"
}

# Offset 0x50 is the doorbell. The trace has the writes that set up the devices.
doorbell_exits()
{
	[[ $(wc -l < "$WORK/trace") -gt 10 ]] && grep -c 'offset 0x50 ' "$WORK/trace"
}

test_virtio()
{
	start_virtio
	guest_end virtio "$(seconds 120)"
	check "QEMU with virtio devices ends well" guest_says virtio '^GUEST: virtio done'
	check "virtio-blk over PCI: data is right, both ways" copied vda pci
	check "virtio-blk over MMIO: data is right, both ways" copied vdb mmio
	check "virtio-net over PCI: data comes back" echoed net1
	check "virtio-net over MMIO: data comes back" echoed net2
	check "each doorbell was an ioeventfd" test "$(doorbell_exits)" = 0
	[[ $failures == 0 ]] || tail -n 20 "$WORK/virtio" | tr -d '\r' | sed 's/^/#   /'
}

# --- life ---
ticks()
{
	guest_count "$1" '^GUEST: tick'
}

has_ticks()
{
	[[ $(ticks "$1") -ge $2 ]]
}

has_booted()
{
	[[ $(guest_count "$1" '^GUEST: init') -ge $2 ]]
}

# tick_time NAME NUMBER: hundredths of a second that the guest's clock had at that tick.
tick_time()
{
	tr -d '\r' < "$WORK/$1" | awk -v number="$2" '
		/^GUEST: tick/ && ++n == number { printf "%d", $3 * 100; exit }'
}

# While it is stopped for 5 s, a guest neither runs nor sees time pass.
test_stop()
{
	local before passed

	monitor life stop
	check "a guest is stopped" wait_until 10 is_status life paused
	before=$(ticks life)
	sleep 5
	check "it does not run meanwhile" test "$(ticks life)" = "$before"
	monitor life cont
	check "it goes on" wait_until "$(seconds 10)" has_ticks life $((before + 2))
	passed=$(($(tick_time life $((before + 1))) - $(tick_time life "$before")))
	check "its clock stood still" test $passed -ge 0 -a $passed -lt 400
}

test_life()
{
	qemu_monitored life "quiet job=ticks" -cpu host -smp 2
	check "a guest runs" wait_until "$(seconds 60)" has_ticks life 2
	test_stop
	monitor life system_reset
	check "a guest that is reset boots again" wait_until "$(seconds 60)" has_booted life 2
	monitor life quit
	check "QEMU ends when told" guest_end life 10
}

test_reboot()
{
	qemu_monitored reboot "quiet job=reboot" -cpu host -smp 4
	if wait_until "$(seconds 90)" has_booted reboot 3; then
		ok "a guest that reboots starts again, twice"
	else
		not_ok "a guest that reboots starts again, twice" "$WORK/reboot"
	fi
	monitor reboot quit
	guest_end reboot 10
}

# pixel FILE: the first one's blue part.
pixel()
{
	wait_until 10 test -s "$1"
	sleep 0.5
	tail -c +16 "$1" | head -c 1 | od -An -tu1 | tr -d ' '
}

drawn()
{
	guest_count display '^GUEST: drawn'
}

has_drawn()
{
	[[ $(drawn) -ge $1 ]]
}

# QEMU looks at what the guest wrote to the display's memory, by its log, when it takes a picture.
test_display()
{
	local first second before

	qemu_monitored display "quiet job=display" -cpu host -device bochs-display,romfile=
	check "a guest draws" wait_until "$(seconds 60)" has_drawn 2
	monitor display "screendump $WORK/first"
	first=$(pixel "$WORK/first")
	before=$(drawn)
	wait_until "$(seconds 20)" has_drawn $((before + 3))
	monitor display "screendump $WORK/second"
	second=$(pixel "$WORK/second")
	check "a picture shows it" test "${first:-0}" -ge 2 -a "${first:-0}" -le "$before"
	check "a later picture shows what was drawn since" \
		test "${second:-0}" -ge $((before + 3)) -a "${second:-0}" -le "$(drawn)"
	monitor display quit
	guest_end display 10
}

# The firmware is executed from a read-only slot; its variables are in another, which it switches
# between array and command mode, so that the slot goes and comes.
test_uefi()
{
	local flash=if=pflash,format=raw

	cp "$firmware/RISCV_VIRT_VARS.fd" "$WORK/vars"
	qemu_start uefi quiet -cpu host -smp 2 -m 1G \
		-drive "$flash,unit=0,readonly=on,file=$firmware/RISCV_VIRT_CODE.fd" \
		-drive "$flash,unit=1,file=$WORK/vars"
	guest_check "UEFI boots a guest that works and powers off" uefi "$(seconds 150)"
	check "... which knows EFI" guest_says uefi 'GUEST: booted by EFI'
	check "UEFI writes variables to its flash" \
		not_same "$firmware/RISCV_VIRT_VARS.fd" "$WORK/vars"
}

not_same()
{
	! busybox cmp -s "$1" "$2"
}

test_many_cpus()
{
	qemu_start many "quiet want_cpus=8" -cpu rv64 -smp 8
	guest_check "a guest with 8 CPUs on $(nproc) harts works" many "$(seconds 150)"
}

test_kill()
{
	qemu_start victim "" -cpu host -smp 4
	check "a guest starts" wait_until "$(seconds 60)" guest_says victim 'Linux version'
	sleep 1
	guest_kill victim
	check "a QEMU that is killed leaves nothing: the KVM unloads" wait_until 10 unload_kvm
}

must_load_kvm
mark_log
test_virtio
test_life
test_reboot
test_display
test_uefi
test_many_cpus
test_kill
no_foreign_messages "nothing else is in the kernel log"
finish
