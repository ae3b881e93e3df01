#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write what the work of the test guest must give, one file per CPU, into a directory."""

import hashlib
import sys

CPUS = 16
ROUNDS = 2
LINES = 6000


def lines(numbers):
    return "".join(f"{n}\n" for n in numbers).encode()


def expected_round(first, last):
    numbers = hashlib.sha256(lines(range(first, last + 1))).hexdigest()
    packed = hashlib.md5(lines(range(last, first - 1, -3))).hexdigest()
    quotients = 0.0
    for i in range(first, last + 1):
        quotients += 1 / i
    return f"{first} {last} {numbers} {packed} {quotients:.9f}"


def main():
    for cpu in range(CPUS):
        with open(f"{sys.argv[1]}/{cpu}", "w", encoding="ascii") as file:
            for number in range(ROUNDS):
                first = 1 + cpu * 100000 + number * 10000
                file.write(f"{number} {expected_round(first, first + LINES)}\n")


main()
