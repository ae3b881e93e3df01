/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_EXIT_H
#define RVRUN_EXIT_H

#include <stdbool.h>

struct vcpu;

/**
 * exit_handle() - Serve the exit that vcpu->run describes.
 *
 * Return: True to enter the guest again; false after vm_stop().
 */
bool exit_handle(struct vcpu *vcpu);

#endif
