#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A Linux guest reboots and panics; for one that powers off see clients.sh.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

must_load_kvm

booted_twice()
{
	[[ $(guest_count reboot '^GUEST: init') -ge 2 ]]
}

test_reboot()
{
	guest_start reboot "quiet job=reboot" --cpus 2
	if wait_until "$(seconds 90)" booted_twice; then
		ok "a guest that reboots starts again"
	else
		not_ok "a guest that reboots starts again" "$WORK/reboot"
	fi
	guest_kill reboot
}

test_panic()
{
	local code=0

	guest_start panic "quiet panic=-1 job=panic" --cpus 1 --no-reboot
	guest_end panic "$(seconds 60)" || code=$?
	if [[ $code != 0 && $code != 124 ]] && guest_says panic 'Kernel panic'; then
		ok "a guest that panics gives a failure"
	else
		echo "rvrun's exit code: $code" >> "$WORK/panic"
		not_ok "a guest that panics gives a failure" "$WORK/panic"
	fi
}

test_reboot
test_panic
check "the KVM unloads" unload_kvm
finish
