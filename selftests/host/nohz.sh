#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# vCPUs on a hart without a tick (nohz_full=1 rcu_nocbs=1): their work is done, their time is
# accounted as guest time, and RCU does not wait for them.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

# guest_time CPU: of this hart, in seconds/100: /proc/stat, see proc_stat(5).
guest_time()
{
	awk -v cpu="cpu$1" '$1 == cpu { print $10 }' /proc/stat
}

# Between half and all of the time that a guest was busy on a hart.
plausible()
{
	echo "$1 of 500 ticks"
	[[ $1 -ge 250 && $1 -le 600 ]]
}

# Unloading a module waits for a grace period.
grace_period()
{
	insmod "${MODULE%/*}/kvm-riscv-harts.ko" && timeout 10 rmmod kvm_riscv_harts
}

pinned_rvrun()
{
	taskset -acp "$2" "${guest_pid[$1]}"
}

# busy_guest HART: alone on it for longer than RCU waits without a remark.
busy_guest()
{
	local before

	guest_start "busy$1" "quiet want_cpus=1 job=busy" --cpus 1
	check "a guest is pinned to hart $1" pinned_rvrun "busy$1" "$1"
	check "it is busy" wait_until "$(seconds 60)" guest_says "busy$1" 'GUEST: busy'
	before=$(guest_time "$1")
	sleep 5
	check "its time is accounted as guest time" plausible $(($(guest_time "$1") - before))
	check "RCU's grace periods end meanwhile" grace_period
	sleep 5
	guest_kill "busy$1"
}

check "hart 1 is without a tick" grep -qx 1 /sys/devices/system/cpu/nohz_full
echo 4 > /sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
must_load_kvm
busy_guest 1
busy_guest 0
guest_start work "quiet want_cpus=2" --cpus 2
check "a guest is pinned to hart 1" pinned_rvrun work 1
guest_check "the guest works" work "$(seconds 120)"
check "the KVM unloads" unload_kvm
finish
