#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Loading and unloading of the module: what it says, what it refuses.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

# refused REASON COMMAND...: the command fails and says why.
refused()
{
	local reason=$1
	shift
	"$@" > "$WORK/refusal" 2>&1 && return 1
	cat "$WORK/refusal"
	grep -qE "$reason" "$WORK/refusal"
}

said()
{
	log_since_mark
	log_since_mark | grep -qE "$1"
}

said_one_line()
{
	log_since_mark
	[[ $(log_of_module | wc -l) == 1 ]]
}

# Whose work A and D bits are, by the device tree: with both extensions firmware has to leave it to
# software.
who_sets_ad()
{
	local cpu extensions who=hardware

	for cpu in /proc/device-tree/cpus/cpu@*; do
		extensions=" $(tr '\0' ' ' < "$cpu/riscv,isa-extensions")"
		[[ $extensions == *" svadu "* && $extensions != *" svade "* ]] || who=software
	done
	echo $who
}

holding_kvm()
{
	"$@" 5<> /dev/kvm
}

test_in_tree_first()
{
	if ! modprobe -n kvm 2> /dev/null; then
		skip "refused while in-tree KVM is loaded" "this kernel has no KVM of its own"
		return
	fi
	if [[ $(uname -r) == 6.12.* ]] && grep -q ssaia /proc/cpuinfo; then
		skip "refused while in-tree KVM is loaded" \
			"with the AIA, in-tree KVM of 6.12 warns of itself when it is unloaded"
		return
	fi
	modprobe kvm
	mark_log
	check "refused while in-tree KVM is loaded" \
		refused 'File exists|resource busy' insmod "$MODULE"
	check "... saying so in one line" said_one_line
	modprobe -r kvm
}

# Whatever firmware does: see Documentation/interrupts.rst.
has_irqchip_by_ssaia()
{
	local want=0

	! grep -q '^isa.*_ssaia' /proc/cpuinfo || want=1
	[[ $(kvmcap 0) == "$want" ]]
}

test_in_tree_first

mark_log
check "loads" insmod "$MODULE"
check "tells the extension" said 'hypervisor extension'
check "tells the G-stage format" said 'Sv(39|48|57)x4'
check "tells the VMID bits" said '[0-9]+ VMID bits|VMID [0-9]+ bits'
check "tells who sets A and D" said "A and D bits .* $(who_sets_ad)"
check "/dev/kvm is there" test -c /dev/kvm
check "/dev/kvm opens" holding_kvm true
check "a second load is refused" refused 'File exists' insmod "$MODULE"
check "unload is refused while a file is open" holding_kvm refused 'in use|unavailable' \
	rmmod kvm_riscv
check "unloads" rmmod kvm_riscv
check "/dev/kvm is gone" test ! -e /dev/kvm
check "loads again" insmod "$MODULE"
check "/dev/kvm is there again" test -c /dev/kvm
check "unloads again" rmmod kvm_riscv
check "loads without emulation of the AIA" insmod "$MODULE" aia_emulation=0
check "interrupt controllers in the kernel need Ssaia then" has_irqchip_by_ssaia
check "unloads a third time" rmmod kvm_riscv
no_foreign_messages "nothing else is in the kernel log"
finish
