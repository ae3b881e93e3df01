#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Hold the pure code (model/) to its rules: it includes only headers that have a stand-in without a
# kernel, calls nothing but itself and the compiler's memory functions, and keeps no state.
#
# Usage: check-pure.sh [OUTPUT-DIRECTORY]
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$top/selftests/unit/build}
nm=${NM:-nm}

headers='types|bits|bitfield|bitops|bitmap|errno|string|minmax|limits|align|build_bug|compiler'
# Four more than design allows everywhere: cmpxchg() and xchg(), ARRAY_SIZE(), a guest's index into
# a table, bytes as a big-endian device sends them
headers+='|atomic|array_size|nospec|swab'
functions='memset|memcpy|memmove|memcmp|strlen|strcmp|strncmp'
words='__KERNEL__|EXPORT_SYMBOL|printk|pr_(err|warn|info|debug)|WARN_ON|BUG_ON'
words+='|__asm__|asm +volatile'

failed=0
complain() {
	echo "check-pure: $*" >&2
	failed=1
}

cd "$top"
shopt -s nullglob
sources=(arch/riscv/model/*.c virt/model/*.c)
files=("${sources[@]}" arch/riscv/model/*.h virt/model/*.h)

for file in "${files[@]}"; do
	while read -r name; do
		case $name in
		'<'*)
			[[ $name =~ ^\<linux/($headers)\.h\>$ ]] || complain "$file includes $name"
			;;
		*)
			local_file=$(dirname "$file")/$(tr -d '"' <<<"$name")
			[[ $name != */* && -f $local_file ]] || complain "$file includes $name"
			;;
		esac
	done < <(sed -nE 's/^[ \t]*#[ \t]*include(_next)?[ \t]*([<"][^>"]*[>"]).*/\2/p' "$file")

	# Words of a kernel in code; comments may have them.
	if found=$(sed 's|/\*.*\*/||; /^[ \t]*\*/d; s|//.*||' "$file" | grep -nEw "$words"); then
		complain "$file: $found"
	fi
done

make -s -C selftests/unit pure O="$out"

objects=("${sources[@]/%.c/.o}")
objects=("${objects[@]/#/$out/pure/}")
ours=$("$nm" --defined-only -g "${objects[@]}" | awk 'NF == 3 { print $3 }' | sort -u)
for object in "${objects[@]}"; do
	name=${object#"$out"/pure/}
	while read -r kind symbol; do
		case $kind in
		U)
			grep -qxF "$symbol" <<<"$ours" || [[ $symbol =~ ^($functions)$ ]] ||
				complain "$name calls $symbol()"
			;;
		[bBdDcC])
			complain "$name keeps state: $symbol"
			;;
		esac
	done < <("$nm" -P "$object" | awk '{ print $2, $1 }')
done

exit $failed
