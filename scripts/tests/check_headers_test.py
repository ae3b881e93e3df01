#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""check-headers.sh finds headers that do not stand alone; a small makefile plays the kernel."""
import os
import shutil
import sys

import tap

FILES = {
    "kernel/Makefile": "%.o:\n\tcc -c -I$(M)/../tree/include -o $(M)/$@ $(M)/$*.c\n",
    "build/generated/kshim_config.h": "",
    "tree/include/vmm/good.h": "#ifndef GOOD_H\n#define GOOD_H\nstruct good { int a; };\n#endif\n",
}


def case(files, *expected):
    def function(root):
        tap.write(root, {**FILES, **files})
        for name in ("virt", "arch"):
            (root / "tree" / name).mkdir(exist_ok=True)
        os.environ["CHECK_ROOT"] = str(root / "tree")
        os.environ["TMPDIR"] = str(root)
        code, output = tap.run("check-headers.sh", root / "kernel", root / "build")
        faults = [line for line in output.splitlines() if line.startswith("not ok")]
        assert code == (1 if expected else 0), f"exit code {code}\n{output}"
        assert len(faults) == len(expected), f"expected {len(expected)} faults:\n{output}"
        for words in expected:
            assert any(words in fault for fault in faults), f"no fault says '{words}':\n{output}"
    return function


if not shutil.which("cc"):
    print("1..0 # SKIP no C compiler")
    sys.exit(0)

tap.main((
    ("a sound header passes", case({})),
    ("a header that uses what it does not include is found",
     case({"tree/include/vmm/bad.h": "struct good x;\n"}, "include/vmm/bad.h")),
    ("a header without guard is found",
     case({"tree/include/vmm/twice.h": "struct twice { int a; };\n"}, "include/vmm/twice.h")),
))
