#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of bench-table.py."""
import importlib.util

import tap

spec = importlib.util.spec_from_file_location('bench_table', tap.SCRIPTS / 'bench-table.py')
bench_table = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench_table)

TEXT = """\
Figures
-------

.. list-table::

   * - call
     - 9

Budgets
-------

Words.

.. list-table::
   :header-rows: 1

   * - figure
     - host
     - old
     - new
   * - ``call``
     - plain
     - 0.20
     - -
   * - ``message``
     - aia
     - 0.50
     - 0.40

More words.
"""


def reads(world, host, wanted):
    def case(_):
        got = bench_table.read_budgets(TEXT, world, host)
        assert got == wanted, got
    return case


def document(_):
    text = bench_table.DOC.read_text(encoding='utf-8')
    for world in 'trixie', 'forky':
        for host in 'plain', 'aia':
            assert bench_table.read_budgets(text, world, host), f'{world} {host}'


def judges(in_tree, ours, budget, good, *words):
    def case(_):
        lines, got = bench_table.table({'call': in_tree} if in_tree else {}, {'call': ours},
                                       {'call': budget} if budget else {})
        assert got == good and lines[1].split() == ['call', *words], lines
    return case


def missing(root):
    tap.write(root, {'in-tree.csv': 'getppid,400\n', 'ours.csv': 'getppid,400\n'})
    code, output = tap.run('bench-table.py', '--world', 'trixie', '--host', 'plain', root)
    assert code == 1 and 'not measured: ' in output and 'sbi_base' in output, output


tap.main([
    ("budgets of a world and a host", reads('old', 'plain', {'call': 0.20})),
    ("of another host", reads('new', 'aia', {'message': 0.40})),
    ("no budget", reads('new', 'plain', {})),
    ("the document has some for each", document),
    ("within", judges(1000, 204, 0.20, True, '1000', '204', '0.20', '0.20')),
    ("over", judges(1000, 206, 0.20, False, '1000', '206', '0.21', '0.20', 'OVER')),
    ("without a budget", judges(1000, 3000, None, True, '1000', '3000', '3.00')),
    ("in-tree KVM has none", judges(None, 98, 0.10, True, '-', '98')),
    ("what has a budget must be measured", missing),
])
