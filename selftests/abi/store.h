/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest that makes single stores, as a test tells it to. */
#ifndef STORE_H
#define STORE_H

#include "abi.h"

enum store { SB, SH, SW, SD, CSW, CSD, STORES };

extern const char *const store_names[STORES];
extern const unsigned int store_lens[STORES];

/* abi_vm_boot(), up to the point where the guest waits for its first store. */
void store_boot(struct abi_vm *vm);
/* The same for a vCPU of a VM that is there already. */
void store_enter(struct abi_vm *vm);
/* Have the guest make a store. Return: it came out as an exit, which is then answered. */
bool store_exits(struct abi_vm *vm, enum store store, uint64_t gpa, uint64_t value);
/* Have it load 8 bytes. Return: they came from memory; an exit is answered with 0. */
bool store_loads(struct abi_vm *vm, uint64_t gpa, uint64_t *value);

/*
 * Have the guest store @count values of 8 bytes, from @value on; an exit is for the test to look
 * at, and store_burst_on() to be called then. Return: it came to its end without an exit.
 */
bool store_burst(struct abi_vm *vm, uint64_t gpa, uint64_t value, uint64_t count);
bool store_burst_on(struct abi_vm *vm);
/* Is this exit a store of 8 bytes? */
bool store_is_exit(const struct abi_vm *vm, uint64_t gpa, uint64_t value);

#endif
