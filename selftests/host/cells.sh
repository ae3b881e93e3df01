# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the tests of QEMU's ways to give a guest interrupt controllers, in the kernel or not. A cell
# is MACHINE-IRQCHIP-CPUS, such as aplic-imsic-split-4. IRQCHIP is QEMU's kernel-irqchip (on, off,
# split), or on with riscv-aia as named: emul and hwaccel; few is hwaccel with one guest interrupt
# file of each hart.

FILES=/sys/module/kvm_riscv/parameters/guest_files

has_irqchip()
{
	[[ $(kvmcap 0) == 1 ]]
}

cell_accel()
{
	local mode=${1%-*}

	mode=${mode##*-}
	case $mode in
	on|off|split)	echo "kvm,kernel-irqchip=$mode" ;;
	few)		echo "kvm,kernel-irqchip=on,riscv-aia=hwaccel" ;;
	*)		echo "kvm,kernel-irqchip=on,riscv-aia=$mode" ;;
	esac
}

cell_machine()
{
	local machine=${1%-*}

	echo "aia=${machine%-*}"
}

# Says why a cell cannot be had here.
cell_obstacle()
{
	case $1 in
	aplic-imsic-split-4)
		# Seen with QEMU 10.0 and 11.1, on in-tree KVM of 6.12 and 7.2 as on ours.
		echo "QEMU's own APLIC loses the console's interrupts" ;;
	aplic-imsic-hwaccel-*|aplic-imsic-few-*)
		has_guest_files || echo "the harts have no guest interrupt files" ;;
	aplic-imsic-*)
		has_irqchip || echo "this host has no interrupt controller for VMs" ;;
	esac
}

# cell_start CELL PARAMS [QEMU OPTIONS...]
cell_start()
{
	[[ $1 != *-few-* ]] || echo 1 > "$FILES"
	ACCEL=$(cell_accel "$1") qemu_start "$1" "$2" -M "$(cell_machine "$1")" -cpu host \
		-smp "${1##*-}" "${@:3}"
}

cell_end()
{
	guest_end "$1" "$2"
	[[ $1 != *-few-* ]] || echo 63 > "$FILES"
}

# Whether each interrupt of the devices was a message: with an IMSIC, and only then.
messages_are_right()
{
	local msi other

	read -r _ _ msi _ other < <(tr -d '\r' < "$WORK/$1" | grep '^GUEST: msi')
	case $1 in
	aplic-imsic-*)	((msi > 10 && other == 0)) ;;
	*)		((msi == 0 && other > 10)) ;;
	esac
}

# Some lines of a cell that failed.
tell()
{
	tail -n 12 "$WORK/$1" | tr -d '\r' | sed 's/^/#   /'
}
