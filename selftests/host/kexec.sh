#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel is started by another one on which guests run: it finds clean harts and runs guests.
# The host boots twice; this script runs in both lives.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

kernel=/tmp/kernel

mount_kernel()
{
	mkdir -p "$kernel"
	mount -t 9p -o trans=virtio,version=9p2000.L,ro kernel "$kernel"
}

# Both on all harts, none at rest.
first_life()
{
	must_load_kvm
	guest_start first "quiet want_cpus=2 job=busy" --cpus 2
	guest_start second "quiet want_cpus=2 job=busy" --cpus 2
	wait_until "$(seconds 60)" guest_says first 'GUEST: busy'
	wait_until "$(seconds 60)" guest_says second 'GUEST: busy'
	check "guests run" guest_says second 'GUEST: busy'
	check "the new kernel is at hand" mount_kernel
	echo "$tests $failures" > /out/first-life
	# What this shell has said has to be out by then.
	sync
	kexec-load $kernel/Image $kernel/initrd "$(< /proc/cmdline) second_life"
	not_ok "the new kernel starts"
	finish
}

harts_are_clean()
{
	insmod "${MODULE%/*}/kvm-riscv-harts.ko" && rmmod kvm_riscv_harts || return
	dmesg -t | grep '^kvm_riscv_harts: '
	[[ $(dmesg | grep -c 'kvm_riscv_harts: .* clean') == $(nproc) ]]
}

second_life()
{
	read -r tests failures < /out/first-life
	ok "the new kernel starts"
	check "no hart has anything left from the KVM before" harts_are_clean
	check "the KVM loads" load_kvm
	guest_start again "quiet want_cpus=2" --cpus 2
	guest_check "a guest works" again "$(seconds 90)"
	check "the KVM unloads" unload_kvm
	finish
}

if grep -qw second_life /proc/cmdline; then
	second_life
else
	first_life
fi
