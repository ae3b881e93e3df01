# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# Shared by the scripts of the test bed: places, messages, entering the tools root.

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(cd "$LAB_DIR/../.." && pwd)
# shellcheck source=scripts/lab/config.sh
. "$LAB_DIR/config.sh"

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

say()
{
	echo "lab: $*" >&2
}

hash_of()
{
	sha256sum | cut -c1-12
}

set_world()
{
	WORLD=$1
	[[ $WORLD == trixie || $WORLD == forky ]] || die "unknown world '$WORLD' (trixie, forky)"
	WORLD_DIR=$KVM_RISCV_CACHE/$WORLD
	HOST_ROOT=$WORLD_DIR/host
	TOOLS_ROOT=$WORLD_DIR/tools
	# Builds of different clones must not meet.
	BUILD_ROOT=$KVM_RISCV_CACHE/build/${REPO##*/}-$(echo "$REPO" | hash_of)
	BUILD_DIR=$BUILD_ROOT/$WORLD
}

# Release of the Debian kernel in the host root, such as 6.12.107+deb13-riscv64.
kernel_release()
{
	local dirs=("$HOST_ROOT"/usr/lib/modules/*-riscv64)

	[[ -d ${dirs[0]} ]] || die "no kernel in $HOST_ROOT; run scripts/lab/fetch"
	echo "${dirs[0]##*/}"
}

# kernel_dir NAME: where the kernel of that name is, below kernel/ in the world's directory. Those
# built here are named after what they are made of, so that clones which differ do not meet.
kernel_dir()
{
	local kernels=$LAB_DIR/kernels recipe

	if [[ $1 == stock ]]; then
		echo stock
		return
	fi
	[[ -e $kernels/$1.config ]] || die "unknown kernel '$1'"
	recipe=$(cat "$kernels"/{base,"$1"}.config "$kernels/build"; kernel_release)
	echo "$1-$(hash_of <<< "$recipe")"
}

# Makes the roots of the current world if they are missing or their package list changed.
need_world()
{
	[[ -n ${LAB_INSIDE:-} ]] && return
	"$LAB_DIR/fetch" --world "$WORLD"
}

# A user other than root gets a user namespace in which it is root.
own_namespace()
{
	local flags=(--mount)

	[[ $EUID == 0 ]] || flags+=(--map-root-user --map-auto)
	exec unshare "${flags[@]}" -- "$@"
}

# enter_tools [SOURCE:TARGET[:ro]]... -- COMMAND...: replaces this process. The mounts live in a
# namespace of their own and go away with the process.
enter_tools()
{
	mkdir -p "$BUILD_DIR"
	echo "$REPO" > "$BUILD_ROOT/source"
	own_namespace "$LAB_DIR/enter" "$TOOLS_ROOT" "$REPO:/src" "$BUILD_DIR:/build" \
		"$WORLD_DIR:/world" "$@"
}
