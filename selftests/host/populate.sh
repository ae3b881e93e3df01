#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Page tables of guest memory, as the host counts them, come back: selftests/stress/populate.
# ROUNDS: VMs that are made, populated and destroyed.
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/host/memory.sh
. "$(dirname "$0")/memory.sh"

group=$(make_group populate) || echo "# no control groups for memory"
must_load_kvm
mark_log
if in_group "$group" populate --rounds "${ROUNDS:-50}" ${group:+--cgroup "$group"} 2>&1 |
	sed -u 's/^/    /'; then
	ok "page tables come and go with guest memory"
else
	not_ok "page tables come and go with guest memory"
fi
check "the KVM unloads" unload_kvm
no_foreign_messages "no message but the module's own"
finish
