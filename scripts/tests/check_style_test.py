#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each rule of check-style.sh finds its violation, and only that."""
import tap

C = "// SPDX-License-Identifier: GPL-2.0-only\n"


SH = "#!/bin/bash\n# SPDX-License-Identifier: GPL-2.0-only\n"


def case(files, *expected):
    def function(root):
        tap.write(root, files)
        code, output = tap.run("check-style.sh", "--root", root, "--checkpatch", "/nonexistent")
        faults = [line[2:] for line in output.splitlines() if line.startswith("# ")]
        assert code == (1 if expected else 0), f"exit code {code}\n{output}"
        assert len(faults) == len(expected), f"expected {len(expected)} faults:\n{output}"
        for words in expected:
            assert any(words in fault for fault in faults), f"no fault says '{words}':\n{output}"
    return function


def function_of(lines):
    return C + "int f(void)\n{\n" + "\tg();\n" * lines + "}\n"


tap.main((
    ("a sound tree passes",
     case({"virt/core/a.c": C + "int f(void)\n{\n\treturn 0;\n}\n", "README.md": "# Words\n",
           "scripts/x": SH + "echo\n"})),
    ("a file without licence is found", case({"a.c": "int a;\n"}, "a.c:1: no SPDX")),
    ("a line of 101 columns is found, tabs and UTF-8 counted as seen",
     case({"a.c": C + "//\t" + 92 * "§" + "\n" + "//\t" + 93 * "§" + "\n"}, "a.c:3: 101 columns")),
    ("blanks at the end are found", case({"a.c": C + "int a; \n"}, "a.c:2: blanks")),
    ("carriage returns are found", case({"a.py": SH + "a = 1\r\nb = 2\n"}, "carriage return")),
    ("a missing last newline is found", case({"a.c": C + "int a;"}, "a.c: no newline")),
    ("spaces in place of tabs are found", case({"a.c": C + "  int a;\n"}, "a.c:2: indented")),
    ("a long file is found", case({"a.c": C + "int a;\n" * 800}, "a.c: 801 lines")),
    ("a function of 60 lines passes", case({"a.c": function_of(60)})),
    ("a function of 61 lines is found", case({"a.c": function_of(61)}, "function of 61 lines")),
    ("notes to self are found", case({"a.c": C + "/* TODO: later */\n"}, "open an issue")),
    ("dead code is found", case({"a.c": C + "#if 0\n#endif\n"}, "dead code")),
    ("BUG_ON is found in the module", case({"virt/core/a.c": C + "BUG_ON(x);\n"}, "never stop")),
    ("conditional code is found in .c files of the module",
     case({"arch/riscv/a.c": C + "#ifdef X\n#endif\n", "include/compat/a.h": C + "#ifdef X\n"},
          "arch/riscv/a.c:2: no conditional")),
    ("paths of one machine are found", case({"a.sh": SH + "ls /home/me\n"}, "one machine")),
    ("a mirror that is named elsewhere is found",
     case({"a.md": "http://deb.debian.org\n", "scripts/lab/config.sh": SH +
           "export M=http://deb.debian.org\n"}, "a.md:1: the mirror")),
    ("a file that nobody keeps is found",
     case({"MAINTAINERS": "A\nF:\tvirt/\nF:\t*.md\nF:\tMAINTAINERS\n", "virt/a.c": C,
           "a.md": "a\n", "launcher/a.c": C}, "launcher/a.c: in no area")),
))
