/* SPDX-License-Identifier: ISC */
/* What runs need of a handle beyond what callers do. */
#ifndef CHILD_H
#define CHILD_H

#include "names.h"
#include "pspawn.h"

/* pspawn_kill_all(), but the child alone for a reach of PSPAWN_REACH_CHILD. */
int kill_within(const struct pspawn_child *child, int signal, int reach);

/*
 * The child itself has ended: is anyone left alive whom pspawn_kill_all(child, SIGKILL) would reach?
 * 1, 0; -ENOSYS: that cannot be found out.
 */
int is_survived(const struct pspawn_child *child);

#endif
