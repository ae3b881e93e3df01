// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

uint64_t fuzz_seed(void)
{
	const char *text = getenv("FUZZ_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : 1;

	printf("# FUZZ_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

unsigned int fuzz_seconds(void)
{
	const char *text = getenv("FUZZ_SECONDS");

	return text ? atoi(text) : 2;
}

/* SplitMix64 (Steele, Lea, Flood 2014) */
uint64_t fuzz_random(struct fuzz_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t fuzz_below(struct fuzz_random *random, uint64_t limit)
{
	return fuzz_random(random) % limit;
}

uint64_t fuzz_number(struct fuzz_random *random)
{
	uint64_t number;

	switch (fuzz_below(random, 8)) {
	case 0:
		return fuzz_random(random);
	case 1:
	case 2:
		number = 1UL << fuzz_below(random, 64);
		break;
	case 3:
		number = ABI_RAM + fuzz_below(random, ABI_RAM_SIZE / 0x1000) * 0x1000;
		break;
	default:
		number = 0;
		break;
	}
	number += fuzz_below(random, 7) - 3;
	return fuzz_below(random, 8) ? number : -number;
}

void fuzz_vm_create(struct abi_vm *vm)
{
	abi_vm_create(vm);
	memcpy(fuzz_at(vm, FUZZ_CODE), fuzz_start, fuzz_end - fuzz_start);
}

void *fuzz_at(struct abi_vm *vm, uint64_t gpa)
{
	return vm->ram + (gpa - ABI_RAM);
}

void fuzz_begin(struct abi_vm *vm, const uint8_t *label, unsigned int count)
{
	abi_set_reg(vm->vcpu, ABI_CORE(regs.pc), FUZZ_CODE + (label - fuzz_start));
	abi_set_reg(vm->vcpu, ABI_CORE(regs.a0), FUZZ_RECORDS);
	abi_set_reg(vm->vcpu, ABI_CORE(regs.a1), count);
}

bool fuzz_is_done(struct abi_vm *vm)
{
	if (!abi_is_sbi(vm, 0) ||
	    abi_get_reg(vm->vcpu, ABI_CORE(regs.pc)) != FUZZ_CODE + (fuzz_done - fuzz_start))
		return false;
	vm->run->immediate_exit = 1;
	abi_need(ioctl(vm->vcpu, KVM_RUN, 0UL) == -1 && errno == EINTR, "immediate exit");
	vm->run->immediate_exit = 0;
	return true;
}
