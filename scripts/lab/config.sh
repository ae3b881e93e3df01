# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Settings of the test bed. Each can be set from the environment; nothing else in the tree names a
# suite, a mirror or a place outside the repository.

# Where Debian packages come from.
DEBIAN_MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

# Debian suite that the tools and the emulated host are made of: trixie (6.12 LTS) or forky.
WORLD=${WORLD:-trixie}

# The emulated machine: one of HOST_VARIANTS below.
HOST=${HOST:-plain}

# Everything that can be made again lives here; deleting it is always safe.
KVM_RISCV_CACHE=${KVM_RISCV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvm-riscv}
# Downloaded packages, kept so that an interrupted download goes on where it stopped.
KVM_RISCV_DEBS=${KVM_RISCV_DEBS:-$KVM_RISCV_CACHE/debs}

# Packages of the tools root (amd64). linux-kbuild comes on top, in the host kernel's version.
TOOLS_PACKAGES=(
	gcc-riscv64-linux-gnu libc6-dev-riscv64-cross libfdt-dev:riscv64
	gcc libc6-dev libfdt-dev make bc bison flex perl python3
	libssl-dev libelf-dev pahole kmod cpio rsync xz-utils zstd
	qemu-system-riscv device-tree-compiler
	git clang libclang-rt-dev sparse shellcheck codespell python3-docutils
)

# Packages of the emulated host (riscv64); unpacked only, never run on the builder.
HOST_PACKAGES=(
	linux-image-riscv64 linux-headers-riscv64
	base-files bash dash coreutils util-linux mount findutils grep sed mawk gzip libc-bin
	busybox-static kmod procps iproute2 strace
	qemu-system-riscv qemu-efi-riscv64 e2fsprogs
	linux-perf trace-cmd gdb
	fio qemu-utils socat
)

# QEMU flags of the host variants.
declare -A HOST_VARIANTS=(
	[plain]="-M virt -cpu rv64,h=true"
	[aia]="-M virt,aia=aplic-imsic,aia-guests=4 -cpu max"
	[rva23]="-M virt -cpu rva23s64"
	[ssaia]="-M virt -cpu rv64,h=true,smaia=on,ssaia=on,smstateen=on"
	[old]="-M virt -cpu rv64,h=true,sstc=off,sv48=off,sv57=off"
)

# The same with firmware that delegates illegal instructions: see scripts/lab/firmware.
for variant in plain rva23 old; do
	HOST_VARIANTS[$variant-fw]="${HOST_VARIANTS[$variant]} -bios /firmware/fw_dynamic.bin"
done
