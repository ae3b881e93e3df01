#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What each client must do on each host: boot a Linux guest that does checked work and powers off.
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

must_load_kvm

boot_rvrun()
{
	guest_start "rvrun$1" "quiet want_cpus=$1" --cpus "$1"
	guest_check "rvrun --cpus $1" "rvrun$1" "$(seconds 120)"
}

# boot_qemu CPU CPUS
boot_qemu()
{
	qemu_start "qemu$2" "quiet want_cpus=$2" -cpu "$1" -smp "$2"
	guest_check "QEMU -cpu $1 -smp $2" "qemu$2" "$(seconds 120)"
}

# QEMU 11.1 tells the guest of a named CPU of all its extensions, and the guest dies of those that
# the host has not; so it does on in-tree KVM.
rv64_is_told_right()
{
	qemu-system-riscv64 --version | grep -q 'version 10\.' ||
		{ grep -q '^isa.*_zbc' /proc/cpuinfo && grep -q '^isa.*_sstc' /proc/cpuinfo; }
}

boot_rvrun 1
boot_rvrun 4
boot_qemu host 4
if rv64_is_told_right; then
	boot_qemu rv64 1
else
	skip "QEMU -cpu rv64 -smp 1" "this QEMU tells the guest of what this host has not"
fi
check "the KVM unloads" unload_kvm
finish
