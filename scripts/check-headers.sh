#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-headers.sh KDIR BUILD [MAKE-ARGUMENT...]
# Compiles every header of the module alone, and twice, with the flags of a module: it has to
# include what it uses and to guard itself. BUILD is the directory of a finished build (for its
# generated/). MAKE-ARGUMENTs such as CROSS_COMPILE= go to make. CHECK_ROOT names another
# tree. Prints TAP; exits 1 if a header fails.
set -euo pipefail
export LC_ALL=C

if [[ $# -lt 2 ]]; then
	sed -n '3,7s/^# //p' "$0" >&2
	exit 2
fi
root=$(cd "${CHECK_ROOT:-$(dirname "$0")/..}" && pwd)
kdir=$1
build=$(cd "$2" && pwd)
shift 2
if [[ ! -e $build/generated/kshim_config.h ]]; then
	echo "check-headers: $build holds no finished build" >&2
	exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mapfile -t headers < <(cd "$root" &&
	find include virt arch -name '*.h' -not -path '*/tests/*' | sort)
mapfile -t objects < <(seq -f 'header%g.o' ${#headers[@]})
{
	echo "obj-m := ${objects[*]}"
	echo "ccflags-y := -I$root/include -I$root/include/compat -I$root/include/uapi \\"
	echo "	-I$root/arch/riscv -I$root/virt -I$build/generated -Wno-unused"
} > "$work/Kbuild"
for ((i = 0; i < ${#headers[@]}; i++)); do
	header=$root/${headers[i]}
	printf '#include "%s"\n' "$header" "$header" > "$work/header$((i + 1)).c"
done

make -k -s -j "$(nproc)" -C "$kdir" M="$work" "$@" "${objects[@]}" > "$work/log" 2>&1 || true

echo "1..${#headers[@]}"
failed=0
for ((i = 0; i < ${#headers[@]}; i++)); do
	if [[ -e $work/header$((i + 1)).o ]]; then
		echo "ok $((i + 1)) - headers: ${headers[i]}"
		continue
	fi
	failed=1
	echo "not ok $((i + 1)) - headers: ${headers[i]}"
	grep -E "^$root/${headers[i]}:.*error|header$((i + 1))\.c:.*error" "$work/log" |
		head -n 5 | sed 's/^/# /' || true
done
if [[ $failed == 1 ]] && ! grep -q 'error:' "$work/log"; then
	sed 's/^/# /' "$work/log" | head -n 20
fi
exit "$failed"
