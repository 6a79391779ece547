/* SPDX-License-Identifier: ISC */
/* Starts that go on when the call that began them is over, and the stations they share with others. */
#ifndef BEGUN_H
#define BEGUN_H

#include "lib.h"

/* Numbers, and the rungs of the ladder. The numbers are still to be handed over, or dropped. */
int start_work(struct work *work, struct choice *choice, struct birth *birth);

/* All of a start that is waited for, from a plan on. */
int start_at_once(struct pspawn_child *child, struct work *work, struct choice *choice,
		  struct report *report);

/* From the first rung that takes the plan to the one that carries it out. */
int climb(const struct work *work, struct choice *choice, struct birth *birth);

void fill_child(struct pspawn_child *child, const struct birth *birth, const struct choice *choice);
void fill_outcome(struct pspawn_child *child, const struct plan *plan, const struct report *report);
void give_cgroup(struct pspawn_child *child, struct work *work, const struct report *report);

/* Begin a start by a copy of the checked description, and see to its end where it has a limit. */
int begun_start(struct pspawn_child *child, const struct pspawn_cmd *cmd, struct choice *choice,
		struct report *report);

/*
 * See to the end of a start, for at most timeout_ms (-1: no limit). Returns 0; -EINPROGRESS, with
 * the step that it is at; or why it has failed, and then the handle is empty.
 */
int begun_wait(struct pspawn_child *child, struct report *report, int timeout_ms);

/* Its descriptor is somebody else's from now on. */
void begun_unwatch(struct pspawn_child *child);

/* Nobody will ask for its end any more. */
void begun_forget(struct pspawn_child *child);

#endif
