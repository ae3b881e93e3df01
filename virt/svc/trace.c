// SPDX-License-Identifier: GPL-2.0-only
/* The tracepoints' code and their formats. */
#define CREATE_TRACE_POINTS
#include <vmm/trace.h>
