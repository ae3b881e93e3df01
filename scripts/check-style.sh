#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# check-style.sh [--root DIR] [--checkpatch FILE]
# Rules of style that a script can see, over the files that git knows (all files without git).
# Prints TAP; exits 1 if a rule is broken. CHECKPATCH in the environment names the kernel's
# scripts/checkpatch.pl, too (a pattern); without it, shellcheck or codespell their test is skipped.
# shellcheck disable=SC2317	# the rules are called by name
set -euo pipefail
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "$0")/.." && pwd)
checkpatch=$(compgen -G "${CHECKPATCH:-}" | head -n 1 || true)
while [[ $# -gt 0 ]]; do
	case $1 in
	--root)		root=$2; shift 2 ;;
	--checkpatch)	checkpatch=$2; shift 2 ;;
	*)		sed -n '3,6s/^# //p' "$0" >&2; exit 2 ;;
	esac
done
cd "$root"

# --- the files, by kind ---------------------------------------------------------------------------
list()
{
	git ls-files -c -o --exclude-standard 2>/dev/null || find . -type f -printf '%P\n'
}

texts=() sources=() shells=()
while read -r file; do
	[[ -f $file ]] || continue
	case $file in
	COPYING|*.png|*.dtb|Documentation/generated/*|.git/*)	continue ;;
	esac
	texts+=("$file")
	case $file in
	*.c|*.h|*.S|*.def)	sources+=("$file") ;;
	*.sh)			shells+=("$file") ;;
	*.*)			;;
	*)	! head -n 1 "$file" | grep -q '^#!.*bash' || shells+=("$file") ;;
	esac
done < <(list | sort)

# --- running and reporting ------------------------------------------------------------------------
number=0 failed=0

# rule TITLE COMMAND...: the command prints a line for each fault.
rule()
{
	local title=$1 faults

	shift
	number=$((number + 1))
	faults=$("$@" || true)
	if [[ -z $faults ]]; then
		echo "ok $number - style: $title"
		return
	fi
	failed=1
	echo "not ok $number - style: $title"
	head -n 50 <<< "$faults" | sed 's/^/# /'
}

skip()
{
	number=$((number + 1))
	echo "ok $number - style: $1 # SKIP $2"
}

# --- the rules ------------------------------------------------------------------------------------
# words PATTERN WHY FILE...
words()
{
	local pattern=$1 why=$2

	shift 2
	[[ $# -eq 0 ]] || grep -nHE "$pattern" -- "$@" | cut -d: -f1,2 | sed "s|\$|: $why|"
}

licence()
{
	local file

	for file in "${texts[@]}"; do
		case $file in
		*.md|MAINTAINERS|*.gitignore|*.txt|*.list)	continue ;;
		esac
		[[ -s $file ]] || continue
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0' ||
			echo "$file:1: no SPDX-License-Identifier"
	done
}

# Columns, with tabs to multiples of eight.
long_lines()
{
	python3 - "${texts[@]}" <<- 'EOF'
		import sys
		for name in sys.argv[1:]:
		    for number, line in enumerate(open(name, errors="replace"), 1):
		        columns = len(line.rstrip("\n").expandtabs(8))
		        if columns > 100:
		            print(f"{name}:{number}: {columns} columns")
	EOF
}

blanks()
{
	local file

	words '[[:blank:]]+$' 'blanks at the end' "${texts[@]}"
	words $'\r' 'carriage return' "${texts[@]}"
	for file in "${texts[@]}"; do
		[[ ! -s $file || -z $(tail -c 1 "$file") ]] || echo "$file: no newline at the end"
	done
}

indentation()
{
	words $'^ {8}|^ {1,7}[^ *]|^\t* {8}' 'indented with spaces' "${sources[@]}"
}

file_length()
{
	[[ ${#sources[@]} -eq 0 ]] || wc -l "${sources[@]}" |
		awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines, 800 are the limit" }'
}

# A function begins and ends with a brace in the first column; tables begin behind an "=".
function_length()
{
	local file code=()

	for file in "${sources[@]}"; do
		[[ $file != *.c ]] || code+=("$file")
	done
	[[ ${#code[@]} -eq 0 ]] || awk '
		FNR == 1 { start = 0 }
		/^{/ { start = FNR }
		/^}/ && start {
			size = FNR - start - 1; start = 0
			if (size > 60)
				print FILENAME ":" FNR ": end of a function of " size " lines"
		}' "${code[@]}"
}

banned()
{
	local file module=() others=()

	for file in "${texts[@]}"; do
		case $file in
		scripts/check-style.sh|scripts/tests/check_style_test.py)	continue ;;
		esac
		others+=("$file")
		if [[ $file =~ ^(virt|arch|include)/.*\.c$ && $file != */tests/* ]]; then
			module+=("$file")
		fi
	done
	words '\bTODO[:(]|\b(FIXME|XXX)\b' 'do it, or open an issue' "${others[@]}"
	words '^[[:blank:]]*#[[:blank:]]*if 0\b' 'dead code' "${others[@]}"
	words '\bBUG(_ON)?\(' 'never stop the host' "${module[@]}"
	words '^[[:blank:]]*#[[:blank:]]*(if|ifdef|ifndef)\b' 'no conditional code in .c files' \
		"${module[@]}"
	words '(^|[^a-zA-Z0-9_.~}])/(work|home/[a-z])' 'a path of one machine' "${others[@]}"
}

# The mirror is named in one place.
mirrors()
{
	local file others=()

	for file in "${texts[@]}"; do
		case $file in
		scripts/lab/config.sh|scripts/check-style.sh|scripts/tests/check_style_test.py)	;;
		*)	others+=("$file") ;;
		esac
	done
	words '\b(deb|ftp\.[a-z]*|snapshot|security)\.debian\.org' \
		'the mirror is set in scripts/lab/config.sh' "${others[@]}"
}

maintained()
{
	local file pattern patterns found

	[[ -f MAINTAINERS ]] || return 0
	mapfile -t patterns < <(sed -n 's/^F:[[:blank:]]*//p' MAINTAINERS)
	for file in "${texts[@]}"; do
		found=''
		for pattern in "${patterns[@]}"; do
			[[ $pattern != */ ]] || pattern+='*'
			# shellcheck disable=SC2053	# a pattern
			[[ $file != $pattern ]] || found=1
		done
		[[ -n $found ]] || echo "$file: in no area of MAINTAINERS"
	done
}

# Not asked for: what tables of macros cannot help, and what other rules here see.
kernel_checkpatch()
{
	local file ours=()

	for file in "${sources[@]}"; do
		# Tracepoints are written in a way of their own.
		[[ ! $file =~ ^(virt|arch|include)/ || $file == *.def || $file == */trace.h ]] ||
			ours+=("$file")
	done
	[[ ${#ours[@]} -eq 0 ]] || perl "$checkpatch" --no-tree --strict --terse --no-summary \
		--max-line-length=100 --ignore "$(paste -sd, <<- 'EOF'
			SPDX_LICENSE_TAG
			FILE_PATH_CHANGES
			LINUX_VERSION_CODE
			MACRO_ARG_REUSE
			MACRO_ARG_PRECEDENCE
			COMPLEX_MACRO
			MACRO_ARG_UNUSED
			MACRO_WITH_FLOW_CONTROL
			TRAILING_SEMICOLON
			BRACKET_SPACE
			LINE_SPACING
			CONSTANT_COMPARISON
			LONG_LINE
			LONG_LINE_COMMENT
			SPLIT_STRING
			NEW_TYPEDEFS
			BIT_MACRO
			EOF
		)" -f "${ours[@]}" 2>&1 | grep -v '^total:'
	rm -f .checkpatch-camelcase.*
}

echo "1..12"
rule "every file names its licence" licence
rule "no line beyond column 100" long_lines
rule "no stray blanks" blanks
rule "C is indented with tabs" indentation
rule "no source file of more than 800 lines" file_length
rule "no function of more than 60 lines" function_length
rule "nothing that we ban" banned
rule "the mirror is named once" mirrors
rule "everything has a keeper" maintained
if command -v codespell > /dev/null; then
	rule "spelling" codespell -q 3 -L hart,inout,sie,stip,nd,vill "${texts[@]}"
else
	skip "spelling" "codespell is not installed"
fi
if ! command -v shellcheck > /dev/null; then
	skip "shellcheck" "not installed"
elif [[ ${#shells[@]} -eq 0 ]]; then
	skip "shellcheck" "no shell script"
else
	rule "shellcheck" shellcheck -f gcc -x "${shells[@]}"
fi
if [[ -n $checkpatch && -f $checkpatch ]]; then
	rule "checkpatch" kernel_checkpatch
else
	skip "checkpatch" "no kernel source at hand (CHECKPATCH=.../scripts/checkpatch.pl)"
fi
exit "$failed"
