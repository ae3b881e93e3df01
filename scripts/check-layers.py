#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Check that the rings of Documentation/architecture.rst are what the code does.

Includes are judged by path; calls by the symbol tables of the objects of a build, so that an extern
declaration cannot cheat. Prints TAP; exits 1 if a rule is broken.
"""
import argparse
import pathlib
import re
import struct
import sys

# A file belongs to the first layer whose pattern its path matches.
LAYERS = (
    ("svc-test", r"virt/svc/tests/"),
    ("test", r"(virt|arch/riscv)/.*tests/"),
    ("compat", r"include/compat/"),
    ("uapi", r"include/uapi/"),
    ("archdoor", r"include/vmm/arch\.h"),
    ("contract", r"include/vmm/"),
    ("front", r"virt/front/"),
    ("core", r"virt/core/"),
    ("svc", r"virt/svc/"),
    ("virt-model", r"virt/model/"),
    ("arch-model", r"arch/riscv/model/"),
    ("csr-names", r"arch/riscv/hw/(csr_num|csr_bits)\.h|arch/riscv/hw/csrs\.def"),
    ("hw", r"arch/riscv/hw/"),
    ("arch", r"arch/riscv/"),
    ("launcher", r"launcher/"),
)

# Who may include whom, beside its own layer.
INCLUDES = {
    "compat": {"uapi"},
    "uapi": set(),
    "archdoor": {"contract", "compat"},
    "contract": {"virt-model", "compat"},
    "front": {"archdoor", "contract", "compat", "uapi"},
    "core": {"archdoor", "contract", "virt-model", "compat", "uapi"},
    "arch": {"archdoor", "contract", "arch-model", "hw", "csr-names", "compat", "uapi"},
    "svc": {"contract", "virt-model", "compat", "uapi"},
    "virt-model": set(),
    "arch-model": {"csr-names"},
    "hw": {"csr-names", "compat"},
    "csr-names": set(),
    "launcher": {"uapi"},
    "svc-test": {"contract", "svc", "virt-model", "compat"},
    "test": {"virt-model", "arch-model", "csr-names"},
}

# Who may call whom, beside its own layer. "arch!" means only what include/vmm/arch.h declares.
CALLS = {
    "front": {"core", "svc", "arch!"},
    "core": {"svc", "virt-model", "arch!"},
    "arch": {"svc", "arch-model", "hw"},
    "svc": {"virt-model"},
    "virt-model": set(),
    "arch-model": set(),
    "hw": set(),
}
ARCH_DOOR = re.compile(r"vmm_arch_")

# The name of a global symbol tells its layer.
PREFIXES = {
    "front": r"door_",
    "core": r"vmm_(?!arch_)",
    "svc": r"vmm_(?!arch_)",
    "arch": r"rvh_|vmm_arch_",
    "hw": r"hart_",
    "virt-model": r"(?!door_|vmm_|rvh_|hart_|kshim_|kvm_)",
    "arch-model": r"(?!door_|vmm_|rvh_|hart_|kshim_|kvm_)",
}
NOT_OURS = re.compile(r"__|init_module$|cleanup_module$|\.|\$|_note_")

# Kernel headers that pure code may include: without locks, allocation or output.
PURE_HEADERS = {f"linux/{name}.h" for name in (
    "align array_size atomic bitfield bitmap bitops bits build_bug compiler errno limits minmax "
    "nospec sizes stddef string swab types").split()} | {"asm/barrier.h"}
# Functions that the compiler or these headers may call on behalf of pure code.
PURE_SYMBOLS = re.compile(
    r"mem(cpy|set|move|cmp)$|str(n?cmp|n?len|scpy)$|_mcount$|_find_|__bitmap_|__(u|k)?[al]?san_|"
    r"__(asan|ubsan|sanitizer|kcsan|tsan|gcov|llvm)|__stack_chk_|_?_?fortify_panic$|"
    r"__warn_|__sw_hweight|__hweight")

FORBIDDEN_HEADERS = re.compile(r"linux/kvm_(host|types)\.h|asm/kvm_.*\.h|linux/kvm\.h|asm/kvm\.h")

# Deliberate exceptions, of the tree that is checked: lines "rule: file [what]: reason".
EXCEPTIONS = "scripts/layer-exceptions.txt"


def layer_of(path):
    for layer, pattern in LAYERS:
        if re.match(pattern, path):
            return layer
    return None


def blank(match):
    """A comment or literal becomes spaces, so that line numbers stay."""
    return re.sub(r"[^\n]", " ", match.group(0))


def code_of(text):
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


class Source:
    def __init__(self, root, path):
        self.path = path
        self.layer = layer_of(path)
        self.text = (root / path).read_text(errors="replace")
        self.code = code_of(self.text)

    def find(self, pattern):
        """(line number, match) of each match outside comments and strings."""
        for match in re.finditer(pattern, self.code):
            yield self.code.count("\n", 0, match.start()) + 1, match

    def includes(self):
        no_comments = re.sub(r"/\*.*?\*/", blank, self.text, flags=re.S)
        pattern = r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]'
        for match in re.finditer(pattern, no_comments, re.M):
            yield no_comments.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


class Tree:
    SEARCH = ("include", "include/compat", "include/uapi", "arch/riscv", "virt")

    def __init__(self, root):
        self.root = root
        names = []
        for top in ("include", "virt", "arch", "launcher"):
            names += (str(p.relative_to(root)) for p in sorted((root / top).rglob("*"))
                      if p.suffix in (".c", ".h", ".S", ".def"))
        self.sources = [Source(root, name) for name in names if not name.endswith(".mod.c")]
        self.exceptions = set(self.read_exceptions())
        self.used = set()

    def read_exceptions(self):
        path = self.root / EXCEPTIONS
        for line in path.read_text().splitlines() if path.is_file() else ():
            match = re.fullmatch(r"([\w-]+): (\S+?)(?: (\S+))?: .+", line)
            if match:
                yield tuple(part for part in match.groups() if part)
            elif line and not line.startswith("#"):
                raise SystemExit(f"{EXCEPTIONS}: not 'rule: file [what]: reason': {line}")

    def excused(self, rule, path, what=None):
        for key in ((rule, path, what), (rule, path)):
            if key in self.exceptions:
                self.used.add(key)
                return True
        return False

    def resolve(self, source, quote, name):
        """Path inside the tree of an included file; None if it is not ours."""
        places = [pathlib.PurePosixPath(place) for place in self.SEARCH]
        if quote == '"':
            places.insert(0, pathlib.PurePosixPath(source.path).parent)
        for place in places:
            path = self.root / place / name
            if path.is_file():
                return str(path.resolve().relative_to(self.root.resolve()))
        return None


def check_includes(tree):
    for source in tree.sources:
        allowed = INCLUDES.get(source.layer)
        if allowed is None:
            continue
        for line, quote, name in source.includes():
            target = tree.resolve(source, quote, name)
            if target is None:
                continue
            layer = layer_of(target)
            if layer in (source.layer, None) and layer or layer in allowed:
                continue
            if not tree.excused("includes", source.path, target):
                yield f"{source.path}:{line}: {source.layer} must not include {target} ({layer})"


def check_kernel_headers(tree):
    for source in tree.sources:
        if source.layer == "launcher":
            continue
        for line, _, name in source.includes():
            if FORBIDDEN_HEADERS.fullmatch(name) and \
                    not tree.excused("kernel-headers", source.path, name):
                yield f"{source.path}:{line}: <{name}>: use <uapi/kvm_abi.h>, or own types"


def check_pure_headers(tree):
    for source in tree.sources:
        if source.layer not in ("virt-model", "arch-model", "csr-names"):
            continue
        for line, quote, name in source.includes():
            if tree.resolve(source, quote, name) is None and name not in PURE_HEADERS:
                yield f"{source.path}:{line}: pure code must not include {name}"
        for line, _ in source.find(r"\b__KERNEL__\b"):
            yield f"{source.path}:{line}: pure code does not know where it runs"


def check_words(tree, rule, pattern, allowed, why):
    for source in tree.sources:
        if source.layer in allowed:
            continue
        for line, match in source.find(pattern):
            if not tree.excused(rule, source.path):
                yield f"{source.path}:{line}: '{match.group(0).strip()}' {why}"


def check_user_pointers(tree):
    return check_words(tree, "user-pointers", r"\b__user\b", ("front", "launcher"),
                       "belongs to virt/front")


def check_asm(tree):
    yield from check_words(tree, "asm", r"\b(asm|__asm__)\s*(volatile|goto|__volatile__)*\s*\(",
                           ("hw", "launcher"), "belongs to arch/riscv/hw")
    for source in tree.sources:
        if source.path.endswith(".S") and source.layer not in ("hw", "launcher", "test"):
            yield f"{source.path}:1: assembly belongs to arch/riscv/hw"


def check_memory_management(tree):
    return check_words(tree, "mm", r"\bstruct mm_struct\b|\bsrcu_\w+|"
                       r"\beventfd_\w+|\bsynchronize_srcu\w*",
                       ("front", "core", "svc", "svc-test", "contract", "archdoor", "compat",
                        "launcher"), "belongs to virt/")


def check_versions(tree):
    yield from check_words(tree, "versions",
                           r"\b(HAVE_[A-Z]\w*|LINUX_VERSION_CODE|KERNEL_VERSION)\b",
                           ("compat", "launcher"), "belongs to include/compat")
    for source in tree.sources:
        for line, _, name in source.includes():
            if name.endswith("kshim_config.h") and source.path != "include/compat/kshim.h":
                yield f"{source.path}:{line}: only include/compat/kshim.h reads {name}"


def check_abi_numbers(tree):
    for source in tree.sources:
        if source.layer in ("front", "uapi", "launcher", "test") or \
                re.match(r"arch/riscv/(regs|aia)/|virt/svc/irqline\.c|.*\.def$", source.path):
            continue
        # A static_assert() that our numbers are the ABI's is welcome anywhere.
        for line, match in source.find(r"\bKVM_(?!RISCV_OOT)[A-Z0-9_]+"):
            if source.code.split("\n")[line - 1].startswith(("static_assert", "\tstatic_assert")):
                continue
            if not tree.excused("abi-numbers", source.path):
                yield f"{source.path}:{line}: '{match.group(0)}' is for the doors and tables only"


def listed_objects(tree):
    kbuild = (tree.root / "Kbuild").read_text()
    return set(re.findall(r"\b((?:virt|arch)/[\w/-]+)\.o\b", kbuild))


def check_listed(tree):
    listed = listed_objects(tree)
    have = {source.path.rsplit(".", 1)[0] for source in tree.sources
            if re.match(r"(virt|arch)/.*\.[cS]$", source.path) and
            source.layer not in ("test", "svc-test") and
            source.path != "arch/riscv/hw/offsets.c"}
    for name in sorted(have - listed):
        yield f"{name}: not listed in Kbuild"
    for name in sorted(listed - have):
        yield f"{name}.o: listed in Kbuild, but there is no source"


def symbols(path):
    """(defined, undefined) names of the global symbols of a 64-bit little-endian ELF object."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path}: not a 64-bit little-endian ELF object")
    (offset,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, offset + i * size) for i in range(count)]
    defined, undefined = set(), set()
    for kind, start, length, link in ((s[1], s[4], s[5], s[6]) for s in sections):
        if kind != 2:  # SHT_SYMTAB
            continue
        names = sections[link][4]
        for entry in range(start, start + length, 24):
            name, info, _, index = struct.unpack_from("<IBBH", data, entry)
            if info >> 4 == 0 or not name:  # STB_LOCAL
                continue
            text = data[names + name:data.index(b"\0", names + name)].decode()
            (undefined if index == 0 else defined).add(text)
    return defined, undefined


class Objects:
    def __init__(self, tree, build):
        self.tables = {}
        self.home = {}
        for name in sorted(listed_objects(tree)):
            path = build / (name + ".o")
            if not path.is_file():
                continue
            self.tables[name] = symbols(path)
            for symbol in self.tables[name][0]:
                self.home[symbol] = name


def check_calls(tree, objects):
    for name, (_, undefined) in objects.tables.items():
        layer = layer_of(name + ".c")
        for symbol in sorted(undefined):
            home = objects.home.get(symbol)
            if home is None:
                continue
            target = layer_of(home + ".c")
            if target == layer or target in CALLS[layer]:
                continue
            if target == "arch" and "arch!" in CALLS[layer] and ARCH_DOOR.match(symbol):
                continue
            if not tree.excused("calls", name, symbol):
                yield f"{name}.o: {layer} must not use {symbol} of {home}.o ({target})"


def check_pure_objects(_, objects):
    for name, (_, undefined) in objects.tables.items():
        if not layer_of(name + ".c").endswith("-model"):
            continue
        for symbol in sorted(undefined):
            if symbol not in objects.home and not PURE_SYMBOLS.match(symbol):
                yield f"{name}.o: pure code must not use {symbol}"


def check_prefixes(_, objects):
    for name, (defined, _) in objects.tables.items():
        prefix = PREFIXES[layer_of(name + ".c")]
        for symbol in sorted(defined):
            if not NOT_OURS.match(symbol) and not re.match(prefix, symbol):
                yield f"{name}.o: {symbol} does not begin with {prefix}"


SOURCE_RULES = (
    ("includes go down", check_includes),
    ("no header of another KVM", check_kernel_headers),
    ("pure code includes pure headers", check_pure_headers),
    ("user pointers only in virt/front", check_user_pointers),
    ("assembly only in arch/riscv/hw", check_asm),
    ("mm, SRCU and eventfd only in virt", check_memory_management),
    ("kernel differences only in include/compat", check_versions),
    ("ABI numbers only in doors and tables", check_abi_numbers),
    ("every source is listed in Kbuild", check_listed),
)
OBJECT_RULES = (
    ("calls go down", check_calls),
    ("pure objects need nothing", check_pure_objects),
    ("global names carry their layer's prefix", check_prefixes),
)


def stale_exceptions(tree, calls_judged):
    for key in sorted(tree.exceptions - tree.used):
        if key[0] != "calls" or calls_judged:
            yield f"{EXCEPTIONS}: '{' '.join(key)}' is not needed any more"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--objects", type=pathlib.Path, help="directory of a finished build")
    args = parser.parse_args()

    tree = Tree(args.root)
    missing = True
    results = [(title, list(rule(tree))) for title, rule in SOURCE_RULES]
    if args.objects:
        objects = Objects(tree, args.objects)
        missing = [f"{name}.o: not built" for name in sorted(listed_objects(tree))
                   if name not in objects.tables]
        results.append(("every object is there", missing))
        results += [(title, list(rule(tree, objects))) for title, rule in OBJECT_RULES]
    results.append(("every exception is needed", list(stale_exceptions(tree, not missing))))

    print(f"1..{len(results) + (0 if args.objects else len(OBJECT_RULES))}")
    for number, (title, faults) in enumerate(results, 1):
        print(f"{'not ok' if faults else 'ok'} {number} - layers: {title}")
        for fault in faults:
            print(f"# {fault}")
    if not args.objects:
        for number, (title, _) in enumerate(OBJECT_RULES, len(results) + 1):
            print(f"ok {number} - layers: {title} # SKIP no build given (--objects DIR)")
    return 1 if any(faults for _, faults in results) else 0


if __name__ == "__main__":
    sys.exit(main())
