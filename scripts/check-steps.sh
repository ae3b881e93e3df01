# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
# The steps of scripts/check in their order, quick ones first. $all: everything, on every world and
# host; else the quicker half on $WORLD and $HOST.

# host_step NAME GROUPS SECONDS WORLD OPTIONS...: boots a host for it.
host_step()
{
	step "$1" "$2" "$3" scripts/lab/run --world "$4" --timeout $((60 + 5 * $3)) "${@:5}"
}

# Steps that need no host.
quiet_steps()
{
	local tools=scripts/lab/tools
	# There once a kernel was built.
	local checkpatch='/world/kernel/*/build/scripts/checkpatch.pl'

	prepare world	setup scripts/lab/fetch
	needs=world
	step layers	lint 2 $tools python3 scripts/check-layers.py
	step tables	lint 2 $tools python3 scripts/check-tables.py
	step docs	lint 2 $tools python3 scripts/gen-docs.py --check
	step style	lint 15 $tools env "CHECKPATCH=$checkpatch" scripts/check-style.sh
	step script-tests lint 20 $tools scripts/tests/run
	step unit	host-test 30 $tools make -s -j2 -C selftests/unit O=/build/unit
	step coverage	host-test 30 $tools make -s -j2 -C selftests/unit O=/build/unit coverage
	step lab	lab 80 scripts/lab/selftest
	step fuzz	fuzz $((${#all} ? 600 : 60)) $tools make -s -j2 -C selftests/fuzz \
		O=/build/fuzz SECONDS=$((${#all} ? 60 : 4)) run
	step launcher-unit host-test 20 $tools make -s -j2 -C launcher O=/build/launcher-test test
}

# build_steps NAME OPTIONS...
build_steps()
{
	prepare "build-$1" setup scripts/lab/build "${@:2}" module kunit harts launcher \
		abi tools stress guest
	needs="build-$1"
}

# What is built for a world, looked at.
object_steps()
{
	local tools="scripts/lab/tools --world $1"

	step "layers-$1" lint 5 "$tools" python3 scripts/check-layers.py --objects /build/stock/src
	step "headers-$1" lint 60 "$tools" scripts/lab/kdir-run scripts/check-headers.sh
}

# stock_steps WORLD VARIANT: what runs inside the host on Debian's kernel.
stock_steps()
{
	local tests=selftests/host at="$1-$2" own=(--host "$2") fuzz=$((${#all} ? 150 : 6))

	host_step "kunit-$at" "host kunit" 15 "$1" "${own[@]}" $tests/kunit.sh
	host_step "module-$at" host 20 "$1" "${own[@]}" $tests/module.sh
	# Linux 6.12 miscounts pages of such memory, guest or not: "Bad rss-counter state".
	[[ $1 == trixie ]] || own+=(--pmem)
	host_step "abi-$at" "host abi-test" 45 "$1" "${own[@]}" \
		--append "'hugepagesz=1G hugepages=1'" $tests/abi.sh
	host_step "observe-$at" "host observe" $((60 + 2 * fuzz)) "$1" "${own[@]}" \
		--env FUZZ_SECONDS=$fuzz $tests/several.sh trace guestfuzz gdb
	host_step "guest-$at" host 35 "$1" "${own[@]}" $tests/guest.sh
	host_step "clients-$at" "host clients" 60 "$1" "${own[@]}" $tests/clients.sh
}

# The longer ones.
long_steps()
{
	local tests=selftests/host at="$1-$2" rounds=10 own=(--host "$2")

	[[ -z $all || $1 != trixie ]] || rounds=100
	host_step "qemu-$at" "host clients" 130 "$1" "${own[@]}" $tests/qemu.sh
	host_step "saverestore-$at" host 40 "$1" "${own[@]}" $tests/saverestore.sh
	host_step "migrate-$at" "host clients" 150 "$1" "${own[@]}" $tests/migrate.sh
	host_step "launcher-$at" host 110 "$1" "${own[@]}" $tests/launcher.sh
	host_step "stress-$at" host $((100 + 11 * rounds)) "$1" "${own[@]}" \
		--env ROUNDS=$rounds $tests/stress.sh
}

# memory_steps WORLD VARIANT: guest memory while the host does to it what hosts do.
memory_steps()
{
	local tests=selftests/host at="$1-$2" own=(--host "$2" --disk 3G --disk 2G)
	local seconds=$((${#all} ? 600 : 30)) rounds=$((${#all} ? 1000 : 50))

	host_step "memstress-$at" "host memory" $((50 + seconds)) "$1" "${own[@]}" \
		--env DURATION=$seconds $tests/memstress.sh
	host_step "populate-$at" "host memory" $((30 + rounds / 3)) "$1" "${own[@]}" \
		--env ROUNDS=$rounds $tests/populate.sh
	[[ -n $all ]] || return 0
	host_step "memlimit-$at" "host memory" 60 "$1" "${own[@]}" $tests/memlimit.sh
	host_step "bigguest-$at" "host memory" 300 "$1" "${own[@]}" $tests/bigguest.sh
}

# power_steps WORLD VARIANT: the life of the host itself around guests.
power_steps()
{
	local tests=selftests/host at="$1-$2" rounds=${all:+10} own=(--host "$2")

	host_step "overcommit-$at" host $((20 + 30 * ${rounds:-1})) "$1" "${own[@]}" \
		--env "ROUNDS=${rounds:-1}" $tests/overcommit.sh
	host_step "vmid-$at" host 50 "$1" "${own[@]}" $tests/vmid.sh
	host_step "kexec-$at" host 25 "$1" "${own[@]}" $tests/kexec.sh
	host_step "reboot-$at" host 15 "$1" "${own[@]}" $tests/reboot.sh
	host_step "suspend-$at" host 50 "$1" "${own[@]}" $tests/suspend.sh
	[[ -n $all ]] || return 0
	host_step "hotplug-$at" host 50 "$1" "${own[@]}" $tests/hotplug.sh
	host_step "nohz-$at" host 50 "$1" "${own[@]}" \
		--append "'nohz_full=1 rcu_nocbs=1'" $tests/nohz.sh
}

# Kernels that Debian does not ship.
kernel_steps()
{
	local run=selftests/host/several.sh

	build_steps rt --world trixie --kernel rt
	host_step host-rt rt 400 trixie --host plain --kernel rt $run \
		module abi clients guest stress overcommit
	host_step launcher-rt rt 200 trixie --host plain --kernel rt selftests/host/launcher.sh
	host_step suspend-rt rt 100 trixie --host plain --kernel rt selftests/host/suspend.sh
	host_step kexec-rt rt 60 trixie --host plain --kernel rt selftests/host/kexec.sh
	build_steps builtin --world trixie --kernel builtin
	host_step refuse-builtin builtin 20 trixie --host plain --kernel builtin \
		selftests/host/builtin.sh
}

# The same on the KVM of Debian's kernel: what differs is the tests' fault, or ours.
in_tree_steps()
{
	local tests=selftests/host own=(--host plain --env KVM=in-tree)

	host_step "abi-$1-in-tree" "host abi-test" 45 "$1" "${own[@]}" $tests/abi.sh
	host_step "clients-$1-in-tree" "host clients" 60 "$1" "${own[@]}" $tests/clients.sh
	host_step "guest-$1-in-tree" host 35 "$1" "${own[@]}" $tests/guest.sh
	host_step "qemu-$1-in-tree" "host clients" 130 "$1" "${own[@]}" $tests/qemu.sh
	host_step "migrate-$1-in-tree" "host clients" 150 "$1" "${own[@]}" $tests/migrate.sh
	host_step "launcher-$1-in-tree" host 110 "$1" "${own[@]}" $tests/launcher.sh
}

# Half an hour of disk accesses each: guest interrupt files; more vCPUs than such files; an IMSIC on
# harts without Ssaia; a PLIC in userspace.
long_fio()
{
	local cell

	for cell in trixie:aia:aplic-imsic-on-4 forky:aia:aplic-imsic-few-4 \
		    trixie:plain-fw:aplic-imsic-on-4 forky:plain:none-off-4; do
		[[ $cell == "$1":* ]] || continue
		cell=${cell#*:}
		host_step "fio-$1-${cell%:*}" "host clients" 2700 "$1" --host "${cell%:*}" \
			selftests/host/fio.sh "${cell#*:}"
	done
}

# io_steps WORLD VARIANT: devices of guests that have interrupt controllers in the kernel.
io_steps()
{
	local tests=selftests/host

	if [[ -n $all ]]; then
		host_step "vhost-$1-$2" "host clients" 500 "$1" --host "$2" $tests/vhost.sh
		return
	fi
	host_step "irqchip-$1-$2" "host clients" 60 "$1" --host "$2" --env SIZE=2 \
		$tests/irqchip.sh aplic-imsic-on-4
	host_step "vhost-$1-$2" "host clients" 60 "$1" --host "$2" --env SIZE=2 \
		$tests/vhost.sh aplic-imsic-on-4
	host_step "fio-$1-$2" "host clients" 150 "$1" --host "$2" --env SIZE=16 \
		--env DURATION=60 $tests/fio.sh aplic-imsic-on-4
}

# Hosts without Ssaia whose firmware lets VMs have interrupt controllers.
firmware_steps()
{
	local tests=selftests/host host

	if [[ -z $all ]]; then
		host_step "irqchip-$1-plain-fw" "host clients" 45 "$1" --host plain-fw \
			--env SIZE=2 $tests/irqchip.sh aplic-imsic-on-4
		host_step "module-$1-plain-fw" host 20 "$1" --host plain-fw $tests/module.sh
		return
	fi
	for host in plain-fw rva23-fw; do
		host_step "module-$1-$host" host 20 "$1" --host $host $tests/module.sh
		host_step "abi-$1-$host" "host abi-test" 100 "$1" --host $host $tests/abi.sh
		host_step "irqchip-$1-$host" "host clients" 1200 "$1" --host $host \
			$tests/irqchip.sh
	done
	host_step "life-$1-plain-fw" host 300 "$1" --host plain-fw $tests/several.sh \
		hotplug stress launcher
}

# The other machines: what depends on a host's extensions.
variant_steps()
{
	local tests=selftests/host host duration=$((${#all} ? 60 : 10))

	firmware_steps "$1"
	[[ -z $all ]] || long_fio "$1"
	for host in aia rva23 old; do
		[[ -n $all || $host == aia ]] || continue
		host_step "abi-$1-$host" "host abi-test" 100 "$1" --host $host $tests/abi.sh
		[[ $host != aia ]] || io_steps "$1" $host
		[[ $host == old ]] || host_step "extensions-$1-$host" host $((60 + 2 * duration)) \
			"$1" --host $host --env DURATION=$duration $tests/extensions.sh
		[[ -n $all ]] || continue
		[[ $host == old ]] || host_step "irqchip-$1-$host" "host clients" 1200 "$1" \
			--host $host $tests/irqchip.sh
		host_step "clients-$1-$host" "host clients" 60 "$1" --host $host $tests/clients.sh
		host_step "more-$1-$host" host 190 "$1" --host $host $tests/several.sh \
			kunit module guest qemu
		[[ $host == aia ]] || continue
		host_step "life-$1-$host" host 300 "$1" --host $host $tests/several.sh \
			hotplug stress launcher
		host_step "suspend-$1-$host" host 50 "$1" --host $host $tests/suspend.sh
	done
}

# KVM tests of the kernel's own: see selftests/upstream.
upstream_steps()
{
	local test=selftests/host/kselftest.sh

	prepare "build-kselftests-$1" setup scripts/lab/build --world "$1" module kselftests
	needs="build-kselftests-$1"
	if [[ -z $all ]]; then
		host_step "kselftest-$1" "host kselftest" 45 "$1" $test quick
	else
		host_step "kselftest-$1" "host kselftest" 600 "$1" --host plain $test full
		host_step "kselftest-$1-aia" "host kselftest" 150 "$1" --host aia $test hart
		host_step "kselftest-$1-in-tree" "host kselftest" 60 "$1" --host plain \
			--env KVM=in-tree $test quick
	fi
	needs="build-$1"
}

# The sanitizer kernel boots, and is searched for leaks, once for several tests.
sanitizer_steps()
{
	local own=(trixie --host plain --kernel sanitize selftests/host/several.sh)

	build_steps sanitize --world trixie --kernel sanitize
	# Its harts let VMs have interrupt controllers in the kernel.
	host_step some-sanitize sanitize 300 trixie --host ssaia --kernel sanitize \
		selftests/host/several.sh kunit module abi clients
	if [[ -n $all ]]; then
		host_step more-sanitize sanitize 650 "${own[@]}" guest stress launcher qemu
		host_step rest-sanitize sanitize 450 "${own[@]}" overcommit vmid hotplug
		host_step memory-sanitize "sanitize memory" 300 trixie --host plain \
			--kernel sanitize --disk 1G --disk 1G --env SIZE=128 --env DURATION=120 \
			--env ROUNDS=20 selftests/host/several.sh memstress populate
		host_step suspend-sanitize sanitize 150 trixie --host plain --kernel sanitize \
			selftests/host/suspend.sh
		host_step kexec-sanitize sanitize 80 trixie --host plain --kernel sanitize \
			selftests/host/kexec.sh
	fi
	needs=build-trixie
}

all_steps()
{
	local world worlds=("$WORLD") host=$HOST

	quiet_steps
	[[ -z $all ]] || worlds=(trixie forky) host=plain
	for world in "${worlds[@]}"; do
		build_steps "$world" --world "$world"
		object_steps "$world"
		stock_steps "$world" "$host"
		# It takes longest: the other steps run beside it.
		[[ $world-$host != trixie-plain ]] || sanitizer_steps
		long_steps "$world" "$host"
		memory_steps "$world" "$host"
		power_steps "$world" "$host"
		[[ $host != plain ]] || variant_steps "$world"
		[[ -z $all ]] || in_tree_steps "$world"
		upstream_steps "$world"
	done
	[[ -z $all ]] || kernel_steps
}
