#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tracepoints, with a shell and with perf.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=/build/bin:$PATH

TRACING=/sys/kernel/tracing
EVENTS=$TRACING/events/kvm
aia=''
DOC=$(dirname "$0")/../../Documentation/observing.rst

# What the documentation names, in the first column of its list.
documented()
{
	sed -nE 's/^   \* - ..(kvm_[a-z_]+)..$/\1/p' "$DOC" | sort
}

events_are_documented()
{
	local differ

	find "$EVENTS" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort > "$WORK/events"
	differ=$(documented | comm -3 - "$WORK/events")
	echo "$differ"
	[[ -z $differ ]]
}

saw()
{
	grep -q " $1: " "$WORK/trace"
}

# Of each thread of a vCPU, entry and exit by turns.
entries_and_exits_alternate()
{
	awk '$5 == "kvm_entry:" || $5 == "kvm_exit:" {
		if ($1 in last && last[$1] == $5) { bad++; if (bad < 5) print NR ": " $0 }
		last[$1] = $5; n++
	}
	END { print n " events"; exit bad > 0 || n < 100 }' "$WORK/pairs"
}

# As few events as fit into the buffers: one that is overwritten has left its other half behind.
trace_pairs()
{
	echo > $TRACING/trace
	echo 1 | tee $EVENTS/kvm_{entry,exit}/enable > /dev/null
	echo 1 > $TRACING/tracing_on
	for program in halt run sbi; do
		/build/abi/${program}_test > "$WORK/$program" 2>&1
	done
	echo 0 > $TRACING/tracing_on
	echo 0 > $EVENTS/enable
	cat $TRACING/trace > "$WORK/pairs"
}

# Is each cause that a Linux guest has among them? SBI calls, virtual instructions, interrupts.
causes_are_there()
{
	local cause

	for cause in 0xa 0x16 0x8000000000000005; do
		grep -q "kvm_exit: .*SCAUSE:$cause," "$WORK/trace" && continue
		echo "no $cause"
		return 1
	done
}

# Does this host offer interrupt controllers in the kernel?
has_aia()
{
	! /build/abi/aia_direct_test | grep -q '# SKIP'
}

collect()
{
	cat $TRACING/trace >> "$WORK/trace"
	echo > $TRACING/trace
}

trace_some_guests()
{
	echo 0 > $TRACING/tracing_on
	echo 8192 > $TRACING/buffer_size_kb
	echo 1 > $EVENTS/enable
	echo > $TRACING/trace
	echo 1 > $TRACING/tracing_on
	for program in aia aia_direct run sbi halt ioeventfd dirty_log dirty_ring; do
		check "${program}_test passes while all is traced" "/build/abi/${program}_test"
		collect
	done
	echo 0 > $TRACING/tracing_on
	echo 0 > $EVENTS/enable
}

mountpoint -q $TRACING || mount -t tracefs tracefs $TRACING
if [[ ! -d $TRACING/events ]]; then
	echo "1..0 # SKIP this kernel has no tracepoints"
	exit
fi
mark_log
must_load_kvm
[[ $KVM != ours ]] || check "each event is documented, and there is no other" events_are_documented
trace_some_guests

if [[ $KVM == ours ]]; then
	has_aia && aia=1
	for event in $(documented); do
		# Nothing asks whether one page was touched, unless it is to be compacted.
		[[ $event != kvm_test_age_hva && $event != kvm_age_hva ]] || continue
		# Nothing delivers interrupts to a VM without a controller in the kernel.
		[[ ! $event =~ ^kvm_(set_irq|msi|irqfd|ack_irq)$ ]] || [[ $aia ]] || continue
		check "$event happens" saw "$event"
	done
	trace_pairs
	check "entries and exits alternate" entries_and_exits_alternate
fi
check "the causes of exits are told" causes_are_there

# --- perf ---
# perf of Linux 7 has one table for exceptions and interrupts: exception 10 goes by the name of the
# interrupt of that number.
SBI_CALL='SUPERVISOR_SYSCALL|IRQ_VS_EXT'

# perf_names FILE PATTERN...: the names are in what perf said.
perf_names()
{
	local file=$1 name

	shift
	for name; do
		grep -qE "$name" "$file" || { cat "$file"; echo "no $name"; return 1; }
	done
}

# Guests one after the other, until "$WORK/busy" is gone.
keep_busy()
{
	touch "$WORK/busy"
	while [[ -e $WORK/busy ]]; do
		/build/abi/halt_test
		/build/abi/run_test
	done > /dev/null 2>&1 &
}

# That of Linux 7 also aborts once it has written all, on any KVM: "double free or corruption".
has_recorded()
{
	[[ $1 == 0 || $1 == $((128 + 6)) ]] && grep -q '^\[ perf record: Captured' "$WORK/record"
}

perf_record()
{
	local code=0

	perf kvm stat record -a -o "$WORK/perf.data" /build/abi/halt_test > "$WORK/record" 2>&1 ||
		code=$?
	has_recorded "$code" || { cat "$WORK/record"; return 1; }
	perf kvm -i "$WORK/perf.data" stat report > "$WORK/report" 2>&1 < /dev/null
	perf_names "$WORK/report" "$SBI_CALL" VIRTUAL_INST_FAULT
}

# perf ends by a signal only once it shows something.
perf_live()
{
	local perf code=0

	keep_busy
	perf kvm stat live -a -d 2 > "$WORK/live" 2>&1 < /dev/null &
	perf=$!
	wait_until "$(seconds 90)" perf_names "$WORK/live" "$SBI_CALL" VIRTUAL_INST_FAULT ||
		code=1
	kill -INT "$perf"
	wait_until 20 test ! -e "/proc/$perf" || kill -9 "$perf"
	rm "$WORK/busy"
	wait
	[[ $code == 0 ]] || cat "$WORK/live"
	return "$code"
}

if command -v perf > /dev/null; then
	check "perf kvm stat record and report name the causes" perf_record
	check "perf kvm stat live names the causes" perf_live
else
	skip "perf kvm stat record, report" "perf is not on this host"
	skip "perf kvm stat live" "perf is not on this host"
fi

# --- with events on, the module still comes and goes ---
echo 1 > $EVENTS/enable
check "the KVM unloads while its events are on" unload_kvm
no_foreign_messages "nothing in the kernel log"
finish
