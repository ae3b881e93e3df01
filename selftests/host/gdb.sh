#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A debugger at QEMU's gdbstub, by the protocol of gdb (GDB manual, appendix "Remote Protocol"):
# breakpoints, registers, memory, stepping by breakpoints as gdb steps Linux programs.
# shellcheck disable=SC2317,SC2015 # functions are called by name; failures are told
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=1234
LINUX_ENTRY=0x5a4d	# "MZ", which is also the first instruction: c.li s4, -13

# --- the protocol ---
connect()
{
	exec 3<> "/dev/tcp/127.0.0.1/$PORT"
}

send()
{
	local sum=0 i

	for ((i = 0; i < ${#1}; i++)); do
		sum=$(((sum + $(printf '%d' "'${1:i:1}")) & 255))
	done
	printf '$%s#%02x' "$1" $sum >&3
}

# The next packet in $reply, without what is around it; it may take $1 seconds.
receive()
{
	local rest

	read -r -t "$1" -d '#' reply <&3 || return 1
	read -r -t "$1" -n 2 rest <&3 || return 1
	printf '+' >&3
	reply=${reply#*\$}
}

ask()
{
	send "$1"
	receive "$(seconds 20)"
}

# A register or memory as a number: little-endian hexadecimal digits.
number()
{
	local digits=$1 i out=

	for ((i = ${#digits} - 2; i >= 0; i -= 2)); do
		out+=${digits:i:2}
	done
	echo $((0x$out))
}

hex()
{
	local value=$1 i

	for ((i = 0; i < 8; i++)); do
		printf '%02x' $((value >> (8 * i) & 255))
	done
}

register()
{
	ask "p$(printf '%x' "$1")" && number "$reply"
}

# --- the guest ---
stops_at_first()
{
	ask '?' && [[ $reply == [TS]05* ]] || { echo "reply: $reply"; return 1; }
	entry=$(register 32)
	ask "m$(printf '%x' "$entry"),2" && [[ $(number "$reply") == $((LINUX_ENTRY)) ]] ||
		{ echo "at $entry: $reply"; return 1; }
}

# Where a jump by one instruction of 32 bits (jal zero) leads.
jump_target()
{
	local at=$1 insn to

	ask "m$(printf '%x' "$at"),4" || return 1
	insn=$(number "$reply")
	[[ $((insn & 0xfff)) == $((0x6f)) ]] || return 1
	to=$((((insn >> 31 & 1) << 20) | (insn & 0xff000) | ((insn >> 20 & 1) << 11) |
		((insn >> 21 & 0x3ff) << 1)))
	[[ $((to >> 20)) == 0 ]] || to=$((to - (1 << 21)))
	echo $((at + to))
}

# goes_to ADDRESS COMMAND: a breakpoint there, which the guest then reaches.
goes_to()
{
	local at

	at=$(printf '%x' "$1")
	ask "Z0,$at,2" && [[ $reply == OK ]] || { echo "Z0: $reply"; return 1; }
	ask "$2" && [[ $reply == [TS]05* ]] || { echo "$2: $reply"; return 1; }
	ask "z0,$at,2" && [[ $reply == OK ]] || { echo "z0: $reply"; return 1; }
	[[ $(register 32) == "$1" ]] || { echo "pc $(register 32), not $1"; return 1; }
}

registers_can_be_written()
{
	ask "P5=$(hex 0x123456789abcdef0)" && [[ $reply == OK ]] &&
		[[ $(register 5) == $((0x123456789abcdef0)) ]]
}

s4_is_written()
{
	[[ $(register 20) == -13 ]]
}

says_linux()
{
	guest_says debugged 'Linux version'
}

must_load_kvm
ip link set lo up
qemu_start debugged "earlycon=sbi" -S -gdb "tcp:127.0.0.1:$PORT"
wait_until "$(seconds 30)" connect
check "a guest is stopped at its first instruction" stops_at_first
check "it goes on to a breakpoint" goes_to $((entry + 2)) c
check "the instruction before it was executed" s4_is_written
check "registers can be written and read" registers_can_be_written
target=$(jump_target $((entry + 2)))
check "a jump is stepped over by a breakpoint where it leads" goes_to "$target" c
ask "m$(printf '%x' "$target"),4"
next=$((target + 2))
[[ $(($(number "$reply") & 3)) != 3 ]] || next=$((target + 4))
check "a step that is asked for ends at a breakpoint, too" goes_to $next s
send c
check "without breakpoints the guest goes on" wait_until "$(seconds 60)" says_linux
exec 3>&-
guest_kill debugged
check "the KVM unloads" unload_kvm
finish
