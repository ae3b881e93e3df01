#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Check the .def tables: columns, uniqueness, and the order that each table promises.

Prints TAP; exits 1 if a table is wrong.
"""
import argparse
import pathlib
import re
import sys

import deftable

# What a table promises beyond the general rules. "dense": numbers from 0 without a gap.
# "ascending": numbers rise. "symbols": the first column names constants of the tree whose values
# rise. Tables whose order means nothing are not here.
ORDER = {
    "arch/riscv/exits.def": {"EXIT": "symbols"},
    "arch/riscv/model/isa.def": {"ISA": "dense"},
    "include/vmm/requests.def": {"REQ": "dense"},
    "virt/front/caps.def": {"CAP": "ascending"},
}
# Where the constants of "symbols" tables are defined.
CONSTANT_FILES = ("arch/riscv/hw/csr_num.h", "arch/riscv/hw/csr_bits.h")


def constants(root):
    values = {}
    for name in CONSTANT_FILES:
        path = root / name
        if path.is_file():
            for match in re.finditer(r"^#define[ \t]+(\w+)[ \t]+(0x[0-9a-fA-F]+|\d+)\b",
                                     path.read_text(), re.M):
                values[match.group(1)] = int(match.group(2), 0)
    return values


def row_faults(table, macro):
    for line, arguments in macro.rows:
        if len(arguments) != len(macro.columns):
            yield (f"{table.name}:{line}: {len(arguments)} columns instead of "
                   f"{len(macro.columns)} ({', '.join(macro.columns)})")
    raw = table.text.split("\n")
    for line, _ in macro.rows:
        if len(raw[line - 1].expandtabs(8)) > 100:
            yield f"{table.name}:{line}: longer than 100 columns"


def number_of(text):
    try:
        return int(text, 0)
    except ValueError:
        return None


def unique_columns(macro):
    """Columns that tell rows apart: a number and the name that goes with it, or a natural key."""
    number = macro.column(*deftable.NUMBER_COLUMNS)
    if number is not None:
        return {number, macro.column("identifier", "name")} - {None}
    return {macro.column("cause", "cmd")} - {None}


def unique_faults(table, macro):
    columns = unique_columns(macro)
    seen = {}
    for line, arguments in macro.rows:
        keys = [(column, arguments[column]) for column in columns if column < len(arguments)]
        for key in keys if columns else [", ".join(arguments)]:
            if key in seen:
                what = key[1] if columns else key
                yield f"{table.name}:{line}: repeats line {seen[key]} ({what})"
            seen.setdefault(key, line)


def values_of(table, macro, order, known):
    """(line, value) of the ordering column; a fault as (line, text) where there is none."""
    column = 0 if order == "symbols" else macro.column(*deftable.NUMBER_COLUMNS)
    for line, arguments in macro.rows:
        text = arguments[column] if column is not None else ""
        value = known.get(text) if order == "symbols" else number_of(text)
        yield line, value if value is not None else f"'{text}' has no value"


def order_faults(table, macro, order, known):
    previous = -1
    for line, value in values_of(table, macro, order, known):
        if isinstance(value, str):
            yield f"{table.name}:{line}: {value}"
            return
        if value <= previous:
            yield f"{table.name}:{line}: {value} does not rise above {previous}"
        elif order == "dense" and value != previous + 1:
            yield f"{table.name}:{line}: {value} leaves a gap above {previous}"
        previous = value


def faults_of(path, root, known):
    try:
        table = deftable.Table(path, root)
    except deftable.TableError as error:
        yield str(error)
        return
    for macro in table.macros.values():
        yield from row_faults(table, macro)
        yield from unique_faults(table, macro)
        order = ORDER.get(table.name, {}).get(macro.name)
        if order:
            yield from order_faults(table, macro, order, known)
    if not any(macro.rows for macro in table.macros.values()):
        yield f"{table.name}:1: no row"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root

    known = constants(root)
    paths = deftable.find_tables(root)
    failed = False
    print(f"1..{len(paths)}")
    for number, path in enumerate(paths, 1):
        faults = list(faults_of(path, root, known))
        failed |= bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - tables: {path.relative_to(root)}")
        for fault in faults:
            print(f"# {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
