// SPDX-License-Identifier: GPL-2.0-only
/* The guest of memstress: bare, S-mode without paging, without data of its own. */
#include "layout.h"

#define fence()	__asm__ volatile("fence rw, rw" ::: "memory")

void guest_main(struct control *control, uint64_t vcpu);

static void sbi(uint64_t function, uint64_t arg0, uint64_t arg1, uint64_t arg2, uint64_t arg3)
{
	register uint64_t a0 __asm__("a0") = arg0;
	register uint64_t a1 __asm__("a1") = arg1;
	register uint64_t a2 __asm__("a2") = arg2;
	register uint64_t a3 __asm__("a3") = arg3;
	register uint64_t a6 __asm__("a6") = function;
	register uint64_t a7 __asm__("a7") = SBI_EID;

	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a3), "r"(a6), "r"(a7) : "memory");
}

static void check(volatile uint64_t *words, uint64_t page, uint64_t vcpu, struct pattern pattern)
{
	uint64_t i, value = pattern.first;

	for (i = 0; i < WORDS; i++, value += pattern.step) {
		uint64_t found = words[i];

		if (found == value)
			continue;
		sbi(SBI_MISMATCH, page, vcpu * QUARTER + i * sizeof(*words), found, value);
		return;
	}
}

static void fill(volatile uint64_t *words, struct pattern pattern)
{
	uint64_t i, value = pattern.first;

	for (i = 0; i < WORDS; i++, value += pattern.step)
		words[i] = value;
}

/* Is in this vCPU's quarter of the page what was written last? Then write something else. */
static void visit(struct control *control, uint64_t vcpu, uint64_t page, bool read, bool write)
{
	uint64_t region = page / control->pages;
	uint64_t at = control->base[region] + page % control->pages * PAGE + vcpu * QUARTER;
	volatile uint32_t *entry = (uint32_t *)GPA_LEDGER + page * VCPUS + vcpu;
	uint32_t before = *entry;

	if (read)
		check((uint64_t *)at, page, vcpu, pattern_of(control, page, vcpu, before / 2));
	if (!write)
		return;
	*entry = before + 1;
	fence();
	fill((uint64_t *)at, pattern_of(control, page, vcpu, before / 2 + 1));
	fence();
	*entry = before + 2;
}

/* Pages that are to be merged have to stay alike for a while. */
static bool is_to_write(const struct control *control, uint64_t page, uint64_t random)
{
	if (control->content[page / control->pages] == CONTENT_ALIKE)
		return random % 8 == 0;
	return random % 4 != 0;
}

__attribute__((section(".text.startup")))
void guest_main(struct control *control, uint64_t vcpu)
{
	uint64_t all = REGIONS * control->pages, page = vcpu * all / VCPUS, left = all;
	uint64_t state = control->seed + vcpu;
	bool sweep = true;

	while (!control->stop) {
		uint64_t random = next_random(&state);

		/* Once through everything, then from place to place. */
		if (!left) {
			control->swept[vcpu] = 1;
			sweep = false;
			page = random % all;
			left = 1 + (random >> 32) % 64;
		}
		/* A new page that is read first gets unmapped for the write: that takes longer. */
		visit(control, vcpu, page, !sweep || (random >> 32 & 7) == 0,
		      sweep || is_to_write(control, page, random >> 48));
		control->visits[vcpu]++;
		page = page + 1 < all ? page + 1 : 0;
		left--;
	}
	for (;;)
		sbi(SBI_DONE, 0, 0, 0, 0);
}
