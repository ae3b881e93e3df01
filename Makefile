# SPDX-License-Identifier: GPL-2.0-only
# What people type. Kbuild describes the module, scripts/lab/ the emulated host, scripts/check the
# tests; this file only names them.

ARCH		:= riscv
ifeq ($(shell uname -m),riscv64)
KDIR		?= /lib/modules/$(shell uname -r)/build
endif
CHECK		:= scripts/check
LAB		:= scripts/lab
export WORLD HOST

.PHONY: bench module launcher host-test kselftest kunit abi-test lint docs demo lab-shell sanitize \
	check check-all clean help

module:
ifndef KDIR
	$(error this is no RISC-V machine: give KDIR=... CROSS_COMPILE=..., or see "make help")
endif
	+$(MAKE) -C $(KDIR) M=$(CURDIR) ARCH=$(ARCH) modules

launcher:
	+$(MAKE) -C launcher

host-test kunit abi-test lint sanitize:
	@$(CHECK) $@

docs:
	@$(LAB)/tools python3 scripts/gen-docs.py

demo:
	@$(LAB)/demo

lab-shell:
	@$(LAB)/shell

bench:
	@scripts/bench

# On the command line: TESTS=, KVM=intree
kselftest:
	@scripts/kselftest

check:
	@$(CHECK)

check-all:
	@$(CHECK) --all

# The build products of this tree; the test bed's cache stays.
clean:
ifdef KDIR
	+$(MAKE) -C $(KDIR) M=$(CURDIR) ARCH=$(ARCH) clean
endif
	+$(MAKE) -C launcher clean
	@$(LAB)/clean

help:
	@echo 'For this machine, or with KDIR=... CROSS_COMPILE=riscv64-linux-gnu- for another:'
	@echo '  make            the module, kvm-riscv.ko'
	@echo '  make launcher   rvrun (needs libfdt)'
	@echo '  make clean'
	@echo 'In an emulated RISC-V host, made on first use (Documentation/testing.rst):'
	@echo '  make demo       boot a Linux guest on the module'
	@echo '  make lab-shell  a shell on the host, the module loaded, rvrun at hand'
	@echo '  make check      the tests; make check-all: more rounds, all worlds and hosts'
	@echo '  make lint | host-test | kunit | abi-test | sanitize   parts of them'
	@echo '  make kselftest  KVM tests of the kernel itself; [TESTS=all|NAME,...] [KVM=intree]'
	@echo '  make bench      what each operation costs, in-tree KVM and ours'
	@echo 'WORLD=trixie|forky and HOST=plain|aia|rva23|old|ssaia select the emulated host.'
	@echo '  make docs       Documentation/generated/ from the tables'
