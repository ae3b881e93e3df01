#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Loads kvm-riscv-kunit.ko into the running kernel and prints, as TAP, how each case of the suites
# went. Works with the module's own runner and with that of a CONFIG_KUNIT kernel.
#
#   kunit.sh [FILE]	without one, kvm-riscv-kunit.ko beside $MODULE
set -euo pipefail

module=${1:-$(dirname "${MODULE:-./kvm-riscv.ko}")/kvm-riscv-kunit.ko}
mark="kvm-riscv-kunit.sh $$"

echo "$mark" > /dev/kmsg
load=0
message=$(insmod "$module" 2>&1) || load=$?
log=$(dmesg -t | sed "1,/^$mark\$/d")
rmmod kvm_riscv_kunit 2> /dev/null || true

# A case's line has four spaces; comments before it are its own; deeper lines are parameters.
awk -v load="$load" -v message="$message" '
	function emit(good, name, skip) {
		print (good ? "ok " : "not ok ") ++n, name skip
		if (!good) {
			failed++
			printf "%s", comments
		}
		comments = ""
	}
	/^    # Subtest: /	{ suite = $3; next }
	/^    1\.\.[0-9]+$/	{ planned += substr($1, 4); next }
	/^    ok [0-9]+ /	{ skip = match($0, / # SKIP/) ? substr($0, RSTART) : ""
				  emit(1, suite "." $3, skip); next }
	/^    not ok [0-9]+ /	{ emit(0, suite "." $4, ""); next }
	/^ +(#|not ok )/	{ sub(/^ +#? */, "# "); comments = comments $0 "\n" }
	END {
		if (n != planned)
			emit(0, "every case was reported: " n + 0 " of " planned + 0, "")
		if (!n || (load && !failed))
			emit(0, "load the module: " message, "")
		print "1.." n
		exit failed > 0
	}' <<< "$log"
