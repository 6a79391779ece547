/* SPDX-License-Identifier: ISC */
/* What is around a case, and must be the same afterwards. */
#ifndef AROUND_H
#define AROUND_H

#include <limits.h>
#include <signal.h>
#include <sys/types.h>

#include "table.h"

struct surroundings {
	struct table table;
	sigset_t mask;
	struct sigaction actions[NSIG];
	char directory[PATH_MAX];
	mode_t umask;
};


void look_around(struct surroundings *s);

/* Red if anything differs, or a child is left. */
void compare_surroundings(const struct surroundings *before, const struct surroundings *after);

#endif
