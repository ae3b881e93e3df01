#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each rule of check-tables.py finds its violation, and only that."""
import tap

ISA = "arch/riscv/model/isa.def"
EXITS = "arch/riscv/exits.def"
CSRS = {"arch/riscv/hw/csr_bits.h": "#define CAUSE_A 2\n#define CAUSE_B 0x10\n"}
HEAD = "/* SPDX-License-Identifier: GPL-2.0-only */\n"


def isa(*rows):
    return {ISA: HEAD + "/* Extensions: ISA(number, identifier, name), ALSO(name, member) */\n" +
            "\n".join(rows) + "\n"}


def exits(*rows):
    return {**CSRS, EXITS: HEAD + "/* EXIT(cause, handler, doc) */\n" + "\n".join(rows) + "\n"}


def case(files, *expected):
    def function(root):
        tap.write(root, files)
        code, output = tap.run("check-tables.py", "--root", root)
        faults = [line[2:] for line in output.splitlines() if line.startswith("# ")]
        assert code == (1 if expected else 0), f"exit code {code}\n{output}"
        assert len(faults) == len(expected), f"expected {len(expected)} faults:\n{output}"
        for words in expected:
            assert any(words in fault for fault in faults), f"no fault says '{words}':\n{output}"
    return function


tap.main((
    ("a sound table passes",
     case(isa('ISA(0, A, "a")', "/* a comment, with commas */", "#ifndef X", "#endif",
              'ISA(1, B, "b, (c")', 'ALSO("b", A)', 'ALSO("b", C)'))),
    ("a table without named columns is refused",
     case({ISA: HEAD + "ISA(0, A)\n"}, "no comment that names the columns")),
    ("a comment without columns is refused",
     case({ISA: HEAD + "/* Extensions. */\nISA(0, A)\n"}, "does not name the columns")),
    ("an unknown macro is found", case(isa("XYZ(0, A)"), "XYZ has no columns named")),
    ("stray code is found", case(isa("int a;"), "neither a row nor")),
    ("a missing column is found",
     case(isa('ISA(0, A, "a")', "ISA(1, B)"), "2 columns instead of 3")),
    ("a long row is found", case(isa('ISA(0, A, "' + 90 * "a" + '")'), "longer than 100")),
    ("a gap is found", case(isa('ISA(0, A, "a")', 'ISA(2, B, "b")'), "leaves a gap above 0")),
    ("a wrong order is found",
     case(isa('ISA(0, A, "a")', 'ISA(1, B, "b")', 'ISA(1, C, "c")'),
          "does not rise above 1", "repeats line 4")),
    ("a repeated name is found", case(isa('ISA(0, A, "a")', 'ISA(1, A, "b")'), "repeats line 3")),
    ("a repeated row without number is found",
     case(isa('ISA(0, A, "a")', 'ALSO("b", A)', 'ALSO("b", A)'), "repeats line 4")),
    ("a number that is none is found", case(isa('ISA(x, A, "a")'), "'x' has no value")),
    ("an empty table is found", case(isa(), "no row")),
    ("symbols in the order of their values pass",
     case(exits('EXIT(CAUSE_A, f, "x")', 'EXIT(CAUSE_B, f, "y")'))),
    ("symbols out of order are found",
     case(exits('EXIT(CAUSE_B, f, "x")', 'EXIT(CAUSE_A, f, "y")'), "2 does not rise above 16")),
    ("an unknown symbol is found", case(exits('EXIT(CAUSE_C, f, "x")'), "'CAUSE_C' has no value")),
    ("a cause that comes twice is found",
     case(exits('EXIT(CAUSE_A, f, "x")', 'EXIT(CAUSE_A, g, "y")'), "repeats", "does not rise")),
))
