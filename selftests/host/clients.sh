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

boot_rvrun 1
boot_rvrun 4
boot_qemu host 4
boot_qemu rv64 1
check "the KVM unloads" unload_kvm
finish
