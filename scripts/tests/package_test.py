#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What dkms-install copies is complete and says its version."""
import re

import tap

REPOSITORY = tap.SCRIPTS.parent


def install(root):
    code, output = tap.run("package/dkms-install", "--root", root)
    assert code == 0, output
    (source,) = (root / "usr/src").glob("kvm-riscv-*")
    return source


def complete(root):
    source = install(root)
    kbuild = (source / "Kbuild").read_text()
    for name in re.findall(r"\b((?:virt|arch)/[\w/-]+)\.o\b", kbuild):
        assert list(source.glob(f"{name}.[cS]")), f"{name} is built, but not installed"
    for path in REPOSITORY.glob("scripts/probes/*.c"):
        assert (source / "scripts/probes" / path.name).is_file(), f"{path.name} is missing"
    assert (source / "scripts/probe-kernel.sh").stat().st_mode & 0o111


def own_headers(root):
    source = install(root)
    places = [source / name for name in ("include", "include/compat", "include/uapi", "arch/riscv",
                                         "virt")]
    originals = [REPOSITORY / place.relative_to(source) for place in places]
    for path in source.rglob("*.[chS]"):
        for name in re.findall(r'#include [<"]([^>"]+)[>"]', path.read_text()):
            ours = any((place / name).is_file() for place in originals)
            assert not ours or any((place / name).is_file() for place in places), \
                f"{path.name} includes {name}, which is not installed"


def version(root):
    source = install(root)
    text = (source / "dkms.conf").read_text()
    assert f'PACKAGE_VERSION="{source.name.removeprefix("kvm-riscv-")}"' in text, text
    assert "@" not in text, text


def nothing_else(root):
    install(root)
    for path in root.rglob("*"):
        assert path.suffix not in (".o", ".ko", ".cmd", ".s"), f"{path} is a product"


tap.main((
    ("every source of the module is installed", complete),
    ("every header that is included is installed", own_headers),
    ("dkms.conf carries the module's version", version),
    ("no product of a build is installed", nothing_else),
))
