#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Each rule of check-layers.py finds its violation, and only that, in a small tree."""
import struct

import tap


def elf(defined=(), undefined=()):
    """A relocatable object that has a symbol table and nothing else."""
    names, entries = b"\0", [b"\0" * 24]
    for index, group in ((1, defined), (0, undefined)):
        for name in group:
            entries.append(struct.pack("<IBBHQQ", len(names), 0x12, 0, index, 0, 0))
            names += name.encode() + b"\0"
    table = b"".join(entries)
    sections = [(0, 0, 0, 0), (2, 64, len(table), 2), (3, 64 + len(table), len(names), 0)]
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 1, 243, 1, 0, 0, 64 + len(table) + len(names), 0, 64, 0, 0, 64, 3, 2)
    return header + table + names + b"".join(
        struct.pack("<IIQQQQIIQQ", 0, kind, 0, 0, at, size, link, 0, 1, 0)
        for kind, at, size, link in sections)


# One file in each room, all of it allowed.
SOUND = {
    "scripts/layer-exceptions.txt": "# a comment\n"
                                    "kernel-headers: include/uapi/kvm_abi.h linux/kvm.h: the door\n"
                                    "calls: arch/riscv/hw/switch rvh_x: the inner loop\n",
    "Kbuild": "kvm-riscv-y := virt/front/vm_fd.o virt/core/vm.o virt/svc/bus.o "
              "virt/model/slotset.o arch/riscv/arch.o arch/riscv/model/insn.o "
              "arch/riscv/hw/switch.o\n",
    "include/compat/kshim.h": '#include "kshim_config.h"\n#ifdef HAVE_X\n#endif\n',
    "include/uapi/kvm_abi.h": "#include <linux/kvm.h>\n",
    "include/vmm/arch.h": "#include <vmm/vm.h>\n",
    "include/vmm/vm.h": '#include "../../virt/model/slotset.h"\n'
                        "#include <linux/types.h>\n",
    "virt/front/vm_fd.c": "#include <vmm/arch.h>\n#include <uapi/kvm_abi.h>\n"
                          "int x(void __user *p) { return KVM_RUN; }\n",
    "virt/core/vm.c": "#include <vmm/arch.h>\n/* says __user, KVM_RUN */\nstruct mm_struct *m;\n",
    "virt/svc/bus.c": "#include <vmm/vm.h>\n",
    "virt/model/slotset.c": '#include "slotset.h"\n#include <linux/errno.h>\n',
    "virt/model/slotset.h": "#include <linux/types.h>\n",
    "arch/riscv/arch.c": '#include <vmm/arch.h>\n#include "model/insn.h"\n#include "hw/switch.h"\n',
    "arch/riscv/model/insn.c": '#include "insn.h"\n',
    "arch/riscv/model/insn.h": '#include "../hw/csr_num.h"\n',
    "arch/riscv/hw/csr_num.h": "",
    "arch/riscv/hw/switch.h": '#include "csr_num.h"\nvoid f(void) { asm volatile ("nop"); }\n',
    "arch/riscv/hw/switch.S": "",
}

OBJECTS = {
    "virt/front/vm_fd.o": (["door_vm"], ["vmm_vm_create", "vmm_bus_write", "vmm_arch_vm_init"]),
    "virt/core/vm.o": (["vmm_vm_create"], ["vmm_arch_vm_init", "slotset_plan", "vmm_bus_write"]),
    "virt/svc/bus.o": (["vmm_bus_write"], ["slotset_plan", "kfree"]),
    "virt/model/slotset.o": (["slotset_plan"], ["memcpy", "_mcount"]),
    "arch/riscv/arch.o": (["vmm_arch_vm_init", "rvh_x"], ["insn_decode", "hart_switch", "kfree"]),
    "arch/riscv/model/insn.o": (["insn_decode"], []),
    "arch/riscv/hw/switch.o": (["hart_switch"], ["rvh_x"]),
}


def sources_case(changes, *expected):
    def case(root):
        tap.write(root, {**SOUND, **changes})
        check(expected, *tap.run("check-layers.py", "--root", root))
    return case


def objects_case(changes, *expected):
    def case(root):
        tap.write(root, SOUND)
        objects = {**OBJECTS, **changes}
        tap.write(root / "build", {name: elf(*lists) for name, lists in objects.items()})
        check(expected, *tap.run("check-layers.py", "--root", root, "--objects", root / "build"))
    return case


def check(expected, code, output):
    output = "\n".join(line for line in output.splitlines() if not line.startswith("ok "))
    faults = [line[2:] for line in output.splitlines() if line.startswith("# ")]
    assert code == (1 if expected else 0), f"exit code {code}\n{output}"
    assert len(faults) == len(expected), f"expected {len(expected)} faults:\n{output}"
    for words in expected:
        assert any(words in fault for fault in faults), f"no fault says '{words}':\n{output}"


tap.main((
    ("a sound tree passes", sources_case({})),
    ("a service must not include the architecture's door",
     sources_case({"virt/svc/bus.c": "#include <vmm/arch.h>\n"}, "bus.c:1: svc must not include")),
    ("the front must not reach into the architecture",
     sources_case({"virt/front/vm_fd.c": '\n#include "../../arch/riscv/model/insn.h"\n'},
                  "vm_fd.c:2: front must not include")),
    ("pure code must not include the machine",
     sources_case({"arch/riscv/model/insn.c": '#include "../hw/switch.h"\n'}, "must not include")),
    ("the two kinds of pure code do not know each other",
     sources_case({"virt/model/slotset.c": '#include "model/insn.h"\n'},
                  "virt-model must not include")),
    ("an include is found through the search path",
     sources_case({"virt/svc/bus.c": "#include <hw/switch.h>\n"}, "svc must not include")),
    ("headers of another KVM are refused",
     sources_case({"virt/core/vm.c": "#include <linux/kvm_host.h>\n#include <asm/kvm_aia.h>\n"
                                     "#include <linux/kvm.h>\n"},
                  "<linux/kvm_host.h>", "<asm/kvm_aia.h>", "<linux/kvm.h>")),
    ("pure code must not include kernel services",
     sources_case({"virt/model/slotset.c": "#include <linux/slab.h>\n"},
                  "pure code must not include")),
    ("pure code must not ask where it runs",
     sources_case({"virt/model/slotset.c": "#ifdef __KERNEL__\n#endif\n"}, "does not know")),
    ("user pointers outside the front are found",
     sources_case({"virt/core/vm.c": "long f(void __user *p);\n"}, "'__user'")),
    ("inline assembly outside hw is found",
     sources_case({"arch/riscv/arch.c": 'void f(void) { __asm__ volatile("nop"); }\n'},
                  "'__asm__")),
    ("assembly files outside hw are found",
     sources_case({"arch/riscv/entry.S": "",
                  "Kbuild": SOUND["Kbuild"] + "x := arch/riscv/entry.o\n"},
                  "assembly belongs")),
    ("SRCU and eventfd stay in virt",
     sources_case({"arch/riscv/arch.c": "int a = srcu_read_lock(s);\nint b = eventfd_signal(e);\n"},
                  "'srcu_read_lock'", "'eventfd_signal'")),
    ("kernel differences stay in compat",
     sources_case({"virt/core/vm.c": "#ifdef HAVE_X\n#elif LINUX_VERSION_CODE > 3\n#endif\n"},
                  "'HAVE_X'", "'LINUX_VERSION_CODE'")),
    ("nobody else reads the probes' result",
     sources_case({"include/compat/other.h": '#include "kshim_config.h"\n'}, "other.h:1: only")),
    ("ABI numbers stay in the doors",
     sources_case({"virt/core/vm.c": "static_assert(X == KVM_Y);\nint a = KVM_EXIT_MMIO;\n"},
                  "vm.c:2: 'KVM_EXIT_MMIO'")),
    ("a source that is not built is found",
     sources_case({"virt/core/new.c": ""}, "virt/core/new: not listed")),
    ("a listed object without source is found",
     sources_case({"Kbuild": SOUND["Kbuild"] + "x := virt/core/gone.o\n"},
                  "virt/core/gone.o: listed")),
    ("the launcher sees the ABI and nothing of the module",
     sources_case({"launcher/main.c": "#include <uapi/kvm_abi.h>\n#include <vmm/vm.h>\n"},
                  "launcher must not include")),
    ("an exception that is not needed is found",
     sources_case({"include/uapi/kvm_abi.h": ""}, "linux/kvm.h' is not needed")),
    ("sound objects pass", objects_case({})),
    ("an object that was not built is found",
     lambda root: (tap.write(root, SOUND),
                   check(["not built"] * 7,
                         *tap.run("check-layers.py", "--root", root, "--objects", root)))),
    ("an exception for a call that is not made is found",
     objects_case({"arch/riscv/hw/switch.o": (["hart_switch"], [])}, "rvh_x' is not needed")),
    ("an upward call is found however it was declared",
     objects_case({"virt/svc/bus.o": (["vmm_bus_write"], ["vmm_vm_create"])},
                  "svc must not use vmm_vm_create of virt/core/vm.o")),
    ("core calls the architecture through the door only",
     objects_case({"virt/core/vm.o": (["vmm_vm_create"], ["rvh_x"])}, "core must not use rvh_x")),
    ("pure code calls nobody",
     objects_case({"virt/model/slotset.o": (["slotset_plan"], ["insn_decode", "kmalloc"])},
                  "virt-model must not use insn_decode", "must not use kmalloc")),
    ("a name without its layer's prefix is found",
     objects_case({"virt/svc/bus.o": (["kvm_bus_write", "vmm_bus_write"], [])},
                  "kvm_bus_write does not")),
))
