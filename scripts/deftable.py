# SPDX-License-Identifier: GPL-2.0-only
"""Reads the .def tables: a comment that names the columns, then one row in each line.

The comment shows each macro of the file with the names of its columns: "EXIT(cause, fast, slow,
doc)". A column called "number" or "bit" is written out as a number in every row.
"""
import re

ROW = re.compile(r"^([A-Z][A-Z0-9_]*)\((.*)\)$")
PROTOTYPE = re.compile(r"\b([A-Z][A-Z0-9_]*)\(([a-z][^()]*)\)")
NUMBER_COLUMNS = ("number", "bit")


class TableError(Exception):
    """A .def file that cannot be read; the text says where and why."""


class Macro:
    def __init__(self, name, columns):
        self.name = name
        self.columns = columns
        self.rows = []      # (line number, [argument, ...])

    def column(self, *names):
        """Index of the first of these columns that the macro has, or None."""
        return next((self.columns.index(name) for name in names if name in self.columns), None)


class Table:
    def __init__(self, path, root):
        self.name = str(path.relative_to(root))
        self.text = path.read_text()
        self.comment = self.header()
        self.macros = {name: Macro(name, [c.strip() for c in columns.split(",")])
                       for name, columns in PROTOTYPE.findall(self.comment)}
        if not self.macros:
            raise TableError(f"{self.name}:1: the first comment does not name the columns")
        self.read_rows()

    def header(self):
        """The first comment behind the licence, without its decoration."""
        comments = re.findall(r"/\*(.*?)\*/", self.text, re.S)
        comments = [c for c in comments if "SPDX-License-Identifier" not in c]
        if not comments:
            raise TableError(f"{self.name}:1: there is no comment that names the columns")
        return "\n".join(re.sub(r"^[ \t]*\* ?", "", line).rstrip()
                         for line in comments[0].split("\n")).strip()

    def summary(self):
        """First paragraph of the header comment, as one line."""
        return " ".join(self.comment.split("\n\n")[0].split())

    def read_rows(self):
        code = re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group(0).count("\n"), self.text,
                      flags=re.S)
        for number, line in enumerate(code.split("\n"), 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            match = ROW.match(line)
            if not match:
                raise TableError(f"{self.name}:{number}: neither a row nor a preprocessor line")
            macro = self.macros.get(match.group(1))
            if macro is None:
                raise TableError(f"{self.name}:{number}: {match.group(1)} has no columns named")
            macro.rows.append((number, split_arguments(match.group(2))))


def split_arguments(text):
    """Split at the commas that are outside strings and parentheses."""
    arguments, depth, quoted, current = [], 0, False, ""
    for index, char in enumerate(text):
        if char == '"' and (index == 0 or text[index - 1] != "\\"):
            quoted = not quoted
        if not quoted:
            depth += {"(": 1, ")": -1}.get(char, 0)
            if char == "," and depth == 0:
                arguments.append(current.strip())
                current = ""
                continue
        current += char
    return arguments + [current.strip()]


def find_tables(root):
    """Paths of every .def file of the tree, in order."""
    return [path for top in ("arch", "include", "virt")
            for path in sorted((root / top).rglob("*.def"))]
