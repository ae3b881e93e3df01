#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Harts go offline and come back: under a vCPU that is pinned to them, before and after the module
# is loaded, until one is left.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

last=$(($(nproc) - 1))

# online HART 0|1
online()
{
	echo "$2" > "/sys/devices/system/cpu/cpu$1/online"
}

# Threads of a guest on one hart: taskset leaves those alone that come later.
pin()
{
	taskset -acp "$2" "${guest_pid[$1]}"
}

test_pinned()
{
	local loads

	guest_start pinned "quiet want_cpus=2" --cpus 2
	wait_until "$(seconds 30)" guest_says pinned 'GUEST: init'
	check "a guest is pinned to hart $last" pin pinned "$last"
	guest_check_files "its vCPUs use guest interrupt files" pinned 0
	loads=$(guest_file_loads pinned)
	check "its hart is unplugged" online "$last" 0
	guest_check_files "they use another hart's" pinned "$loads"
	check "it is plugged in again" online "$last" 1
	guest_check "the guest works" pinned "$(seconds 90)"
}

test_loaded_without()
{
	check "hart $last is unplugged" online "$last" 0
	check "the KVM loads without it" load_kvm
	guest_start without "quiet want_cpus=2" --cpus 2
	check "the hart is plugged in" online "$last" 1
	check "the guest is pinned to it" pin without "$last"
	guest_check_files "its vCPUs use guest interrupt files" without 0
	guest_check "the guest works there" without "$(seconds 90)"
}

test_unplug_all()
{
	local hart

	guest_start alone "quiet want_cpus=2" --cpus 2
	for ((hart = 0; hart < last; hart++)); do
		check "hart $hart is unplugged" online "$hart" 0
	done
	check "the last one is not" refused online "$last" 0
	guest_check "the guest works on the last hart" alone "$(seconds 120)"
	check "the KVM unloads" unload_kvm
	for ((hart = 0; hart < last; hart++)); do
		check "hart $hart is plugged in again" online "$hart" 1
	done
	check "the KVM loads" load_kvm
}

refused()
{
	! "$@"
}

must_load_kvm
test_pinned
test_unplug_all
check "the KVM unloads" unload_kvm
test_loaded_without
check "the KVM unloads" unload_kvm
finish
