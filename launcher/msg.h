/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RVRUN_MSG_H
#define RVRUN_MSG_H

#include <stdbool.h>

/** msg_set_debug() - Let msg_debug() print. */
void msg_set_debug(bool on);

/** msg_error() - Print one line, "rvrun: ...", to standard error. */
__attribute__((format(printf, 1, 2))) void msg_error(const char *format, ...);

/** msg_debug() - The same, only with --debug. */
__attribute__((format(printf, 1, 2))) void msg_debug(const char *format, ...);

#endif
