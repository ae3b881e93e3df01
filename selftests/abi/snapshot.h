/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that userspace can see of a machine, so that a call that is refused can be shown to have
 * changed nothing.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "abi.h"

#define SNAPSHOT_LOGGED		0x40000000UL	/* guest-physical: a slot that logs */
#define SNAPSHOT_READONLY	0x50000000UL	/* one that is read-only */
#define SNAPSHOT_SIZE		0x10000UL	/* of each of them */

/*
 * A machine with three slots, some written pages in the log of one, and two vCPUs: 0 is for the
 * test, and 1 looks at the memory. Where an ioctl of the VM goes is up to the test; the numbers of
 * the slots are 0, 1 and 2.
 */
struct machine {
	struct abi_vm	vm;
	struct abi_vm	witness;	/* the same VM, with vCPU 1 */
	uint8_t		*logged, *readonly;
};

void machine_create(struct machine *m);
void machine_destroy(struct machine *m);

/* Look at the machine: what changes from now on is found. */
void machine_look(struct machine *m);
/*
 * What has changed since machine_look() or the last call, as text, or NULL: registers, MP states,
 * capabilities, what is mapped where, the log, kvm_run, the number of the next fd.
 */
const char *machine_changes(struct machine *m);

/*
 * @ret is what a system call returned just now: -1 with this errno, or anything else if @wanted is
 * 0; and nothing has changed.
 */
void machine_gives(struct machine *m, long ret, int wanted, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same for many calls: a line of its own for each that goes wrong, and one for them all. */
struct tally {
	struct machine	*m;
	unsigned int	calls, bad;
};

void tally_gives(struct tally *t, long ret, int wanted, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* One TAP line for all since the last; also the look at the machine. */
void tally_end(struct tally *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tally_end_ours(struct tally *t, const char *in_tree, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Two pages, of which only the first can be touched; its end. */
uint8_t *edge_of_memory(void);

#endif
