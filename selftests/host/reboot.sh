#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The host reboots under guests that run: it says nothing, and it gets there; else the run is
# stopped by its time limit.
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

must_load_kvm
for name in first second; do
	guest_start $name "quiet want_cpus=2 job=busy" --cpus 2
done
for name in first second; do
	check "the $name guest runs" wait_until "$(seconds 60)" guest_says $name 'GUEST: busy'
done
echo "1..$tests"
# Nothing comes back after this.
echo $((failures > 0)) > /lab/code
sync
busybox reboot -f
