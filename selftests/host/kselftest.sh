#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kselftest.sh [full|quick|hart|all|NAME,NAME...]: KVM tests of the kernel's own, each one test here
# with the seconds it took; of one that fails, the end of its output is shown.
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/host/memory.sh
. "$(dirname "$0")/memory.sh"

programs=/build/kselftests
upstream=$(dirname "$0")/../upstream
# What a test exits with that finds nothing to test (kselftest.h).
KSFT_SKIP=4

# A test that a newer kernel brings is to be run, too.
# shellcheck disable=SC2317	# called by check
list_is_complete()
{
	local program complete=0

	while read -r program; do
		awk -v name="$program" '$3 == name { found = 1 } END { exit !found }' \
			"$upstream/kselftests.list" && continue
		echo "kselftests.list does not name $program"
		complete=1
	done < <(find "$programs" -type f -executable -printf '%P\n')
	return "$complete"
}

# A test that skips says why: "1..0 # SKIP - reason" or "reason, skipping test".
skip_reason()
{
	sed -n -e 's/, skipping test.*//p' -e 's/.*# SKIP[ -]*//p' "$1" | tail -n 1 | grep . ||
		echo "it does not say why"
}

# run_test SECONDS NAME ARGUMENTS...
run_test()
{
	local limit=$1 name=$2 code=0 start=$SECONDS what
	shift 2
	local output=$WORK/${name//\//-}

	mark_log
	echo "kselftest: $name $*" > /dev/kmsg
	(cd "$WORK" && timeout -k 5 "$(seconds "$limit")" "$programs/$name" "$@") \
		> "$output" 2>&1 < /dev/null || code=$?
	what="$name${*:+ $*} ($((SECONDS - start)) s)"
	if [[ $code == 0 ]]; then
		ok "$what"
	elif [[ $code == "$KSFT_SKIP" ]]; then
		skip "$what" "$(skip_reason "$output")"
	else
		[[ $code != 124 && $code != 137 ]] || echo "stopped after $limit s" >> "$output"
		echo "exit code $code" >> "$output"
		not_ok "$what" "$output"
	fi
}

"$upstream/rows" "$@" > "$WORK/rows" || exit 2
check "kselftests.list names each test" list_is_complete
# access_tracking_perf_test wants to age the memory of one.
make_group kselftest > /dev/null
must_load_kvm
while read -r -a row; do
	run_test "${row[@]}"
done < "$WORK/rows"
check "the KVM unloads" unload_kvm
finish
