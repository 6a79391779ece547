/* SPDX-License-Identifier: ISC */
/* What the files that make a plan share: plan.c has the order, plan-*.c the steps. */
#ifndef PLANNER_H
#define PLANNER_H

#include "plan.h"

enum { ATTR_KINDS = PSPAWN_ATTR_SHELL_FALLBACK + 1 };

struct planner {
	struct plan *plan;
	const struct plan_parts *parts;
	int last[ATTR_KINDS]; /* the entry of that kind that counts, or -1 */
};

/* The next step, with every member but `kind` and `index` at its neutral value. */
struct plan_step *plan_add(struct planner *planner, int kind, int index);

/* `number` is one of the parent's, which the child has to find in its table. */
void plan_touch(struct plan *plan, int number);

/* ---- attributes by kind: plan-attrs.c */

static inline const struct pspawn_attr *plan_entry(const struct planner *planner, int index)
{
	return &planner->parts->cmd->attrs[index];
}

static inline int plan_has(const struct planner *planner, int kind)
{
	return planner->last[kind] >= 0;
}

/* The last entry of the kind; it is there. */
static inline const struct pspawn_attr *plan_last(const struct planner *planner, int kind)
{
	return plan_entry(planner, planner->last[kind]);
}

void plan_find_attrs(struct planner *planner);

/* The step that the entry asks for. */
struct plan_step *plan_add_entry(struct planner *planner, int index, int step_kind);

/* The step of the attribute, if there is one; returns it or NULL. */
struct plan_step *plan_attr(struct planner *planner, int attr_kind, int step_kind);

/* As above, for attributes that read the parent's descriptor `number`. */
void plan_attr_fd(struct planner *planner, int attr_kind, int step_kind);

/* As above, for attributes that speak of the child's descriptor `number`. */
void plan_attr_to(struct planner *planner, int attr_kind, int step_kind);

/* A step for each entry of the kind. */
void plan_every(struct planner *planner, int attr_kind, int step_kind);

/* ---- the steps of several attributes together */

void plan_birth(struct planner *planner);
void plan_signals(struct planner *planner);
void plan_mask(struct planner *planner);

/* plan-root.c. Is a mount namespace made not at birth, but when the child is in its root? */
int plan_mounts_wait(const struct planner *planner);
void plan_unshare(struct planner *planner);
void plan_mounts(struct planner *planner);
void plan_root(struct planner *planner);
void plan_directory(struct planner *planner);

/* plan-limits.c. `late`: what has to wait for the map. */
void plan_limits(struct planner *planner, int late);

/* plan-ids.c */
void plan_keep_caps(struct planner *planner);
void plan_ids(struct planner *planner);

/* ---- plan-fds.c */

void plan_moves(struct planner *planner);
void plan_closing(struct planner *planner);
void plan_opens(struct planner *planner);
void plan_copies(struct planner *planner);

#endif
