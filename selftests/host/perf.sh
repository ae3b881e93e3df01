#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kvmperf on in-tree KVM and on ours, in one boot: OUT/in-tree.csv, OUT/ours.csv.
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
