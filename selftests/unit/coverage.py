#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Print line and branch coverage of each file; fail when one has too few lines covered."""

import argparse
import os
import re
import subprocess
import sys

MIN_LINES = 90.0


def measure(gcov, obj, top):
    """Return {source below top: (lines, branches taken)} for one object, in percent."""
    where = os.path.dirname(obj)
    out = subprocess.run([gcov, "-n", "-b", "-o", where, obj], capture_output=True, text=True,
                         check=True, cwd=where).stdout
    found = {}
    for block in out.split("\n\n"):
        name = re.search(r"^File '(.*)'", block, re.M)
        lines = re.search(r"^Lines executed:([\d.]+)%", block, re.M)
        if not name or not lines:
            continue
        taken = re.search(r"^Taken at least once:([\d.]+)%", block, re.M)
        path = os.path.relpath(name.group(1), top)
        found[path] = (float(lines.group(1)), float(taken.group(1)) if taken else 100.0)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gcov", default="gcov")
    parser.add_argument("--top", required=True)
    parser.add_argument("objects", nargs="+")
    args = parser.parse_args()

    low = 0
    print(f"{'file':<40} {'lines':>7} {'branches':>9}")
    for obj in args.objects:
        for path, (lines, branches) in sorted(measure(args.gcov, obj, args.top).items()):
            if not path.endswith(".c"):
                continue
            mark = ""
            if lines < MIN_LINES:
                low += 1
                mark = f"  below {MIN_LINES:.0f} %"
            print(f"{path:<40} {lines:>6.1f}% {branches:>8.1f}%{mark}")
    return 1 if low else 0


sys.exit(main())
