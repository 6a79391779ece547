/* SPDX-License-Identifier: ISC */
/* The terminal that a child by posix_spawn(3) takes, as its parent sees it: foreground.c. */
#ifndef FOREGROUND_H
#define FOREGROUND_H

#include "plan.h"

struct foreground {
	int terminal; /* the parent's descriptor, or -1 */
	int group;    /* in the foreground; negative: there is none */
};

/* Has the parent the terminal open, to which `step` brings the child to the foreground? */
int foreground_is_ours(const struct plan *plan, const struct plan_step *step);

/* Whose terminal it is before the child, if the plan is to change that. */
void foreground_remember(struct foreground *foreground, const struct plan *plan);

/* Give the terminal back to the group that had it before. */
void foreground_give_back(const struct foreground *foreground);

#endif
