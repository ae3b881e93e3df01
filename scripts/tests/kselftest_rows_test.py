#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""selftests/upstream/rows: which tests a choice stands for."""
import shutil

import tap

ROWS = tap.SCRIPTS.parent / "selftests/upstream/rows"
LIST = """# a comment
both	10	one_test
both	20	riscv/two_test -a 1
quick	30	short/three_test	# a remark
full	40	three_test
later	50	four_test		# what is missing
hart	60	five_test
"""
ONE, TWO, SHORT, THREE, FOUR, FIVE = (
    "10 one_test", "20 riscv/two_test -a 1", "30 short/three_test", "40 three_test",
    "50 four_test", "60 five_test")


def rows(root, *choice):
    tap.write(root, {"kselftests.list": LIST})
    shutil.copy(ROWS, root / "rows")
    return tap.run(root / "rows", *choice)


def chooses(choice, *wanted):
    def case(root):
        code, output = rows(root, *choice)
        assert code == 0 and output.splitlines() == list(wanted), output
    return case


def refuses(choice, name):
    def case(root):
        code, output = rows(root, choice)
        assert code == 1 and f'no test "{name}"' in output, f"{code} {output}"
    return case


tap.main([
    ("rows: what ours passes", chooses([], ONE, TWO, THREE, FIVE)),
    ("rows: full", chooses(["full"], ONE, TWO, THREE, FIVE)),
    ("rows: quick", chooses(["quick"], ONE, TWO, SHORT)),
    ("rows: hart", chooses(["hart"], ONE, TWO, FIVE)),
    ("rows: all", chooses(["all"], ONE, TWO, THREE, FOUR, FIVE)),
    ("rows: by name, with or without directory",
     chooses(["riscv/two_test,four_test,two_test"], TWO, FOUR)),
    ("rows: a name means the long form", chooses(["three_test"], THREE)),
    ("rows: the short form has a name, too", chooses(["short/three_test"], SHORT)),
    ("rows: an unknown name", refuses("one_test,none_test", "none_test")),
    ("rows: nothing", refuses("one_test,", "")),
])
