#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""gen-docs.py writes what the tables say, and --check notices when it is no longer true."""
import tap

TREE = {
    "virt/front/caps.def": "/* SPDX-License-Identifier: GPL-2.0-only */\n"
                           "/* What can be asked: CAP(number, name, doc) */\n"
                           'CAP(3, USER_MEMORY, "memory, *slots*")\n',
    "virt/front/module.c": "module_param_named(vmid_bits, limit, uint, 0444);\n"
                           "module_param(fault_around, uint, 0644);\n"
                           'MODULE_PARM_DESC(vmid_bits, "Upper limit of the " "VMID width");\n'
                           "/* DEVIATION: does not do\n * what it should */\n",
}


def generate(root, *arguments):
    return tap.run("gen-docs.py", "--root", root, *arguments)


def page(root, stem):
    return (root / "Documentation/generated" / f"{stem}.rst").read_text()


def expect(text, *words):
    for word in words:
        assert word in text, f"'{word}' is missing:\n{text}"


def tables(root):
    tap.write(root, TREE)
    assert generate(root)[0] == 0
    expect(page(root, "caps"), "What can be asked.\n", "* - number", "``USER_MEMORY``",
           r"memory, \*slots\*")


def parameters(root):
    tap.write(root, TREE)
    assert generate(root)[0] == 0
    expect(page(root, "parameters"), "``vmid_bits``\n     - uint\n     - at load time\n"
           "     - Upper limit of the VMID width",
           "``fault_around``\n     - uint\n     - at any time")


def deviations(root):
    tap.write(root, TREE)
    assert generate(root)[0] == 0
    expect(page(root, "deviations"), "does not do what it should")


def current(root):
    tap.write(root, TREE)
    generate(root)
    assert generate(root, "--check")[0] == 0


def changed(root):
    tap.write(root, TREE)
    generate(root)
    tap.write(root, {"virt/front/caps.def": TREE["virt/front/caps.def"] + 'CAP(9, X, "")\n'})
    code, output = generate(root, "--check")
    assert code == 1
    expect(output, "caps.rst is not current")
    assert "``X``" not in page(root, "caps"), "--check wrote"


def removed(root):
    tap.write(root, TREE)
    generate(root)
    (root / "virt/front/caps.def").unlink()
    assert generate(root, "--check")[0] == 1
    generate(root)
    assert not (root / "Documentation/generated/caps.rst").exists(), "a page outlived its table"


tap.main((
    ("a table becomes a page", tables),
    ("module parameters are listed with type, mode and meaning", parameters),
    ("deviations are collected", deviations),
    ("fresh pages are current", current),
    ("a changed table is noticed", changed),
    ("the page of a removed table is noticed and removed", removed),
))
