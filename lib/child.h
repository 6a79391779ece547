/* SPDX-License-Identifier: ISC */
/* What runs need of a handle beyond what callers do. */
#ifndef CHILD_H
#define CHILD_H

#include "names.h"
#include "pspawn.h"

/* pspawn_kill_all(), but the child alone for a reach of PSPAWN_REACH_CHILD. */
int kill_within(const struct pspawn_child *child, int signal, int reach);

#endif
