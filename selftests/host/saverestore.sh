#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# saverestore.sh: the state of a machine goes from one KVM to another: from ours to the kernel's
# own, the other way round, and to the same one.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

program=/build/abi/restore_test

# with KVM COMMAND...: run it on that one.
with()
{
	local code=0

	export KVM=$1
	must_load_kvm
	"${@:2}" || code=$?
	unload_kvm || code=1
	return "$code"
}

modinfo -n kvm > /dev/null 2>&1 || { skip "from one KVM to another" "the kernel has none"; finish; }

for from in ours in-tree; do
	check "a machine is saved on $from" with "$from" "$program" save "$WORK/$from"
	for to in ours in-tree; do
		check "from $from to $to" with "$to" "$program" restore "$WORK/$from"
	done
done
finish
