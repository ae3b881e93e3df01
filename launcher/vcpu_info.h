/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_VCPU_INFO_H
#define RVRUN_VCPU_INFO_H

struct vcpu;
struct virtdt_desc;

/**
 * vcpu_configure() - Choose what the vCPU offers its guest; before it first runs.
 *
 * Switches the debug console on; AIA and the SBI ranges reserved for userspace off.
 *
 * Return: 0, or -1 after printing why.
 */
int vcpu_configure(const struct vcpu *vcpu);

/** vcpu_describe() - Fill the CPU part of @desc. Return: 0, or -1 after printing why. */
int vcpu_describe(const struct vcpu *vcpu, struct virtdt_desc *desc);

#endif
