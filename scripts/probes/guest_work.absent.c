// SPDX-License-Identifier: GPL-2.0-only
#if __has_include(<linux/entry-virt.h>)
#include <linux/entry-virt.h>
#elif __has_include(<linux/entry-kvm.h>)
#include <linux/entry-kvm.h>
#endif

int xfer_to_guest_mode_handle_work;	/* an error where the kernel declares the function */
