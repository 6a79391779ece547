/* SPDX-License-Identifier: ISC */
/*
 * What the steps of attributes do, in the child: attrs-linux.c on Linux,
 * attrs-posix.c elsewhere. The law at the top of replay.c holds for them too.
 */
#ifndef ATTRS_H
#define ATTRS_H

#include "backend.h"

/* Returns 0, 1 when it was done in the second way that its description has, or -errno. */
typedef int attr_act(const struct plan_step *step, const struct stage *stage);

/* By step. NULL: not an attribute's, or this system has nothing of the kind. */
extern attr_act *const attr_acts[STEP_KINDS];

#endif
