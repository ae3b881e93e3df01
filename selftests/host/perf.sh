#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kvmperf on in-tree KVM and on ours, in one boot: one line for each operation, instructions where
# the host counts one as a nanosecond, and ours divided by in-tree.
set -euo pipefail
out=${1:-/out}

# A boot-time thread on the only hart would be counted, too.
sleep 3
modprobe kvm
kvmperf > "$out/in-tree.csv"
modprobe -r kvm
insmod "$MODULE"
kvmperf > "$out/ours.csv"
rmmod kvm_riscv

printf '%-24s %10s %10s %6s\n' operation in-tree ours ratio
join -t, -a 2 -e 0 -o 0,1.2,2.2 <(sort "$out/in-tree.csv") <(sort "$out/ours.csv") |
	awk -F, '!$2 { printf "%-24s %10s %10d\n", $1, "-", $3; next }
		{ printf "%-24s %10d %10d %6.2f\n", $1, $2, $3, $3 / $2 }'
