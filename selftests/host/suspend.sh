#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The host sleeps while a guest runs: each level of /sys/power/pm_test, with harts that lose the
# registers of the hypervisor extension. Nothing could wake it from a sleep that is no test.
#
# The shared directories do not outlive a sleep: Linux has no way to freeze a 9p device. So this
# goes on in a root in memory; /lab is given up and taken again; and the host is not left as it was,
# but powered off here.
# shellcheck disable=SC2317 # functions are called by name
set -uo pipefail
# shellcheck source=selftests/host/lib.sh
. "${0%/*}/lib.sh"

island=/tmp/island

# A root in memory with this script, what guests need, and busybox.
make_island()
{
	local file

	mkdir -p $island/{bin,build/bin,guest,modules,tmp,dev,proc,sys,lab}
	cp /usr/bin/busybox "$MODULE" "${MODULE%/*}/kvm-riscv-harts.ko" $island/modules/
	mv $island/modules/busybox $island/bin/
	$island/bin/busybox --install $island/bin
	for file in /bin/bash $(/lib/ld-linux-riscv64-lp64d.so.1 --list /bin/bash |
				grep -o '/[^ ]*'); do
		rm -f "$island$file"
		mkdir -p "$island${file%/*}"
		cp "$(realpath "$file")" "$island$file"
	done
	cp /build/bin/rvrun $island/bin/
	cp /guest/Image /guest/initramfs.cpio.gz $island/guest/
	cp "$0" "${0%/*}/lib.sh" $island/
	for dir in dev proc sys; do
		mount --rbind /$dir $island/$dir
	done
}

# The 9p device of the share that the exit code goes to.
lab_device()
{
	local tag

	for tag in /sys/bus/virtio/drivers/9pnet_virtio/virtio*/mount_tag; do
		[[ $(tr -d '\0' < "$tag") != lab ]] || basename "${tag%/mount_tag}"
	done
}

if [[ ${1:-} != on-island ]]; then
	make_island
	device=$(lab_device)
	umount /lab
	echo "$device" > /sys/bus/virtio/drivers/9pnet_virtio/unbind
	exec chroot $island /bin/env PATH=/bin LC_ALL=C MODULE="/modules/${MODULE##*/}" \
		/bin/bash /suspend.sh on-island "$device"
fi

# sleep_as STATE [PM_TEST]: to sleep and awake again.
sleep_as()
{
	[[ ! -e /sys/power/pm_test ]] || echo "${2:-none}" > /sys/power/pm_test || return
	echo "$1" > /sys/power/state
}

forgotten()
{
	cat /sys/module/kvm_riscv_harts/parameters/forgotten
}

test_levels()
{
	local level loads

	guest_start sleeper "quiet want_cpus=2" --cpus 2 --mem 256M
	wait_until "$(seconds 30)" guest_says sleeper 'GUEST: init'
	guest_check_files "its vCPUs use guest interrupt files" sleeper 0
	for level in freezer devices platform; do
		check "suspend to idle as far as $level" sleep_as freeze $level
	done
	loads=$(guest_file_loads sleeper)
	# Suspend to idle keeps the harts online; on the way to hibernation they go.
	for level in processors core; do
		check "hibernation as far as $level" sleep_as disk $level
	done
	check "harts lost their registers" test "$(forgotten)" -ge 1
	guest_check_files "its vCPUs got files again" sleeper "$loads"
	guest_check "the guest works" sleeper "$(seconds 120)"
}

test_late()
{
	guest_start late "quiet want_cpus=2" --cpus 2 --mem 256M
	guest_check "a guest that starts after that works" late "$(seconds 90)"
}

end()
{
	echo "1..$tests"
	echo "$2" > /sys/bus/virtio/drivers/9pnet_virtio/bind
	mount -t 9p -o trans=virtio,version=9p2000.L,cache=none lab /lab
	echo "$((failures > 0))" > /lab/code
	sync /lab/code
	poweroff -f
}

echo 1 > /sys/module/suspend/parameters/pm_test_delay
insmod /modules/kvm-riscv-harts.ko forget=1
must_load_kvm
test_levels
test_late
check "the KVM unloads" unload_kvm
end "$@"
