/* SPDX-License-Identifier: ISC */
/* --stopped: a program that waits, before its first instruction, for SIGCONT or a debugger. */
#ifndef STOPPED_H
#define STOPPED_H

#include <pspawn.h>

#ifdef __linux__
enum { STOPPED_IS_POSSIBLE = 1 };
#else
enum { STOPPED_IS_POSSIBLE = 0 };
#endif

/* Let go of a child that was started with TRACE_ME. Returns 0 or an errno value. */
int stopped_leave(const struct pspawn_child *child);

#endif
