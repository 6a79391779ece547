/* SPDX-License-Identifier: ISC */
/* What the files that make a plan share: plan.c has the order, plan-*.c the steps. */
#ifndef PLANNER_H
#define PLANNER_H

#include "plan.h"

enum { ATTR_KINDS = PSPAWN_ATTR_RETRY_BUSY + 1 };

struct planner {
	struct plan *plan;
	const struct plan_parts *parts;
	int last[ATTR_KINDS]; /* the entry of that kind that counts, or -1 */
};

/* The next step, with every member but `kind` and `index` at its neutral value. */
struct plan_step *plan_add(struct planner *planner, int kind, int index);

/* `number` is one of the parent's, which the child has to find in its table. */
void plan_touch(struct plan *plan, int number);

/* ---- plan-attrs.c */

void plan_find_attrs(struct planner *planner);

/* The step of the attribute, if there is one; returns it or NULL. */
struct plan_step *plan_attr(struct planner *planner, int attr_kind, int step_kind);

/* As above, for attributes that read the parent's descriptor `number`. */
void plan_attr_fd(struct planner *planner, int attr_kind, int step_kind);

/* As above, for attributes that speak of the child's descriptor `number`. */
void plan_attr_to(struct planner *planner, int attr_kind, int step_kind);

/* A step for each entry of the kind. */
void plan_every(struct planner *planner, int attr_kind, int step_kind);

void plan_birth(struct planner *planner);
void plan_signals(struct planner *planner);
void plan_unshare(struct planner *planner);
void plan_mounts(struct planner *planner);
void plan_limits(struct planner *planner, int late);
void plan_root(struct planner *planner);
void plan_keep_caps(struct planner *planner);
void plan_ids(struct planner *planner);
void plan_directory(struct planner *planner);
void plan_mask(struct planner *planner);

/* ---- plan-fds.c */

void plan_moves(struct planner *planner);
void plan_closing(struct planner *planner);
void plan_opens(struct planner *planner);
void plan_copies(struct planner *planner);

#endif
