// SPDX-License-Identifier: GPL-2.0-only
/* symbols: xfer_to_guest_mode_handle_work */
#include <linux/entry-virt.h>

static_assert(__same_type(xfer_to_guest_mode_handle_work, int (void)));
