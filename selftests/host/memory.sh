# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the scripts that test guest memory: swap, a file system, a control group.

# disk_of NUMBER: the block device that is the host's disk of that number (scripts/lab/run --disk).
disk_of()
{
	local disks

	modprobe -q virtio_blk && wait_until 5 test -e /sys/block/vda
	disks=(/sys/block/vd*)
	[[ -e ${disks[$1]:-} ]] && echo "/dev/${disks[$1]##*/}"
}

# swap_on DISK
swap_on()
{
	mkswap "$1" > "$WORK/mkswap" 2>&1 && swapon "$1"
}

# mount_disk DISK DIRECTORY: what is mapped from there is written back when a test says so, not at
# each commit of the journal.
mount_disk()
{
	modprobe -q ext4
	mkdir -p "$2"
	mkfs.ext4 -q "$1" && mount -t ext4 -o data=writeback,lazytime,commit=300 "$1" "$2"
}

# make_group NAME: a control group that accounts memory; says where it is.
make_group()
{
	local root=/sys/fs/cgroup

	mountpoint -q $root || mount -t cgroup2 cgroup $root || return
	grep -qw memory $root/cgroup.controllers && echo +memory > $root/cgroup.subtree_control &&
		mkdir "$root/$1" && echo "$root/$1"
}

# in_group DIRECTORY COMMAND...
in_group()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	bash -c '[[ -z $1 ]] || echo $$ > "$1/cgroup.procs"; exec "${@:2}"' bash "$@"
}
