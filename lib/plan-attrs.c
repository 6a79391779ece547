/* SPDX-License-Identifier: ISC */
/* The steps that attributes ask for. */
#include <signal.h>
#include <sys/resource.h>

#include "planner.h"

static const struct pspawn_attr *entry(const struct planner *planner, int index)
{
	return &planner->parts->cmd->attrs[index];
}

static int has(const struct planner *planner, int kind)
{
	return planner->last[kind] >= 0;
}

/* The last entry of the kind; it is there. */
static const struct pspawn_attr *last(const struct planner *planner, int kind)
{
	return entry(planner, planner->last[kind]);
}

void plan_find_attrs(struct planner *planner)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;

	for (int kind = 0; kind < ATTR_KINDS; kind++)
		planner->last[kind] = -1;
	for (size_t i = 0; i < cmd->nattrs; i++)
		planner->last[cmd->attrs[i].kind] = (int)i;
}

static struct plan_step *add_entry(struct planner *planner, int index, int step_kind)
{
	const struct pspawn_attr *attr = entry(planner, index);
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
	return has(planner, attr_kind) ? add_entry(planner, planner->last[attr_kind], step_kind)
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

	if (!has(planner, attr_kind))
		return;
	for (size_t i = 0; i < cmd->nattrs; i++)
		if (cmd->attrs[i].kind == attr_kind) {
			struct plan_step *step = add_entry(planner, (int)i, step_kind);

			if (step_kind == STEP_SETNS)
				read_number(planner, step);
			if (step_kind == STEP_MAP_USER || step_kind == STEP_MAP_GROUP) {
				step->value[0] |= step->value[1] << 32;
				step->value[1] = cmd->attrs[i].count;
			}
		}
}

/* ---- a root by descriptor, in a mount namespace of its own */

static int root_is_by_fd(const struct planner *planner)
{
	return planner->last[PSPAWN_ATTR_ROOT_FD] > planner->last[PSPAWN_ATTR_ROOT];
}

static int asks_for_mounts(const struct planner *planner, int attr_kind)
{
	return has(planner, attr_kind) && last(planner, attr_kind)->value[0] & PSPAWN_NS_MOUNT;
}

/*
 * A descriptor is of the caller's mount namespace, and so would be a root by it: the
 * child could mount nothing in there, and would see what the caller mounts. But the
 * directory that a process is in when it makes a namespace is the same one of the new
 * namespace afterwards. So the child goes there first, and makes that namespace itself.
 */
static int mounts_wait_for_root(const struct planner *planner)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;

	if (!root_is_by_fd(planner) || !asks_for_mounts(planner, PSPAWN_ATTR_NAMESPACES))
		return 0;
	/* One that exists is entered after birth, and to be left for no other. */
	for (size_t i = 0; i < cmd->nattrs; i++)
		if (cmd->attrs[i].kind == PSPAWN_ATTR_SETNS &&
		    cmd->attrs[i].value[0] == PSPAWN_NS_MOUNT)
			return 0;
	return 1;
}

/* ---- birth: what the parent does */

void plan_birth(struct planner *planner)
{
	struct plan *plan = planner->plan;

	if (plan_attr(planner, PSPAWN_ATTR_NAMESPACES, STEP_NAMESPACES))
		plan->namespaces = (unsigned)last(planner, PSPAWN_ATTR_NAMESPACES)->value[0];
	if (mounts_wait_for_root(planner))
		plan->namespaces &= ~PSPAWN_NS_MOUNT;
	plan_every(planner, PSPAWN_ATTR_MAP_USER, STEP_MAP_USER);
	/* Before the map of groups: without it the kernel may not take that from an ordinary user. */
	plan_attr(planner, PSPAWN_ATTR_SETGROUPS, STEP_SETGROUPS);
	plan_every(planner, PSPAWN_ATTR_MAP_GROUP, STEP_MAP_GROUP);
	plan->waits_for_maps = has(planner, PSPAWN_ATTR_MAP_USER) ||
			       has(planner, PSPAWN_ATTR_MAP_GROUP) ||
			       has(planner, PSPAWN_ATTR_SETGROUPS);
	if (has(planner, PSPAWN_ATTR_CGROUP))
		plan->cgroup = last(planner, PSPAWN_ATTR_CGROUP)->number;
	plan->cgroup_index = planner->last[PSPAWN_ATTR_CGROUP];
	plan->session_index = planner->last[PSPAWN_ATTR_SETSID];
	if (has(planner, PSPAWN_ATTR_PGROUP) && last(planner, PSPAWN_ATTR_PGROUP)->number == 0)
		plan->group_index = planner->last[PSPAWN_ATTR_PGROUP];
	if (has(planner, PSPAWN_ATTR_RETRY_BUSY))
		plan->retry_ms = last(planner, PSPAWN_ATTR_RETRY_BUSY)->number;
}

/* ---- signals */

/* Which cannot be anything but default. */
#define FIXED_SIGNALS (PSPAWN_SIGNAL(SIGKILL) | PSPAWN_SIGNAL(SIGSTOP))

/* For a backend that cannot leave signals alone, SIGINHERIT is what is in its way. */
static int who_spoke_of_defaults(const struct planner *planner)
{
	return planner->last[has(planner, PSPAWN_ATTR_SIGINHERIT) ? PSPAWN_ATTR_SIGINHERIT
								  : PSPAWN_ATTR_SIGDEFAULT];
}

void plan_signals(struct planner *planner)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;
	unsigned long long defaults = PSPAWN_SIGNAL(SIGPIPE) | PLAN_RESERVED_SIGNALS;
	unsigned long long ignored = 0;
	struct plan_step *step;
	int index = -1;

	if (has(planner, PSPAWN_ATTR_SIGINHERIT))
		defaults = 0;
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
	step = plan_add(planner, STEP_SIGNALS, who_spoke_of_defaults(planner));
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
		step->number = has(planner, PSPAWN_ATTR_SIGINHERIT);
	}
}

/* ---- namespaces */

static int goes_to_root_first(const struct planner *planner)
{
	return mounts_wait_for_root(planner) ||
	       (root_is_by_fd(planner) && asks_for_mounts(planner, PSPAWN_ATTR_UNSHARE));
}

void plan_unshare(struct planner *planner)
{
	if (goes_to_root_first(planner))
		plan_attr_fd(planner, PSPAWN_ATTR_ROOT_FD, STEP_ROOT_DIR);
	if (mounts_wait_for_root(planner))
		plan_attr(planner, PSPAWN_ATTR_NAMESPACES, STEP_UNSHARE)->value[0] =
			PSPAWN_NS_MOUNT;
	plan_attr(planner, PSPAWN_ATTR_UNSHARE, STEP_UNSHARE);
}

void plan_mounts(struct planner *planner)
{
	static const int kinds[] = { PSPAWN_ATTR_NAMESPACES, PSPAWN_ATTR_UNSHARE };

	for (size_t i = 0; i < 2; i++)
		if (asks_for_mounts(planner, kinds[i]))
			plan_attr(planner, kinds[i], STEP_MOUNTS);
}

/* ---- limits */

/* With so many numbers every step of the map finds its own. */
static unsigned long long enough_numbers(const struct plan_parts *parts)
{
	size_t seats = parts->nseats;
	unsigned long long highest = seats ? (unsigned)parts->seats[seats - 1].to : 0;

	return (highest > seats ? highest : seats) + 2;
}

/* Early and late parts of a limit that is too low for the map; see plan_limits(). */
static void add_limit(struct planner *planner, int index, int late)
{
	const struct pspawn_attr *attr = entry(planner, index);
	unsigned long long enough = enough_numbers(planner->parts);
	int waits = attr->number == RLIMIT_NOFILE && attr->value[0] < enough;
	int may_raise = attr->number != RLIMIT_NOFILE || attr->value[1] >= enough;
	struct plan_step *step;

	if (late ? !waits : !may_raise)
		return;
	step = add_entry(planner, index, STEP_RLIMIT);
	if (waits && !late)
		step->value[0] = step->value[1];
}

/*
 * A limit of descriptors that is too low for the map has to wait until that is
 * in place. If its hard part may be higher than ours it cannot wait, as only root
 * may raise it: then the soft one is as high until later.
 */
void plan_limits(struct planner *planner, int late)
{
	const struct pspawn_cmd *cmd = planner->parts->cmd;
	unsigned long long seen = 0;

	if (!has(planner, PSPAWN_ATTR_RLIMIT))
		return;
	/* From the end, since the last entry of a resource counts. */
	for (size_t i = cmd->nattrs; i-- > 0;)
		if (cmd->attrs[i].kind == PSPAWN_ATTR_RLIMIT &&
		    !(seen >> cmd->attrs[i].number & 1)) {
			seen |= 1ULL << cmd->attrs[i].number;
			add_limit(planner, (int)i, late);
		}
}

/* ---- places */

void plan_root(struct planner *planner)
{
	if (goes_to_root_first(planner))
		plan_attr(planner, PSPAWN_ATTR_ROOT_FD, STEP_ROOT)->path = ".";
	else if (root_is_by_fd(planner))
		plan_attr_fd(planner, PSPAWN_ATTR_ROOT_FD, STEP_ROOT_FD);
	else
		plan_attr(planner, PSPAWN_ATTR_ROOT, STEP_ROOT);
}

void plan_directory(struct planner *planner)
{
	plan_attr_fd(planner, PSPAWN_ATTR_DIR_FD, STEP_FCHDIR);
	/* After the descriptor, so that a relative dir starts from there. */
	if (planner->parts->cmd->dir)
		plan_add(planner, STEP_CHDIR, -1)->path = planner->parts->cmd->dir;
}

/* ---- identity */

/* A change of user takes capabilities away, unless they are to become ambient. */
void plan_keep_caps(struct planner *planner)
{
	if (has(planner, PSPAWN_ATTR_KEEP_CAPS))
		plan_attr(planner, PSPAWN_ATTR_KEEP_CAPS, STEP_KEEP_CAPS);
	else if (has(planner, PSPAWN_ATTR_USER))
		plan_attr(planner, PSPAWN_ATTR_AMBIENT, STEP_KEEP_CAPS);
}

/* What may be left out must not leave the caller's groups to another user. */
static int is_surely_set(const struct planner *planner, int kind)
{
	return has(planner, kind) && !(last(planner, kind)->flags & PSPAWN_PREFER);
}

static void add_groups(struct planner *planner)
{
	if (planner->last[PSPAWN_ATTR_KEEP_GROUPS] > planner->last[PSPAWN_ATTR_GROUPS])
		return;
	if (has(planner, PSPAWN_ATTR_USER) && !is_surely_set(planner, PSPAWN_ATTR_GROUPS))
		plan_attr(planner, PSPAWN_ATTR_USER, STEP_GROUPS)->value[0] = 0;
	plan_attr(planner, PSPAWN_ATTR_GROUPS, STEP_GROUPS);
}

/* By USER or by GROUP, whichever comes last and names one. */
static void add_group(struct planner *planner)
{
	int by_user = has(planner, PSPAWN_ATTR_USER) &&
		      last(planner, PSPAWN_ATTR_USER)->value[1] != (gid_t)-1;
	int user_is_last = planner->last[PSPAWN_ATTR_USER] > planner->last[PSPAWN_ATTR_GROUP];

	if (by_user && (user_is_last || !is_surely_set(planner, PSPAWN_ATTR_GROUP)))
		plan_attr(planner, PSPAWN_ATTR_USER, STEP_GROUP)->value[0] =
			last(planner, PSPAWN_ATTR_USER)->value[1];
	if (!by_user || !user_is_last)
		plan_attr(planner, PSPAWN_ATTR_GROUP, STEP_GROUP);
}

void plan_ids(struct planner *planner)
{
	add_groups(planner);
	add_group(planner);
	plan_attr(planner, PSPAWN_ATTR_USER, STEP_USER);
}
