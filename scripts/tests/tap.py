# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the scripts share: a throw-away tree, and TAP output."""
import pathlib
import subprocess
import sys
import tempfile

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent


def run(script, *arguments):
    """(exit code, standard output and error) of one of our scripts."""
    done = subprocess.run([SCRIPTS / script, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def main(cases):
    """cases: (name, function taking an empty directory); a function fails by AssertionError."""
    print(f"1..{len(cases)}")
    failed = 0
    for number, (name, function) in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as directory:
            try:
                function(pathlib.Path(directory))
                print(f"ok {number} - {name}")
            except AssertionError as error:
                failed += 1
                print(f"not ok {number} - {name}")
                for line in str(error).splitlines():
                    print(f"# {line}")
    sys.exit(1 if failed else 0)
