#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""bench-table.py --world W --host H DIR: in-tree.csv and ours.csv of kvmperf in DIR, side by side,
with what the budgets of Documentation/performance.rst allow. Exit code 1 when a figure is over its
budget, or one that has a budget on this host was not measured."""
import argparse
import csv
import pathlib
import sys

DOC = pathlib.Path(__file__).resolve().parent.parent / 'Documentation/performance.rst'


def read_figures(path):
    with open(path, encoding='utf-8', newline='') as file:
        return {name: float(value) for name, value in csv.reader(file)}


def table_rows(text, title):
    """The rows of the first list-table below a title, each a list of cells."""
    lines = iter(text.splitlines())
    for line in lines:
        if line == title and next(lines, '').startswith('---'):
            break
    else:
        raise SystemExit(f'{DOC.name}: no section {title}')
    rows = []
    for line in lines:
        if line.startswith('   * - '):
            rows.append([line[7:]])
        elif line.startswith('     - ') and rows:
            rows[-1].append(line[7:])
        elif line and not line.startswith(' ') and rows:
            break
    return rows


def read_budgets(text, world, host):
    """What each figure may be at most, as a part of in-tree's."""
    head, *rows = table_rows(text, 'Budgets')
    at = head.index(world)
    return {row[0].strip('`'): float(row[at]) for row in rows
            if row[1] == host and row[at] != '-'}


def verdict(ratio, budget):
    if budget is None or ratio is None:
        return ''
    # Budgets have two decimals.
    return f'{budget:.2f}' if ratio <= budget + 0.005 else f'{budget:.2f} OVER'


def table(in_tree, ours, budgets):
    """Lines, and whether each figure is within its budget."""
    lines = [f'{"operation":24} {"in-tree":>10} {"ours":>10} {"ratio":>6} budget']
    good = True
    for name, value in sorted(ours.items()):
        other = in_tree.get(name)
        ratio = value / other if other else None
        said = verdict(ratio, budgets.get(name))
        good = good and not said.endswith('OVER')
        shown = [f'{other:10.0f}' if other is not None else f'{"-":>10}', f'{value:10.0f}',
                 f'{ratio:6.2f}' if ratio is not None else ' ' * 6]
        lines.append(f'{name:24} {" ".join(shown)} {said}'.rstrip())
    return lines, good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--world', required=True)
    parser.add_argument('--host', required=True)
    parser.add_argument('dir', type=pathlib.Path)
    args = parser.parse_args()
    budgets = read_budgets(DOC.read_text(encoding='utf-8'), args.world, args.host)
    ours = read_figures(args.dir / 'ours.csv')
    lines, good = table(read_figures(args.dir / 'in-tree.csv'), ours, budgets)
    print('\n'.join(lines))
    missing = sorted(budgets.keys() - ours.keys())
    if missing:
        print('not measured: ' + ' '.join(missing))
    return 0 if good and not missing else 1


if __name__ == '__main__':
    sys.exit(main())
