/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_VCPU_INFO_H
#define RVRUN_VCPU_INFO_H

#include <stdbool.h>

struct vcpu;
struct virtdt_desc;

/**
 * vcpu_configure() - Choose what the vCPU offers its guest; before it first runs.
 * @vcpu: If there is an AIA, it is set up.
 * @aia:  Whether there is one.
 *
 * Switches the debug console on, the SBI ranges reserved for userspace off, and Ssaia by @aia.
 *
 * Return: 0, or -1 after printing why.
 */
int vcpu_configure(const struct vcpu *vcpu, bool aia);

/**
 * vcpu_describe() - Fill the CPU part of @desc, whose @aia is set.
 *
 * Return: 0, or -1 after printing why.
 */
int vcpu_describe(const struct vcpu *vcpu, struct virtdt_desc *desc);

#endif
