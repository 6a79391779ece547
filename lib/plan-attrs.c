/* SPDX-License-Identifier: ISC */
/* Attributes as steps: what is alike for all of them, birth, and signals. */
#include <signal.h>

#include "planner.h"

void plan_find_attrs(struct planner *planner)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;

	for (int kind = 0; kind < ATTR_KINDS; kind++)
		planner->last[kind] = -1;
	for (size_t i = 0; i < cmd->nattrs; i++)
		planner->last[cmd->attrs[i].kind] = (int)i;
}

struct plan_step *plan_add_entry(struct planner *planner, int index, int step_kind)
{
	const struct pspawn_attr *attr = plan_entry(planner, index);
	struct plan_step *step = plan_add(planner, step_kind, index);

	step->prefer = (attr->flags & PSPAWN_PREFER) != 0;
	step->number = attr->number;
	step->value[0] = attr->value[0];
	step->value[1] = attr->value[1];
	if (attr->data)
		step->data = attr->data;
	if (attr->data && attr->count)
		step->value[0] = attr->count;
	return step;
}

struct plan_step *plan_attr(struct planner *planner, int attr_kind, int step_kind)
{
	return plan_has(planner, attr_kind) ? plan_add_entry(planner, planner->last[attr_kind], step_kind)
				       : NULL;
}

static void read_number(struct planner *planner, struct plan_step *step)
{
	step->from = step->number;
	plan_touch(planner->plan, step->from);
}

void plan_attr_fd(struct planner *planner, int attr_kind, int step_kind)
{
	struct plan_step *step = plan_attr(planner, attr_kind, step_kind);

	if (step)
		read_number(planner, step);
}

void plan_attr_to(struct planner *planner, int attr_kind, int step_kind)
{
	struct plan_step *step = plan_attr(planner, attr_kind, step_kind);

	if (step)
		step->to = step->number;
}

void plan_every(struct planner *planner, int attr_kind, int step_kind)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;

	if (!plan_has(planner, attr_kind))
		return;
	for (size_t i = 0; i < cmd->nattrs; i++)
		if (cmd->attrs[i].kind == attr_kind) {
			struct plan_step *step = plan_add_entry(planner, (int)i, step_kind);

			if (step_kind == STEP_SETNS)
				read_number(planner, step);
			if (step_kind == STEP_MAP_USER || step_kind == STEP_MAP_GROUP) {
				step->value[0] |= step->value[1] << 32;
				step->value[1] = cmd->attrs[i].count;
			}
		}
}

/* ---- birth: what the parent does */

void plan_birth(struct planner *planner)
{
	struct plan *plan = planner->plan;

	if (plan_attr(planner, PSPAWN_ATTR_NAMESPACES, STEP_NAMESPACES))
		plan->namespaces = (unsigned)plan_last(planner, PSPAWN_ATTR_NAMESPACES)->value[0];
	if (plan_mounts_wait(planner))
		plan->namespaces &= ~PSPAWN_NS_MOUNT;
	plan_every(planner, PSPAWN_ATTR_MAP_USER, STEP_MAP_USER);
	/* Before the map of groups: without it the kernel may not take that from an ordinary user. */
	plan_attr(planner, PSPAWN_ATTR_SETGROUPS, STEP_SETGROUPS);
	plan_every(planner, PSPAWN_ATTR_MAP_GROUP, STEP_MAP_GROUP);
	plan->waits_for_maps = plan_has(planner, PSPAWN_ATTR_MAP_USER) ||
			       plan_has(planner, PSPAWN_ATTR_MAP_GROUP) ||
			       plan_has(planner, PSPAWN_ATTR_SETGROUPS);
	if (plan_has(planner, PSPAWN_ATTR_CGROUP))
		plan->cgroup = plan_last(planner, PSPAWN_ATTR_CGROUP)->number;
	plan->cgroup_index = planner->last[PSPAWN_ATTR_CGROUP];
	plan->session_index = planner->last[PSPAWN_ATTR_SETSID];
	if (plan_has(planner, PSPAWN_ATTR_PGROUP) && plan_last(planner, PSPAWN_ATTR_PGROUP)->number == 0)
		plan->group_index = planner->last[PSPAWN_ATTR_PGROUP];
	if (plan_has(planner, PSPAWN_ATTR_RETRY_BUSY))
		plan->retry_ms = plan_last(planner, PSPAWN_ATTR_RETRY_BUSY)->number;
}

/* ---- signals */

/* Which cannot be anything but default. */
#define FIXED_SIGNALS (PSPAWN_SIGNAL(SIGKILL) | PSPAWN_SIGNAL(SIGSTOP))

void plan_signals(struct planner *planner)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;
	unsigned long long defaults = PSPAWN_SIGNAL(SIGPIPE) | PLAN_RESERVED_SIGNALS;
	unsigned long long ignored = 0;
	struct plan_step *step;
	int index = -1;

	/* Libc's own are not for anybody to inherit: its posix_spawn(3) leaves them ignored. */
	if (plan_has(planner, PSPAWN_ATTR_SIGINHERIT))
		defaults = PLAN_LIBCS_SIGNALS;
	for (size_t i = 0; i < cmd->nattrs; i++) {
		unsigned long long set = cmd->attrs[i].value[0];

		if (cmd->attrs[i].kind == PSPAWN_ATTR_SIGDEFAULT) {
			defaults |= set;
			ignored &= ~set;
		} else if (cmd->attrs[i].kind == PSPAWN_ATTR_SIGIGNORE) {
			index = (int)i;
			ignored |= set;
			defaults &= ~set;
		}
	}
	step = plan_add(planner, STEP_SIGNALS, planner->last[PSPAWN_ATTR_SIGDEFAULT]);
	step->value[0] = defaults & ~FIXED_SIGNALS;
	if (ignored) {
		step = plan_add(planner, STEP_SIGIGNORE, index);
		step->value[0] = ignored;
		step->prefer = (cmd->attrs[index].flags & PSPAWN_PREFER) != 0;
	}
}

void plan_mask(struct planner *planner)
{
	struct plan_step *step = plan_attr(planner, PSPAWN_ATTR_SIGMASK, STEP_MASK);

	if (!step) {
		step = plan_add(planner, STEP_MASK, -1);
		step->number = plan_has(planner, PSPAWN_ATTR_SIGINHERIT);
	}
	/* Blocked, they would keep the program's own libc from its work: setuid(2), pthread_cancel(3). */
	step->value[0] &= ~PLAN_LIBCS_SIGNALS;
}
