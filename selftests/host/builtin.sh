#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel with KVM built in: ours is refused and changes nothing.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

refused()
{
	insmod "$MODULE" > "$WORK/refusal" 2>&1 && return 1
	cat "$WORK/refusal"
	grep -q 'resource busy' "$WORK/refusal"
}

said_one_line()
{
	log_of_module
	[[ $(log_of_module | wc -l) == 1 ]]
}

check "in-tree KVM is built in" test -c /dev/kvm -a ! -e /sys/module/kvm/initstate
mark_log
check "the module is refused" refused
check "... saying so in one line" said_one_line
check "/dev/kvm is still there" test -c /dev/kvm
guest_start after "quiet want_cpus=2" --cpus 2
guest_check "a guest works on the KVM that is built in" after "$(seconds 90)"
finish
