#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Guests that do anything: all SBI calls, all CSRs, instructions at random. FUZZ_SECONDS for each,
# FUZZ_SEED to have a run again.
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
export FUZZ_SECONDS=${FUZZ_SECONDS:-6} FUZZ_SEED=${FUZZ_SEED:-$RANDOM$RANDOM}

fuzz()
{
	local code=0

	mark_log
	"/build/abi/fuzz_$1_test" > "$WORK/$1" 2>&1 || code=$?
	sed -n 's/^# /#   /p' "$WORK/$1"
	if [[ $code == 0 ]]; then
		ok "$2 ($FUZZ_SECONDS s)"
	else
		echo "exit code $code" >> "$WORK/$1"
		not_ok "$2" "$WORK/$1"
	fi
	dmesg -t | sed "1,/^$mark\$/d" > "$WORK/log"
	check "and the kernel logs nothing" test ! -s "$WORK/log"
	sed 's/^/#   /' "$WORK/log"
}

must_load_kvm
fuzz sbi "SBI calls are answered as the model says"
fuzz csr "CSRs are as the model says"
fuzz insn "whatever the guest executes, it is the guest's own affair"
check "the KVM unloads" unload_kvm
finish
