# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the scripts that run inside the emulated host: TAP, the KVM under test, guests.
#
# From the environment: KVM=ours (the default) or in-tree; MODULE, the file of ours; LAB_KERNEL.

KVM=${KVM:-ours}
WORK=$(mktemp -d)
tests=0
failures=0

# --- TAP ---
ok()
{
	tests=$((tests + 1))
	echo "ok $tests - $*"
}

# not_ok DESCRIPTION [FILE]: the end of FILE tells why.
not_ok()
{
	tests=$((tests + 1))
	failures=$((failures + 1))
	echo "not ok $tests - $1"
	[[ ! -s ${2:-} ]] || tail -n 20 "$2" | tr -d '\r' | sed 's/^/#   /'
}

skip()
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

# check DESCRIPTION COMMAND...: passes when the command does.
check()
{
	local description=$1
	shift
	if "$@" > "$WORK/output" 2>&1; then
		ok "$description"
	else
		not_ok "$description" "$WORK/output"
	fi
}

finish()
{
	echo "1..$tests"
	exit $((failures > 0))
}

# How long to wait at most for what takes less than half of that on a machine that does nothing
# else. Everything is slower on the sanitizer kernel.
seconds()
{
	if [[ ${LAB_KERNEL:-stock} == stock ]]; then
		echo $(($1 * 2))
	else
		echo $(($1 * 6))
	fi
}

# wait_until SECONDS COMMAND...
wait_until()
{
	local end=$((SECONDS + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[[ $SECONDS -lt $end ]] || return 1
		sleep 0.1
	done
}

# --- the KVM under test ---
load_kvm()
{
	case $KVM in
	ours)		insmod "$MODULE" ;;
	in-tree)	modprobe kvm ;;
	esac
}

unload_kvm()
{
	case $KVM in
	ours)		rmmod kvm_riscv ;;
	in-tree)	modprobe -r kvm ;;
	esac
}

must_load_kvm()
{
	load_kvm 2> "$WORK/load" && return
	not_ok "load the $KVM KVM" "$WORK/load"
	finish
}

# --- the kernel log ---
mark_log()
{
	mark="test mark $$ $RANDOM"
	echo "$mark" > /dev/kmsg
}

log_since_mark()
{
	dmesg -t | sed "1,/^$mark\$/d"
}

# The kernel's own remarks on loading such a module look like the module's.
log_of_module()
{
	log_since_mark | grep -E '^kvm[-_]riscv: ' |
		grep -vE ': (loading out-of-tree module|module verification failed)'
}

# Lines of the log since the mark that neither a KVM nor the loading of it explains. The kernel also
# notices when the machine that emulates it gives it no time for a while, in a timer's interrupt.
foreign_messages()
{
	log_since_mark | grep -vE -e '^kvm[-_]riscv: |^kvm \[[0-9]+\]: ' \
		-e '^hrtimer: interrupt took [0-9]+ ns$'
}

# no_foreign_messages DESCRIPTION
no_foreign_messages()
{
	foreign_messages > "$WORK/foreign"
	if [[ -s $WORK/foreign ]]; then
		not_ok "$1" "$WORK/foreign"
	else
		ok "$1"
	fi
}

# --- guests ---
declare -A guest_pid=()

# vmm_start NAME COMMAND...: in the background; the guest's console is $WORK/NAME.
vmm_start()
{
	local name=$1
	shift
	"$@" < /dev/null > "$WORK/$name" 2>&1 &
	guest_pid[$name]=$!
}

# guest_start NAME PARAMS [RVRUN OPTIONS...]
guest_start()
{
	vmm_start "$1" rvrun --kernel /guest/Image --initrd /guest/initramfs.cpio.gz --mem 512M \
		--params "console=ttyS0 $2" "${@:3}"
}

# qemu_start NAME PARAMS [QEMU OPTIONS...]; ACCEL is QEMU's accelerator with its options.
qemu_start()
{
	vmm_start "$1" qemu-system-riscv64 -accel "${ACCEL:-kvm}" -M virt -m 512M -nodefaults \
		-display none -serial stdio -kernel /guest/Image -initrd /guest/initramfs.cpio.gz \
		-append "console=ttyS0 $2" "${@:3}"
}

# qemu_monitored NAME PARAMS OPTIONS...: qemu_start with a monitor on pipes.
qemu_monitored()
{
	local pipe=$WORK/$1.monitor

	mkfifo "$pipe.in" "$pipe.out"
	qemu_start "$@" -chardev "pipe,id=monitor,path=$pipe" -mon chardev=monitor,mode=readline
	cat "$pipe.out" > "$pipe" &
}

# Open for both, so that it does not wait for a QEMU that has ended.
monitor()
{
	echo "$2" 1<> "$WORK/$1.monitor.in"
}

guest_says()
{
	grep -q "$2" "$WORK/$1"
}

# How often the guest's console has a line.
guest_count()
{
	grep -c "$2" "$WORK/$1"
}

has_guest_files()
{
	grep -q 'kvm-riscv$' /proc/interrupts
}

# How often vCPUs of the guest got a guest interrupt file of a hart.
guest_file_loads()
{
	awk '$1 == "guest_file_loads" { n += $2 } END { print n + 0 }' \
		/sys/kernel/debug/kvm/"${guest_pid[$1]}"-*/vcpu*/stats
}

has_more_file_loads()
{
	(($(guest_file_loads "$1") > $2))
}

# guest_check_files DESCRIPTION NAME LOADS: on harts that have such files, there were more loads.
guest_check_files()
{
	! has_guest_files || check "$1" wait_until "$(seconds 30)" has_more_file_loads "$2" "$3"
}

guest_kill()
{
	kill -9 "${guest_pid[$1]}" 2> /dev/null
	wait "${guest_pid[$1]}" 2> /dev/null
}

guest_is_gone()
{
	! kill -0 "${guest_pid[$1]}" 2> /dev/null
}

# guest_end NAME SECONDS: waits for the guest's end; returns the VMM's exit code, 124 if it goes on.
guest_end()
{
	if ! wait_until "$2" guest_is_gone "$1"; then
		guest_kill "$1"
		echo "still running after $2 s" >> "$WORK/$1"
		return 124
	fi
	wait "${guest_pid[$1]}"
}

# guest_check DESCRIPTION NAME SECONDS: the guest does its work and powers off.
guest_check()
{
	local code=0

	guest_end "$2" "$3" || code=$?
	if [[ $code == 0 ]] && guest_says "$2" '^GUEST: work ok'; then
		ok "$1"
	else
		echo "the VMM's exit code: $code" >> "$WORK/$2"
		not_ok "$1" "$WORK/$2"
	fi
}
