#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""probe-kernel.sh wants exactly one of a family; a script plays the compiler."""
import tap

# Refuses files that say REFUSE.
COMPILER = """#!/bin/sh
for last; do :; done
grep -q REFUSE "$last" || exit 0
echo "$last: error: refused" >&2
exit 1
"""


def probe(root, files, symvers="0x1\tthere\tvmlinux\tEXPORT_SYMBOL\t\n"):
    """(exit code, messages, header) for probes given by name."""
    tap.write(root, {"cc": COMPILER, "Module.symvers": symvers,
                     **{f"probes/{name}.c": text for name, text in files.items()}})
    (root / "cc").chmod(0o755)
    code, output = tap.run("probe-kernel.sh", "-o", root / "out/config.h", "-k", "1.2.3",
                           "-v", "cc 1", "-s", root / "Module.symvers",
                           *sorted((root / "probes").iterdir()), "--", root / "cc", "-DX")
    header = root / "out/config.h"
    return code, output, header.read_text() if header.exists() else ""


def finds(files, *defines):
    def case(root):
        code, output, header = probe(root, files)
        assert code == 0, output
        found = [line for line in header.splitlines() if line.startswith("#define")]
        assert found == [f"#define {name} 1" for name in defines], header
    return case


def stops(files, *words):
    def case(root):
        code, output, header = probe(root, files)
        assert code != 0 and not header, header
        for word in words:
            assert word in output, f"'{word}' is missing:\n{output}"
    return case


def without_symvers(root):
    code, output, header = probe(root, {"a.new": "/* symbols: gone */\n", "a.old": "REFUSE"}, "")
    assert code == 0 and "#define HAVE_A 1" in header, output


tap.main((
    ("new, old and absent become their names",
     finds({"a.new": "", "a.old": "REFUSE", "b.new": "REFUSE", "b.old": "",
            "c_d.new": "REFUSE", "c_d.absent": ""}, "HAVE_A", "HAVE_OLD_B", "HAVE_NO_C_D")),
    ("none that fits stops the build with each reason",
     stops({"a.new": "REFUSE", "a.old": "REFUSE"},
           "none of scripts/probes/a.*.c fits the kernel 1.2.3",
           "a.new.c: error: refused", "a.old.c: error: refused")),
    ("two that fit stop the build",
     stops({"a.new": "", "a.old": ""}, "more than one of scripts/probes/a.*.c",
           "a.new.c.log: passed")),
    ("a symbol that modules do not see counts as a misfit",
     finds({"a.new": "/* symbols: there gone */\n", "a.old": "/* symbols: there */\n"},
           "HAVE_OLD_A")),
    ("the missing symbol is named",
     stops({"a.new": "/* symbols: gone */\n"}, "gone is not in")),
    ("a kernel without Module.symvers is judged by its headers", without_symvers),
))
