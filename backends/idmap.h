/* SPDX-License-Identifier: ISC */
#ifndef IDMAP_H
#define IDMAP_H

#include "backend.h"

/*
 * Write the plan's maps for the child, which is in a user namespace of its own
 * and waits. Returns 0, or -errno with the report filled.
 */
int map_ids(const struct plan *plan, pid_t pid, struct report *report);

#endif
