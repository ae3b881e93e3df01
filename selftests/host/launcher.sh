#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The launcher's own boot tests, on the KVM under test.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

must_load_kvm
LIMIT=$(seconds 90)
export LIMIT
# The host's root has no other kernel than Debian's.
[[ ${LAB_KERNEL:-stock} == stock ]] || export KERNEL=/guest/Image
code=0
/repo/launcher/tests/boot-test /build/launcher || code=1
if ! unload_kvm; then
	echo "# the KVM does not unload"
	code=1
fi
exit $code
