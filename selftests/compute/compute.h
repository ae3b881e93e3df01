/* SPDX-License-Identifier: GPL-2.0-only */
/* A program for guest and host alike: computes what has known results, and looks at the CPU. */
#ifndef COMPUTE_H
#define COMPUTE_H

#include <stdbool.h>
#include <stdint.h>

/* Each of these does a part of a second's work, the same for the same @seed, and says whether all
 * of it came out right. What is wrong, they print. */
bool floats_are_right(unsigned int seed);
bool vectors_are_right(unsigned int seed);
bool strings_are_right(unsigned int seed);

/* Does this CPU, as the kernel names it in /proc/cpuinfo, have an extension? */
bool cpu_has(const char *name);
/* What riscv_hwprobe says is what /proc/cpuinfo says. */
bool probe_agrees(void);
/* An instruction of each extension that /proc/cpuinfo names does not trap. */
bool extensions_work(void);
/* Names of the extensions that a new vCPU has, in the order of their numbers. */
int list_of_guest(void);

#endif
